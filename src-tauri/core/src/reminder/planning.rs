//! Which reminders of a booking are due, and which wait.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Cause, GRACE, Mark, Rules, Subject};
use crate::event::BookingStatus;
use crate::notice::Here;
use crate::slot::Slot;

/// What there is to tell of a booking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// To be told now.
    pub due: Option<Mark>,
    /// To be told later, the next first.
    pub waiting: Vec<Mark>,
}

impl Plan {
    /// When to look again.
    pub fn next(&self) -> Option<Timestamp> {
        self.waiting.first().map(|mark| mark.at)
    }
}

/// The beginning of a booking, as [`Cause::once`] names it.
pub fn beginning(slot: &Slot) -> String {
    match slot {
        Slot::Timed { start, .. } => start.as_second().to_string(),
        Slot::Day { date, .. } => date.to_string(),
    }
}

/// From when on a booking is over.
pub fn over_at(slot: &Slot, time_zone: &TimeZone) -> Option<Timestamp> {
    match slot {
        Slot::Timed { start, end } => {
            let least = start.checked_add(GRACE).ok()?;
            Some(end.map_or(least, |end| end.max(least)))
        }
        Slot::Day { date, .. } => Some(
            date.tomorrow()
                .ok()?
                .to_zoned(time_zone.clone())
                .ok()?
                .timestamp(),
        ),
    }
}

/// Whether there may be anything to tell of a booking: it takes place, the person is not done with it, and it is not over.
pub fn is_ahead(subject: &Subject, here: &Here) -> bool {
    let takes_place = matches!(
        subject.status,
        BookingStatus::Pending | BookingStatus::Confirmed
    );
    let over = over_at(&subject.slot, &here.time_zone).is_none_or(|over| over <= here.now);
    takes_place && !subject.done && !over
}

/// What there is to tell of a booking at this moment and place.
pub fn plan(subject: &Subject, rules: &Rules, here: &Here) -> Plan {
    if !is_ahead(subject, here) {
        return Plan::default();
    }
    let mut marks = chosen(subject, rules, &here.time_zone);
    let known = known_since(subject, rules, here.now);
    marks.retain(|mark| known.is_none_or(|known| mark.at > known));
    let snoozes = snoozes(subject);
    marks.retain(|mark| {
        let silenced = |(from, until): &(Timestamp, Timestamp)| *from < mark.at && mark.at < *until;
        !snoozes.iter().any(silenced)
    });
    marks.extend(snoozes.iter().map(|(_, until)| Mark {
        at: *until,
        cause: Cause::Snooze(*until),
    }));
    marks.extend(again(subject, rules));
    // Of one moment the person's own snooze speaks last.
    marks.sort_by_key(|mark| (mark.at, mark.cause));
    // One answer may be that of several.
    marks.dedup();

    let passed = marks.partition_point(|mark| mark.at <= here.now);
    let waiting = marks.split_off(passed);
    // What a wrong clock told in the future speaks for itself alone.
    let told = |mark: &Mark| {
        let mut told = subject.told.iter();
        told.any(|told| {
            let since = mark.at <= told.planned_at && told.planned_at <= here.now;
            told.cause == mark.cause || since
        })
    };
    Plan {
        due: marks.last().copied().filter(|mark| !told(mark)),
        waiting: waiting.into_iter().filter(|mark| !told(mark)).collect(),
    }
}

/// Before this every moment had passed already when Bellhop came to know of it. What lies in the future was written down
/// by a clock that was wrong, and says nothing.
fn known_since(subject: &Subject, rules: &Rules, now: Timestamp) -> Option<Timestamp> {
    let chosen = subject
        .own
        .as_ref()
        .map_or(rules.since, |own| Some(own.since));
    let moments = [subject.known_since, chosen];
    moments
        .into_iter()
        .flatten()
        .filter(|moment| *moment <= now)
        .max()
}

/// The moments that the person chose.
fn chosen(subject: &Subject, rules: &Rules, time_zone: &TimeZone) -> Vec<Mark> {
    let rule = rules.rule_of(subject.endpoint_id, subject.title.as_deref());
    let special = subject
        .own
        .as_ref()
        .map(|own| &own.leads)
        .or(rule.map(|rule| &rule.leads));
    match &subject.slot {
        Slot::Timed { start, .. } => special
            .unwrap_or(&rules.leads)
            .iter()
            .filter_map(|minutes| {
                let before = SignedDuration::from_mins(i64::from(*minutes));
                Some(Mark {
                    at: start.checked_sub(before).ok()?,
                    cause: Cause::Lead(*minutes),
                })
            })
            .collect(),
        Slot::Day { .. } if special.is_some_and(Vec::is_empty) => Vec::new(),
        Slot::Day { date, .. } => {
            let time = rules
                .day_hour
                .and_then(|hour| Time::new(i8::try_from(hour).ok()?, 0, 0, 0).ok());
            let at = time.and_then(|time| date.to_datetime(time).to_zoned(time_zone.clone()).ok());
            let mark = at.map(|at| Mark {
                at: at.timestamp(),
                cause: Cause::Day,
            });
            mark.into_iter().collect()
        }
    }
}

/// The times in which the person wants to hear nothing, each with the moment after it.
fn snoozes(subject: &Subject) -> Vec<(Timestamp, Timestamp)> {
    let start = subject.slot.start();
    let answers = subject.told.iter().filter_map(|told| told.answer);
    answers
        .filter_map(|(answer, at)| {
            let begins = start.filter(|start| *start > at);
            let until = match answer.snooze()?.minutes() {
                Some(minutes) => {
                    let until = at.checked_add(minutes.minutes()).ok()?;
                    begins.map_or(until, |begins| until.min(begins))
                }
                None => begins?,
            };
            Some((at, until))
        })
        .collect()
}

/// The moment at which the last one is told again, since nobody has answered.
fn again(subject: &Subject, rules: &Rules) -> Option<Mark> {
    let pause = i64::from(rules.repeat_minutes.filter(|minutes| *minutes > 0)?).minutes();
    let shown = subject.told.iter().filter_map(|told| told.shown_at).max()?;
    let answers = subject.told.iter().filter_map(|told| told.answer);
    if answers.into_iter().any(|(_, at)| at >= shown) {
        return None;
    }
    let at = shown.checked_add(pause).ok()?;
    let begun = subject.slot.start().is_some_and(|start| at > start);
    (!begun).then_some(Mark {
        at,
        cause: Cause::Again(at),
    })
}
