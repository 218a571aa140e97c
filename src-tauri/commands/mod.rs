//! What the window can ask. Each command parses, asks the engine once, and converts.

pub mod bookings;
pub mod calendar;
pub mod data;
pub mod deliveries;
pub mod desktop;
pub mod digests;
pub mod endpoints;
pub mod first_run;
pub mod notices;
pub mod overlaps;
pub mod reminders;
pub mod rules;
pub mod settings;
pub mod timeline;

use anyhow::Context as _;

/// The row that an id of the window names.
fn row(id: &str) -> anyhow::Result<i64> {
    id.parse()
        .with_context(|| format!("\"{id}\" is not an id that Bellhop gave out"))
}

/// Where the next page begins, by the last one of a page that is full. A page that is not is the last.
fn next_page<T>(found: &[T], limit: u32, name: impl FnOnce(&T) -> String) -> Option<String> {
    let is_full = found.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    found.last().filter(|_| is_full).map(name)
}
