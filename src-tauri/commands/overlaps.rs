//! Bookings that are in each other's way.

use bellhop_engine::store::overlaps;
use jiff::Timestamp;
use tauri::State;

use super::{bookings, row};
use crate::dto::{Booking, Endpoint, OverlapPair};
use crate::error::Result;
use crate::state::Desktop;

/// As many are listed.
const LISTED: i64 = 200;

/// The overlaps that are neither accepted nor over, the next ones first.
#[tauri::command]
pub(crate) async fn overlaps(desktop: State<'_, Desktop>) -> Result<Vec<OverlapPair>> {
    let now = Timestamp::now();
    let read = desktop
        .engine
        .store
        .read(move |connection| overlaps::open_pairs(connection, now, LISTED));
    let found = read.await?.into_iter();
    Ok(found
        .map(|(overlap, sides)| OverlapPair::of(&overlap, sides))
        .collect())
}

/// The person accepts that a booking is in another's way at the times that they have now, or takes that back.
#[tauri::command]
pub(crate) async fn accept_overlap(
    desktop: State<'_, Desktop>,
    id: String,
    other: String,
    accepted: bool,
) -> Result<Booking> {
    let (id, other) = (row(&id)?, row(&other)?);
    let at = accepted.then(Timestamp::now);
    let change = desktop.engine.store.write(move |connection| {
        overlaps::accept(connection, (id, other), at)?;
        Ok(Some(id))
    });
    Ok(bookings::changed(&desktop, change).await?)
}

/// Lets so many minutes be free before and after each booking of an endpoint.
#[tauri::command]
pub(crate) async fn set_buffer(
    desktop: State<'_, Desktop>,
    endpoint_id: String,
    minutes: u16,
) -> Result<Endpoint> {
    let endpoint = desktop
        .engine
        .set_buffer(row(&endpoint_id)?, minutes)
        .await?;
    Ok(desktop.shown_one(endpoint).await?)
}
