//! A running program, as who started it sees it.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::{SOON, eventually};

/// A running program, whose lines are read as they come. It is killed on drop.
pub struct Process {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    lines: Arc<Mutex<Vec<String>>>,
    stderr: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts a program with piped output.
    pub fn start(mut command: Command) -> Process {
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let from = child.stderr.take().unwrap();
        let stderr = Arc::new(Mutex::new(String::new()));
        let into = Arc::clone(&stderr);
        let reader = thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                let mut text = into.lock().unwrap();
                text.push_str(&line);
                text.push('\n');
            }
        });
        Process {
            child,
            stdout: Some(stdout),
            lines: Arc::default(),
            stderr,
            readers: vec![reader],
        }
    }

    /// Its next line, before anybody has asked for all of them. Empty where it ended.
    pub fn next_line(&mut self) -> String {
        let mut line = String::new();
        let stdout = self.stdout.as_mut().expect("all lines are read already");
        stdout.read_line(&mut line).unwrap();
        line.trim_end_matches('\n').to_owned()
    }

    /// The lines on standard output until now, apart from those that [`Process::next_line`] gave.
    pub fn lines(&mut self) -> Vec<String> {
        self.follow();
        self.lines.lock().unwrap().clone()
    }

    /// What came on standard error until now.
    pub fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success(), "the signal {name} was not sent");
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end, which has to come soon, and for the rest of what it prints.
    pub fn wait(&mut self) -> ExitStatus {
        self.follow();
        let status = eventually(SOON, "the program ends", || self.child.try_wait().unwrap());
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        status
    }

    /// Ends it at once, with nothing finished.
    pub fn kill(&mut self) {
        self.follow();
        self.child.kill().unwrap();
        self.wait();
    }

    fn follow(&mut self) {
        let Some(stdout) = self.stdout.take() else {
            return;
        };
        let into = Arc::clone(&self.lines);
        self.readers.push(thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                into.lock().unwrap().push(line);
            }
        }));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
