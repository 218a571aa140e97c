//! What is said of an event.

use super::{Here, Wording, Words, is_announced};
use crate::booking::{Booking, Step};
use crate::event::{BookingStatus, Event, EventKind};
use crate::language::Language;
use crate::provider::Provider;
use crate::slot::Slot;
use crate::times::written;

/// What happened, in the words that begin whatever tells of it.
pub fn headline(kind: EventKind, language: Language) -> &'static str {
    match kind {
        EventKind::Created => language.of("New booking", "Neue Buchung"),
        EventKind::Confirmed => language.of("Confirmed", "Bestätigt"),
        EventKind::Rescheduled => language.of("Moved", "Verlegt"),
        EventKind::Cancelled => language.of("Cancelled", "Abgesagt"),
        EventKind::Completed => language.of("Completed", "Abgeschlossen"),
        EventKind::NoShow => language.of("No-show", "Nicht erschienen"),
        EventKind::Updated => language.of("Updated", "Geändert"),
        EventKind::Other => language.of("Other call", "Sonstiges"),
    }
}

/// Whoever has no name, e-mail address or phone number.
pub fn somebody(language: Language) -> &'static str {
    language.of("somebody", "jemand")
}

/// Words one event of a booking. `None` for kinds that are shown in the timeline alone.
///
/// `booking` and `step` are missing for an event that names no booking.
pub fn word(
    provider: Provider,
    event: &Event,
    step: Option<&Step>,
    booking: Option<&Booking>,
    here: &Here,
) -> Option<Words> {
    let kind = step.map_or(event.kind, |step| step.kind);
    if !is_announced(kind) {
        return None;
    }
    let attendee = event
        .attendee
        .display()
        .or_else(|| booking.and_then(|booking| booking.attendee.display()));
    let who = attendee.unwrap_or(somebody(here.language)).to_owned();
    let title = event
        .title
        .as_deref()
        .or_else(|| booking.and_then(|booking| booking.title.as_deref()));
    let when = step
        .and_then(|step| step.slot.as_ref())
        .or(event.slot.as_ref());
    let what = title.map_or_else(
        || provider.to_string(),
        |title| format!("{title} · {provider}"),
    );

    let previous = step.and_then(|step| step.previous.as_ref());
    let time = time(kind, when, previous, here);
    let mut lines: Vec<String> = time.into_iter().chain([what]).collect();
    if kind == EventKind::Cancelled
        && let Some(reason) = &event.reason
    {
        let (open, close) = here.language.of(('“', '”'), ('„', '“'));
        lines.push(format!("{open}{reason}{close}"));
    }
    lines.extend(since(kind, step, booking, here.language));
    Some(Words {
        full: Wording {
            title: format!("{}: {who}", headline(kind, here.language)),
            body: lines.join("\n"),
        },
        discreet: discreet(kind, provider, when, previous, here),
    })
}

/// What is told of an event without naming anybody: what happened, when, and at which booking system.
pub fn discreet(
    kind: EventKind,
    provider: Provider,
    when: Option<&Slot>,
    previous: Option<&Slot>,
    here: &Here,
) -> Wording {
    let time = time(kind, when, previous, here);
    let lines: Vec<String> = time.into_iter().chain([provider.to_string()]).collect();
    Wording {
        title: headline(kind, here.language).to_owned(),
        body: lines.join("\n"),
    }
}

fn time(
    kind: EventKind,
    when: Option<&Slot>,
    previous: Option<&Slot>,
    here: &Here,
) -> Option<String> {
    match kind {
        EventKind::Rescheduled => moved(previous, when, here),
        _ => when.map(|slot| written(slot, here)),
    }
}

/// What has become of the booking since, where this event arrived late.
fn since(
    kind: EventKind,
    step: Option<&Step>,
    booking: Option<&Booking>,
    language: Language,
) -> Option<String> {
    let (step, booking) = (step?, booking?);
    if !step.overtaken {
        return None;
    }
    let now = match booking.status {
        BookingStatus::Cancelled if kind != EventKind::Cancelled => {
            language.of("it has been cancelled since", "inzwischen ist sie abgesagt")
        }
        BookingStatus::Completed => language.of(
            "it has taken place since",
            "inzwischen hat sie stattgefunden",
        ),
        _ => language.of("it has changed since", "inzwischen ist sie geändert"),
    };
    Some(match language {
        Language::En => format!("This arrived late: {now}."),
        Language::De => format!("Das kam verspätet an: {now}."),
    })
}

