//! The windows, seen and used as a person does: through the window manager.

use anyhow::{Context, Result};
use virtual_screen::Screen;
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask};

/// Who asks, by the window managers' specification: a program that stands for the person.
const FROM_PAGER: u32 = 2;

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

    /// Whether the window has told the window manager that it does not want the keyboard when it appears: by the window
    /// managers' specification it was opened by nothing that the person has just done.
    ///
    /// # Errors
    /// When the X server does not answer.
    pub fn wants_no_keyboard(&self, id: &str) -> Result<bool> {
        let window = id.parse().context("not the id of a window")?;
        let (server, _) = x11rb::connect(Some(self.screen.display()))?;
        let number = |window, name: &[u8]| -> Result<Option<u32>> {
            let name = server.intern_atom(false, name)?.reply()?.atom;
            let told = server.get_property(false, window, name, AtomEnum::ANY, 0, 1)?;
            Ok(told.reply()?.value32().and_then(|mut values| values.next()))
        };
        // To a window manager that asks for it, another window tells it instead.
        let other = number(window, b"_NET_WM_USER_TIME_WINDOW")?.unwrap_or(window);
        for teller in [window, other] {
            if number(teller, b"_NET_WM_USER_TIME")? == Some(0) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Presses Escape in whatever window the keyboard is in.
    ///
    /// # Errors
    /// When xdotool is not installed.
    pub fn escape(&self) -> Result<()> {
        self.screen.asks("xdotool", ["key", "Escape"])?;
        Ok(())
    }

    /// Asks the window manager to close the window, as its button does: the program is asked, not killed.
    ///
    /// # Errors
    /// When the X server does not answer.
    pub fn close(&self, id: &str) -> Result<()> {
        let window = id.parse().context("not the id of a window")?;
        let (server, number) = x11rb::connect(Some(self.screen.display()))?;
        let root = server.setup().roots.get(number).context("no screen")?.root;
        let close = server
            .intern_atom(false, b"_NET_CLOSE_WINDOW")?
            .reply()?
            .atom;
        let message =
            ClientMessageEvent::new(32, window, close, [CURRENT_TIME, FROM_PAGER, 0, 0, 0]);
        let manager = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        server.send_event(false, root, manager, message)?.check()?;
        Ok(())
    }
}
