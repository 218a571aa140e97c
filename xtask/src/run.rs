//! `cargo xtask run`: opens Bellhop.

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;

use crate::command::{cargo, run as run_command, say};
use crate::packages::{self, Purpose};
use crate::ui;

/// What to open, and where.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A throw-away profile with sample bookings that arrive while you watch
    #[arg(long)]
    demo: bool,
    /// Run on a virtual screen, save a picture of it, and end
    #[arg(long)]
    virtual_display: bool,
    /// Where the picture goes
    #[arg(
        long,
        value_name = "FILE",
        requires = "virtual_display",
        default_value = "target/screenshots/demo.png"
    )]
    screenshot: PathBuf,
    /// Passed to the program as they are
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<String>,
}

/// Does the set-up, then opens the program or what can be opened here.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if options.virtual_display {
        return on_virtual_display(options);
    }
    if cfg!(target_os = "linux") && !has_display() {
        return in_terminal(options);
    }
    build_desktop(&[])?;
    let mut command = Command::new(built("bellhop-desktop")?);
    command
        .args(options.demo.then_some("--demo"))
        .args(&options.args);
    wait_for(command)
}

fn in_terminal(options: &Options) -> Result<ExitCode> {
    println!(
        "There is no display here, so this is Bellhop's receiver in the terminal, without the window."
    );
    println!("(`cargo xtask run --virtual-display` runs the real window on a virtual screen.)");
    packages::ensure(&[Purpose::Compile])?;
    build("bellhop")?;
    let mut command = Command::new(built("bellhop")?);
    if options.demo {
        command.arg("demo");
    } else {
        command.args(["serve", "--notify", "off"]);
    }
    command.args(&options.args);
    wait_for(command)
}

#[cfg(unix)]
fn on_virtual_display(options: &Options) -> Result<ExitCode> {
    build_desktop(&[Purpose::Screen, Purpose::Panel])?;
    let mut args = options.args.clone();
    if options.demo {
        args.insert(0, "--demo".to_owned());
    }
    crate::show::show(
        &built("bellhop-desktop")?,
        &args,
        options.demo,
        &options.screenshot,
    )?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(unix))]
fn on_virtual_display(_options: &Options) -> Result<ExitCode> {
    anyhow::bail!("a virtual display needs Linux")
}

fn build_desktop(also: &[Purpose]) -> Result<()> {
    packages::ensure(&[&[Purpose::Compile, Purpose::Window], also].concat())?;
    ui::ensure_built()?;
    build("bellhop-desktop")
}

/// Builds one binary with the features of the whole workspace, which are those of the tests: the tree of
/// dependencies is compiled once for both. What the binary does not need is not compiled.
fn build(binary: &str) -> Result<()> {
    run_command(cargo().args(["build", "--workspace", "--bin", binary]))
}

/// Where cargo puts a binary of the profile that this command was itself built with.
fn built(name: &str) -> Result<PathBuf> {
    let own = env::current_exe().context("cannot tell where this command was built")?;
    let folder = own
        .parent()
        .context("cannot tell where this command was built")?;
    Ok(folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Runs until the program ends. Ctrl-C reaches the program too, and it is the program that decides.
fn wait_for(mut command: Command) -> Result<ExitCode> {
    say(&command);
    #[cfg(unix)]
    crate::show::leave_signals_to_child()?;
    let status = command.status().context("cannot start the program")?;
    // A program that was ended by a signal has no code of its own.
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(ExitCode::from(code))
}
