//! `bellhop timeline`

use bellhop_core::event::Problem;
use bellhop_engine::Engine;
use bellhop_engine::store::When;
use bellhop_engine::store::timeline::{self, TimelineEntry as Row, TimelineQuery};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::Timeline;
use crate::json::TimelineEntry;
use crate::output::{Output, columns, local};

pub(super) async fn list(engine: &Engine, query: Timeline, output: Output) -> anyhow::Result<()> {
    let query = TimelineQuery {
        limit: query.limit.into(),
        before: query.before,
        kind: query.kind,
        provider: query.provider,
        endpoint_id: query.endpoint,
        search: query.search,
        since: query.since,
        until: query.until,
        ..TimelineQuery::default()
    };
    let rows = engine
        .store
        .read(move |connection| timeline::list(connection, &query))
        .await?;
    let list: Vec<TimelineEntry> = rows.iter().map(TimelineEntry::of).collect();
    output.print(&list, |_| table(&rows))
}

pub(super) fn table(rows: &[Row]) -> String {
    let cells = rows.iter().map(|row| {
        let problems = row
            .problems
            .iter()
            .map(|Problem { message, .. }| message.as_str());
        let remark: Vec<&str> = row.reason.as_deref().into_iter().chain(problems).collect();
        [
            row.event_id.to_string(),
            local(row.received_at),
            row.kind.as_str().to_owned(),
            row.attendee.display().unwrap_or("–").to_owned(),
            row.title.clone().unwrap_or_default(),
            when(row),
            row.provider.to_string(),
            remark.join(" "),
        ]
    });
    let heading = [
        "ID", "RECEIVED", "WHAT", "WHO", "TITLE", "WHEN", "PROVIDER", "REMARK",
    ];
    columns(heading, cells.collect(), "Nothing has happened yet.")
}

/// One line about an entry, for a terminal that follows along.
pub(super) fn line(row: &Row) -> String {
    let title = row.title.as_deref().unwrap_or_default();
    let who = row.attendee.display().unwrap_or_default();
    let line = format!(
        "{}  {:<11} {:<10} {who:<18} {title:<22} {}",
        local(row.received_at),
        row.kind.as_str(),
        row.provider.to_string(),
        when(row),
    );
    line.replace(char::is_control, " ")
}

fn when(row: &Row) -> String {
    match (written(row.previous), written(row.when)) {
        (Some(old), Some(new)) => format!("{old} → {new}"),
        (None, Some(new)) => new,
        _ => String::new(),
    }
}

/// A time of day where one is known, else the date.
pub(super) fn written(when: When) -> Option<String> {
    let start = |start: Timestamp| {
        start
            .to_zoned(TimeZone::system())
            .strftime("%a %-d %b %H:%M")
            .to_string()
    };
    when.start
        .map(start)
        .or_else(|| when.date.map(|date| date.strftime("%a %-d %b").to_string()))
}
