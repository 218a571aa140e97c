//! `cargo xtask bench`, `bench-window` and `bench-tray`: how fast the inbox, the window and notifications are.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::command::{cargo, run};
use crate::packages::{self, Purpose};
use crate::ui;

/// Where the databases go. On the disk of the repository: a temporary folder may be in memory, where a sync is nothing.
const FOLDER: &str = "target/bench";

/// What to measure. docs/performance.md says what the figures mean.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Calls of the long run, after which memory is read
    #[arg(long, default_value_t = 100_000)]
    calls: usize,
    /// Calls that are stored already in the last run. 0 leaves it out
    #[arg(long, default_value_t = 1_000_000)]
    stored: u64,
    /// By how many milliseconds each sync of the slower disk is slower. 0 leaves it out
    #[arg(long, default_value_t = 3)]
    sync_delay_ms: u32,
    /// Another build of `bellhop`, to be measured in turns with this one
    #[arg(long, value_name = "PROGRAM")]
    beside: Option<PathBuf>,
    /// Write all figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Builds what is released, and measures it.
pub(crate) fn bench(options: &Options) -> Result<()> {
    packages::ensure(&[Purpose::Compile])?;
    build(&["bellhop-cli", "bellhop-bench"])?;
    let mut bench = Command::new("target/release/bellhop-bench");
    bench
        .args([
            "run",
            "--bellhop",
            "target/release/bellhop",
            "--folder",
            FOLDER,
        ])
        .args(["--calls", &options.calls.to_string()])
        .args(["--stored", &options.stored.to_string()])
        .args(["--sync-delay-ms", &options.sync_delay_ms.to_string()]);
    if let Some(other) = &options.beside {
        bench.arg("--beside").arg(other);
    }
    if let Some(file) = &options.json {
        bench.arg("--json").arg(file);
    }
    run(&mut bench)
}

/// What to measure of the window.
#[derive(Debug, Args)]
pub(crate) struct WindowOptions {
    /// Calls that are stored already in the second part. 0 leaves it out
    #[arg(long, default_value_t = 1_000_000)]
    stored: u64,
}

/// Builds what is released, and measures its window on a virtual desktop.
pub(crate) fn bench_window(options: &WindowOptions) -> Result<()> {
    run(on_virtual_desktop("window")?.args(["--stored", &options.stored.to_string()]))
}

/// Builds what is released, and measures on a virtual desktop how soon it notifies, and what it costs in the tray.
pub(crate) fn bench_tray() -> Result<()> {
    run(&mut on_virtual_desktop("tray")?)
}

fn on_virtual_desktop(what: &str) -> Result<Command> {
    packages::ensure(&[
        Purpose::Compile,
        Purpose::Window,
        Purpose::Screen,
        Purpose::Driver,
    ])?;
    ui::ensure_built()?;
    build(&["bellhop-cli", "bellhop-desktop", "bellhop-bench"])?;
    let mut bench = Command::new("target/release/bellhop-bench");
    bench
        .arg(what)
        .args(["--bellhop", "target/release/bellhop"])
        .args(["--desktop", "target/release/bellhop-desktop"])
        .args(["--folder", FOLDER]);
    Ok(bench)
}

/// One after the other: built together, each would have features that only the others need.
fn build(packages: &[&str]) -> Result<()> {
    for package in packages {
        run(cargo().args(["build", "--release", "--package", package]))?;
    }
    Ok(())
}
