//! What came in, what is today, and what may have been missed.

use bellhop_engine::gaps as ledger;
use bellhop_engine::store::{digests, overlaps};
use tauri::State;

use crate::dto::{Digest, DigestSchedule};
use crate::error::Answer;
use crate::state::Desktop;

/// Gaps and overlaps that are listed.
const GAPS: usize = 50;
const OVERLAPS: i64 = 50;

/// The digest as it would be made now.
#[tauri::command]
pub(crate) async fn digest(desktop: State<'_, Desktop>) -> Answer<Digest> {
    let here = bellhop_engine::here();
    let read = desktop.engine.store.read(move |connection| {
        let since = digests::since_of_page(connection, &here)?;
        let today = digests::today(connection, &here)?
            .into_iter()
            .map(|booking| {
                let standing = overlaps::standing(connection, booking.id)?;
                Ok((booking, standing))
            });
        let mut gaps = ledger::report(connection, None, GAPS, &here)?;
        gaps.retain(|report| {
            report.gap.ended_at.is_none_or(|end| end > since) && !report.affected.is_empty()
        });
        Ok(Digest::of(
            since,
            &digests::contents(connection, since, &here)?,
            today.collect::<Result<_, bellhop_engine::store::StoreError>>()?,
            gaps,
            digests::not_shown(connection, since, here.now)?,
            overlaps::open_pairs(connection, here.now, OVERLAPS)?,
        ))
    });
    Ok(read.await?)
}

/// When the person wants a digest.
#[tauri::command]
pub(crate) async fn digest_schedule(desktop: State<'_, Desktop>) -> Answer<DigestSchedule> {
    Ok(desktop.engine.store.read(digests::schedule).await?.into())
}

/// The person wants a digest at other times.
#[tauri::command]
pub(crate) async fn set_digest_schedule(
    desktop: State<'_, Desktop>,
    schedule: DigestSchedule,
) -> Answer<DigestSchedule> {
    desktop.engine.set_digest(schedule.into()).await?;
    Ok(desktop.engine.store.read(digests::schedule).await?.into())
}
