//! A disk that refuses to write or to sync: nothing is acknowledged that is not on it, and all goes on when it does.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::bellhop;
use crate::calls::{connect, signature};
use crate::cli::{Bellhop, Endpoint, Receiver};
use crate::disk::{Disk, State, Survival};
use crate::load::{CALLERS, Load, Random, SECRET, assert_kept, assert_settles, call, rounds, send};

/// Sends a call of a number that cannot be stored now.
fn assert_refused(receiver: &Receiver, endpoint: &Endpoint, number: usize, order: &str) {
    let body = call(number);
    let headers = [("X-Bookora-Signature", signature(SECRET, &body))];
    let answer = receiver.call("POST", &endpoint.path, &headers, &body);
    assert_eq!(answer.status, 503, "{order}");
    assert!(answer.header("retry-after").is_some(), "{order}");
}

/// Every state in which a power cut may leave the disk now holds what was acknowledged.
fn assert_survives(
    disk: &Disk,
    before: &State,
    acknowledged: &BTreeSet<usize>,
    random: &mut Random,
    what: &str,
) -> usize {
    let journal = disk.journal();
    let states = Survival::EACH.iter().map(|survival| {
        let state = journal.after_power_cut(before, *survival, &mut |bound| random.below(bound));
        let restored = bellhop();
        state.write(restored.home());
        assert_eq!(restored.list(&["endpoint", "list"]).len(), 1);
        let when = format!("after {what} and a power cut where survived: {survival:?}");
        assert_kept(&connect(&restored), acknowledged, &when)
    });
    states.sum()
}

/// After a sync that failed, Linux holds the pages for written: the next sync succeeds and the disk has nothing. So it
/// is not enough to sync again.
#[test]
fn what_the_disk_refused_is_not_acknowledged_then_or_later() {
    let mut random = Random(0x0d15_c0fa_11ed_beef);
    for order in [
        "sync EIO",
        "sync ENOSPC",
        "write EIO",
        "write ENOSPC",
        "write ENOSPC -wal",
    ] {
        let bellhop = bellhop();
        let endpoint = bellhop.endpoint("bookora", Some(SECRET));
        let before = State::read(bellhop.home());
        let disk = Disk::below(bellhop.home());
        let mut serving = bellhop.serve_by(disk.put_below(bellhop.command(&["serve", "--json"])));
        let receiver = &serving.receiver;
        assert_eq!(send(receiver, &endpoint, 0), Some(200));
        serving.printed(1);
        disk.order(order);
        for number in 1..9 {
            assert_refused(&serving.receiver, &endpoint, number, order);
        }
        assert_eq!(
            assert_kept(&connect(&bellhop), &BTreeSet::from([0]), order),
            1
        );
        disk.order("");
        // Other calls than those that were refused, so that it shows if those were stored all the same.
        for number in 9..18 {
            assert_eq!(
                send(&serving.receiver, &endpoint, number),
                Some(200),
                "{order}"
            );
        }
        let mut acknowledged: BTreeSet<usize> = (9..18).chain([0]).collect();
        let kept = assert_survives(&disk, &before, &acknowledged, &mut random, order);
        assert_eq!(
            kept,
            10 * Survival::EACH.len(),
            "{order}: more than was acknowledged"
        );
        // Their providers send them again.
        for number in 1..9 {
            assert_eq!(
                send(&serving.receiver, &endpoint, number),
                Some(200),
                "{order}"
            );
            acknowledged.insert(number);
        }
        assert_settles(&bellhop);
        let kept = assert_survives(&disk, &before, &acknowledged, &mut random, order);
        assert_eq!(kept, 18 * Survival::EACH.len());
        serving.process.kill();
        assert!(!serving.process.stderr().contains("panicked"));
    }
}

