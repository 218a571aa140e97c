//! The steps of the gate: each named, timed, and summed up at the end.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::counts::{Counts, Runner};
use super::output;

/// What has been done so far.
pub(super) struct Steps {
    began: Instant,
    done: Vec<(&'static str, Duration)>,
    counts: Counts,
}

impl Steps {
    /// Nothing yet.
    pub(super) fn begin() -> Self {
        Self {
            began: Instant::now(),
            done: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// One step. What it gives is passed on.
    pub(super) fn step<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        println!("\n── {name}");
        let began = Instant::now();
        let result = work().with_context(|| format!("the step \"{name}\" failed"))?;
        let took = began.elapsed();
        // Not every tool ends its last line.
        println!("\n── {name}: {:.1} s", took.as_secs_f32());
        self.done.push((name, took));
        Ok(result)
    }

    /// One step that runs tests, which count for the total.
    pub(super) fn tests(
        &mut self,
        name: &'static str,
        runner: Runner,
        command: &mut Command,
    ) -> Result<()> {
        let counts = self.step(name, || output::tests(runner, command))?;
        self.counts.add(counts);
        Ok(())
    }

    /// The summary. The last line of a run that passed is the total over all runners.
    pub(super) fn finish(self, result: Result<()>) -> Result<()> {
        println!("\n── summary");
        for (name, took) in &self.done {
            println!("{:>8.1} s  {name}", took.as_secs_f32());
        }
        println!("{:>8.1} s  in all", self.began.elapsed().as_secs_f32());
        result?;
        let Counts {
            passed,
            failed,
            skipped,
        } = self.counts;
        if failed > 0 {
            bail!("{failed} tests failed, and the runner did not say so by its status");
        }
        let skipped = if skipped > 0 {
            format!(", {skipped} skipped")
        } else {
            String::new()
        };
        println!("{passed} passed, {failed} failed{skipped}");
        Ok(())
    }
}
