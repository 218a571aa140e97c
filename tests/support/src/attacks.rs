//! Callers that mean no good, and what they do to a program: for the tests, and for longer runs of the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A POST with more headers than it needs, each with its line's end.
pub fn post_with(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// How a caller was shown out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownOut {
    /// How long it was borne.
    pub after: Duration,
    /// What it was answered; 0 for nothing.
    pub status: u16,
}

/// Sends `start` at once and then `rest` byte by byte, over and over, until it is shown out or `limit` is over.
pub fn drip(
    address: &str,
    start: &[u8],
    rest: &[u8],
    every: Duration,
    limit: Duration,
) -> Option<ShownOut> {
    let mut stream = TcpStream::connect(address).unwrap();
    let began = Instant::now();
    stream.set_read_timeout(Some(every)).unwrap();
    let _ = stream.write_all(start);
    let mut answer = Vec::new();
    let mut bytes = rest.iter().cycle();
    while began.elapsed() < limit {
        let mut some = [0; 512];
        match stream.read(&mut some) {
            Ok(read) if read > 0 => answer.extend_from_slice(&some[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if let Some(byte) = bytes.next() {
                    let _ = stream.write_all(&[*byte]);
                }
            }
            _ => {
                return Some(ShownOut {
                    after: began.elapsed(),
                    status: status_of(&answer),
                });
            }
        }
    }
    None
}

/// Asks again and again and reads no answer. Gives how long that was borne.
pub fn ask_and_never_read(address: &str, request: &[u8], limit: Duration) -> Option<Duration> {
    let mut stream = TcpStream::connect(address).unwrap();
    let began = Instant::now();
    let step = Duration::from_millis(500);
    stream.set_write_timeout(Some(step)).unwrap();
    let many = request.repeat(100);
    while began.elapsed() < limit {
        match stream.write(&many) {
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return Some(began.elapsed()),
        }
    }
    None
}

/// Opens `count` connections over `threads` threads, sends on each the next of `starts`, and holds them.
pub fn crowd(address: &str, count: usize, threads: usize, starts: &[Vec<u8>]) -> Vec<TcpStream> {
    let open = |number: usize| {
        let mut stream = TcpStream::connect(address).unwrap();
        // One that has been shown out already takes no more.
        let _ = stream.write_all(&starts[number % starts.len()]);
        stream
    };
    thread::scope(|scope| {
        let of_thread = |thread: usize| (thread..count).step_by(threads).map(open);
        let threads: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || of_thread(thread).collect::<Vec<_>>()))
            .collect();
        let streams = threads.into_iter().map(|thread| thread.join().unwrap());
        streams.flatten().collect()
    })
}

/// Makes the same call so many times a second over one connection, until `stop`. Counts the answers by status.
pub fn repeat(
    address: &str,
    a_second: u32,
    stop: &AtomicBool,
    mut call: impl FnMut() -> Vec<u8>,
) -> BTreeMap<u16, usize> {
    let mut answers = BTreeMap::new();
    let mut stream = Answers::connect(address);
    let (began, pause) = (Instant::now(), Duration::from_secs(1) / a_second);
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        thread::sleep((pause * number).saturating_sub(began.elapsed()));
        number += 1;
        let status = stream.status_of(&call());
        *answers.entry(status).or_default() += 1;
        if status == 0 {
            stream = Answers::connect(address);
        }
    }
    answers
}

/// Makes `count` calls with a pause before each, every one over a connection of its own, and says how long each answer
/// took. All have to be 200.
pub fn time_calls(
    address: &str,
    count: usize,
    pause: Duration,
    mut call: impl FnMut() -> Vec<u8>,
) -> Latencies {
    let one = |_| {
        thread::sleep(pause);
        let call = call();
        let began = Instant::now();
        let status = Answers::connect(address).status_of(&call);
        assert_eq!(status, 200, "a genuine call");
        began.elapsed()
    };
    let mut all: Vec<Duration> = (0..count).map(one).collect();
    all.sort_unstable();
    Latencies(all)
}

/// How long answers took, the shortest first.
pub struct Latencies(Vec<Duration>);

impl std::fmt::Display for Latencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = |part: usize| self.0[(self.0.len() - 1) * part / 100].as_secs_f64() * 1e3;
        let (p50, p99, longest) = (at(50), at(99), at(100));
        write!(f, "p50 {p50:.2} ms, p99 {p99:.2} ms, max {longest:.2} ms")
    }
}

/// A connection whose answers have no bodies.
pub struct Answers {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Answers {
    pub fn connect(address: &str) -> Answers {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        Answers {
            stream,
            rest: Vec::new(),
        }
    }

    /// Sends a request and reads the status of the answer; 0 where the connection ends without one.
    pub fn status_of(&mut self, request: &[u8]) -> u16 {
        let _ = self.stream.write_all(request);
        self.next().unwrap_or_default()
    }

    /// Sends bytes, and says whether the other side still takes any.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Says that nothing more will be sent.
    pub fn end(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }
}

/// The statuses of what is answered, until the connection ends.
impl Iterator for Answers {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        loop {
            let end = self.rest.windows(4).position(|end| end == b"\r\n\r\n");
            if let Some(end) = end {
                let head: Vec<u8> = self.rest.drain(..end + 4).collect();
                match status_of(&head) {
                    // Only an invitation to send the body.
                    100 => continue,
                    status => return Some(status),
                }
            }
            let mut some = [0; 4096];
            match self.stream.read(&mut some) {
                Ok(read) if read > 0 => self.rest.extend_from_slice(&some[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    panic!("neither an answer nor an end")
                }
                _ => return None,
            }
        }
    }
}

fn status_of(answer: &[u8]) -> u16 {
    let text = String::from_utf8_lossy(answer);
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    status.unwrap_or_default()
}

/// The most memory that a process ever had, in KiB.
pub fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap()
}

/// How many files a process has open.
pub fn open_files(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}

/// The processor time that a process has used.
pub fn processor_time(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let mut fields = after_name.split_whitespace().skip(11);
    let mut ticks = || fields.next().unwrap().parse::<u64>().unwrap();
    Duration::from_millis((ticks() + ticks()) * 10)
}

/// Lets a process open so many files, or as many as the system lets it. Gives that number.
pub fn limit_files(process: u32, files: usize) -> usize {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let hard: usize = line
        .unwrap()
        .split_whitespace()
        .nth(4)
        .unwrap()
        .parse()
        .unwrap();
    let files = files.min(hard);
    let set = Command::new("prlimit")
        .args(["--pid", &process.to_string(), &format!("--nofile={files}:")])
        .status();
    assert!(
        set.unwrap().success(),
        "the limit of open files was not set"
    );
    files
}

/// The bytes of a database with its journal files.
pub fn on_disk(database: &Path) -> u64 {
    let size = |suffix: &str| {
        let file = format!("{}{suffix}", database.display());
        fs::metadata(file).map_or(0, |file| file.len())
    };
    size("") + size("-wal") + size("-shm")
}
