//! Bookora: <https://bookora-v3.pages.dev/docs/api/webhooks/>.
//!
//! Its page signs `JSON.stringify(body)`, which need not be the bytes that travel: its own sample says `150.00`, and
//! JavaScript writes `150`. The raw body is tried first, then the body as a JavaScript engine writes it.

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
    name: "Bookora",
    scheme: Scheme::Hmac {
        header: "x-bookora-signature",
        prefix: "",
        inputs: &[MacInput::RawBody, MacInput::JavascriptJson],
    },
    secret_name: "Webhook secret",
    setup: &[
        "Open Bookora and go to Developer Settings.",
        "Register a webhook endpoint and paste the address as its URL.",
        "Subscribe to booking.created, booking.rescheduled, booking.cancelled and no_show.detected.",
        "Copy the webhook secret and paste it here.",
    ],
    setup_page: "https://bookora-v3.pages.dev/docs/api/webhooks/",
    honesty: Some(
        "Bookora sends a failed call again up to three times and then gives up. It sends no e-mail address or phone number.",
    ),
    // The page says "Bookora retries failed deliveries up to 3 times" and no more.
    retries: Retries {
        plan: Plan::Counted,
        says: "Bookora sends a failed call again up to three times and does not publish when.",
        look: "Open Bookora's calendar and compare the bookings that were made, moved or cancelled",
    },
    sample_event_types: &[
        "booking.created",
        "booking.rescheduled",
        "booking.cancelled",
        "no_show.detected",
    ],
    interpret,
    idempotency_key: key_from_top_level_id,
    sample,
    event_type_of: |act| match act {
        Act::Book => "booking.created",
        Act::Move => "booking.rescheduled",
        Act::Cancel => "booking.cancelled",
    },
};

fn interpret(_: &Call, body: &Value) -> Reading {
    let mut read = Reader::new(body);
    let Some(event_type) = read.event_type(&["/event"]) else {
        return read.finish(Vec::new());
    };
    let kind = match event_type.as_str() {
        "booking.created" => EventKind::Created,
        "booking.rescheduled" => EventKind::Rescheduled,
        "booking.cancelled" => EventKind::Cancelled,
        "no_show.detected" => EventKind::NoShow,
        // customer.created, lead.qualified, review.created, workflow.triggered and whatever comes after them.
        _ => {
            let event = Event {
                occurred_at: read.moment(&["/created_at"]),
                ..Event::bare(EventKind::Other, Some(event_type))
            };
            return read.finish(vec![event]);
        }
    };
    let event = Event {
        provider_booking_id: read.booking_id(&["/data/booking_id"]),
        occurred_at: read.moment(&["/created_at"]),
        slot: read.slot(&["/data/start_time"], &["/data/end_time"]),
        title: read.text(&["/data/service"]),
        status: read.status(&["/data/status"]),
        attendee: Attendee {
            name: read.text(&["/data/customer_name"]),
            email: read.text(&["/data/customer_email"]),
            phone: read.text(&["/data/customer_phone"]),
            time_zone: None,
        },
        reason: read.text(&["/data/reason"]),
        ..Event::bare(kind, Some(event_type))
    };
    read.finish(vec![event])
}

fn sample(event_type: &str, booking: &SampleBooking) -> Option<SampleCall> {
    FACTS.sample_event_types.contains(&event_type).then(|| {
        SampleCall::of(&json!({
            "event": event_type,
            "id": format!("evt_{}_{}", booking.number, booking.revision),
            "created_at": booking.now.to_string(),
            "data": {
                "booking_id": format!("bkg_{}", booking.number),
                "customer_id": format!("cus_{}", booking.number),
                "customer_name": booking.name,
                "service": booking.service,
                "start_time": booking.start.to_string(),
                "end_time": booking.end().to_string(),
                "price": 150,
            },
        }))
    })
}
