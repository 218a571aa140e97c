//! Bookings by the time at which they take place.

use bellhop_engine::store::bookings;
use bellhop_engine::store::overlaps::Overlap;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::text;
use super::timeline::Attendee;
use super::words::{BookingStatus, Provider};

/// A booking in the calendar. `overlaps` are the ids of others that are in its way, from whatever provider, unless the
/// person accepted that.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct CalendarBooking {
    pub id: String,
    pub provider: Provider,
    pub endpoint_label: String,
    pub status: BookingStatus,
    pub title: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub date: Option<String>,
    pub attendee: Attendee,
    pub host: Option<String>,
    pub overlaps: Vec<String>,
}

impl CalendarBooking {
    /// A booking and its overlaps.
    pub fn of(booking: bookings::Booking, overlaps: &[Overlap]) -> CalendarBooking {
        let open = overlaps
            .iter()
            .filter(|overlap| overlap.accepted_at.is_none());
        CalendarBooking {
            overlaps: open
                .map(|overlap| overlap.other(booking.id).to_string())
                .collect(),
            id: booking.id.to_string(),
            provider: booking.provider.into(),
            endpoint_label: booking.endpoint_label,
            status: booking.status.into(),
            title: booking.title,
            start: text(booking.when.start),
            end: text(booking.when.end),
            date: text(booking.when.date),
            attendee: booking.attendee.into(),
            host: booking.host,
        }
    }
}

/// Which days: their beginnings in the person's zone, and the same days as dates. The last of each is not among them.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct CalendarQuery {
    pub from: String,
    pub until: String,
    pub first_date: String,
    pub date_after: String,
}
