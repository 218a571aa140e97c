//! `bellhop delivery`

use anyhow::Context as _;
use bellhop_engine::store::deliveries::{self, DeliveryQuery};
use bellhop_engine::{Engine, worker};
use serde_json::json;

use crate::args::Delivery as Command;
use crate::json::{Delivery, WholeDelivery};
use crate::output::{Output, columns, local};

pub(super) async fn run(engine: &Engine, command: Command, output: Output) -> anyhow::Result<()> {
    match command {
        Command::List {
            limit,
            before,
            provider,
            endpoint,
            problems,
        } => {
            let query = DeliveryQuery {
                limit: limit.into(),
                before,
                endpoint_id: endpoint,
                provider,
                with_problems: problems,
            };
            let rows = engine
                .store
                .read(move |connection| deliveries::list(connection, query))
                .await?;
            let list: Vec<Delivery> = rows.iter().map(Delivery::of).collect();
            output.print(&list, |_| {
                let cells = rows.iter().map(|row| {
                    [
                        row.id.to_string(),
                        local(row.received_at),
                        row.provider.to_string(),
                        row.trust.as_str().to_owned(),
                        row.state.as_str().to_owned(),
                        row.repeats.to_string(),
                        row.problems.len().to_string(),
                    ]
                });
                let heading = [
                    "ID", "RECEIVED", "PROVIDER", "TRUST", "STATE", "REPEATS", "PROBLEMS",
                ];
                columns(heading, cells.collect(), "No call has come yet.")
            })
        }
        Command::Show { id } => {
            let found = engine
                .store
                .read(move |connection| deliveries::get(connection, id))
                .await?;
            let (row, call) = found.with_context(|| {
                format!("there is no delivery {id}. List them with \"bellhop delivery list\"")
            })?;
            output.print(&WholeDelivery::of(&row, &call), |_| {
                let headers = String::from_utf8_lossy(&call.header_block()).into_owned();
                let problems: String = row
                    .problems
                    .iter()
                    .map(|problem| format!("Problem: {}\n", problem.message))
                    .collect();
                let text = format!(
                    "{problems}{headers}\n{}",
                    String::from_utf8_lossy(&call.body)
                );
                text.replace(
                    |c: char| c.is_control() && c != '\n' && c != '\t',
                    "\u{fffd}",
                )
            })
        }
        Command::Replay { id, .. } => {
            let replayed = engine
                .store
                .write(move |connection| deliveries::replay(connection, id))
                .await?;
            if let (0, Some(id)) = (replayed, id) {
                let known = engine
                    .store
                    .read(move |connection| deliveries::get(connection, id))
                    .await?;
                known.with_context(|| {
                    format!("there is no delivery {id}. List them with \"bellhop delivery list\"")
                })?;
            }
            worker::drain(&engine.store, &engine.changes).await?;
            output.print(&json!({ "replayed": replayed }), |_| match replayed {
                1 => "One call was read again.".to_owned(),
                count => format!("{count} calls were read again."),
            })
        }
    }
}
