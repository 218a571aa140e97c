//! Connecting: name, TCP without Nagle, TLS, all within one limit.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hyper::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower_service::Service as _;

use super::config::ProxyAddress;

/// How long one address is tried alone before the next one is tried too. Half of all broken
/// networks have an IPv6 address that leads nowhere, and it must not eat the whole limit.
const HEAD_START: Duration = Duration::from_millis(250);

/// What could not be done.
#[derive(Debug)]
pub(super) enum DialError {
    Lookup(io::Error),
    Tcp(io::Error),
    /// The proxy did not lead on, with its reason.
    Proxy(String),
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
            Self::Proxy(why) => {
                format!(
                    "The proxy does not lead on to {whom}: {why}. Check its address and password."
                )
            }
            Self::Tls(error) => tls_cause(whom, error),
            Self::TimedOut => format!("{whom} did not answer in time."),
        }
    }

    /// In plain words, where a public address was to be called. Other than ngrok's service it has a certificate of
    /// anybody's, and this computer's own authorities are asked in any case.
    pub(super) fn public_cause(&self, host: &str) -> String {
        let Self::Tls(error) = self else {
            return self.cause(host);
        };
        match rejected(error) {
            Some(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
                format!("The certificate of {host} has expired, or this computer's clock is wrong.")
            }
            Some(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ) => {
                format!("The certificate that was shown for {host} is made for another name.")
            }
            Some(_) => format!(
                "Nobody whom this computer trusts vouches for the certificate of {host}. If it is your own, or a company \
                 network or a virus scanner answers in its place, choose the root certificate of that in the settings. \
                 If a Wi-Fi wants you to sign in, do that first."
            ),
            None => self.cause(host),
        }
    }
}

/// What is wrong with the certificate that was shown, where that is what failed.
fn rejected(error: &io::Error) -> Option<&CertificateError> {
    match error.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(why) => Some(why),
        _ => None,
    }
}

/// Why there is no secure connection, and what helps where somebody else's certificate came.
pub(super) fn tls_cause(whom: &str, error: &io::Error) -> String {
    match rejected(error) {
        Some(_) => format!(
            "Something on the way to {whom} answers in its place (a company network, a virus scanner, a page to \
             sign in to a Wi-Fi). Sign in, or choose the root certificates of this computer (“host”) in the settings."
        ),
        None => format!("No secure connection to {whom}: {error}."),
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

/// The way to a host.
#[derive(Clone, Debug)]
pub(super) enum Route {
    /// To what its name means.
    Direct,
    /// To this address, in the host's name.
    Via(SocketAddr),
    /// Through a proxy, which looks the name up.
    Proxy(ProxyAddress),
}

impl Route {
    /// To `via` where that is given, else through `proxy`, else straight.
    pub(super) fn of(via: Option<SocketAddr>, proxy: Option<ProxyAddress>) -> Route {
        match (via, proxy) {
            (Some(address), _) => Route::Via(address),
            (None, Some(proxy)) => Route::Proxy(proxy),
            (None, None) => Route::Direct,
        }
    }
}

/// Connects to `host:port` by a route.
pub(super) async fn dial(
    host: &str,
    port: u16,
    route: &Route,
    tls: Arc<ClientConfig>,
    limit: Duration,
) -> Result<(TlsStream<TcpStream>, DialTimes), DialError> {
    let attempt = async {
        let started = Instant::now();
        let addresses = match route {
            Route::Via(address) => vec![*address],
            Route::Proxy(_) => Vec::new(),
            Route::Direct => {
                let bare = host.trim_start_matches('[').trim_end_matches(']');
                let found = tokio::net::lookup_host((bare, port)).await;
                found.map_err(DialError::Lookup)?.collect()
            }
        };
        let looked_up = Instant::now();
        let socket = match route {
            Route::Proxy(proxy) => through(proxy, host, port).await.map_err(DialError::Proxy)?,
            Route::Direct | Route::Via(_) => {
                first_to_answer(addresses).await.map_err(DialError::Tcp)?
            }
        };
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

/// A connection to `host:port` that a proxy makes for us, or its reason for making none.
async fn through(
    ProxyAddress(proxy): &ProxyAddress,
    host: &str,
    port: u16,
) -> Result<TcpStream, String> {
    let authority = format!("{host}:{port}");
    let target = Uri::builder()
        .scheme("https")
        .authority(authority)
        .path_and_query("/")
        .build();
    let target = target.map_err(|error| error.to_string())?;
    let mut plain = HttpConnector::new();
    plain.enforce_http(false);
    let user = proxy
        .authority()
        .and_then(|authority| authority.as_str().rsplit_once('@'));
    let credentials = user.map(|(user, _)| {
        let (name, password) = user.split_once(':').unwrap_or((user, ""));
        [name, password].map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
    });
    let connected = if proxy.scheme_str() == Some("socks5") {
        let mut connector = SocksV5::new(proxy.clone(), plain);
        if let Some([name, password]) = credentials {
            connector = connector.with_auth(name, password);
        }
        connector
            .call(target)
            .await
            .map_err(|error| error.to_string())
    } else {
        let mut connector = Tunnel::new(proxy.clone(), plain);
        if let Some([name, password]) = credentials {
            let basic = format!("Basic {}", STANDARD.encode(format!("{name}:{password}")));
            let basic = basic
                .parse()
                .map_err(|_| "its password cannot be sent".to_owned())?;
            connector = connector.with_auth(basic);
        }
        connector
            .call(target)
            .await
            .map_err(|error| error.to_string())
    };
    connected.map(TokioIo::into_inner)
}
