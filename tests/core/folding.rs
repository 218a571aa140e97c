//! A booking is the same whatever the order in which its events arrive, and however often.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use bellhop_core::booking::{Story, fold};
use bellhop_core::event::{Attendee, BookingStatus, Event, EventKind};
use bellhop_core::slot::Slot;
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

fn slot(hour: i64) -> Option<Slot> {
    Some(Slot::Timed {
        start: at(hour * 3_600),
        end: Some(at((hour + 1) * 3_600)),
    })
}

fn event(kind: EventKind, id: &str, clock: i64, hour: i64) -> Event {
    Event {
        provider_booking_id: Some(id.to_owned()),
        occurred_at: Some(at(clock)),
        slot: slot(hour),
        ..Event::bare(kind, Some("any".to_owned()))
    }
}

fn kinds(story: &Story) -> Vec<EventKind> {
    story.steps.iter().map(|step| step.kind).collect()
}

#[test]
fn a_late_created_never_revives_a_cancelled_booking() {
    let cancelled = event(EventKind::Cancelled, "a", 10, 1);
    // In time, at the same time, and by a clock that is wrong.
    for clock in [5, 10, 15] {
        let story = fold(&[cancelled.clone(), event(EventKind::Created, "a", clock, 1)]).unwrap();
        assert_eq!(story.booking.status, BookingStatus::Cancelled, "{clock}");
        assert_eq!(kinds(&story), [EventKind::Cancelled, EventKind::Created]);
    }
}

#[test]
fn a_move_knows_the_time_before_even_when_the_booking_arrives_after_it() {
    let story = fold(&[
        event(EventKind::Rescheduled, "a", 20, 5),
        event(EventKind::Created, "a", 10, 1),
    ])
    .unwrap();
    assert_eq!(kinds(&story), [EventKind::Rescheduled, EventKind::Created]);
    assert_eq!(story.steps[0].previous, slot(1));
    assert!(story.steps[1].overtaken);
    assert_eq!(story.booking.slot, slot(5));
}

#[test]
fn a_reschedule_to_the_same_time_is_an_update() {
    let story = fold(&[
        event(EventKind::Created, "a", 1, 1),
        event(EventKind::Rescheduled, "a", 2, 1),
    ])
    .unwrap();
    assert_eq!(kinds(&story), [EventKind::Created, EventKind::Updated]);
    assert_eq!(story.steps[1].previous, None);
}

#[test]
fn a_changed_start_on_any_event_that_stands_is_a_reschedule() {
    for kind in [EventKind::Confirmed, EventKind::Updated, EventKind::Created] {
        let story = fold(&[event(EventKind::Created, "a", 1, 1), event(kind, "a", 2, 4)]).unwrap();
        assert_eq!(
            kinds(&story),
            [EventKind::Created, EventKind::Rescheduled],
            "{kind:?}"
        );
        assert_eq!(story.steps[1].previous, slot(1));
        assert_eq!(story.booking.slot, slot(4));
    }
}

#[test]
fn an_update_is_a_confirmation_a_move_or_an_edit_by_comparison() {
    let day = |day: i8, time_slot: &str| {
        Some(Slot::Day {
            date: date(2026, 7, day),
            time_slot: Some(time_slot.to_owned()),
        })
    };
    let told = |kind, clock, slot, status| Event {
        slot,
        status: Some(status),
        ..event(kind, "1", clock, 0)
    };
    let events = [
        told(EventKind::Created, 1, day(10, "4"), BookingStatus::Pending),
        told(
            EventKind::Updated,
            2,
            day(10, "4"),
            BookingStatus::Confirmed,
        ),
        told(
            EventKind::Updated,
            3,
            day(10, "5"),
            BookingStatus::Confirmed,
        ),
        told(
            EventKind::Updated,
            4,
            day(10, "5"),
            BookingStatus::Confirmed,
        ),
        told(
            EventKind::Updated,
            5,
            day(10, "5"),
            BookingStatus::Cancelled,
        ),
    ];
    use EventKind::*;
    assert_eq!(
        kinds(&fold(&events).unwrap()),
        [Created, Confirmed, Rescheduled, Updated, Cancelled]
    );
}

#[test]
fn a_cancellation_that_is_told_twice_is_one_and_one_that_a_booking_was_born_with_is_none() {
    use EventKind::*;
    let cancelled = |clock| event(Cancelled, "a", clock, 1);
    let revived = event(Confirmed, "a", 4, 1);
    let events = [
        event(Created, "a", 1, 1),
        cancelled(2),
        cancelled(3),
        revived,
        cancelled(5),
    ];
    let told = [Created, Cancelled, Updated, Confirmed, Cancelled];
    assert_eq!(kinds(&fold(&events).unwrap()), told);
    let stillborn = Event {
        status: Some(BookingStatus::Cancelled),
        ..event(Created, "a", 1, 1)
    };
    assert_eq!(
        kinds(&fold(&[stillborn, cancelled(2)]).unwrap()),
        [Created, Cancelled]
    );
}

