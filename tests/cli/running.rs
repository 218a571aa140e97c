//! What other processes do with a running receiver: endpoints, samples, status, a second receiver.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::bellhop;
use crate::calls::{NO_HEADERS, count, numbered, post_bookora, text};
use crate::cli::{Bellhop, SOON, Serving, eventually};

#[test]
fn another_process_adds_and_removes_endpoints_of_a_running_receiver() {
    let bellhop = bellhop();
    let serving = bellhop.serve();
    for round in 0..3 {
        let endpoint = bellhop.endpoint("bookora", Some("s"));
        let body = numbered(round);
        assert_eq!(post_bookora(&serving.receiver, &endpoint, "s", &body), 200);
        let removed = bellhop.json(&["endpoint", "remove", &endpoint.id]);
        assert_eq!(text(&removed, "id"), endpoint.id);
        for method in ["POST", "GET", "HEAD", "PUT"] {
            let answer = serving
                .receiver
                .call(method, &endpoint.path, NO_HEADERS, b"");
            assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{method}");
        }
    }
    // What they received stays, and their addresses are never given again.
    assert_eq!(bellhop.entries(3).len(), 3);
    assert_eq!(bellhop.list(&["endpoint", "list"]), [] as [Value; 0]);
    for command in ["show", "remove"] {
        let gone = bellhop.run(&["endpoint", command, "1"], "");
        assert_eq!(
            (gone.code, gone.stderr.lines().count()),
            (Some(1), 1),
            "{gone:?}"
        );
    }
    let paths: BTreeSet<String> = (0..20)
        .map(|_| bellhop.endpoint("orufy", None).path)
        .collect();
    assert_eq!(paths.len(), 20);
    for path in paths {
        let token = path.strip_prefix("/hooks/").unwrap();
        assert!(
            token.len() >= 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{token}"
        );
    }
}

#[test]
fn endpoints_are_told_in_full() {
    let bellhop = bellhop();
    let added = bellhop.json_with(
        &["endpoint", "add", "Kordless", "--label", "  Salon „Ö“ "],
        "",
    );
    let expected = json!({
        "id": "1", "provider": "kordless", "label": "Salon „Ö“", "path": added["path"], "public_url": null, "trust": "signed",
        "secrets": [], "signature_form": null, "created_at": added["created_at"], "last_delivery_at": null,
    });
    assert_eq!(added, expected);
    assert_eq!(bellhop.json(&["endpoint", "show", "1"]), expected);
    assert_eq!(bellhop.list(&["endpoint", "list"]), [expected]);
    let bare = bellhop.json(&["endpoint", "add", "reservekit"]);
    assert_eq!(
        (text(&bare, "label"), text(&bare, "trust")),
        ("ReserveKit", "token_only")
    );

    // With an address of the person's own, all are shown with it, also by other processes.
    let arguments = ["--tunnel", "https://my.host/", "--probe", "off"];
    let serving = bellhop.serve_with(&arguments, &[]);
    eventually(SOON, "the address is known", || {
        bellhop.json(&["status"])["public_url"]
            .is_string()
            .then_some(())
    });
    let shown = bellhop.json(&["endpoint", "show", "2"]);
    assert_eq!(
        text(&shown, "public_url"),
        format!("https://my.host{}", text(&shown, "path"))
    );
    let status = bellhop.json(&["status"]);
    assert_eq!(
        (text(&status, "public_url"), text(&status, "tunnel")),
        ("https://my.host", "online")
    );
    assert_eq!(
        serving
            .receiver
            .post(text(&shown, "path"), NO_HEADERS, "{}"),
        200
    );
    let shown = bellhop.json(&["endpoint", "show", "2"]);
    assert_eq!(
        shown["last_delivery_at"],
        bellhop.entries(1)[0]["received_at"]
    );
}

#[test]
fn sample_calls_are_sent_to_the_running_receiver() {
    let bellhop = bellhop();
    let mut endpoints = Vec::new();
    for (provider, secret, types) in [
        (
            "kordless",
            Some("k"),
            ["booking.created", "booking.cancelled"],
        ),
        ("reservekit", None, ["bookings.create", "bookings.delete"]),
        (
            "bookora",
            Some("b"),
            ["booking.created", "no_show.detected"],
        ),
        (
            "webkasa",
            Some("w"),
            ["booking.created", "booking.completed"],
        ),
        ("orufy", Some("o"), ["BOOK", "CANCEL"]),
    ] {
        endpoints.push((provider, bellhop.endpoint(provider, secret), types));
    }
    let nobody = bellhop.run(&["send", "1", "booking.created"], "");
    assert_eq!(
        (nobody.code, nobody.stderr.lines().count()),
        (Some(1), 1),
        "{nobody:?}"
    );
    assert!(nobody.stderr.contains("bellhop serve"), "{nobody:?}");

    let mut serving = bellhop.serve();
    for (number, (provider, endpoint, types)) in endpoints.iter().enumerate() {
        for event_type in types {
            assert_eq!(
                bellhop.json(&["send", &endpoint.id, event_type]),
                json!({ "accepted": 1 }),
                "{provider}"
            );
        }
        assert_eq!(
            bellhop.json(&["send", &endpoint.id, types[0], "--count", "3"]),
            json!({ "accepted": 3 })
        );
        let printed = serving.printed((number + 1) * 5);
        let own: Vec<&Value> = printed
            .iter()
            .filter(|entry| entry["provider"] == *provider)
            .collect();
        let kinds: Vec<&str> = own.iter().map(|entry| text(entry, "event_type")).collect();
        assert_eq!(kinds, [types[0], types[1], types[0], types[0], types[0]]);
        let bookings: BTreeSet<&str> = own
            .iter()
            .map(|entry| text(entry, "provider_booking_id"))
            .collect();
        assert_eq!(bookings.len(), 5, "each sample is a booking of its own");
        assert!(
            own.iter().all(|entry| entry["problems"] == json!([])),
            "{own:#?}"
        );
    }
    assert_eq!(
        bellhop.json(&["send", "1", "booking.created", "--count", "0"]),
        json!({ "accepted": 0 })
    );
    let unknown = bellhop.run(&["send", "1", "no.such.event"], "");
    assert_eq!(
        (unknown.code, unknown.stderr.lines().count()),
        (Some(1), 1),
        "{unknown:?}"
    );
    assert!(
        unknown.stderr.contains("booking.updated"),
        "it names what there is: {unknown:?}"
    );
    assert_eq!(
        bellhop.run(&["send", "99", "booking.created"], "").code,
        Some(1)
    );
    let bare = bellhop.endpoint("kordless", None);
    let refused = bellhop.run(&["send", &bare.id, "booking.created"], "");
    assert_eq!(
        (refused.code, refused.stderr.lines().count()),
        (Some(1), 1),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("401"), "{refused:?}");
}

