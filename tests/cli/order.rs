//! Whatever the order in which the calls of a booking arrive, and however often: the same booking, told of as often.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bellhop;
use crate::calls::{bookora, connect, sample, signature, text};
use crate::cli::{Bellhop, Endpoint, SOON, Serving, eventually};

const SECRET: &str = "s";

/// A call of a provider.
struct Told {
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

fn signed(header: &'static str, prefix: &str, body: Vec<u8>) -> Told {
    Told {
        headers: vec![(header, format!("{prefix}{}", signature(SECRET, &body)))],
        body,
    }
}

fn of_bookora(event: &str, id: &str, clock: u32, start: &str) -> Told {
    signed(
        "X-Bookora-Signature",
        "",
        bookora(event, id, "bkg", clock, start),
    )
}

fn of_kordless(event: &str, id: &str, clock: u32, hour: u32) -> Told {
    let status = if event == "booking.cancelled" {
        "canceled"
    } else {
        "confirmed"
    };
    let booking = json!({ "id": "book", "serviceId": "cut", "startsAt": format!("2026-07-01T{hour:02}:00:00Z"),
        "endsAt": format!("2026-07-01T{hour:02}:45:00Z"), "status": status, "contact": { "name": "Jane Doe", "email": "jane@example.com" } });
    let body = json!({ "event": event, "timestamp": format!("2026-06-10T10:{clock:02}:00Z"), "data": { "booking": booking } });
    let mut told = signed("X-Kordless-Signature", "", body.to_string().into_bytes());
    told.headers.push(("X-Kordless-Webhook-Id", id.to_owned()));
    told
}

fn of_webkasa(event: &str, id: &str, clock: u32, hour: u32, status: &str) -> Told {
    let data = json!({ "id": "bk", "title": "Massage", "start_time": format!("2026-07-01T{hour:02}:00:00Z"),
        "end_time": format!("2026-07-01T{hour:02}:45:00Z"), "status": status, "attendee_name": "Jane Doe" });
    let body = json!({ "id": id, "type": event, "created_at": format!("2026-06-10T10:{clock:02}:00Z"), "data": data });
    signed(
        "X-WebKasa-Signature",
        "sha256=",
        body.to_string().into_bytes(),
    )
}

fn of_reservekit(event: &str, clock: u32, day: u32, status: &str) -> Told {
    let at = format!("2026-06-10T10:{clock:02}:00Z");
    let booking = json!({ "id": 789, "service_id": 12, "date": format!("2026-07-{day:02}"), "time_slot_id": 400 + day, "status": status,
        "cancel_reason": (status == "cancelled").then_some("Ill"), "updated_at": at, "customer": { "name": "Jane Doe" } });
    let body = json!({ "event_type": event, "bookings": [booking], "timestamp": at });
    Told {
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    }
}

fn of_orufy(event: &str, id: &str, previous: Option<&str>, clock: u32, day: u32) -> Told {
    let mut meeting = json!({ "_id": id, "time": format!("2026-07-{day:02}T09:30:00.000Z"), "duration": 30, "eventName": "Intro call",
        "attendees": [{ "name": "Jane Doe" }], "status": if event == "CANCEL" { "CANCELLED" } else { "ACTIVE" } });
    let at = json!({ "timestamp": format!("2026-06-10T10:{clock:02}:00Z"), "reason": format!("because of {clock}") });
    match event {
        "RESCHEDULE" => meeting["reschedule"] = at,
        "CANCEL" => meeting["cancellation"] = at,
        _ => {}
    }
    if let Some(previous) = previous {
        meeting["prevMeetId"] = json!(previous);
    }
    let body = json!({ "eventType": event, "meetData": meeting });
    Told {
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    }
}

fn recorded(file: &str) -> Told {
    Told {
        headers: Vec::new(),
        body: sample(file).body,
    }
}

/// All orders of `count` things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let with_last = shorter.iter().flat_map(|order| {
        (0..count).map(move |place| {
            let mut longer = order.clone();
            longer.insert(place, count - 1);
            longer
        })
    });
    with_last.collect()
}

/// A booking without what depends on the arrival: ids of ours and moments of receipt.
fn apart_from_arrival(booking: &Value) -> Value {
    let mut booking = booking.clone();
    let fields = booking.as_object_mut().unwrap();
    for field in ["id", "endpoint_id", "created_at", "updated_at"] {
        assert!(fields.remove(field).is_some());
    }
    let events = fields["events"].as_array_mut().unwrap();
    for event in events.iter_mut() {
        let fields = event.as_object_mut().unwrap();
        for field in [
            "event_id",
            "booking_id",
            "endpoint_id",
            "received_at",
            "delivery_id",
        ] {
            assert!(fields.remove(field).is_some());
        }
    }
    events.sort_by_key(ToString::to_string);
    booking
}

