//! Databases of older versions are brought up to date, all or nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;

use rusqlite::Connection;

use crate::bellhop;
use crate::calls::{connect, count, numbered, post_bookora, text};
use crate::cli::{Bellhop, Endpoint, Process, SOON, eventually};

/// What the first version made.
const VERSION_1: &str = include_str!("../../src-tauri/engine/src/store/migrations/0001_start.sql");

const SECRET: &str = "s";

/// Two notices that this version keeps: one was shown, the other came in a pause.
const NOTICES_OF_VERSION_1: &str = r#"
    INSERT INTO event (id, delivery_id, position, endpoint_id, fingerprint, fact, kind, late, received_at)
        VALUES (3, 1, 0, 1, x'00', '{"kind":"created","attendee":{}}', 'created', 0, 1780000000000000),
               (5, 2, 0, 1, x'01', '{"kind":"cancelled","attendee":{}}', 'cancelled', 0, 1780000000000001);
    INSERT INTO notice (id, event_id, title, body, planned_at, shown_at, held)
        VALUES (3, 3, 'New booking: Jane', 'Monday', 1780000000000001, 1780000000000002, 0),
               (5, 5, 'Cancelled: Jane', 'Monday', 1780000000000001, NULL, 1);"#;

/// A data directory as version 1 left it: an endpoint with a secret, calls that were processed, and calls that wait.
pub fn of_version_1(processed: usize, waiting: usize) -> (Bellhop, Endpoint) {
    let bellhop = bellhop();
    // The secret lies where this version finds it, which it does for any database of this profile.
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let row = |table: &str, columns: &str| -> Vec<String> {
        let query = format!("SELECT concat_ws('|', {columns}) FROM {table}");
        let connection = connect(&bellhop);
        let mut statement = connection.prepare(&query).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let profile = row("setting", "value").remove(0);
    let token = row("endpoint", "token").remove(0);
    fs::remove_file(bellhop.database()).unwrap();
    let mut connection = Connection::open(bellhop.database()).unwrap();
    connection.execute_batch(VERSION_1).unwrap();
    let transaction = connection.transaction().unwrap();
    transaction
        .execute("INSERT INTO setting VALUES ('profile', ?1)", [profile])
        .unwrap();
    transaction
        .execute_batch(&format!(
            "INSERT INTO endpoint (provider, label, token, created_at) VALUES ('bookora', 'Bookora', '{token}', 1780000000000000);
             INSERT INTO secret (endpoint_id, kept_in, created_at) VALUES (1, 'file', 1780000000000000);"
        ))
        .unwrap();
    for number in 0..processed + waiting {
        let state = if number < processed {
            "processed"
        } else {
            "pending"
        };
        transaction
            .execute(
                "INSERT INTO delivery (endpoint_id, idempotency_key, received_at, headers, body, trust, repeats, state)
                 VALUES (1, ?1, 1780000000000000 + ?2, x'', ?3, 'signed', 2, ?4)",
                rusqlite::params![format!("id:evt_{number}"), i64::try_from(number).unwrap(), numbered(number), state],
            )
            .unwrap();
    }
    transaction
        .execute_batch("PRAGMA user_version = 1")
        .unwrap();
    transaction.commit().unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL")
        .unwrap();
    drop(connection);
    (bellhop, endpoint)
}

fn copies(bellhop: &Bellhop) -> Vec<PathBuf> {
    let mut copies: Vec<PathBuf> = fs::read_dir(bellhop.data_dir())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("bellhop-before-")
        })
        .collect();
    copies.sort();
    copies
}

