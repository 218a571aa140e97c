//! The timeline and its bookings.

use std::collections::BTreeSet;

use bellhop_core::event::{self, Problem as CoreProblem};
use bellhop_engine::store;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::text;
use super::words::{BookingStatus, EventKind, Provider, Trust};

/// Who booked.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Attendee {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub time_zone: Option<String>,
}

impl From<event::Attendee> for Attendee {
    fn from(attendee: event::Attendee) -> Attendee {
        let event::Attendee {
            name,
            email,
            phone,
            time_zone,
        } = attendee;
        Attendee {
            name,
            email,
            phone,
            time_zone,
        }
    }
}

/// Something in a delivery that Bellhop could not use, in words for the person.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Problem {
    pub code: String,
    pub message: String,
}

impl From<CoreProblem> for Problem {
    fn from(problem: CoreProblem) -> Problem {
        Problem {
            code: problem.code,
            message: problem.message,
        }
    }
}

/// One event in the timeline. `overlaps`: something is in the way of its booking that the person has not accepted. A date without a time is in `date`, and `start` is null then.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct TimelineEntry {
    pub event_id: String,
    pub booking_id: Option<String>,
    pub delivery_id: String,
    pub endpoint_id: String,
    pub endpoint_label: String,
    pub provider: Provider,
    pub trust: Trust,
    pub kind: EventKind,
    pub event_type: Option<String>,
    pub title: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub date: Option<String>,
    pub previous_start: Option<String>,
    pub previous_end: Option<String>,
    pub previous_date: Option<String>,
    pub attendee: Attendee,
    pub host: Option<String>,
    pub booking_status: Option<BookingStatus>,
    pub reason: Option<String>,
    pub occurred_at: Option<String>,
    pub received_at: String,
    pub late: bool,
    pub repeats: u32,
    pub done: bool,
    pub overlaps: bool,
    pub unread: bool,
    pub problems: Vec<Problem>,
}

impl From<store::timeline::TimelineEntry> for TimelineEntry {
    fn from(entry: store::timeline::TimelineEntry) -> TimelineEntry {
        TimelineEntry {
            event_id: entry.event_id.to_string(),
            booking_id: text(entry.booking_id),
            delivery_id: entry.delivery_id.to_string(),
            endpoint_id: entry.endpoint_id.to_string(),
            endpoint_label: entry.endpoint_label,
            provider: entry.provider.into(),
            trust: entry.trust.into(),
            kind: entry.kind.into(),
            event_type: entry.event_type,
            title: entry.title,
            start: text(entry.when.start),
            end: text(entry.when.end),
            date: text(entry.when.date),
            previous_start: text(entry.previous.start),
            previous_end: text(entry.previous.end),
            previous_date: text(entry.previous.date),
            attendee: entry.attendee.into(),
            host: entry.host,
            booking_status: entry.status.map(Into::into),
            reason: entry.reason,
            occurred_at: text(entry.occurred_at),
            received_at: entry.received_at.to_string(),
            late: entry.late,
            repeats: u32::try_from(entry.repeats).unwrap_or(u32::MAX),
            done: entry.done,
            overlaps: false,
            unread: entry.unread,
            problems: entry.problems.into_iter().map(Into::into).collect(),
        }
    }
}

impl TimelineEntry {
    /// Marks an entry whose booking is among `open`: those in whose way another one is.
    pub fn marked(mut self, open: &BTreeSet<i64>) -> TimelineEntry {
        let booking = self.booking_id.as_deref().and_then(|id| id.parse().ok());
        self.overlaps = booking.is_some_and(|id: i64| open.contains(&id));
        self
    }
}

/// Which entries to list, newest first. `before` is the cursor of the page before. `since` and `until` are moments of
/// arrival; what came at `until` is not among them.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct TimelineQuery {
    pub limit: u32,
    pub before: Option<String>,
    pub kind: Option<EventKind>,
    pub provider: Option<Provider>,
    pub endpoint_id: Option<String>,
    pub search: Option<String>,
    pub unread: bool,
    pub since: Option<String>,
    pub until: Option<String>,
}

/// A page of the timeline. `next` is the cursor of the page after it, if there is one.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct TimelinePage {
    pub entries: Vec<TimelineEntry>,
    pub next: Option<String>,
}
