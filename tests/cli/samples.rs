//! Every recorded call of every provider, through the running receiver, gives what the index expects.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bellhop;
use crate::calls::{Sample, digest, samples};
use crate::cli::Endpoint;

const ENTRY: [&str; 22] = [
    "event_id",
    "booking_id",
    "kind",
    "event_type",
    "provider",
    "endpoint_id",
    "provider_booking_id",
    "title",
    "start",
    "end",
    "date",
    "previous_start",
    "previous_end",
    "attendee",
    "host",
    "status",
    "reason",
    "occurred_at",
    "received_at",
    "trust",
    "delivery_id",
    "problems",
];

fn status(sample: &Sample) -> &str {
    let stated = sample.expected["status"].as_str().map(str::to_lowercase);
    match stated.as_deref() {
        Some("pending") => "pending",
        Some("cancelled" | "canceled") => "cancelled",
        Some("confirmed" | "active") => "confirmed",
        Some(other) => panic!("the index has a new status: {other}"),
        // Bookora sends none.
        None if sample.expected["kind"] == "cancelled" => "cancelled",
        None => "confirmed",
    }
}

/// A moment of the index as the program writes it, or null where the index has a date.
fn moment(value: &Value) -> Value {
    match value.as_str() {
        Some(text) if text.contains('T') => json!(text.replace(".000Z", "Z")),
        _ => Value::Null,
    }
}

fn date(value: &Value) -> Value {
    match value.as_str() {
        Some(text) if !text.contains('T') => json!(text),
        _ => Value::Null,
    }
}

fn trust(sample: &Sample) -> &'static str {
    match sample.secret {
        Some(_) => "signed",
        None => "token_only",
    }
}

fn assert_entry(entry: &Value, sample: &Sample, endpoint: &Endpoint, created: &Sample) {
    let (file, expected) = (&sample.file, &sample.expected);
    for field in ENTRY {
        assert!(entry.get(field).is_some(), "{file}: no {field} in {entry}");
    }
    let told = json!({
        "kind": expected["kind"],
        "event_type": sample.event_type,
        "provider": sample.provider,
        "endpoint_id": endpoint.id,
        "provider_booking_id": expected["booking_id"],
        "title": expected["title"],
        "start": moment(&expected["start"]),
        "end": moment(&expected["end"]),
        "date": date(&expected["start"]),
        "attendee": {
            "name": expected["attendee_name"],
            "email": expected["attendee_email"],
            "phone": expected["attendee_phone"],
        },
        "status": status(sample),
        "trust": trust(sample),
        "problems": [],
    });
    for (field, value) in told.as_object().unwrap() {
        assert_eq!(&entry[field], value, "{file}: {field}");
    }
    match expected["kind"].as_str().unwrap() {
        "cancelled" => assert_eq!(entry["reason"], expected["cancel_reason"], "{file}"),
        "rescheduled" => {
            let before = &created.expected;
            assert_eq!(entry["previous_start"], moment(&before["start"]), "{file}");
            assert_eq!(entry["previous_end"], moment(&before["end"]), "{file}");
            assert_eq!(entry["previous_date"], date(&before["start"]), "{file}");
        }
        _ => assert_eq!(entry["previous_start"], Value::Null, "{file}"),
    }
}

#[test]
fn every_sample_gives_its_expected_values_over_http() {
    let bellhop = bellhop();
    let samples = samples();
    let mut endpoints: BTreeMap<&str, Endpoint> = BTreeMap::new();
    for sample in &samples {
        endpoints
            .entry(&sample.provider)
            .or_insert_with(|| bellhop.endpoint(&sample.provider, sample.secret.as_deref()));
    }
    assert_eq!(endpoints.len(), 5);
    let created = |provider: &str| {
        let mut samples = samples.iter();
        let is =
            |sample: &&Sample| sample.provider == provider && sample.expected["kind"] == "created";
        samples.find(is).unwrap()
    };

    let mut serving = bellhop.serve();
    let first = json!({ "listening": serving.receiver.address, "public_url": null });
    assert_eq!(serving.first, first);
    for (index, sample) in samples.iter().enumerate() {
        let endpoint = &endpoints[sample.provider.as_str()];
        let status = serving
            .receiver
            .post(&endpoint.path, &sample.headers, &sample.body);
        assert_eq!(status, 200, "{}", sample.file);

        let printed = serving.printed(index + 1).pop().unwrap();
        assert_entry(&printed, sample, endpoint, created(&sample.provider));
        let newest = bellhop.list(&["timeline", "--limit", "1"]);
        assert_eq!(newest, [printed], "{}", sample.file);
    }

    // Told together, they are what each told alone.
    let entries = bellhop.entries(samples.len());
    let mut deliveries = bellhop.list(&["delivery", "list"]);
    deliveries.reverse();
    assert_eq!(deliveries.len(), samples.len());
    for ((entry, delivery), sample) in entries.iter().zip(&deliveries).zip(&samples) {
        let (file, endpoint) = (&sample.file, &endpoints[sample.provider.as_str()]);
        assert_entry(entry, sample, endpoint, created(&sample.provider));
        let key = match sample.expected["dedupe_key"].as_str().unwrap() {
            "sha256(body)" => digest(&sample.body),
            key => key.to_owned(),
        };
        let told = json!({
            "id": entry["delivery_id"],
            "endpoint_id": endpoint.id,
            "provider": sample.provider,
            "received_at": entry["received_at"],
            "idempotency_key": key,
            "repeats": 0,
            "trust": trust(sample),
            "state": "processed",
            "problems": [],
        });
        assert_eq!(delivery, &told, "{file}");
    }
    assert_bookings(&bellhop.list(&["booking", "list"]), &entries, &endpoints);
    assert_eq!(serving.stop(), "");
}

