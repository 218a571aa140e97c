//! `bellhop`: the command line of Bellhop, and its receiver without a window.
//!
//! Exit status: 0 done, 1 failed with one line on standard error, 2 wrong usage.

// A command line speaks through standard output and standard error.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod args;
mod commands;
mod json;
mod output;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    let args = args::Args::parse();
    bellhop_engine::log::start();
    match commands::run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bellhop: {error:#}");
            ExitCode::FAILURE
        }
    }
}