fn version(file: &std::path::Path) -> i64 {
    let connection = Connection::open(file).unwrap();
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

#[test]
fn an_older_database_is_brought_up_to_date_with_every_row() {
    let (bellhop, endpoint) = of_version_1(20, 7);
    connect(&bellhop)
        .execute_batch(NOTICES_OF_VERSION_1)
        .unwrap();
    let mut serving = bellhop.serve();
    assert_eq!(
        count(&bellhop, "SELECT last_delivery_at FROM endpoint"),
        1_780_000_000_000_026
    );
    // What waited is read, and what was read is not read again.
    serving.printed(7);
    assert_eq!(
        count(
            &bellhop,
            "SELECT count(*) FROM delivery WHERE state = 'processed' AND repeats = 2"
        ),
        27
    );
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, SECRET, &numbered(3)),
        200
    );
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, SECRET, &numbered(27)),
        200
    );
    serving.printed(8);
    assert_eq!(serving.stop(), "");
    assert_eq!(bellhop.list(&["delivery", "list"]).len(), 28);
    assert_eq!(
        count(&bellhop, "SELECT repeats FROM delivery WHERE id = 4"),
        3
    );

    let told: (String, String) = connect(&bellhop)
        .query_row(
            "SELECT group_concat(concat_ws('|', kind, title, discreet_title, loudness, held, shown_at), char(10)), body
             FROM (SELECT * FROM notice WHERE event_id IN (3, 5) ORDER BY id)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let kept = "created|New booking: Jane|New booking|normal|1780000000000002\n\
                cancelled|Cancelled: Jane|Cancelled|normal|paused";
    assert_eq!((told.0.as_str(), told.1.as_str()), (kept, "Monday"));

    // The copy is the old database, whole, for the person alone.
    let copies = copies(&bellhop);
    assert_eq!(copies.len(), 1, "{copies:?}");
    assert!(version(&bellhop.database()) > 1);
    assert_eq!(version(&copies[0]), 1);
    assert_eq!(
        fs::metadata(&copies[0]).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let connection = Connection::open(&copies[0]).unwrap();
    let rows: i64 = connection
        .query_row("SELECT count(*) FROM delivery", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 27);
    drop(connection);

    // It can be restored, by this version.
    let restored = bellhop.json(&["restore", copies[0].to_str().unwrap()]);
    assert_eq!(
        (
            restored["deliveries"].as_i64(),
            restored["without_secret"].as_array().unwrap().len()
        ),
        (Some(27), 0)
    );
    assert_eq!(version(&copies[0]), 1, "restoring changed the file");
    let serving = bellhop.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, SECRET, &numbered(40)),
        200
    );
    serving.stop();
    assert!(text(&restored, "kept_aside").contains("bellhop-replaced-"));
}

#[test]
fn only_a_few_copies_are_kept() {
    let (bellhop, _) = of_version_1(1, 0);
    let old = fs::read(bellhop.database()).unwrap();
    for round in 0..5 {
        fs::write(bellhop.database(), &old).unwrap();
        assert_eq!(bellhop.list(&["delivery", "list"]).len(), 1);
        assert_eq!(copies(&bellhop).len(), (round + 1).min(3));
    }
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    let (bellhop, _) = of_version_1(30, 0);
    // The second migration adds this column after others of its statements have been done, or before: it cannot be added.
    connect(&bellhop)
        .execute_batch(
            "ALTER TABLE delivery ADD COLUMN erased_at INTEGER; PRAGMA wal_checkpoint(TRUNCATE);",
        )
        .unwrap();
    let before = fs::read(bellhop.database()).unwrap();
    for _ in 0..5 {
        let refused = bellhop.run(&["timeline"], "");
        refused.says_no(&["could not be brought up to date"]);
        assert!(!refused.stderr.contains("ALTER TABLE"), "{refused:?}");
    }
    assert!(
        fs::read(bellhop.database()).unwrap() == before,
        "the database was changed"
    );
    assert_eq!(copies(&bellhop).len(), 3);
}

