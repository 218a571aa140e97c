//! Bookings that want the same time, from whatever provider, or that leave too little time between them.
//!
//! An endpoint may ask for a *buffer*: minutes before and after each of its bookings that have to stay free. Between two
//! bookings it is the larger one of their endpoints. Exactly as many minutes as that are enough.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::notice::{Here, Wording, Words, written};
use crate::provider::Provider;
use crate::slot::Slot;

/// The longest buffer that can be chosen, in minutes.
pub const LONGEST_BUFFER: u16 = 240;

/// When a booking takes place. One whose end is not known takes no time, and is in the way only of what is going on
/// when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The booking's id.
    pub id: i64,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends, if known.
    pub end: Option<Timestamp>,
    /// How many minutes its endpoint wants free before and after it.
    pub buffer: u16,
}

impl Span {
    /// When it is over.
    pub fn until(&self) -> Timestamp {
        // An end before the beginning is a mistake of the provider, and means as little as none.
        let least = self
            .start
            .checked_add(SignedDuration::from_micros(1))
            .unwrap_or(self.start);
        self.end.unwrap_or(least).max(least)
    }

    /// How much time lies between two bookings that are in each other's way: less than none where they want the same time.
    /// `None` where they are not.
    pub fn too_close_to(&self, other: &Span) -> Option<SignedDuration> {
        let (earlier, later) = if self.start <= other.start {
            (self, other)
        } else {
            (other, self)
        };
        let between = later.start.duration_since(earlier.until());
        let wanted = SignedDuration::from_mins(self.buffer.max(other.buffer).into());
        (between < wanted).then_some(between)
    }
}

/// Each pair of bookings that are in each other's way, the smaller id first, and how much time lies between them. Of those
/// that begin before it, a booking is paired with `most` at most, the latest: a thousand at one time are not a million pairs.
///
/// Whoever calls leaves out what is cancelled: it is in nobody's way.
pub fn overlaps(spans: &[Span], most: usize) -> BTreeMap<(i64, i64), SignedDuration> {
    let mut sorted: Vec<&Span> = spans.iter().collect();
    sorted.sort_by_key(|span| (span.start, span.id));
    let widest = spans.iter().map(|span| span.buffer).max().unwrap_or(0);
    let widest = SignedDuration::from_mins(widest.into());
    let mut found = BTreeMap::new();
    let mut going_on: Vec<&Span> = Vec::new();
    for span in sorted {
        going_on.retain(|other| {
            let free_at = other.until().checked_add(widest);
            free_at.is_ok_and(|free_at| free_at > span.start)
        });
        let close = going_on
            .iter()
            .rev()
            .filter_map(|other| Some((*other, span.too_close_to(other)?)));
        for (other, between) in close.take(most) {
            found.insert((span.id.min(other.id), span.id.max(other.id)), between);
        }
        going_on.push(span);
    }
    found
}

/// One of two bookings that are in each other's way, as it is told of.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Who booked.
    pub who: Option<&'a str>,
    /// When it takes place.
    pub slot: &'a Slot,
    /// The booking system that has it.
    pub provider: Provider,
}

