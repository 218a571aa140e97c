//! What is genuine and nobody can read.

use serde_json::{Value, json};

use crate::calls::{numbered, post_bookora, signature, text};
use crate::cli::{SOON, eventually};

use super::{SECRET, Salon};

/// Bodies that are genuine and yet say nothing.
fn unreadable() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = [
        "",
        " ",
        "not json",
        "{\"event\":",
        "\u{feff}{}",
        "\0",
        "{\"a\":\"\\ud800\"}",
        "{\"price\":1e999}",
    ]
    .iter()
    .map(|body| body.as_bytes().to_vec())
    .collect();
    bodies.push(vec![0xff, 0xfe, 0x00]);
    bodies.push("[".repeat(200_000).into_bytes());
    bodies.push("{\"a\":".repeat(50_000).into_bytes());
    bodies
}

/// JSON that no provider documents. Each is read as far as it goes.
fn odd_typed(provider: &str, id: &str) -> Vec<Value> {
    let moments = [
        json!("9999-12-30T22:00:00Z"),
        json!("-009999-01-02T01:59:59Z"),
        json!(253_402_207_200_i64),
        json!(-377_705_023_201_i64),
        json!("99999-01-01T00:00:00Z"),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(-1.5e300),
        json!("soon"),
        json!([]),
        json!({}),
        json!(true),
        json!("2026-07-01"),
        json!("2026-07-01T09:30:00"),
        json!("\u{0}"),
    ];
    let mut bodies = vec![
        json!(null),
        json!([]),
        json!(7),
        json!("text"),
        json!({}),
        json!([{}]),
        json!({ "event": [], "type": {}, "eventType": 5 }),
    ];
    for (number, moment) in moments.iter().enumerate() {
        let booking = format!("odd_{number}");
        let odd = json!(["\u{0}", { "x": "\u{202e}" }]);
        bodies.push(match provider {
            "bookora" => json!({ "event": "booking.rescheduled", "id": format!("{id}_{number}"), "created_at": moment, "data": {
                "booking_id": booking, "customer_name": odd, "service": "a\u{0}b\u{7}", "start_time": moment, "end_time": moment, "reason": moment, "status": odd } }),
            "kordless" => json!({ "event": "booking.created", "timestamp": moment, "data": { "booking": {
                "id": booking, "startsAt": moment, "endsAt": "9999-12-30T22:00:00Z", "contact": "nobody", "serviceId": odd } } }),
            "webkasa" => json!({ "id": number, "type": "booking.created", "created_at": moment, "data": {
                "id": booking, "start_time": moment, "end_time": moment, "title": "x".repeat(50_000), "attendee_name": 5, "status": "" } }),
            "reservekit" => json!({ "event_type": "bookings.create", "timestamp": moment, "bookings": [
                { "id": booking, "date": moment, "time_slot_id": odd, "status": 5, "updated_at": moment, "customer": [] }, null, 7, "x", [] ] }),
            _ => json!({ "eventType": "RESCHEDULE", "meetData": { "_id": booking, "prevMeetId": booking, "time": moment, "duration": i64::MAX,
                "attendees": {}, "agentsDetails": [[]], "reschedule": { "time": moment, "reason": odd } } }),
        });
    }
    bodies
}

