//! Every recorded sample of every provider, read from its bytes, gives what its index expects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::path::PathBuf;

use bellhop_core::booking::fold;
use bellhop_core::call::Call;
use bellhop_core::event::{BookingStatus, Event, EventKind};
use bellhop_core::interpretation::interpret;
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_core::signature::{Checked, Form, SecretValue, SigningSecret, sign, verify};
use jiff::Timestamp;
use serde_json::Value;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

fn samples() -> Vec<Value> {
    let text = std::fs::read_to_string(fixtures().join("samples.json")).unwrap();
    let index: Value = serde_json::from_str(&text).unwrap();
    index["samples"].as_array().unwrap().clone()
}

fn call(sample: &Value) -> Call {
    let headers =
        std::fs::read_to_string(fixtures().join(sample["headers_file"].as_str().unwrap())).unwrap();
    Call {
        query: None,
        headers: headers
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.as_bytes().to_vec()))
            .collect(),
        body: std::fs::read(fixtures().join(sample["file"].as_str().unwrap())).unwrap(),
    }
}

fn provider(sample: &Value) -> Provider {
    sample["provider"].as_str().unwrap().parse().unwrap()
}

fn endpoint(sample: &Value) -> Checked {
    let secret = sample["signature"]["secret"]
        .as_str()
        .and_then(SecretValue::new);
    Checked {
        endpoint_id: 1,
        provider: provider(sample),
        secrets: secret
            .into_iter()
            .map(|value| SigningSecret { id: 7, value })
            .collect(),
        pinned: None,
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn expected_status(value: &Value) -> Option<BookingStatus> {
    Some(match value.as_str()?.to_lowercase().as_str() {
        "pending" => BookingStatus::Pending,
        "confirmed" | "active" => BookingStatus::Confirmed,
        "cancelled" | "canceled" => BookingStatus::Cancelled,
        other => panic!("the index has a new status: {other}"),
    })
}

#[test]
fn every_sample_is_genuine_and_has_its_key() {
    for sample in samples() {
        let call = call(&sample);
        let expected = match sample["expected"]["dedupe_key"].as_str().unwrap() {
            "sha256(body)" => {
                use sha2::Digest;
                format!("sha256:{}", hex::encode(sha2::Sha256::digest(&call.body)))
            }
            key => key.to_owned(),
        };
        let delivery = verify(&endpoint(&sample), call).unwrap();
        assert_eq!(
            delivery.idempotency_key().as_str(),
            expected,
            "{}",
            sample["file"]
        );
    }
}

#[test]
fn every_sample_is_read_as_expected() {
    for sample in samples() {
        let (file, expected) = (&sample["file"], &sample["expected"]);
        let reading = interpret(provider(&sample), &call(&sample));
        assert_eq!(reading.problems, [], "{file}");
        let [event] = reading.events.as_slice() else {
            panic!("{file}: {:?}", reading.events)
        };

        assert_eq!(
            event.provider_booking_id,
            text(&expected["booking_id"]),
            "{file}"
        );
        assert_eq!(
            event.previous_provider_booking_id,
            text(&expected["previous_booking_id"]),
            "{file}"
        );
        assert_eq!(event.title, text(&expected["title"]), "{file}");
        assert_eq!(
            event.attendee.name,
            text(&expected["attendee_name"]),
            "{file}"
        );
        assert_eq!(
            event.attendee.email,
            text(&expected["attendee_email"]),
            "{file}"
        );
        assert_eq!(
            event.attendee.phone,
            text(&expected["attendee_phone"]),
            "{file}"
        );
        assert_eq!(
            event.attendee.time_zone,
            text(&expected["timezone"]),
            "{file}"
        );
        assert_eq!(event.status, expected_status(&expected["status"]), "{file}");
        if event.kind == EventKind::Cancelled {
            assert_eq!(event.reason, text(&expected["cancel_reason"]), "{file}");
        }
        let slot = event.slot.as_ref().unwrap();
        let start = expected["start"].as_str().unwrap();
        match slot.date() {
            Some(date) => assert_eq!(date.to_string(), start, "{file}"),
            None => assert_eq!(slot.start(), Some(start.parse().unwrap()), "{file}"),
        }
        let end: Option<Timestamp> = expected["end"].as_str().map(|end| end.parse().unwrap());
        assert_eq!(slot.end(), end, "{file}");
    }
}

/// The kind of an update shows only beside the booking's other events, so each provider's samples are folded together.
#[test]
fn the_samples_of_a_provider_are_one_booking_with_the_expected_kinds() {
    for provider in Provider::ALL {
        let of_provider: Vec<Value> = samples()
            .into_iter()
            .filter(|sample| sample["provider"] == provider.as_str())
            .collect();
        let events: Vec<Event> = of_provider
            .iter()
            .flat_map(|sample| interpret(provider, &call(sample)).events)
            .collect();
        let story = fold(&events).unwrap();
        for (sample, step) in of_provider.iter().zip(&story.steps) {
            assert_eq!(
                step.kind.as_str(),
                sample["expected"]["kind"],
                "{}",
                sample["file"]
            );
        }
        // Orufy's samples cancel the first meeting and move it as well: the new one stands.
        let stands = if provider == Provider::Orufy {
            BookingStatus::Confirmed
        } else {
            BookingStatus::Cancelled
        };
        assert_eq!(story.booking.status, stands, "{provider}");
    }
}

#[test]
fn a_moved_sample_knows_where_it_was_moved_from() {
    let moved = samples()
        .into_iter()
        .filter(|sample| sample["expected"]["kind"] == "rescheduled");
    for sample in moved {
        let provider = provider(&sample);
        let created = samples()
            .into_iter()
            .find(|other| {
                other["provider"] == sample["provider"] && other["expected"]["kind"] == "created"
            })
            .unwrap();
        let [created] = interpret(provider, &call(&created))
            .events
            .try_into()
            .unwrap();
        let [moved] = interpret(provider, &call(&sample))
            .events
            .try_into()
            .unwrap();
        let story = fold(&[moved, created.clone()]).unwrap();
        assert_eq!(story.steps[0].kind, EventKind::Rescheduled, "{provider}");
        assert_eq!(story.steps[0].previous, created.slot, "{provider}");
    }
}

/// What `send` and the demo post is accepted and understood, with a secret and, where that is possible, without.
#[test]
fn sample_calls_of_every_provider_are_genuine_and_without_problems() {
    let now: Timestamp = "2026-03-01T08:30:00Z".parse().unwrap();
    let secret = SecretValue::new("s3cret").unwrap();
    for provider in Provider::ALL {
        for event_type in provider.facts().sample_event_types {
            let body = provider
                .sample(event_type, &SampleBooking::new(3, now))
                .unwrap()
                .body;
            let signed = sign(provider, Some(&secret), None, now.as_second(), &body);
            let call = Call {
                query: None,
                headers: signed
                    .headers
                    .into_iter()
                    .map(|(name, value)| (name, value.into_bytes()))
                    .collect(),
                body,
            };
            let secrets = vec![SigningSecret {
                id: 1,
                value: secret.clone(),
            }];
            let reading = interpret(provider, &call);
            verify(
                &Checked {
                    endpoint_id: 1,
                    provider,
                    secrets,
                    pinned: None,
                },
                call,
            )
            .unwrap();
            assert_eq!(reading.problems, [], "{provider} {event_type}");
            assert_ne!(
                reading.events[0].kind,
                EventKind::Other,
                "{provider} {event_type}"
            );
        }
        assert_eq!(
            provider.sample("no.such.event", &SampleBooking::new(1, now)),
            None
        );
    }
}

#[test]
fn a_kordless_signature_over_timestamp_and_body_is_accepted_and_remembered() {
    let sample = samples()
        .into_iter()
        .find(|sample| sample["file"] == "kordless/booking.created.json")
        .unwrap();
    let mut call = call(&sample);
    let endpoint = endpoint(&sample);
    let joined = [b"1764770400.".as_slice(), &call.body].concat();
    let over_both = sign(
        Provider::WebKasa,
        Some(&endpoint.secrets[0].value),
        None,
        0,
        &joined,
    );
    let digits = over_both.headers[0]
        .1
        .strip_prefix("sha256=")
        .unwrap()
        .to_owned();
    for (name, value) in &mut call.headers {
        if name == "x-kordless-signature" {
            *value = digits.clone().into_bytes();
        }
    }
    let delivery = verify(&endpoint, call).unwrap();
    assert_eq!(delivery.proof().unwrap().form, Form::TimestampAndBody);
}
