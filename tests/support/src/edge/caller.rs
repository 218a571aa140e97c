//! A client on the internet: what a booking system is to the public side.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::{HeaderMap, Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// Calls `https://` hosts of the stand-in, one connection a call.
#[derive(Clone)]
pub struct Caller {
    tls: Arc<ClientConfig>,
    public: SocketAddr,
}

impl Caller {
    pub(super) fn new(tls: Arc<ClientConfig>, public: SocketAddr) -> Self {
        Self { tls, public }
    }

    /// A POST with these headers and this body.
    pub async fn post(&self, url: &str, headers: HeaderMap, body: Bytes) -> io::Result<Answer> {
        self.call(Method::POST, url, headers, body).await
    }

    /// A GET without headers of its own.
    pub async fn get(&self, url: &str) -> io::Result<Answer> {
        self.call(Method::GET, url, HeaderMap::new(), Bytes::new())
            .await
    }

    /// One call over a connection of its own.
    pub async fn call(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> io::Result<Answer> {
        let uri: hyper::Uri = url.parse().map_err(io::Error::other)?;
        let host = uri
            .authority()
            .map_or("", |authority| authority.as_str())
            .to_owned();
        let mut request = Request::builder()
            .method(method)
            .uri(uri.path_and_query().map_or("/", |path| path.as_str()));
        if let Some(all) = request.headers_mut() {
            *all = headers;
            all.insert(header::HOST, host.parse().map_err(io::Error::other)?);
        }
        let request = request.body(Full::new(body)).map_err(io::Error::other)?;

        let mut sender = self.connect(&host).await?;
        let answer = sender
            .send_request(request)
            .await
            .map_err(io::Error::other)?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    /// Opens a connection to a host, for many calls one after another. A host with a port is looked up, any other is
    /// the stand-in's.
    pub async fn connect(&self, host: &str) -> io::Result<http1::SendRequest<Full<Bytes>>> {
        let (name, socket) = match host.split_once(':') {
            Some((name, _)) => (name, TcpStream::connect(host).await?),
            None => (host, TcpStream::connect(self.public).await?),
        };
        socket.set_nodelay(true)?;
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        let tls = tokio_rustls::TlsConnector::from(self.tls.clone())
            .connect(name, socket)
            .await?;
        let (sender, connection) = http1::handshake(TokioIo::new(tls))
            .await
            .map_err(io::Error::other)?;
        tokio::spawn(connection);
        Ok(sender)
    }
}
