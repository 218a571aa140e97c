//! What came in, what is today, and what may have been missed.

use bellhop_engine::store::digests;
use bellhop_engine::{digesting, here};
use tauri::State;

use crate::dto::{Digest, DigestSchedule};
use crate::error::Result;
use crate::state::Desktop;

/// The digest as it would be made now.
#[tauri::command]
pub(crate) async fn digest(desktop: State<'_, Desktop>) -> Result<Digest> {
    let read = |connection: &_| digesting::page(connection, &here(connection)?);
    Ok(desktop.engine.store.read(read).await?.into())
}

/// When the person wants a digest.
#[tauri::command]
pub(crate) async fn digest_schedule(desktop: State<'_, Desktop>) -> Result<DigestSchedule> {
    Ok(desktop.engine.store.read(digests::schedule).await?.into())
}

/// The person wants a digest at other times.
#[tauri::command]
pub(crate) async fn set_digest_schedule(
    desktop: State<'_, Desktop>,
    schedule: DigestSchedule,
) -> Result<DigestSchedule> {
    desktop.engine.set_digest(schedule.into()).await?;
    Ok(desktop.engine.store.read(digests::schedule).await?.into())
}
