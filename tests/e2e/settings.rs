//! The settings in the real window: starting at login, how the window looks, how much notifications tell, and a backup that
//! is made and put back through the system's own dialogs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bellhop_test_support::desktop::{Desktop, Program, Window, eventually, eventually_within};
use serde_json::Value;
use tempfile::TempDir;

use crate::{TITLE, stage};

const NAV: &str = "nav[aria-label='Parts of the settings'] a";

struct Stage {
    program: Program,
    desktop: Desktop,
    data: TempDir,
}

impl Stage {
    async fn set() -> Result<Self> {
        let data = TempDir::with_prefix("bellhop data ")?;
        let desktop = Desktop::start().await?;
        let secrets = [("BELLHOP_SECRETS", "file")];
        let program = stage::open(&desktop, data.path(), &secrets).await?;
        program.window().click_text("nav a", "Settings").await?;
        Ok(Self {
            program,
            desktop,
            data,
        })
    }

    fn window(&self) -> &Window {
        self.program.window()
    }

    fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        stage::told(&self.desktop, &format!("settings-{name}"), story)
    }

    fn picture(&self, name: &str) -> Result<()> {
        stage::picture(&self.desktop, &format!("settings-{name}"))
    }

    /// Answers the system's dialog for files, which the keyboard is in, with a path.
    async fn answer(&self, title: &str, path: &Path) -> Result<()> {
        let windows = self.desktop.windows();
        let dialog = eventually("the keyboard is in the dialog", async || {
            let dialog = windows.visible(title)?.pop();
            Ok(dialog.filter(|dialog| windows.is_active(dialog).is_ok_and(|active| active)))
        })
        .await?;
        let path = path.to_str().context("a path that is no text")?;
        eventually("the dialog has its answer", async || {
            if windows.visible(title)?.is_empty() {
                return Ok(Some(()));
            }
            windows.type_line(&dialog, path)?;
            // Not sooner than a busy computer closes it: what is typed then goes to the window behind it.
            let patience = Duration::from_secs(10);
            let closed = eventually_within(patience, "the dialog is closed", async || {
                Ok(windows.visible(title)?.is_empty().then_some(()))
            });
            let closed = closed.await;
            if closed.is_err() && !windows.is_active(&dialog)? {
                // It complains about what it has read, since a letter got lost.
                windows.escape()?;
            }
            closed.map(Some)
        })
        .await
    }
}

#[tokio::test]
async fn on_a_virtual_desktop_it_starts_at_login_and_looks_as_chosen() -> Result<()> {
    let stage = Stage::set().await?;
    stage.told("choices", choices(&stage).await)
}

async fn choices(stage: &Stage) -> Result<()> {
    let window = stage.window();
    window.click_text(NAV, "General").await?;
    starts_at_login(stage).await?;

    window.click_text("button", "Dark").await?;
    let look = "return [document.documentElement.dataset.theme, document.documentElement.lang]";
    let looks = async |theme: &str, language: &str| {
        eventually("the window looks as chosen", async || {
            let found = stage.window().script(look, &[]).await?;
            Ok((found == serde_json::json!([theme, language])).then_some(()))
        })
        .await
    };
    looks("dark", "en").await?;
    window.click_text("button", "Deutsch").await?;
    looks("dark", "de").await?;
    window.see_text("h1", "Einstellungen").await?;
    window.is_drawn().await?;
    stage.picture("german")?;

    // A window that is opened anew is told before its own scripts run.
    reopen(stage, "Bellhop öffnen").await?;
    let told = "return window.__BELLHOP_LOOK__.appearance";
    ensure!(stage.window().script(told, &[]).await? == "dark");
    looks("dark", "de").await?;
    let place = "location.hash = '#/settings/general'";
    window.script(place, &[]).await?;
    window.click_text("button", "English").await?;
    looks("dark", "en").await?;

    window.click_text(NAV, "Notifications").await?;
    window.click_text("[role=radio]", "No names").await?;
    window
        .see_text("[role=radio][data-state=checked]", "No names")
        .await?;
    window
        .click_text("button", "Send a test notification")
        .await?;
    // Closing the window for the first time has shown one too.
    let told = eventually("the test notification is shown", async || {
        let all = stage.desktop.notifications().all();
        Ok(all
            .into_iter()
            .find(|told| told.summary.starts_with("Test")))
    })
    .await?;
    ensure!(
        told.summary == "Test · New booking" && !told.body.contains("Haircut"),
        "{told:?}"
    );
    window.click_text(NAV, "About").await?;
    window.see_text("section", "connects to nothing").await?;
    Ok(())
}

