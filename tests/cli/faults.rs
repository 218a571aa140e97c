//! Faults of the disk and the clock while the receiver runs.

mod clock;
mod database;
mod full_disk;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::calls::{connect, count, numbered, signature};
use crate::cli::{Answer, Bellhop, Endpoint, Receiver, SOON, eventually};

const SECRET: &str = "s";

/// A small file system of its own, gone with this value.
pub struct Disk {
    path: PathBuf,
}

impl Disk {
    pub fn mounted(path: &Path, size: &str) -> Disk {
        fs::create_dir_all(path).unwrap();
        run(
            "mount",
            &[
                "-t",
                "tmpfs",
                "-o",
                &format!("size={size},mode=0700"),
                "bellhop-test",
                path.to_str().unwrap(),
            ],
        );
        Disk {
            path: path.to_owned(),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fills it but for some bytes, with a file that is to be removed again.
    fn fill(&self, but_for: usize) -> PathBuf {
        let free = Command::new("df")
            .args(["--output=avail", "-B1"])
            .arg(&self.path)
            .output()
            .unwrap();
        let free = String::from_utf8(free.stdout).unwrap();
        let free: usize = free.lines().nth(1).unwrap().trim().parse().unwrap();
        let ballast = self.path.join("ballast");
        match fs::write(&ballast, vec![1; free.saturating_sub(but_for)]) {
            // The program took some of it meanwhile.
            Err(error) if error.kind() == ErrorKind::StorageFull => {}
            written => written.unwrap(),
        }
        ballast
    }

    pub fn remount(&self, options: &str) {
        run(
            "mount",
            &[
                "-o",
                &format!("remount,{options}"),
                self.path.to_str().unwrap(),
            ],
        );
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A program that is still there keeps it busy; lazily it goes when that has ended.
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?} (these tests run as root)"
    );
}

fn call(receiver: &Receiver, endpoint: &Endpoint, number: usize, length: usize) -> Answer {
    let mut body = numbered(number);
    body.resize(length.max(body.len()), b' ');
    let headers = [("X-Bookora-Signature", signature(SECRET, &body))];
    let answer = receiver.call("POST", &endpoint.path, &headers, &body);
    assert_eq!(answer.body, "");
    assert!([200, 503].contains(&answer.status), "{answer:?}");
    if answer.status == 503 {
        let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=600).contains(&seconds));
    }
    answer
}

/// Every acknowledged call is there once, no other is, each has its entry and its notice, and the file is whole.
fn assert_stored(bellhop: &Bellhop, acknowledged: &[usize]) {
    eventually(SOON, "all are processed", || {
        (count(
            bellhop,
            "SELECT count(*) FROM delivery WHERE state != 'processed'",
        ) == 0)
            .then_some(())
    });
    let connection = connect(bellhop);
    let mut statement = connection
        .prepare("SELECT idempotency_key FROM delivery ORDER BY id")
        .unwrap();
    let keys: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected: Vec<String> = acknowledged
        .iter()
        .map(|number| format!("id:evt_{number}"))
        .collect();
    assert_eq!(keys, expected);
    for table in ["event", "booking", "notice WHERE event_id IS NOT NULL"] {
        assert_eq!(
            count(bellhop, &format!("SELECT count(*) FROM {table}")),
            i64::try_from(keys.len()).unwrap(),
            "{table}"
        );
    }
    let check: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
}
