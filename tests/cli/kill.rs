//! What was acknowledged is kept, whenever and however the receiver ends.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rusqlite::params;
use serde_json::Value;

use crate::bellhop;
use crate::calls::{connect, count, numbered, post_bookora, signature, text};
use crate::cli::{SOON, eventually};
use crate::load::{CALLERS, Load, Random, SECRET, assert_kept, assert_settles, call, rounds, send};

/// Kills after which a new database is begun: those that are looked through stay small.
const KILLS: u32 = 100;

#[test]
fn acknowledged_calls_survive_being_killed_at_any_moment() {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut random = Random(0x5eed_0bee_11ab_cdef);
    let (mut kills, mut calls, mut rows) = (0, 0, 0);
    let mut rounds = rounds(KILLS).peekable();
    while rounds.peek().is_some() {
        let bellhop = bellhop();
        let endpoint = bellhop.endpoint("bookora", Some(SECRET));
        let mut acknowledged = BTreeSet::new();
        for round in rounds.by_ref().take(KILLS as usize) {
            let mut serving = bellhop.serve();
            thread::scope(|scope| {
                let load = Load::start(scope, CALLERS, &serving.receiver, &endpoint, &next, &stop);
                thread::sleep(Duration::from_micros(random.below(150_000)));
                serving.process.kill();
                let told = load.join();
                assert_eq!(told.refused, 0);
                acknowledged.extend(told.acknowledged);
            });
            let stderr = serving.process.stderr();
            assert!(!stderr.contains("panicked"), "{stderr}");
            kills += 1;
            // The receiver of the next round finds the files as they were left; here they are read beside it.
            if round % 10 == 0 {
                let serving = bellhop.serve();
                rows += assert_kept(&connect(&bellhop), &acknowledged, "after a kill");
                drop(serving);
            }
        }
        let serving = bellhop.serve();
        rows += assert_kept(&connect(&bellhop), &acknowledged, "at the end");
        assert_settles(&bellhop);
        // Their providers may send them again, for ever.
        for number in acknowledged.iter().take(20) {
            assert_eq!(send(&serving.receiver, &endpoint, *number), Some(200));
        }
        assert_settles(&bellhop);
        rows += assert_kept(&connect(&bellhop), &acknowledged, "after repeats");
        serving.stop();
        calls += acknowledged.len();
    }
    println!("soak: kills {kills}, acknowledged {calls}, rows looked at {rows}");
    assert!(calls > kills, "hardly any load");
}

#[test]
fn a_receiver_that_is_asked_to_end_answers_what_it_accepted() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let (next, stop) = (AtomicUsize::new(1), AtomicBool::new(false));
    let mut acknowledged = BTreeSet::new();
    let mut printed: Vec<String> = Vec::new();
    for signal in ["TERM", "INT", "TERM"] {
        let mut serving = bellhop.serve();
        let body = call(next.fetch_add(1, Ordering::Relaxed));
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nX-Bookora-Signature: {}\r\nContent-Length: {}\r\n\r\n",
            endpoint.path,
            signature(SECRET, &body),
            body.len()
        );
        let (first, second) = body.split_at(40);
        thread::scope(|scope| {
            let callers = Load::start(scope, CALLERS, &serving.receiver, &endpoint, &next, &stop);
            eventually(SOON, "some load", || {
                (serving.process.lines().len() > 50).then_some(())
            });
            // One call is half-way: its head is read, and its body is on its way, for which it has 10 seconds.
            let mut raw = serving.receiver.connect();
            raw.send(&head);
            assert_eq!(raw.answer().unwrap().status, 100);
            raw.send(first);
            serving.process.signal(signal);
            eventually(SOON, "no new calls are taken", || {
                std::net::TcpStream::connect(&serving.receiver.address)
                    .is_err()
                    .then_some(())
            });
            raw.send(second);
            assert_eq!(
                raw.answer().unwrap().status,
                200,
                "the call that was half-way"
            );
            acknowledged.extend(callers.join().acknowledged);
        });
        let status = serving.process.wait();
        assert_eq!(
            (status.code(), serving.process.stderr().as_str()),
            (Some(0), "")
        );
        printed.extend(serving.process.lines());
        assert_kept(&connect(&bellhop), &acknowledged, "after the end");
        let stored = count(
            &bellhop,
            "SELECT count(*) FROM delivery WHERE idempotency_key LIKE 'id:evt_%'",
        );
        assert!(stored >= i64::try_from(acknowledged.len()).unwrap());
    }
    // What was left to be read is read at the next start, and every entry is printed once.
    let mut serving = bellhop.serve();
    assert_settles(&bellhop);
    let entries = usize::try_from(count(&bellhop, "SELECT count(*) FROM event")).unwrap();
    let rest = serving.printed(entries - printed.len());
    let ids: Vec<String> = printed
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .chain(rest)
        .map(|entry| text(&entry, "event_id").to_owned())
        .collect();
    assert_eq!(
        ids,
        (1..=entries).map(|id| id.to_string()).collect::<Vec<_>>()
    );
}

/// A caller that keeps an idle connection open does not keep the receiver from ending.
#[test]
fn an_idle_connection_does_not_delay_the_end() {
    let bellhop = bellhop();
    let serving = bellhop.serve();
    let mut raw = serving.receiver.connect();
    raw.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(raw.answer().unwrap().status, 404);
    let silent = serving.receiver.connect();
    let begun = std::time::Instant::now();
    serving.stop();
    // As long as it would wait for a call under way.
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
    drop((raw, silent));
}

#[test]
fn a_delivery_that_was_left_waiting_is_processed_at_the_next_start() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    for number in 0..150_u32 {
        connect(&bellhop)
            .execute(
                "INSERT INTO delivery (endpoint_id, idempotency_key, received_at, headers, body, trust)
                 VALUES (?1, ?2, 1780000000000000 + ?3, x'', ?4, 'signed')",
                params![endpoint.id, format!("id:evt_{number}"), number, numbered(number as usize)],
            )
            .unwrap();
    }
    assert_eq!(bellhop.pending(), 150);
    let mut serving = bellhop.serve();
    let printed = serving.printed(150);
    assert!(
        printed.iter().all(|entry| entry["kind"] == "created"),
        "{printed:#?}"
    );
    assert_eq!(text(&printed[0], "received_at"), "2026-05-28T20:26:40Z");
    assert_eq!(bellhop.pending(), 0);
    // It still had its notices to give; and it is a repeat now.
    assert_eq!(
        count(&bellhop, "SELECT count(*) FROM notice WHERE held IS NULL"),
        150
    );
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, SECRET, &numbered(3)),
        200
    );
    assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), 150);
}
