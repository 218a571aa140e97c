//! When there is a digest, and what it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::collections::BTreeSet;

use bellhop_core::digest::{
    Contents, MORNING, Reason, Schedule, is_told_of, morning, next_morning, word,
};
use bellhop_core::gap::Span;
use bellhop_core::notice::{Here, Privacy};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use proptest::prelude::*;

const ZONES: [&str; 5] = [
    "UTC",
    "Europe/Berlin",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "America/St_Johns",
];

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn here(now: &str) -> Here {
    Here::new(at(now), zone("Europe/Berlin"))
}

fn said(reason: Reason, contents: &Contents, since: &str, now: &str) -> (String, String) {
    let words = word(reason, contents, at(since), &here(now));
    assert_eq!(words.full, words.discreet, "it names nobody");
    let said = words.at(Privacy::Full);
    (said.title, said.body)
}

fn of(title: &str, lines: &[&str]) -> (String, String) {
    (title.to_owned(), lines.join("\n"))
}

fn span(begin: &str, end: Option<&str>) -> Span {
    Span {
        begin: at(begin),
        end: end.map(at),
    }
}

const DAY: Date = date(2026, 6, 15);

#[test]
fn a_morning_says_what_is_today_what_came_and_what_was_missed() {
    let contents = Contents {
        created: 3,
        cancelled: 1,
        ahead: 5,
        first: Some(at("2026-06-15T07:00:00Z")),
        gaps: vec![span("2026-06-15T00:10:00Z", Some("2026-06-15T04:30:00Z"))],
        not_shown: 2,
        overlaps: 1,
        ..Contents::default()
    };
    let morning = Reason::Morning(DAY);
    let now = "2026-06-15T06:00:00Z";
    assert_eq!(
        said(morning, &contents, "2026-06-14T06:00:00Z", now),
        of(
            "Today: 5 bookings, the first at 09:00",
            &[
                "Since yesterday: 3 new, 1 cancelled",
                "1 gap: 02:10–06:30",
                "2 notifications were not shown",
                "1 overlap to look at",
            ]
        )
    );
    let quiet = Contents::default();
    assert!(quiet.is_nothing() && !contents.is_nothing());
    assert_eq!(
        said(morning, &quiet, "2026-06-12T06:00:00Z", now),
        of("No bookings today", &[])
    );
    let moved = Contents {
        rescheduled: 1,
        no_shows: 1,
        ahead: 1,
        first: contents.first,
        ..Contents::default()
    };
    assert_eq!(
        said(morning, &moved, "2026-06-12T06:00:00Z", now),
        of(
            "Today: 1 booking, at 09:00",
            &["Since Friday: 1 moved, 1 did not come"]
        )
    );
}

#[test]
fn after_a_gap_it_comes_first() {
    let contents = Contents {
        created: 1,
        ahead: 2,
        begun: 3,
        first: Some(at("2026-06-15T14:00:00Z")),
        gaps: vec![
            span("2026-06-14T20:00:00Z", Some("2026-06-15T11:00:00Z")),
            span("2026-06-15T11:30:00Z", Some("2026-06-15T11:40:00Z")),
        ],
        ..Contents::default()
    };
    let now = "2026-06-15T12:00:00Z";
    assert_eq!(
        said(Reason::Gap(7), &contents, "2026-06-15T06:00:00Z", now),
        of(
            "2 gaps, the longest Sun 14 Jun, 22:00–13:00",
            &[
                "Since 08:00: 1 new",
                "Today: 2 more bookings, the next at 16:00"
            ]
        )
    );
    let nothing = Contents {
        gaps: vec![span("2026-06-15T11:00:00Z", None)],
        ..Contents::default()
    };
    assert_eq!(
        said(Reason::Gap(7), &nothing, "2026-06-15T06:00:00Z", now),
        of("1 gap: since 13:00", &["Nothing came in"])
    );
}

#[test]
fn a_morning_is_the_hours_after_the_one_that_was_chosen() {
    let schedule = Schedule {
        weekdays: [true, true, true, true, true, false, false],
        ..Schedule::default()
    };
    let due = |now: &str| morning(&schedule, &now.parse::<Zoned>().unwrap());
    assert_eq!(due("2026-06-15T07:59:59+02:00[Europe/Berlin]"), None);
    assert_eq!(due("2026-06-15T08:00:00+02:00[Europe/Berlin]"), Some(DAY));
    assert_eq!(due("2026-06-15T13:59:00+02:00[Europe/Berlin]"), Some(DAY));
    assert_eq!(due("2026-06-15T14:00:00+02:00[Europe/Berlin]"), None);
    assert_eq!(
        due("2026-06-14T08:00:00+02:00[Europe/Berlin]"),
        None,
        "Sunday"
    );
    let friday: Zoned = "2026-06-12T09:00:00+02:00[Europe/Berlin]".parse().unwrap();
    let monday = next_morning(&schedule, &friday).unwrap();
    assert_eq!(monday, at("2026-06-15T06:00:00Z"));
    let never = Schedule {
        morning: false,
        ..schedule
    };
    assert_eq!(next_morning(&never, &friday), None);
}

