//! A call to our own public address, made from outside as a provider makes it.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use rustls::ClientConfig;
use tokio::time::timeout;

use super::config::ProxyAddress;
use super::dial::{self, DialTimes, Route};
use super::tls;
use crate::self_test;

/// One caller from outside.
#[derive(Clone)]
pub struct Outside {
    tls: Arc<ClientConfig>,
    route: Route,
    limit: Duration,
}

/// How a call went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideCall {
    /// Reaching the public address.
    pub dial: DialTimes,
    /// When the call was sent.
    pub sent_at: Timestamp,
    /// The status of the answer, or why there was none.
    pub answer: Result<u16, String>,
    /// The service's code, such as `ERR_NGROK_3200`, where it answered itself.
    pub code: Option<String>,
    /// What the receiver says of its own, where it was the one that answered.
    pub receiver: Option<String>,
}

/// Why the public address could not be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutsideError {
    /// Its name leads nowhere.
    Lookup(String),
    /// Nobody answers there.
    Edge(String),
    /// Whoever answers cannot prove to be it.
    Tls(String),
}

impl Outside {
    /// A caller that trusts this computer's authorities and those in `roots`, and connects to `via` in the place of what
    /// a name means, or else through `proxy`. Each part of a call may take `limit`.
    ///
    /// # Errors
    ///
    /// Fails where `roots` cannot be read.
    pub async fn new(
        roots: Option<&Path>,
        via: Option<SocketAddr>,
        proxy: Option<ProxyAddress>,
        limit: Duration,
    ) -> io::Result<Outside> {
        let roots = roots.map(Path::to_owned);
        let tls =
            tokio::task::spawn_blocking(move || tls::public_roots(roots.as_deref())).await??;
        Ok(Outside {
            tls: Arc::new(tls),
            route: Route::of(via, proxy),
            limit,
        })
    }

    /// Posts `body` to `url`, which is https.
    ///
    /// # Errors
    ///
    /// Fails where nobody could be asked. What goes wrong after that is in the [`OutsideCall`].
    pub async fn post(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Vec<u8>,
    ) -> Result<OutsideCall, OutsideError> {
        let wrong = || OutsideError::Lookup(format!("{url} is not an https address."));
        let uri: hyper::Uri = url.parse().map_err(|_| wrong())?;
        let authority = uri
            .authority()
            .filter(|_| uri.scheme_str() == Some("https"))
            .ok_or_else(wrong)?;
        let (host, port) = (authority.host(), authority.port_u16().unwrap_or(443));
        let (stream, dial) = dial::dial(host, port, &self.route, Arc::clone(&self.tls), self.limit)
            .await
            .map_err(|error| {
                let cause = error.public_cause(host);
                match error {
                    dial::DialError::Lookup(_) => OutsideError::Lookup(cause),
                    dial::DialError::Tls(_) => OutsideError::Tls(cause),
                    dial::DialError::Tcp(_)
                    | dial::DialError::Proxy(_)
                    | dial::DialError::TimedOut => OutsideError::Edge(cause),
                }
            })?;

        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::post(path)
            .header(header::HOST, authority.as_str())
            .header(header::USER_AGENT, "bellhop-self-test")
            .header(header::CONTENT_TYPE, "application/json")
            .header("ngrok-skip-browser-warning", "1");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| wrong())?;
        let sent_at = Timestamp::now();
        let call = |answer, code, receiver| OutsideCall {
            dial,
            sent_at,
            answer,
            code,
            receiver,
        };
        Ok(match timeout(self.limit, ask(stream, request)).await {
            Ok(Ok((status, code, receiver))) => call(Ok(status), code, receiver),
            Ok(Err(_)) => call(
                Err(format!(
                    "The call to {host} broke off before it was answered."
                )),
                None,
                None,
            ),
            Err(_) => call(
                Err(format!("The call to {host} was not answered in time.")),
                None,
                None,
            ),
        })
    }
}

async fn ask<S>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> hyper::Result<(u16, Option<String>, Option<String>)>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await?;
    let header = |name: &str| {
        let value = answer.headers().get(name);
        value
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let (code, receiver) = (header("ngrok-error-code"), header(self_test::HEADER));
    let status = answer.status().as_u16();
    connection.abort();
    Ok((status, code, receiver))
}