/// Tells of two bookings that are in each other's way, the one that begins first before the other: in full, and without
/// anything that could name somebody.
pub fn word(sides: [Side<'_>; 2], between: SignedDuration, here: &Here) -> Words {
    let minutes = between.as_mins();
    let what = match minutes {
        _ if between.is_negative() => "Overlaps".to_owned(),
        0 => "No time between".to_owned(),
        1 => "Only 1 minute between".to_owned(),
        _ => format!("Only {minutes} minutes between"),
    };
    let [first, second] = sides.map(|side| side.who.unwrap_or("somebody"));
    let body = sides
        .map(|side| format!("{} · {}", written(side.slot, here), side.provider))
        .join("\n");
    let full = Wording {
        title: format!("{what}: {first} and {second}"),
        body: body.clone(),
    };
    let discreet = Wording {
        title: format!("{what}: two bookings"),
        body,
    };
    Words { full, discreet }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(id: i64, start: i64, end: Option<i64>, buffer: u16) -> Span {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        Span {
            id,
            start: at(start),
            end: end.map(at),
            buffer,
        }
    }

    fn pairs(spans: &[Span]) -> Vec<(i64, i64)> {
        overlaps(spans, usize::MAX).into_keys().collect()
    }

    #[test]
    fn back_to_back_is_no_overlap() {
        assert!(pairs(&[span(1, 0, Some(60), 0), span(2, 60, Some(90), 0)]).is_empty());
    }

    #[test]
    fn the_larger_buffer_of_two_has_to_stay_free_and_no_more() {
        let first = span(1, 0, Some(60), 10);
        let after = |minutes: i64, buffer| span(2, 60 + minutes, Some(120), buffer);
        let between = |other: Span| overlaps(&[first, other], 9).get(&(1, 2)).copied();
        assert_eq!(between(after(5, 0)), Some(SignedDuration::from_mins(5)));
        assert_eq!(between(after(0, 0)), Some(SignedDuration::ZERO));
        assert_eq!(between(after(10, 0)), None);
        assert_eq!(between(after(10, 15)), Some(SignedDuration::from_mins(10)));
        assert_eq!(
            between(after(-20, 15)),
            Some(SignedDuration::from_mins(-20))
        );
    }

    #[test]
    fn one_long_booking_overlaps_all_within_it_and_they_not_each_other() {
        let found = pairs(&[
            span(1, 0, Some(120), 0),
            span(2, 10, Some(20), 0),
            span(3, 30, None, 0),
            span(4, 120, None, 0),
        ]);
        assert_eq!(found, [(1, 2), (1, 3)]);
    }

    #[test]
    fn two_bookings_are_told_of_in_the_order_of_their_times() {
        let here = Here {
            now: "2026-06-10T08:00:00Z".parse().unwrap(),
            time_zone: jiff::tz::TimeZone::UTC,
        };
        let slot = |start: &str, end: &str| Slot::Timed {
            start: start.parse().unwrap(),
            end: Some(end.parse().unwrap()),
        };
        let (jane, omar) = (
            slot("2026-06-15T14:00:00Z", "2026-06-15T15:00:00Z"),
            slot("2026-06-15T14:30:00Z", "2026-06-15T15:00:00Z"),
        );
        let side = |who, slot, provider| Side {
            who,
            slot,
            provider,
        };
        let said = |minutes| {
            word(
                [
                    side(Some("Jane Doe"), &jane, Provider::Kordless),
                    side(None, &omar, Provider::Bookora),
                ],
                SignedDuration::from_mins(minutes),
                &here,
            )
        };
        let Words { full, discreet } = said(-30);
        assert_eq!(full.title, "Overlaps: Jane Doe and somebody");
        assert_eq!(
            full.body,
            "Mon 15 Jun, 14:00–15:00 · Kordless\nMon 15 Jun, 14:30–15:00 · Bookora"
        );
        assert_eq!(discreet.title, "Overlaps: two bookings");
        assert_eq!(discreet.body, full.body);
        assert_eq!(
            said(5).discreet.title,
            "Only 5 minutes between: two bookings"
        );
        assert_eq!(said(0).discreet.title, "No time between: two bookings");
    }

    #[test]
    fn many_at_one_time_are_few_pairs() {
        let crowd: Vec<Span> = (0..500).map(|id| span(id, 0, Some(60), 0)).collect();
        assert_eq!(overlaps(&crowd, 3).len(), 500 * 3 - 6);
    }

    proptest! {
        #[test]
        fn every_pair_is_found_and_no_other(
            times in prop::collection::vec((0i64..200, prop::option::of(-5i64..60), prop::sample::select(vec![0u16, 0, 5, 30])), 0..40),
        ) {
            let spans: Vec<Span> = times
                .iter()
                .zip(1..)
                .map(|((start, length, buffer), id)| span(id, *start, length.map(|length| start + length), *buffer))
                .collect();
            let found = overlaps(&spans, usize::MAX);
            for one in &spans {
                for other in spans.iter().filter(|other| other.id > one.id) {
                    let buffer = SignedDuration::from_mins(one.buffer.max(other.buffer).into());
                    let both = one.start < other.until() + buffer && other.start < one.until() + buffer;
                    prop_assert_eq!(both, found.contains_key(&(one.id, other.id)), "{:?} {:?}", one, other);
                    prop_assert_eq!(one.too_close_to(other), other.too_close_to(one));
                }
            }
        }
    }
}
