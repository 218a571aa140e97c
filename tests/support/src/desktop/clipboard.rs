//! The clipboard, read as another program would.

use anyhow::Result;
use virtual_screen::Screen;

/// The text on the clipboard. xclip fails where nothing is on it, which is the empty text.
pub(super) fn text(screen: &Screen) -> Result<String> {
    Ok(screen
        .asks("xclip", ["-out", "-selection", "clipboard"])?
        .unwrap_or_default())
}
