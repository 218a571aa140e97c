//! The windows, seen and used as a person does: through the window manager.

use anyhow::{Context, Result};
use virtual_screen::Screen;

/// The windows of a screen.
#[derive(Debug, Clone, Copy)]
pub struct Windows<'a> {
    screen: &'a Screen,
}

impl<'a> Windows<'a> {
    pub(super) fn on(screen: &'a Screen) -> Self {
        Self { screen }
    }

    /// The ids of the windows on the screen whose title matches, hidden ones not among them.
    ///
    /// # Errors
    /// When xdotool is not installed.
    pub fn visible(&self, title: &str) -> Result<Vec<String>> {
        // It fails where it finds none.
        let found = self
            .screen
            .asks("xdotool", ["search", "--onlyvisible", "--name", title])?;
        Ok(found
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect())
    }

    /// Types a line into the window, in place of what the field with the focus holds.
    ///
    /// # Errors
    /// When the window cannot be given the focus.
    pub fn type_line(&self, id: &str, text: &str) -> Result<()> {
        // A dialog for files opens its field at the first letter, and may lose what comes meanwhile.
        let begin = ["windowactivate", "--sync", id, "key", "slash"];
        let again = ["key", "--clearmodifiers", "ctrl+a"];
        let keys = ["type", "--clearmodifiers", "--delay", "20", text];
        for keys in [&begin[..], &again, &keys, &["key", "Return"]] {
            self.screen
                .asks("xdotool", keys)?
                .context("xdotool could not type")?;
        }
        Ok(())
    }

    /// Whether the keyboard is in this window.
    ///
    /// # Errors
    /// When xdotool is not installed.
    pub fn is_active(&self, id: &str) -> Result<bool> {
        let active = self.screen.asks("xdotool", ["getactivewindow"])?;
        Ok(active.is_some_and(|active| active.trim() == id))
    }

    /// Presses Escape in whatever window the keyboard is in.
    ///
    /// # Errors
    /// When xdotool is not installed.
    pub fn escape(&self) -> Result<()> {
        self.screen.asks("xdotool", ["key", "Escape"])?;
        Ok(())
    }

    /// Closes the window as a person does with the keyboard: the program is asked, not killed.
    ///
    /// # Errors
    /// When the window cannot be given the focus.
    pub fn close(&self, id: &str) -> Result<()> {
        let keys = [
            "windowactivate",
            "--sync",
            id,
            "key",
            "--clearmodifiers",
            "alt+F4",
        ];
        self.screen
            .asks("xdotool", keys)?
            .context("xdotool could not close the window")?;
        Ok(())
    }
}