/// Each provider's samples are one booking.
fn assert_bookings(bookings: &[Value], entries: &[Value], endpoints: &BTreeMap<&str, Endpoint>) {
    assert_eq!(bookings.len(), 5, "{bookings:#?}");
    for booking in bookings {
        let provider = booking["provider"].as_str().unwrap();
        let events: Vec<&Value> = entries
            .iter()
            .filter(|entry| entry["provider"] == provider)
            .collect();
        let expected = match provider {
            "kordless" => {
                json!({ "provider_booking_ids": ["book_abc123"], "status": "cancelled", "title": "srv_haircut",
                "start": "2025-12-03T14:00:00Z", "end": "2025-12-03T15:00:00Z", "date": null, "host": null, "reason": null,
                "attendee": { "name": "Jane Doe", "email": "jane@example.com", "phone": "+1234567890" } })
            }
            "reservekit" => {
                json!({ "provider_booking_ids": ["789"], "status": "cancelled", "title": "service 123",
                "start": null, "end": null, "date": "2023-07-10", "host": null, "reason": "Customer requested cancellation",
                "attendee": { "name": "Jane Doe", "email": "jane.doe@example.com", "phone": "+12025550185" } })
            }
            "bookora" => {
                json!({ "provider_booking_ids": ["bkg_abc123"], "status": "cancelled", "title": "Consultation Call",
                "start": "2026-06-15T14:00:00Z", "end": "2026-06-15T15:00:00Z", "date": null, "host": null, "reason": null,
                "attendee": { "name": "Jane Doe", "email": null, "phone": null } })
            }
            "webkasa" => {
                json!({ "provider_booking_ids": ["bk_xyz789"], "status": "cancelled", "title": null,
                "start": "2024-02-15T10:00:00Z", "end": "2024-02-15T11:00:00Z", "date": null, "host": null, "reason": null,
                "attendee": { "name": "John Doe", "email": "john@example.com", "phone": null } })
            }
            // Its samples cancel the first meeting and move it as well: the new one stands.
            "orufy" => {
                json!({ "provider_booking_ids": ["665f1c0b9a1e4d0012ab34cd", "665f1c0b9a1e4d0012ab34ce"], "status": "confirmed",
                "title": "Intro call", "start": "2026-07-02T09:30:00Z", "end": "2026-07-02T10:00:00Z", "date": null,
                "host": "Asha Host", "reason": null,
                "attendee": { "name": "Jane Doe", "email": "jane@example.com", "phone": null } })
            }
            other => panic!("a booking of {other}"),
        };
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&booking[field], value, "{provider}: {field}");
        }
        assert_eq!(booking["endpoint_id"], endpoints[provider].id.as_str());
        assert_eq!(
            booking["created_at"],
            events.first().unwrap()["received_at"]
        );
        assert_eq!(booking["updated_at"], events.last().unwrap()["received_at"]);
        let shown: Vec<&Value> = booking["events"].as_array().unwrap().iter().collect();
        assert_eq!(shown, events, "{provider}");
        for event in events {
            assert_eq!(event["booking_id"], booking["id"], "{provider}");
        }
    }
}

/// The whole of one entry, as other programs read it.
#[test]
fn an_entry_has_exactly_this_shape() {
    let bellhop = bellhop();
    let sample = crate::calls::sample("kordless/booking.updated.json");
    let endpoint = bellhop.endpoint("kordless", sample.secret.as_deref());
    let mut serving = bellhop.serve();
    let created = crate::calls::sample("kordless/booking.created.json");
    for sample in [&created, &sample] {
        let status = serving
            .receiver
            .post(&endpoint.path, &sample.headers, &sample.body);
        assert_eq!(status, 200);
    }
    let entry = serving.printed(2).pop().unwrap();
    let received_at = entry["received_at"].as_str().unwrap();
    assert!(received_at.starts_with("20") && received_at.ends_with('Z'));
    let whole = json!({
        "event_id": "2",
        "booking_id": "1",
        "kind": "rescheduled",
        "event_type": "booking.updated",
        "provider": "kordless",
        "endpoint_id": "1",
        "provider_booking_id": "book_abc123",
        "title": "srv_haircut",
        "start": "2025-12-05T10:00:00Z",
        "end": "2025-12-05T11:00:00Z",
        "date": null,
        "previous_start": "2025-12-03T14:00:00Z",
        "previous_end": "2025-12-03T15:00:00Z",
        "previous_date": null,
        "attendee": { "name": "Jane Doe", "email": "jane@example.com", "phone": "+1234567890" },
        "host": null,
        "status": "confirmed",
        "reason": null,
        "occurred_at": "2025-12-03T14:00:00Z",
        "received_at": received_at,
        "trust": "signed",
        "delivery_id": "2",
        "problems": [],
    });
    assert_eq!(entry, whole);
    let booking = bellhop.json(&["booking", "show", "1"]);
    assert_eq!(booking["events"][1], whole);
    serving.stop();
}
