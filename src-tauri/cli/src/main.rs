//! `bellhop`: the command line of Bellhop, and its receiver without a window.
//!
//! Exit status: 0 done, 1 failed with one line on standard error, 2 wrong usage.

// A command line speaks through standard output and standard error.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod args;
mod commands;
mod json;
mod output;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let args = args::Args::parse();
    start_log();
    match commands::run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bellhop: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The log goes to standard error: warnings, or what `BELLHOP_LOG` asks for.
fn start_log() {
    let mut filter =
        EnvFilter::try_from_env("BELLHOP_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    for target in bellhop_engine::tunnel::LOUD_TARGETS {
        if let Ok(quiet) = format!("{target}=warn").parse() {
            filter = filter.add_directive(quiet);
        }
    }
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
