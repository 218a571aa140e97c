//! How the program is, and what the person chose.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use bellhop_core::signature::SecretValue;
use bellhop_engine::Engine;
use bellhop_engine::changes::Change;
use bellhop_engine::reach::Choice;
use bellhop_engine::secrets::{NGROK_AUTHTOKEN, SecretsError};
use bellhop_engine::self_test::{HopName, Target};
use bellhop_engine::store::{events, retention, settings as table};
use bellhop_engine::tunnel::outside::Outside;
use jiff::Timestamp;
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_autostart::ManagerExt as _;

use super::row;
use crate::dto::{Host, Look, OpenEnd, Pause, Privacy, SelfTest, Settings, SettingsChange, Status};
use crate::error::Result;
use crate::state::Desktop;
use crate::{login, windows};

/// How long each part of a test outside this computer may take.
const OUTSIDE_PATIENCE: Duration = Duration::from_secs(10);

/// How the program is.
#[tauri::command]
pub(crate) async fn status(desktop: State<'_, Desktop>) -> Result<Status> {
    let now = Timestamp::now();
    let read = desktop
        .engine
        .store
        .read(move |connection| Ok((table::pause(connection, now)?, events::unread(connection)?)));
    let (pause, unread) = read.await?;
    let tunnel = desktop.serving.tunnel().borrow().clone();
    Ok(Status {
        version: env!("CARGO_PKG_VERSION"),
        demo: desktop.demo,
        listening: Some(desktop.serving.listening().to_string()),
        tunnel: tunnel.into(),
        notifications_paused: pause.is_some(),
        notifications_paused_until: pause.and_then(table::Pause::end).map(|end| end.to_string()),
        unread: u32::try_from(unread).unwrap_or(u32::MAX),
    })
}

/// What the person chose.
#[tauri::command]
pub(crate) async fn settings(app: AppHandle) -> Result<Settings> {
    Ok(read(&app).await?)
}

async fn read(app: &AppHandle) -> anyhow::Result<Settings> {
    let desktop = app.state::<Desktop>();
    let kept = desktop.engine.store.read(|connection| {
        Ok((
            Choice::read(connection)?,
            table::get(connection, table::LOOK)?,
            table::privacy(connection)?,
            retention::days(connection)?,
        ))
    });
    let (choice, look, privacy, keep_calls_days) = kept.await?;
    let (token, from_environment) = match Engine::ngrok_authtoken_of_environment() {
        Some(_) => (true, true),
        None => match desktop.engine.ngrok_authtoken().await {
            // It is there, and cannot be read at the moment.
            Err(SecretsError::Keychain(_)) => (true, false),
            found => (found?.is_some(), false),
        },
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
        look: Look::of(look.as_deref()),
        notification_privacy: privacy.into(),
        // A system that cannot say starts nothing.
        start_at_login: app.autolaunch().is_enabled().unwrap_or(false),
        keep_calls_days,
    })
}

/// Chooses anew, and lets the world reach us accordingly.
#[tauri::command]
pub(crate) async fn save_settings(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    change: SettingsChange,
) -> Result<Settings> {
    let choice = Choice::from(change);
    choice.check()?;
    desktop
        .engine
        .store
        .write(move |connection| choice.write(connection))
        .await?;
    desktop.serving.reach_as_chosen().await?;
    settings(app).await
}

/// Keeps how the window looks and speaks.
#[tauri::command]
pub(crate) async fn save_look(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    look: Look,
) -> Result<Settings> {
    let kept = serde_json::to_string(&look)?;
    desktop
        .engine
        .store
        .write(move |connection| table::set(connection, table::LOOK, Some(&kept)))
        .await?;
    app.set_theme(windows::theme(&look));
    // The tray speaks the same language, by the same clock.
    desktop.engine.changes.tell(Change::Anything);
    settings(app).await
}

/// Chooses how much notifications tell.
#[tauri::command]
pub(crate) async fn set_notification_privacy(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    privacy: Privacy,
) -> Result<Settings> {
    let word = bellhop_core::notice::Privacy::from(privacy).as_str();
    desktop
        .engine
        .store
        .write(move |connection| table::set(connection, table::NOTIFICATION_PRIVACY, Some(word)))
        .await?;
    // The tray's menu tells as much as a notification.
    desktop.engine.changes.tell(Change::Anything);
    settings(app).await
}

/// Lets the system start the program when the person logs in, or no longer.
#[tauri::command]
pub(crate) async fn start_at_login(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    on: bool,
) -> Result<Settings> {
    if desktop.demo {
        return Err(anyhow::anyhow!("The demo does not start by itself.").into());
    }
    match on {
        true => login::enable(&app)?,
        false => app.autolaunch().disable()?,
    }
    settings(app).await
}

/// Every host that the program connects to.
#[tauri::command]
pub(crate) async fn hosts(desktop: State<'_, Desktop>) -> Result<Vec<Host>> {
    let choice = desktop.engine.store.read(Choice::read).await?;
    let hosts = choice.hosts(desktop.serving.public_url().as_deref())?;
    Ok(hosts.into_iter().map(Into::into).collect())
}

/// Does at once what the tunnel waits to do.
#[tauri::command]
pub(crate) async fn try_now(desktop: State<'_, Desktop>) -> Result<()> {
    desktop.serving.try_now().await;
    Ok(())
}

/// Tests the whole way of a call to an endpoint.
#[tauri::command]
pub(crate) async fn self_test(
    desktop: State<'_, Desktop>,
    endpoint_id: String,
) -> Result<SelfTest> {
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
    app: AppHandle,
    desktop: State<'_, Desktop>,
    token: Option<String>,
) -> Result<Settings> {
    match token.as_deref().and_then(SecretValue::new) {
        Some(token) => drop(desktop.engine.secrets.keep(NGROK_AUTHTOKEN, &token).await?),
        None => desktop.engine.secrets.forget(NGROK_AUTHTOKEN).await?,
    }
    desktop.serving.reach_as_chosen().await?;
    settings(app).await
}

/// Pauses notifications, or resumes them.
#[tauri::command]
pub(crate) async fn pause_notifications(
    desktop: State<'_, Desktop>,
    pause: Option<Pause>,
) -> Result<Status> {
    let pause = pause.map(|pause| match pause {
        Pause::Minutes(minutes) => table::Pause::of_minutes(minutes, Timestamp::now()),
        Pause::Open(OpenEnd::UntilResumed) => table::Pause::UntilResumed,
    });
    desktop.engine.pause_notifications(pause).await?;
    status(desktop).await
}
