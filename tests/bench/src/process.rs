//! The processes that are measured, and what Linux tells of them.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;

/// How long anything may take that is expected to happen soon.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Ticks in which Linux counts processor time: `getconf CLK_TCK`, the same on every machine that Linux runs on today.
const TICKS_PER_SECOND: f64 = 100.0;

/// A server that runs. It is killed with this value: what it left open is of no interest.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) started: Instant,
}

impl Server {
    /// Starts a server at an address that was free a moment ago.
    pub(crate) fn start(command: impl FnOnce(SocketAddr) -> Command) -> Result<Server> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = command(free);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let started = Instant::now();
        let child = command.spawn().context("the server does not start")?;
        Ok(Server {
            child,
            address: free,
            started,
        })
    }

    /// Waits until it takes connections.
    pub(crate) fn wait(&self) -> Result<()> {
        while std::net::TcpStream::connect(self.address).is_err() {
            if self.started.elapsed() > SOON {
                bail!("the server does not listen at {}", self.address);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Asks it to end, as a person would, and waits until it has: a database that was cut off is checked at the next start.
    pub(crate) fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()?;
        if !asked.success() || !self.child.wait()?.success() {
            bail!("the server did not end well");
        }
        Ok(())
    }

    pub(crate) fn memory(&self) -> Result<Memory> {
        memory_of(self.child.id())
    }

    /// The processor time that it has used.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        cpu_of(&proc(self.child.id()))
    }

    /// How often each of its threads has gone to sleep, which is as often as it was woken.
    pub(crate) fn sleeps(&self) -> Result<Sleeps> {
        sleeps_of(self.child.id())
    }
}

fn proc(process: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{process}"))
}

/// What a process holds.
pub(crate) fn memory_of(process: u32) -> Result<Memory> {
    let status = fs::read_to_string(proc(process).join("status"))?;
    let rollup = fs::read_to_string(proc(process).join("smaps_rollup"))?;
    Ok(Memory {
        resident_mb: field(&status, "VmRSS:")? / 1024.0,
        peak_mb: field(&status, "VmHWM:")? / 1024.0,
        proportional_mb: field(&rollup, "Pss:")? / 1024.0,
        anonymous_mb: field(&status, "RssAnon:")? / 1024.0,
    })
}

/// How often each thread of a process has gone to sleep.
pub(crate) fn sleeps_of(process: u32) -> Result<Sleeps> {
    let mut sleeps = Sleeps::new();
    for task in fs::read_dir(proc(process).join("task"))? {
        let task = task?;
        // One that ends meanwhile is of no interest.
        if let Ok(status) = fs::read_to_string(task.path().join("status")) {
            let count = field(&status, "voluntary_ctxt_switches:")?;
            sleeps.insert(task.file_name(), count);
        }
    }
    Ok(sleeps)
}

/// The name of a thread of a process.
pub(crate) fn thread_name(process: u32, thread: &OsStr) -> String {
    let comm = proc(process).join("task").join(thread).join("comm");
    fs::read_to_string(comm)
        .map(|name| name.trim().to_owned())
        .unwrap_or_default()
}

/// How many processes a process has started that still run.
pub(crate) fn children_of(process: u32) -> Result<usize> {
    let mut children = 0;
    for task in fs::read_dir(proc(process).join("task"))? {
        let started = fs::read_to_string(task?.path().join("children"))?;
        children += started.split_whitespace().count();
    }
    Ok(children)
}

/// By thread.
pub(crate) type Sleeps = HashMap<OsString, f64>;

/// How often the threads of `after` have gone to sleep since `before`.
pub(crate) fn sleeps_between(before: &Sleeps, after: &Sleeps) -> f64 {
    after
        .iter()
        .map(|(thread, count)| count - before.get(thread).copied().unwrap_or_default())
        .sum()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process holds, in MiB.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Memory {
    /// Resident now.
    pub(crate) resident_mb: f64,
    /// The most that ever was.
    pub(crate) peak_mb: f64,
    /// Resident, with what is shared with other processes counted in parts.
    pub(crate) proportional_mb: f64,
    /// Resident, without the program's own file and other files.
    pub(crate) anonymous_mb: f64,
}

/// The processor time that this process has used.
pub(crate) fn own_cpu() -> Result<Duration> {
    cpu_of(Path::new("/proc/self"))
}

fn cpu_of(proc: &Path) -> Result<Duration> {
    let stat = fs::read_to_string(proc.join("stat"))?;
    // The name, in brackets, may hold anything; user and system time are the 12th and 13th field after it.
    let (_, rest) = stat.rsplit_once(')').context("no name in stat")?;
    let ticks: f64 = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    Ok(Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
}

/// What all processes of a group hold together, in MiB, with what several of them share counted once.
pub(crate) fn proportional_mb_of_group(group: u32) -> Result<f64> {
    let mut total = 0.0;
    for process in fs::read_dir("/proc")? {
        let process = process?.path();
        // Most are no processes, and some end meanwhile.
        let Ok(stat) = fs::read_to_string(process.join("stat")) else {
            continue;
        };
        let own_group = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(2)?.parse().ok());
        if own_group == Some(group) {
            let rollup = fs::read_to_string(process.join("smaps_rollup"))?;
            total += field(&rollup, "Pss:")? / 1024.0;
        }
    }
    Ok(total)
}

fn field(text: &str, name: &str) -> Result<f64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .with_context(|| format!("Linux tells no {name}"))?;
    let number = line.split_whitespace().next().unwrap_or_default();
    number.parse().context("not a number")
}
