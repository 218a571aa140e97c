//! Faults of the disk and the clock while the receiver runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bellhop;
use crate::calls::{connect, count, numbered, signature, text};
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

/// A disk that is full, again and again: what is acknowledged is there, and as soon as there is room everything goes on.
#[test]
fn a_full_disk_is_503_and_goes_on_by_itself() {
    let bellhop = bellhop();
    let disk = Disk::mounted(&bellhop.data_dir(), "6m");
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let serving = bellhop.serve();
    let (mut stored, mut number, mut refused) = (Vec::new(), 0, 0);
    let ballast = disk.path().join("ballast");
    for round in 0..4 {
        // Whatever is left, but for some kilobytes.
        let free = Command::new("df")
            .args(["--output=avail", "-B1"])
            .arg(disk.path())
            .output()
            .unwrap();
        let free: usize = String::from_utf8(free.stdout)
            .unwrap()
            .lines()
            .nth(1)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        fs::write(&ballast, vec![1; free.saturating_sub(round * 30_000)]).unwrap();
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
    let ballast = disk.path().join("ballast");
    let _keeps_the_journal = connect(&bellhop);
    assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), 40);
    let free = Command::new("df")
        .args(["--output=avail", "-B1"])
        .arg(disk.path())
        .output()
        .unwrap();
    let free: usize = String::from_utf8(free.stdout)
        .unwrap()
        .lines()
        .nth(1)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    fs::write(&ballast, vec![1; free.saturating_sub(40_000)]).unwrap();
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
    // The program has to be where that user can reach it.
    let program = bellhop.home().join("bellhop");
    fs::copy(env!("CARGO_BIN_EXE_bellhop"), &program).unwrap();
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

/// Another process keeps the database for longer than a provider waits: every call is answered in time.
#[test]
fn a_locked_database_answers_in_time_and_goes_on() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let serving = bellhop.serve();
    assert_eq!(call(&serving.receiver, &endpoint, 0, 0).status, 200);
    let blocker = connect(&bellhop);
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let stop = AtomicBool::new(false);
    let slowest = thread::scope(|scope| {
        // They come at any time, also just after others were refused.
        let callers: Vec<_> = (0..8_usize)
            .map(|caller| {
                let (receiver, endpoint, stop) = (serving.receiver.clone(), &endpoint, &stop);
                scope.spawn(move || {
                    let mut slowest = Duration::ZERO;
                    for round in 0.. {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        let begun = Instant::now();
                        let status =
                            call(&receiver, endpoint, 1_000 * (caller + 1) + round, 0).status;
                        assert_eq!(status, 503);
                        slowest = slowest.max(begun.elapsed());
                        thread::sleep(Duration::from_millis(40 * caller as u64));
                    }
                    slowest
                })
            })
            .collect();
        thread::sleep(Duration::from_secs(8));
        stop.store(true, Ordering::Relaxed);
        callers
            .into_iter()
            .map(|caller| caller.join().unwrap())
            .max()
            .unwrap()
    });
    // What a provider survives: Bookora gives up after five seconds.
    println!("the slowest answer of a locked database: {slowest:?}");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    blocker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(call(&serving.receiver, &endpoint, 1, 0).status, 200);
    assert_stored(&bellhop, &[0, 1]);
    let stderr = serving.stop();
    assert!(
        stderr.contains("Another program keeps the database locked"),
        "{stderr}"
    );
}

/// Pages in the middle of the file are overwritten beneath the running program.
#[test]
fn a_damaged_page_is_told_and_never_ends_the_program() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let serving = bellhop.serve();
    for number in 0..300 {
        assert_eq!(
            call(&serving.receiver, &endpoint, number, 3_000).status,
            200
        );
    }
    eventually(SOON, "all are processed", || {
        (bellhop.pending() == 0).then_some(())
    });
    serving.stop();
    crate::backup::damage(&bellhop.database());
    let mut serving = bellhop.serve();
    let mut answers = std::collections::BTreeMap::<u16, usize>::new();
    for number in 0..400 {
        *answers
            .entry(call(&serving.receiver, &endpoint, number, 3_000).status)
            .or_default() += 1;
        if number % 40 == 0 {
            // Whatever these say, they end.
            let listed = bellhop.run(&["timeline", "--limit", "1000"], "");
            assert!(
                listed.code.is_some() && !listed.stderr.contains("panicked"),
                "{listed:?}"
            );
        }
    }
    println!("answers on a damaged database: {answers:?}");
    let got = serving
        .receiver
        .call("GET", &endpoint.path, crate::calls::NO_HEADERS, b"");
    assert!([200, 503].contains(&got.status));
    let doctor = bellhop.run(&["doctor", "--json"], "");
    assert_eq!(doctor.code, Some(1), "{doctor:?}");
    serving.process.signal("TERM");
    let status = serving.process.wait();
    let stderr = serving.process.stderr();
    assert!(
        status.code().is_some(),
        "it was ended by a signal: {stderr}"
    );
    assert!(!stderr.contains("panicked"), "{stderr}");
    if answers.contains_key(&503) {
        assert!(stderr.contains("The database is damaged"), "{stderr}");
    }
}

