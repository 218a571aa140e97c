//! Backups, and putting them back.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::bellhop;
use crate::calls::{connect, count, numbered, post_bookora, text};
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

#[test]
fn a_backup_is_taken_while_calls_arrive() {
    let (bellhop, endpoint) = with_calls(0..50);
    let serving = bellhop.serve();
    let stop = AtomicBool::new(false);
    let (mut backups, acknowledged) = (Vec::new(), std::sync::Mutex::new(50));
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 50;
            while !stop.load(Ordering::Relaxed) {
                let status = post_bookora(&serving.receiver, &endpoint, SECRET, &numbered(number));
                assert_eq!(status, 200);
                number += 1;
                *acknowledged.lock().unwrap() = number;
            }
        });
        for round in 0..8 {
            let before = *acknowledged.lock().unwrap();
            let file = bellhop.home().join(format!("backup-{round}.db"));
            let report = bellhop.json(&["backup", path(&file)]);
            let after = *acknowledged.lock().unwrap();
            backups.push((file, report, before, after));
        }
        stop.store(true, Ordering::Relaxed);
    });
    let total = *acknowledged.lock().unwrap();
    assert!(total > 60, "hardly any calls: {total}");
    for (file, report, before, after) in &backups {
        let kept = keys(file);
        let stored = kept.len();
        // What was acknowledged before it began is in it, and nothing is in it in part.
        assert!(
            stored >= *before && stored <= after + 1,
            "{before} {stored} {after}"
        );
        assert_eq!(kept, expected(0..stored));
        assert_eq!(report["deliveries"], stored);
        assert_eq!(report["endpoints"], 1);
        assert_eq!(report["bytes"], fs::metadata(file).unwrap().len());
        assert_eq!(
            fs::metadata(file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let bytes = fs::read(file).unwrap();
        assert!(
            !bytes
                .windows(SECRET.len())
                .any(|window| window == SECRET.as_bytes())
        );
    }
    // One file each, and nothing beside it.
    let left: Vec<_> = names(bellhop.home())
        .into_iter()
        .filter(|name| name != "data" && !name.starts_with("backup-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(serving.stop(), "");
}

#[test]
fn a_backup_overwrites_nothing_and_says_why_it_cannot_be_written() {
    let (bellhop, _) = with_calls(0..3);
    let file = bellhop.home().join("mine.txt");
    fs::write(&file, "mine").unwrap();
    let link = bellhop.home().join("link");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    let none = bellhop.home().join("none/backup.db");
    for (place, about) in [
        (path(&file), "exists already"),
        (path(&bellhop.data_dir()), "exists already"),
        (path(&link), "exists already"),
        (path(&none), "there is no such directory"),
        ("/proc/backup.db", "cannot be written"),
    ] {
        let refused = bellhop.run(&["backup", place], "");
        assert_eq!(
            (refused.code, refused.stdout.as_str()),
            (Some(1), ""),
            "{refused:?}"
        );
        assert_eq!(refused.stderr.lines().count(), 1, "{refused:?}");
        assert!(
            refused.stderr.contains(about) && refused.stderr.contains(place),
            "{refused:?}"
        );
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert!(!bellhop.home().join("nowhere").exists());

    let empty = crate::bellhop();
    let refused = empty.run(&["backup", path(&bellhop.home().join("b.db"))], "");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(!empty.data_dir().exists(), "a backup made data");
}

/// What is deleted is not in a backup, though its bytes are still in the database's free pages.
#[test]
fn a_backup_holds_nothing_that_was_deleted() {
    let (bellhop, _) = with_calls(0..1);
    let connection = connect(&bellhop);
    connection
        .execute_batch("PRAGMA secure_delete = OFF")
        .unwrap();
    let name = "Ottoline Deletedperson";
    connection
        .execute(
            "INSERT INTO rejection (at, reason, hint) VALUES (1, 'x', ?1)",
            [format!("{name} ").repeat(2_000)],
        )
        .unwrap();
    connection
        .execute_batch("DELETE FROM rejection; PRAGMA wal_checkpoint(TRUNCATE);")
        .unwrap();
    drop(connection);
    let holds = |file: &Path| {
        let bytes = fs::read(file).unwrap();
        bytes
            .windows(name.len())
            .any(|window| window == name.as_bytes())
    };
    assert!(holds(&bellhop.database()), "the test proves nothing");
    assert!(!holds(&back_up(&bellhop, "backup.db")));
}

#[test]
fn a_damaged_database_gives_no_backup() {
    let (bellhop, _) = with_calls(0..200);
    damage(&bellhop.database());
    let file = bellhop.home().join("backup.db");
    let refused = bellhop.run(&["backup", path(&file)], "");
    assert_eq!(
        (refused.code, refused.stdout.as_str()),
        (Some(1), ""),
        "{refused:?}"
    );
    assert!(
        refused.stderr.contains("cannot be read whole"),
        "{refused:?}"
    );
    assert_eq!(names(bellhop.home()), BTreeSet::from(["data".to_owned()]));
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

#[test]
fn a_backup_that_is_killed_or_broken_off_leaves_no_half_file() {
    let (bellhop, _) = with_calls(0..1);
    fill(&bellhop, 3_000);
    for (round, signal) in ["KILL", "INT", "KILL", "INT", "KILL", "INT"]
        .iter()
        .enumerate()
    {
        let file = bellhop.home().join(format!("backup-{round}.db"));
        let mut process = crate::cli::Process::start(bellhop.command(&["backup", path(&file)]));
        eventually(crate::cli::SOON, "the backup begins", || {
            let begun = names(bellhop.home())
                .iter()
                .any(|name| name.ends_with(".part"));
            (begun || file.exists()).then_some(())
        });
        process.signal(signal);
        let status = process.wait();
        if file.exists() {
            assert_eq!(keys(&file).len(), 3_001, "it had been finished");
        } else {
            assert!(!status.success());
        }
        let parts: Vec<_> = names(bellhop.home())
            .into_iter()
            .filter(|name| name.ends_with(".part"))
            .collect();
        match *signal {
            // Nobody can tidy up after this; the name says what it is.
            "KILL" => parts
                .iter()
                .for_each(|part| fs::remove_file(bellhop.home().join(part)).unwrap()),
            _ => assert!(parts.is_empty(), "{parts:?}"),
        }
    }
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

#[test]
fn a_restore_brings_back_the_backup_and_keeps_the_old_data_aside() {
    let (bellhop, endpoint) = with_calls(0..5);
    let before = bellhop.json(&["timeline"]);
    let file = back_up(&bellhop, "backup.db");
    call(&bellhop, &endpoint, 5..9);
    // This endpoint and its secret came after the backup.
    let later = bellhop.endpoint("bookora", Some("later"));

    let restored = bellhop.json(&["restore", path(&file)]);
    assert_eq!(restored["deliveries"], 5);
    assert_eq!(restored["without_secret"], Value::Array(Vec::new()));
    assert_eq!(bellhop.json(&["timeline"]), before);
    assert_eq!(
        count(
            &bellhop,
            "SELECT count(*) FROM notice WHERE shown_at IS NULL AND held IS NULL"
        ),
        0
    );
    let aside = PathBuf::from(text(&restored, "kept_aside"));
    assert_eq!(aside.parent().unwrap(), bellhop.data_dir());
    assert!(path(&aside).contains("bellhop-replaced-20"), "{aside:?}");
    assert_eq!(
        fs::metadata(&aside).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(keys(&aside), expected(0..9));

    // Everything works with it: the secret, the repeats, new calls, and a new endpoint beside them.
    let serving = bellhop.serve();
    for number in [4, 5, 20] {
        assert_eq!(
            post_bookora(&serving.receiver, &endpoint, SECRET, &numbered(number)),
            200
        );
    }
    assert_eq!(
        post_bookora(&serving.receiver, &later, "later", &numbered(21)),
        404
    );
    let other = bellhop.endpoint("bookora", Some("other"));
    assert_eq!(
        post_bookora(&serving.receiver, &other, "other", &numbered(22)),
        200
    );
    serving.stop();
    assert_eq!(bellhop.list(&["delivery", "list"]).len(), 8);

    // And the data that were replaced can be put back in the same way, with the secret that they had.
    let again = bellhop.json(&["restore", path(&aside)]);
    assert_eq!(again["deliveries"], 9);
    let serving = bellhop.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &later, "later", &numbered(21)),
        200
    );
    assert_eq!(
        post_bookora(&serving.receiver, &later, "other", &numbered(23)),
        401
    );
    serving.stop();
    let text = bellhop.run(&["restore", path(&file)], "");
    assert_eq!((text.code, text.stderr.as_str()), (Some(0), ""), "{text:?}");
    assert!(
        text.stdout.contains("bellhop-replaced-") && text.stdout.contains("does not send it again"),
        "{text:?}"
    );
}

#[test]
fn a_restore_is_refused_while_somebody_has_the_data_open() {
    let (bellhop, endpoint) = with_calls(0..3);
    let file = back_up(&bellhop, "backup.db");
    let serving = bellhop.serve();
    let second = bellhop.serve();
    let refused = bellhop.run(&["restore", path(&file)], "");
    assert_eq!(
        (refused.code, refused.stdout.as_str()),
        (Some(1), ""),
        "{refused:?}"
    );
    assert!(
        refused.stderr.contains("Quit it")
            && refused.stderr.contains(&serving.process.id().to_string()),
        "{refused:?}"
    );
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, SECRET, &numbered(7)),
        200
    );
    serving.stop();
    // One that another receiver was announced before is one as well.
    let refused = bellhop.run(&["restore", path(&file)], "");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(
        post_bookora(&second.receiver, &endpoint, SECRET, &numbered(8)),
        200
    );
    second.stop();

    // Another program that knows nothing of our locks.
    let stranger = connect(&bellhop);
    stranger
        .execute_batch("BEGIN; SELECT count(*) FROM delivery;")
        .unwrap();
    let refused = bellhop.run(&["restore", path(&file)], "");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("Another program"), "{refused:?}");
    drop(stranger);
    assert_eq!(bellhop.list(&["delivery", "list"]).len(), 5);
    assert_eq!(bellhop.json(&["restore", path(&file)])["deliveries"], 3);
}

#[test]
fn what_is_no_whole_backup_is_refused_and_nothing_is_touched() {
    let (bellhop, _) = with_calls(0..200);
    let whole = back_up(&bellhop, "whole.db");
    let made = |name: &str, change: &dyn Fn(&Path)| {
        let file = bellhop.home().join(name);
        fs::copy(&whole, &file).unwrap();
        change(&file);
        file
    };
    let sql = |sql: &'static str| {
        move |file: &Path| {
            let connection = Connection::open(file).unwrap();
            connection.execute_batch(sql).unwrap();
        }
    };
    let foreign = |file: &Path| {
        fs::remove_file(file).unwrap();
        sql("CREATE TABLE t (x); INSERT INTO t VALUES (1);")(file);
    };
    let cases: Vec<(PathBuf, &str)> = vec![
        (bellhop.home().join("none.db"), "cannot be read"),
        (bellhop.home().to_owned(), "cannot be read"),
        (
            made("letter", &|file| {
                fs::write(file, "Dear aunt, ".repeat(1000)).unwrap()
            }),
            "is no backup of Bellhop",
        ),
        (
            made("empty", &|file| fs::write(file, "").unwrap()),
            "is no backup of Bellhop",
        ),
        (made("foreign", &foreign), "is no backup of Bellhop"),
        (
            made("foreign-1", &|file| {
                foreign(file);
                sql("PRAGMA user_version = 1")(file);
            }),
            "is no backup of Bellhop",
        ),
        (
            made("newer", &sql("PRAGMA user_version = 99")),
            "newer version of Bellhop",
        ),
        (made("damaged", &damage), "is damaged"),
        (
            made("cut", &|file| {
                let bytes = fs::read(file).unwrap();
                fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
            }),
            "is damaged",
        ),
        (
            made(
                "dangling",
                &sql("PRAGMA foreign_keys = OFF; DELETE FROM endpoint"),
            ),
            "is damaged",
        ),
        // A backup that somebody else gave: nothing of theirs may run at our writes.
        (
            made(
                "trigger",
                &sql("CREATE TRIGGER t AFTER INSERT ON delivery BEGIN DELETE FROM delivery; END"),
            ),
            "is damaged",
        ),
        (made("loose", &sql("DROP INDEX event_unread")), "is damaged"),
        (bellhop.database(), "the data themselves"),
    ];
    let before = files(&bellhop);
    let sources: Vec<_> = cases.iter().map(|(file, _)| fs::read(file).ok()).collect();
    for ((file, about), source) in cases.iter().zip(sources) {
        let refused = bellhop.run(&["restore", path(file)], "");
        assert_eq!(
            (refused.code, refused.stdout.as_str()),
            (Some(1), ""),
            "{file:?} {refused:?}"
        );
        assert_eq!(refused.stderr.lines().count(), 1, "{refused:?}");
        assert!(
            refused.stderr.contains(about) && refused.stderr.contains(path(file)),
            "{file:?} {refused:?}"
        );
        assert!(
            refused.stderr.contains("Nothing was changed"),
            "{refused:?}"
        );
        assert!(files(&bellhop) == before, "{file:?} changed the data");
        assert_eq!(fs::read(file).ok(), source, "{file:?} was changed");
    }
    let beside: Vec<_> = names(bellhop.home())
        .into_iter()
        .filter(|name| name.contains("-wal") || name.contains("-shm"))
        .collect();
    assert!(beside.is_empty(), "{beside:?}");
    assert_eq!(bellhop.json(&["restore", path(&whole)])["deliveries"], 200);
}

/// On another computer the secrets are missing. Calls wait for them, and nothing is believed without them.
#[test]
fn a_restore_on_another_computer_says_which_secrets_to_give_again() {
    let (here, bookora) = with_calls(0..3);
    let orufy = here.endpoint("orufy", Some("an-orufy-token"));
    let open = here.endpoint("reservekit", None);
    let file = back_up(&here, "backup.db");

    let there = bellhop();
    // It is in use already: with an endpoint of the same number, a secret and a token of its own.
    let own = there.endpoint("bookora", Some("its-own"));
    assert_eq!(own.id, bookora.id);
    assert_eq!(
        there
            .run(&["token", "set", "--stdin"], "ngrok-token-of-there")
            .code,
        Some(0)
    );
    let restored = there.json(&["restore", path(&file)]);
    let missing: Vec<&str> = restored["without_secret"]
        .as_array()
        .unwrap()
        .iter()
        .map(|endpoint| text(endpoint, "id"))
        .collect();
    assert_eq!(missing, [bookora.id.as_str(), orufy.id.as_str()]);
    assert!(restored["kept_aside"].is_string());
    let profile = |bellhop: &Bellhop| -> String {
        connect(bellhop)
            .query_row(
                "SELECT value FROM setting WHERE name = 'profile'",
                [],
                |row| row.get(0),
            )
            .unwrap()
    };
    assert_ne!(
        profile(&here),
        profile(&there),
        "two directories share their secrets"
    );

    let serving = there.serve();
    let call = |secret: &str| post_bookora(&serving.receiver, &bookora, secret, &numbered(9));
    // Neither the right secret, which is not known here, nor the one that had the same number here.
    assert_eq!((call(SECRET), call("its-own")), (503, 503));
    let forged =
        br#"{"eventType":"BOOK","meetData":{"_id":"m","time":"2026-07-01T09:30:00.000Z"}}"#;
    assert_eq!(
        serving
            .receiver
            .post(&orufy.path, crate::calls::NO_HEADERS, forged),
        503
    );
    assert_eq!(count(&there, "SELECT count(*) FROM delivery"), 3);
    eventually(crate::cli::SOON, "the person is told", || {
        let rejections = there.list(&["rejection", "list"]);
        (rejections
            .iter()
            .filter(|one| one["reason"] == "secret_gone")
            .count()
            == 3)
            .then_some(())
    });
    assert_eq!(
        serving
            .receiver
            .post(&open.path, crate::calls::NO_HEADERS, b"{}"),
        200
    );
    there.json_with(
        &["endpoint", "secret", "add", &bookora.id, "--secret-stdin"],
        SECRET,
    );
    assert_eq!((call(SECRET), call("its-own")), (200, 401));
    serving.stop();
    // The token of the tunnel is the computer's own.
    let refused = there.run(
        &["serve", "--tunnel", "ngrok", "--listen", "256.0.0.1:0"],
        "",
    );
    assert_eq!(refused.code, Some(2));
    let kept = fs::read_to_string(there.data_dir().join("secrets.json")).unwrap();
    let kept: serde_json::Map<String, Value> = serde_json::from_str(&kept).unwrap();
    assert_eq!(
        kept[&format!("{}/ngrok-authtoken", profile(&there))],
        "ngrok-token-of-there"
    );

    // The old data there still have theirs.
    let back = there.json(&["restore", text(&restored, "kept_aside")]);
    assert_eq!(back["without_secret"], Value::Array(Vec::new()));
    let serving = there.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &own, "its-own", &numbered(1)),
        200
    );
    serving.stop();

    // Into a directory with nothing in it, too.
    let new = bellhop();
    let restored = new.run(&["restore", path(&file)], "");
    assert_eq!(
        (restored.code, restored.stderr.as_str()),
        (Some(0), ""),
        "{restored:?}"
    );
    assert!(
        restored.stdout.contains(&format!(
            "bellhop endpoint secret add {} --secret-stdin",
            orufy.id
        )),
        "{restored:?}"
    );
    assert_eq!(
        names(&new.data_dir()),
        BTreeSet::from(["bellhop.db".to_owned()])
    );
    assert_eq!(keys(&new.database()), expected(0..3));
}

