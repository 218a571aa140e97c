//! Which reminders come, and when: whatever happens to the booking, the computer and its clock.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

#[path = "reminders/any_life.rs"]
mod any_life;
#[path = "reminders/choices.rs"]
mod choices;
#[path = "reminders/moments.rs"]
mod moments;

use bellhop_core::event::BookingStatus;
use bellhop_core::notice::Here;
use bellhop_core::reminder::{Cause, Mark, Rules, Subject, Told, plan};
use bellhop_core::slot::Slot;
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
    Here::new(now, zone(zone_name))
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

const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"];

fn leads() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(prop_oneof![Just(0), 1..20u32, 20..200u32], 0..4)
}
