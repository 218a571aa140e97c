//! A database that is locked, damaged or was cut off.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::bellhop;
use crate::calls::connect;
use crate::cli::{SOON, eventually};

use super::{SECRET, assert_stored, call};

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
