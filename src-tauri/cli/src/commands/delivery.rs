//! `bellhop delivery`

use anyhow::{Context as _, bail};
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
                if let Some(erased_at) = row.erased_at {
                    return format!(
                        "The content of this call was removed on {}. It came on {}, with the key {}.",
                        local(erased_at),
                        local(row.received_at),
                        row.idempotency_key
                    );
                }
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
                let (known, _) = known.with_context(|| {
                    format!("there is no delivery {id}. List them with \"bellhop delivery list\"")
                })?;
                if let Some(erased_at) = known.erased_at {
                    bail!(
                        "delivery {id} cannot be read again: its content was removed on {}. Its entries in the timeline stay as they are",
                        local(erased_at)
                    );
                }
            }
            worker::drain(&engine.store, &engine.changes).await?;
            let skipped = match id {
                Some(_) => 0,
                None => engine.store.read(deliveries::erased).await?,
            };
            output.print(&json!({ "replayed": replayed, "skipped": skipped }), |_| {
                let replayed = match replayed {
                    1 => "One call was read again.".to_owned(),
                    count => format!("{count} calls were read again."),
                };
                match skipped {
                    0 => replayed,
                    _ => format!(
                        "{replayed} Left out, because their content was removed: {skipped}."
                    ),
                }
            })
        }
    }
}
