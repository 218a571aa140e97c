//! Child processes that leave nothing behind.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::wait::{Deadline, eventually};

/// How long a process may take to end when asked, before it is made to.
const GRACE: Duration = Duration::from_secs(5);

/// A child in a process group of its own. Dropping it ends the whole group: the child and what the
/// child started.
///
/// The child stays unreaped until then. So its id, which is the group's id too, cannot come to belong
/// to a stranger's process before the last signal has been sent.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts `command` as the leader of a new process group.
    ///
    /// # Errors
    /// When the program cannot be started, for example because it is not installed.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
        })
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The child's standard output, if it was piped and not taken before.
    pub fn stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// The status with which the process ended by itself, if it did. A signal counts as 128 and its number.
    ///
    /// # Errors
    /// When the system refuses to tell.
    pub fn ended(&self) -> Result<Option<i32>> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(self.pid()?), options)
            .with_context(|| format!("cannot tell whether {} still runs", self.name))?;
        Ok(status.and_then(|status| {
            status
                .exit_status()
                .or(status.terminating_signal().map(|signal| 128 + signal))
        }))
    }

    /// Fails if the process has ended, as a daemon must not.
    ///
    /// # Errors
    /// With the status, if it has.
    pub fn must_run(&self) -> Result<()> {
        match self.ended()? {
            Some(status) => bail!("{} ended unexpectedly with status {status}", self.name),
            None => Ok(()),
        }
    }

    /// Asks the whole group to end, waits, and ends by force what is left.
    pub fn end(&mut self) {
        let Ok(pid) = self.pid() else { return };
        // Every error here means "already gone", which is what is wanted.
        let _ = kill_process_group(pid, Signal::TERM);
        let _ = eventually(&self.name, Deadline::after(GRACE), || self.ended());
        let _ = kill_process_group(pid, Signal::KILL);
        let _ = self.child.wait();
    }

    fn pid(&self) -> Result<Pid> {
        let raw = i32::try_from(self.child.id()).context("a process id out of range")?;
        Pid::from_raw(raw).context("a process id of zero")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