#[test]
fn a_database_that_is_beyond_repair_is_replaced_and_kept() {
    let (bellhop, endpoint) = with_calls(0..200);
    let file = back_up(&bellhop, "backup.db");
    for ruin in [&damage as &dyn Fn(&Path), &|file| {
        fs::write(file, b"nonsense ".repeat(5000)).unwrap()
    }] {
        ruin(&bellhop.database());
        let journal = bellhop.data_dir().join("bellhop.db-wal");
        fs::write(&journal, "the journal of another life").unwrap();
        let ruined = fs::read(bellhop.database()).unwrap();
        let restored = bellhop.json(&["restore", path(&file)]);
        assert_eq!(restored["without_secret"], Value::Array(Vec::new()));
        let aside = fs::read(text(&restored, "kept_aside")).unwrap();
        // The page that says which journal it has may have been written.
        assert!(aside[4096..] == ruined[4096..]);
        assert_eq!(keys(&bellhop.database()), expected(0..200));
        call(&bellhop, &endpoint, 0..2);
    }
}

/// Killed at any moment, it leaves the old data or the new, whole, and the next one works.
#[test]
fn a_restore_that_is_killed_leaves_the_old_data_or_the_new() {
    let (bellhop, endpoint) = with_calls(0..1);
    fill(&bellhop, 500);
    let small = back_up(&bellhop, "small.db");
    fill_more(&bellhop, 500);
    let large = back_up(&bellhop, "large.db");
    let old = keys(&small);
    let new = keys(&large);
    let begun = Instant::now();
    bellhop.json(&["restore", path(&small)]);
    let whole = begun.elapsed();
    let (mut killed, mut finished) = (0, 0);
    for round in 0..28 {
        let file = if round % 2 == 0 { &large } else { &small };
        let mut process = crate::cli::Process::start(bellhop.command(&["restore", path(file)]));
        thread::sleep(whole.mul_f64(f64::from(round) / 25.0));
        process.kill();
        let stderr = process.stderr();
        assert_eq!(stderr, "");
        let there = keys(&bellhop.database());
        assert!(
            there == old || there == new,
            "neither: {} calls",
            there.len()
        );
        match there == *(if round % 2 == 0 { &new } else { &old }) {
            true => finished += 1,
            false => killed += 1,
        }
        // Every other round the next restore finds what this one left; otherwise an ordinary start does.
        if round % 4 < 2 {
            assert_eq!(bellhop.list(&["endpoint", "list"]).len(), 1);
            assert!(!names(&bellhop.data_dir()).contains("unfinished"));
        }
        for name in names(&bellhop.data_dir()) {
            if name.starts_with("bellhop-replaced-") {
                let kept = keys(&bellhop.data_dir().join(&name));
                assert!(kept == old || kept == new, "{name}");
                fs::remove_file(bellhop.data_dir().join(name)).unwrap();
            }
        }
    }
    assert!(
        killed > 3 && finished > 3,
        "killed {killed}, finished {finished}"
    );
    call(&bellhop, &endpoint, 0..1);
}

