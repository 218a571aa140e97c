//! Databases that cannot be used, or not now.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::bellhop;
use crate::calls::{connect, count, numbered, post_bookora, signature};
use crate::cli::{Bellhop, eventually};

/// Fails with one clear line, and no file changes.
fn assert_refused(bellhop: &Bellhop, about: &str) {
    let files = || -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(bellhop.data_dir())
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap()))
            // SQLite's shared memory and its empty journal hold nothing of the person's.
            .filter(|(name, bytes)| {
                let nothing = name.ends_with("-wal") && bytes.is_empty();
                !(nothing || name.ends_with("-shm"))
            })
            .collect();
        files.sort();
        files
    };
    let before = files();
    let commands: [&[&str]; 4] = [
        &["serve", "--json"],
        &["timeline"],
        &["endpoint", "add", "bookora"],
        &["delivery", "replay", "--all"],
    ];
    for command in commands {
        let refused = bellhop.run(command, "");
        refused.says_no(&[about, bellhop.data_dir().to_str().unwrap()]);
        assert!(files() == before, "{command:?} changed a file");
    }
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    // One that Bellhop made, as a newer version leaves it.
    let own = bellhop();
    let endpoint = own.endpoint("bookora", Some("s"));
    let connection = connect(&own);
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    connection
        .execute_batch("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE);")
        .unwrap();
    drop(connection);
    assert_refused(&own, "newer version of Bellhop");
    // The newer version can go on with it.
    connect(&own)
        .pragma_update(None, "user_version", version)
        .unwrap();
    let serving = own.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(0)),
        200
    );
    drop(serving);

    // One whose newest changes are still in its journal: it was killed.
    let killed = bellhop();
    let connection = connect(&own);
    connection
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    fs::create_dir(killed.data_dir()).unwrap();
    for name in ["bellhop.db", "bellhop.db-wal"] {
        fs::copy(own.data_dir().join(name), killed.data_dir().join(name)).unwrap();
    }
    drop(connection);
    assert_refused(&killed, "newer version of Bellhop");

    // One in another journal mode than ours, which opening must not change either.
    let other = bellhop();
    fs::create_dir(other.data_dir()).unwrap();
    let connection = Connection::open(other.database()).unwrap();
    connection.execute_batch("PRAGMA journal_mode = DELETE; CREATE TABLE t (x); INSERT INTO t VALUES (1); PRAGMA user_version = 99;").unwrap();
    drop(connection);
    assert_refused(&other, "newer version of Bellhop");
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    for content in [
        b"This is a letter to my aunt, and a long one.\n".repeat(200),
        b"SQLite format 3\0 and then nonsense ".repeat(60),
        vec![0xff; 100],
    ] {
        let bellhop = bellhop();
        fs::create_dir(bellhop.data_dir()).unwrap();
        fs::write(bellhop.database(), content).unwrap();
        assert_refused(&bellhop, "cannot be opened");
    }
}

/// Another program's database is not ours to change, whatever its name.
#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    for version in [0, 1, 2] {
        let bellhop = bellhop();
        fs::create_dir(bellhop.data_dir()).unwrap();
        let connection = Connection::open(bellhop.database()).unwrap();
        connection
            .execute_batch(&format!(
                "CREATE TABLE delivery (parcel); INSERT INTO delivery VALUES ('a parcel'); PRAGMA user_version = {version};"
            ))
            .unwrap();
        drop(connection);
        assert_refused(&bellhop, "is not Bellhop's");
    }
}

#[test]
fn what_is_no_plain_file_is_refused_and_left_alone() {
    let own = bellhop();
    own.endpoint("bookora", Some("s"));

    let linked = bellhop();
    fs::create_dir(linked.data_dir()).unwrap();
    std::os::unix::fs::symlink(own.database(), linked.database()).unwrap();
    let before = fs::read(own.database()).unwrap();
    assert_refused(&linked, "is a link");
    assert!(fs::read(own.database()).unwrap() == before);

    let dangling = bellhop();
    fs::create_dir(dangling.data_dir()).unwrap();
    let elsewhere = dangling.home().join("elsewhere.db");
    std::os::unix::fs::symlink(&elsewhere, dangling.database()).unwrap();
    for command in [["timeline"], ["serve"]] {
        let refused = dangling.run(&command, "");
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("is a link"), "{refused:?}");
    }
    assert!(!elsewhere.exists());

    let directory = bellhop();
    fs::create_dir_all(directory.database()).unwrap();
    for command in [["timeline"], ["serve"]] {
        let refused = directory.run(&command, "");
        assert_eq!(
            (refused.code, refused.stderr.lines().count()),
            (Some(1), 1),
            "{refused:?}"
        );
        assert!(
            refused.stderr.contains("bellhop.db is not a file"),
            "{refused:?}"
        );
    }

    // The data directory itself may be a link: the person keeps it on another disk.
    let moved = bellhop();
    fs::create_dir(moved.home().join("disk")).unwrap();
    std::os::unix::fs::symlink(moved.home().join("disk"), moved.data_dir()).unwrap();
    moved.endpoint("bookora", Some("s"));
    assert!(moved.home().join("disk/bellhop.db").is_file());
}

