//! `bellhop gap`

use bellhop_core::notice::Here;
use bellhop_engine::Engine;
use bellhop_engine::gaps::{self, Report};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::Gap as Command;
use crate::json::Gap;
use crate::output::{Output, columns, local};

pub(super) async fn run(engine: &Engine, command: Command, output: Output) -> anyhow::Result<()> {
    let Command::List { limit, endpoint } = command;
    let here = Here::new(Timestamp::now(), TimeZone::system());
    let limit = usize::try_from(limit)?;
    let reports = engine
        .store
        .read(move |connection| gaps::report(connection, endpoint, limit, &here))
        .await?;
    let list: Vec<Gap> = reports.iter().map(Gap::of).collect();
    output.print(&list, |_| table(&reports))
}

/// A row for each gap, and below it one for each endpoint.
fn table(reports: &[Report]) -> String {
    let rows = reports.iter().flat_map(|report| {
        let gap = &report.gap;
        let ended = gap.ended_at.map_or_else(|| "goes on".to_owned(), local);
        let head = [local(gap.began_at), ended, gap.message()];
        let endpoints = report.affected.iter().map(|affected| {
            let words = &affected.words;
            let text = format!("{}: {} {}", affected.label, words.summary, words.advice);
            [String::new(), String::new(), text]
        });
        std::iter::once(head).chain(endpoints)
    });
    columns(
        ["FROM", "TO", "WHY, AND WHAT THE PROVIDERS DO"],
        rows.collect(),
        "Since it was first reached, Bellhop could be reached all the time.",
    )
}
