//! The real program `bellhop`, driven from outside: its arguments, its standard streams, HTTP and signals.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

#[path = "cli/process.rs"]
mod process;
#[path = "cli/receiver.rs"]
mod receiver;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub use process::Process;
pub use receiver::{Answer, Receiver};

/// How long anything may take that is expected to happen soon. Generous: a test machine is busy.
pub const SOON: Duration = Duration::from_secs(20);

/// Asks until the answer is there, and fails after `deadline`.
pub fn eventually<T>(deadline: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + deadline;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            Instant::now() < end,
            "this did not happen within {deadline:?}: {what}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// A data directory of its own, and the program that works on it. Both are gone with this value.
pub struct Bellhop {
    program: PathBuf,
    home: TempDir,
}

/// What a run of the program left behind.
#[derive(Debug)]
pub struct Output {
    /// Its exit status; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Output {
    /// The program refused: with status 1, nothing on standard output, and one line that says all of this.
    pub fn says_no(&self, words: &[&str]) {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?}: {self:?}");
        }
    }
}

impl Bellhop {
    /// An empty data directory for `program`.
    pub fn in_temp_dir(program: impl Into<PathBuf>) -> Bellhop {
        Bellhop {
            program: program.into(),
            home: TempDir::new().unwrap(),
        }
    }

    /// The data directory. The program makes it at its first run.
    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// A place for files that are not the program's.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program with arguments, on the data directory.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env("BELLHOP_DATA_DIR", self.data_dir())
            .env("BELLHOP_SECRETS", "file")
            .env("TMPDIR", self.home.path())
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("LANGUAGE")
            .env_remove("BELLHOP_LOG")
            .env_remove("NGROK_AUTHTOKEN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end, with `input` on its standard input.
    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that reads no input may be gone before it is written.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Output {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that has to succeed, with `--json`, and gives what it printed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.json_with(arguments, "")
    }

    /// Like [`Bellhop::json`], with `input` on standard input.
    pub fn json_with(&self, arguments: &[&str], input: &str) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat(), input);
        assert_eq!(output.code, Some(0), "{arguments:?}: {output:?}");
        serde_json::from_str(&output.stdout).unwrap()
    }

    /// Like [`Bellhop::json`], for a command that prints a list.
    pub fn list(&self, arguments: &[&str]) -> Vec<Value> {
        match self.json(arguments) {
            Value::Array(list) => list,
            other => panic!("{arguments:?} printed no list: {other}"),
        }
    }

    /// Adds an endpoint, with a secret or without.
    pub fn endpoint(&self, provider: &str, secret: Option<&str>) -> Endpoint {
        let added = match secret {
            Some(secret) => {
                self.json_with(&["endpoint", "add", provider, "--secret-stdin"], secret)
            }
            None => self.json(&["endpoint", "add", provider]),
        };
        Endpoint::of(&added)
    }

    /// Takes calls until the guard is dropped.
    pub fn serve(&self) -> Serving {
        self.serve_with(&[], &[])
    }

    /// Like [`Bellhop::serve`], with more arguments and variables.
    pub fn serve_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Serving {
        let mut command = self.command(&[&["serve", "--json"], arguments].concat());
        command.envs(variables.iter().copied());
        self.serve_by(command)
    }

    /// Like [`Bellhop::serve`], by a command that runs it in its own way.
    pub fn serve_by(&self, command: Command) -> Serving {
        let mut process = Process::start(command);
        let first = process.next_line();
        let first: Value = serde_json::from_str(&first)
            .unwrap_or_else(|_| panic!("serve did not start: {first:?} {}", process.stderr()));
        let address = first["listening"].as_str().unwrap().to_owned();
        Serving {
            process,
            first,
            receiver: Receiver::at(address),
        }
    }

    /// The database, opened beside the program.
    pub fn database(&self) -> PathBuf {
        self.data_dir().join("bellhop.db")
    }

    /// Waits until `count` entries are in the timeline, and gives them, the oldest first.
    pub fn entries(&self, count: usize) -> Vec<Value> {
        let mut entries = eventually(SOON, &format!("{count} entries in the timeline"), || {
            // In this order: what is read while calls wait may become another one by them.
            let settled = self.pending() == 0;
            let entries = self.list(&["timeline", "--limit", "10000"]);
            (entries.len() >= count && settled).then_some(entries)
        });
        entries.reverse();
        assert_eq!(entries.len(), count, "{entries:#?}");
        entries
    }

    /// How many deliveries wait for the worker.
    pub fn pending(&self) -> usize {
        self.list(&["delivery", "list", "--limit", "100000"])
            .iter()
            .filter(|delivery| delivery["state"] == "pending")
            .count()
    }
}

/// An endpoint that was added.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its id.
    pub id: String,
    /// Its path.
    pub path: String,
}

impl Endpoint {
    /// The endpoint of the JSON that `endpoint add` prints.
    pub fn of(json: &Value) -> Endpoint {
        let text = |field: &str| json[field].as_str().unwrap().to_owned();
        Endpoint {
            id: text("id"),
            path: text("path"),
        }
    }
}

/// A running `bellhop serve`.
pub struct Serving {
    /// Its process.
    pub process: Process,
    /// The first line that it printed.
    pub first: Value,
    /// Where it takes calls.
    pub receiver: Receiver,
}

impl Serving {
    /// Waits until it has printed `count` entries, and gives them.
    pub fn printed(&mut self, count: usize) -> Vec<Value> {
        let lines = eventually(SOON, &format!("{count} printed entries"), || {
            let lines = self.process.lines();
            (lines.len() >= count).then_some(lines)
        });
        assert_eq!(lines.len(), count, "{lines:#?}");
        lines
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Asks it to end, expects that it does so well, and gives what it wrote to standard error.
    pub fn stop(mut self) -> String {
        self.process.signal("TERM");
        let status = self.process.wait();
        let stderr = self.process.stderr();
        assert_eq!(status.code(), Some(0), "{stderr}");
        stderr
    }
}
