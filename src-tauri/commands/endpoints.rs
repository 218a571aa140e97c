//! Endpoints, their secrets, and what was turned away.

use std::sync::Arc;

use anyhow::Context as _;
use bellhop_core::provider::Provider as CoreProvider;
use bellhop_core::signature::SecretValue;
use bellhop_engine::changes::Change;
use bellhop_engine::store;
use bellhop_engine::store::rejections as table;
use jiff::Timestamp;
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_clipboard_manager::ClipboardExt as _;

use super::row;
use crate::dto::{Endpoint, NewEndpoint, ProviderFacts, Rejection};
use crate::error::Result;
use crate::state::Desktop;

/// Rejections that the window lists.
const REJECTIONS: i64 = 100;

impl Desktop {
    async fn shown(
        &self,
        endpoints: Vec<store::endpoints::Endpoint>,
    ) -> store::Result<Vec<Endpoint>> {
        let host = self.serving.public_url();
        let engine = Arc::clone(&self.engine);
        let now = Timestamp::now();
        self.engine
            .store
            .read(move |connection| {
                let shown = endpoints.into_iter().map(|endpoint| {
                    let last = table::unanswered(connection, &endpoint)?;
                    let silence = engine.rhythms.silence(connection, &endpoint, now)?;
                    Ok(Endpoint::of(endpoint, host.as_deref(), last, silence))
                });
                shown.collect()
            })
            .await
    }

    pub(super) async fn shown_one(
        &self,
        endpoint: store::endpoints::Endpoint,
    ) -> anyhow::Result<Endpoint> {
        self.shown(vec![endpoint])
            .await?
            .pop()
            .context("This endpoint is no longer there.")
    }
}

/// All endpoints.
#[tauri::command]
pub(crate) async fn endpoints(desktop: State<'_, Desktop>) -> Result<Vec<Endpoint>> {
    let all = desktop.engine.store.read(store::endpoints::all).await?;
    Ok(desktop.shown(all).await?)
}

/// Every booking system that Bellhop knows.
#[tauri::command]
pub(crate) fn providers() -> Vec<ProviderFacts> {
    CoreProvider::ALL.into_iter().map(Into::into).collect()
}

/// Adds an endpoint.
#[tauri::command]
pub(crate) async fn add_endpoint(
    desktop: State<'_, Desktop>,
    endpoint: NewEndpoint,
) -> Result<Endpoint> {
    let secret = endpoint.secret.as_deref().and_then(SecretValue::new);
    let added = desktop
        .engine
        .add_endpoint(endpoint.provider.into(), Some(&endpoint.label), secret)
        .await?;
    Ok(desktop.shown_one(added).await?)
}

/// Removes an endpoint. What it has received stays.
#[tauri::command]
pub(crate) async fn remove_endpoint(desktop: State<'_, Desktop>, id: String) -> Result<()> {
    Ok(desktop.engine.remove_endpoint(row(&id)?).await?)
}

/// Adds a secret to an endpoint.
#[tauri::command]
pub(crate) async fn add_secret(
    desktop: State<'_, Desktop>,
    endpoint_id: String,
    secret: String,
) -> Result<Endpoint> {
    let secret = SecretValue::new(&secret)
        .context("The secret is empty. Copy it from the provider's webhook settings.")?;
    let endpoint = desktop
        .engine
        .add_secret(row(&endpoint_id)?, secret)
        .await?;
    Ok(desktop.shown_one(endpoint).await?)
}

/// Retires a secret of an endpoint.
#[tauri::command]
pub(crate) async fn retire_secret(
    desktop: State<'_, Desktop>,
    endpoint_id: String,
    secret_id: String,
) -> Result<Endpoint> {
    let endpoint = desktop
        .engine
        .retire_secret(row(&endpoint_id)?, row(&secret_id)?)
        .await?;
    Ok(desktop.shown_one(endpoint).await?)
}

/// The newest calls that were turned away.
#[tauri::command]
pub(crate) async fn rejections(desktop: State<'_, Desktop>) -> Result<Vec<Rejection>> {
    let found = desktop
        .engine
        .store
        .read(|connection| table::list(connection, None, REJECTIONS))
        .await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// Puts an endpoint's public address on the clipboard, and remembers that its provider is given it.
#[tauri::command]
pub(crate) async fn copy_address(app: AppHandle, endpoint_id: String) -> Result<()> {
    Ok(copy(&app, row(&endpoint_id)?).await?)
}

/// Puts an endpoint's public address on the clipboard, and remembers that its provider is given it.
pub(crate) async fn copy(app: &AppHandle, endpoint: i64) -> anyhow::Result<()> {
    let desktop = app.state::<Desktop>();
    let url = desktop
        .serving
        .public_url()
        .context("There is no public address at the moment.")?;
    let endpoint = desktop.engine.endpoint(endpoint).await?;
    app.clipboard()
        .write_text(format!("{url}{}", endpoint.path()))?;
    let host = url.strip_prefix("https://").unwrap_or(&url).to_owned();
    desktop
        .engine
        .store
        .write(move |connection| store::endpoints::give_host(connection, endpoint.id, &host))
        .await?;
    desktop.engine.changes.tell(Change::Endpoints);
    Ok(())
}
