//! Does a call to our own public address come back to us?
//!
//! The path is under `/hooks/`, because nothing else passes the service's rules, and new for every
//! probe. The answer is a second secret, so that a page that echoes the path proves nothing.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper::{StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::time::{Instant, timeout};

use super::config::ProxyAddress;
use super::dial::{self, DialTimes, Route};
use super::door::Doorman;
use super::tls;

/// No answer of ours is longer, and nobody else's is of interest.
const LARGEST_ANSWER: usize = 16 * 1024;

/// How long each part of a probe took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProbeTimes {
    /// Reaching the public address.
    pub dial: DialTimes,
    /// From the request to the whole answer: to the edge, through the tunnel, to us and back.
    pub answer: Duration,
}

/// Why a probe did not come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeError {
    /// The public address could not be asked from here: the fault may be in our own network.
    NotAsked(String),
    /// Something answered, but it was not us.
    NotUs {
        /// The service's code, such as `ERR_NGROK_3200`.
        code: Option<String>,
        /// In plain words.
        cause: String,
    },
}

impl ProbeError {
    /// In plain words.
    pub fn cause(&self) -> &str {
        match self {
            Self::NotAsked(cause) | Self::NotUs { cause, .. } => cause,
        }
    }

    /// The service's code, where there is one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::NotAsked(_) => None,
            Self::NotUs { code, .. } => code.as_deref(),
        }
    }
}

/// Sends probes to a public address and recognizes them when they come back.
#[derive(Clone)]
pub struct Prober {
    doorman: Arc<Doorman>,
    tls: Arc<ClientConfig>,
    route: Route,
    limit: Duration,
}

impl Prober {
    /// `root_cas` is a PEM file of authorities beside those of this computer, `via` replaces the
    /// name lookup, `proxy` is on the way where nothing replaces it, `limit` is for the dialling and
    /// for the answer, each.
    ///
    /// # Errors
    /// If the file cannot be read or holds no certificate.
    pub async fn new(
        doorman: Arc<Doorman>,
        root_cas: Option<PathBuf>,
        via: Option<SocketAddr>,
        proxy: Option<ProxyAddress>,
        limit: Duration,
    ) -> io::Result<Self> {
        let roots = tokio::task::spawn_blocking(move || tls::public_roots(root_cas.as_deref()));
        let tls = Arc::new(roots.await.map_err(io::Error::other)??);
        Ok(Self {
            doorman,
            tls,
            route: Route::of(via, proxy),
            limit,
        })
    }

    /// Calls `url` (scheme and host, `https` only) once.
    ///
    /// # Errors
    /// If the call does not come back through our own door.
    pub async fn probe(&self, url: &str) -> Result<ProbeTimes, ProbeError> {
        let probe = self.doorman.new_probe();
        let uri: hyper::Uri = format!("{url}{}", probe.path)
            .parse()
            .map_err(|_| ProbeError::NotAsked(format!("{url} is not an address.")))?;
        let Some(host) = uri.host().filter(|_| uri.scheme_str() == Some("https")) else {
            return Err(ProbeError::NotAsked(format!(
                "{url} is not an https address."
            )));
        };
        let port = uri.port_u16().unwrap_or(443);
        let (stream, dial) = dial::dial(host, port, &self.route, self.tls.clone(), self.limit)
            .await
            .map_err(|error| ProbeError::NotAsked(error.public_cause(host)))?;
        let started = Instant::now();
        let authority = uri.authority().map_or(host, |authority| authority.as_str());
        let asked = timeout(
            self.limit,
            ask(TokioIo::new(stream), authority, &probe.path),
        )
        .await;
        match asked {
            Err(_) => Err(not_us(
                None,
                format!("A call to {host} was not answered in time."),
            )),
            Ok(Err(_)) => Err(not_us(
                None,
                format!("A call to {host} broke off before it was answered."),
            )),
            Ok(Ok((StatusCode::OK, _, body))) if body == probe.answer.as_bytes() => {
                Ok(ProbeTimes {
                    dial,
                    answer: started.elapsed(),
                })
            }
            Ok(Ok((status, code, _))) => Err(explain(host, status, code)),
        }
    }
}

fn not_us(code: Option<String>, cause: String) -> ProbeError {
    ProbeError::NotUs { code, cause }
}

fn explain(host: &str, status: StatusCode, code: Option<String>) -> ProbeError {
    let cause = match code.as_deref() {
        Some("ERR_NGROK_3200") => {
            format!("ngrok says that {host} is offline, although our session stands.")
        }
        Some("ERR_NGROK_727") => "The ngrok account has used up its requests of this month.".into(),
        Some("ERR_NGROK_725") => "The ngrok account has used up its bytes of this month.".into(),
        Some(code) => format!("ngrok answers calls to {host} with an error of its own ({code})."),
        None => format!(
            "Calls to {host} end somewhere else (status {}).",
            status.as_u16()
        ),
    };
    not_us(code, cause)
}

async fn ask<S>(
    stream: TokioIo<S>,
    authority: &str,
    path: &str,
) -> io::Result<(StatusCode, Option<String>, Bytes)>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(stream).await.map_err(io::Error::other)?;
    let request = hyper::Request::get(path)
        .header(header::HOST, authority)
        .header(header::USER_AGENT, "bellhop-probe")
        // The warning page of the free plan is for people with a browser.
        .header("ngrok-skip-browser-warning", "1")
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(io::Error::other)?;
    let exchange = async {
        let answer = sender
            .send_request(request)
            .await
            .map_err(io::Error::other)?;
        let code = answer
            .headers()
            .get("ngrok-error-code")
            .and_then(|code| code.to_str().ok())
            .map(str::to_owned);
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LARGEST_ANSWER)
            .collect()
            .await
            .map_err(io::Error::other)?;
        Ok((status, code, body.to_bytes()))
    };
    tokio::pin!(exchange);
    tokio::select! {
        result = &mut exchange => result,
        ended = connection => {
            ended.map_err(io::Error::other)?;
            // The answer may be complete although the connection has ended.
            exchange.await
        }
    }
}
