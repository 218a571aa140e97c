//! Drains the inbox: reads each delivery, folds its bookings, plans its notices.
//!
//! What comes of a delivery is committed with the note that it has been processed. Whatever is cut off in between is still
//! waiting at the next start, and every step may run twice.

mod conflicts;
mod telling;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bellhop_core::event::Problem;
use bellhop_core::interpretation::{Reading, interpret};
use bellhop_core::notice::word;
use jiff::Timestamp;
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::changes::{Change, Changes};
use crate::store::deliveries::{DeliveryState, Waiting};
use crate::store::search::{self, About};
use crate::store::{Outcome, Result, Store, bookings, deliveries, events};
use crate::{here, overlaps, self_test};
use telling::{plan, put, refold};

/// Deliveries that are read ahead of their commits.
const BATCH: usize = 64;

/// Deliveries that share a commit, while nobody calls: the search index writes a part of its own for each commit, and
/// merges those later, so that few at a time cost more each.
const TOGETHER: usize = 16;

/// As many share one whoever calls, so that the worker does not stand still beside calls that do not cease.
const AT_LEAST: usize = 4;

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
            begin(&store, changes).await
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

async fn begin(store: &Store, changes: &Changes) -> Result<()> {
    // First, so that what comes meanwhile is not compared twice.
    overlaps::catch_up(store, changes).await?;
    resume(store, changes).await
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
        let outcome = begin_on(store, &together, 0)?;
        outcomes.push((together, outcome));
    }
    for (together, mut outcome) in outcomes {
        let mut done = 0;
        loop {
            match outcome.committed().await {
                Ok(more) => done += more,
                Err(error) => {
                    tracing::debug!(%error, "deliveries could not be processed together");
                    one_by_one(store, Arc::clone(&together)).await?;
                    break;
                }
            }
            if done >= together.len() {
                break;
            }
            outcome = begin_on(store, &together, done)?;
        }
        changes.tell(Change::Timeline);
    }
    Ok(())
}

/// Processes these deliveries from a place on until somebody calls, who then waits for a few of them and not for all.
/// Gives how many it were.
fn begin_on(store: &Store, together: &Arc<[Read]>, from: usize) -> Result<Outcome<usize>> {
    let (deliveries, waits) = (Arc::clone(together), store.somebody_waits());
    store.queue_patiently(move |connection| {
        let mut done = 0;
        for read in deliveries.iter().skip(from) {
            process(connection, read)?;
            done += 1;
            if done >= AT_LEAST && waits() {
                break;
            }
        }
        Ok(done)
    })
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
            Err(error) if error.is_of_these_rows() => {
                tracing::error!(delivery = id, %error, "working on a delivery failed");
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
    let here = here(connection)?;
    let mut touched = BTreeSet::new();
    let mut new = BTreeSet::new();
    for (id, position, booking_id) in events::of_delivery(connection, delivery.id)? {
        touched.extend(booking_id);
        if position >= reading.events.len() {
            events::remove(connection, id)?;
        }
    }
    let mut spoken_of = None;
    for (position, event) in reading.events.iter().enumerate() {
        let (id, booking_id) = put(connection, delivery.id, &taken, position, event)?;
        touched.extend(booking_id);
        spoken_of = spoken_of.or(booking_id);
        let Some(id) = id else { continue };
        new.insert(id);
        if booking_id.is_none() {
            let about = About {
                provider: delivery.provider,
                endpoint_id: taken.endpoint_id,
                booking: None,
            };
            search::index(connection, id, event, &about)?;
            if !taken.replay
                && let Some(words) = word(delivery.provider, event, None, None, &here)
            {
                let act = (event.kind, event.slot.as_ref());
                plan(connection, id, act, &words, &here)?;
            }
        }
    }
    for booking_id in touched {
        let provider = delivery.provider;
        if !refold(connection, booking_id, provider, &taken, &new, &here)? {
            bookings::replace(connection, booking_id, spoken_of)?;
        }
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