#[test]
fn a_new_id_that_points_back_is_the_same_booking_and_outlives_the_old_ids_cancellation() {
    let moved = Event {
        previous_provider_booking_id: Some("a".to_owned()),
        ..event(EventKind::Rescheduled, "b", 3, 9)
    };
    let events = [
        event(EventKind::Cancelled, "a", 99, 1),
        moved,
        event(EventKind::Created, "a", 1, 1),
    ];
    let story = fold(&events).unwrap();
    assert_eq!(story.booking.status, BookingStatus::Confirmed);
    assert_eq!(story.booking.provider_booking_ids, ["a", "b"]);
    assert_eq!(story.booking.slot, slot(9));
    assert_eq!(story.steps[1].previous, slot(1));
}

#[test]
fn ids_that_point_at_each_other_end() {
    let points = |id: &str, back: &str| Event {
        previous_provider_booking_id: Some(back.to_owned()),
        ..event(EventKind::Rescheduled, id, 1, 1)
    };
    assert!(fold(&[points("a", "b"), points("b", "a"), points("c", "c")]).is_some());
    assert!(fold(&[]).is_none());
}

#[test]
fn a_call_that_leaves_the_end_or_the_name_out_takes_nothing_away() {
    let mut created = event(EventKind::Created, "a", 1, 1);
    created.attendee = Attendee {
        name: Some("Jane".to_owned()),
        ..Attendee::default()
    };
    let confirmed = Event {
        slot: Some(Slot::Timed {
            start: at(3_600),
            end: None,
        }),
        ..event(EventKind::Confirmed, "a", 2, 1)
    };
    let booking = fold(&[created, confirmed]).unwrap().booking;
    assert_eq!(booking.slot, slot(1));
    assert_eq!(booking.attendee.name.as_deref(), Some("Jane"));
}

prop_compose! {
    /// Events of one booking as untidy as they may come: clocks that tie or are missing, ids that change.
    fn any_event()(
        kind in proptest::sample::select(EventKind::ALL.to_vec()),
        id in "[a-d]",
        previous in proptest::option::weighted(0.2, "[a-d]"),
        clock in proptest::option::weighted(0.8, 0..6i64),
        hour in proptest::option::weighted(0.9, 0..4i64),
        status in proptest::option::of(proptest::sample::select(BookingStatus::ALL.to_vec())),
        name in proptest::option::of("[A-C]"),
        reason in proptest::option::of("[x-z]"),
    ) -> Event {
        Event {
            occurred_at: clock.map(at),
            slot: hour.and_then(slot),
            status,
            previous_provider_booking_id: previous,
            attendee: Attendee { name, ..Attendee::default() },
            reason,
            ..event(kind, &id, 0, 0)
        }
    }
}

/// One event once, as the store keeps them.
fn without_repeats(events: &[Event]) -> Vec<Event> {
    let mut seen = std::collections::BTreeSet::new();
    events
        .iter()
        .filter(|event| seen.insert(event.fingerprint()))
        .cloned()
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_order_and_any_repeats_give_the_same_booking_and_the_same_steps(
        (events, shuffled) in proptest::collection::vec(any_event(), 1..9).prop_flat_map(|events| {
            let with_repeats: Vec<Event> = events.iter().chain(&events).cloned().collect();
            (Just(events), Just(with_repeats).prop_shuffle())
        }),
    ) {
        let (events, shuffled) = (without_repeats(&events), without_repeats(&shuffled));
        let (one, other) = (fold(&events).unwrap(), fold(&shuffled).unwrap());
        prop_assert_eq!(&one.booking, &other.booking);
        for (event, step) in events.iter().zip(&one.steps) {
            let place = shuffled.iter().position(|other| other == event).unwrap();
            prop_assert_eq!(step, &other.steps[place]);
        }
    }

    #[test]
    fn no_created_event_revives_a_booking_whose_last_word_is_a_cancellation(
        events in proptest::collection::vec(any_event(), 0..6), clock in 0..20i64,
    ) {
        let mut events: Vec<Event> = events
            .into_iter()
            .map(|event| Event { provider_booking_id: Some("a".into()), previous_provider_booking_id: None, ..event })
            .collect();
        events.push(event(EventKind::Cancelled, "a", 10, 1));
        events.push(event(EventKind::Created, "a", clock, 1));
        prop_assert_eq!(fold(&events).unwrap().booking.status, BookingStatus::Cancelled);
    }
}
