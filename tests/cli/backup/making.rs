//! A backup that is made while calls arrive, refused, or broken off.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::calls::{connect, numbered, post_bookora};
use crate::cli::eventually;

use super::{SECRET, back_up, damage, expected, fill, keys, names, path, with_calls};

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
        refused.says_no(&[about, place]);
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
    refused.says_no(&["cannot be read whole"]);
    assert_eq!(names(bellhop.home()), BTreeSet::from(["data".to_owned()]));
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
