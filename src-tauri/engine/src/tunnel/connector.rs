//! How the crate gets its connections, and what we learn from that.
//!
//! A connector is all that the crate lets us put between itself and the network. It is called for
//! the first connection and again, with the reason, whenever a session has lost its link; if it
//! returns an error, the crate waits without a cap (50 ms, 2.5 s, 125 s, 1.7 h, …). So dialling is
//! repeated in here, with our own pauses, and an error leaves only where the session shall end.

use std::sync::Arc;

use async_trait::async_trait;
use ngrok::session::{ConnectError, Connector, IoStream};
use ngrok::tunnel::AcceptError;
use rustls::ClientConfig;

use super::dial::{self, DialError};
use super::line::{Line, Report};
use super::refusal;

/// The crate's [`Connector`] for one session.
pub(super) struct OwnConnector(pub(super) Arc<Line>);

#[async_trait]
impl Connector for OwnConnector {
    async fn connect(
        &self,
        host: String,
        port: u16,
        tls: Arc<ClientConfig>,
        lost: Option<AcceptError>,
    ) -> Result<Box<dyn IoStream>, ConnectError> {
        let line = &self.0;
        if line.end.is_cancelled() {
            return Err(ConnectError::Canceled);
        }
        let first = lost.is_none();
        if let Some(lost) = lost {
            line.end_link().await;
            line.report(Report::Asked);
            if let Some(refusal) = refusal::from_accept(&lost, &line.token) {
                // The crate would ask again for ever, silently. Whether there is a point in it, and
                // when, is for the supervisor to say.
                line.report(Report::Refused(refusal));
                return Err(ConnectError::Canceled);
            }
            line.after_a_link().await?;
        }
        loop {
            let attempt = dial::dial(&host, port, &line.route, tls.clone(), line.pace.dial);
            let attempt = tokio::select! {
                attempt = attempt => attempt,
                () = line.end.cancelled() => return Err(ConnectError::Canceled),
            };
            match attempt {
                Ok((stream, _)) => {
                    line.report(Report::Dialled);
                    return Ok(line.carry(stream));
                }
                // The supervisor waits between first attempts, with its own pauses.
                Err(error) if first => return Err(as_connect_error(error)),
                Err(error) => {
                    let pause = line.pauses().next();
                    line.pause(error.cause("ngrok"), pause).await?;
                }
            }
        }
    }
}

fn as_connect_error(error: DialError) -> ConnectError {
    match error {
        DialError::Lookup(error) | DialError::Tcp(error) => ConnectError::Tcp(error),
        DialError::Tls(error) => ConnectError::Tls(error),
        DialError::Proxy(why) => ConnectError::Tcp(std::io::Error::other(format!(
            "the proxy does not lead on: {why}"
        ))),
        DialError::TimedOut => ConnectError::Tcp(std::io::ErrorKind::TimedOut.into()),
    }
}
