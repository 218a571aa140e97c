//! Kordless: <https://docs.kordless.ai/api/webhooks/setup>.
//!
//! The page names the signature header and HMAC-SHA256, and leaves open what is signed and how it is written. Hex over
//! the raw body and hex over `timestamp.body` are both accepted, and which of them fitted is remembered.

use serde_json::{Value, json};

use crate::call::Call;
use crate::event::{Attendee, Event, EventKind};
use crate::gap::{Plan, Retries};
use crate::interpretation::{Reader, Reading};
use crate::provider::{Facts, IdempotencyKey};
use crate::sample::{Act, SampleBooking, SampleCall};
use crate::signature::{MacInput, Scheme};

const BOOKING: &str = "/data/booking";

pub(crate) const FACTS: Facts = Facts {
    name: "Kordless",
    scheme: Scheme::Hmac {
        header: "x-kordless-signature",
        prefix: "",
        inputs: &[
            MacInput::RawBody,
            MacInput::TimestampAndBody("x-kordless-timestamp"),
        ],
    },
    secret_name: "Webhook secret",
    setup: &[
        "Open Kordless and go to Calendar → Settings → Webhooks.",
        "Add a webhook and paste the address into its URL field.",
        "Choose the events booking.created, booking.updated and booking.cancelled.",
        "Save, copy the webhook secret and paste it here.",
    ],
    setup_page: "https://docs.kordless.ai/api/webhooks/setup",
    honesty: Some("Kordless sends the id of a service, not its name."),
    // The page says "Kordless retries failed webhooks" and no more.
    retries: Retries {
        plan: Plan::Unpublished,
        says: "Kordless sends failed calls again and does not publish when, or for how long.",
        look: "Compare Kordless's calendar with the timeline, for bookings that were made, moved or cancelled",
    },
    sample_event_types: &["booking.created", "booking.updated", "booking.cancelled"],
    interpret,
    idempotency_key,
    sample,
    event_type_of: |act| match act {
        Act::Book => "booking.created",
        Act::Move => "booking.updated",
        Act::Cancel => "booking.cancelled",
    },
};

/// The header names the delivery. The body's `webhookId` names the webhook, which is the same in every call of it.
fn idempotency_key(call: &Call) -> Option<IdempotencyKey> {
    let id = call
        .header("x-kordless-webhook-id")
        .filter(|id| !id.is_empty())?;
    Some(IdempotencyKey::Given(format!("X-Kordless-Webhook-Id:{id}")))
}

fn interpret(_: &Call, body: &Value) -> Reading {
    let mut read = Reader::new(body);
    let Some(event_type) = read.event_type(&["/event"]) else {
        return read.finish(Vec::new());
    };
    let kind = match event_type.as_str() {
        "booking.created" => EventKind::Created,
        // "A booking was rescheduled", says the page; where the times are the same, the fold makes it an update.
        "booking.updated" => EventKind::Rescheduled,
        "booking.cancelled" | "booking.canceled" => EventKind::Cancelled,
        _ => {
            let event = Event {
                occurred_at: read.moment(&["/timestamp"]),
                ..Event::bare(EventKind::Other, Some(event_type))
            };
            return read.finish(vec![event]);
        }
    };
    // The webhook writes startsAt, endsAt, serviceId; the provider's other interface start_at, end_at, service_name.
    let at = |field: &str| format!("{BOOKING}/{field}");
    let either = |one: &str, other: &str| [at(one), at(other)];
    let [starts_at, start_at] = either("startsAt", "start_at");
    let [ends_at, end_at] = either("endsAt", "end_at");
    let [service_name, service_name2] = either("service_name", "serviceName");
    let [service_id, service_id2] = either("serviceId", "service_id");
    let event = Event {
        provider_booking_id: read.booking_id(&[&at("id")]),
        occurred_at: read.moment(&["/timestamp"]),
        slot: read.slot(&[&starts_at, &start_at], &[&ends_at, &end_at]),
        title: read.text(&[&service_name, &service_name2, &service_id, &service_id2]),
        status: read.status(&[&at("status")]),
        attendee: Attendee {
            name: read.text(&[&at("contact/name")]),
            email: read.text(&[&at("contact/email")]),
            phone: read.text(&[&at("contact/phone")]),
            time_zone: read.text(&[&at("timezone")]),
        },
        reason: read.text(&[&at("cancellation_reason"), &at("cancellationReason")]),
        ..Event::bare(kind, Some(event_type))
    };
    read.finish(vec![event])
}

fn sample(event_type: &str, booking: &SampleBooking) -> Option<SampleCall> {
    let status = match event_type {
        "booking.created" | "booking.updated" => "confirmed",
        "booking.cancelled" => "canceled",
        _ => return None,
    };
    let body = json!({
        "event": event_type,
        "timestamp": booking.now.to_string(),
        "webhookId": "whk_sample",
        "data": { "booking": {
            "id": format!("book_{}", booking.number),
            "confirmation_number": format!("BOOK_{}", booking.number),
            "serviceId": booking.service,
            "startsAt": booking.start.to_string(),
            "endsAt": booking.end().to_string(),
            "status": status,
            "contact": { "name": booking.name, "email": booking.email, "phone": booking.phone },
        }},
    });
    let delivery_id = format!("whd_{}_{}", booking.number, booking.revision);
    Some(SampleCall {
        headers: vec![("x-kordless-webhook-id", delivery_id)],
        ..SampleCall::of(&body)
    })
}
