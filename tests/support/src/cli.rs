//! The real program `bellhop`, driven from outside: its arguments, its standard streams, HTTP and signals.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::fmt::Debug;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

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
            let entries = self.list(&["timeline", "--limit", "10000"]);
            let settled = self.pending() == 0;
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

/// Where calls are taken. Clones share their connections.
#[derive(Clone)]
pub struct Receiver {
    /// The address, as host and port.
    pub address: String,
    agent: ureq::Agent,
}

/// An answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The value of a header of a lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Receiver {
    /// The one at a host and port, whether or not anybody is there.
    pub fn at(address: String) -> Receiver {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Receiver {
            address,
            agent: config.into(),
        }
    }

    /// Posts a call and gives the status of the answer, whose body has to be empty.
    pub fn post<N: AsRef<str> + Debug, V: AsRef<str>>(
        &self,
        path: &str,
        headers: &[(N, V)],
        body: impl AsRef<[u8]>,
    ) -> u16 {
        let answer = self.call("POST", path, headers, body.as_ref());
        assert_eq!(
            answer.body,
            "",
            "{path} {headers:?}",
            headers = names(headers)
        );
        answer.status
    }

    /// Makes a call. Only POST sends the body.
    pub fn call<N: AsRef<str>, V: AsRef<str>>(
        &self,
        method: &str,
        path: &str,
        headers: &[(N, V)],
        body: &[u8],
    ) -> Answer {
        self.try_call(method, path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Makes a call that may find nobody there.
    ///
    /// # Errors
    ///
    /// Says why there was no answer.
    pub fn try_call<N: AsRef<str>, V: AsRef<str>>(
        &self,
        method: &str,
        path: &str,
        headers: &[(N, V)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(name.as_ref(), value.as_ref());
        }
        let mut response = if method == "POST" {
            self.agent.run(request.body(body)?)?
        } else {
            self.agent.run(request.body(())?)?
        };
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), value.into_owned())
        });
        Ok(Answer {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response.body_mut().read_to_string()?,
        })
    }

    /// A bare connection, for calls that are no proper HTTP.
    pub fn connect(&self) -> Raw {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        stream.set_nodelay(true).unwrap();
        Raw { stream }
    }
}

fn names<N: AsRef<str>, V>(headers: &[(N, V)]) -> Vec<&str> {
    headers.iter().map(|(name, _)| name.as_ref()).collect()
}

/// A bare connection.
pub struct Raw {
    stream: TcpStream,
}

impl Raw {
    /// Sends bytes. A receiver that has answered already may refuse them.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Raw {
        let _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Says that nothing more will be sent.
    pub fn end(&mut self) -> &mut Raw {
        let _ = self.stream.shutdown(Shutdown::Write);
        self
    }

    /// Reads one answer. `None` where the connection ends without one.
    pub fn answer(&mut self) -> Option<Answer> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match self.stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                Ok(_) if head.is_empty() => return None,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                other => panic!("{other:?} after {:?}", String::from_utf8_lossy(&head)),
            }
        }
        let head = String::from_utf8(head).unwrap();
        let (line, rest) = head.split_once("\r\n").unwrap();
        let headers: Vec<(String, String)> = rest
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let mut answer = Answer {
            status: line.split(' ').nth(1).unwrap().parse().unwrap(),
            headers,
            body: String::new(),
        };
        let length = answer.header("content-length").unwrap_or("0");
        let mut body = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8(body).unwrap();
        Some(answer)
    }
}
