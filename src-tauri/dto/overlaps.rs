//! Bookings that are in each other's way.

use bellhop_engine::store::bookings;
use bellhop_engine::store::overlaps::Overlap;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use ts_rs::TS;

use super::calendar::CalendarBooking;
use super::text;

/// Another booking that is in the way of one. `minutesBetween` is null where they want the same time. `over`: one of them
/// has taken place.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct BookingOverlap {
    pub with: CalendarBooking,
    pub minutes_between: Option<u32>,
    pub accepted_at: Option<String>,
    pub over: bool,
}

impl BookingOverlap {
    /// The other booking, and how it is in the way.
    pub fn of(overlap: &Overlap, with: bookings::Booking, now: Timestamp) -> BookingOverlap {
        BookingOverlap {
            with: CalendarBooking::of(with, &[]),
            minutes_between: minutes(overlap.between),
            accepted_at: text(overlap.accepted_at),
            over: overlap.over_at() <= now,
        }
    }
}

/// Two bookings that are in each other's way, the one that begins first before the other.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct OverlapPair {
    pub earlier: CalendarBooking,
    pub later: CalendarBooking,
    pub minutes_between: Option<u32>,
}

impl OverlapPair {
    /// Two bookings in the order of their times.
    pub fn of(overlap: &Overlap, sides: [bookings::Booking; 2]) -> OverlapPair {
        let [earlier, later] = sides.map(|booking| CalendarBooking::of(booking, &[]));
        OverlapPair {
            earlier,
            later,
            minutes_between: minutes(overlap.between),
        }
    }
}

fn minutes(between: SignedDuration) -> Option<u32> {
    let minutes = u32::try_from(between.as_mins()).unwrap_or(0);
    (!between.is_negative()).then_some(minutes)
}