async fn starts_at_login(stage: &Stage) -> Result<()> {
    let entry = stage
        .desktop
        .screen()
        .folder()
        .join("home/.config/autostart/bellhop-desktop.desktop");
    ensure!(!entry.exists());
    stage.window().click("button[role=switch]").await?;
    let command = format!(
        "Exec=\"{}\" --hidden --data-dir \"{}\"",
        env!("CARGO_BIN_EXE_bellhop-desktop"),
        stage.data.path().display()
    );
    let text = eventually("it is to start at login", async || {
        let text = fs::read_to_string(&entry)?;
        ensure!(text.lines().any(|line| line == command), "{text}");
        Ok(Some(text))
    })
    .await?;
    // The program was moved since, and is started from where it is now.
    let moved = text.replace(env!("CARGO_BIN_EXE_bellhop-desktop"), "/old place/bellhop");
    fs::write(&entry, moved)?;
    let data = TempDir::new()?;
    let mut other = stage
        .desktop
        .screen()
        .daemon(Path::new(env!("CARGO_BIN_EXE_bellhop-desktop")))?
        .args(["--hidden", "--data-dir"])
        .arg(data.path())
        .spawn()?;
    let followed = eventually("the entry names the program again", async || {
        Ok((fs::read_to_string(&entry)? == text).then_some(()))
    })
    .await;
    other.kill()?;
    other.wait()?;
    followed?;
    stage
        .window()
        .see("button[role=switch][aria-checked=true]:not(:disabled)")
        .await?;
    stage.window().click("button[role=switch]").await?;
    eventually("it is not to start at login any more", async || {
        Ok((!entry.exists()).then_some(()))
    })
    .await
}

async fn reopen(stage: &Stage, entry: &str) -> Result<()> {
    stage::close(&stage.desktop, TITLE).await?;
    let tray = stage.desktop.tray().item().await?;
    tray.choose(entry).await?;
    stage::is_open(&stage.desktop, TITLE).await?;
    stage.window().follow().await?;
    stage.window().see("h1").await?;
    Ok(())
}

#[tokio::test]
async fn on_a_virtual_desktop_a_backup_is_made_and_put_back() -> Result<()> {
    let stage = Stage::set().await?;
    stage.told("restore", restore(&stage).await)
}

async fn restore(stage: &Stage) -> Result<()> {
    let window = stage.window();
    let elsewhere = tempfile::tempdir()?;
    let file = elsewhere.path().join("my backup.db");
    window.click_text(NAV, "Data and backups").await?;
    window.click_text("button", "Back up to a file…").await?;
    stage.answer("Save", &file).await?;
    window
        .see_text("[role=status]", "Backup written and checked")
        .await?;
    ensure!(file.exists());
    stage.picture("backed-up")?;

    window.click_text("button", "Choose a backup…").await?;
    stage.answer("Open|Select", &file).await?;
    window.see_text("[role=alertdialog]", "It holds").await?;
    stage.picture("restore")?;
    let before = receiver(stage)?;
    // The program ends before it could tell that the button was clicked.
    let click = "
        const buttons = [...document.querySelectorAll('[role=alertdialog] button')];
        const restore = buttons.find((button) => button.textContent.includes('Restore and restart'));
        setTimeout(() => restore.click(), 100);";
    window.script(click, &[]).await?;
    let status = stage.program.ended().await?;
    ensure!(status == 0, "the program ended with status {status}");

    // It is there again by itself, with the backup, and shows how it went.
    eventually("another receiver takes calls", async || {
        Ok(receiver(stage).is_ok_and(|pid| pid != before).then_some(()))
    })
    .await?;
    stage::is_open(&stage.desktop, TITLE).await?;
    let kept: Vec<PathBuf> = fs::read_dir(stage.data.path())?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains("bellhop-replaced-"))
        .collect();
    ensure!(kept.len() == 1, "the data before are kept: {kept:?}");
    let tray = stage.desktop.tray().item().await?;
    stage.picture("restored")?;
    tray.choose("Quit").await?;
    eventually("the program that was started again has ended", async || {
        let pid = receiver(stage)?;
        Ok((!Path::new(&format!("/proc/{pid}/exe")).exists()).then_some(()))
    })
    .await
}

/// The process that takes calls.
fn receiver(stage: &Stage) -> Result<u64> {
    let told: Value = serde_json::from_str(&fs::read_to_string(
        stage.data.path().join("receiver.json"),
    )?)?;
    told["pid"].as_u64().context("no process")
}
