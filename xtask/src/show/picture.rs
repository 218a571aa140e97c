//! Whether a window shows anything: a web view is mapped some time before it has painted its page.

use std::collections::HashSet;
use std::fs;

use anyhow::{Context, Result};
use virtual_screen::Screen;

/// An empty window has a handful of colours with its frame; text alone has more, for its smooth edges.
const COLOURS: usize = 40;

/// Whether the window with this id has been painted.
pub(super) fn is_painted(screen: &Screen, window: &str) -> Result<bool> {
    let Some(geometry) = screen.asks("xdotool", ["getwindowgeometry", "--shell", window])? else {
        return Ok(false);
    };
    let value = |name: &str| {
        geometry
            .lines()
            .find_map(|line| line.strip_prefix(name)?.parse::<usize>().ok())
    };
    let sides = (value("X="), value("Y="), value("WIDTH="), value("HEIGHT="));
    let (Some(x), Some(y), Some(width), Some(height)) = sides else {
        return Ok(false);
    };
    let file = screen.folder().join("look.ppm");
    screen.screenshot(&file)?;
    let picture = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let (across, pixels) =
        read_ppm(&picture).context("scrot wrote something else than a PPM picture")?;
    let rows = pixels.chunks_exact(across * 3).skip(y).take(height);
    let colours = rows
        .flat_map(|row| row.chunks_exact(3).skip(x).take(width))
        .collect::<HashSet<_>>();
    Ok(colours.len() >= COLOURS)
}

/// `P6`, width, height, 255, one white space, then three bytes for each pixel. Gives the width and those.
fn read_ppm(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut rest = bytes;
    let mut words = Vec::new();
    while words.len() < 4 {
        let end = rest.iter().position(u8::is_ascii_whitespace)?;
        let word = std::str::from_utf8(rest.get(..end)?).ok()?;
        if word.starts_with('#') {
            let line = rest.iter().position(|byte| *byte == b'\n')?;
            rest = rest.get(line + 1..)?;
            continue;
        }
        words.push(word);
        rest = rest.get(end + 1..)?;
    }
    (words.first() == Some(&"P6")).then_some((words.get(1)?.parse().ok()?, rest))
}
