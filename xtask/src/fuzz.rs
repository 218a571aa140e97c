//! `cargo xtask fuzz`: random calls for what reads calls, for a bounded time.
//!
//! The targets are built by cargo itself with the marks that guide libFuzzer, all of which the stable compiler has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command::{ask, cargo, run, say};

/// The crate with the targets, its corpus and its dictionary.
const FOLDER: &str = "tests/fuzz";

/// What libFuzzer needs to see of the code it runs: which edges are taken, and what is compared with what.
const RUSTFLAGS: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// What to run, and for how long.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Seconds for each target
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Only targets whose names contain this
    target: Option<String>,
}

/// How inputs are found.
#[derive(Clone, Copy)]
enum Search {
    /// By chance, for so many seconds, and beside what earlier runs found.
    ByChance(u32),
    /// So many, the same in every run as long as the code is the same.
    Repeatable(u32),
}

/// Inputs for each target in the gate.
const INPUTS: u32 = 60_000;

/// Everything, in a way that no commit fails by chance and passes when it is tried again.
pub(crate) fn briefly() -> Result<()> {
    search(Search::Repeatable(INPUTS), "")
}

/// Builds the targets and runs each. An input that breaks one stays in its corpus, and is tried again in every later run.
pub(crate) fn fuzz(options: &Options) -> Result<()> {
    let wanted = options.target.as_deref().unwrap_or_default();
    search(Search::ByChance(options.seconds), wanted)
}

fn search(search: Search, wanted: &str) -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!("libFuzzer is built for Linux alone: nothing is fuzzed here.");
        return Ok(());
    }
    let programs = build()?;
    let targets: Vec<String> = targets()?
        .into_iter()
        .filter(|target| target.contains(wanted))
        .collect();
    if targets.is_empty() {
        bail!("no target has \"{wanted}\" in its name");
    }
    for target in targets {
        run_one(&programs, &target, search)?;
    }
    Ok(())
}

/// Builds every target and gives the folder of the programs.
fn build() -> Result<PathBuf> {
    let version = ask("rustc", ["-vV"]).context("rustc does not say its version")?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not name its host")?;
    // With a target named, build scripts and macros are compiled without the marks, which they could not run with.
    let mut build = cargo();
    build
        .args(["build", "--release", "--locked", "--bins", "--target", host])
        .args(["--target-dir", "target/fuzz", "--manifest-path"])
        .arg(Path::new(FOLDER).join("Cargo.toml"))
        .env("RUSTFLAGS", RUSTFLAGS);
    run(&mut build)?;
    Ok(Path::new("target/fuzz").join(host).join("release"))
}

/// One target a file.
fn targets() -> Result<Vec<String>> {
    let folder = Path::new(FOLDER).join("fuzz_targets");
    let mut names = Vec::new();
    for entry in
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry.context("cannot read an entry")?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

fn run_one(programs: &Path, target: &str, search: Search) -> Result<()> {
    let kept = Path::new(FOLDER).join("corpus").join(target);
    let found = match search {
        Search::ByChance(_) => Path::new("target/fuzz/corpus").join(target),
        Search::Repeatable(_) => {
            let found = Path::new("target/fuzz/repeatable").join(target);
            // What an earlier run left there would lead this one elsewhere.
            let _ = fs::remove_dir_all(&found);
            found
        }
    };
    for folder in [&found, &kept] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut command = Command::new(programs.join(target));
    match search {
        Search::ByChance(seconds) => command
            .arg(format!("-max_total_time={seconds}"))
            .arg("-use_value_profile=1"),
        // What is compared are addresses too, which are others in each run.
        Search::Repeatable(inputs) => {
            command
                .arg(format!("-runs={inputs}"))
                .args(["-seed=1", "-use_cmp=0", "-reload=0"])
        }
    };
    command
        .arg(format!("-dict={FOLDER}/dictionary.txt"))
        .arg(format!("-artifact_prefix={}/", kept.display()))
        .args(["-timeout=10", "-rss_limit_mb=1024", "-max_len=4096"])
        .arg("-print_final_stats=1")
        // The first takes what is found; the others are read.
        .args([&found, &kept]);
    // Recorded bodies are the best beginning.
    command.args(
        target
            .strip_prefix("interpret_")
            .map(|provider| Path::new("tests/fixtures").join(provider)),
    );
    say(&command);
    let log = Path::new("target/fuzz").join(format!("{target}.log"));
    let output =
        fs::File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let status = command
        .stdout(Stdio::null())
        .stderr(output)
        .status()
        .with_context(|| format!("cannot start {target}"))?;
    let text = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
    if !status.success() {
        let lines: Vec<&str> = text.lines().collect();
        let end = lines
            .get(lines.len().saturating_sub(40)..)
            .unwrap_or_default();
        bail!(
            "{target} found an input that breaks a promise; it is kept in {}:\n{}",
            kept.display(),
            end.join("\n")
        );
    }
    println!("{target}: {}", summary(&text));
    Ok(())
}

/// What libFuzzer says at its end: how many inputs it ran, and how many edges of the code it saw.
fn summary(log: &str) -> String {
    let runs = log
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .map_or("?", str::trim);
    let mut words = log
        .lines()
        .rev()
        .find(|line| line.contains(" cov: "))
        .unwrap_or_default()
        .split_whitespace();
    let edges = words
        .by_ref()
        .skip_while(|word| *word != "cov:")
        .nth(1)
        .unwrap_or("?");
    format!("{runs} inputs, {edges} edges, no finding")
}
