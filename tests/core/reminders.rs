//! Which reminders come, and when: whatever happens to the booking, the computer and its clock.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::collections::{BTreeMap, BTreeSet};

use bellhop_core::event::BookingStatus;
use bellhop_core::notice::Here;
use bellhop_core::reminder::{
    Answer, Cause, GRACE, Mark, Own, Rule, Rules, Snooze, Subject, Told, beginning, over_at, plan,
};
use bellhop_core::slot::Slot;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

/// Minutes after 2026-10-24 00:00 UTC: the clocks of Berlin go back in the night after it.
fn at(minute: i64) -> Timestamp {
    let start: Timestamp = "2026-10-24T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minute)
}

fn timed(start: i64, end: impl Into<Option<i64>>) -> Slot {
    Slot::Timed {
        start: at(start),
        end: end.into().map(at),
    }
}

fn day(date: &str) -> Slot {
    Slot::Day {
        date: date.parse().unwrap(),
        time_slot: None,
    }
}

fn subject(slot: Slot) -> Subject {
    Subject {
        slot,
        status: BookingStatus::Confirmed,
        done: false,
        endpoint_id: 1,
        title: Some("Haircut and finish".to_owned()),
        known_since: Some(at(-10_000)),
        own: None,
        told: Vec::new(),
    }
}

