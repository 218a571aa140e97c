//! The callers: keep-alive connections that send the next call when the last one was answered.
//!
//! One thread and as few instructions as can be, because it shares the machine with the server that is measured.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use hdrhistogram::Histogram;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::calls::Calls;
use crate::process;

/// How the calls of one run went. Every one of them was answered with 200.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Speed {
    /// Calls a second.
    pub(crate) rate: f64,
    /// Half the calls were answered within this many milliseconds.
    pub(crate) p50_ms: f64,
    /// 99 of 100 were.
    pub(crate) p99_ms: f64,
    /// The slowest one.
    pub(crate) max_ms: f64,
    /// What a call cost the callers, in microseconds of a processor.
    pub(crate) caller_cpu_us: f64,
}

/// Makes all calls over so many connections, each as soon as the one before was answered.
pub(crate) fn run(address: SocketAddr, calls: &Arc<Calls>, connections: usize) -> Result<Speed> {
    measure(address, calls, connections, Duration::ZERO)
}

/// Makes so many calls a second, whether or not those before are answered.
pub(crate) fn run_steadily(
    address: SocketAddr,
    calls: &Arc<Calls>,
    connections: usize,
    per_second: u32,
) -> Result<Speed> {
    measure(
        address,
        calls,
        connections,
        Duration::from_secs(1) / per_second,
    )
}

fn measure(
    address: SocketAddr,
    calls: &Arc<Calls>,
    connections: usize,
    pace: Duration,
) -> Result<Speed> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let cpu_before = process::own_cpu()?;
    let began = Instant::now();
    let histogram =
        runtime.block_on(LocalSet::new().run_until(all(address, calls, connections, pace)))?;
    let took = began.elapsed();
    let count = calls.len() as f64;
    let milliseconds = |nanoseconds: u64| nanoseconds as f64 / 1e6;
    Ok(Speed {
        rate: count / took.as_secs_f64(),
        p50_ms: milliseconds(histogram.value_at_quantile(0.5)),
        p99_ms: milliseconds(histogram.value_at_quantile(0.99)),
        max_ms: milliseconds(histogram.max()),
        caller_cpu_us: (process::own_cpu()? - cpu_before).as_secs_f64() * 1e6 / count,
    })
}

async fn all(
    address: SocketAddr,
    calls: &Arc<Calls>,
    connections: usize,
    pace: Duration,
) -> Result<Histogram<u64>> {
    let next = Rc::new(Cell::new(0));
    let began = Instant::now();
    let callers: Vec<_> = (0..connections)
        .map(|_| call(address, Arc::clone(calls), Rc::clone(&next), began, pace))
        .map(tokio::task::spawn_local)
        .collect();
    let mut histogram = Histogram::new(3)?;
    for caller in callers {
        histogram.add(caller.await??)?;
    }
    Ok(histogram)
}

async fn call(
    address: SocketAddr,
    calls: Arc<Calls>,
    next: Rc<Cell<usize>>,
    began: Instant,
    pace: Duration,
) -> Result<Histogram<u64>> {
    let mut histogram = Histogram::new(3)?;
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(1_024);
    loop {
        let index = next.replace(next.get() + 1);
        let Some(request) = calls.get(index) else {
            break;
        };
        let due = began + pace * u32::try_from(index)?;
        let sent = if pace.is_zero() {
            Instant::now()
        } else if due < Instant::now() {
            // All connections were busy when it was due: the wait for one of them is part of it.
            due
        } else {
            tokio::time::sleep_until(due.into()).await;
            Instant::now()
        };
        stream.write_all(request).await?;
        read_answer(&mut stream, &mut answer).await?;
        histogram.record(u64::try_from(sent.elapsed().as_nanos())?)?;
    }
    Ok(histogram)
}

/// Reads one answer, and fails unless it says 200.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<()> {
    answer.clear();
    let head = loop {
        if stream.read_buf(answer).await? == 0 {
            bail!("the server closed the connection");
        }
        if let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
    if !text.starts_with("http/1.1 200 ") {
        bail!("a call was answered with: {text}");
    }
    let length: usize = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .context("an answer without a length")?
        .parse()?;
    while answer.len() < head + 4 + length {
        if stream.read_buf(answer).await? == 0 {
            bail!("the server closed the connection");
        }
    }
    Ok(())
}

/// Makes one call, over a connection of its own.
pub(crate) async fn make_one(address: SocketAddr, request: &[u8]) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    read_answer(&mut stream, &mut Vec::new()).await
}

/// Makes the first call as soon as somebody takes it, and gives how long after `started` it was answered.
pub(crate) fn first_answer(
    address: SocketAddr,
    calls: &Calls,
    started: Instant,
) -> Result<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let request = calls.get(0).context("no call")?;
    runtime.block_on(async {
        loop {
            let Ok(mut stream) = TcpStream::connect(address).await else {
                if started.elapsed() > process::SOON {
                    bail!("the server does not listen at {address}");
                }
                std::thread::sleep(Duration::from_micros(200));
                continue;
            };
            stream.write_all(request).await?;
            read_answer(&mut stream, &mut Vec::new()).await?;
            return Ok(started.elapsed());
        }
    })
}
