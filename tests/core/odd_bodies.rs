//! Whatever comes in a genuine call, reading it ends in an event or a problem, never in a panic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use bellhop_core::call::Call;
use bellhop_core::event::EventKind;
use bellhop_core::interpretation::{Reading, interpret};
use bellhop_core::provider::Provider;
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(provider: Provider, body: &[u8]) -> Reading {
    interpret(
        provider,
        &Call {
            query: None,
            headers: Vec::new(),
            body: body.to_vec(),
        },
    )
}

fn codes(reading: &Reading) -> Vec<&str> {
    reading
        .problems
        .iter()
        .map(|problem| problem.code.as_str())
        .collect()
}

#[test]
fn what_cannot_be_read_is_an_other_event_with_a_problem() {
    let deep = "[".repeat(100_000);
    for provider in Provider::ALL {
        for body in ["", "not json", "{\"event\":", "\u{feff}{}", "\0", &deep] {
            let reading = read(provider, body.as_bytes());
            assert_eq!(reading.events.len(), 1);
            assert_eq!(
                (reading.events[0].kind, &reading.events[0].event_type),
                (EventKind::Other, &None)
            );
            assert_eq!(codes(&reading), ["unreadable"]);
        }
        for body in [
            "null",
            "[]",
            "7",
            "\"text\"",
            "{}",
            "{\"event\":5.5e300}",
            "{\"event\":[],\"type\":{},\"eventType\":[]}",
        ] {
            let reading = read(provider, body.as_bytes());
            assert_eq!(reading.events[0].kind, EventKind::Other);
        }
    }
}

#[test]
fn types_that_are_not_about_bookings_are_other_events_without_problems() {
    let of = |provider, field: &str, words: &[&str]| {
        for word in words {
            let reading = read(
                provider,
                json!({ field: word, "created_at": "2026-01-01T00:00:00Z" })
                    .to_string()
                    .as_bytes(),
            );
            assert_eq!(reading.problems, [], "{word}");
            assert_eq!(reading.events[0].kind, EventKind::Other, "{word}");
            assert_eq!(reading.events[0].event_type.as_deref(), Some(*word));
        }
    };
    of(
        Provider::Bookora,
        "event",
        &[
            "customer.created",
            "lead.qualified",
            "review.created",
            "workflow.triggered",
            "new.one",
        ],
    );
    of(
        Provider::WebKasa,
        "type",
        &["event.created", "event.updated", "new.one"],
    );
    of(Provider::Kordless, "event", &["contact.created"]);
    of(Provider::ReserveKit, "event_type", &["services.update"]);
    of(Provider::Orufy, "eventType", &["PAYMENT"]);
}

#[test]
fn a_wrong_type_is_a_problem_and_the_rest_is_used() {
    let body = json!({ "event": "booking.created", "id": "e", "created_at": "yesterday", "data": {
        "booking_id": 12, "service": ["x"], "start_time": "soon", "end_time": {}, "customer_name": "  Jane  ", "status": "odd",
    }});
    let reading = read(Provider::Bookora, body.to_string().as_bytes());
    let event = &reading.events[0];
    assert_eq!(event.kind, EventKind::Created);
    assert_eq!(event.provider_booking_id.as_deref(), Some("12"));
    assert_eq!(event.attendee.name.as_deref(), Some("Jane"));
    assert_eq!((event.slot.as_ref(), event.occurred_at), (None, None));
    assert_eq!(
        codes(&reading),
        [
            "unusable_value",
            "unusable_value",
            "unusable_value",
            "unknown_status"
        ]
    );
}

#[test]
fn no_problem_repeats_what_the_call_says() {
    let body = json!({ "event": "booking.created", "data": { "booking_id": {"Jane": "Doe"}, "start_time": "Jane Doe", "status": "Jane Doe" }});
    let reading = read(Provider::Bookora, body.to_string().as_bytes());
    assert!(!reading.problems.is_empty());
    assert!(
        reading
            .problems
            .iter()
            .all(|problem| !problem.message.contains("Jane"))
    );
}

#[test]
fn a_time_without_a_zone_keeps_its_date_and_no_more() {
    let body = json!({ "event": "booking.created", "data": { "booking_id": "b", "start_time": "2026-07-01T09:30:00", "end_time": "2026-07-01T10:30:00" }});
    let reading = read(Provider::Bookora, body.to_string().as_bytes());
    let slot = reading.events[0].slot.as_ref().unwrap();
    assert_eq!(
        (slot.start(), slot.date().unwrap().to_string()),
        (None, "2026-07-01".to_owned())
    );
    assert_eq!(codes(&reading), ["no_time_zone"]);
}

#[test]
fn reservekit_lists_give_one_event_each() {
    let booking = |id: i64| json!({ "id": id, "date": "2026-07-01", "updated_at": "2026-06-01T00:00:00Z", "status": "pending" });
    let body = json!({ "event_type": "bookings.create", "bookings": [booking(1), booking(2), "odd"], "timestamp": "2026-06-01T00:00:00Z" });
    let reading = read(Provider::ReserveKit, body.to_string().as_bytes());
    let ids: Vec<_> = reading
        .events
        .iter()
        .map(|event| event.provider_booking_id.as_deref())
        .collect();
    assert_eq!(ids, [Some("1"), Some("2"), None]);
    assert_eq!(codes(&reading), ["no_booking_id"]);
}

