//! How soon a call is on the desktop, and what the program costs while nobody looks: the program that is released, hidden
//! in the tray of a virtual desktop.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bellhop_test_support::desktop::{Desktop, PATIENCE, eventually, eventually_within};
use clap::Args;

use crate::calls::{Calls, Numbers};
use crate::home::Home;
use crate::load;
use crate::process::{
    Memory, Sleeps, children_of, memory_of, sleeps_between, sleeps_of, thread_name,
};

/// Calls that come one after the other, each when the one before is on the desktop.
const CALLS: usize = 500;

/// The category of the notification of a new booking.
const NEW_BOOKING: &str = "x-bellhop.created";

/// How long the program is left alone before it is looked at, and how long it is looked at.
const SETTLE: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(30);

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// The command line, which makes the endpoints.
    #[arg(long)]
    bellhop: PathBuf,
    /// The program with the tray.
    #[arg(long)]
    desktop: PathBuf,
    /// Where databases go.
    #[arg(long)]
    folder: PathBuf,
}

/// What was seen.
pub(crate) struct Seen {
    /// From the first byte of a call to its `Notify`, in milliseconds, sorted. The answer comes in between.
    told: Vec<f64>,
    /// In the tray, before any call and after all of them.
    before: Idle,
    after: Idle,
}

/// A program that nobody needs.
struct Idle {
    memory: Memory,
    wakes_a_minute: f64,
    /// Processes that it has started. WebKit's would be among them.
    children: usize,
}

/// Measures everything.
pub(crate) fn run(options: &Options) -> Result<Seen> {
    fs::create_dir_all(&options.folder)?;
    let scratch = tempfile::tempdir_in(&options.folder)?;
    let home = Home::furnish(&options.bellhop, &scratch.path().join("fresh"))?;
    // The desktop's processes end with the thread that starts them.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(look(options, &home))
}

async fn look(options: &Options, home: &Home) -> Result<Seen> {
    let desktop = Desktop::start().await?;
    let receiver = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let mut command = desktop.screen().daemon(&options.desktop)?;
    command
        .args(["--hidden", "--listen", &receiver.to_string(), "--data-dir"])
        .arg(&home.data_dir)
        .env("BELLHOP_SECRETS", "file");
    let mut program = Running(command.spawn().context("the program does not start")?);
    eventually_within(PATIENCE, "the receiver takes calls", async || {
        Ok(TcpStream::connect(receiver).ok())
    })
    .await?;
    desktop.tray().item().await?;
    let before = idle(program.0.id()).await?;
    let told = tell(&desktop, home, receiver).await;
    let mut told = told.with_context(|| desktop.screen().logs())?;
    told.sort_by(f64::total_cmp);
    let after = idle(program.0.id()).await?;
    program.end()?;
    Ok(Seen {
        told,
        before,
        after,
    })
}

async fn tell(desktop: &Desktop, home: &Home, receiver: SocketAddr) -> Result<Vec<f64>> {
    let calls = Calls::sign(&home.paths, &mut Numbers::fresh(), CALLS)?;
    let mut times = Vec::with_capacity(CALLS);
    for index in 0..CALLS {
        let sent = Instant::now();
        load::make_one(receiver, calls.get(index).context("no call")?).await?;
        // Beside that it is new, it may be told of a booking that it is in the way of another.
        let told = eventually("the new booking is told of", async || {
            let all = desktop.notifications().all();
            let new = all
                .iter()
                .filter(|one| one.hint("category") == Some(NEW_BOOKING));
            Ok(new.map(|one| one.came).nth(index))
        });
        times.push(told.await?.saturating_duration_since(sent).as_secs_f64() * 1e3);
    }
    Ok(times)
}

async fn idle(program: u32) -> Result<Idle> {
    tokio::time::sleep(SETTLE).await;
    let before: Sleeps = sleeps_of(program)?;
    tokio::time::sleep(IDLE).await;
    let after = sleeps_of(program)?;
    let wakes = sleeps_between(&before, &after);
    for (thread, count) in &after {
        let woken = count - before.get(thread).copied().unwrap_or_default();
        if woken > 0.0 {
            eprintln!("{woken} wake-ups of {}", thread_name(program, thread));
        }
    }
    Ok(Idle {
        memory: memory_of(program)?,
        wakes_a_minute: wakes * 60.0 / IDLE.as_secs_f64(),
        children: children_of(program)?,
    })
}

/// A program that does not outlive this value.
struct Running(Child);

impl Running {
    fn end(&mut self) -> Result<()> {
        Command::new("kill").arg(self.0.id().to_string()).status()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// All figures, in Markdown.
pub(crate) fn render(seen: &Seen) -> String {
    let Seen {
        told,
        before,
        after,
    } = seen;
    let at = |part: f64| {
        let last = told.len().saturating_sub(1) as f64;
        told.get((last * part).round() as usize)
            .copied()
            .unwrap_or_default()
    };
    format!(
        "| call sent to its notification at the desktop, of {CALLS} | |\n| --- | ---: |\n\
         | half | {:.1} ms |\n| 99 of 100 | {:.1} ms |\n| longest | {:.1} ms |\n\n\
         | in the tray, window never opened | before any call | after {CALLS} |\n| --- | ---: | ---: |\n\
         | memory, resident | {:.1} MB | {:.1} MB |\n| of it not files | {:.1} MB | {:.1} MB |\n\
         | with what is shared counted in parts | {:.1} MB | {:.1} MB |\n\
         | wake-ups a minute | {:.0} | {:.0} |\n| processes that it has started | {} | {} |\n",
        at(0.5),
        at(0.99),
        at(1.0),
        before.memory.resident_mb,
        after.memory.resident_mb,
        before.memory.anonymous_mb,
        after.memory.anonymous_mb,
        before.memory.proportional_mb,
        after.memory.proportional_mb,
        before.wakes_a_minute,
        after.wakes_a_minute,
        before.children,
        after.children,
    )
}