#[test]
fn what_is_genuine_and_odd_is_kept_with_a_problem() {
    let mut salon = Salon::open();
    let providers: [(&str, Option<&str>, &str); 5] = [
        ("bookora", Some(SECRET), "X-Bookora-Signature"),
        ("kordless", Some(SECRET), "X-Kordless-Signature"),
        ("webkasa", Some(SECRET), "X-WebKasa-Signature"),
        ("reservekit", None, ""),
        ("orufy", None, ""),
    ];
    for (provider, secret, header) in providers {
        let endpoint = salon.bellhop.endpoint(provider, secret);
        let post = |body: &[u8]| {
            let prefix = if provider == "webkasa" { "sha256=" } else { "" };
            let headers: Vec<(&str, String)> = match secret {
                Some(secret) => vec![(header, format!("{prefix}{}", signature(secret, body)))],
                None => Vec::new(),
            };
            salon.receiver().post(&endpoint.path, &headers, body)
        };
        let of_endpoint = |command: [&str; 2]| {
            let options = ["--endpoint", &endpoint.id, "--limit", "1000"];
            let arguments: Vec<&str> = command
                .into_iter()
                .filter(|word| !word.is_empty())
                .chain(options)
                .collect();
            let mut list = salon.bellhop.list(&arguments);
            list.reverse();
            list
        };
        let settled = |count: usize| {
            eventually(SOON, "the calls are read", || {
                let deliveries = of_endpoint(["delivery", "list"]);
                let settled = deliveries.len() == count
                    && deliveries
                        .iter()
                        .all(|delivery| delivery["state"] != "pending");
                settled.then_some(deliveries)
            })
        };

        let bodies = unreadable();
        for body in &bodies {
            assert_eq!(
                post(body),
                200,
                "{provider}: {:?}",
                String::from_utf8_lossy(&body[..body.len().min(20)])
            );
        }
        let deliveries = settled(bodies.len());
        let entries = of_endpoint(["timeline", ""]);
        assert_eq!(entries.len(), bodies.len(), "{provider}");
        for ((entry, delivery), body) in entries.iter().zip(&deliveries).zip(&bodies) {
            let about = format!(
                "{provider}: {:?}",
                String::from_utf8_lossy(&body[..body.len().min(20)])
            );
            assert_eq!(
                (
                    text(entry, "kind"),
                    &entry["event_type"],
                    &entry["booking_id"]
                ),
                ("other", &Value::Null, &Value::Null),
                "{about}"
            );
            assert_eq!(entry["problems"][0]["code"], "unreadable", "{about}");
            assert_eq!(
                (text(delivery, "state"), &delivery["problems"]),
                ("processed", &entry["problems"]),
                "{about}"
            );
        }

        let odd = odd_typed(provider, "evt_odd");
        for body in &odd {
            assert_eq!(post(body.to_string().as_bytes()), 200, "{provider}: {body}");
        }
        let deliveries = settled(bodies.len() + odd.len());
        for (delivery, body) in deliveries.iter().skip(bodies.len()).zip(&odd) {
            assert_eq!(text(delivery, "state"), "processed", "{provider}: {body}");
        }
        let entries = of_endpoint(["timeline", ""]);
        let without_type = odd.iter().take(7);
        for (entry, body) in entries.iter().skip(bodies.len()).zip(without_type) {
            // Orufy's word may be a number, so that `5` is a word that nobody knows.
            if provider != "orufy" || body.get("eventType").is_none() {
                let mut problems = entry["problems"].as_array().unwrap().iter();
                assert!(
                    problems.any(|problem| problem["code"] == "no_event_type"),
                    "{provider}: {body}"
                );
            }
            assert_eq!(text(entry, "kind"), "other", "{provider}: {body}");
        }
        salon.others += entries
            .iter()
            .filter(|entry| entry["kind"] != "created")
            .count();
        salon.good += entries
            .iter()
            .filter(|entry| entry["kind"] == "created")
            .count();
        // People can read all of it as well, and no control character reaches their terminal.
        for command in [
            ["timeline", "--limit", "1000"].as_slice(),
            &["booking", "list"],
            &["delivery", "list"],
        ] {
            let output = salon.bellhop.run(command, "");
            assert_eq!(output.code, Some(0), "{output:?}");
            assert!(
                !output.stdout.contains(['\u{0}', '\u{7}', '\u{1b}']),
                "{provider}: {command:?}"
            );
        }
    }
    let body = numbered(10_000);
    assert_eq!(
        post_bookora(&salon.receiver(), &salon.endpoint, SECRET, &body),
        200
    );
    salon.good += 1;
    salon.close();
}
