//! Output that is both shown as it comes and read.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::counts::{Counts, Runner};
use crate::command::{line, say};

/// Runs the tests of `command` and counts them. That not one passed is a failure: it is also the sign that
/// the runner has changed what it prints, and then every total would be a lie.
pub(super) fn tests(runner: Runner, command: &mut Command) -> Result<Counts> {
    let mut counts = Counts::default();
    // Who has chosen nothing is told as the system speaks, and the tests read English.
    command.env("LC_ALL", "C.UTF-8").env_remove("LANGUAGE");
    // The same cases of each property in every run: no commit fails by chance and passes when it is tried again.
    command.env("PROPTEST_RNG_SEED", "1");
    pass_through(command, |line| counts.add(runner.read(line)))?;
    if counts.passed == 0 {
        bail!("`{}` reported no test that passed", line(command));
    }
    Ok(counts)
}

/// Runs `command`, shows what it prints, and gives each line to `read`. Fails if it does.
pub(crate) fn pass_through(command: &mut Command, mut read: impl FnMut(&str)) -> Result<()> {
    say(command);
    if io::stdout().is_terminal() {
        // They see a pipe and would leave the colours out.
        command
            .env("CARGO_TERM_COLOR", "always")
            .env("FORCE_COLOR", "1");
    }
    let started = command.stdout(Stdio::piped()).spawn();
    let mut child = started.with_context(|| format!("cannot start {}", line(command)))?;
    let mut output = BufReader::new(child.stdout.take().context("no standard output")?);
    let mut bytes = Vec::new();
    while output
        .read_until(b'\n', &mut bytes)
        .context("cannot read the output")?
        > 0
    {
        io::stdout()
            .write_all(&bytes)
            .context("cannot write the output")?;
        read(&String::from_utf8_lossy(&bytes));
        bytes.clear();
    }
    let status = child.wait().context("cannot wait for it")?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}
