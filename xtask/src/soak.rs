//! `cargo xtask soak`: the tests of crashes, power cuts and failing disks, for as long as one likes.

use anyhow::{Result, bail};
use clap::Args;

use crate::command::cargo;
use crate::packages::{self, Purpose};
use crate::test::output::pass_through;

/// How long to go on.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Go on for so many minutes, instead of a thousand rounds of each test
    #[arg(long, value_name = "N")]
    minutes: Option<u32>,
}

/// The tests that go on for as long as they are asked to. They do so side by side.
const TESTS: [&str; 4] = [
    "kill::acknowledged_calls_survive",
    "power_cut::acknowledged_calls_survive",
    "failing_disk::a_disk_that_fails_now_and_then",
    "start::what_is_acknowledged_while_it_stops",
];

/// Begins each line in which a test says how much it did.
const TOTAL: &str = "soak: ";

/// Runs them, and ends with what they counted.
pub(crate) fn soak(options: &Options) -> Result<()> {
    packages::ensure(&[Purpose::Compile])?;
    let mut tests = cargo();
    tests
        .args(["test", "--workspace", "--test", "cli", "--", "--nocapture"])
        .arg(format!("--test-threads={}", TESTS.len()))
        .args(TESTS);
    match options.minutes {
        Some(minutes) => tests.env("BELLHOP_TEST_SECONDS", (minutes * 60).to_string()),
        None => tests.env("BELLHOP_TEST_ROUNDS", "1000"),
    };
    let mut totals = Vec::new();
    pass_through(&mut tests, |line| {
        totals.extend(line.trim().strip_prefix(TOTAL).map(str::to_owned));
    })?;
    if totals.len() != TESTS.len() {
        bail!("not all tests said how much they did");
    }
    println!("\n── totals");
    for total in totals {
        println!("{total}");
    }
    Ok(())
}