fn fill_more(bellhop: &Bellhop, count: usize) {
    connect(bellhop)
        .execute_batch("UPDATE delivery SET idempotency_key = 'old-' || idempotency_key")
        .unwrap();
    fill(bellhop, count);
}

/// What a crash can leave behind is in the way of nothing.
#[test]
fn unfinished_files_of_a_crash_are_removed() {
    let (bellhop, endpoint) = with_calls(0..3);
    let file = back_up(&bellhop, "backup.db");
    for command in [&["timeline"][..], &["restore", path(&file)]] {
        let folder = bellhop.data_dir().join("unfinished");
        fs::create_dir(&folder).unwrap();
        for name in ["bellhop.db", "bellhop.db-journal", "bellhop.old", "copy.db"] {
            fs::write(
                folder.join(name),
                b"half a file with a client's name".repeat(200),
            )
            .unwrap();
        }
        let output = bellhop.run(command, "");
        assert_eq!(
            (output.code, output.stderr.as_str()),
            (Some(0), ""),
            "{output:?}"
        );
        assert!(!folder.exists(), "{command:?}");
        assert_eq!(keys(&bellhop.database()), expected(0..3));
    }
    call(&bellhop, &endpoint, 3..4);
}

/// A program that starts while data are put back waits until that is done.
#[test]
fn a_program_that_starts_during_a_restore_waits() {
    let (bellhop, _) = with_calls(0..2);
    let held = fs::File::open(bellhop.data_dir()).unwrap();
    held.lock().unwrap();
    thread::scope(|scope| {
        let starting = scope.spawn(|| bellhop.json(&["delivery", "list"]));
        thread::sleep(Duration::from_millis(500));
        assert!(!starting.is_finished(), "it did not wait");
        held.unlock().unwrap();
        assert_eq!(starting.join().unwrap().as_array().unwrap().len(), 2);
    });
}
