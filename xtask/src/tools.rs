//! Tools written in Rust that the gate needs, at pinned versions, inside `target`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{ask, cargo, run};

/// Which cargo-deny checks this repository: another version may know other rules.
const CARGO_DENY: &str = "0.20.2";

/// cargo-deny, installed if it is missing or another version.
fn cargo_deny() -> Result<Command> {
    let root = std::env::current_dir()
        .context("no current folder")?
        .join("target/tools");
    let own = root
        .join("bin")
        .join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    let wanted = format!("cargo-deny {CARGO_DENY}");
    let found = [own.as_path(), Path::new("cargo-deny")]
        .into_iter()
        .find(|program| ask(&program.to_string_lossy(), ["--version"]).as_ref() == Some(&wanted));
    let program = match found {
        Some(program) => program,
        None => {
            let package = format!("cargo-deny@{CARGO_DENY}");
            // It has little to do here: without optimisation it is built in half the time.
            run(cargo()
                .args([
                    "install", "--debug", "--quiet", "--locked", &package, "--root",
                ])
                .arg(&root))?;
            &own
        }
    };
    let mut command = Command::new(program);
    // The whole workspace, the tests' dependencies too: without it, the root package's alone.
    command.arg("--workspace");
    Ok(command)
}

/// Licences, banned crates and sources.
pub(crate) fn deny() -> Result<()> {
    run(cargo_deny()?.args([
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]))
}

/// Known vulnerabilities. Apart from the gate, which must not fail for what the world found out today.
pub(crate) fn advisories() -> Result<()> {
    run(cargo_deny()?.args(["check", "advisories"]))
}