fn rules(leads: &[u32]) -> Rules {
    Rules {
        leads: leads.to_vec(),
        ..Rules::default()
    }
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn here(now: Timestamp, zone_name: &str) -> Here {
    Here {
        now,
        time_zone: zone(zone_name),
    }
}

fn due(subject: &Subject, rules: &Rules, now: i64) -> Option<Mark> {
    plan(subject, rules, &here(at(now), "UTC")).due
}

fn lead(start: i64, minutes: u32) -> Option<Mark> {
    Some(Mark {
        at: at(start - i64::from(minutes)),
        cause: Cause::Lead(minutes),
    })
}

fn told(cause: Cause, shown: i64) -> Told {
    Told {
        cause,
        planned_at: at(shown),
        shown_at: Some(at(shown)),
        answer: None,
    }
}

#[test]
fn a_reminder_comes_at_its_moment_and_once() {
    let mut booking = subject(timed(600, 630));
    let rules = rules(&[15, 60]);
    let plan = plan(&booking, &rules, &here(at(0), "UTC"));
    assert_eq!(plan.due, None);
    assert_eq!(plan.next(), Some(at(540)));
    assert_eq!(plan.waiting.len(), 2);
    assert_eq!(due(&booking, &rules, 539), None);
    assert_eq!(due(&booking, &rules, 540), lead(600, 60));
    booking.told.push(told(Cause::Lead(60), 540));
    assert_eq!(due(&booking, &rules, 541), None);
    assert_eq!(due(&booking, &rules, 585), lead(600, 15));
    booking.told.push(told(Cause::Lead(15), 585));
    assert_eq!(due(&booking, &rules, 590), None);
}

#[test]
fn several_that_were_missed_become_one_and_none_comes_after_the_end() {
    let booking = subject(timed(600, 630));
    let rules = rules(&[15, 60, 0]);
    assert_eq!(due(&booking, &rules, 590), lead(600, 15));
    assert_eq!(due(&booking, &rules, 629), lead(600, 0));
    assert_eq!(due(&booking, &rules, 630), None);
    let endless = subject(timed(600, None));
    assert_eq!(due(&endless, &rules, 600), lead(600, 0));
    assert_eq!(due(&endless, &rules, 601), None);
}

#[test]
fn what_bellhop_came_to_know_too_late_is_over() {
    let rules = rules(&[60, 15]);
    let mut booking = subject(timed(600, 630));
    booking.known_since = Some(at(550));
    assert_eq!(due(&booking, &rules, 551), None);
    assert_eq!(due(&booking, &rules, 585), lead(600, 15));
    // A clock that was wrong when the call came says nothing.
    booking.known_since = Some(at(900_000));
    assert_eq!(due(&booking, &rules, 551), lead(600, 60));
    let chosen_later = Rules {
        since: Some(at(550)),
        ..rules
    };
    booking.known_since = None;
    assert_eq!(due(&booking, &chosen_later, 551), None);
    assert_eq!(due(&booking, &chosen_later, 585), lead(600, 15));
}

#[test]
fn a_snooze_is_silent_until_its_end_and_no_longer_than_until_the_booking_begins() {
    let rules = rules(&[60, 15, 5]);
    let mut booking = subject(timed(600, 630));
    let answered = |answer, minute| Told {
        answer: Some((Answer::Later(answer), at(minute))),
        ..told(Cause::Lead(60), 540)
    };
    booking.told = vec![answered(Snooze::FiveMinutes, 541)];
    assert_eq!(due(&booking, &rules, 545), None);
    let snoozed = Cause::Snooze(at(546));
    assert_eq!(due(&booking, &rules, 546).unwrap().cause, snoozed);
    booking.told.push(told(snoozed, 546));
    assert_eq!(due(&booking, &rules, 550), None);
    assert_eq!(due(&booking, &rules, 585), lead(600, 15));

    booking.told = vec![answered(Snooze::UntilStart, 541)];
    assert_eq!(due(&booking, &rules, 599), None);
    let start = Cause::Snooze(at(600));
    assert_eq!(due(&booking, &rules, 600).unwrap().cause, start);
    booking.told = vec![answered(Snooze::TenMinutes, 595)];
    assert_eq!(due(&booking, &rules, 600).unwrap().cause, start);
}

#[test]
fn what_nobody_answers_is_told_again_until_the_booking_begins() {
    let rules = Rules {
        repeat_minutes: Some(4),
        ..rules(&[15])
    };
    let mut booking = subject(timed(600, 630));
    booking.told = vec![told(Cause::Lead(15), 585)];
    let mut again = Vec::new();
    for now in 585..640 {
        if let Some(mark) = due(&booking, &rules, now) {
            booking.told.push(told(mark.cause, now));
            again.push(now);
        }
    }
    assert_eq!(again, [589, 593, 597]);
    booking.told.truncate(2);
    booking.told[0].answer = Some((Answer::Seen, at(586)));
    assert_eq!(
        due(&booking, &rules, 593).map(|mark| mark.at),
        Some(at(593))
    );
    booking.told[0].answer = Some((Answer::Seen, at(590)));
    assert_eq!(
        due(&booking, &rules, 593),
        None,
        "the answer is to the last one too"
    );
}

#[test]
fn the_first_rule_that_fits_is_the_bookings_and_its_own_choice_comes_before() {
    let rule = |endpoint_id, title: Option<&str>, leads: &[u32], card| Rule {
        endpoint_id,
        title: title.map(str::to_owned),
        leads: leads.to_vec(),
        card,
    };
    let rules = Rules {
        rules: vec![
            rule(Some(2), Some("cut"), &[5], false),
            rule(None, Some("HAIRCUT"), &[30], true),
            rule(Some(1), None, &[], false),
        ],
        ..rules(&[15])
    };
    let mut booking = subject(timed(600, 630));
    assert_eq!(due(&booking, &rules, 570), lead(600, 30));
    assert!(rules.has_card(1, Some("Haircut")) && !rules.has_card(2, Some("Haircut")));
    booking.title = None;
    assert_eq!(due(&booking, &rules, 599), None);
    booking.endpoint_id = 3;
    assert_eq!(due(&booking, &rules, 585), lead(600, 15));
    booking.own = Some(Own {
        leads: vec![2],
        since: at(0),
    });
    assert_eq!(due(&booking, &rules, 590), None);
    assert_eq!(due(&booking, &rules, 598), lead(600, 2));

    // "None" is none for a day as well.
    let mut whole_day = subject(day("2026-10-25"));
    let on_the_day = here("2026-10-25T09:00:00Z".parse().unwrap(), "UTC");
    assert!(plan(&whole_day, &rules, &on_the_day).due.is_some());
    whole_day.title = None;
    assert_eq!(plan(&whole_day, &rules, &on_the_day).due, None);
}

#[test]
fn a_day_is_told_of_at_the_hour_of_the_place_where_the_person_is() {
    let booking = subject(day("2026-10-25"));
    let rules = Rules::default();
    for (zone_name, expected) in [
        // The hour of the morning after the clocks went back.
        ("Europe/Berlin", "2026-10-25T07:00:00Z"),
        ("America/New_York", "2026-10-25T12:00:00Z"),
        ("Pacific/Kiritimati", "2026-10-24T18:00:00Z"),
    ] {
        let waiting = plan(&booking, &rules, &here(at(0), zone_name));
        assert_eq!(
            waiting.next(),
            Some(expected.parse().unwrap()),
            "{zone_name}"
        );
        let mark = plan(
            &booking,
            &rules,
            &here(expected.parse().unwrap(), zone_name),
        )
        .due;
        assert_eq!(mark.unwrap().cause, Cause::Day);
    }
    let told = Subject {
        told: vec![told(Cause::Day, 0)],
        ..booking.clone()
    };
    let flown = here("2026-10-25T20:00:00Z".parse().unwrap(), "America/New_York");
    assert_eq!(plan(&told, &rules, &flown).due, None);
    let next_day = here("2026-10-26T04:00:00Z".parse().unwrap(), "America/New_York");
    assert_eq!(plan(&booking, &rules, &next_day).due, None);
}

#[test]
fn the_key_of_a_reminder_names_it_and_is_read_back() {
    let start = timed(600, None);
    let begins = beginning(&start);
    let moment = Timestamp::from_microsecond(1_793_000_000_123_456).unwrap();
    for (cause, key) in [
        (Cause::Lead(15), format!("reminder:12:{begins}:900")),
        (Cause::Day, format!("reminder:12:{begins}:day")),
        (
            Cause::Snooze(moment),
            format!("reminder:12:{begins}:snooze-1793000000123456"),
        ),
        (
            Cause::Again(moment),
            format!("reminder:12:{begins}:again-1793000000123456"),
        ),
    ] {
        assert_eq!(cause.once(12, &begins), key);
        assert_eq!(Cause::from_once(&key), Some((begins.as_str(), cause)));
    }
    assert_eq!(Cause::from_once("digest:2026-10-24"), None);
    assert_eq!(Cause::from_once("reminder:12:0:soon"), None);
    assert_eq!(
        Answer::from_word("snoozed_start"),
        Answer::Later(Snooze::UntilStart)
    );
    assert_eq!(
        Answer::from_word("snoozed_10"),
        Answer::Later(Snooze::TenMinutes)
    );
    assert_eq!(Answer::from_word("opened"), Answer::Seen);
}

/// What happens, in minutes.
#[derive(Clone, Debug)]
enum Happening {
    /// The program runs for so long.
    Runs(i64),
    /// The computer sleeps, or the program is off.
    Sleeps(i64),
    /// The booking is moved to so long after now, and takes so long.
    Moved(usize, i64, Option<i64>),
    /// It becomes one of a day so many days from now.
    MovedToDay(usize, i64),
    Cancelled(usize),
    Done(usize),
    /// The last reminder of it is answered.
    Answered(usize, Answer),
    /// The person is in another time zone.
    Flies(usize),
    /// The person wants other times.
    Chooses(Vec<u32>),
}

const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"];

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    let answer = prop_oneof![
        Just(Answer::Seen),
        proptest::sample::select(Answer::SNOOZES.to_vec()).prop_map(Answer::Later),
    ];
    prop_oneof![
        8 => (0..90i64).prop_map(Runs),
        3 => (0..900i64).prop_map(Sleeps),
        3 => (0..3usize, 0..300i64, proptest::option::of(1..90i64)).prop_map(|(who, start, lasts)| Moved(who, start, lasts)),
        1 => (0..3usize, 0..3i64).prop_map(|(who, day)| MovedToDay(who, day)),
        1 => (0..3usize).prop_map(Cancelled),
        1 => (0..3usize).prop_map(Done),
        3 => (0..3usize, answer).prop_map(|(who, answer)| Answered(who, answer)),
        1 => (0..ZONES.len()).prop_map(Flies),
        1 => leads().prop_map(Chooses),
    ]
}

