//! The first run: how far it has come, and the demo that it offers.

use std::process::Stdio;

use anyhow::{Context as _, bail};
use bellhop_engine::first_run::FirstRun as Kept;
use tauri::{AppHandle, Manager as _, State};
use tokio::process::Command;

use super::row;
use crate::dto::FirstRun;
use crate::error::Result;
use crate::state::Desktop;

/// Where the first run stands. None: it has not begun.
#[tauri::command]
pub(crate) async fn first_run(desktop: State<'_, Desktop>) -> Result<Option<FirstRun>> {
    let kept = desktop.engine.store.read(Kept::read).await?;
    Ok(kept.map(Into::into))
}

/// Remembers where the first run stands.
#[tauri::command]
pub(crate) async fn save_first_run(desktop: State<'_, Desktop>, first_run: FirstRun) -> Result<()> {
    let kept = Kept {
        progress: first_run.progress.into(),
        step: first_run.step.into(),
        endpoint_id: first_run.endpoint_id.as_deref().map(row).transpose()?,
    };
    desktop
        .engine
        .store
        .write(move |connection| kept.write(connection))
        .await?;
    Ok(())
}

/// Opens the demo beside this program.
#[tauri::command]
pub(crate) async fn start_demo(app: AppHandle) -> Result<()> {
    Ok(open_demo(&app).await?)
}

/// The demo is a program of its own with a throw-away profile, so that nothing invented is ever among what is real. It
/// ends with its window.
async fn open_demo(app: &AppHandle) -> anyhow::Result<()> {
    let desktop = app.state::<Desktop>();
    if desktop.demo {
        bail!("This is the demo.");
    }
    let mut beside = desktop.demo_beside.lock().await;
    if let Some(demo) = beside.as_mut()
        && demo.try_wait()?.is_none()
    {
        bail!("The demo is open already, in a window of its own.");
    }
    let program = tauri::process::current_binary(&app.env())?;
    let demo = Command::new(program)
        .arg("--demo")
        // It names the real data.
        .env_remove("BELLHOP_DATA_DIR")
        .stdin(Stdio::null())
        .spawn()
        .context("The demo could not be opened")?;
    *beside = Some(demo);
    Ok(())
}
