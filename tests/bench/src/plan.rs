//! What is measured, and in which order.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;

use crate::calls::{Calls, Numbers};
use crate::disk::{self, SlowDisk, SyncLatency};
use crate::home::Home;
use crate::load::{self, Speed};
use crate::process::{Memory, Server, sleeps_between};
use crate::references::Kind;
use crate::stored;

/// Providers that call at once.
const CONNECTIONS: usize = 32;

/// Calls a second that the receiver takes for ever, and for how many seconds they are made.
const STEADY: u32 = 1_000;
const STEADY_SECONDS: usize = 20;

/// Calls over one connection.
const ALONE: usize = 1_000;

/// What one run of the program may be sent before it slows its callers down.
const MOST: usize = 150_000;

/// How long the program is left alone before its sleep is watched, and how long it is watched. Threads of its runtime that
/// have nothing to do end after ten seconds.
const SETTLE: Duration = Duration::from_secs(12);
const IDLE: Duration = Duration::from_secs(10);

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// The program.
    #[arg(long)]
    bellhop: PathBuf,
    /// Another build of it, to be measured in turns with it.
    #[arg(long)]
    beside: Option<PathBuf>,
    /// Where databases go: a folder on the disk that is to be measured.
    #[arg(long)]
    folder: PathBuf,
    /// Calls of the long run, after which memory is read.
    #[arg(long, default_value_t = 100_000)]
    calls: usize,
    /// Calls of each of the short runs, which the servers are given in turns.
    #[arg(long, default_value_t = 20_000)]
    round_calls: usize,
    /// How often it is each server's turn. The medians count.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Calls that are stored already in the last run. 0 leaves it out.
    #[arg(long, default_value_t = 1_000_000)]
    stored: i64,
    /// By how many milliseconds each sync of the slower disk is slower. 0 leaves it out.
    #[arg(long, default_value_t = 3)]
    sync_delay_ms: u32,
    /// Write all figures to this file.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}

/// All figures of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) processors: usize,
    pub(crate) sync: SyncLatency,
    pub(crate) rounds: Vec<Turn>,
    /// At 1,000 calls a second.
    pub(crate) steady: Vec<(Subject, Speed)>,
    pub(crate) long: Long,
    pub(crate) slow: Option<Slow>,
    pub(crate) stored: Option<Stored>,
}

/// One server's turn in one round.
#[derive(Debug, Serialize)]
pub(crate) struct Turn {
    pub(crate) server: Subject,
    /// Over 32 connections.
    pub(crate) crowd: Speed,
    /// What a call cost the server until the last one was answered, in microseconds of a processor.
    pub(crate) server_cpu_us: f64,
    /// Over one connection.
    pub(crate) alone: Speed,
    /// From the start of the process to the first answer, in milliseconds.
    pub(crate) first_answer_ms: f64,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Subject {
    Bare,
    Grouped,
    Single,
    Kept,
    Bellhop,
    Beside,
}

/// The long run.
#[derive(Debug, Serialize)]
pub(crate) struct Long {
    pub(crate) calls: usize,
    pub(crate) speed: Speed,
    /// After the last answer.
    pub(crate) memory: Memory,
    /// After the worker came to its end.
    pub(crate) memory_after: Memory,
    /// Calls that waited for the worker when the last one was answered.
    pub(crate) backlog: i64,
    /// How long the worker went on, in seconds.
    pub(crate) backlog_s: f64,
    pub(crate) wakes_per_second: f64,
}

/// On a slower disk, calls a second.
#[derive(Debug, Serialize)]
pub(crate) struct Slow {
    pub(crate) delay_ms: u32,
    pub(crate) speeds: Vec<(Subject, Speed)>,
}

/// With many calls stored already.
#[derive(Debug, Serialize)]
pub(crate) struct Stored {
    pub(crate) calls: i64,
    pub(crate) turn: Turn,
}

/// Measures everything.
pub(crate) fn run(options: &Options) -> Result<Report> {
    ensure!(
        options.calls.max(options.round_calls + ALONE) < MOST,
        "at most {MOST} calls a run"
    );
    fs::create_dir_all(&options.folder)?;
    let scratch = tempfile::tempdir_in(&options.folder)?;
    let bench = Bench {
        options,
        scratch: scratch.path(),
        furnished: Home::furnish(&options.bellhop, &scratch.path().join("furnished"))?,
        // Another build may not know what this one writes.
        of_beside: match &options.beside {
            Some(other) => Some(Home::furnish(other, &scratch.path().join("beside"))?),
            None => None,
        },
    };
    let mut subjects = vec![
        Subject::Bare,
        Subject::Grouped,
        Subject::Kept,
        Subject::Bellhop,
    ];
    subjects.extend(options.beside.is_some().then_some(Subject::Beside));
    let sync = disk::sync_latency(scratch.path())?;
    let mut rounds = Vec::new();
    for round in 0..options.rounds {
        for subject in &subjects {
            eprintln!("round {} of {}: {subject:?}", round + 1, options.rounds);
            rounds.push(bench.turn(*subject, &bench.fresh_home(*subject)?, false)?);
        }
    }
    Ok(Report {
        processors: std::thread::available_parallelism()?.get(),
        sync,
        rounds,
        steady: bench.steady()?,
        long: bench.long()?,
        slow: bench.slow()?,
        stored: bench.stored()?,
    })
}

struct Bench<'a> {
    options: &'a Options,
    scratch: &'a Path,
    furnished: Home,
    of_beside: Option<Home>,
}

