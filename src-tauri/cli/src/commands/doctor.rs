//! `bellhop doctor`

mod data;
mod notifications;
mod receiving;

use std::path::{Path, PathBuf};

use anyhow::bail;
use bellhop_engine::self_test::{Hop, Outcome};
use bellhop_engine::tunnel::ProxyAddress;
use bellhop_engine::{Engine, instance};
use serde::Serialize;

use crate::output::{Output, columns};

/// A test of the whole way of a call.
pub(super) struct Chain {
    pub(super) endpoint: Option<i64>,
    pub(super) root_cas: Option<PathBuf>,
    pub(super) proxy: Option<ProxyAddress>,
}

/// One thing that was looked at. `outcome` is passed, warning, failed or skipped.
#[derive(Serialize)]
struct Check {
    name: &'static str,
    outcome: &'static str,
    milliseconds: Option<f64>,
    message: Option<String>,
}

impl Check {
    fn of(hop: &Hop) -> Check {
        let (outcome, took, message) = match &hop.outcome {
            Outcome::Passed(took) => ("passed", Some(took), None),
            Outcome::Failed(advice) => ("failed", None, Some(advice.clone())),
            Outcome::Skipped(why) => ("skipped", None, Some(why.clone())),
        };
        let milliseconds = took.map(|took| (took.as_secs_f64() * 1e6).round() / 1e3);
        Check {
            name: hop.name.as_str(),
            outcome,
            milliseconds,
            message,
        }
    }

    fn new(name: &'static str, outcome: &'static str, message: impl Into<String>) -> Check {
        Check {
            name,
            outcome,
            milliseconds: None,
            message: Some(message.into()),
        }
    }

    fn passed(name: &'static str, message: impl Into<String>) -> Check {
        Check::new(name, "passed", message)
    }

    /// Something that a person should know, and that keeps no call out.
    fn warning(name: &'static str, message: impl Into<String>) -> Check {
        Check::new(name, "warning", message)
    }

    fn failed(name: &'static str, message: impl Into<String>) -> Check {
        Check::new(name, "failed", message)
    }

    fn skipped(name: &'static str, message: impl Into<String>) -> Check {
        Check::new(name, "skipped", message)
    }
}

#[derive(Serialize)]
struct Report {
    checks: Vec<Check>,
    chain: Option<Vec<Check>>,
}

pub(super) async fn run(
    data_dir: &Path,
    chain: Option<Chain>,
    output: Output,
) -> anyhow::Result<()> {
    let running = instance::running(data_dir);
    let opened = Engine::open(data_dir).await;
    let mut checks = match &opened {
        Ok(engine) => data::of_open(engine, running.is_some()).await,
        Err(error) => data::of_closed(data_dir, error),
    };
    let engine = opened.as_deref().ok();
    checks.extend(receiving::checks(engine, running.as_ref()).await);
    checks.push(notifications::check(running.as_ref()).await);
    let chain = match (chain, engine) {
        (Some(chain), Some(engine)) => {
            Some(receiving::walk(engine, running.as_ref(), chain).await?)
        }
        _ => None,
    };
    let report = Report { checks, chain };
    let all = || report.checks.iter().chain(report.chain.iter().flatten());
    output.print(&report, |_| {
        let cells = all().map(|check| {
            let took = check
                .milliseconds
                .map(|took| format!("{took:.1} ms"))
                .unwrap_or_default();
            [
                check.name.to_owned(),
                check.outcome.to_owned(),
                took,
                check.message.clone().unwrap_or_default(),
            ]
        });
        columns(["WHAT", "OUTCOME", "TOOK", "REMARK"], cells.collect(), "")
    })?;
    let failed = all().filter(|check| check.outcome == "failed").count();
    match failed {
        0 => Ok(()),
        1 => bail!("one thing is not in order"),
        failed => bail!("{failed} things are not in order"),
    }
}
