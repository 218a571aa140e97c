//! A digest: what came in, what is today, and what may have been missed. In the morning, and after a time in which we could
//! not be reached.
//!
//! A morning has one digest at most, by its date on the calendar of the person: whoever sets the clock back or flies west
//! and has the same morning again is told nothing again. One that was missed is not made up for once the morning is over.

mod wording;

pub use wording::{overlaps, word};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use crate::gap::Span;

/// For how long after its hour a morning's digest still comes, if the computer was off then.
pub const MORNING: SignedDuration = SignedDuration::from_hours(6);

/// A shorter gap is no reason for a digest of its own.
pub const SHORTEST_GAP: SignedDuration = SignedDuration::from_mins(15);

/// How long we have been reachable again when the digest of a gap is made: what a booking system tries again at once is in
/// it.
pub const SETTLED: SignedDuration = SignedDuration::from_secs(60);

/// A gap that ended longer ago is no news.
pub const GAP_IS_NEWS: SignedDuration = SignedDuration::from_hours(6);

/// When the person wants a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    /// In the morning.
    pub morning: bool,
    /// From which hour of the clock on the wall on.
    pub hour: i8,
    /// On which days, from Monday on.
    pub weekdays: [bool; 7],
    /// Also where there is nothing to say.
    pub even_if_nothing: bool,
    /// After a gap.
    pub after_gap: bool,
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule {
            morning: true,
            hour: 8,
            weekdays: [true; 7],
            even_if_nothing: false,
            after_gap: true,
        }
    }
}

/// Why there is a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is the morning of this day.
    Morning(Date),
    /// The gap of this row is over.
    Gap(i64),
}

impl Reason {
    /// By what it is known: there is one digest of each name.
    pub fn name(self) -> String {
        match self {
            Reason::Morning(date) => date.to_string(),
            Reason::Gap(id) => format!("gap:{id}"),
        }
    }
}

/// The morning whose digest is due at a moment and place, if it is one. Whoever calls knows whether there was one of that
/// morning.
pub fn morning(schedule: &Schedule, now: &Zoned) -> Option<Date> {
    let begins = now.date().at(schedule.hour.clamp(0, 23), 0, 0, 0);
    let passed = now.datetime().duration_since(begins);
    let is_morning = passed >= SignedDuration::ZERO && passed < MORNING;
    (is_wanted(schedule, now.date()) && is_morning).then(|| now.date())
}

fn is_wanted(schedule: &Schedule, date: Date) -> bool {
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
    schedule.morning && schedule.weekdays.get(weekday).copied().unwrap_or(true)
}

/// When the next morning's digest will be due, after `now`.
pub fn next_morning(schedule: &Schedule, now: &Zoned) -> Option<Timestamp> {
    let mut date = now.date();
    for _ in 0..8 {
        let begins = date.at(schedule.hour.clamp(0, 23), 0, 0, 0);
        let begins = begins.to_zoned(now.time_zone().clone()).ok()?.timestamp();
        if is_wanted(schedule, date) && begins > now.timestamp() {
            return Some(begins);
        }
        date = date.tomorrow().ok()?;
    }
    None
}

/// Whether a gap has a digest of its own. `digest_at`: when the last digest was made, which told of all before it.
pub fn is_told_of(
    schedule: &Schedule,
    gap: Span,
    digest_at: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    let Some(end) = gap.end else {
        return false;
    };
    let ago = now.duration_since(end);
    schedule.after_gap
        && end.duration_since(gap.begin) >= SHORTEST_GAP
        && ago >= SETTLED
        && ago < GAP_IS_NEWS
        && digest_at.is_none_or(|at| at < end || at > now)
}

/// What a digest has to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// New bookings since the last digest.
    pub created: u32,
    /// Bookings that were moved.
    pub rescheduled: u32,
    /// Bookings that were cancelled.
    pub cancelled: u32,
    /// Attendees who did not come.
    pub no_shows: u32,
    /// Bookings of today that have not begun.
    pub ahead: u32,
    /// Bookings of today that have.
    pub begun: u32,
    /// When the first of those begins that have not, if any has a time of day.
    pub first: Option<Timestamp>,
    /// Times since the last digest in which we could not be reached.
    pub gaps: Vec<Span>,
    /// Notices since then that the desktop did not show.
    pub not_shown: u32,
    /// Overlaps that are neither accepted nor over.
    pub overlaps: u32,
}

impl Contents {
    /// Whether there is nothing to say.
    pub fn is_nothing(&self) -> bool {
        *self
            == Contents {
                begun: self.begun,
                ..Contents::default()
            }
    }
}
