//! Connecting: name, TCP without Nagle, TLS, all within one limit.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How long one address is tried alone before the next one is tried too. Half of all broken
/// networks have an IPv6 address that leads nowhere, and it must not eat the whole limit.
const HEAD_START: Duration = Duration::from_millis(250);

/// What could not be done.
#[derive(Debug)]
pub(super) enum DialError {
    Lookup(io::Error),
    Tcp(io::Error),
    Tls(io::Error),
    TimedOut,
}

impl DialError {
    /// In plain words. `whom` is what we wanted to reach.
    pub(super) fn cause(&self, whom: &str) -> String {
        match self {
            Self::Lookup(_) => {
                format!("The name of {whom} could not be looked up. Is this computer online?")
            }
            Self::Tcp(error) => format!("{whom} could not be reached ({}).", error.kind()),
            Self::Tls(error) => tls_cause(whom, error),
            Self::TimedOut => format!("{whom} did not answer in time."),
        }
    }
}

/// Why there is no secure connection, and what helps where somebody else's certificate came.
pub(super) fn tls_cause(whom: &str, error: &io::Error) -> String {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) => format!(
            "Something on the way to {whom} answers in its place (a company network, a virus scanner, a page to \
             sign in to a Wi-Fi). Sign in, or choose the root certificates of this computer (“host”) in the settings."
        ),
        _ => format!("No secure connection to {whom}: {error}."),
    }
}

/// How long each part of a connection took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DialTimes {
    /// Name to address.
    pub lookup: Duration,
    /// TCP.
    pub connect: Duration,
    /// TLS.
    pub tls: Duration,
}

/// Connects to `host:port`, or to `via` in the host's name.
pub(super) async fn dial(
    host: &str,
    port: u16,
    via: Option<SocketAddr>,
    tls: Arc<ClientConfig>,
    limit: Duration,
) -> Result<(TlsStream<TcpStream>, DialTimes), DialError> {
    let attempt = async {
        let started = Instant::now();
        let addresses = match via {
            Some(address) => vec![address],
            None => {
                let bare = host.trim_start_matches('[').trim_end_matches(']');
                tokio::net::lookup_host((bare, port))
                    .await
                    .map_err(DialError::Lookup)?
                    .collect()
            }
        };
        let looked_up = Instant::now();
        let socket = first_to_answer(addresses).await.map_err(DialError::Tcp)?;
        // Calls are small and wait for each other: with Nagle's algorithm each takes 40 ms longer.
        socket.set_nodelay(true).map_err(DialError::Tcp)?;
        let connected = Instant::now();
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| DialError::Tls(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        let stream = TlsConnector::from(tls)
            .connect(name, socket)
            .await
            .map_err(DialError::Tls)?;
        let times = DialTimes {
            lookup: looked_up - started,
            connect: connected - looked_up,
            tls: connected.elapsed(),
        };
        Ok((stream, times))
    };
    timeout(limit, attempt)
        .await
        .unwrap_or(Err(DialError::TimedOut))
}

async fn first_to_answer(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut attempts: FuturesUnordered<_> = addresses
        .into_iter()
        .zip(0_u32..)
        .map(|(address, place)| async move {
            sleep(HEAD_START * place).await;
            TcpStream::connect(address).await
        })
        .collect();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    while let Some(attempt) = attempts.next().await {
        match attempt {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}
