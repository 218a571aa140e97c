//! A booking, and what the person does with it.

use std::future::Future;

use anyhow::{Context as _, bail};
use bellhop_engine::changes::Change;
use bellhop_engine::store::{
    StoreError, bookings, deliveries, notes, overlaps, timeline as entries,
};
use bellhop_engine::worker;
use jiff::Timestamp;
use tauri::State;

use super::row;
use crate::dto::{Booking, BookingOverlap, Replayed};
use crate::error::Result;
use crate::state::Desktop;

pub(super) const GONE: &str = "This booking is no longer there.";

/// Other bookings of the same person that are shown.
const OTHERS: i64 = 50;

/// A booking and its whole life.
#[tauri::command]
pub(crate) async fn booking(desktop: State<'_, Desktop>, id: String) -> Result<Booking> {
    Ok(whole(&desktop, row(&id)?).await?)
}

/// Notes that the person is done with a booking, or takes that back.
#[tauri::command]
pub(crate) async fn set_done(
    desktop: State<'_, Desktop>,
    id: String,
    done: bool,
) -> Result<Booking> {
    let id = row(&id)?;
    let at = done.then(Timestamp::now);
    let change = desktop.engine.store.write(move |connection| {
        let found = bookings::set_done(connection, id, at)?;
        Ok(found.then_some(id))
    });
    Ok(changed(&desktop, change).await?)
}

/// Writes a note about a booking.
#[tauri::command]
pub(crate) async fn add_note(
    desktop: State<'_, Desktop>,
    booking_id: String,
    text: String,
) -> Result<Booking> {
    let id = row(&booking_id)?;
    refuse_nothing(&text)?;
    let change = desktop.engine.store.write(move |connection| {
        let added = notes::add(connection, id, &text, Timestamp::now())?;
        Ok(added.map(|_| id))
    });
    Ok(changed(&desktop, change).await?)
}

/// Writes a note anew.
#[tauri::command]
pub(crate) async fn edit_note(
    desktop: State<'_, Desktop>,
    id: String,
    text: String,
) -> Result<Booking> {
    let id = row(&id)?;
    refuse_nothing(&text)?;
    let change = desktop
        .engine
        .store
        .write(move |connection| notes::edit(connection, id, &text, Timestamp::now()));
    Ok(changed(&desktop, change).await?)
}

/// Removes a note.
#[tauri::command]
pub(crate) async fn remove_note(desktop: State<'_, Desktop>, id: String) -> Result<Booking> {
    let id = row(&id)?;
    let change = desktop
        .engine
        .store
        .write(move |connection| notes::remove(connection, id));
    Ok(changed(&desktop, change).await?)
}

/// Reads the calls of a booking again. Nobody is notified.
#[tauri::command]
pub(crate) async fn replay_booking(desktop: State<'_, Desktop>, id: String) -> Result<Replayed> {
    let id = row(&id)?;
    let engine = &desktop.engine;
    let (read, removed) = engine
        .store
        .write(move |connection| deliveries::replay_booking(connection, id))
        .await?;
    worker::drain(&engine.store, &engine.changes).await?;
    engine.changes.tell(Change::Timeline);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Replayed {
        read: number(read),
        removed: number(removed),
    })
}

fn refuse_nothing(text: &str) -> anyhow::Result<()> {
    if text.trim().is_empty() {
        bail!("Write something first.");
    }
    Ok(())
}

/// The booking that was changed, as it is then.
pub(super) async fn changed(
    desktop: &Desktop,
    change: impl Future<Output = Result<Option<i64>, StoreError>>,
) -> anyhow::Result<Booking> {
    let booking = change.await?.context(GONE)?;
    desktop.engine.changes.tell(Change::Timeline);
    whole(desktop, booking).await
}

async fn whole(desktop: &Desktop, id: i64) -> anyhow::Result<Booking> {
    let now = Timestamp::now();
    let found = desktop.engine.store.read(move |connection| {
        let Some(booking) = bookings::get(connection, id)? else {
            return Ok(None);
        };
        let in_the_way = overlaps::with_others(connection, id)?.into_iter();
        let in_the_way = in_the_way.map(|(overlap, with)| BookingOverlap::of(&overlap, with, now));
        Ok(Some(Booking::of(
            booking,
            entries::story(connection, id)?,
            notes::of_booking(connection, id)?,
            in_the_way.collect(),
            bookings::others(connection, id, OTHERS)?,
        )))
    });
    found.await?.context(GONE)
}
