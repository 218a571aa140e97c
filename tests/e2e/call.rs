//! A provider's call, posted byte for byte as it was recorded.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_test_support::edge::Caller;
use bellhop_test_support::telling::SignedCall;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{SECRET, stage};

type Headers = Vec<(String, String)>;

/// The headers and the body of the recorded call `name` of `tests/fixtures`.
fn recorded(name: &str) -> Result<(Headers, Vec<u8>)> {
    let fixtures = Path::new("tests/fixtures");
    let body = fs::read(fixtures.join(format!("{name}.json"))).context("no such recorded call")?;
    let headers = fs::read_to_string(fixtures.join(format!("{name}.headers.txt")))
        .context("no recorded headers")?;
    let headers = headers.lines().filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    Ok((headers.collect(), body))
}

/// Posts a recorded call to the receiver itself. It must be taken.
pub(crate) async fn post(receiver: SocketAddr, path: &str, name: &str) -> Result<()> {
    let (headers, body) = recorded(name)?;
    let status = send(receiver, path, headers, body).await?;
    ensure!(status == 200, "{name} was answered {status}");
    Ok(())
}

/// Posts a call of a Kordless booking with that number, which is some days after [`stage::NOW`], and gives the booking.
pub(crate) async fn post_sample(
    receiver: SocketAddr,
    path: &str,
    number: u64,
) -> Result<SampleBooking> {
    let booking = SampleBooking::new(number, stage::NOW.parse()?);
    post_booking(receiver, path, "booking.created", &booking).await?;
    Ok(booking)
}

/// Posts a call that tells this of a Kordless booking. It must be taken.
pub(crate) async fn post_booking(
    receiver: SocketAddr,
    path: &str,
    event_type: &str,
    booking: &SampleBooking,
) -> Result<()> {
    let signed = (Provider::Kordless, SECRET);
    let status = post_signed(receiver, path, signed, event_type, booking).await?;
    ensure!(status == 200, "the sample was answered {status}");
    Ok(())
}

/// Posts a call of a provider that was signed with that secret, and gives the status of the answer.
pub(crate) async fn post_signed(
    receiver: SocketAddr,
    path: &str,
    (provider, secret): (Provider, &str),
    event_type: &str,
    booking: &SampleBooking,
) -> Result<u16> {
    let call = SignedCall::of_booking(provider, Some(secret), event_type, booking);
    send(receiver, path, call.headers, call.body).await
}

async fn send(receiver: SocketAddr, path: &str, headers: Headers, body: Vec<u8>) -> Result<u16> {
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: {receiver}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
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

/// Posts a recorded call to a public address. It must be taken.
pub(crate) async fn taken_at(caller: &Caller, url: &str, name: &str) -> Result<()> {
    let (headers, body) = recorded(name)?;
    let headers = headers
        .into_iter()
        .map(|(name, value)| Ok((name.parse()?, value.parse()?)))
        .collect::<Result<_>>()?;
    let answer = caller.post(url, headers, body.into()).await;
    let status = answer.with_context(|| format!("no call to {url}"))?.status;
    ensure!(status == 200, "{name} at {url} was answered {status}");
    Ok(())
}
