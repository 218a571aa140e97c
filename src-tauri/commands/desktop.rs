//! What the window cannot do by itself.

use anyhow::{Context as _, bail};
use bellhop_core::rule::Sound;
use bellhop_engine::announcing::{self, Bubble};
use bellhop_engine::here;
use bellhop_engine::store::settings;
use tauri::{AppHandle, State};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tauri_plugin_opener::OpenerExt as _;

use crate::error::Result;
use crate::notifier;
use crate::state::Desktop;

/// Shows a notification, so that the person sees whether the desktop shows any.
#[tauri::command]
pub(crate) async fn test_notification(app: AppHandle, desktop: State<'_, Desktop>) -> Result<()> {
    show_example(app, &desktop, None).await
}

/// Shows a notification of a booking that is made up, with a sound if one is named.
pub(super) async fn show_example(
    app: AppHandle,
    desktop: &Desktop,
    sound: Option<Sound>,
) -> Result<()> {
    let read = desktop.engine.store.read(|connection| {
        let privacy = settings::privacy(connection)?;
        Ok(announcing::example(privacy, &here(connection)?))
    });
    let bubble = Bubble {
        sound,
        ..read.await?
    };
    let shown = tauri::async_runtime::spawn_blocking(move || notifier::show(&app, &bubble)).await?;
    shown
        .map_err(anyhow::Error::msg)
        .context("The desktop did not take the notification")?;
    Ok(())
}

/// Puts a text on the clipboard.
#[tauri::command]
pub(crate) fn copy_text(app: AppHandle, text: String) -> Result<()> {
    Ok(app.clipboard().write_text(text)?)
}

/// Opens a web page, a mail or a phone call in the program that the person uses for it.
#[tauri::command]
pub(crate) fn open_link(app: AppHandle, url: String) -> Result<()> {
    Ok(open(&app, &url)?)
}

fn open(app: &AppHandle, url: &str) -> anyhow::Result<()> {
    // Nothing else: a file or a program must never be started from a text that came from outside.
    if !["https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        bail!("Bellhop opens web pages, mails and phone calls only.");
    }
    Ok(app.opener().open_url(url, None::<&str>)?)
}
