//! WebKasa: <https://www.webkasa.app/developers/guides/webhooks>.
//!
//! It has no event for a move, so a changed start on any of its booking events is one; the fold sees to that.

use serde_json::{Value, json};

use crate::call::Call;
use crate::event::{Attendee, Event, EventKind};
use crate::gap::{Plan, Retries};
use crate::interpretation::{Reader, Reading};
use crate::provider::Facts;
use crate::providers::key_from_top_level_id;
use crate::sample::{Act, SampleBooking, SampleCall};
use crate::signature::{MacInput, Scheme};

pub(crate) const FACTS: Facts = Facts {
    name: "WebKasa",
    scheme: Scheme::Hmac {
        header: "x-webkasa-signature",
        prefix: "sha256=",
        inputs: &[MacInput::RawBody],
    },
    secret_name: "Webhook secret",
    setup: &[
        "Open the WebKasa dashboard and go to Webhooks.",
        "Add an endpoint and paste the address.",
        "Choose all booking events.",
        "Copy the webhook secret and paste it here.",
    ],
    setup_page: "https://www.webkasa.app/developers/guides/webhooks",
    honesty: Some(
        "WebKasa has no event for a move: Bellhop sees one when a later call brings another time. It retries for 26 hours.",
    ),
    // The page gives each wait "after" the try before it: the last try comes 26 hours and 36 minutes after the first. What is
    // marked as failed then can be sent again in the dashboard.
    retries: Retries {
        plan: Plan::After(&[1, 5, 30, 2 * 60, 24 * 60]),
        says: "WebKasa sends a failed call again after 1 minute, 5 minutes, 30 minutes, 2 hours and 24 hours.",
        look: "Open Webhooks in the WebKasa dashboard and retry the calls that failed",
    },
    sample_event_types: &[
        "booking.created",
        "booking.confirmed",
        "booking.cancelled",
        "booking.completed",
    ],
    interpret,
    idempotency_key: key_from_top_level_id,
    sample,
    event_type_of: |act| match act {
        Act::Book => "booking.created",
        Act::Move => "booking.confirmed",
        Act::Cancel => "booking.cancelled",
    },
};

fn interpret(_: &Call, body: &Value) -> Reading {
    let mut read = Reader::new(body);
    let Some(event_type) = read.event_type(&["/type"]) else {
        return read.finish(Vec::new());
    };
    // A registration for an event is a booking of a seat: somebody comes, or no longer does.
    let kind = match event_type.as_str() {
        "booking.created" | "registration.created" => EventKind::Created,
        "booking.confirmed" => EventKind::Confirmed,
        "booking.cancelled" | "registration.cancelled" | "event.cancelled" => EventKind::Cancelled,
        "booking.completed" => EventKind::Completed,
        _ => {
            let event = Event {
                occurred_at: read.moment(&["/created_at"]),
                ..Event::bare(EventKind::Other, Some(event_type))
            };
            return read.finish(vec![event]);
        }
    };
    let event = Event {
        provider_booking_id: read.booking_id(&["/data/id"]),
        occurred_at: read.moment(&["/created_at"]),
        slot: read.slot(&["/data/start_time"], &["/data/end_time"]),
        title: read.text(&["/data/title"]),
        status: read.status(&["/data/status"]),
        attendee: Attendee {
            name: read.text(&["/data/attendee_name"]),
            email: read.text(&["/data/attendee_email"]),
            phone: read.text(&["/data/attendee_phone"]),
            time_zone: None,
        },
        reason: read.text(&["/data/cancellation_reason", "/data/reason"]),
        ..Event::bare(kind, Some(event_type))
    };
    read.finish(vec![event])
}

fn sample(event_type: &str, booking: &SampleBooking) -> Option<SampleCall> {
    let status = match event_type {
        "booking.created" => "PENDING",
        "booking.confirmed" => "CONFIRMED",
        "booking.cancelled" => "CANCELLED",
        "booking.completed" => "COMPLETED",
        _ => return None,
    };
    Some(SampleCall::of(&json!({
        "id": format!("wh_evt_{}_{}", booking.number, booking.revision),
        "type": event_type,
        "created_at": booking.now.to_string(),
        "data": {
            "id": format!("bk_{}", booking.number),
            "schedule_id": "sch_sample",
            "title": booking.service,
            "start_time": booking.start.to_string(),
            "end_time": booking.end().to_string(),
            "status": status,
            "attendee_name": booking.name,
            "attendee_email": booking.email,
        },
    })))
}
