//! A restore that is killed, and what a crash leaves behind.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::calls::connect;
use crate::cli::Bellhop;

use super::{back_up, call, expected, fill, keys, names, path, with_calls};

/// Moments from the beginning of a restore to a little after its end.
const MOMENTS: u32 = 28;

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
    let mut whole = begun.elapsed();
    let (mut killed, mut finished) = (0, 0);
    for round in 0_u32.. {
        let moment = round % MOMENTS;
        if round > 0 && moment == 0 {
            if killed > 3 && finished > 3 {
                break;
            }
            assert!(
                round < 8 * MOMENTS,
                "killed {killed}, finished {finished}, each in {whole:?}"
            );
            // On a busy machine they take longer now than the one that was timed, or that one took longer than they do.
            whole = if finished > 3 { whole / 2 } else { whole * 2 };
        }
        let file = if round % 2 == 0 { &large } else { &small };
        let mut process = crate::cli::Process::start(bellhop.command(&["restore", path(file)]));
        thread::sleep(whole.mul_f64(f64::from(moment) / 25.0));
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
