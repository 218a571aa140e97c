//! One module a group of commands. Each parses, asks the engine once, and prints.

mod attendee;
mod backup;
mod booking;
mod delivery;
mod doctor;
mod endpoint;
mod gap;
mod rejection;
mod restore;
mod retention;
mod send;
mod serve;
mod status;
mod timeline;
mod token;
mod tunnel;

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use bellhop_core::signature::SecretValue;
use bellhop_engine::Engine;

use crate::args::{self, Args, Command};
use crate::output::Output;

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let output = if args.json {
        Output::Json
    } else {
        Output::Text
    };
    if let Command::Demo { listen } = args.command {
        return serve::demo(listen, output).await;
    }
    let data_dir = data_dir(args.data_dir)?;
    match args.command {
        Command::Status => return status::show(&data_dir, output),
        Command::Tunnel(args::Tunnel::Status) => return tunnel::show(&data_dir, output),
        Command::Backup { file } => return backup::run(&data_dir, &file, output).await,
        Command::Doctor {
            chain,
            endpoint,
            ngrok_root_cas,
            ngrok_proxy,
        } => {
            let chain = chain.then_some(doctor::Chain {
                endpoint,
                root_cas: ngrok_root_cas,
                proxy: ngrok_proxy,
            });
            return doctor::run(&data_dir, chain, output).await;
        }
        Command::Restore { file } => return restore::run(&data_dir, &file, output).await,
        _ => {}
    }
    let engine = Engine::open(&data_dir).await?;
    match args.command {
        Command::Serve(serve) => serve::run(engine, serve, output).await,
        Command::Endpoint(command) => endpoint::run(&engine, command, output).await,
        Command::Timeline(query) => timeline::list(&engine, query, output).await,
        Command::Booking(command) => booking::run(&engine, command, output).await,
        Command::Delivery(command) => delivery::run(&engine, command, output).await,
        Command::Rejection(command) => rejection::run(&engine, command, output).await,
        Command::Gap(command) => gap::run(&engine, command, output).await,
        Command::Attendee(command) => attendee::run(&engine, command, output).await,
        Command::Retention(command) => retention::run(&engine, command, output).await,
        Command::Send {
            endpoint,
            event_type,
            count,
        } => send::run(&engine, endpoint, &event_type, count, output).await,
        Command::Token(command) => token::run(&engine, command).await,
        // They need no engine, or open it in their own way, and have been answered above.
        Command::Demo { .. }
        | Command::Status
        | Command::Tunnel(_)
        | Command::Backup { .. }
        | Command::Restore { .. }
        | Command::Doctor { .. } => Ok(()),
    }
}

fn data_dir(chosen: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    chosen
        .or_else(bellhop_engine::default_data_dir)
        .context("there is no home directory to keep data in: choose a place with --data-dir")
}

/// The address by which the world reaches the receiver that runs on this data directory.
fn public_url(engine: &Arc<Engine>) -> Option<String> {
    bellhop_engine::instance::running(&engine.data_dir)?.public_url
}

/// A secret from standard input: never an argument, which other programs could see.
fn secret_from_stdin() -> anyhow::Result<SecretValue> {
    let mut pasted = String::new();
    std::io::stdin()
        .read_to_string(&mut pasted)
        .context("the secret on standard input cannot be read")?;
    SecretValue::new(&pasted).context("there is no secret on standard input")
}
