//! What was acknowledged is on the disk, and not only on its way there.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::bellhop;
use crate::calls::connect;
use crate::cli::{Bellhop, Endpoint, Process};
use crate::disk::{Disk, State, Survival};
use crate::load::{CALLERS, Load, Random, SECRET, assert_kept, assert_settles, rounds};

/// Cuts after which a new database is begun: those that are checked stay small.
const CUTS: u32 = 25;

/// What was done and looked at.
#[derive(Debug, Default)]
struct Totals {
    cuts: usize,
    acknowledged: usize,
    writes: usize,
    syncs: usize,
    states: usize,
    rows: usize,
}

/// A new data directory with an endpoint, as a disk surely holds it after the command has said that it is there.
fn begun(totals: &mut Totals) -> (Bellhop, Endpoint) {
    let bellhop = bellhop();
    let disk = Disk::below(bellhop.home());
    let before = State::read(bellhop.home());
    let add = bellhop.command(&["endpoint", "add", "bookora", "--secret-stdin", "--json"]);
    let added = run(disk.put_below(add), SECRET);
    let endpoint = Endpoint::of(&serde_json::from_str(&added).unwrap());
    let after = disk
        .journal()
        .after_power_cut(&before, Survival::Synced, &mut |_| 0);
    totals.cuts += 1;
    (restored(&after), endpoint)
}

fn run(mut command: Command, input: &str) -> String {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A computer that starts with what its disk holds.
fn restored(state: &State) -> Bellhop {
    let bellhop = bellhop();
    state.write(bellhop.home());
    bellhop
}

#[test]
fn acknowledged_calls_survive_a_power_cut_at_any_moment() {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut random = Random(0x0b5e_55ed_0d15_c0de);
    let mut totals = Totals::default();
    let mut acknowledged = BTreeSet::new();
    let mut current: Option<(Bellhop, Endpoint)> = None;
    for round in rounds(40) {
        let (bellhop, endpoint) = match current.take() {
            Some(current) => current,
            None => {
                acknowledged.clear();
                begun(&mut totals)
            }
        };
        let before = State::read(bellhop.home());
        let disk = Disk::below(bellhop.home()).slower_by(u32::try_from(random.below(3)).unwrap());
        let serve = disk.put_below(bellhop.command(&["serve", "--json"]));
        if random.below(6) == 0 {
            // While it starts, and brings to order what the last cut left.
            let mut process = Process::start(serve);
            thread::sleep(Duration::from_micros(random.below(80_000)));
            process.kill();
        } else {
            let mut serving = bellhop.serve_by(serve);
            let told = thread::scope(|scope| {
                let load = Load::start(scope, CALLERS, &serving.receiver, &endpoint, &next, &stop);
                thread::sleep(Duration::from_micros(random.below(400_000)));
                serving.process.kill();
                load.join()
            });
            assert_eq!(told.refused, 0);
            let stderr = serving.process.stderr();
            assert!(stderr.is_empty(), "{stderr}");
            totals.acknowledged += told.acknowledged.len();
            acknowledged.extend(told.acknowledged);
        }
        totals.cuts += 1;
        let journal = disk.journal();
        let [writes, syncs, _] = journal.counts();
        totals.writes += writes;
        totals.syncs += syncs;
        let mut left = Vec::new();
        for survival in Survival::EACH {
            let state =
                journal.after_power_cut(&before, survival, &mut |bound| random.below(bound));
            let bellhop = restored(&state);
            let when = format!("after cut {round}, where survived: {survival:?}");
            // The real program is the first to open what is left.
            let list = bellhop.command(&["endpoint", "list", "--json"]);
            let listed = run(Disk::below(bellhop.home()).put_below(list), "");
            assert!(listed.contains(&endpoint.path), "{when}: {listed}");
            totals.rows += assert_kept(&connect(&bellhop), &acknowledged, &when);
            totals.states += 1;
            left.push(state);
        }
        let went_on = usize::try_from(random.below(left.len() as u64)).unwrap();
        let bellhop = restored(&left[went_on]);
        if (round + 1) % CUTS == 0 {
            let serving = bellhop.serve();
            assert_settles(&bellhop);
            totals.rows += assert_kept(&connect(&bellhop), &acknowledged, "at the end");
            serving.stop();
        } else {
            current = Some((bellhop, endpoint));
        }
    }
    println!(
        "soak: power cuts {}, acknowledged {}, writes {}, syncs {}, states {}, rows looked at {}",
        totals.cuts, totals.acknowledged, totals.writes, totals.syncs, totals.states, totals.rows
    );
    assert!(
        totals.acknowledged > totals.cuts,
        "hardly any load: {totals:?}"
    );
}

/// A small program that stores numbers as Bellhop stores calls, many in one commit, and says of each that it is stored
/// after the commit: what the power-cut test is tested with. It is this test program, started again with these variables.
#[test]
#[ignore = "the program that other tests start"]
fn control_program() {
    let of = |name: &str| std::env::var(name).unwrap();
    let batch: u32 = of("CONTROL_BATCH").parse().unwrap();
    let connection = Connection::open(of("CONTROL_DATABASE")).unwrap();
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .unwrap();
    connection
        .pragma_update(None, "synchronous", of("CONTROL_SYNCHRONOUS"))
        .unwrap();
    connection
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS delivery (number INTEGER PRIMARY KEY, body TEXT)",
        )
        .unwrap();
    let body = "x".repeat(700);
    for first in (0..).step_by(batch as usize) {
        connection.execute_batch("BEGIN").unwrap();
        for number in first..first + batch {
            connection
                .prepare_cached("INSERT INTO delivery VALUES (?1, ?2)")
                .unwrap()
                .execute((number, &body))
                .unwrap();
        }
        connection.execute_batch("COMMIT").unwrap();
        println!("stored {}", first + batch);
    }
}

