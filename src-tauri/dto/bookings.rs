//! A booking, with its life and what the person wrote about it.

use bellhop_core::booking;
use bellhop_engine::store::{self, notes, timeline::StoryStep as Step};
use serde::Serialize;
use ts_rs::TS;

use super::overlaps::BookingOverlap;
use super::text;
use super::timeline::{Attendee, TimelineEntry};
use super::words::{BookingStatus, Provider};

/// A text of a booking.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Field {
    Title,
    Host,
    Name,
    Email,
    Phone,
}

/// A text of a booking that an event changed. `from` is null where it was not known before.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct TextChange {
    pub field: Field,
    pub from: Option<String>,
    pub to: String,
}

impl From<booking::TextChange> for TextChange {
    fn from(change: booking::TextChange) -> TextChange {
        TextChange {
            field: match change.field {
                booking::Field::Title => Field::Title,
                booking::Field::Host => Field::Host,
                booking::Field::Name => Field::Name,
                booking::Field::Email => Field::Email,
                booking::Field::Phone => Field::Phone,
            },
            from: change.from,
            to: change.to,
        }
    }
}

/// One step in the life of a booking.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct StoryStep {
    #[serde(flatten)]
    pub entry: TimelineEntry,
    pub changes: Vec<TextChange>,
}

impl From<Step> for StoryStep {
    fn from(step: Step) -> StoryStep {
        StoryStep {
            entry: step.entry.into(),
            changes: step.changes.into_iter().map(Into::into).collect(),
        }
    }
}

/// What the person wrote about a booking.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Note {
    pub id: String,
    pub text: String,
    pub written_at: String,
    pub edited_at: Option<String>,
}

impl From<notes::Note> for Note {
    fn from(note: notes::Note) -> Note {
        Note {
            id: note.id.to_string(),
            text: note.text,
            written_at: note.written_at.to_string(),
            edited_at: text(note.edited_at),
        }
    }
}

/// Another booking of the same person.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct OtherBooking {
    pub id: String,
    pub provider: Provider,
    pub endpoint_label: String,
    pub status: BookingStatus,
    pub title: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub date: Option<String>,
    pub done: bool,
}

impl From<store::bookings::Booking> for OtherBooking {
    fn from(booking: store::bookings::Booking) -> OtherBooking {
        OtherBooking {
            id: booking.id.to_string(),
            provider: booking.provider.into(),
            endpoint_label: booking.endpoint_label,
            status: booking.status.into(),
            title: booking.title,
            start: text(booking.when.start),
            end: text(booking.when.end),
            date: text(booking.when.date),
            done: booking.done_at.is_some(),
        }
    }
}

/// How many calls of a booking were read again, and how many could not be, because what they carried was removed.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Replayed {
    pub read: u32,
    pub removed: u32,
}

/// One appointment through its whole life: its events in the order in which they happened, what the person wrote about
/// it, what is in its way, and the newest other bookings of the same person.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Booking {
    pub id: String,
    pub provider: Provider,
    pub endpoint_id: String,
    pub endpoint_label: String,
    pub status: BookingStatus,
    pub title: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub date: Option<String>,
    pub attendee: Attendee,
    pub host: Option<String>,
    pub reason: Option<String>,
    pub created_at: String,
    pub updated_at: String,
    pub done_at: Option<String>,
    pub events: Vec<StoryStep>,
    pub notes: Vec<Note>,
    pub overlaps: Vec<BookingOverlap>,
    pub others: Vec<OtherBooking>,
}

impl Booking {
    /// A booking, its events, its notes, what is in its way, and others.
    pub fn of(
        booking: store::bookings::Booking,
        events: Vec<Step>,
        notes: Vec<notes::Note>,
        overlaps: Vec<BookingOverlap>,
        others: Vec<store::bookings::Booking>,
    ) -> Booking {
        Booking {
            id: booking.id.to_string(),
            provider: booking.provider.into(),
            endpoint_id: booking.endpoint_id.to_string(),
            endpoint_label: booking.endpoint_label,
            status: booking.status.into(),
            title: booking.title,
            start: text(booking.when.start),
            end: text(booking.when.end),
            date: text(booking.when.date),
            attendee: booking.attendee.into(),
            host: booking.host,
            reason: booking.reason,
            created_at: booking.created_at.to_string(),
            updated_at: booking.updated_at.to_string(),
            done_at: text(booking.done_at),
            events: events.into_iter().map(Into::into).collect(),
            notes: notes.into_iter().map(Into::into).collect(),
            overlaps,
            others: others.into_iter().map(Into::into).collect(),
        }
    }
}