#[test]
fn without_room_for_a_copy_nothing_is_migrated() {
    let (bellhop, _) = of_version_1(400, 0);
    let before = fs::read(bellhop.database()).unwrap();
    let mut limited = std::process::Command::new("bash");
    let inner = bellhop.command(&["timeline"]);
    limited
        .args(["-c", "ulimit -f 60; trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(inner.get_program())
        .args(inner.get_args())
        .envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let refused = limited.output().unwrap();
    let stderr = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(
        (refused.status.code(), stderr.lines().count()),
        (Some(1), 1),
        "{stderr}"
    );
    assert!(stderr.contains("Nothing was changed"), "{stderr}");
    assert!(
        fs::read(bellhop.database()).unwrap() == before,
        "the database was changed"
    );
    assert!(copies(&bellhop).is_empty() && !bellhop.data_dir().join("unfinished").exists());
    assert_eq!(
        bellhop.list(&["delivery", "list", "--limit", "1000"]).len(),
        400
    );
}

#[test]
fn programs_that_start_at_once_on_an_old_database_all_start() {
    for _ in 0..5 {
        let (bellhop, _) = of_version_1(300, 0);
        thread::scope(|scope| {
            // It goes on with the database for as long as the others start.
            let serving = scope.spawn(|| bellhop.serve());
            let starting: Vec<_> = (0..5)
                .map(|_| scope.spawn(|| bellhop.run(&["delivery", "list"], "")))
                .collect();
            let mut said: Vec<String> = Vec::new();
            for one in starting {
                let output = one.join().unwrap();
                assert_eq!(output.code, Some(0), "{output:?}");
                said.push(output.stderr);
            }
            said.push(serving.join().unwrap().stop());
            // On a busy machine it takes so long that whoever waits says why.
            let waits = |line: &&str| line.contains("this one waits for it");
            for said in said {
                assert!(said.lines().all(|line| waits(&line)), "{said}");
            }
        });
        assert_eq!(copies(&bellhop).len(), 1, "one migrates, the others wait");
        assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), 300);
    }
    // The same with no database at all.
    let bellhop = bellhop();
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert_eq!(bellhop.list(&["endpoint", "list"]).len(), 0));
        }
    });
    assert!(copies(&bellhop).is_empty());
}

/// A program that is killed while it migrates leaves a database that the next one can use.
#[test]
fn a_migration_that_is_killed_is_done_by_the_next_start() {
    let (bellhop, _) = of_version_1(300, 0);
    let old = fs::read(bellhop.database()).unwrap();
    for round in 0..20 {
        for name in ["bellhop.db-wal", "bellhop.db-shm"] {
            let _ = fs::remove_file(bellhop.data_dir().join(name));
        }
        fs::write(bellhop.database(), &old).unwrap();
        let mut process = Process::start(bellhop.command(&["timeline"]));
        thread::sleep(std::time::Duration::from_micros(round * 2_500));
        process.kill();
        assert_eq!(
            bellhop.list(&["delivery", "list", "--limit", "1000"]).len(),
            300
        );
        assert!(!bellhop.data_dir().join("unfinished").exists());
        assert!(copies(&bellhop).len() <= 3);
    }
}

/// One that is about to bring the database up to date, and that another one overtakes which goes on with it from then on.
#[test]
fn a_program_that_another_one_overtakes_goes_on_beside_it() {
    let (bellhop, _) = of_version_1(3, 0);
    let (new, _) = of_version_1(3, 0);
    new.json(&["timeline"]);
    let other = fs::File::open(bellhop.data_dir()).unwrap();
    other.lock_shared().unwrap();
    let mut process = Process::start(bellhop.command(&["delivery", "list"]));
    eventually(SOON, "it waits", || {
        process
            .stderr()
            .contains("this one waits for it")
            .then_some(())
    });
    fs::rename(new.database(), bellhop.database()).unwrap();
    let status = process.wait();
    assert_eq!(status.code(), Some(0), "{}", process.stderr());
    assert!(copies(&bellhop).is_empty(), "there was nothing left to do");
    drop(other);
}

/// An older program that still runs keeps its database as it knows it.
#[test]
fn a_database_that_an_older_program_has_open_is_not_migrated() {
    let (bellhop, _) = of_version_1(3, 0);
    let older = fs::File::open(bellhop.data_dir()).unwrap();
    older.lock_shared().unwrap();
    let refused = bellhop.run(&["timeline"], "");
    assert_eq!(
        (refused.code, refused.stdout.as_str()),
        (Some(1), ""),
        "{refused:?}"
    );
    assert!(
        refused.stderr.contains("an older Bellhop has it open"),
        "{refused:?}"
    );
    assert_eq!(version(&bellhop.database()), 1);
    drop(older);
    eventually(SOON, "it is free", || {
        (bellhop.run(&["timeline"], "").code == Some(0)).then_some(())
    });
    assert!(version(&bellhop.database()) > 1);
}
