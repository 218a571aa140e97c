//! Counts over many bookings, for pictures: how many a day, how long before, at which hours.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::event::EventKind;
use crate::provider::Provider;

/// What is counted of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What happened.
    pub kind: EventKind,
    /// Its provider.
    pub provider: Provider,
    /// When the person acted, as far as is known.
    pub at: Timestamp,
    /// When the booking begins, if a time of day is known.
    pub start: Option<Timestamp>,
}

/// What happened on one day at one provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// New bookings.
    pub created: u32,
    /// Bookings that were moved.
    pub rescheduled: u32,
    /// Bookings that were cancelled.
    pub cancelled: u32,
}

/// The upper ends of the buckets of lead times, in days. What is longer is in a last one.
pub const LEAD_DAYS: [i64; 6] = [0, 1, 3, 7, 14, 30];

/// Counts over many events. Days and hours are those of the person's zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Each day on which something happened, by provider.
    pub days: BTreeMap<(Date, Provider), Day>,
    /// New bookings by the days between booking and beginning: [`LEAD_DAYS`], and longer.
    pub lead: [u32; LEAD_DAYS.len() + 1],
    /// New bookings by the hour at which they begin.
    pub hours: [u32; 24],
    /// New bookings in all.
    pub created: u32,
    /// Cancellations in all.
    pub cancelled: u32,
}

/// Counts `events`. Only bookings, moves and cancellations count.
pub fn overview(events: impl IntoIterator<Item = Counted>, time_zone: &TimeZone) -> Overview {
    let mut counts = Overview::default();
    for event in events {
        let here = event.at.to_zoned(time_zone.clone());
        let day = |counts: &mut Overview, count: fn(&mut Day) -> &mut u32| {
            let day = counts
                .days
                .entry((here.date(), event.provider))
                .or_default();
            *count(day) += 1;
        };
        match event.kind {
            EventKind::Created => {
                day(&mut counts, |day| &mut day.created);
                counts.created += 1;
                if let Some(start) = event.start {
                    let begins = start.to_zoned(time_zone.clone());
                    if let Some(hour) = usize::try_from(begins.hour())
                        .ok()
                        .and_then(|hour| counts.hours.get_mut(hour))
                    {
                        *hour += 1;
                    }
                    if let Some(bucket) = counts.lead.get_mut(lead(&here.date(), &begins.date())) {
                        *bucket += 1;
                    }
                }
            }
            EventKind::Rescheduled => day(&mut counts, |day| &mut day.rescheduled),
            EventKind::Cancelled => {
                day(&mut counts, |day| &mut day.cancelled);
                counts.cancelled += 1;
            }
            _ => {}
        }
    }
    counts
}

/// The bucket of the days from one date to another. What begins before it was booked counts as the same day.
fn lead(booked: &Date, begins: &Date) -> usize {
    let days =
        begins.duration_since(*booked).as_hours() / SignedDuration::from_hours(24).as_hours();
    LEAD_DAYS
        .iter()
        .position(|end| days <= *end)
        .unwrap_or(LEAD_DAYS.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;

    fn counted(kind: EventKind, at: &str, start: Option<&str>) -> Counted {
        Counted {
            kind,
            provider: Provider::Bookora,
            at: at.parse().unwrap(),
            start: start.map(|start| start.parse().unwrap()),
        }
    }

    #[test]
    fn days_and_hours_are_those_of_the_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let events = [
            counted(
                EventKind::Created,
                "2026-11-20T23:30:00Z",
                Some("2026-11-21T08:00:00Z"),
            ),
            counted(EventKind::Cancelled, "2026-11-21T10:00:00Z", None),
            counted(EventKind::Confirmed, "2026-11-21T10:00:00Z", None),
        ];
        let counts = overview(events, &zone);
        let day = counts.days[&("2026-11-21".parse().unwrap(), Provider::Bookora)];
        assert_eq!((day.created, day.rescheduled, day.cancelled), (1, 0, 1));
        assert_eq!(
            (counts.days.len(), counts.hours[9], counts.lead[0]),
            (1, 1, 1)
        );
        assert_eq!((counts.created, counts.cancelled), (1, 1));
    }

    #[test]
    fn lead_times_are_counted_in_days_of_the_calendar() {
        let booked: Date = "2026-03-27".parse().unwrap();
        let bucket = |begins: &str| lead(&booked, &begins.parse().unwrap());
        assert_eq!(
            [
                "2026-03-20",
                "2026-03-27",
                "2026-03-28",
                "2026-03-30",
                "2026-04-03",
                "2026-04-10",
                "2026-04-26",
                "2026-04-27"
            ]
            .map(bucket),
            [0, 0, 1, 2, 3, 4, 5, 6]
        );
    }
}
