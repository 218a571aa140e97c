//! The timeline, and the times in which nothing could arrive.

use anyhow::Context as _;
use bellhop_engine::changes::Change;
use bellhop_engine::store::{events, overlaps, timeline as entries};
use bellhop_engine::{gaps as ledger, here};
use jiff::Timestamp;
use tauri::State;

use super::{next_page, row};
use crate::dto::{self, Gap, TimelinePage, TimelineQuery};
use crate::error::Result;
use crate::state::Desktop;

/// The largest page that the window gets at once.
const MAX_PAGE: u32 = 500;

/// Gaps that the window shows.
const GAPS: usize = 200;

/// A page of the timeline.
#[tauri::command]
pub(crate) async fn timeline(
    desktop: State<'_, Desktop>,
    query: TimelineQuery,
) -> Result<TimelinePage> {
    let limit = query.limit.clamp(1, MAX_PAGE);
    let query = entries::TimelineQuery {
        limit: limit.into(),
        before: query.before.as_deref().map(row).transpose()?,
        kind: query.kind.map(Into::into),
        provider: query.provider.map(Into::into),
        endpoint_id: query.endpoint_id.as_deref().map(row).transpose()?,
        search: query.search,
        unread: query.unread,
        since: query.since.as_deref().map(moment).transpose()?,
        until: query.until.as_deref().map(moment).transpose()?,
        ..entries::TimelineQuery::default()
    };
    let now = Timestamp::now();
    let read = desktop.engine.store.read(move |connection| {
        let found = entries::list(connection, &query)?;
        let bookings = found.iter().filter_map(|entry| entry.booking_id);
        let open = overlaps::open_among(connection, bookings, now)?;
        Ok((found, open))
    });
    let (found, open) = read.await?;
    Ok(TimelinePage {
        next: next_page(&found, limit, |last| last.event_id.to_string()),
        entries: found
            .into_iter()
            .map(|entry| dto::TimelineEntry::from(entry).marked(&open))
            .collect(),
    })
}

fn moment(text: &str) -> anyhow::Result<Timestamp> {
    text.parse()
        .with_context(|| format!("\"{text}\" is not a moment in time"))
}

/// Notes that the person has seen events.
#[tauri::command]
pub(crate) async fn mark_read(desktop: State<'_, Desktop>, event_ids: Vec<String>) -> Result<()> {
    let ids = event_ids
        .iter()
        .map(|id| row(id))
        .collect::<Result<Vec<_>, _>>()?;
    desktop
        .engine
        .store
        .write(move |connection| events::mark_read(connection, &ids, Timestamp::now()))
        .await?;
    desktop.engine.changes.tell(Change::Timeline);
    Ok(())
}

/// The newest times in which some endpoint could not be reached, newest first.
#[tauri::command]
pub(crate) async fn gaps(desktop: State<'_, Desktop>) -> Result<Vec<Gap>> {
    let read = |connection: &_| ledger::affecting(connection, GAPS, &here(connection)?);
    let reports = desktop.engine.store.read(read).await?;
    Ok(reports.into_iter().map(Into::into).collect())
}