fn leads() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(prop_oneof![Just(0), 1..20u32, 20..200u32], 0..4)
}

struct World {
    now: Timestamp,
    zone: TimeZone,
    rules: Rules,
    bookings: Vec<Subject>,
    /// What was told of earlier beginnings, as the table of notices keeps it.
    told: Vec<BTreeMap<String, Vec<Told>>>,
    keys: BTreeSet<String>,
}

impl World {
    /// The program looks, as it does at every change, at every moment that a plan named, and when it wakes.
    fn look(&mut self, slept: bool) {
        let here = Here {
            now: self.now,
            time_zone: self.zone.clone(),
        };
        for (id, booking) in self.bookings.iter_mut().enumerate() {
            let plan = plan(booking, &self.rules, &here);
            assert!(plan.waiting.iter().all(|mark| mark.at > self.now));
            let Some(mark) = plan.due else { continue };
            assert!(mark.at <= self.now, "too early");
            let takes_place = booking.status == BookingStatus::Confirmed && !booking.done;
            assert!(takes_place, "of one that does not take place");
            assert!(
                over_at(&booking.slot, &self.zone).unwrap() > self.now,
                "of what is over"
            );
            if let (false, Some(start)) = (slept, booking.slot.start()) {
                let snoozed = matches!(mark.cause, Cause::Snooze(_));
                assert!(self.now - GRACE <= start || snoozed, "of what has begun");
            }
            let id = i64::try_from(id).unwrap();
            let key = mark.cause.once(id, &beginning(&booking.slot));
            assert!(self.keys.insert(key.clone()), "twice: {key}");
            booking.told.push(Told {
                cause: mark.cause,
                planned_at: self.now,
                shown_at: Some(self.now),
                answer: None,
            });
            let again = bellhop_core::reminder::plan(booking, &self.rules, &here);
            assert_eq!(again.due, None, "one look tells one");
        }
    }