#[test]
fn status_tells_of_the_running_receiver() {
    let bellhop = bellhop();
    let off = json!({ "running": false, "pid": null, "listening": null, "public_url": null, "tunnel": "off", "window": "none" });
    assert_eq!(bellhop.json(&["status"]), off);
    assert!(!bellhop.data_dir().exists(), "asking made a data directory");
    let mut serving = bellhop.serve();
    let on = json!({ "running": true, "pid": serving.process.id(), "listening": serving.receiver.address,
        "public_url": null, "tunnel": "off", "window": "none" });
    assert_eq!(bellhop.json(&["status"]), on);
    serving.process.kill();
    assert_eq!(bellhop.json(&["status"]), off, "after it was killed");
    let serving = bellhop.serve_with(
        &[
            "--listen",
            "127.0.0.1:0",
            "--notify",
            "off",
            "--tunnel",
            "off",
        ],
        &[],
    );
    assert_eq!(bellhop.json(&["status"])["running"], true);
    serving.stop();
    assert_eq!(bellhop.json(&["status"]), off, "after it ended");
}

/// Whoever asks for the status while a receiver starts does not make it invisible for ever.
#[test]
fn a_receiver_is_seen_also_by_those_who_asked_while_it_started() {
    let bellhop = bellhop();
    drop(bellhop.serve());
    // `status` asks by taking the lock for a moment. Here the moment is a long one.
    let asking = std::fs::File::open(bellhop.data_dir().join("receiver.json")).unwrap();
    asking.lock_shared().unwrap();
    let serving = bellhop.serve();
    drop(asking);
    assert_eq!(text(&seen(&bellhop, &serving), "tunnel"), "off");
}

fn seen(bellhop: &Bellhop, serving: &Serving) -> Value {
    eventually(SOON, "the receiver is seen", || {
        let status = bellhop.json(&["status"]);
        (status["listening"] == serving.receiver.address.as_str()).then_some(status)
    })
}

/// Without notifications, notices wait for a program that shows them.
#[test]
fn a_receiver_that_notifies_nobody_marks_nothing_as_shown() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let mut serving = bellhop.serve_with(&["--notify", "off"], &[]);
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(0)),
        200
    );
    serving.printed(1);
    serving.stop();
    assert_eq!(
        count(
            &bellhop,
            "SELECT count(*) FROM notice WHERE shown_at IS NULL AND held IS NULL"
        ),
        1
    );
}

#[test]
fn two_receivers_work_on_one_data_directory() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let (mut one, mut other) = (bellhop.serve(), bellhop.serve());
    assert_ne!(one.receiver.address, other.receiver.address);
    for number in 0..20 {
        let receiver = if number % 2 == 0 {
            &one.receiver
        } else {
            &other.receiver
        };
        assert_eq!(
            post_bookora(receiver, &endpoint, "s", &numbered(number)),
            200
        );
        // The same call at the other one is a repeat.
        assert_eq!(
            post_bookora(&other.receiver, &endpoint, "s", &numbered(number)),
            200
        );
    }
    let entries = bellhop.entries(20);
    let deliveries = bellhop.list(&["delivery", "list"]);
    assert!(
        deliveries.iter().all(|delivery| delivery["repeats"] == 1),
        "{deliveries:#?}"
    );
    assert_eq!(
        (
            deliveries.len(),
            count(&bellhop, "SELECT count(*) FROM notice")
        ),
        (20, 20)
    );
    // Both print every entry once.
    for serving in [&mut one, &mut other] {
        assert_eq!(serving.printed(20), entries);
    }
    // The first is announced; when it has gone, the other one is.
    assert_eq!(
        bellhop.json(&["status"])["listening"],
        one.receiver.address.as_str()
    );
    one.stop();
    assert_eq!(seen(&bellhop, &other)["pid"], other.process.id());
    assert_eq!(
        bellhop.json(&["send", &endpoint.id, "booking.created"]),
        json!({ "accepted": 1 })
    );
    other.printed(21);
}
