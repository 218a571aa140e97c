//! Backups, and putting them back.

mod another_computer;
mod cut_off;
mod making;
mod restoring;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::bellhop;
use crate::calls::{connect, numbered, post_bookora};
use crate::cli::{Bellhop, Endpoint, eventually};

const SECRET: &str = "a-secret-that-is-in-no-backup";

/// Data with an endpoint and calls of these numbers, all processed.
fn with_calls(numbers: std::ops::Range<usize>) -> (Bellhop, Endpoint) {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    call(&bellhop, &endpoint, numbers);
    (bellhop, endpoint)
}

fn call(bellhop: &Bellhop, endpoint: &Endpoint, numbers: std::ops::Range<usize>) {
    let serving = bellhop.serve();
    for number in numbers {
        let status = post_bookora(&serving.receiver, endpoint, SECRET, &numbered(number));
        assert_eq!(status, 200);
    }
    eventually(crate::cli::SOON, "all are processed", || {
        (bellhop.pending() == 0).then_some(())
    });
    serving.stop();
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

fn back_up(bellhop: &Bellhop, name: &str) -> PathBuf {
    let file = bellhop.home().join(name);
    bellhop.json(&["backup", path(&file)]);
    file
}

/// The keys of the stored calls in a database file.
fn keys(file: &Path) -> BTreeSet<String> {
    // Writing is allowed, as for any program that finds the journal of one that was killed.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).unwrap();
    let check: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok", "{file:?}");
    let mut statement = connection
        .prepare("SELECT idempotency_key FROM delivery")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn expected(numbers: std::ops::Range<usize>) -> BTreeSet<String> {
    numbers.map(|number| format!("id:evt_{number}")).collect()
}

fn names(directory: &Path) -> BTreeSet<String> {
    fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

/// Everything in the data directory, apart from what SQLite may make anew at any time.
fn files(bellhop: &Bellhop) -> Vec<(String, Vec<u8>)> {
    let read = |name: String| {
        let bytes = fs::read(bellhop.data_dir().join(&name)).unwrap();
        (name, bytes)
    };
    names(&bellhop.data_dir())
        .into_iter()
        .filter(|name| !name.ends_with("-shm"))
        .map(read)
        .filter(|(name, bytes)| !(name.ends_with("-wal") && bytes.is_empty()))
        .collect()
}

/// Overwrites pages in the middle of a database.
pub fn damage(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let page = 4096;
    assert!(bytes.len() > 30 * page, "too small to have a middle");
    let middle = bytes.len() / page / 2 * page;
    bytes[middle - 8 * page..middle + 8 * page].fill(0xA5);
    fs::write(file, bytes).unwrap();
}

/// Adds processed calls of some kilobytes each.
fn fill(bellhop: &Bellhop, count: usize) {
    connect(bellhop)
        .execute(
            "INSERT INTO delivery (endpoint_id, idempotency_key, received_at, headers, body, trust, state)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             SELECT 1, 'fill-' || i, 1780000000000000 + i, x'', randomblob(6000), 'signed', 'processed' FROM n",
            [i64::try_from(count).unwrap()],
        )
        .unwrap();
}
