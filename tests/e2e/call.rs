//! A provider's call, posted byte for byte as it was recorded.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Posts the recorded call `name` of `tests/fixtures` and gives the status of the answer.
pub(crate) async fn post(receiver: SocketAddr, path: &str, name: &str) -> Result<u16> {
    let fixtures = Path::new("tests/fixtures");
    let body = fs::read(fixtures.join(format!("{name}.json"))).context("no such recorded call")?;
    let headers = fs::read_to_string(fixtures.join(format!("{name}.headers.txt")))
        .context("no recorded headers")?;
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: {receiver}\r\nConnection: close\r\n");
    for header in headers.lines().filter(|line| !line.trim().is_empty()) {
        request.push_str(&format!("{}\r\n", header.trim()));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));

    let mut stream = TcpStream::connect(receiver)
        .await
        .context("the receiver takes no call")?;
    stream
        .write_all(&[request.into_bytes(), body].concat())
        .await
        .context("the receiver does not listen")?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .context("the receiver does not answer")?;
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.with_context(|| format!("not an answer: {answer}"))
}
