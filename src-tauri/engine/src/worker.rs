//! Drains the inbox: reads each delivery, folds its bookings, plans its notices.
//!
//! What comes of a delivery is committed with the note that it has been processed. Whatever is cut off in between is still
//! waiting at the next start, and every step may run twice.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bellhop_core::booking::{Booking, Story, fold};
use bellhop_core::event::{Event, EventKind, Problem};
use bellhop_core::interpretation::{Reading, interpret};
use bellhop_core::notice::{Here, is_announced, word};
use bellhop_core::provider::Provider;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::changes::{Change, Changes};
use crate::self_test;
use crate::store::deliveries::{DeliveryState, Taken, Waiting};
use crate::store::events::{NewEvent, StoredEvent};
use crate::store::{
    Result, Store, StoreError, bookings, deliveries, endpoints, events, notices, settings,
};

/// Deliveries that are read ahead of their commits.
const BATCH: usize = 64;

/// Deliveries that share a commit. A call that comes meanwhile waits for all of them; but the search index writes a part
/// of its own for each commit, and merges those later, so that few at a time cost more each.
const TOGETHER: usize = 16;

/// How often one delivery may end the whole program before it is set aside.
const TRIES: i64 = 3;

/// How long to leave a store alone that refuses, the first time. Each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest of those pauses: when there is room again, the inbox does not wait longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Works until `stop`, whenever a delivery waits.
pub(crate) async fn run(store: Store, changes: &Changes, stop: CancellationToken) {
    // What the last run left open may be what ended it.
    let mut resumed = false;
    let mut pause = FIRST_PAUSE;
    loop {
        let worked = if resumed {
            drain(&store, changes).await
        } else {
            resume(&store, changes).await
        };
        resumed |= worked.is_ok();
        if let Err(error) = worked {
            tracing::error!(%error, "deliveries could not be processed; they stay in the inbox");
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => return,
            }
            pause = LONGEST_PAUSE.min(pause * 2);
            continue;
        }
        pause = FIRST_PAUSE;
        tokio::select! {
            () = changes.woken() => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Processes everything that waits.
///
/// # Errors
///
/// Fails where the store does; what is not processed stays in the inbox.
pub async fn drain(store: &Store, changes: &Changes) -> Result<()> {
    loop {
        let waiting = store
            .read(|connection| deliveries::waiting(connection, i64::MAX, BATCH))
            .await?;
        if waiting.is_empty() {
            if self_test::work(store).await? {
                changes.tell(Change::Timeline);
            }
            return Ok(());
        }
        work_on(store, changes, waiting).await?;
    }
}

/// Processes what an earlier run left open, with a note of each beginning: a panic can be caught, but what ends the whole
/// program can only be recognised at the next start.
async fn resume(store: &Store, changes: &Changes) -> Result<()> {
    // Calls that come meanwhile are no part of it: many of them would keep it from its end.
    let newest = store.read(deliveries::newest).await?.unwrap_or_default();
    loop {
        let begun = store
            .write(move |connection| deliveries::begin_again(connection, newest, BATCH))
            .await?;
        if begun.is_empty() {
            return drain(store, changes).await;
        }
        let (hopeless, begun) = begun
            .into_iter()
            .partition::<Vec<_>, _>(|delivery| delivery.tries >= TRIES);
        for delivery in hopeless {
            tracing::error!(
                delivery = delivery.id,
                "a delivery ended the program again and again"
            );
            store
                .write(move |connection| set_aside(connection, delivery.id))
                .await?;
        }
        work_on(store, changes, begun).await?;
    }
}

async fn work_on(store: &Store, changes: &Changes, waiting: Vec<Waiting>) -> Result<()> {
    let mut waiting = waiting.into_iter().map(read).peekable();
    let mut outcomes = Vec::new();
    while waiting.peek().is_some() {
        let together: Arc<[Read]> = waiting.by_ref().take(TOGETHER).collect();
        let of_job = Arc::clone(&together);
        let outcome = store.queue_patiently(move |connection| {
            of_job.iter().try_for_each(|read| process(connection, read))
        })?;
        outcomes.push((together, outcome));
    }
    for (together, outcome) in outcomes {
        if let Err(error) = outcome.committed().await {
            tracing::debug!(%error, "deliveries could not be processed together");
            one_by_one(store, together).await?;
        }
        changes.tell(Change::Timeline);
    }
    Ok(())
}

/// Finds out which of several deliveries it is that fails.
async fn one_by_one(store: &Store, deliveries: Arc<[Read]>) -> Result<()> {
    for (place, read) in deliveries.iter().enumerate() {
        let id = read.waiting.id;
        let of_job = Arc::clone(&deliveries);
        let outcome = store.queue_patiently(move |connection| {
            of_job
                .get(place)
                .map_or(Ok(()), |read| process(connection, read))
        })?;
        match outcome.committed().await {
            Err(StoreError::Panicked) => {
                tracing::error!(delivery = id, "working on a delivery failed");
                store
                    .write(move |connection| set_aside(connection, id))
                    .await?;
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

/// A delivery and what it says; nothing where the interpreter panicked.
struct Read {
    waiting: Waiting,
    reading: Option<Reading>,
}

/// Reads a delivery. One that makes an interpreter panic is set aside and blocks nothing behind it.
fn read(delivery: Waiting) -> Read {
    let reading = catch_unwind(AssertUnwindSafe(|| interpret(delivery.provider, &delivery.call)))
        .inspect_err(|_| tracing::error!(delivery = delivery.id, provider = %delivery.provider, "reading a delivery failed"))
        .ok();
    Read {
        waiting: delivery,
        reading,
    }
}

fn process(connection: &Connection, read: &Read) -> Result<()> {
    let Read {
        waiting: delivery,
        reading,
    } = read;
    let Some(taken) = deliveries::take(connection, delivery.id)? else {
        return Ok(());
    };
    let Some(reading) = reading else {
        return set_aside(connection, delivery.id);
    };
    let here = Here {
        now: Timestamp::now(),
        time_zone: TimeZone::system(),
    };
    let mut touched = BTreeSet::new();
    let mut new = BTreeSet::new();
    for (id, position, booking_id) in events::of_delivery(connection, delivery.id)? {
        touched.extend(booking_id);
        if position >= reading.events.len() {
            events::remove(connection, id)?;
        }
    }
    for (position, event) in reading.events.iter().enumerate() {
        let (id, booking_id) = put(connection, delivery.id, &taken, position, event)?;
        touched.extend(booking_id);
        let Some(id) = id else { continue };
        new.insert(id);
        if booking_id.is_none() {
            index(
                connection,
                id,
                delivery.provider,
                event,
                None,
                taken.endpoint_id,
            )?;
            if !taken.replay
                && let Some(wording) = word(delivery.provider, event, None, None, &here)
            {
                notices::plan(
                    connection,
                    id,
                    &wording,
                    here.now,
                    is_paused(connection, here.now)?,
                )?;
            }
        }
    }
    for booking_id in touched {
        refold(
            connection,
            booking_id,
            delivery.provider,
            &taken,
            &new,
            &here,
        )?;
    }
    deliveries::finish(
        connection,
        delivery.id,
        DeliveryState::Processed,
        &reading.problems,
        here.now,
    )
}

/// Keeps a delivery on which the program itself fails out of the way of those behind it.
fn set_aside(connection: &Connection, id: i64) -> Result<()> {
    let problem = Problem::new(
        "failed",
        "Bellhop failed to read this call. It is kept as it came.",
    );
    deliveries::finish(
        connection,
        id,
        DeliveryState::Failed,
        &[problem],
        Timestamp::now(),
    )
}

fn is_paused(connection: &Connection, now: Timestamp) -> Result<bool> {
    Ok(settings::paused_until(connection, now)?.is_some())
}

/// Stores one event and gives its row, if it is not known already, and its booking, if it names one.
fn put(
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

/// Computes a booking anew from all its events, and plans the notices that it still owes.
fn refold(
    connection: &Connection,
    booking_id: i64,
    provider: Provider,
    taken: &Taken,
    new: &BTreeSet<i64>,
    here: &Here,
) -> Result<()> {
    let stored = events::of_booking(connection, booking_id)?;
    let facts: Vec<Event> = stored.iter().map(|stored| stored.event.clone()).collect();
    let Some(story) = fold(&facts) else {
        return bookings::remove(connection, booking_id);
    };
    let renamed = bookings::get(connection, booking_id)?.is_none_or(|known| {
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
            index(
                connection,
                stored.id,
                provider,
                &stored.event,
                Some(&story.booking),
                taken.endpoint_id,
            )?;
        }
        if !taken.replay && new.contains(&stored.id) && step.overtaken {
            events::mark_late(connection, stored.id)?;
        }
    }
    if taken.replay {
        return Ok(());
    }
    tell(connection, booking_id, provider, &stored, &story, new, here)
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
    let paused = is_paused(connection, here.now)?;
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
        let Some(wording) = word(
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
        if let Some(told) = told.map(|place| mistold.remove(place)) {
            notices::hand_over(connection, told.id, event.id, &wording)?;
        }
        notices::plan(connection, event.id, &wording, here.now, paused)?;
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

/// Makes an event findable by everything that the timeline shows of it.
fn index(
    connection: &Connection,
    id: i64,
    provider: Provider,
    event: &Event,
    booking: Option<&Booking>,
    endpoint_id: i64,
) -> Result<()> {
    let label = endpoints::label(connection, endpoint_id)?;
    let attendee = booking.map(|booking| &booking.attendee);
    let of_attendee = |attendee: &bellhop_core::event::Attendee| {
        [
            attendee.name.clone(),
            attendee.email.clone(),
            attendee.phone.clone(),
        ]
    };
    let mut words: Vec<String> = vec![provider.facts().name.to_owned()];
    words.extend(label);
    words.extend(of_attendee(&event.attendee).into_iter().flatten());
    words.extend(attendee.into_iter().flat_map(of_attendee).flatten());
    words.extend(booking.and_then(|booking| booking.title.clone()));
    words.extend(booking.and_then(|booking| booking.host.clone()));
    words.extend(
        [
            &event.title,
            &event.host,
            &event.reason,
            &event.event_type,
            &event.provider_booking_id,
        ]
        .into_iter()
        .flatten()
        .cloned(),
    );
    words.dedup();
    events::index_words(connection, id, &words.join(" "))
}
