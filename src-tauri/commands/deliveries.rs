//! Calls as they came.

use anyhow::Context as _;
use bellhop_core::curl;
use bellhop_engine::store::{deliveries as table, endpoints, notices, timeline as entries};
use bellhop_engine::worker;
use tauri::{AppHandle, State};
use tauri_plugin_clipboard_manager::ClipboardExt as _;

use super::{next_page, row};
use crate::dto::{DeliveryPage, DeliveryQuery, WholeDelivery};
use crate::error::Result;
use crate::state::Desktop;

/// The largest page that the window gets at once.
const MAX_PAGE: u32 = 500;

const GONE: &str = "This call is no longer there.";

/// A page of stored calls.
#[tauri::command]
pub(crate) async fn deliveries(
    desktop: State<'_, Desktop>,
    query: DeliveryQuery,
) -> Result<DeliveryPage> {
    let limit = query.limit.clamp(1, MAX_PAGE);
    let query = table::DeliveryQuery {
        limit: limit.into(),
        before: query.before.as_deref().map(row).transpose()?,
        endpoint_id: query.endpoint_id.as_deref().map(row).transpose()?,
        provider: None,
        with_problems: query.with_problems,
    };
    let found = desktop
        .engine
        .store
        .read(move |connection| table::list(connection, query))
        .await?;
    Ok(DeliveryPage {
        next: next_page(&found, limit, |last| last.id.to_string()),
        deliveries: found.into_iter().map(Into::into).collect(),
    })
}

/// One stored call and what became of it.
#[tauri::command]
pub(crate) async fn delivery(desktop: State<'_, Desktop>, id: String) -> Result<WholeDelivery> {
    Ok(whole(&desktop, row(&id)?).await?)
}

/// Reads a stored call again. Nobody is notified.
#[tauri::command]
pub(crate) async fn replay(desktop: State<'_, Desktop>, id: String) -> Result<WholeDelivery> {
    let id = row(&id)?;
    let engine = &desktop.engine;
    engine
        .store
        .write(move |connection| table::replay(connection, Some(id)))
        .await?;
    worker::drain(&engine.store, &engine.changes).await?;
    Ok(whole(&desktop, id).await?)
}

/// Copies a stored call as a command line that makes it again.
#[tauri::command]
pub(crate) async fn copy_as_curl(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    id: String,
) -> Result<()> {
    let id = row(&id)?;
    let found = desktop.engine.store.read(move |connection| {
        let Some((delivery, call)) = table::get(connection, id)? else {
            return Ok(None);
        };
        let endpoint = endpoints::get(connection, delivery.endpoint_id)?;
        Ok(endpoint.map(|endpoint| (endpoint, call)))
    });
    let (endpoint, call) = found
        .await?
        .context("The endpoint of this call has been removed, so nothing would take it.")?;
    let url = format!("http://{}{}", desktop.serving.listening(), endpoint.path());
    app.clipboard().write_text(curl::command(&call, &url))?;
    Ok(())
}

async fn whole(desktop: &Desktop, id: i64) -> anyhow::Result<WholeDelivery> {
    let found = desktop.engine.store.read(move |connection| {
        let Some((delivery, call)) = table::get(connection, id)? else {
            return Ok(None);
        };
        let query = entries::TimelineQuery {
            limit: i64::MAX,
            delivery_id: Some(id),
            ..entries::TimelineQuery::default()
        };
        let told = notices::of_delivery(connection, id)?;
        let entries = entries::list(connection, &query)?;
        Ok(Some(WholeDelivery::of(delivery, &call, told, entries)))
    });
    found.await?.context(GONE)
}
