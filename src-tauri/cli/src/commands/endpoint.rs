//! `bellhop endpoint`

use std::sync::Arc;

use bellhop_engine::Engine;
use bellhop_engine::endpoints::generate_secret;
use bellhop_engine::store::endpoints::{self, Endpoint as Row};
use bellhop_engine::store::secrets;

use super::{public_url, secret_from_stdin};
use crate::args::{Endpoint as Command, Secret as SecretCommand};
use crate::json::{AddedEndpoint, Endpoint, Secret};
use crate::output::{Output, columns, local, local_or_never, write_line};

pub(super) async fn run(
    engine: &Arc<Engine>,
    command: Command,
    output: Output,
) -> anyhow::Result<()> {
    let host = public_url(engine);
    match command {
        Command::Add {
            provider,
            label,
            secret_stdin,
            generate_secret: generate,
        } => {
            let generated = if generate {
                Some(generate_secret()?)
            } else {
                None
            };
            let secret = if secret_stdin {
                Some(secret_from_stdin()?)
            } else {
                generated.clone()
            };
            let row = engine
                .add_endpoint(provider, label.as_deref(), secret)
                .await?;
            let generated_secret = generated.map(|secret| secret.reveal().to_owned());
            let added = AddedEndpoint {
                endpoint: Endpoint::of(&row, host.as_deref()),
                generated_secret,
            };
            output.print(&added, |added| {
                let secret = added.generated_secret.as_ref();
                let secret = secret
                    .map(|secret| format!("\nSecret, shown this once: {secret}"))
                    .unwrap_or_default();
                format!("{}{secret}", described(&row, host.as_deref()))
            })
        }
        Command::List => {
            let rows = engine.store.read(endpoints::all).await?;
            let list: Vec<Endpoint> = rows
                .iter()
                .map(|row| Endpoint::of(row, host.as_deref()))
                .collect();
            output.print(&list, |_| {
                let cells = rows.iter().map(|row| {
                    [
                        row.id.to_string(),
                        row.provider.to_string(),
                        row.label.clone(),
                        row.trust().as_str().to_owned(),
                        local_or_never(row.last_delivery_at),
                        address(row, host.as_deref()),
                    ]
                });
                let heading = ["ID", "PROVIDER", "LABEL", "TRUST", "LAST CALL", "ADDRESS"];
                columns(
                    heading,
                    cells.collect(),
                    "There is no endpoint yet. Add one with \"bellhop endpoint add\".",
                )
            })
        }
        Command::Show { id } => {
            let row = engine.endpoint(id).await?;
            output.print(&Endpoint::of(&row, host.as_deref()), |_| {
                described(&row, host.as_deref())
            })
        }
        Command::Remove { id } => {
            let row = engine.endpoint(id).await?;
            engine.remove_endpoint(id).await?;
            output.print(&Endpoint::of(&row, None), |_| {
                format!(
                    "Endpoint {id} is removed. Take its address out of {}'s settings.",
                    row.provider
                )
            })
        }
        Command::Secret(command) => secret(engine, command, output).await,
    }
}

async fn secret(engine: &Engine, command: SecretCommand, output: Output) -> anyhow::Result<()> {
    match command {
        SecretCommand::Add { endpoint, .. } => {
            let row = engine.add_secret(endpoint, secret_from_stdin()?).await?;
            match row.secrets.last() {
                Some(secret) => output.print(&Secret::of(secret), |_| {
                    format!("Secret {} is live.", secret.id)
                }),
                None => write_line("The secret was retired at once by another program."),
            }
        }
        SecretCommand::List { endpoint } => {
            engine.endpoint(endpoint).await?;
            let rows = engine
                .store
                .read(move |connection| secrets::all(connection, endpoint))
                .await?;
            let list: Vec<Secret> = rows.iter().map(Secret::of).collect();
            output.print(&list, |_| {
                let cells = rows.iter().map(|row| {
                    let state = if row.retired_at.is_some() {
                        "retired"
                    } else {
                        "live"
                    };
                    [
                        row.id.to_string(),
                        state.to_owned(),
                        local(row.created_at),
                        local_or_never(row.last_used_at),
                    ]
                });
                columns(
                    ["ID", "STATE", "ADDED", "LAST USED"],
                    cells.collect(),
                    "This endpoint has no secret.",
                )
            })
        }
        SecretCommand::Retire { endpoint, secret } => {
            engine.retire_secret(endpoint, secret).await?;
            let rows = engine
                .store
                .read(move |connection| secrets::all(connection, endpoint))
                .await?;
            let retired = rows.iter().find(|row| row.id == secret).map(Secret::of);
            output.print(&retired, |_| {
                format!("Secret {secret} proves nothing any more.")
            })
        }
    }
}

fn address(row: &Row, host: Option<&str>) -> String {
    format!("{}{}", host.unwrap_or_default(), row.path())
}

fn described(row: &Row, host: Option<&str>) -> String {
    let facts = row.provider.facts();
    let mut text = format!(
        "Endpoint {} for {}, \"{}\"\nAddress: {}",
        row.id,
        row.provider,
        row.label,
        address(row, host)
    );
    if host.is_none() {
        text +=
            "\n  (the part after the host; the host is known while a receiver with a tunnel runs)";
    }
    if let Some(form) = &row.signature_form {
        text += &format!("\nIts calls prove themselves by: {form}");
    }
    text += &format!(
        "\nLast call: {}\nWhere to paste it:",
        local_or_never(row.last_delivery_at)
    );
    for (number, step) in (1..).zip(facts.setup) {
        text += &format!("\n  {number}. {step}");
    }
    if let Some(honesty) = facts.honesty {
        text += &format!("\n{honesty}");
    }
    text
}
