//! `bellhop rejection`

use bellhop_engine::Engine;
use bellhop_engine::store::rejections;

use crate::args::Rejection as Command;
use crate::json::Rejection;
use crate::output::{Output, columns, local, or_dash};

pub(super) async fn run(engine: &Engine, command: Command, output: Output) -> anyhow::Result<()> {
    let Command::List { limit, endpoint } = command;
    let rows = engine
        .store
        .read(move |connection| rejections::list(connection, endpoint, limit.into()))
        .await?;
    let list: Vec<Rejection> = rows.iter().map(Rejection::of).collect();
    output.print(&list, |_| {
        let cells = rows.iter().map(|row| {
            let endpoint = row.endpoint_id.map(|id| id.to_string());
            [
                local(row.at),
                or_dash(endpoint.as_deref()),
                row.reason.clone(),
                row.hint.clone(),
            ]
        });
        columns(
            ["AT", "ENDPOINT", "REASON", "WHAT TO DO"],
            cells.collect(),
            "No call has been turned away.",
        )
    })
}