/// Root that starts the program once by mistake leaves no files behind that the person cannot open.
#[test]
fn what_belongs_to_another_user_is_refused_and_left_alone() {
    let somebody = 12_345;
    for name in ["", "bellhop.db", "bellhop.db-wal"] {
        let bellhop = bellhop();
        let serving = (name == "bellhop.db-wal").then(|| bellhop.serve());
        bellhop.endpoint("bookora", Some("s"));
        std::os::unix::fs::chown(bellhop.data_dir().join(name), Some(somebody), None).unwrap();
        drop(serving);
        assert_refused(&bellhop, "belongs to another user (number 12345");
    }
    // A directory with nothing in it yet, too.
    let empty = bellhop();
    fs::create_dir(empty.data_dir()).unwrap();
    std::os::unix::fs::chown(empty.data_dir(), Some(somebody), None).unwrap();
    assert_refused(&empty, "belongs to another user");
}

#[test]
fn a_directory_in_which_nothing_can_be_written_is_refused() {
    let bellhop = bellhop();
    bellhop.endpoint("bookora", Some("s"));
    let disk = crate::faults::Disk::mounted(&bellhop.home().join("disk"), "1m");
    let copy =
        |name: &str| fs::copy(bellhop.data_dir().join(name), disk.path().join(name)).unwrap();
    for name in ["bellhop.db", "secrets.json"] {
        copy(name);
    }
    disk.remount("ro");
    let place = disk.path().to_str().unwrap();
    for command in [
        &["serve", "--json"][..],
        &["timeline"],
        &["endpoint", "add", "bookora"],
    ] {
        let refused = bellhop.run(&[command, &["--data-dir", place]].concat(), "");
        refused.says_no(&[place, "nothing can be written there"]);
    }
    disk.remount("rw");
    let listed = bellhop.run(&["endpoint", "list", "--data-dir", place], "");
    assert_eq!(listed.code, Some(0), "{listed:?}");
}

/// Every file that a full life leaves is for the person alone, also where it was copied in with a wider mode.
#[test]
fn every_file_of_a_full_life_is_private() {
    use std::os::unix::fs::PermissionsExt;
    // As the first version left it, so that it is migrated with a copy; and as a careless copy left it.
    let (bellhop, endpoint) = crate::migrating::of_version_1(1, 0);
    fs::set_permissions(bellhop.database(), fs::Permissions::from_mode(0o644)).unwrap();
    bellhop.json(&["timeline"]);
    let backup = bellhop.home().join("backup.db");
    bellhop.json(&["backup", backup.to_str().unwrap()]);
    bellhop.json(&["restore", backup.to_str().unwrap()]);
    let mut serving = bellhop.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(1)),
        200
    );
    serving.printed(1);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bellhop.data_dir()), 0o700);
    let mut kinds = std::collections::BTreeSet::new();
    for entry in fs::read_dir(bellhop.data_dir()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        kinds.insert(
            // After the kind come a version and a moment.
            name.find(|letter: char| letter.is_ascii_digit())
                .and_then(|digit| name.get(..digit.saturating_sub(1)))
                .unwrap_or(&name)
                .to_owned(),
        );
    }
    let expected = [
        "bellhop-before",
        "bellhop-replaced",
        "bellhop.db",
        "bellhop.db-shm",
        "bellhop.db-wal",
        "reachable.lock",
        "receiver.json",
        "secrets.json",
        "secrets.lock",
    ];
    assert_eq!(kinds, expected.map(str::to_owned).into());
    assert_eq!(mode(&backup), 0o600);
}

#[test]
fn a_data_directory_that_cannot_be_written_is_a_clear_failure() {
    let bellhop = bellhop();
    let file = bellhop.home().join("a-file");
    fs::write(&file, "mine").unwrap();
    let (below, at) = (file.join("data"), file.clone());
    // The last one is a directory that nobody may write to, whoever runs the tests.
    for place in [
        below.as_path(),
        &at,
        Path::new("/proc/self"),
        Path::new("/proc/none"),
    ] {
        let place = place.to_str().unwrap();
        for command in [
            ["serve", "--json"].as_slice(),
            &["timeline"],
            &["endpoint", "add", "bookora"],
        ] {
            let refused = bellhop.run(&[command, &["--data-dir", place]].concat(), "");
            refused.says_no(&[place, "cannot be opened"]);
        }
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "mine");
}

