//! Orufy Bookings: <https://orufy.com/support/bookings/settings/webhooks>.
//!
//! The page lists the fields of a call and publishes neither a sample nor how its secret token travels. Fields that may
//! stand inside `meetData` or beside it are looked for in both places.

use jiff::Span;
use serde_json::{Value, json};

use crate::call::Call;
use crate::event::{Attendee, Event, EventKind};
use crate::gap::{Plan, Retries};
use crate::interpretation::{Reader, Reading};
use crate::provider::Facts;
use crate::sample::{Act, SampleBooking, SampleCall};
use crate::signature::Scheme;
use crate::slot::Slot;

pub(crate) const FACTS: Facts = Facts {
    name: "Orufy Bookings",
    scheme: Scheme::UnpublishedToken,
    secret_name: "Secret Token",
    setup: &[
        "Log in to Orufy Bookings, open Settings and select Webhooks.",
        "Click Create Webhook and paste the address as the Subscriber URL.",
        "Under Select Event Triggers choose Meeting Booked, Meeting Canceled and Meeting Rescheduled.",
        "Select the event type.",
        "If you set a secret here, enter the same text as the Secret Token, then save.",
    ],
    setup_page: "https://orufy.com/support/bookings/settings/webhooks",
    honesty: Some(
        "Orufy does not publish how its Secret Token travels. Bellhop learns it from the first genuine call; without a secret, the unguessable address alone is trusted.",
    ),
    // The page names an alert e-mail, and nothing about further tries.
    retries: Retries {
        plan: Plan::Unpublished,
        says: "Orufy Bookings does not publish whether it sends a failed call again.",
        look: "Look for Orufy's alert e-mail, and compare its calendar with the timeline, for meetings that were booked, moved or cancelled",
    },
    sample_event_types: &["BOOK", "RESCHEDULE", "CANCEL"],
    interpret,
    idempotency_key: |_| None,
    sample,
    event_type_of: |act| match act {
        Act::Book => "BOOK",
        Act::Move => "RESCHEDULE",
        Act::Cancel => "CANCEL",
    },
};

/// The places of a field that may stand inside `meetData` or beside it.
fn inside_or_beside(field: &str) -> [String; 2] {
    [format!("/meetData/{field}"), format!("/{field}")]
}

fn interpret(_: &Call, body: &Value) -> Reading {
    let mut read = Reader::new(body);
    let Some(event_type) = read.event_type(&["/eventType", "/meetData/eventType"]) else {
        return read.finish(Vec::new());
    };
    let no_show = body.pointer("/meetData/markAsNoShow") == Some(&Value::Bool(true));
    let kind = match event_type.as_str() {
        "BOOK" => EventKind::Created,
        "RESCHEDULE" => EventKind::Rescheduled,
        "CANCEL" => EventKind::Cancelled,
        // The trigger "mark as no-show" exists and its word is not published; the flag tells.
        _ if no_show => EventKind::NoShow,
        _ => return read.finish(vec![Event::bare(EventKind::Other, Some(event_type))]),
    };
    let [inside, beside] = inside_or_beside("prevMeetId");
    let previous = read.id(&[&inside, &beside]);
    let mut either = |field: &str| {
        let [inside, beside] = inside_or_beside(field);
        read.text(&[&inside, &beside])
    };
    let title = either("modifiedEventName").or_else(|| either("eventName"));
    let reason = match kind {
        EventKind::Cancelled => either("cancellation/reason"),
        EventKind::Rescheduled => either("reschedule/reason"),
        _ => None,
    };
    let event = Event {
        provider_booking_id: read.booking_id(&["/meetData/_id", "/_id"]),
        previous_provider_booking_id: previous,
        occurred_at: occurred_at(&mut read, kind),
        slot: slot(&mut read),
        title,
        status: read.status(&["/meetData/status"]),
        attendee: Attendee {
            name: read.text(&["/meetData/attendees/0/name", "/attendees/0/name"]),
            email: read.text(&["/meetData/attendees/0/email", "/attendees/0/email"]),
            phone: read.text(&["/meetData/attendees/0/phone", "/attendees/0/phone"]),
            time_zone: read.text(&[
                "/meetData/attendees/0/timezone",
                "/meetData/attendees/0/timeZone",
            ]),
        },
        host: read.text(&["/meetData/agentsDetails/0/name", "/agentsDetails/0/name"]),
        reason,
        ..Event::bare(kind, Some(event_type))
    };
    read.finish(vec![event])
}

/// Only a cancellation and a reschedule say when they happened; the page names the value "timestamp".
fn occurred_at(read: &mut Reader<'_>, kind: EventKind) -> Option<jiff::Timestamp> {
    let act = match kind {
        EventKind::Cancelled => "cancellation",
        EventKind::Rescheduled => "reschedule",
        _ => return None,
    };
    let [inside, beside] = inside_or_beside(act);
    let places = ["timestamp", "time"]
        .map(|name| [format!("{inside}/{name}"), format!("{beside}/{name}")])
        .concat();
    read.moment(&places.iter().map(String::as_str).collect::<Vec<_>>())
}

fn slot(read: &mut Reader<'_>) -> Option<Slot> {
    let slot = read.slot(&["/meetData/time", "/time"], &[])?;
    let Slot::Timed { start, .. } = slot else {
        return Some(slot);
    };
    let minutes = read
        .whole_number(&["/meetData/duration", "/duration"])
        .filter(|minutes| *minutes > 0);
    let end = minutes.and_then(|minutes| {
        start
            .checked_add(Span::new().try_minutes(minutes).ok()?)
            .ok()
    });
    Some(Slot::Timed { start, end })
}

fn sample(event_type: &str, booking: &SampleBooking) -> Option<SampleCall> {
    if !FACTS.sample_event_types.contains(&event_type) {
        return None;
    }
    // A reschedule makes a new meeting that points back at the one before.
    let id = |move_number: u32| format!("meet{:016x}{move_number:04x}", booking.number);
    let mut meeting = json!({
        "_id": id(booking.moves),
        "time": booking.start.to_string(),
        "duration": booking.minutes,
        "status": if event_type == "CANCEL" { "CANCELLED" } else { "ACTIVE" },
        "type": "SOLO",
        "markAsNoShow": false,
        "agentsDetails": [{ "name": booking.host }],
        "attendees": [{ "name": booking.name, "email": booking.email, "status": "ACTIVE" }],
        "eventName": booking.service,
    });
    match event_type {
        "RESCHEDULE" => {
            meeting["prevMeetId"] = json!(id(booking.moves.saturating_sub(1)));
            meeting["reschedule"] =
                json!({ "timestamp": booking.now.to_string(), "reason": "Moved" });
        }
        "CANCEL" => {
            meeting["cancellation"] =
                json!({ "timestamp": booking.now.to_string(), "reason": "Something came up" });
        }
        _ => {}
    }
    Some(SampleCall::of(
        &json!({ "eventType": event_type, "meetData": meeting }),
    ))
}