/// The same at random moments under load, also in the middle of a checkpoint.
#[test]
fn a_disk_that_fails_now_and_then_loses_nothing_that_was_acknowledged() {
    const ORDERS: [&str; 6] = [
        "sync EIO",
        "sync EIO -wal",
        "sync EIO bellhop.db",
        "write EIO bellhop.db",
        "write ENOSPC",
        "write EIO -wal",
    ];
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut random = Random(0x1a7e_c0de_0bad_d15c);
    let (mut done, mut acknowledged, mut refused, mut failures, mut rows) = (0, 0, 0, 0, 0);
    for round in rounds(6) {
        let bellhop: Bellhop = bellhop();
        let endpoint = bellhop.endpoint("bookora", Some(SECRET));
        let before = State::read(bellhop.home());
        let disk = Disk::below(bellhop.home());
        let mut serving = bellhop.serve_by(disk.put_below(bellhop.command(&["serve", "--json"])));
        stop.store(false, Ordering::Relaxed);
        let mut told = thread::scope(|scope| {
            let load = Load::start(scope, CALLERS, &serving.receiver, &endpoint, &next, &stop);
            for _ in 0..8 {
                thread::sleep(Duration::from_micros(random.below(60_000)));
                disk.order(ORDERS[usize::try_from(random.below(ORDERS.len() as u64)).unwrap()]);
                thread::sleep(Duration::from_micros(random.below(20_000)));
                disk.order("");
            }
            stop.store(true, Ordering::Relaxed);
            load.join()
        });
        // It goes on by itself.
        for _ in 0..20 {
            let number = next.fetch_add(1, Ordering::Relaxed);
            assert_eq!(send(&serving.receiver, &endpoint, number), Some(200));
            told.acknowledged.insert(number);
        }
        if round % 2 == 0 {
            assert_settles(&bellhop);
        }
        serving.process.kill();
        assert!(!serving.process.stderr().contains("panicked"));
        rows += assert_survives(&disk, &before, &told.acknowledged, &mut random, "failures");
        done += 1;
        failures += disk.journal().counts()[2];
        acknowledged += told.acknowledged.len();
        refused += told.refused;
    }
    println!(
        "soak: rounds of a failing disk {done}, failed syncs {failures}, acknowledged {acknowledged}, refused {refused}, rows looked at {rows}"
    );
    assert!(
        failures > 0 && refused > 0 && acknowledged > 20 * done,
        "hardly any load"
    );
}

/// A program that writes a line, whose first sync fails. It syncs again, with or without writing again.
#[test]
#[ignore = "the program that another test starts"]
fn control_program() {
    let [file, order] = ["CONTROL_FILE", "CONTROL_ORDER"].map(|name| std::env::var(name).unwrap());
    let write = |line: &str| {
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(&file)
            .unwrap();
        file.write_all(line.as_bytes()).unwrap();
        file
    };
    let again = std::env::var_os("CONTROL_WRITES_AGAIN").is_some();
    std::fs::write(&order, "sync EIO").unwrap();
    let first = write("one\n");
    first.sync_all().unwrap_err();
    std::fs::write(&order, "").unwrap();
    if again {
        write("one\n");
    }
    first.sync_all().unwrap();
    // Nobody but the directory knows its name until this.
    File::open(Path::new(&file).parent().unwrap())
        .unwrap()
        .sync_all()
        .unwrap();
}

/// The tests of failing syncs can fail: a program that only syncs again loses what it called stored.
#[test]
fn a_program_that_only_syncs_again_is_found_out() {
    for (writes_again, kept) in [(false, ""), (true, "one\n")] {
        let home = tempfile::TempDir::new().unwrap();
        let place = home.path().canonicalize().unwrap();
        let disk = Disk::below(&place);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["failing_disk::control_program", "--exact", "--ignored"])
            .env("CONTROL_FILE", place.join("lines"))
            .stdout(Stdio::null());
        if writes_again {
            command.env("CONTROL_WRITES_AGAIN", "");
        }
        let mut command = disk.put_below(command);
        command.env("CONTROL_ORDER", disk.control());
        assert!(command.status().unwrap().success());
        let restored = tempfile::TempDir::new().unwrap();
        disk.journal()
            .after_power_cut(&State::default(), Survival::Synced, &mut |_| 0)
            .write(restored.path());
        let lines = std::fs::read_to_string(restored.path().join("lines")).unwrap();
        assert_eq!(lines.trim_start_matches('\0'), kept);
    }
}
