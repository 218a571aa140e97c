//! The JSON of the command line: a promise to other programs.
//!
//! Every time is RFC 3339 in UTC. A date without a time is in `date`, and `start` is null then. Missing is null, never
//! absent. Ids are texts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bellhop_core::call::Call;
use bellhop_core::event::{Attendee, BookingStatus, EventKind, Problem};
use bellhop_core::gap::Cause;
use bellhop_core::provider::Provider;
use bellhop_core::signature::Trust;
use bellhop_engine::gaps::Report;
use bellhop_engine::instance::{Instance, Window};
use bellhop_engine::store;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct Endpoint {
    id: String,
    provider: Provider,
    label: String,
    path: String,
    public_url: Option<String>,
    trust: Trust,
    secrets: Vec<Secret>,
    /// How the first genuine call proved itself, in words.
    signature_form: Option<String>,
    created_at: Timestamp,
    last_delivery_at: Option<Timestamp>,
}

impl Endpoint {
    pub(crate) fn of(endpoint: &store::endpoints::Endpoint, public_url: Option<&str>) -> Endpoint {
        Endpoint {
            id: endpoint.id.to_string(),
            provider: endpoint.provider,
            label: endpoint.label.clone(),
            path: endpoint.path(),
            public_url: public_url.map(|host| format!("{host}{}", endpoint.path())),
            trust: endpoint.trust(),
            secrets: endpoint.secrets.iter().map(Secret::of).collect(),
            signature_form: endpoint.signature_form.as_ref().map(ToString::to_string),
            created_at: endpoint.created_at,
            last_delivery_at: endpoint.last_delivery_at,
        }
    }
}