fn moved(previous: Option<&Slot>, when: Option<&Slot>, here: &Here) -> Option<String> {
    let new = written(when?, here);
    Some(match previous {
        Some(old) => format!("{} → {new}", written(old, here)),
        None => format!("{} {new}", here.language.of("Now", "Jetzt")),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::notice::{Loudness, Privacy, loudness};

    fn seen(privacy: Privacy, kind: EventKind, when: Option<&str>) -> (String, String) {
        let here = Here::new("2026-11-19T12:00:00Z".parse().unwrap(), TimeZone::UTC);
        let day = |date: &str| Slot::Day {
            date: date.parse().unwrap(),
            time_slot: None,
        };
        let full = Wording {
            title: "New booking: Jane Doe".to_owned(),
            body: "Jane’s haircut\n“Because of Jane”".to_owned(),
        };
        let (when, previous) = (when.map(day), day("2026-11-20"));
        let provider = Provider::ReserveKit;
        let discreet = discreet(kind, provider, when.as_ref(), Some(&previous), &here);
        let told = Words { full, discreet }.at(privacy);
        (told.title, told.body)
    }

    #[test]
    fn without_names_only_what_happened_when_and_where_is_told() {
        let told = |kind, when| -> (String, String) { seen(Privacy::WithoutNames, kind, when) };
        let of = |title: &str, body: &str| (title.to_owned(), body.to_owned());
        assert_eq!(
            told(EventKind::Rescheduled, Some("2026-11-24")),
            of("Moved", "Fri 20 Nov → Tue 24 Nov\nReserveKit")
        );
        assert_eq!(
            told(EventKind::Created, Some("2027-01-04")),
            of("New booking", "Mon 4 Jan 2027\nReserveKit")
        );
        // Where no time is known, none is invented.
        assert_eq!(
            told(EventKind::Cancelled, None),
            of("Cancelled", "ReserveKit")
        );
        let nothing = seen(Privacy::Nothing, EventKind::Created, Some("2026-11-24"));
        assert_eq!(nothing, of("New booking", ""));
        let full = seen(Privacy::Full, EventKind::Created, None);
        assert!(full.0.contains("Jane") && full.1.contains("Jane"));
    }

    #[test]
    fn a_cancellation_shortly_before_is_urgent_and_nothing_else_is() {
        let here = Here::new("2026-11-19T12:00:00Z".parse().unwrap(), TimeZone::UTC);
        let timed = |start: &str| {
            let start: Timestamp = start.parse().unwrap();
            let end = Some(start + SignedDuration::from_mins(30));
            Slot::Timed { start, end }
        };
        let day = |date: &str| Slot::Day {
            date: date.parse().unwrap(),
            time_slot: None,
        };
        let cancelled = |slot: Slot| loudness(EventKind::Cancelled, Some(&slot), &here);
        for near in [
            timed("2026-11-20T12:00:00Z"),
            timed("2026-11-19T11:45:00Z"),
            day("2026-11-19"),
            day("2026-11-20"),
        ] {
            assert_eq!(cancelled(near.clone()), Loudness::Urgent, "{near:?}");
        }
        for far in [
            timed("2026-11-20T12:00:01Z"),
            timed("2026-11-19T11:30:00Z"),
            day("2026-11-18"),
            day("2026-11-21"),
        ] {
            assert_eq!(cancelled(far.clone()), Loudness::Normal, "{far:?}");
        }
        assert_eq!(
            loudness(
                EventKind::Created,
                Some(&timed("2026-11-19T13:00:00Z")),
                &here
            ),
            Loudness::Normal
        );
        assert_eq!(
            loudness(EventKind::Cancelled, None, &here),
            Loudness::Normal
        );
    }
}
