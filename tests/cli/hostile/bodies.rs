//! Genuine bodies that would bring a careless reader down.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{SECRET, Salon};
use crate::attacks::{Answers, peak_memory, post_with};
use crate::calls::{count, signature};
use crate::cli::eventually;

const MIB: usize = 1024 * 1024;

/// As often as it fits into 1 MiB, between a beginning and an end.
fn filled(start: &str, mut part: impl FnMut(usize) -> String, end: &str) -> String {
    let mut body = start.to_owned();
    for number in 0.. {
        let next = part(number);
        if body.len() + next.len() + end.len() > MIB {
            break;
        }
        body.push_str(&next);
    }
    body + end
}

fn same(start: &str, part: &str, end: &str) -> String {
    filled(start, |_| part.to_owned(), end)
}

fn odd_bodies() -> Vec<(&'static str, String)> {
    let balanced = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let nested = "{\"a\":".repeat(120) + "0" + &"}".repeat(120);
    let escapes = "\\u0000\\ud800\\ud83d\\ude00\\u202e";
    vec![
        ("brackets", "[".repeat(MIB)),
        ("braces", same("", "{\"a\":", "")),
        ("100,000 arrays, closed", balanced(100_000)),
        ("127 arrays", balanced(127)),
        (
            "arrays in a form",
            format!("payload={}", "%5B".repeat(100_000)),
        ),
        (
            "arrays behind an event",
            format!(
                "{{\"event\":\"booking.created\",\"type\":\"booking.created\",\"data\":{}}}",
                balanced(100_000)
            ),
        ),
        ("a number of 1 MiB", same("", "9", "")),
        ("a fraction of 1 MiB", same("0.", "3", "")),
        ("an exponent of 1 MiB", same("1e", "9", "")),
        (
            "numbers beyond all bounds",
            same("[0", ",1e999999,-1e-999999,9e99,18446744073709551616", "]"),
        ),
        (
            "moments beyond all bounds",
            same(
                "{\"id\":\"big\",\"event\":\"booking.created\",\"created_at\":1",
                "0",
                "}",
            ),
        ),
        (
            "half surrogates",
            same("{\"id\":\"half\",\"event\":\"", escapes, "\"}"),
        ),
        (
            "one key again and again",
            same("{\"event\":1", ",\"event\":\"booking.created\"", "}"),
        ),
        (
            "as many keys as fit",
            filled("{\"a\":1", |number| format!(",\"{number:x}\":0"), "}"),
        ),
        (
            "as many indices as fit",
            filled("{\"a\":1", |number| format!(",\"{number}\":0"), "}"),
        ),
        (
            "deep objects, again and again",
            same("[0", &format!(",{nested}"), "]"),
        ),
        ("zeros", same("[0", ",0", "]")),
        ("empty objects", same("[{}", ",{}", "]")),
        (
            "an id of 1 MiB",
            same(
                "{\"event\":\"booking.created\",\"type\":\"booking.created\",\"id\":\"",
                "x",
                "\"}",
            ),
        ),
        (
            "bookings that are nothing",
            same(
                "{\"event_type\":\"bookings.create\",\"bookings\":[0",
                ",0",
                "]}",
            ),
        ),
        (
            "bookings that are empty",
            same(
                "{\"event_type\":\"bookings.create\",\"bookings\":[{}",
                ",{}",
                "]}",
            ),
        ),
        (
            "bookings with a number alone",
            filled(
                "{\"event_type\":\"bookings.update\",\"bookings\":[{}",
                |number| format!(",{{\"id\":{number},\"updated_at\":\"2026-06-10T10:00:00Z\"}}"),
                "]}",
            ),
        ),
        (
            "attendees that are nothing",
            same(
                "{\"eventType\":\"BOOK\",\"meetData\":{\"_id\":\"odd\",\"attendees\":[0",
                ",0",
                "]}}",
            ),
        ),
    ]
}

#[test]
fn no_body_brings_a_reader_down() {
    let salon = Salon::open();
    let providers = [
        ("bookora", "X-Bookora-Signature", ""),
        ("kordless", "X-Kordless-Signature", ""),
        ("webkasa", "X-WebKasa-Signature", "sha256="),
        ("reservekit", "", ""),
        ("orufy", "", ""),
    ];
    let mut connection = Answers::connect(salon.address());
    let mut sent = 0;
    let mut slowest = (Duration::ZERO, String::new());
    for (provider, header, prefix) in providers {
        let secret = (!header.is_empty()).then_some(SECRET);
        let endpoint = salon.bellhop.endpoint(provider, secret);
        for (about, body) in odd_bodies() {
            // Those that share their reader with one of these two need not see all.
            if !matches!(provider, "bookora" | "reservekit") && body.len() > MIB / 2 {
                continue;
            }
            let body = body.as_bytes();
            let proof = match secret {
                Some(secret) => format!("{header}: {prefix}{}\r\n", signature(secret, body)),
                None => String::new(),
            };
            let kind = if about.contains("form") {
                "x-www-form-urlencoded"
            } else {
                "json"
            };
            let headers = format!("{proof}Content-Type: application/{kind}\r\n");
            let began = Instant::now();
            let call = post_with(&endpoint.path, &headers, body);
            assert_eq!(connection.status_of(&call), 200, "{provider}: {about}");
            sent += 1;
            if began.elapsed() > slowest.0 {
                slowest = (began.elapsed(), format!("{provider}: {about}"));
            }
            // Not genuine: what is checked of it must not bring anybody down either.
            if provider == "bookora" {
                let headers = format!("{header}: {}\r\n", "0".repeat(64));
                let call = post_with(&endpoint.path, &headers, body);
                assert_eq!(connection.status_of(&call), 401, "{about}");
            }
        }
        let began = Instant::now();
        let of = |state: &str| {
            let query = format!("SELECT count(*) FROM delivery WHERE state = '{state}'");
            count(&salon.bellhop, &query)
        };
        eventually(Duration::from_secs(60), "all are read", || {
            (of("pending") == 0).then_some(())
        });
        println!("{provider}: all are read {:?} later", began.elapsed());
        assert_eq!(of("failed"), 0, "{provider}");
    }
    println!("the slowest answer: {slowest:?}");
    println!(
        "events: {}",
        count(&salon.bellhop, "SELECT count(*) FROM event")
    );
    println!(
        "peak memory {} KiB",
        peak_memory(salon.serving.process.id())
    );
    // Three of them list more bookings than one call may put into the timeline.
    let cut = "SELECT count(*) FROM delivery WHERE problems LIKE '%too_many_bookings%'";
    assert_eq!(count(&salon.bellhop, cut), 3);
    salon.genuine.store(sent, Ordering::Relaxed);
    assert_eq!(connection.status_of(&salon.genuine()), 200);
    salon.close();
}
