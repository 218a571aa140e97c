//! Bookings that want the same time, from whatever provider, or that leave too little time between them.
//!
//! An endpoint may ask for a *buffer*: minutes before and after each of its bookings that have to stay free. Between two
//! bookings it is the larger one of their endpoints. Exactly as many minutes as that are enough.
//!
//! What one endpoint itself has side by side is meant to be so: bookings of different hosts, and places in one group, which
//! are bookings of the same at the same time. Hosts of two endpoints are not compared, as each may write a name in its way.

use jiff::{SignedDuration, Timestamp};

use crate::language::Language;
use crate::notice::{Here, Wording, Words, somebody};
use crate::provider::Provider;
use crate::slot::Slot;
use crate::times::written;

/// The longest buffer that can be chosen, in minutes.
pub const LONGEST_BUFFER: u16 = 240;

/// When a booking takes place. One whose end is not known takes no time, and is in the way only of what is going on
/// when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The booking's id.
    pub id: i64,
    /// Its endpoint.
    pub endpoint_id: i64,
    /// Who is booked.
    pub host: Option<String>,
    /// What is booked.
    pub title: Option<String>,
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

    /// Whether their endpoint has both side by side on purpose.
    fn is_meant_beside(&self, other: &Span) -> bool {
        let hosts = self.host.as_ref().zip(other.host.as_ref());
        let group = (self.start, self.end, &self.title) == (other.start, other.end, &other.title);
        self.endpoint_id == other.endpoint_id
            && (group || hosts.is_some_and(|(one, two)| one != two))
    }

    /// How much time lies between two bookings that are in each other's way: less than none where they want the same time.
    /// `None` where they are not.
    pub fn too_close_to(&self, other: &Span) -> Option<SignedDuration> {
        if self.is_meant_beside(other) {
            return None;
        }
        let (earlier, later) = if (self.start, self.id) <= (other.start, other.id) {
            (self, other)
        } else {
            (other, self)
        };
        let between = later.start.duration_since(earlier.until());
        let wanted = SignedDuration::from_mins(self.buffer.max(other.buffer).into());
        (between < wanted).then_some(between)
    }
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
    let (language, minutes) = (here.language, between.as_mins());
    let what = match (minutes, language) {
        _ if between.is_negative() => language.of("Overlaps", "Überschneidung").to_owned(),
        (0, _) => language
            .of("No time between", "Keine Zeit dazwischen")
            .to_owned(),
        (1, Language::En) => "Only 1 minute between".to_owned(),
        (1, Language::De) => "Nur 1 Minute dazwischen".to_owned(),
        (_, Language::En) => format!("Only {minutes} minutes between"),
        (_, Language::De) => format!("Nur {minutes} Minuten dazwischen"),
    };
    let [first, second] = sides.map(|side| side.who.unwrap_or(somebody(language)));
    let body = sides
        .map(|side| format!("{} · {}", written(side.slot, here), side.provider))
        .join("\n");
    let full = Wording {
        title: format!("{what}: {first} {} {second}", language.of("and", "und")),
        body: body.clone(),
    };
    let discreet = Wording {
        title: format!("{what}: {}", language.of("two bookings", "zwei Buchungen")),
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
            endpoint_id: id,
            host: None,
            title: None,
            start: at(start),
            end: end.map(at),
            buffer,
        }
    }

    #[test]
    fn back_to_back_is_no_overlap() {
        let (first, second) = (span(1, 0, Some(60), 0), span(2, 60, Some(90), 0));
        assert_eq!(first.too_close_to(&second), None);
    }

    #[test]
    fn the_larger_buffer_of_two_has_to_stay_free_and_no_more() {
        let first = span(1, 0, Some(60), 10);
        let after = |minutes: i64, buffer| span(2, 60 + minutes, Some(120), buffer);
        let between = |other: Span| first.too_close_to(&other);
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
        let long = span(1, 0, Some(120), 0);
        let (first, second, after) = (
            span(2, 10, Some(20), 0),
            span(3, 30, None, 0),
            span(4, 120, None, 0),
        );
        assert!(long.too_close_to(&first).is_some() && long.too_close_to(&second).is_some());
        assert_eq!(long.too_close_to(&after), None);
        assert_eq!(first.too_close_to(&second), None);
    }

    #[test]
    fn two_bookings_are_told_of_in_the_order_of_their_times() {
        let now = "2026-06-10T08:00:00Z".parse().unwrap();
        let here = Here::new(now, jiff::tz::TimeZone::UTC);
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
    fn what_one_endpoint_has_side_by_side_is_meant_to_be_so() {
        let of = |id: i64, endpoint_id: i64, host: Option<&str>, title: &str, minutes: i64| Span {
            endpoint_id,
            host: host.map(str::to_owned),
            title: Some(title.to_owned()),
            ..span(id, 0, Some(minutes), 0)
        };
        let class = of(1, 1, None, "Yoga", 60);
        let too_close = |other: Span| class.too_close_to(&other).is_some();
        assert!(!too_close(of(2, 1, None, "Yoga", 60)), "one more place");
        assert!(too_close(of(2, 1, None, "Yoga", 90)), "another slot");
        assert!(too_close(of(2, 1, None, "Massage", 60)), "something else");
        assert!(too_close(of(2, 2, None, "Yoga", 60)), "another endpoint");

        let anna = of(1, 1, Some("Anna"), "Cut", 60);
        let too_close = |endpoint: i64, host: Option<&str>| {
            anna.too_close_to(&of(2, endpoint, host, "Colour", 30))
                .is_some()
        };
        assert!(!too_close(1, Some("Ben")));
        assert!(too_close(1, Some("Anna")));
        assert!(too_close(1, None), "nobody knows whose it is");
        assert!(
            too_close(2, Some("Ben")),
            "two systems may write one name in two ways"
        );
    }

    proptest! {
        #[test]
        fn two_that_want_the_same_time_or_their_buffer_are_too_close_and_no_others(
            one in (0i64..200, prop::option::of(-5i64..60), prop::sample::select(vec![0u16, 0, 5, 30])),
            other in (0i64..200, prop::option::of(-5i64..60), prop::sample::select(vec![0u16, 0, 5, 30])),
        ) {
            let of = |id, (start, length, buffer): (i64, Option<i64>, u16)| {
                span(id, start, length.map(|length| start + length), buffer)
            };
            let (one, other) = (of(1, one), of(2, other));
            let buffer = SignedDuration::from_mins(one.buffer.max(other.buffer).into());
            let both = one.start < other.until() + buffer && other.start < one.until() + buffer;
            prop_assert_eq!(both, one.too_close_to(&other).is_some());
            prop_assert_eq!(one.too_close_to(&other), other.too_close_to(&one));
        }
    }
}
