//! Running other programs.

use std::env;
use std::ffi::OsStr;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Cargo as it called us, without what it told us about ourselves: build scripts that look at those
/// variables would run again each time `cargo` and `cargo xtask` are used in turn.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command
}

/// npm, which is a script with another name on Windows.
pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Says what is run, runs it, and fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    say(command);
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// What a program prints on standard output, or nothing if it fails or is not there.
pub(crate) fn ask<A: AsRef<OsStr>>(
    program: &str,
    args: impl IntoIterator<Item = A>,
) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Prints the command as a person would type it.
pub(crate) fn say(command: &Command) {
    println!("$ {}", line(command));
}

/// The command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let args = command
        .get_args()
        .map(|arg| arg.to_string_lossy().into_owned());
    std::iter::once(name(command))
        .chain(args)
        .collect::<Vec<_>>()
        .join(" ")
}

fn name(command: &Command) -> String {
    // Cargo is called by its whole path: its name says enough.
    let program = std::path::Path::new(command.get_program());
    program
        .file_stem()
        .unwrap_or(program.as_os_str())
        .to_string_lossy()
        .into_owned()
}
