//! A disk that is full or closed to the program.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bellhop;
use crate::calls::{connect, count, numbered};
use crate::cli::{Bellhop, Endpoint, Receiver, SOON, eventually};

use super::{Disk, SECRET, assert_stored, call, run};

/// A disk that is full, again and again: what is acknowledged is there, and as soon as there is room everything goes on.
#[test]
fn a_full_disk_is_503_and_goes_on_by_itself() {
    let bellhop = bellhop();
    let disk = Disk::mounted(&bellhop.data_dir(), "6m");
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let serving = bellhop.serve();
    let (mut stored, mut number, mut refused) = (Vec::new(), 0, 0);
    for round in 0..4 {
        // Whatever is left, but for some kilobytes.
        let ballast = disk.fill(round * 30_000);
        let full = Instant::now();
        while full.elapsed() < Duration::from_secs(20) {
            match call(&serving.receiver, &endpoint, number, 9_000).status {
                200 => stored.push(number),
                _ => refused += 1,
            }
            number += 1;
            if refused > 10 * (round + 1) {
                break;
            }
        }
        assert!(refused > 10 * round, "the disk never filled");
        fs::remove_file(&ballast).unwrap();
        // At once, without a restart.
        for _ in 0..5 {
            assert_eq!(
                call(&serving.receiver, &endpoint, number, 9_000).status,
                200
            );
            stored.push(number);
            number += 1;
        }
        assert_stored(&bellhop, &stored);
    }
    let stderr = serving.stop();
    assert!(
        stderr.contains("The disk is full") && !stderr.contains("panicked"),
        "{stderr}"
    );
}

/// The worker's own writes fail on a full disk as well. What it could not read stays in the inbox until there is room.
#[test]
fn the_worker_goes_on_when_there_is_room_again() {
    let bellhop = bellhop();
    let disk = Disk::mounted(&bellhop.data_dir(), "3m");
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    for number in 0..40 {
        connect(&bellhop)
            .execute(
                "INSERT INTO delivery (endpoint_id, idempotency_key, received_at, headers, body, trust) VALUES (?1, ?2, 1780000000000000, x'', ?3, 'signed')",
                rusqlite::params![endpoint.id, format!("id:evt_{number}"), numbered(number)],
            )
            .unwrap();
    }
    // Opened before it is full: the program itself starts.
    let _keeps_the_journal = connect(&bellhop);
    assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), 40);
    let ballast = disk.fill(40_000);
    let serving = bellhop.serve();
    eventually(SOON, "the worker is refused", || {
        serving
            .process
            .stderr()
            .contains("deliveries could not be processed")
            .then_some(())
    });
    assert_eq!(call(&serving.receiver, &endpoint, 77, 30_000).status, 503);
    fs::remove_file(&ballast).unwrap();
    assert_stored(&bellhop, &(0..40).collect::<Vec<_>>());
    serving.stop();
}

/// The directory is closed to the program while it runs, and opened again.
#[test]
fn a_directory_that_becomes_unwritable_loses_nothing() {
    let bellhop = bellhop();
    let nobody = 65_534;
    fs::create_dir(bellhop.data_dir()).unwrap();
    std::os::unix::fs::chown(bellhop.data_dir(), Some(nobody), Some(nobody)).unwrap();
    let mode = |mode: &str| run("chmod", &[mode, bellhop.data_dir().to_str().unwrap()]);
    run("chmod", &["0711", bellhop.home().to_str().unwrap()]);
    mode("0700");
    // The program has to be where that user can reach it. It is copied by another process: whatever the other tests start
    // meanwhile would hold a file that is written here, and Linux starts no program that somebody may write.
    let program = bellhop.home().join("bellhop");
    let copied = [env!("CARGO_BIN_EXE_bellhop"), program.to_str().unwrap()];
    run("cp", &copied);
    let as_nobody = |arguments: &[&str]| {
        let inner = bellhop.command(arguments);
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(&program)
            .args(arguments)
            .envs(
                inner
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        command
    };
    let added = as_nobody(&["endpoint", "add", "reservekit", "--json"])
        .output()
        .unwrap();
    let endpoint = Endpoint::of(&serde_json::from_slice::<Value>(&added.stdout).unwrap());
    let post = |receiver: &Receiver, number: usize| {
        receiver
            .call(
                "POST",
                &endpoint.path,
                crate::calls::NO_HEADERS,
                format!("{{\"number\":{number}}}").as_bytes(),
            )
            .status
    };
    let serving = bellhop.serve_by(as_nobody(&["serve", "--json"]));
    assert_eq!(post(&serving.receiver, 0), 200);
    mode("0500");
    let statuses: Vec<u16> = (1..20)
        .map(|number| post(&serving.receiver, number))
        .collect();
    assert!(
        statuses.iter().all(|status| [200, 503].contains(status)),
        "{statuses:?}"
    );
    let acknowledged = 1 + statuses.iter().filter(|status| **status == 200).count();
    mode("0700");
    assert_eq!(post(&serving.receiver, 20), 200);
    serving.stop();
    let stored = |bellhop: &Bellhop| {
        connect(bellhop)
            .query_row("SELECT count(*) FROM delivery", [], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap()
    };
    assert_eq!(stored(&bellhop), i64::try_from(acknowledged).unwrap() + 1);

    // A start in a directory that is closed says so.
    for name in ["bellhop.db-wal", "bellhop.db-shm"] {
        let _ = fs::remove_file(bellhop.data_dir().join(name));
    }
    mode("0500");
    let refused = as_nobody(&["serve", "--json"]).output().unwrap();
    let stderr = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(
        (refused.status.code(), stderr.lines().count()),
        (Some(1), 1),
        "{stderr}"
    );
    assert!(stderr.contains("nothing can be written there"), "{stderr}");
}