/// An endpoint that was just added with a secret of our making: the one time that the secret is printed.
#[derive(Debug, Serialize)]
pub(crate) struct AddedEndpoint {
    #[serde(flatten)]
    pub endpoint: Endpoint,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated_secret: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Secret {
    id: String,
    state: &'static str,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl Secret {
    pub(crate) fn of(secret: &store::secrets::Secret) -> Secret {
        Secret {
            id: secret.id.to_string(),
            state: if secret.retired_at.is_some() {
                "retired"
            } else {
                "live"
            },
            created_at: secret.created_at,
            last_used_at: secret.last_used_at,
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Person {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl Person {
    fn of(attendee: &Attendee) -> Person {
        Person {
            name: attendee.name.clone(),
            email: attendee.email.clone(),
            phone: attendee.phone.clone(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct TimelineEntry {
    event_id: String,
    booking_id: Option<String>,
    kind: EventKind,
    event_type: Option<String>,
    provider: Provider,
    endpoint_id: String,
    provider_booking_id: Option<String>,
    title: Option<String>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    date: Option<Date>,
    previous_start: Option<Timestamp>,
    previous_end: Option<Timestamp>,
    previous_date: Option<Date>,
    attendee: Person,
    host: Option<String>,
    status: Option<BookingStatus>,
    reason: Option<String>,
    occurred_at: Option<Timestamp>,
    received_at: Timestamp,
    trust: Trust,
    delivery_id: String,
    problems: Vec<Problem>,
}

impl TimelineEntry {
    pub(crate) fn of(entry: &store::timeline::TimelineEntry) -> TimelineEntry {
        TimelineEntry {
            event_id: entry.event_id.to_string(),
            booking_id: entry.booking_id.map(|id| id.to_string()),
            kind: entry.kind,
            event_type: entry.event_type.clone(),
            provider: entry.provider,
            endpoint_id: entry.endpoint_id.to_string(),
            provider_booking_id: entry.provider_booking_id.clone(),
            title: entry.title.clone(),
            start: entry.when.start,
            end: entry.when.end,
            date: entry.when.date,
            previous_start: entry.previous.start,
            previous_end: entry.previous.end,
            previous_date: entry.previous.date,
            attendee: Person::of(&entry.attendee),
            host: entry.host.clone(),
            status: entry.status,
            reason: entry.reason.clone(),
            occurred_at: entry.occurred_at,
            received_at: entry.received_at,
            trust: entry.trust,
            delivery_id: entry.delivery_id.to_string(),
            problems: entry.problems.clone(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Booking {
    id: String,
    provider: Provider,
    endpoint_id: String,
    provider_booking_ids: Vec<String>,
    status: BookingStatus,
    title: Option<String>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    date: Option<Date>,
    attendee: Person,
    host: Option<String>,
    reason: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    events: Vec<TimelineEntry>,
}

impl Booking {
    pub(crate) fn of(
        booking: &store::bookings::Booking,
        events: &[store::timeline::TimelineEntry],
    ) -> Booking {
        Booking {
            id: booking.id.to_string(),
            provider: booking.provider,
            endpoint_id: booking.endpoint_id.to_string(),
            provider_booking_ids: booking.provider_booking_ids.clone(),
            status: booking.status,
            title: booking.title.clone(),
            start: booking.when.start,
            end: booking.when.end,
            date: booking.when.date,
            attendee: Person::of(&booking.attendee),
            host: booking.host.clone(),
            reason: booking.reason.clone(),
            created_at: booking.created_at,
            updated_at: booking.updated_at,
            events: events.iter().map(TimelineEntry::of).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Delivery {
    id: String,
    endpoint_id: String,
    provider: Provider,
    received_at: Timestamp,
    idempotency_key: String,
    repeats: i64,
    trust: Trust,
    state: &'static str,
    problems: Vec<Problem>,
}

impl Delivery {
    pub(crate) fn of(delivery: &store::deliveries::Delivery) -> Delivery {
        Delivery {
            id: delivery.id.to_string(),
            endpoint_id: delivery.endpoint_id.to_string(),
            provider: delivery.provider,
            received_at: delivery.received_at,
            idempotency_key: delivery.idempotency_key.clone(),
            repeats: delivery.repeats,
            trust: delivery.trust,
            state: delivery.state.as_str(),
            problems: delivery.problems.clone(),
        }
    }
}

/// Somebody who booked.
#[derive(Debug, Serialize)]
pub(crate) struct Known {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    bookings: i64,
    deliveries: i64,
    first_heard: Timestamp,
    last_heard: Timestamp,
}

impl Known {
    pub(crate) fn of(known: &store::attendees::Known) -> Known {
        Known {
            name: known.name.clone(),
            email: known.email.clone(),
            phone: known.phone.clone(),
            bookings: known.bookings,
            deliveries: known.deliveries,
            first_heard: known.first_heard,
            last_heard: known.last_heard,
        }
    }
}

/// What goes, or has gone, with a person's data.
#[derive(Debug, Serialize)]
pub(crate) struct Erasure {
    pub(crate) erased: bool,
    pub(crate) bookings: usize,
    pub(crate) entries: usize,
    pub(crate) notices: i64,
    pub(crate) deliveries: usize,
    pub(crate) shared_deliveries: i64,
    /// Files that hold the person's data as well, and are left alone.
    pub(crate) copies: Vec<String>,
}

/// A rule of how long the content of calls is kept.
#[derive(Debug, Serialize)]
pub(crate) struct Retention {
    /// Null is for ever.
    pub(crate) days: Option<u32>,
    /// Whether this is the rule now, or was only asked about.
    pub(crate) applied: bool,
    /// What is older than that: to go, or gone.
    pub(crate) deliveries: i64,
    pub(crate) bytes: i64,
}

/// Who called and which public host, as far as whoever forwarded the call says so.
#[derive(Debug, Serialize)]
pub(crate) struct Caller {
    ip: Option<String>,
    host: Option<String>,
    country: Option<String>,
}

impl Caller {
    fn of(call: &Call) -> Caller {
        let text = |value: Option<&str>| value.map(str::to_owned);
        Caller {
            ip: text(call.forwarded_for()),
            host: text(call.forwarded_host()),
            country: text(call.forwarded_country()),
        }
    }
}

/// A delivery with its content. `body` is null where it is no text; `body_base64` always holds its exact bytes.
#[derive(Debug, Serialize)]
pub(crate) struct WholeDelivery {
    #[serde(flatten)]
    delivery: Delivery,
    /// When its query, headers and body were removed.
    erased_at: Option<Timestamp>,
    caller: Caller,
    query: Option<String>,
    headers: Vec<(String, String)>,
    body: Option<String>,
    body_base64: String,
}

impl WholeDelivery {
    pub(crate) fn of(delivery: &store::deliveries::Delivery, call: &Call) -> WholeDelivery {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        WholeDelivery {
            delivery: Delivery::of(delivery),
            erased_at: delivery.erased_at,
            caller: Caller::of(call),
            query: call.query.clone(),
            headers: call
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
            body: String::from_utf8(call.body.clone()).ok(),
            body_base64: STANDARD.encode(&call.body),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Rejection {
    id: String,
    at: Timestamp,
    endpoint_id: Option<String>,
    reason: String,
    hint: String,
}

impl Rejection {
    pub(crate) fn of(rejection: &store::rejections::Rejection) -> Rejection {
        Rejection {
            id: rejection.id.to_string(),
            at: rejection.at,
            endpoint_id: rejection.endpoint_id.map(|id| id.to_string()),
            reason: rejection.reason.clone(),
            hint: rejection.hint.clone(),
        }
    }
}

/// A time in which the receiver could not be reached. `ended_at` is null while it goes on.
#[derive(Debug, Serialize)]
pub(crate) struct Gap {
    id: String,
    cause: Cause,
    code: Option<String>,
    began_at: Timestamp,
    ended_at: Option<Timestamp>,
    message: String,
    endpoints: Vec<AffectedEndpoint>,
}

/// What a gap means for an endpoint. `until` is the moment that a person may wait for, where there is one.
#[derive(Debug, Serialize)]
struct AffectedEndpoint {
    endpoint_id: String,
    provider: Provider,
    outlook: &'static str,
    until: Option<Timestamp>,
    summary: String,
    advice: String,
}

impl Gap {
    pub(crate) fn of(report: &Report) -> Gap {
        let gap = &report.gap;
        let endpoints = report.affected.iter().map(|affected| AffectedEndpoint {
            endpoint_id: affected.endpoint_id.to_string(),
            provider: affected.provider,
            outlook: affected.outlook.as_str(),
            until: affected.outlook.until(),
            summary: affected.words.summary.clone(),
            advice: affected.words.advice.clone(),
        });
        Gap {
            id: report.id.to_string(),
            cause: gap.trouble().cause,
            code: gap.trouble().code.clone(),
            began_at: gap.began_at,
            ended_at: gap.ended_at,
            message: gap.message(),
            endpoints: endpoints.collect(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Status {
    running: bool,
    pid: Option<u32>,
    listening: Option<String>,
    public_url: Option<String>,
    tunnel: String,
    window: Window,
}

impl Status {
    pub(crate) fn of(instance: Option<&Instance>) -> Status {
        Status {
            running: instance.is_some(),
            pid: instance.map(|instance| instance.pid),
            listening: instance.map(|instance| instance.listening.to_string()),
            public_url: instance.and_then(|instance| instance.public_url.clone()),
            tunnel: instance.map_or_else(|| "off".to_owned(), |instance| instance.tunnel.clone()),
            window: instance.map_or(Window::None, |instance| instance.window),
        }
    }
}
