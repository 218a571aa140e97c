//! How often an endpoint is called, and from when on its silence is unusual.
//!
//! The endpoint's own past is the only measure: what is much for one is nothing for another. A time in which we could not
//! be reached counts nowhere, neither in a pause of the past nor in the present one.
//!
//! An endpoint is silent for unusually long when no call has come for longer than each of these:
//!
//! - [`TIMES`] times its usual longest pause. That is its second longest: the longest may be the one holiday of the year.
//!   An office that is called on weekdays has weekends of 64 hours, so a quiet week with both its weekends is usual.
//! - the longest pause that there was. What has happened before is nothing to be told of.
//! - [`LEAST`], a long weekend.
//!
//! Nothing is said of an endpoint that is too new or called too seldom: its calls must have come on [`DAYS`] different
//! days and cover [`COVERED`], so that whatever repeats weekly has been seen repeating.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::gap::Span;

/// How many of the usual longest pauses are still no reason to look.
pub const TIMES: i32 = 4;

/// A shorter silence is never unusual.
pub const LEAST: SignedDuration = SignedDuration::from_hours(72);

/// On how many days calls must have come.
pub const DAYS: usize = 10;

/// How much time they must cover.
pub const COVERED: SignedDuration = SignedDuration::from_hours(28 * 24);

/// The rhythm in which an endpoint is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Its usual longest pause.
    pub usual_pause: SignedDuration,
    /// The longest of all.
    pub longest_pause: SignedDuration,
}

impl Rhythm {
    /// The rhythm of these calls, if they are enough to tell. Neither they nor the gaps need an order.
    pub fn of(calls: &[Timestamp], gaps: &[Span]) -> Option<Rhythm> {
        let mut calls = calls.to_vec();
        calls.sort_unstable();
        let days: BTreeSet<i64> = calls
            .iter()
            .map(|call| call.as_second().div_euclid(24 * 60 * 60))
            .collect();
        let covered = calls.last()?.duration_since(*calls.first()?);
        if days.len() < DAYS || covered < COVERED {
            return None;
        }
        let gaps = apart(gaps);
        let mut pauses: Vec<SignedDuration> = calls
            .windows(2)
            .filter_map(|pair| Some(reachable(&gaps, *pair.first()?, *pair.last()?)))
            .collect();
        pauses.sort_unstable();
        let longest_pause = pauses.pop()?;
        Some(Rhythm {
            usual_pause: pauses.pop()?,
            longest_pause,
        })
    }

    /// A silence that lasts longer is unusual.
    pub fn limit(&self) -> SignedDuration {
        let usual = self.usual_pause.saturating_mul(TIMES);
        usual.max(self.longest_pause).max(LEAST)
    }

    /// From when on the silence after the last call is unusual. `None` where that cannot be said before a gap has ended.
    pub fn unusual_from(&self, last_call: Timestamp, gaps: &[Span]) -> Option<Timestamp> {
        let mut from = last_call.checked_add(self.limit()).ok()?;
        for gap in apart(gaps) {
            let begin = gap.begin.max(last_call);
            if begin > from {
                break;
            }
            let lost = gap.end?.duration_since(begin).max(SignedDuration::ZERO);
            from = from.checked_add(lost).ok()?;
        }
        Some(from)
    }
}

/// The gaps in their order, those that touch as one.
fn apart(gaps: &[Span]) -> Vec<Span> {
    let mut sorted = gaps.to_vec();
    sorted.sort_unstable_by_key(|gap| gap.begin);
    let mut apart: Vec<Span> = Vec::with_capacity(sorted.len());
    for gap in sorted {
        match apart.last_mut() {
            Some(before) if before.end.is_none_or(|end| end >= gap.begin) => {
                before.end = before.end.zip(gap.end).map(|(one, other)| one.max(other));
            }
            _ => apart.push(gap),
        }
    }
    apart
}

/// How much of a time we could be reached in. The gaps are in their order and apart.
fn reachable(gaps: &[Span], begin: Timestamp, end: Timestamp) -> SignedDuration {
    let after = gaps.partition_point(|gap| gap.end.is_some_and(|over| over <= begin));
    let lost: SignedDuration = gaps
        .iter()
        .skip(after)
        .take_while(|gap| gap.begin < end)
        .map(|gap| {
            let over = gap.end.map_or(end, |over| over.min(end));
            over.duration_since(gap.begin.max(begin))
        })
        .sum();
    end.duration_since(begin) - lost
}
