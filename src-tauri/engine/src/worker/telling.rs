//! What the events of a delivery do: to their bookings, to what can be found, and to what is told.

use std::collections::BTreeSet;

use bellhop_core::booking::{Story, fold};
use bellhop_core::event::{Event, EventKind};
use bellhop_core::notice::{Here, NoticeKind, Words, is_announced, loudness, word};
use bellhop_core::provider::Provider;
use bellhop_core::slot::Slot;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::conflicts;
use crate::store::deliveries::Taken;
use crate::store::events::{NewEvent, StoredEvent};
use crate::store::notices::{NewNotice, Of};
use crate::store::overlaps;
use crate::store::search::{self, About};
use crate::store::{Result, bookings, events, notices};

/// Plans the notice of an act.
pub(super) fn plan(
    connection: &Connection,
    event_id: i64,
    (kind, when): (EventKind, Option<&Slot>),
    words: &Words,
    here: &Here,
) -> Result<()> {
    let loudness = loudness(kind, when, here);
    let Some(kind) = NoticeKind::of_event(kind) else {
        return Ok(());
    };
    let act = NewNotice {
        of: Of::Act(event_id),
        kind,
        words,
        loudness,
        planned_at: here.now,
        due_at: None,
    };
    notices::plan(connection, &act)?;
    Ok(())
}

/// Stores one event and gives its row, if it is not known already, and its booking, if it names one.
pub(super) fn put(
    connection: &Connection,
    delivery_id: i64,
    taken: &Taken,
    position: usize,
    event: &Event,
) -> Result<(Option<i64>, Option<i64>)> {
    let ids: Vec<&str> = [
        &event.provider_booking_id,
        &event.previous_provider_booking_id,
    ]
    .into_iter()
    .flatten()
    .map(String::as_str)
    .collect();
    let booking_id = match event.provider_booking_id {
        Some(_) => Some(bookings::of_provider_ids(
            connection,
            taken.endpoint_id,
            &ids,
            taken.received_at,
        )?),
        None => None,
    };
    let fingerprint = match booking_id {
        Some(_) => event.fingerprint(),
        // Without a booking nothing tells two calls of the same content apart but the calls themselves.
        None => Sha256::digest(
            [
                &event.fingerprint()[..],
                &delivery_id.to_be_bytes(),
                &position.to_be_bytes(),
            ]
            .concat(),
        )
        .into(),
    };
    let new = NewEvent {
        delivery_id,
        position,
        endpoint_id: taken.endpoint_id,
        booking_id,
        fingerprint,
        event,
        received_at: taken.received_at,
    };
    Ok((events::put(connection, &new)?, booking_id))
}

/// Computes a booking anew from all its events, and plans the notices that it still owes. `false`, and nothing is done,
/// where no event speaks of it any more.
pub(super) fn refold(
    connection: &Connection,
    booking_id: i64,
    provider: Provider,
    taken: &Taken,
    new: &BTreeSet<i64>,
    here: &Here,
) -> Result<bool> {
    let stored = events::of_booking(connection, booking_id)?;
    let facts: Vec<Event> = stored.iter().map(|stored| stored.event.clone()).collect();
    let Some(story) = fold(&facts) else {
        return Ok(false);
    };
    let known = bookings::get(connection, booking_id)?;
    let retimed = known.as_ref().is_none_or(|known| {
        known.when.slot() != story.booking.slot || known.status != story.booking.status
    });
    let renamed = known.is_none_or(|known| {
        known.title != story.booking.title
            || known.attendee != story.booking.attendee
            || known.host != story.booking.host
    });
    let last_heard = stored
        .iter()
        .map(|stored| stored.received_at)
        .max()
        .unwrap_or(taken.received_at);
    bookings::set(connection, booking_id, &story.booking, last_heard)?;
    for (stored, step) in stored.iter().zip(&story.steps) {
        events::set_step(connection, stored.id, step)?;
        // Every entry shows what its booking is known by, and is found by it.
        if renamed || new.contains(&stored.id) {
            let about = About {
                provider,
                endpoint_id: taken.endpoint_id,
                booking: Some((booking_id, &story.booking)),
            };
            search::index(connection, stored.id, &stored.event, &about)?;
        }
        if !taken.replay && new.contains(&stored.id) && step.overtaken {
            events::mark_late(connection, stored.id)?;
        }
    }
    // What is booked, and with whom, tells whether it may stand beside another.
    let begun = match retimed || renamed {
        true => overlaps::look(connection, booking_id)?,
        false => Vec::new(),
    };
    if taken.replay {
        return Ok(true);
    }
    if stored.iter().any(|stored| new.contains(&stored.id)) {
        bookings::set_done(connection, booking_id, None)?;
    }
    tell(connection, booking_id, provider, &stored, &story, new, here)?;
    conflicts::tell(connection, booking_id, &begun, here)?;
    Ok(true)
}

/// Plans the notices of a booking, one for each act of a person.
fn tell(
    connection: &Connection,
    booking_id: i64,
    provider: Provider,
    stored: &[StoredEvent],
    story: &Story,
    new: &BTreeSet<i64>,
    here: &Here,
) -> Result<()> {
    let told_before = |stored: &StoredEvent| !new.contains(&stored.id) && is_announced(stored.kind);
    let steps = || stored.iter().zip(&story.steps);
    // What was told of as something that, beside what has come since, it is not.
    let told = notices::of_booking(connection, booking_id)?;
    let mut mistold: Vec<&StoredEvent> = steps()
        .filter(|(stored, step)| told.contains(&stored.id) && !is_announced(step.kind))
        .map(|(stored, _)| stored)
        .collect();
    // An earlier event that was to be told of before has had its notice, or was read again and gets none.
    let mut owed: Vec<_> = steps()
        .filter(|(stored, step)| is_announced(step.kind) && !told_before(stored))
        .collect();
    // A notice of a move goes to the event that turns out to be that move, before it goes to the new booking.
    owed.sort_by_key(|(_, step)| step.kind == EventKind::Created);
    for (event, step) in owed {
        let Some(words) = word(
            provider,
            &event.event,
            Some(step),
            Some(&story.booking),
            here,
        ) else {
            continue;
        };
        // One act of a person is told of once: the notice of the later call was that of this one.
        let told = mistold
            .iter()
            .position(|told| is_news_of(told_as(told), step.kind));
        if let Some(told) = told.map(|place| mistold.remove(place))
            && let Some(kind) = NoticeKind::of_event(step.kind)
        {
            notices::hand_over(connection, told.id, event.id, kind, &words)?;
        }
        let when = step.slot.as_ref().or(event.event.slot.as_ref());
        plan(connection, event.id, (step.kind, when), &words, here)?;
    }
    for event in mistold {
        notices::withdraw(connection, event.id)?;
    }
    Ok(())
}

/// As what an event was told of that is no act of a person, seen beside the others.
fn told_as(stored: &StoredEvent) -> EventKind {
    match (stored.kind, stored.event.kind) {
        (known, _) if is_announced(known) => known,
        // It lost that meaning before, and only a move is told of under another name than the provider's.
        (_, stated) if is_announced(stated) => stated,
        _ => EventKind::Rescheduled,
    }
}

/// Whether somebody who was told of an act as `told` has thereby heard of it, now that it shows to be `act`.
///
/// A call that says "moved" may come before the one that says "booked"; if the times are the same, nothing was moved, and
/// the person has heard of the new booking.
fn is_news_of(told: EventKind, act: EventKind) -> bool {
    told == act || (told == EventKind::Rescheduled && act == EventKind::Created)
}
