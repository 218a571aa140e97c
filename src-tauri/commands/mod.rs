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
