//! Bookings, persons and computers to which anything happens, in any order.

use std::collections::{BTreeMap, BTreeSet};

use bellhop_core::answer::{Answer, Snooze};
use bellhop_core::event::BookingStatus;
use bellhop_core::notice::Here;
use bellhop_core::reminder::{Cause, GRACE, Rules, Subject, Told, beginning, over_at, plan};
use bellhop_core::slot::Slot;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use proptest::prelude::*;

use crate::{ZONES, at, leads, rules, subject, timed, zone};

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

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    let answer = prop_oneof![
        Just(Answer::Opened),
        proptest::sample::select(Snooze::ALL.to_vec()).prop_map(Answer::Later),
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
        let here = Here::new(self.now, self.zone.clone());
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
            let here = Here::new(self.now, self.zone.clone());
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
}
