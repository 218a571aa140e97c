//! The project's commands. `cargo xtask run` opens Bellhop, `cargo xtask test` is everything that CI
//! runs; both do all their own set-up on a fresh machine.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for people: what it does is what it prints"
)]

mod bench;
mod command;
mod fuzz;
mod icons;
mod packages;
mod run;
#[cfg(unix)]
mod show;
mod soak;
mod test;
mod tools;
mod ui;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "The project's commands",
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Open Bellhop. Without a display: the same receiver in the terminal
    Run(run::Options),
    /// Everything that CI runs, in an order that fails early
    Test(test::Options),
    /// Kill, unplug and hinder the receiver under load, over and over
    Soak(soak::Options),
    /// Feed random calls to everything that reads calls
    Fuzz(fuzz::Options),
    /// How fast the inbox is, in release mode, beside two servers that do less
    Bench(bench::Options),
    /// How fast the window is, in release mode, on a virtual desktop
    BenchWindow(bench::WindowOptions),
    /// How soon a call is notified, and what the program costs in the tray, in release mode, on a virtual desktop
    BenchTray,
    /// Write the TypeScript types anew from the Rust types
    Bindings,
    /// Draw the PNG, ICO and ICNS files anew from the SVG files
    Icons,
    /// Look the dependencies up in the public database of advisories (needs the network)
    Advisories,
}

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<ExitCode> {
    // Every path in these commands is relative to the root of the repository.
    std::env::set_current_dir(root()).context("cannot enter the repository")?;
    match Cli::parse().command {
        Task::Run(options) => run::run(&options),
        Task::Test(options) => test::test(&options).map(|()| ExitCode::SUCCESS),
        Task::Soak(options) => soak::soak(&options).map(|()| ExitCode::SUCCESS),
        Task::Fuzz(options) => fuzz::fuzz(&options).map(|()| ExitCode::SUCCESS),
        Task::Bench(options) => bench::bench(&options).map(|()| ExitCode::SUCCESS),
        Task::BenchTray => bench::bench_tray().map(|()| ExitCode::SUCCESS),
        Task::BenchWindow(options) => bench::bench_window(&options).map(|()| ExitCode::SUCCESS),
        Task::Bindings => test::bindings().map(|()| ExitCode::SUCCESS),
        Task::Icons => icons::draw().map(|()| ExitCode::SUCCESS),
        Task::Advisories => tools::advisories().map(|()| ExitCode::SUCCESS),
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
