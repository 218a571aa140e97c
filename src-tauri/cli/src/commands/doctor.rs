//! `bellhop doctor`

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bellhop_engine::Engine;
use bellhop_engine::instance::{self, Instance};
use bellhop_engine::reach::Choice;
use bellhop_engine::secrets::Keeper;
use bellhop_engine::self_test::{self, Hop, Outcome, Target};
use bellhop_engine::store::endpoints;
use bellhop_engine::tunnel::ProxyAddress;
use bellhop_engine::tunnel::outside::Outside;
use serde::Serialize;

use crate::output::{Output, columns};

/// How long each part outside this computer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A test of the whole way of a call.
pub(super) struct Chain {
    pub(super) endpoint: Option<i64>,
    pub(super) root_cas: Option<PathBuf>,
    pub(super) proxy: Option<ProxyAddress>,
}

/// One thing that was looked at. `outcome` is passed, failed or skipped.
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

    fn passed(name: &'static str, message: String) -> Check {
        Check {
            name,
            outcome: "passed",
            milliseconds: None,
            message: Some(message),
        }
    }

    fn failed(name: &'static str, message: String) -> Check {
        Check {
            name,
            outcome: "failed",
            milliseconds: None,
            message: Some(message),
        }
    }
}

#[derive(Serialize)]
struct Report {
    checks: Vec<Check>,
    chain: Option<Vec<Check>>,
}

pub(super) async fn run(
    engine: &Engine,
    chain: Option<Chain>,
    output: Output,
) -> anyhow::Result<()> {
    let running = instance::running(&engine.data_dir);
    let checks = checks(engine, running.as_ref()).await;
    let chain = match chain {
        Some(chain) => Some(walk(engine, running.as_ref(), chain).await?),
        None => None,
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

async fn checks(engine: &Engine, running: Option<&Instance>) -> Vec<Check> {
    let data = Check::passed("data", engine.data_dir.display().to_string());
    let receiver = match running {
        Some(instance) => {
            Check::passed("receiver", format!("takes calls at {}", instance.listening))
        }
        None => Check::failed(
            "receiver",
            "nothing takes calls: start \"bellhop serve\" or the desktop program".to_owned(),
        ),
    };
    let tunnel = running.map(
        |instance| match (instance.tunnel.as_str(), &instance.public_url) {
            ("online", Some(url)) => Check::passed("tunnel", url.clone()),
            ("off", _) => Check {
                outcome: "skipped",
                ..Check::passed("tunnel", "it is off".to_owned())
            },
            (state, _) => Check::failed(
                "tunnel",
                instance
                    .message
                    .clone()
                    .unwrap_or_else(|| format!("it is {state}")),
            ),
        },
    );
    let secrets = match engine.secrets.keeper().await {
        Keeper::Keychain => "new ones go to the keychain".to_owned(),
        Keeper::File => {
            "no keychain answers: new ones go to a file that only you can read".to_owned()
        }
    };
    [data, receiver]
        .into_iter()
        .chain(tunnel)
        .chain([Check::passed("secrets", secrets)])
        .collect()
}

async fn walk(
    engine: &Engine,
    running: Option<&Instance>,
    chain: Chain,
) -> anyhow::Result<Vec<Check>> {
    let running = running.context("nothing takes calls on this data directory: start \"bellhop serve\" or the desktop program")?;
    let url = running
        .public_url
        .as_deref()
        .context("there is no public address: start the tunnel first")?;
    let endpoint = match chain.endpoint {
        Some(endpoint) => endpoint,
        None => {
            let all = engine.store.read(endpoints::all).await?;
            all.first()
                .context("there is no endpoint to call: add one first")?
                .id
        }
    };
    // The receiver may be the desktop program, which takes these from the settings.
    let settings = engine.store.read(Choice::read).await?;
    let proxy = match chain.proxy {
        Some(proxy) => Some(proxy),
        None => settings.proxy()?,
    };
    let roots = chain
        .root_cas
        .or(settings.ngrok_root_cas.map(PathBuf::from));
    let outside = Outside::new(roots.as_deref(), None, proxy, PATIENCE).await;
    let outside = outside.context("the file of root certificates cannot be used")?;
    let target = Target {
        public_url: url,
        outside: &outside,
        notifies: running.notifies,
    };
    let report = self_test::run(engine, endpoint, &target).await?;
    Ok(report.hops.iter().map(Check::of).collect())
}