    fn runs(&mut self, minutes: i64) {
        let until = self.now + SignedDuration::from_mins(minutes);
        loop {
            self.look(false);
            let here = Here {
                now: self.now,
                time_zone: self.zone.clone(),
            };
            let next = |booking: &Subject| plan(booking, &self.rules, &here).next();
            match self.bookings.iter().filter_map(next).min() {
                Some(next) if next <= until => self.now = next,
                _ => break,
            }
        }
        self.now = until;
        self.look(false);
    }

    fn moves(&mut self, who: usize, slot: Slot) {
        let booking = &mut self.bookings[who];
        let old = beginning(&booking.slot);
        let told = &mut self.told[who];
        told.insert(old.clone(), std::mem::take(&mut booking.told));
        booking.told = told.get(&beginning(&slot)).cloned().unwrap_or_default();
        if old != beginning(&slot) {
            booking.known_since = Some(self.now);
        }
        booking.slot = slot;
    }

    fn happens(&mut self, happening: Happening) {
        let minutes = SignedDuration::from_mins;
        match happening {
            Happening::Runs(time) => return self.runs(time),
            Happening::Sleeps(time) => {
                self.now += minutes(time);
                return self.look(true);
            }
            Happening::Moved(who, start, lasts) => {
                let start = self.now + minutes(start);
                let end = lasts.map(|lasts| start + minutes(lasts));
                self.moves(who, Slot::Timed { start, end });
            }
            Happening::MovedToDay(who, days) => {
                let today: Date = self.now.to_zoned(self.zone.clone()).date();
                let date = today + jiff::Span::new().days(days);
                self.moves(
                    who,
                    Slot::Day {
                        date,
                        time_slot: None,
                    },
                );
            }
            Happening::Cancelled(who) => self.bookings[who].status = BookingStatus::Cancelled,
            Happening::Done(who) => self.bookings[who].done = true,
            Happening::Answered(who, answer) => {
                let now = self.now;
                if let Some(told) = self.bookings[who].told.last_mut() {
                    told.answer = told.answer.or(Some((answer, now)));
                }
            }
            Happening::Flies(zone_index) => self.zone = zone(ZONES[zone_index]),
            Happening::Chooses(leads) => {
                self.rules.leads = leads;
                self.rules.since = Some(self.now);
            }
        }
        self.look(false);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Never for what is over, cancelled, done or of another beginning; each once; a move at once and never both.
    #[test]
    fn whatever_happens_no_reminder_comes_that_should_not(
        first in leads(),
        repeat in proptest::option::of(1..15u32),
        starts in proptest::collection::vec((1..400i64, proptest::option::of(5..60i64)), 3),
        happenings in proptest::collection::vec(happening(), 1..40),
    ) {
        let mut world = World {
            now: at(0),
            zone: TimeZone::UTC,
            rules: Rules { repeat_minutes: repeat, ..rules(&first) },
            bookings: starts.iter().map(|(start, lasts)| subject(timed(*start, lasts.map(|lasts| start + lasts)))).collect(),
            told: vec![BTreeMap::new(); 3],
            keys: BTreeSet::new(),
        };
        for happening in happenings {
            world.happens(happening);
        }
    }

    /// Awake or asleep, exactly the last moment of each look since the one before it is told, until the booking is over.
    #[test]
    fn each_moment_is_told_once_and_of_those_missed_the_last(
        times in leads(),
        lasts in proptest::option::of(1..120i64),
        looks in proptest::collection::btree_set(0..700i64, 1..60),
    ) {
        let start = 500;
        let mut booking = subject(timed(start, lasts.map(|lasts| start + lasts)));
        let rules = rules(&times);
        let over = start + lasts.unwrap_or(1).max(1);
        let mut told_up_to = i64::MIN;
        for now in looks {
            let passed = times.iter().map(|lead| start - i64::from(*lead)).filter(|moment| *moment <= now).max();
            let expected = passed.filter(|moment| *moment > told_up_to && now < over);
            let mark = due(&booking, &rules, now);
            prop_assert_eq!(mark.map(|mark| mark.at), expected.map(at));
            if let Some(mark) = mark {
                told_up_to = expected.unwrap();
                booking.told.push(told(mark.cause, now));
            }
        }
    }

    /// Bookings of five minutes, one after the other: each has its own, at its own moment.
    #[test]
    fn bookings_back_to_back_have_their_own_reminders(first in 100..200i64, count in 2..20i64, minutes in 0..30u32) {
        let rules = rules(&[minutes]);
        for number in 0..count {
            let start = first + number * 5;
            let booking = subject(timed(start, start + 5));
            let moments: Vec<i64> = (0..400).filter(|now| due(&booking, &rules, *now) == lead(start, minutes)).collect();
            let expected: Vec<i64> = (start - i64::from(minutes)..start + 5).collect();
            prop_assert_eq!(moments, expected);
        }
    }

    /// A moment is a moment, wherever the person is and whatever the clocks there do; a day is told of at its hour there.
    #[test]
    fn zones_and_clock_changes_move_days_and_no_moments(
        start in 0..5_000i64,
        minutes in 0..3_000u32,
        hour in 0..24u8,
        days in 0..4i64,
        place in 0..ZONES.len(),
    ) {
        let rules = Rules { day_hour: Some(hour), ..rules(&[minutes]) };
        let early = here(at(-5_000), ZONES[place]);
        let moment = plan(&subject(timed(start, None)), &rules, &early);
        prop_assert_eq!(moment.next(), Some(at(start - i64::from(minutes))));
        let date = Date::constant(2026, 10, 24) + jiff::Span::new().days(days);
        let whole_day = plan(&subject(Slot::Day { date, time_slot: None }), &rules, &early);
        let there = whole_day.next().unwrap().to_zoned(zone(ZONES[place]));
        prop_assert_eq!(there.date(), date);
        prop_assert_eq!(there.hour(), i8::try_from(hour).unwrap());
    }
}