impl Bench<'_> {
    /// A data directory in which nothing has happened.
    fn fresh_home(&self, subject: Subject) -> Result<Home> {
        let data_dir = self.scratch.join("home");
        if data_dir.exists() {
            fs::remove_dir_all(&data_dir)?;
        }
        match (subject, &self.of_beside) {
            (Subject::Beside, Some(other)) => other.copy(&data_dir),
            _ => self.furnished.copy(&data_dir),
        }
    }

    fn start(&self, subject: Subject, home: &Home, slow: Option<&SlowDisk>) -> Result<Server> {
        Server::start(|listen| {
            let reference = |kind: Kind| kind.command(listen, &home.data_dir);
            let mut command = match (subject, &self.options.beside) {
                (Subject::Bare, _) => reference(Kind::Bare),
                (Subject::Grouped, _) => reference(Kind::Grouped),
                (Subject::Single, _) => reference(Kind::Single),
                (Subject::Kept, _) => reference(Kind::Kept),
                (Subject::Beside, Some(other)) => home.serve(other, listen),
                (Subject::Bellhop | Subject::Beside, _) => {
                    home.serve(&self.options.bellhop, listen)
                }
            };
            if let Some(slow) = slow {
                slow.put_below(&mut command, &home.data_dir);
            }
            command
        })
    }

    /// One server's turn. With `keep`, its data is left in order for a later one.
    fn turn(&self, subject: Subject, home: &Home, keep: bool) -> Result<Turn> {
        let mut numbers = Numbers::fresh();
        let mut sign = |count| Calls::sign(&home.paths, &mut numbers, count).map(Arc::new);
        let (first, many, few) = (sign(1)?, sign(self.options.round_calls)?, sign(ALONE)?);
        let server = self.start(subject, home, None)?;
        let first_answer = load::first_answer(server.address, &first, server.started)?;
        let alone = load::run(server.address, &few, 1)?;
        let before = server.cpu()?;
        let crowd = load::run(server.address, &many, CONNECTIONS)?;
        let cpu = server.cpu()? - before;
        if keep {
            home.wait_for_worker()?;
            server.stop()?;
        }
        Ok(Turn {
            server: subject,
            crowd,
            server_cpu_us: cpu.as_secs_f64() * 1e6 / many.len() as f64,
            alone,
            first_answer_ms: first_answer.as_secs_f64() * 1e3,
        })
    }

    fn steady(&self) -> Result<Vec<(Subject, Speed)>> {
        let mut speeds = Vec::new();
        for subject in [Subject::Grouped, Subject::Kept, Subject::Bellhop] {
            eprintln!("{STEADY} calls a second: {subject:?}");
            let home = self.fresh_home(subject)?;
            let count = usize::try_from(STEADY)? * STEADY_SECONDS;
            let calls = Calls::sign(&home.paths, &mut Numbers::fresh(), count)?.into();
            let server = self.start(subject, &home, None)?;
            server.wait()?;
            let speed = load::run_steadily(server.address, &calls, CONNECTIONS, STEADY)?;
            speeds.push((subject, speed));
        }
        Ok(speeds)
    }

    fn long(&self) -> Result<Long> {
        eprintln!("{} calls", self.options.calls);
        let home = self.fresh_home(Subject::Bellhop)?;
        let calls = Calls::sign(&home.paths, &mut Numbers::fresh(), self.options.calls)?.into();
        let server = self.start(Subject::Bellhop, &home, None)?;
        server.wait()?;
        let speed = load::run(server.address, &calls, CONNECTIONS)?;
        let memory = server.memory()?;
        let backlog = home.counts()?.waiting;
        let backlog_took = home.wait_for_worker()?;
        let memory_after = server.memory()?;
        std::thread::sleep(SETTLE);
        let sleeps = server.sleeps()?;
        std::thread::sleep(IDLE);
        let wakes_per_second = sleeps_between(&sleeps, &server.sleeps()?) / IDLE.as_secs_f64();
        let counts = home.counts()?;
        let expected = i64::try_from(calls.len())?;
        ensure!(
            counts.stored == expected && counts.events == expected,
            "{expected} calls were answered with 200, and the database holds {counts:?}"
        );
        Ok(Long {
            calls: calls.len(),
            speed,
            memory,
            memory_after,
            backlog,
            backlog_s: backlog_took.as_secs_f64(),
            wakes_per_second,
        })
    }

    fn slow(&self) -> Result<Option<Slow>> {
        let delay_ms = self.options.sync_delay_ms;
        let Some(slow) = SlowDisk::with_delay(delay_ms, self.scratch)? else {
            return Ok(None);
        };
        let mut speeds = Vec::new();
        for (subject, count) in [
            (Subject::Single, 600),
            (Subject::Grouped, 6_000),
            (Subject::Bellhop, 6_000),
        ] {
            eprintln!("a disk whose syncs take {delay_ms} ms more: {subject:?}");
            let home = self.fresh_home(subject)?;
            let calls = Calls::sign(&home.paths, &mut Numbers::fresh(), count)?.into();
            let server = self.start(subject, &home, Some(&slow))?;
            server.wait()?;
            speeds.push((subject, load::run(server.address, &calls, CONNECTIONS)?));
        }
        Ok(Some(Slow { delay_ms, speeds }))
    }

    fn stored(&self) -> Result<Option<Stored>> {
        if self.options.stored == 0 {
            return Ok(None);
        }
        eprintln!("{} calls stored already", self.options.stored);
        let home = stored::home(
            &self.options.bellhop,
            &self.options.folder,
            self.options.stored,
        )?;
        let calls = home.counts()?.stored;
        let turn = self.turn(Subject::Bellhop, &home, true)?;
        Ok(Some(Stored { calls, turn }))
    }
}

impl Kind {
    fn command(self, listen: std::net::SocketAddr, data_dir: &Path) -> Command {
        let own = std::env::current_exe().context("no path of its own");
        let mut command = Command::new(own.unwrap_or_else(|_| PathBuf::from("bellhop-bench")));
        let kind = match self {
            Kind::Bare => "bare",
            Kind::Grouped => "grouped",
            Kind::Single => "single",
            Kind::Kept => "kept",
        };
        command
            .args([
                "reference",
                kind,
                "--listen",
                &listen.to_string(),
                "--data-dir",
            ])
            .arg(data_dir);
        command
    }
}