#[test]
fn a_gap_is_told_of_when_it_is_over_and_still_news() {
    let schedule = Schedule::default();
    let night = span("2026-06-15T00:00:00Z", Some("2026-06-15T04:00:00Z"));
    let told =
        |gap, last: Option<&str>, now: &str| is_told_of(&schedule, gap, last.map(at), at(now));
    assert!(!told(night, None, "2026-06-15T04:00:30Z"), "not settled");
    assert!(told(night, None, "2026-06-15T04:01:00Z"));
    assert!(!told(night, None, "2026-06-15T10:00:00Z"), "no news");
    let before = Some("2026-06-14T06:00:00Z");
    assert!(told(night, before, "2026-06-15T04:02:00Z"));
    let since = Some("2026-06-15T04:00:30Z");
    assert!(!told(night, since, "2026-06-15T04:02:00Z"), "was told of");
    let brief = span("2026-06-15T03:50:00Z", Some("2026-06-15T04:00:00Z"));
    assert!(!told(brief, None, "2026-06-15T04:01:00Z"), "too short");
    let going_on = span("2026-06-15T00:00:00Z", None);
    assert!(!told(going_on, None, "2026-06-15T04:01:00Z"));
    let off = Schedule {
        after_gap: false,
        ..Schedule::default()
    };
    assert!(!is_told_of(&off, night, None, at("2026-06-15T04:01:00Z")));
}

/// What the computer goes through: its clock goes on, or is set, or it is carried to another zone.
#[derive(Clone, Debug)]
enum Then {
    Passes(i64),
    IsSet(i64),
    Flies(usize),
}

fn life() -> impl Strategy<Value = Vec<Then>> {
    let then = prop_oneof![
        6 => (1..300i64).prop_map(Then::Passes),
        1 => (-4000..4000i64).prop_map(Then::IsSet),
        1 => (0..ZONES.len()).prop_map(Then::Flies),
    ];
    prop::collection::vec(then, 0..120)
}

proptest! {
    /// A morning has one digest at most, in its hours alone, on a day that was chosen, whatever becomes of the clock.
    #[test]
    fn a_morning_has_one_digest_at_most(
        life in life(), hour in 0..24i8, weekdays in prop::array::uniform7(any::<bool>()),
    ) {
        let schedule = Schedule { hour, weekdays, ..Schedule::default() };
        let mut now: Timestamp = at("2026-03-27T22:00:00Z");
        let mut place = zone("Europe/Berlin");
        let mut made = BTreeSet::new();
        for then in life {
            match then {
                Then::Passes(minutes) | Then::IsSet(minutes) => now += SignedDuration::from_mins(minutes),
                Then::Flies(to) => place = zone(ZONES[to]),
            }
            let here = now.to_zoned(place.clone());
            // Whoever makes digests asks this, and keeps the names of those that there were.
            let Some(day) = morning(&schedule, &here) else { continue };
            if !made.insert(Reason::Morning(day).name()) { continue }
            prop_assert_eq!(day, here.date());
            let begins = day.at(hour, 0, 0, 0);
            let passed = here.datetime().duration_since(begins);
            prop_assert!(passed >= SignedDuration::ZERO && passed < MORNING, "{} for {}", here, begins);
            prop_assert!(weekdays[usize::try_from(day.weekday().to_monday_zero_offset()).unwrap()]);
        }
        // Names are dates, so as many digests were made as there were mornings.
        let dates: BTreeSet<Date> = made.iter().map(|name| name.parse().unwrap()).collect();
        prop_assert_eq!(dates.len(), made.len());
    }

    /// Whoever waits until the next morning finds it due then, also where the clock is changed that night.
    #[test]
    fn the_next_morning_is_one(hours in 0..20_000i64, place in 0..ZONES.len(), hour in 0..24i8) {
        let schedule = Schedule { hour, ..Schedule::default() };
        let now = (at("2026-01-01T00:00:00Z") + SignedDuration::from_hours(hours)).to_zoned(zone(ZONES[place]));
        let next = next_morning(&schedule, &now).unwrap();
        prop_assert!(next > now.timestamp() && next <= now.timestamp() + SignedDuration::from_hours(49));
        let then = next.to_zoned(zone(ZONES[place]));
        prop_assert_eq!(morning(&schedule, &then), Some(then.date()));
    }
}