/// How often the person is told of each kind of event of an endpoint.
fn notices(bellhop: &Bellhop, endpoint: &Endpoint) -> BTreeMap<String, i64> {
    let connection = connect(bellhop);
    let mut statement = connection
        .prepare("SELECT event.kind, count(*) FROM notice JOIN event ON event.id = event_id WHERE event.endpoint_id = ?1 GROUP BY 1")
        .unwrap();
    let rows = statement
        .query_map([&endpoint.id], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(|row| row.unwrap()).collect()
}

/// Tells a fresh endpoint the calls in every order, some of them twice, and expects one outcome.
fn assert_same_in_every_order(
    provider: &str,
    calls: &[Told],
    expected: &Value,
    told: &[(&str, i64)],
) {
    let bellhop = bellhop();
    let secret = (!calls[0].headers.is_empty()).then_some(SECRET);
    let serving = bellhop.serve();
    let tell = |endpoint: &Endpoint, call: &Told| {
        assert_eq!(
            serving
                .receiver
                .post(&endpoint.path, &call.headers, &call.body),
            200
        );
    };
    let orders = orders(calls.len());
    let endpoints: Vec<Endpoint> = orders
        .iter()
        .enumerate()
        .map(|(number, order)| {
            let endpoint = bellhop.endpoint(provider, secret);
            for (place, index) in order.iter().enumerate() {
                tell(&endpoint, &calls[*index]);
                // One of those that came already comes again.
                if (number + place) % 2 == 0 {
                    tell(&endpoint, &calls[order[(number / 2) % (place + 1)]]);
                }
                // In some orders each call is understood before the next one comes, in others they come at once.
                if number % 5 == 0 {
                    settled(&bellhop, &serving);
                }
            }
            endpoint
        })
        .collect();
    settled(&bellhop, &serving);
    let bookings = bellhop.list(&["booking", "list", "--limit", "1000"]);
    assert_eq!(bookings.len(), orders.len(), "{provider}: one booking each");
    let told: BTreeMap<String, i64> = told
        .iter()
        .map(|(kind, count)| ((*kind).to_owned(), *count))
        .collect();
    let mut first: Option<Value> = None;
    for (order, endpoint) in orders.iter().zip(&endpoints) {
        let booking = bookings
            .iter()
            .find(|booking| booking["endpoint_id"] == endpoint.id.as_str())
            .unwrap();
        let booking = apart_from_arrival(booking);
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(
                &booking[field], value,
                "{provider} {order:?}: {field} of {booking:#}"
            );
        }
        assert_eq!(
            booking["events"].as_array().unwrap().len(),
            calls.len(),
            "{provider} {order:?}"
        );
        assert_eq!(
            &booking,
            first.get_or_insert_with(|| booking.clone()),
            "{provider} {order:?}"
        );
        assert_eq!(
            notices(&bellhop, endpoint),
            told,
            "{provider} {order:?}: {booking:#}"
        );
    }
}

