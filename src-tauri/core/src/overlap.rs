//! Bookings that want the same time, from whatever provider.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

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
}

impl Span {
    fn until(&self) -> Timestamp {
        // An end before the beginning is a mistake of the provider, and means as little as none.
        let least = self
            .start
            .checked_add(SignedDuration::from_micros(1))
            .unwrap_or(self.start);
        self.end.unwrap_or(least).max(least)
    }
}

/// Each booking that overlaps others, with those others. One that begins when another ends does not.
///
/// Whoever calls leaves out what is cancelled: it is in nobody's way.
pub fn overlaps(spans: &[Span]) -> BTreeMap<i64, Vec<i64>> {
    let mut sorted: Vec<&Span> = spans.iter().collect();
    sorted.sort_by_key(|span| (span.start, span.id));
    let mut found: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut going_on: Vec<&Span> = Vec::new();
    for span in sorted {
        going_on.retain(|other| other.until() > span.start);
        for other in &going_on {
            found.entry(other.id).or_default().push(span.id);
            found.entry(span.id).or_default().push(other.id);
        }
        going_on.push(span);
    }
    for others in found.values_mut() {
        others.sort_unstable();
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(id: i64, start: i64, end: Option<i64>) -> Span {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        Span {
            id,
            start: at(start),
            end: end.map(at),
        }
    }

    #[test]
    fn back_to_back_is_no_overlap() {
        assert!(overlaps(&[span(1, 0, Some(60)), span(2, 60, Some(90))]).is_empty());
    }

    #[test]
    fn one_long_booking_overlaps_all_within_it_and_they_not_each_other() {
        let found = overlaps(&[
            span(1, 0, Some(120)),
            span(2, 10, Some(20)),
            span(3, 30, None),
            span(4, 120, None),
        ]);
        assert_eq!(
            found,
            BTreeMap::from([(1, vec![2, 3]), (2, vec![1]), (3, vec![1])])
        );
    }

    proptest! {
        #[test]
        fn every_pair_is_found_and_no_other(times in prop::collection::vec((0i64..200, prop::option::of(0i64..60)), 0..40)) {
            let spans: Vec<Span> = times
                .iter()
                .zip(1..)
                .map(|((start, length), id)| span(id, *start, length.map(|length| start + length)))
                .collect();
            let found = overlaps(&spans);
            for one in &spans {
                for other in spans.iter().filter(|other| other.id != one.id) {
                    let both = one.start < other.until() && other.start < one.until();
                    let told = found.get(&one.id).is_some_and(|others| others.contains(&other.id));
                    prop_assert_eq!(both, told, "{:?} {:?}", one, other);
                }
            }
        }
    }
}
