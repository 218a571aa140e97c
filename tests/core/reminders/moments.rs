//! When a reminder is due, and when it is over.

use bellhop_core::answer::{Answer, Snooze};
use bellhop_core::reminder::{Cause, Rules, Subject, beginning, plan};
use bellhop_core::slot::Slot;
use jiff::Timestamp;
use jiff::civil::Date;

use proptest::prelude::*;

use crate::{ZONES, at, day, due, here, lead, leads, rules, subject, timed, told, zone};

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
}

#[test]
fn every_answer_has_a_word_and_a_snooze_its_length() {
    let kept = [
        ("opened", Answer::Opened, None),
        ("done", Answer::Done, None),
        ("dismissed", Answer::Dismissed, None),
        ("snoozed", Answer::Snoozed, Some(Snooze::TenMinutes)),
        (
            "snoozed_1",
            Answer::Later(Snooze::Minute),
            Some(Snooze::Minute),
        ),
        (
            "snoozed_start",
            Answer::Later(Snooze::UntilStart),
            Some(Snooze::UntilStart),
        ),
    ];
    for (word, answer, snooze) in kept {
        assert_eq!(answer.as_str(), word);
        assert_eq!(Answer::from_word(word), Some(answer));
        assert_eq!(answer.snooze(), snooze);
    }
    assert_eq!(Answer::from_word("snoozed_2"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

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