/// After an end that was not clean the whole file is read beside the work, and what is wrong with it is said.
#[test]
fn after_being_cut_off_the_database_is_checked() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let log = [("BELLHOP_LOG", "bellhop_engine=info")];
    let mut serving = bellhop.serve_with(&[], &log);
    for number in 0..60 {
        assert_eq!(
            call(&serving.receiver, &endpoint, number, 4_000).status,
            200
        );
    }
    eventually(SOON, "all are processed", || {
        (bellhop.pending() == 0).then_some(())
    });
    assert!(
        !serving.process.stderr().contains("whole"),
        "{}",
        serving.process.stderr()
    );
    serving.process.kill();
    let serving = bellhop.serve_with(&[], &log);
    eventually(SOON, "it is checked", || {
        serving
            .process
            .stderr()
            .contains("the database is whole")
            .then_some(())
    });
    serving.stop();

    let mut serving = bellhop.serve();
    assert_eq!(call(&serving.receiver, &endpoint, 100, 0).status, 200);
    eventually(SOON, "all are processed", || {
        (bellhop.pending() == 0).then_some(())
    });
    serving.process.kill();
    crate::backup::damage(&bellhop.database());
    let serving = bellhop.serve();
    eventually(SOON, "it is told", || {
        serving
            .process
            .stderr()
            .contains("The database is damaged")
            .then_some(())
    });
}

/// The program with a clock of its own, which `set` changes while it runs.
struct Clock {
    file: PathBuf,
}

impl Clock {
    fn of(bellhop: &Bellhop) -> Clock {
        let clock = Clock {
            file: bellhop.home().join("clock"),
        };
        clock.set("+0");
        clock
    }

    /// The offset, such as `-1d`.
    fn set(&self, offset: &str) {
        fs::write(&self.file, offset).unwrap();
    }

    fn command(&self, bellhop: &Bellhop, arguments: &[&str]) -> Command {
        let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
            .iter()
            .map(|folder| Path::new(folder).join("faketime/libfaketimeMT.so.1"))
            .find(|library| library.exists())
            .expect("the package faketime is not installed");
        let mut command = bellhop.command(arguments);
        command
            .env("LD_PRELOAD", library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            // Only the wall clock is set: the one that counts since the start is nobody's to set.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

const DAY: i64 = 86_400_000_000;

#[test]
fn a_clock_that_is_set_while_it_runs_loses_nothing() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let clock = Clock::of(&bellhop);
    let mut serving = bellhop.serve_by(clock.command(&bellhop, &["serve", "--json"]));
    let mut number = 0;
    // Forward, back past the start, forward again; and the year that a computer with an empty battery starts in.
    for (offset, days) in [
        ("+0", 0),
        ("+3d", 3),
        ("-2d", -2),
        ("+400d", 400),
        ("+0", 0),
        ("-9000d", -9_000),
        ("+0", 0),
    ] {
        clock.set(offset);
        for _ in 0..10 {
            let begun = Instant::now();
            assert_eq!(call(&serving.receiver, &endpoint, number, 0).status, 200);
            assert!(begun.elapsed() < SOON, "it hangs at {offset}");
            number += 1;
        }
        serving.printed(number);
        let received: i64 = count(
            &bellhop,
            "SELECT received_at FROM delivery ORDER BY id DESC LIMIT 1",
        );
        let off = (received - (now() + days * DAY)).abs();
        assert!(
            off < 60_000_000,
            "{offset}: {} seconds off",
            off / 1_000_000
        );
    }
    // The order is that of arrival, whatever the clock said.
    let entries = bellhop.entries(number);
    for (position, entry) in entries.iter().enumerate() {
        assert_eq!(entry["provider_booking_id"], format!("bkg_{position}"));
    }
    assert_stored(&bellhop, &(0..number).collect::<Vec<_>>());
    // Repeats are known, and a clean end takes no longer than otherwise.
    assert_eq!(call(&serving.receiver, &endpoint, 3, 0).status, 200);
    assert_eq!(count(&bellhop, "SELECT sum(repeats) FROM delivery"), 1);
    clock.set("-2d");
    let begun = Instant::now();
    assert_eq!(serving.stop(), "");
    assert!(begun.elapsed() < SOON);

    // A start with a clock that was set back goes on with the same data, and the doctor says what it sees.
    let serving = bellhop.serve_by(clock.command(&bellhop, &["serve", "--json"]));
    assert_eq!(call(&serving.receiver, &endpoint, number, 0).status, 200);
    assert_eq!(
        text(&bellhop.entries(number + 1)[number], "provider_booking_id"),
        format!("bkg_{number}")
    );
    serving.stop();
}
