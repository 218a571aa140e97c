//! When the silence of an endpoint is unusual, and when it is not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use bellhop_core::gap::Span;
use bellhop_core::rhythm::{COVERED, DAYS, LEAST, Rhythm, TIMES};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

/// Hours after 2026-06-01 00:00 UTC, a Monday.
fn at(hour: i64) -> Timestamp {
    let start: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(hour)
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn span(begin: i64, end: impl Into<Option<i64>>) -> Span {
    Span {
        begin: at(begin),
        end: end.into().map(at),
    }
}

/// Calls at these hours of a day, on the days of `weeks` weeks that `open` names (0 is Monday).
fn calls(weeks: i64, open: &[i64], hours: &[i64]) -> Vec<Timestamp> {
    (0..weeks)
        .flat_map(|week| {
            open.iter()
                .flat_map(move |day| hours.iter().map(move |hour| (week * 7 + day) * 24 + hour))
        })
        .map(at)
        .collect()
}

/// Called every hour from 9 to 17, from Monday to Friday.
fn office(weeks: i64) -> Vec<Timestamp> {
    calls(
        weeks,
        &[0, 1, 2, 3, 4],
        &[9, 10, 11, 12, 13, 14, 15, 16, 17],
    )
}

#[test]
fn an_office_is_not_suspected_on_weekends_nor_in_a_quiet_week() {
    let calls = office(6);
    let rhythm = Rhythm::of(&calls, &[]).unwrap();
    assert_eq!(rhythm.usual_pause, hours(64), "Friday 17:00 to Monday 9:00");
    let last = *calls.last().unwrap();
    let from = rhythm.unusual_from(last, &[]).unwrap();
    let monday_after_a_quiet_week = last + hours(64 + 7 * 24);
    assert!(from > monday_after_a_quiet_week, "{from}");
    assert!(from <= last + hours(11 * 24), "{from}");
}

#[test]
fn one_that_is_called_round_the_clock_is_missed_after_three_days() {
    let every_day = calls(6, &[0, 1, 2, 3, 4, 5, 6], &[1, 7, 13, 19]);
    let rhythm = Rhythm::of(&every_day, &[]).unwrap();
    assert_eq!(rhythm.usual_pause, hours(6));
    assert_eq!(rhythm.limit(), LEAST);
}

#[test]
fn one_holiday_is_not_what_is_usual_and_as_long_a_silence_is_not_told_again() {
    let holiday = 17 * 24;
    let mut calls = office(5);
    calls.extend(
        office(5)
            .iter()
            .map(|call| *call + hours(5 * 7 * 24 + 14 * 24)),
    );
    let rhythm = Rhythm::of(&calls, &[]).unwrap();
    assert_eq!(rhythm.usual_pause, hours(64));
    assert!(rhythm.longest_pause <= hours(holiday), "{rhythm:?}");
    assert_eq!(rhythm.limit(), rhythm.longest_pause);
}

#[test]
fn a_few_calls_tell_nothing() {
    assert_eq!(Rhythm::of(&[], &[]), None);
    assert_eq!(Rhythm::of(&[at(0)], &[]), None);
    assert_eq!(Rhythm::of(&office(3), &[]), None, "three weeks");
    // Four weeks are covered, on too few days.
    let mut burst: Vec<Timestamp> = (0..200).map(|call| at(call / 20)).collect();
    burst.push(at(40 * 24));
    assert_eq!(Rhythm::of(&burst, &[]), None);
    assert!(Rhythm::of(&office(5), &[]).is_some());
}

#[test]
fn a_time_in_which_we_could_not_be_reached_is_no_silence() {
    let calls = office(6);
    let last = *calls.last().unwrap();
    let rhythm = Rhythm::of(&calls, &[]).unwrap();
    let usual = rhythm.unusual_from(last, &[]).unwrap();
    let hour = |moment: Timestamp| moment.duration_since(at(0)).as_hours();

    // A week off the network after the last call delays what is told by that week.
    let off = span(hour(last) + 5, hour(last) + 5 + 7 * 24);
    assert_eq!(
        rhythm.unusual_from(last, &[off]),
        Some(usual + hours(7 * 24))
    );
    // A gap before the last call, or after it was unusual already, changes nothing.
    for other in [span(0, 40), span(hour(usual) + 1, hour(usual) + 50)] {
        assert_eq!(rhythm.unusual_from(last, &[other]), Some(usual));
    }
    // While one goes on, nobody can tell.
    assert_eq!(
        rhythm.unusual_from(last, &[span(hour(last) + 1, None)]),
        None
    );
    // Nor is it a pause of the past: these weekends are ours.
    let weekends: Vec<Span> = (0..6)
        .map(|week| span(week * 168 + 4 * 24 + 18, week * 168 + 7 * 24 + 8))
        .collect();
    assert_eq!(
        Rhythm::of(&calls, &weekends).unwrap().longest_pause,
        hours(16)
    );
}

prop_compose! {
    fn moments()(minutes in prop::collection::vec(0i64..150 * 24 * 60, 0..160)) -> Vec<Timestamp> {
        minutes.into_iter().map(|minute| at(0) + SignedDuration::from_mins(minute)).collect()
    }
}

prop_compose! {
    fn outages()(times in prop::collection::vec((0i64..180 * 24, 0i64..200), 0..12)) -> Vec<Span> {
        times.into_iter().map(|(begin, length)| span(begin, begin + length)).collect()
    }
}

proptest! {
    #[test]
    fn what_has_happened_before_is_never_unusual(calls in moments(), gaps in outages()) {
        if let Some(rhythm) = Rhythm::of(&calls, &gaps) {
            prop_assert!(rhythm.usual_pause <= rhythm.longest_pause);
            prop_assert!(rhythm.limit() >= rhythm.longest_pause);
            prop_assert!(rhythm.limit() >= rhythm.usual_pause * TIMES);
            prop_assert!(rhythm.limit() >= LEAST);
            prop_assert!(rhythm.longest_pause >= SignedDuration::ZERO);
        }
    }

    #[test]
    fn the_order_of_calls_and_gaps_does_not_matter(calls in moments(), gaps in outages(), seed in any::<u64>()) {
        let turned = |length: usize| usize::try_from(seed).unwrap_or(7) % length.max(1);
        let (mut other_calls, mut other_gaps) = (calls.clone(), gaps.clone());
        other_calls.rotate_left(turned(calls.len()));
        other_gaps.rotate_left(turned(gaps.len()));
        let rhythm = Rhythm::of(&calls, &gaps);
        prop_assert_eq!(rhythm, Rhythm::of(&other_calls, &other_gaps));
        if let Some(rhythm) = rhythm {
            let last = *calls.iter().max().unwrap();
            prop_assert_eq!(rhythm.unusual_from(last, &gaps), rhythm.unusual_from(last, &other_gaps));
        }
    }

    #[test]
    fn a_gap_only_delays_what_is_told(calls in moments(), gaps in outages()) {
        if let Some(rhythm) = Rhythm::of(&calls, &[]) {
            let last = *calls.iter().max().unwrap();
            let without = rhythm.unusual_from(last, &[]).unwrap();
            prop_assert_eq!(without, last + rhythm.limit());
            prop_assert!(rhythm.unusual_from(last, &gaps).unwrap() >= without);
        }
    }

    #[test]
    fn too_few_days_or_weeks_tell_nothing(calls in moments()) {
        let days = calls.iter().map(|call| call.as_second().div_euclid(86_400)).collect::<std::collections::BTreeSet<_>>().len();
        let covered = calls.iter().max().zip(calls.iter().min()).map_or(SignedDuration::ZERO, |(last, first)| last.duration_since(*first));
        prop_assert_eq!(Rhythm::of(&calls, &[]).is_some(), days >= DAYS && covered >= COVERED);
    }
}
