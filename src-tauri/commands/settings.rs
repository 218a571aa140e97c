//! How the program is, and what the person chose.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use bellhop_core::signature::SecretValue;
use bellhop_engine::Engine;
use bellhop_engine::changes::Change;
use bellhop_engine::reach::Choice;
use bellhop_engine::secrets::NGROK_AUTHTOKEN;
use bellhop_engine::self_test::{HopName, Target};
use bellhop_engine::store::{events, settings as table};
use bellhop_engine::tunnel::outside::Outside;
use jiff::{SignedDuration, Timestamp};
use tauri::State;

use super::row;
use crate::dto::{SelfTest, Settings, SettingsChange, Status};
use crate::error::Answer;
use crate::state::Desktop;

/// How long each part of a test outside this computer may take.
const OUTSIDE_PATIENCE: Duration = Duration::from_secs(10);

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
    let choice = desktop.engine.store.read(Choice::read).await?;
    let (token, from_environment) = match Engine::ngrok_authtoken_of_environment() {
        Some(_) => (true, true),
        None => (desktop.engine.ngrok_authtoken().await?.is_some(), false),
    };
    let keeper = desktop.engine.secrets.keeper().await;
    Ok(Settings {
        has_ngrok_token: token,
        token_from_environment: from_environment,
        secrets_kept_in: keeper.into(),
        data_dir: desktop.engine.data_dir.display().to_string(),
        reach: choice.way.into(),
        ngrok_domain: choice.ngrok_domain,
        ngrok_server: choice.ngrok_server,
        ngrok_root_cas: choice.ngrok_root_cas,
        ngrok_proxy: choice.ngrok_proxy,
        ngrok_pooling: choice.ngrok_pooling,
        own_address: choice.own_address,
        probe: choice.probe,
    })
}

/// Chooses anew, and lets the world reach us accordingly.
#[tauri::command]
pub(crate) async fn save_settings(
    desktop: State<'_, Desktop>,
    change: SettingsChange,
) -> Answer<Settings> {
    let choice = Choice::from(change);
    choice.check()?;
    desktop
        .engine
        .store
        .write(move |connection| choice.write(connection))
        .await?;
    desktop.apply_reach().await?;
    settings(desktop).await
}

/// Does at once what the tunnel waits to do.
#[tauri::command]
pub(crate) async fn try_now(desktop: State<'_, Desktop>) -> Answer<()> {
    desktop.serving.try_now().await;
    Ok(())
}

/// Tests the whole way of a call to an endpoint.
#[tauri::command]
pub(crate) async fn self_test(
    desktop: State<'_, Desktop>,
    endpoint_id: String,
) -> Answer<SelfTest> {
    let choice = desktop.engine.store.read(Choice::read).await?;
    let url = desktop
        .serving
        .public_url()
        .context("There is no public address to call.")?;
    let proxy = choice.proxy()?;
    let roots = choice.ngrok_root_cas.map(PathBuf::from);
    let outside = Outside::new(roots.as_deref(), None, proxy, OUTSIDE_PATIENCE).await?;
    let target = Target {
        public_url: &url,
        outside: &outside,
        notifies: true,
    };
    let report =
        bellhop_engine::self_test::run(&desktop.engine, row(&endpoint_id)?, &target).await?;
    // What does not come through the tunnel shall not wait for the tunnel's next look at itself.
    if report.failed_at() == Some(HopName::Tunnel) {
        desktop.serving.try_now().await;
    }
    Ok(report.into())
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
    desktop.apply_reach().await?;
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
