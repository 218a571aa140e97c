//! How the program is, and what the person chose.

use bellhop_core::signature::SecretValue;
use bellhop_engine::changes::Change;
use bellhop_engine::secrets::NGROK_AUTHTOKEN;
use bellhop_engine::store::{events, settings as table};
use jiff::{SignedDuration, Timestamp};
use tauri::State;

use crate::dto::{Settings, SettingsChange, Status};
use crate::error::Answer;
use crate::state::Desktop;

/// How the program is.
#[tauri::command]
pub(crate) async fn status(desktop: State<'_, Desktop>) -> Answer<Status> {
    let now = Timestamp::now();
    let read = desktop.engine.store.read(move |connection| {
        Ok((
            table::paused_until(connection, now)?,
            events::unread(connection)?,
        ))
    });
    let (paused_until, unread) = read.await?;
    let tunnel = desktop.serving.tunnel().borrow().clone();
    Ok(Status {
        version: env!("CARGO_PKG_VERSION"),
        demo: desktop.demo,
        listening: Some(desktop.serving.listening().to_string()),
        tunnel: tunnel.into(),
        notifications_paused_until: paused_until.map(|until| until.to_string()),
        unread: u32::try_from(unread).unwrap_or(u32::MAX),
    })
}

/// What the person chose.
#[tauri::command]
pub(crate) async fn settings(desktop: State<'_, Desktop>) -> Answer<Settings> {
    let read = desktop.engine.store.read(|connection| {
        Ok((
            table::get(connection, table::TUNNEL)?,
            table::get(connection, table::NGROK_DOMAIN)?,
        ))
    });
    let (tunnel, ngrok_domain) = read.await?;
    Ok(Settings {
        tunnel_enabled: tunnel.as_deref() == Some("on"),
        ngrok_domain,
        has_ngrok_token: desktop.engine.ngrok_authtoken().await?.is_some(),
        secrets_kept_in: desktop.engine.secrets.keeper().await.into(),
        data_dir: desktop.engine.data_dir.display().to_string(),
    })
}

/// Chooses anew, and opens or closes the tunnel accordingly.
#[tauri::command]
pub(crate) async fn save_settings(
    desktop: State<'_, Desktop>,
    change: SettingsChange,
) -> Answer<Settings> {
    let domain = change
        .ngrok_domain
        .as_deref()
        .map(str::trim)
        .filter(|domain| !domain.is_empty())
        .map(str::to_owned);
    let tunnel = change.tunnel_enabled.then_some("on");
    desktop
        .engine
        .store
        .write(move |connection| {
            table::set(connection, table::TUNNEL, tunnel)?;
            table::set(connection, table::NGROK_DOMAIN, domain.as_deref())
        })
        .await?;
    desktop.apply_tunnel_settings().await?;
    settings(desktop).await
}

/// Keeps ngrok's authtoken, or forgets it.
#[tauri::command]
pub(crate) async fn set_ngrok_token(
    desktop: State<'_, Desktop>,
    token: Option<String>,
) -> Answer<Settings> {
    match token.as_deref().and_then(SecretValue::new) {
        Some(token) => drop(desktop.engine.secrets.keep(NGROK_AUTHTOKEN, &token).await?),
        None => desktop.engine.secrets.forget(NGROK_AUTHTOKEN).await?,
    }
    desktop.apply_tunnel_settings().await?;
    settings(desktop).await
}

/// Pauses notifications for some minutes, or resumes them.
#[tauri::command]
pub(crate) async fn pause_notifications(
    desktop: State<'_, Desktop>,
    minutes: Option<u32>,
) -> Answer<Status> {
    let until = minutes.map(|minutes| Timestamp::now() + SignedDuration::from_mins(minutes.into()));
    desktop.pause_until(until).await?;
    status(desktop).await
}

impl Desktop {
    /// Pauses notifications until a moment, or resumes them.
    pub(crate) async fn pause_until(&self, until: Option<Timestamp>) -> anyhow::Result<()> {
        let until = until.map(|until| until.to_string());
        self.engine
            .store
            .write(move |connection| table::set(connection, table::PAUSED_UNTIL, until.as_deref()))
            .await?;
        self.engine.changes.tell(Change::Anything);
        Ok(())
    }
}
