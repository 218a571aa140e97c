//! When a booking takes place, as exactly as its provider says, and no more exactly.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The time of a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// A moment, with an end where the provider says one.
    Timed {
        /// When it begins.
        start: Timestamp,
        /// When it ends, if known.
        end: Option<Timestamp>,
    },
    /// A date without a time of day. It stays one: no midnight is invented for it.
    Day {
        /// The date in the provider's own calendar.
        date: Date,
        /// The provider's name for the time of day (ReserveKit's `time_slot_id`), which only its API resolves.
        time_slot: Option<String>,
    },
}

impl Slot {
    /// When it begins, if a time of day is known.
    pub fn start(&self) -> Option<Timestamp> {
        match self {
            Slot::Timed { start, .. } => Some(*start),
            Slot::Day { .. } => None,
        }
    }

    /// When it ends, if known.
    pub fn end(&self) -> Option<Timestamp> {
        match self {
            Slot::Timed { end, .. } => *end,
            Slot::Day { .. } => None,
        }
    }

    /// The date, if that is all that is known.
    pub fn date(&self) -> Option<Date> {
        match self {
            Slot::Timed { .. } => None,
            Slot::Day { date, .. } => Some(*date),
        }
    }

    /// Whether going from `self` to `later` moves the booking.
    ///
    /// A part that only one of the two knows is not a move: a call that leaves the end out has not
    /// changed it, and a date is no other time than a moment.
    pub fn moved_to(&self, later: &Slot) -> bool {
        match (self, later) {
            (
                Slot::Timed { start, end },
                Slot::Timed {
                    start: start2,
                    end: end2,
                },
            ) => start != start2 || differ(end.as_ref(), end2.as_ref()),
            (
                Slot::Day { date, time_slot },
                Slot::Day {
                    date: date2,
                    time_slot: slot2,
                },
            ) => date != date2 || differ(time_slot.as_ref(), slot2.as_ref()),
            _ => false,
        }
    }

    /// `later`, completed with what it leaves out and `self` knows, where nothing moved.
    pub(crate) fn completed_by(&self, later: &Slot) -> Slot {
        match (self, later) {
            (
                Slot::Timed { start, end },
                Slot::Timed {
                    start: start2,
                    end: None,
                },
            ) if start == start2 => Slot::Timed {
                start: *start,
                end: *end,
            },
            (Slot::Timed { .. }, Slot::Day { .. }) => self.clone(),
            _ => later.clone(),
        }
    }
}

fn differ<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}
