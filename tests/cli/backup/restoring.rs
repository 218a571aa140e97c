//! A backup that is put back in place of what is there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

use crate::calls::{connect, count, numbered, post_bookora, text};

use super::{SECRET, back_up, call, damage, expected, files, keys, names, path, with_calls};

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
    refused.says_no(&["Quit it", &serving.process.id().to_string()]);
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
        refused.says_no(&[about, path(file)]);
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