#[test]
fn orufy_fields_are_found_inside_meet_data_and_beside_it() {
    let inside = json!({ "eventType": "RESCHEDULE", "meetData": { "_id": "b", "time": "2026-07-01T09:30:00.000Z", "duration": "45",
        "eventName": "Intro", "prevMeetId": "a", "reschedule": { "timestamp": "2026-06-30T08:00:00Z", "reason": "Moved" } } });
    let beside = json!({ "eventType": "RESCHEDULE", "eventName": "Intro", "prevMeetId": "a",
        "reschedule": { "timestamp": "2026-06-30T08:00:00Z", "reason": "Moved" },
        "meetData": { "_id": "b", "time": "2026-07-01T09:30:00.000Z", "duration": 45 } });
    let [one, other] =
        [inside, beside].map(|body| read(Provider::Orufy, body.to_string().as_bytes()));
    assert_eq!(one, other);
    let event = &one.events[0];
    assert_eq!(event.previous_provider_booking_id.as_deref(), Some("a"));
    assert_eq!(
        event.slot.as_ref().unwrap().end(),
        Some("2026-07-01T10:15:00Z".parse().unwrap())
    );
    assert_eq!(event.reason.as_deref(), Some("Moved"));
}

#[test]
fn kordless_is_read_in_both_spellings() {
    let webhook = json!({ "event": "booking.created", "data": { "booking": { "id": "b", "serviceId": "cut", "startsAt": "2026-07-01T09:00:00Z", "endsAt": "2026-07-01T10:00:00Z" } } });
    let other = json!({ "event": "booking.created", "data": { "booking": { "id": "b", "service_name": "cut", "start_at": "2026-07-01T09:00:00Z", "end_at": "2026-07-01T10:00:00Z" } } });
    let [one, other] =
        [webhook, other].map(|body| read(Provider::Kordless, body.to_string().as_bytes()));
    assert_eq!(one, other);
    assert_eq!(one.problems, []);
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = proptest::sample::select(vec![
        "event",
        "type",
        "eventType",
        "event_type",
        "data",
        "booking",
        "bookings",
        "meetData",
        "id",
        "_id",
        "status",
        "time",
        "start_time",
        "startsAt",
        "duration",
        "attendees",
        "name",
        "date",
        "booking.created",
        "bookings.update",
        "BOOK",
        "RESCHEDULE",
        "2026-07-01",
        "2026-07-01T09:00:00Z",
        "9999999999999999999",
        "-1",
        "prevMeetId",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(word.clone().prop_map(str::to_owned), inner, 0..7)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_json_is_read_into_at_least_one_event(body in any_json()) {
        for provider in Provider::ALL {
            let reading = read(provider, body.to_string().as_bytes());
            prop_assert!(!reading.events.is_empty());
            bellhop_core::booking::fold(&reading.events);
        }
    }
}

#[test]
fn a_text_that_is_too_long_is_cut_and_an_id_that_is_too_long_is_none() {
    let long = "ä".repeat(1_001);
    let body = json!({ "event": "booking.created", "data": { "booking_id": long, "customer_name": long } });
    let reading = read(Provider::Bookora, body.to_string().as_bytes());
    let event = &reading.events[0];
    assert_eq!(event.provider_booking_id, None);
    assert_eq!(event.attendee.name, Some("ä".repeat(1_000)));
    assert_eq!(
        codes(&reading),
        ["unusable_value", "no_booking_id", "too_long"]
    );
}

#[test]
fn a_list_without_an_end_is_cut_and_its_problems_are_told_once_or_fifty_times() {
    let bookings = vec![json!({ "date": 5 }); 5_000];
    let body = json!({ "event_type": "bookings.create", "bookings": bookings });
    let reading = read(Provider::ReserveKit, body.to_string().as_bytes());
    assert_eq!(reading.events.len(), 500);
    assert_eq!(reading.problems.len(), 50);
    assert_eq!(codes(&reading)[0], "too_many_bookings");
}

#[test]
fn a_key_is_short_and_holds_no_text_of_a_person() {
    let key = |provider: Provider, body: &Value| {
        let call = Call {
            query: None,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        };
        provider.idempotency_key(&call).as_str().to_owned()
    };
    let long = json!({ "id": "x".repeat(100_000) });
    let other = json!({ "id": "x".repeat(100_001) });
    assert!(key(Provider::WebKasa, &long).starts_with("sha256:key:"));
    assert_eq!(key(Provider::WebKasa, &long).len(), 75);
    assert_ne!(
        key(Provider::WebKasa, &long),
        key(Provider::WebKasa, &other)
    );
    let told = |event_type: &str, updated_at: &str| {
        key(
            Provider::ReserveKit,
            &json!({ "event_type": event_type, "bookings": [{ "id": 7, "updated_at": updated_at }] }),
        )
    };
    assert_eq!(
        told("bookings.create", "2026-06-10T10:00:00Z"),
        "bookings.create:7:2026-06-10T10:00:00Z"
    );
    for (event_type, updated_at) in [
        ("Jane Doe", "2026-06-10T10:00:00Z"),
        ("bookings.create", "Jane Doe"),
    ] {
        assert!(told(event_type, updated_at).starts_with("sha256:"));
    }
}
