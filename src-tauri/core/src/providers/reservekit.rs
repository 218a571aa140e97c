//! ReserveKit: <https://docs.reservekit.io/getting-started/webhooks>.
//!
//! Its page names no signature, and itself advises obscure, hard-to-guess addresses: that is what proves a call. A call
//! carries a list of bookings, each with a date and the id of a time slot, and no time of day.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Call;
use crate::event::{Attendee, Event, EventKind, Problem};
use crate::gap::{Plan, Retries};
use crate::interpretation::{Reader, Reading};
use crate::provider::{Facts, IdempotencyKey};
use crate::sample::{Act, SampleBooking, SampleCall};
use crate::signature::Scheme;
use crate::slot::Slot;

pub(crate) const FACTS: Facts = Facts {
    name: "ReserveKit",
    scheme: Scheme::AddressOnly,
    secret_name: "",
    setup: &[
        "Log in to the ReserveKit Dashboard and open the Webhooks page.",
        "Click Create a Webhook and choose the service.",
        "Paste the address as the webhook URL.",
        "Select bookings.create, bookings.update and bookings.delete, then save.",
        "Repeat this for every service: a ReserveKit webhook belongs to one.",
    ],
    setup_page: "https://docs.reservekit.io/getting-started/webhooks",
    honesty: Some(
        "ReserveKit does not sign its calls: they are trusted because nobody else knows this address. It sends a date without a time of day.",
    ),
    // The page says "be prepared to handle retries" and "check the webhook delivery logs in the Developer Portal for failed deliveries".
    retries: Retries {
        plan: Plan::Unpublished,
        says: "ReserveKit says that a call may come again and does not publish when, or for how long.",
        look: "Look through the webhook's delivery logs in ReserveKit's Developer Portal for calls that failed",
    },
    sample_event_types: &["bookings.create", "bookings.update", "bookings.delete"],
    interpret,
    idempotency_key,
    sample,
    event_type_of: |act| match act {
        Act::Book => "bookings.create",
        Act::Move => "bookings.update",
        Act::Cancel => "bookings.delete",
    },
};

/// The page promises that calls may come twice and names no id, so the key is made of event type, booking and version.
fn idempotency_key(call: &Call) -> Option<IdempotencyKey> {
    let body: Value = serde_json::from_slice(&call.body).ok()?;
    // A key outlives the person's data, so nothing goes into it but what is known to be no name: an event type, numbers
    // and times.
    let event_type = body.get("event_type")?.as_str()?;
    let event_type = FACTS
        .sample_event_types
        .iter()
        .find(|known| **known == event_type)?;
    let versions: Option<Vec<String>> = body
        .get("bookings")?
        .as_array()?
        .iter()
        .map(|booking| {
            let version: Timestamp = booking.get("updated_at")?.as_str()?.parse().ok()?;
            Some(format!("{}:{version}", booking.get("id")?.as_i64()?))
        })
        .collect();
    let versions = versions.filter(|versions| !versions.is_empty())?;
    Some(IdempotencyKey::Derived(format!(
        "{event_type}:{}",
        versions.join(",")
    )))
}

/// The bookings of one call that are read. All are put into the timeline in one step, for which other calls wait.
const MOST_BOOKINGS: usize = 500;

fn interpret(_: &Call, body: &Value) -> Reading {
    let mut read = Reader::new(body);
    let Some(event_type) = read.event_type(&["/event_type"]) else {
        return read.finish(Vec::new());
    };
    let kind = match event_type.as_str() {
        "bookings.create" => EventKind::Created,
        // A confirmation, a move or an edit: the fold tells which, by comparison with what is known.
        "bookings.update" => EventKind::Updated,
        "bookings.delete" => EventKind::Cancelled,
        _ => {
            let event = Event {
                occurred_at: read.moment(&["/timestamp"]),
                ..Event::bare(EventKind::Other, Some(event_type))
            };
            return read.finish(vec![event]);
        }
    };
    let count = body
        .get("bookings")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    if count == 0 {
        read.problem(Problem::new(
            "no_bookings",
            "The call tells of bookings and lists none (nothing at /bookings).",
        ));
        return read.finish(vec![Event::bare(EventKind::Other, Some(event_type))]);
    }
    if count > MOST_BOOKINGS {
        read.problem(Problem::new(
            "too_many_bookings",
            format!(
                "The call lists {count} bookings; the first {MOST_BOOKINGS} are read. It is kept as it came."
            ),
        ));
    }
    let events = (0..count.min(MOST_BOOKINGS))
        .map(|index| booking_event(&mut read, index, kind, &event_type))
        .collect();
    read.finish(events)
}

fn booking_event(read: &mut Reader<'_>, index: usize, kind: EventKind, event_type: &str) -> Event {
    let at = |field: &str| format!("/bookings/{index}/{field}");
    let date = read.date(&[&at("date")]);
    let time_slot = read.text(&[&at("time_slot_id")]);
    Event {
        provider_booking_id: read.booking_id(&[&at("id")]),
        occurred_at: read.moment(&[&at("updated_at"), "/timestamp"]),
        slot: date.map(|date| Slot::Day { date, time_slot }),
        title: read
            .text(&[&at("service_id")])
            .map(|id| format!("service {id}")),
        status: read.status(&[&at("status")]),
        attendee: Attendee {
            name: read.text(&[&at("customer/name")]),
            email: read.text(&[&at("customer/email")]),
            phone: read.text(&[&at("customer/phone")]),
            time_zone: None,
        },
        reason: read.text(&[&at("cancel_reason")]),
        ..Event::bare(kind, Some(event_type.to_owned()))
    }
}

fn sample(event_type: &str, booking: &SampleBooking) -> Option<SampleCall> {
    let status = match event_type {
        "bookings.create" => "pending",
        "bookings.update" => "confirmed",
        "bookings.delete" => "cancelled",
        _ => return None,
    };
    let reason = (status == "cancelled").then_some("Customer requested cancellation");
    // The time slot stands for the hour; a real one is an opaque number too.
    let zoned = booking.start.to_zoned(jiff::tz::TimeZone::UTC);
    Some(SampleCall::of(&json!({
        "event_type": event_type,
        "bookings": [{
            "id": booking.number,
            "service_id": 12,
            "date": zoned.date().to_string(),
            "time_slot_id": 400 + i64::from(zoned.hour()),
            "status": status,
            "cancel_reason": reason,
            "created_at": booking.now.to_string(),
            "updated_at": booking.now.to_string(),
            "customer": { "id": booking.number, "name": booking.name, "email": booking.email, "phone": booking.phone },
        }],
        "timestamp": booking.now.to_string(),
    })))
}