#[test]
fn what_cannot_be_stored_now_is_503_and_taken_later() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let mut serving = bellhop.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(0)),
        200
    );
    serving.printed(1);

    let blocker = connect(&bellhop);
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let calls: Vec<_> = (1..=8)
            .map(|number| {
                let (receiver, endpoint) = (serving.receiver.clone(), &endpoint);
                scope.spawn(move || {
                    let body = numbered(number);
                    let headers = [("X-Bookora-Signature", signature("s", &body))];
                    receiver.call("POST", &endpoint.path, &headers, &body)
                })
            })
            .collect();
        for call in calls {
            let answer = call.join().unwrap();
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (503, ""),
                "{answer:?}"
            );
            let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=600).contains(&seconds));
        }
    });
    // Bookora gives up after five.
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "a provider would not have waited: {:?}",
        begun.elapsed()
    );
    assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), 1);
    // What needs no writing goes on.
    assert_eq!(
        serving
            .receiver
            .call("GET", &endpoint.path, crate::calls::NO_HEADERS, b"")
            .status,
        200
    );
    blocker.execute_batch("ROLLBACK").unwrap();

    for number in 1..=8 {
        assert_eq!(
            post_bookora(&serving.receiver, &endpoint, "s", &numbered(number)),
            200
        );
    }
    serving.printed(9);
    assert_eq!(bellhop.entries(9).len(), 9);
    assert_eq!(count(&bellhop, "SELECT sum(repeats) FROM delivery"), 0);
    let stderr = serving.stop();
    assert!(
        stderr.contains("could not be stored") && !stderr.contains("panicked"),
        "{stderr}"
    );
}

/// A lock that is held for less than the patience of the store delays a call and refuses nothing.
#[test]
fn a_short_lock_only_delays() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let serving = bellhop.serve();
    let blocker = connect(&bellhop);
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let call = scope.spawn(|| post_bookora(&serving.receiver, &endpoint, "s", &numbered(0)));
        std::thread::sleep(Duration::from_millis(700));
        assert!(!call.is_finished(), "it was answered before it was stored");
        blocker.execute_batch("ROLLBACK").unwrap();
        assert_eq!(call.join().unwrap(), 200);
    });
}

/// A disk that is full: the store refuses, the caller keeps the call, and nothing is half stored.
#[test]
fn a_full_disk_is_503_and_recovers() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    // A limit on the size of files that the process may write is what a full disk is to SQLite.
    let shell = "ulimit -f 400; trap '' XFSZ; exec \"$0\" \"$@\"";
    let mut limited = std::process::Command::new("bash");
    let inner = bellhop.command(&["serve", "--json"]);
    limited
        .args(["-c", shell])
        .arg(inner.get_program())
        .args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut serving = bellhop.serve_by(limited);
    let mut stored = Vec::new();
    let refused = (0..40).find_map(|number| {
        let mut body = numbered(number);
        body.resize(60_000, b' ');
        let headers = [("X-Bookora-Signature", signature("s", &body))];
        let answer = serving
            .receiver
            .call("POST", &endpoint.path, &headers, &body);
        assert_eq!(answer.body, "");
        match answer.status {
            200 => stored.push(number),
            503 => return Some((number, answer)),
            other => panic!("{other}"),
        }
        None
    });
    let (number, answer) = refused.expect("the disk never filled");
    assert!(answer.header("retry-after").is_some());
    assert!(!stored.is_empty());
    assert!(
        !serving.process.stderr().contains("panicked"),
        "{}",
        serving.process.stderr()
    );
    serving.process.kill();

    // With room again, everything that was acknowledged is there, and the refused call is taken.
    let serving = bellhop.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(number)),
        200
    );
    stored.push(number);
    eventually(crate::cli::SOON, "all are processed", || {
        (bellhop.pending() == 0).then_some(())
    });
    let mut keys: Vec<String> = bellhop
        .list(&["delivery", "list"])
        .iter()
        .map(|delivery| delivery["idempotency_key"].as_str().unwrap().to_owned())
        .collect();
    keys.reverse();
    let expected: Vec<String> = stored
        .iter()
        .map(|number| format!("id:evt_{number}"))
        .collect();
    assert_eq!(keys, expected);
    let check: String = connect(&bellhop)
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
}
