//! A desktop without a screen, for tests of the real program: an X server, a session bus, a window
//! manager, and this process in the parts of the desktop that a program talks to.
//!
//! - [`Notifications`] is the notification daemon: it records every call and can press buttons.
//! - [`Portal`] tells which colours the person prefers.
//! - [`Tray`] is the panel: it knows the tray item, its properties and its menu.
//! - [`Program`] is the real program, with its window driven through WebDriver.
//! - [`Clock`] is what it takes for the time of day.
//!
//! Everything waits for a condition until a deadline; nothing waits for a time to pass.

mod clipboard;
mod clock;
mod disturbing;
mod notifications;
mod portal;
mod program;
mod tray;
mod webdriver;
mod windows;

use std::path::Path;

use anyhow::{Context, Result};
use virtual_screen::{Screen, ScreenOptions};
use zbus::connection;

pub use crate::wait::{PATIENCE, eventually, eventually_within};
pub use clock::Clock;
pub use notifications::{Notification, Notifications};
pub use portal::Portal;
pub use program::{Program, ProgramOptions};
pub use tray::{MenuItem, Tray, TrayItem};
pub use webdriver::Window;
pub use windows::Windows;

/// The desktop. Dropping it ends everything on it.
#[derive(Debug)]
pub struct Desktop {
    // Dropped first: their connection is to a daemon of the screen.
    notifications: Notifications,
    tray: Tray,
    portal: Portal,
    screen: Screen,
}

impl Desktop {
    /// Starts the desktop, with this process as its notification daemon, its panel and its portal.
    ///
    /// To be called from the test's own thread, as the processes end with the thread that started them.
    ///
    /// # Errors
    /// When a part is not installed (`cargo xtask test` installs them) or does not come up.
    pub async fn start() -> Result<Self> {
        let desktop = Self::start_without_panel().await?;
        desktop.tray.appear().await?;
        Ok(desktop)
    }

    /// Like [`Desktop::start`], on a desktop that has no panel for tray icons until [`Tray::appear`].
    ///
    /// # Errors
    /// As [`Desktop::start`].
    pub async fn start_without_panel() -> Result<Self> {
        let screen = Screen::start(&ScreenOptions::default()).context(
            "the virtual desktop did not start; `cargo xtask test` installs what it needs",
        )?;
        let bus = || connection::Builder::address(screen.bus()).context("the bus has no address");
        let notifications = Notifications::start(screen.bus()).await?;
        let tray = Tray::start(bus()?).await?;
        let portal = Portal::start(bus()?).await?;
        Ok(Self {
            notifications,
            tray,
            portal,
            screen,
        })
    }

    /// What programs notified.
    #[must_use]
    pub fn notifications(&self) -> &Notifications {
        &self.notifications
    }

    /// What programs put into the tray.
    #[must_use]
    pub fn tray(&self) -> &Tray {
        &self.tray
    }

    /// What tells programs the person's colours. Dark ones at first.
    #[must_use]
    pub fn portal(&self) -> &Portal {
        &self.portal
    }

    /// The windows as the window manager sees them.
    #[must_use]
    pub fn windows(&self) -> Windows<'_> {
        Windows::on(&self.screen)
    }

    /// The text on the clipboard; empty if there is none.
    ///
    /// # Errors
    /// When xclip is not installed.
    pub fn clipboard(&self) -> Result<String> {
        clipboard::text(&self.screen)
    }

    /// Starts a program and a WebDriver session in its window.
    ///
    /// # Errors
    /// When the program does not open a window in which WebDriver answers.
    pub async fn open(&self, options: &ProgramOptions<'_>) -> Result<Program> {
        Program::start(&self.screen, options)
            .await
            .with_context(|| self.screen.logs())
    }

    /// Saves a picture of the whole screen.
    ///
    /// # Errors
    /// When scrot is not installed or cannot write the file.
    pub fn screenshot(&self, file: &Path) -> Result<()> {
        self.screen.screenshot(file)
    }

    /// The screen below it all, to run other programs on.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        &self.screen
    }
}
