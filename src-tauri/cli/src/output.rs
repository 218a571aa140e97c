//! Two ways to print: JSON for programs, aligned columns and sentences for people.

use std::io::Write as _;

use anyhow::Context as _;
use comfy_table::{Table, presets};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Json,
    Text,
}

impl Output {
    /// Prints `value` as JSON, or what `text` makes of it.
    pub(crate) fn print<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<()> {
        let line = match self {
            Output::Json => serde_json::to_string(value)?,
            Output::Text => text(value),
        };
        write_line(&line)
    }
}

/// Writes a line to standard output. A reader that has gone away is an error, as for any other file.
pub(crate) fn write_line(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .context("nothing reads the output")
}

/// Aligned columns under a heading, or `nothing` where there are no rows.
pub(crate) fn columns<const N: usize>(
    heading: [&str; N],
    rows: Vec<[String; N]>,
    nothing: &str,
) -> String {
    if rows.is_empty() {
        return nothing.to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(heading);
    for row in rows {
        // What comes from outside may hold control characters, which a terminal would obey.
        table.add_row(row.map(|cell| cell.replace(|c: char| c.is_control() && c != '\n', " ")));
    }
    table.trim_fmt()
}

/// A moment in the person's own time zone.
pub(crate) fn local(moment: Timestamp) -> String {
    moment
        .to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// A moment that may not have come yet.
pub(crate) fn local_or_never(moment: Option<Timestamp>) -> String {
    moment.map_or_else(|| "never".to_owned(), local)
}

/// A text that may be missing.
pub(crate) fn or_dash(text: Option<&str>) -> String {
    text.unwrap_or("–").to_owned()
}
