//! How fast the inbox, the window and notifications are. `cargo xtask bench` and its two siblings build and run this;
//! docs/performance.md says what the figures mean.
//!
//! One thread plays 32 providers ([`load`]). Beside `bellhop serve` it calls two servers that do less ([`references`]), in
//! turns and in the same run, so that the ratio holds also where the machine is slow or busy.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for people: what it finds is what it prints"
)]

mod calls;
mod disk;
mod home;
mod load;
mod plan;
mod process;
mod references;
mod stored;
mod table;
mod tray;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure, and print a table.
    Run(plan::Options),
    /// Measure the window, and print a table.
    Window(window::Options),
    /// Measure notifications and what the tray costs, and print tables.
    Tray(tray::Options),
    /// Be one of the servers that Bellhop is compared with.
    Reference(references::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(options) => plan::run(&options).and_then(|report| {
            print!("{}", table::render(&report));
            match &options.json {
                Some(file) => write_json(file, &report),
                None => Ok(()),
            }
        }),
        Command::Window(options) => window::run(&options).map(|seen| {
            print!("{}", window::render(&seen));
        }),
        Command::Tray(options) => tray::run(&options).map(|seen| {
            print!("{}", tray::render(&seen));
        }),
        Command::Reference(options) => references::serve(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn write_json(file: &PathBuf, report: &plan::Report) -> anyhow::Result<()> {
    std::fs::write(file, serde_json::to_string_pretty(report)?)?;
    Ok(())
}
