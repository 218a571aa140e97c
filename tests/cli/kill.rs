//! What was acknowledged is kept, whenever and however the receiver ends.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rusqlite::params;
use serde_json::Value;

use crate::bellhop;
use crate::calls::{connect, count, numbered, post_bookora, signature, text};
use crate::cli::{Bellhop, Endpoint, SOON, Serving, eventually};

const SECRET: &str = "s";
const CALLERS: usize = 8;

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Calls `serving` from many threads, with numbers that are used once, until nobody answers or `stop`. Gives those
/// that were acknowledged.
fn load<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    serving: &Serving,
    endpoint: &'scope Endpoint,
    next: &'scope AtomicUsize,
    stop: &'scope AtomicBool,
) -> Vec<thread::ScopedJoinHandle<'scope, Vec<usize>>> {
    let caller = |_| {
        let receiver = serving.receiver.clone();
        scope.spawn(move || {
            let mut acknowledged = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let body = numbered(number);
                let headers = [("X-Bookora-Signature", signature(SECRET, &body))];
                match receiver.try_call("POST", &endpoint.path, &headers, &body) {
                    Ok(answer) if answer.status == 200 => acknowledged.push(number),
                    Ok(answer) => panic!("{answer:?}"),
                    Err(_) => return acknowledged,
                }
            }
            acknowledged
        })
    };
    (0..CALLERS).map(caller).collect()
}

/// Every acknowledged call is there once, every delivery has one event and one notice, and the file is whole.
fn assert_kept(bellhop: &Bellhop, acknowledged: &BTreeSet<usize>) {
    let connection = connect(bellhop);
    let mut statement = connection
        .prepare("SELECT idempotency_key FROM delivery")
        .unwrap();
    let keys = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap();
    let keys: Vec<String> = keys.map(|key| key.unwrap()).collect();
    let distinct: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    assert_eq!(distinct.len(), keys.len(), "a call is there twice");
    for number in acknowledged {
        assert!(
            distinct.contains(format!("id:evt_{number}").as_str()),
            "the acknowledged call {number} is lost"
        );
    }
    let check: String = connection
        .query_row("PRAGMA quick_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
}

fn settle(bellhop: &Bellhop) {
    eventually(SOON, "everything is processed", || {
        (count(
            bellhop,
            "SELECT count(*) FROM delivery WHERE state != 'processed'",
        ) == 0)
            .then_some(())
    });
    let events = count(bellhop, "SELECT count(*) FROM event");
    assert_eq!(events, count(bellhop, "SELECT count(*) FROM delivery"));
    assert_eq!(events, count(bellhop, "SELECT count(*) FROM notice"));
    assert_eq!(events, count(bellhop, "SELECT count(*) FROM booking"));
}

#[test]
fn acknowledged_calls_survive_being_killed_at_any_moment() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut random = Random(0x5eed_0bee_11ab_cdef);
    let mut acknowledged = BTreeSet::new();
    for _ in 0..20 {
        let mut serving = bellhop.serve();
        let before = acknowledged.len();
        thread::scope(|scope| {
            let callers = load(scope, &serving, &endpoint, &next, &stop);
            thread::sleep(Duration::from_micros(random.below(150_000)));
            serving.process.kill();
            for caller in callers {
                acknowledged.extend(caller.join().unwrap());
            }
        });
        assert!(
            !serving.process.stderr().contains("panicked"),
            "{}",
            serving.process.stderr()
        );
        // The receiver of the next round finds the files as they were left; here they are read beside it.
        if before % 3 == 0 {
            let serving = bellhop.serve();
            assert_kept(&bellhop, &acknowledged);
            drop(serving);
        }
    }
    assert!(
        acknowledged.len() > 200,
        "hardly any load: {}",
        acknowledged.len()
    );
    let serving = bellhop.serve();
    assert_kept(&bellhop, &acknowledged);
    settle(&bellhop);
    // Their providers may send them again, for ever.
    for number in acknowledged.iter().step_by(acknowledged.len() / 20) {
        assert_eq!(
            post_bookora(&serving.receiver, &endpoint, SECRET, &numbered(*number)),
            200
        );
    }
    settle(&bellhop);
    assert_kept(&bellhop, &acknowledged);
    serving.stop();
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
        let body = numbered(next.fetch_add(1, Ordering::Relaxed));
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nX-Bookora-Signature: {}\r\nContent-Length: {}\r\n\r\n",
            endpoint.path,
            signature(SECRET, &body),
            body.len()
        );
        let (first, second) = body.split_at(40);
        thread::scope(|scope| {
            let callers = load(scope, &serving, &endpoint, &next, &stop);
            // One call is half-way: its head is read, and its body is on its way.
            let mut raw = serving.receiver.connect();
            raw.send(&head);
            assert_eq!(raw.answer().unwrap().status, 100);
            raw.send(first);
            eventually(SOON, "some load", || {
                (serving.process.lines().len() > 50).then_some(())
            });
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
            for caller in callers {
                acknowledged.extend(caller.join().unwrap());
            }
        });
        let status = serving.process.wait();
        assert_eq!(
            (status.code(), serving.process.stderr().as_str()),
            (Some(0), "")
        );
        printed.extend(serving.process.lines());
        assert_kept(&bellhop, &acknowledged);
        let stored = count(
            &bellhop,
            "SELECT count(*) FROM delivery WHERE idempotency_key LIKE 'id:evt_%'",
        );
        assert!(stored >= i64::try_from(acknowledged.len()).unwrap());
    }
    // What was left to be read is read at the next start, and every entry is printed once.
    let mut serving = bellhop.serve();
    settle(&bellhop);
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
    assert!(
        begun.elapsed() < Duration::from_secs(5),
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
    settle(&bellhop);
    // It still had its notices to give; and it is a repeat now.
    assert_eq!(
        count(&bellhop, "SELECT count(*) FROM notice WHERE held = 0"),
        150
    );
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, SECRET, &numbered(3)),
        200
    );
    assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), 150);
}