/// Lets the control program run for a while on a disk, then cuts the power. Gives how many numbers it said were stored.
fn control(
    disk: &Disk,
    database: &std::path::Path,
    synchronous: &str,
    batch: u32,
    time: Duration,
) -> u32 {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "power_cut::control_program",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env("CONTROL_DATABASE", database)
        .env("CONTROL_SYNCHRONOUS", synchronous)
        .env("CONTROL_BATCH", batch.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = Process::start(disk.put_below(command));
    // Libtest says something of its own first.
    while !process.next_line().contains("stored") {}
    thread::sleep(time);
    process.kill();
    let lines = process.lines();
    let last = lines
        .iter()
        .rev()
        .find_map(|line| line.strip_prefix("stored "));
    last.map_or(batch, |stored| stored.parse().unwrap())
}

/// The power-cut test can fail: without a sync of each commit, it finds what is lost.
#[test]
fn a_store_that_does_not_sync_each_commit_is_found_out() {
    let mut random = Random(0x0c0f_fee0_ba5e_ba11);
    for (synchronous, loses) in [("NORMAL", true), ("FULL", false)] {
        let (mut acknowledged, mut lost) = (0, 0);
        for _ in 0..5 {
            let home = tempfile::TempDir::new().unwrap();
            let disk = Disk::below(home.path());
            let database = home.path().join("control.db");
            let time = Duration::from_micros(random.below(60_000));
            let stored = control(&disk, &database, synchronous, 16, time);
            acknowledged += stored;
            let kept = |survival| {
                let place = tempfile::TempDir::new().unwrap();
                disk.journal()
                    .after_power_cut(&State::default(), survival, &mut |_| 0)
                    .write(place.path());
                let connection = Connection::open(place.path().join("control.db")).unwrap();
                // The table too may be lost.
                let query = "SELECT count(*) FROM delivery WHERE number < ?1";
                connection
                    .query_row(query, [stored], |row| row.get::<_, u32>(0))
                    .unwrap_or(0)
            };
            lost += stored - kept(Survival::Synced);
            // A SIGKILL alone would tell nothing.
            assert_eq!(kept(Survival::All), stored);
        }
        println!(
            "synchronous={synchronous}: {lost} of {acknowledged} acknowledged rows lost in 5 power cuts"
        );
        assert_eq!(
            lost > 0,
            loses,
            "synchronous={synchronous}: {lost} of {acknowledged} lost"
        );
    }
}

/// Many waiting calls share a sync. The figures are printed; what is asserted is that every call was stored.
#[test]
fn on_a_slow_disk_waiting_calls_share_a_sync() {
    let second = Duration::from_secs(1);
    for batch in [1, 512] {
        let home = tempfile::TempDir::new().unwrap();
        let disk = Disk::below(home.path()).slower_by(3);
        let stored = control(
            &disk,
            &home.path().join("control.db"),
            "FULL",
            batch,
            second,
        );
        println!("3 ms a sync, bare inserts, {batch} a commit: {stored} rows/s");
    }
    for callers in [1, 32] {
        let bellhop = bellhop();
        let endpoint = bellhop.endpoint("bookora", Some(SECRET));
        let disk = Disk::below(bellhop.home()).slower_by(3);
        let serving = bellhop.serve_by(disk.put_below(bellhop.command(&["serve", "--json"])));
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (told, took) = thread::scope(|scope| {
            let began = Instant::now();
            let load = Load::start(scope, callers, &serving.receiver, &endpoint, &next, &stop);
            thread::sleep(second);
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            (load.join(), began.elapsed())
        });
        let rate = told.acknowledged.len() as f64 / took.as_secs_f64();
        println!("3 ms a sync, bellhop, {callers} connections: {rate:.0} calls/s");
        assert_kept(&connect(&bellhop), &told.acknowledged, "on a slow disk");
    }
}
