//! `cargo xtask test`: the gate. CI runs this and nothing else.

mod counts;
mod drift;
pub(crate) mod output;
mod steps;

use std::env;

use anyhow::Result;
use clap::Args;

use crate::command::{self, cargo, npm, run};
use crate::packages::{self, Purpose};
use crate::{fuzz, tools, ui};
use counts::Runner;
use steps::Steps;

/// Begins the name of every test that needs the virtual desktop.
const DESKTOP_TESTS: &str = "on_a_virtual_desktop";

/// The tests that make network namespaces, which only root may. Where it may not, cargo counts them as ignored.
const NETWORK_TESTS: &str = "networks::";

/// How much to check.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave out what is slow: the browser, the virtual desktop, the licences, the fuzzer
    #[arg(long)]
    fast: bool,
}

/// Runs everything, cheapest first, up to the first failure.
///
/// Cargo is always asked for the whole workspace. Asked for one package it would choose that package's
/// features alone and compile the tree of dependencies once more.
pub(crate) fn test(options: &Options) -> Result<()> {
    let mut steps = Steps::begin();
    let result = all(options, &mut steps);
    steps.finish(result)
}

fn all(options: &Options, steps: &mut Steps) -> Result<()> {
    steps.step("format", || run(cargo().args(["fmt", "--all", "--check"])))?;
    steps.step("system packages", || {
        packages::ensure(&[Purpose::Compile, Purpose::Window, Purpose::Faults])?;
        if options.fast {
            return Ok(());
        }
        packages::ensure(&[
            Purpose::Screen,
            Purpose::Driver,
            Purpose::Browser,
            Purpose::Network,
        ])
    })?;

    steps.step("npm packages", ui::ensure_packages)?;
    steps.step("pages: format", || {
        run(npm().args(["run", "--silent", "lint"]))
    })?;
    steps.step("pages: types", || {
        run(npm().args(["run", "--silent", "check"]))
    })?;
    steps.tests(
        "pages: units",
        Runner::Vitest,
        npm().args(["run", "--silent", "test"]),
    )?;
    if options.fast {
        steps.step("pages: build", ui::ensure_built)?;
    } else {
        // Builds the pages first; the desktop program embeds that same build.
        let mut pages = npm();
        pages.args(["run", "--silent", "test:browser"]);
        if let (None, Some(browser)) = (env::var_os("CHROMIUM"), packages::browser()) {
            pages.env("CHROMIUM", browser);
        }
        steps.tests("pages: browser", Runner::Node, &mut pages)?;
        steps.step("licences, bans, sources", tools::deny)?;
    }

    steps.step("clippy", || {
        run(cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ]))
    })?;
    // The same tests run again below and are counted there.
    steps.step("bindings", || drift::check(bindings))?;
    let mut rest = cargo();
    rest.args([
        "test",
        "--workspace",
        "--no-fail-fast",
        "--",
        "--skip",
        DESKTOP_TESTS,
    ]);
    steps.tests("tests", Runner::Cargo, &mut rest)?;
    if !options.fast {
        networks(steps)?;
        let mut desktop = cargo();
        desktop.args([
            "test",
            "--workspace",
            "--test",
            "desktop",
            "--",
            "--nocapture",
        ]);
        steps.tests("end to end", Runner::Cargo, &mut desktop)?;
        steps.step("fuzz", fuzz::briefly)?;
    }
    Ok(())
}

/// The tests on networks of the kernel, where this account may make some.
fn networks(steps: &mut Steps) -> Result<()> {
    if command::ask("unshare", ["--net", "--mount", "true"]).is_none() {
        println!(
            "\nLeft out: the tests of a changing network. They make network namespaces, which takes root on Linux."
        );
        return Ok(());
    }
    let mut networks = cargo();
    networks.args([
        "test",
        "--workspace",
        "--test",
        "cli",
        NETWORK_TESTS,
        "--",
        "--ignored",
        "--nocapture",
    ]);
    steps.tests("a changing network", Runner::Cargo, &mut networks)
}

/// `cargo xtask bindings`: the tests that ts-rs derives write the types.
pub(crate) fn bindings() -> Result<()> {
    packages::ensure(&[Purpose::Compile, Purpose::Window])?;
    ui::ensure_built()?;
    let mut tests = cargo();
    tests.args(["test", "--quiet", "--workspace", "--lib", "export_bindings"]);
    output::tests(Runner::Cargo, &mut tests).map(drop)
}