fn settled(bellhop: &Bellhop, serving: &Serving) {
    let connection = connect(bellhop);
    eventually(SOON, "all calls are read", || {
        let pending: i64 = connection
            .query_row(
                "SELECT count(*) FROM delivery WHERE state = 'pending'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        (pending == 0).then_some(())
    });
    assert!(!serving.process.stderr().contains("panicked"));
}

#[test]
fn bookora_made_moved_twice_and_cancelled() {
    let calls = [
        of_bookora("booking.created", "1", 1, "15T14:00"),
        of_bookora("booking.rescheduled", "2", 2, "16T09:00"),
        of_bookora("booking.rescheduled", "3", 3, "17T09:00"),
        of_bookora("booking.cancelled", "4", 4, "17T09:00"),
    ];
    let expected = json!({ "status": "cancelled", "start": "2026-06-17T09:00:00Z", "provider_booking_ids": ["bkg"] });
    assert_same_in_every_order(
        "bookora",
        &calls,
        &expected,
        &[("created", 1), ("rescheduled", 2), ("cancelled", 1)],
    );
}

#[test]
fn kordless_made_moved_and_cancelled_in_the_same_second() {
    let calls = [
        of_kordless("booking.created", "1", 1, 9),
        of_kordless("booking.updated", "2", 1, 11),
        of_kordless("booking.cancelled", "3", 1, 11),
    ];
    let expected = json!({ "status": "cancelled", "start": "2026-07-01T11:00:00Z" });
    assert_same_in_every_order(
        "kordless",
        &calls,
        &expected,
        &[("created", 1), ("rescheduled", 1), ("cancelled", 1)],
    );
}

#[test]
fn webkasa_which_has_no_word_for_a_move() {
    let calls = [
        of_webkasa("booking.created", "1", 1, 9, "PENDING"),
        of_webkasa("booking.confirmed", "2", 2, 9, "CONFIRMED"),
        of_webkasa("booking.confirmed", "3", 3, 11, "CONFIRMED"),
        of_webkasa("booking.completed", "4", 4, 11, "COMPLETED"),
    ];
    let expected = json!({ "status": "completed", "start": "2026-07-01T11:00:00Z" });
    assert_same_in_every_order(
        "webkasa",
        &calls,
        &expected,
        &[("created", 1), ("rescheduled", 1)],
    );
}

#[test]
fn reservekit_whose_updates_mean_many_things() {
    let calls = [
        of_reservekit("bookings.create", 1, 10, "pending"),
        of_reservekit("bookings.update", 2, 10, "confirmed"),
        of_reservekit("bookings.update", 3, 12, "confirmed"),
        of_reservekit("bookings.delete", 4, 12, "cancelled"),
    ];
    let expected =
        json!({ "status": "cancelled", "date": "2026-07-12", "start": null, "reason": "Ill" });
    assert_same_in_every_order(
        "reservekit",
        &calls,
        &expected,
        &[("created", 1), ("rescheduled", 1), ("cancelled", 1)],
    );
}

/// A move that its provider tells of twice, first as asked for and then as accepted, is one move.
#[test]
fn one_move_told_twice_is_one_notice() {
    let calls = [
        of_reservekit("bookings.create", 1, 10, "confirmed"),
        of_reservekit("bookings.update", 2, 12, "pending"),
        of_reservekit("bookings.update", 3, 12, "confirmed"),
    ];
    let expected = json!({ "status": "confirmed", "date": "2026-07-12" });
    assert_same_in_every_order(
        "reservekit",
        &calls,
        &expected,
        &[("created", 1), ("rescheduled", 1)],
    );
}

/// A cancellation that its provider tells of twice is one cancellation.
#[test]
fn one_cancellation_told_twice_is_one_notice() {
    let calls = [
        of_reservekit("bookings.create", 1, 10, "confirmed"),
        of_reservekit("bookings.update", 2, 10, "cancelled"),
        of_reservekit("bookings.delete", 3, 10, "cancelled"),
    ];
    let expected = json!({ "status": "cancelled", "reason": "Ill" });
    assert_same_in_every_order(
        "reservekit",
        &calls,
        &expected,
        &[("created", 1), ("cancelled", 1)],
    );
}

#[test]
fn orufy_whose_moves_make_new_meetings() {
    let calls = [
        of_orufy("BOOK", "a", None, 1, 1),
        of_orufy("RESCHEDULE", "b", Some("a"), 2, 2),
        of_orufy("RESCHEDULE", "c", Some("b"), 3, 3),
        of_orufy("CANCEL", "c", None, 4, 3),
    ];
    let expected = json!({ "status": "cancelled", "provider_booking_ids": ["a", "b", "c"], "start": "2026-07-03T09:30:00Z",
        "end": "2026-07-03T10:00:00Z", "reason": "because of 4" });
    assert_same_in_every_order(
        "orufy",
        &calls,
        &expected,
        &[("created", 1), ("rescheduled", 2), ("cancelled", 1)],
    );
}

#[test]
fn the_recorded_chain_of_orufy_stands_in_every_order() {
    let calls = [
        recorded("orufy/BOOK.json"),
        recorded("orufy/RESCHEDULE.json"),
        recorded("orufy/CANCEL.json"),
    ];
    let expected =
        json!({ "status": "confirmed", "start": "2026-07-02T09:30:00Z", "reason": null });
    assert_same_in_every_order(
        "orufy",
        &calls,
        &expected,
        &[("created", 1), ("rescheduled", 1), ("cancelled", 1)],
    );
}

/// A provider that repeats a call under a new delivery id adds a delivery and nothing else.
#[test]
fn the_same_fact_under_another_delivery_id_is_one_event() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("kordless", Some(SECRET));
    let serving = bellhop.serve();
    for id in ["1", "2", "3"] {
        let call = of_kordless("booking.created", id, 1, 9);
        assert_eq!(
            serving
                .receiver
                .post(&endpoint.path, &call.headers, &call.body),
            200
        );
    }
    settled(&bellhop, &serving);
    assert_eq!(bellhop.list(&["delivery", "list"]).len(), 3);
    let entries = bellhop.entries(1);
    assert_eq!(text(&entries[0], "kind"), "created");
    assert_eq!(
        notices(&bellhop, &endpoint),
        BTreeMap::from([("created".to_owned(), 1)])
    );
}

#[test]
fn a_late_created_does_not_revive() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let serving = bellhop.serve();
    for (event, id, clock) in [("booking.cancelled", "2", 2), ("booking.created", "1", 1)] {
        let call = of_bookora(event, id, clock, "15T14:00");
        assert_eq!(
            serving
                .receiver
                .post(&endpoint.path, &call.headers, &call.body),
            200
        );
        settled(&bellhop, &serving);
        assert_eq!(
            bellhop.list(&["booking", "list"])[0]["status"],
            "cancelled",
            "after {event}"
        );
    }
    let kinds: Vec<Value> = bellhop
        .entries(2)
        .iter()
        .map(|entry| entry["kind"].clone())
        .collect();
    assert_eq!(kinds, ["cancelled", "created"]);
    let connection = connect(&bellhop);
    let late: String = connection
        .query_row(
            "SELECT body FROM notice ORDER BY id DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert!(late.contains("cancelled since"), "{late}");
}
