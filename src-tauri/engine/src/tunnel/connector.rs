//! How the crate gets its connections, and what we learn from that.
//!
//! A connector is all that the crate lets us put between itself and the network. It is called for
//! the first connection and again, with the reason, whenever a session has lost its link; if it
//! returns an error, the crate waits without a cap (50 ms, 2.5 s, 125 s, 1.7 h, …). So dialling is
//! repeated in here, with our own pauses, and an error leaves only where the session shall end.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ngrok::session::{ConnectError, Connector, IoStream};
use ngrok::tunnel::AcceptError;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep};
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backoff::Backoff;
use super::config::{Authtoken, Pace};
use super::dial::{self, DialError};
use super::link::{self, End, Watch};
use super::refusal::{self, Refusal};
use super::wake;
use super::wire::Heard;

/// What the line tells the supervisor.
#[derive(Debug)]
pub(super) enum Report {
    /// The crate asks for a connection again.
    Asked,
    /// An attempt to connect has failed; the next one starts then.
    Waiting {
        code: Option<String>,
        cause: String,
        next_try: Timestamp,
    },
    /// A connection stands; the calls on it are still to be answered.
    Dialled,
    /// The endpoint is online.
    Bound { url: String },
    /// The service refused a call of ours.
    Refused(Refusal),
    /// The service takes the endpoint away.
    Stopped(Refusal),
    /// The link is over.
    Lost { cause: String, stuck: bool },
    /// Somebody used the service's dashboard.
    Command(Command),
}

/// What the dashboard can ask of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Restart,
    Stop,
}

/// The link of the moment.
struct Present {
    /// Shuts it, and leaves the session its identity.
    shut: CancellationToken,
    since: Instant,
    /// The address that this computer uses towards the service, and the service's.
    route: Option<(IpAddr, SocketAddr)>,
}

/// What the connector of one session and its supervisor share.
pub(super) struct Line {
    token: Authtoken,
    pace: Pace,
    reports: mpsc::UnboundedSender<Report>,
    /// Cuts the waiting short.
    pub(super) hurry: Notify,
    /// The session shall end: links are shut and the crate is told to give up.
    pub(super) end: CancellationToken,
    present: Mutex<Present>,
    /// The tasks that carry links.
    pub(super) links: TaskTracker,
    pauses: Mutex<(Backoff, Backoff)>,
}

impl Line {
    pub(super) fn new(
        token: Authtoken,
        pace: Pace,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<Report>) {
        let (reports, inbox) = mpsc::unbounded_channel();
        let end = CancellationToken::new();
        let pauses = Mutex::new((Backoff::new(pace.pauses), Backoff::new(pace.refused)));
        let present = Present {
            shut: end.child_token(),
            since: Instant::now(),
            route: None,
        };
        let line = Self {
            token,
            pace,
            reports,
            hurry: Notify::new(),
            present: Mutex::new(present),
            end,
            links: TaskTracker::new(),
            pauses,
        };
        (Arc::new(line), inbox)
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shuts the link, and lets the session come back over a new one with its identity.
    pub(super) fn shut_link(&self) {
        self.present().shut.cancel();
    }

    /// Whether this computer would use another address towards the service than when the link was
    /// made: it has moved to another network, and the link leads nowhere.
    pub(super) fn has_moved(&self) -> bool {
        let Some((ours, service)) = self.present().route else {
            return false;
        };
        wake::address_towards(service).is_some_and(|now| now != ours)
    }

    pub(super) fn report(&self, report: Report) {
        // Nobody listens any more once the supervisor has moved on to another session.
        let _ = self.reports.send(report);
    }

    /// Starts carrying a connection; returns the crate's end.
    fn carry(self: &Arc<Self>, tls: TlsStream<TcpStream>) -> Box<dyn IoStream> {
        let shut = self.end.child_token();
        let service = tls.get_ref().0.peer_addr().ok();
        let route = service.and_then(|service| Some((wake::address_towards(service)?, service)));
        *self.present() = Present {
            shut: shut.clone(),
            since: Instant::now(),
            route,
        };
        let (theirs, ours) = link::pipe();
        let watch = Watch {
            quiet: self.pace.quiet,
            leave: self.pace.leave,
            shut,
        };
        let line = self.clone();
        self.links.spawn(async move {
            let reason = Mutex::new(None);
            let heard = |heard| line.heard(heard, &reason);
            let ended = |end: &End| {
                let reason = reason.lock().unwrap_or_else(PoisonError::into_inner).take();
                let cause = reason.unwrap_or_else(|| end.cause());
                line.report(Report::Lost {
                    cause,
                    stuck: matches!(end, End::Stuck),
                });
            };
            link::carry(tls, ours, watch, heard, ended).await;
        });
        Box::new(theirs)
    }

    fn heard(&self, heard: Heard, reason: &Mutex<Option<String>>) {
        let because = |text: String| {
            *reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
        };
        match heard {
            Heard::Bound { url } => {
                self.pauses().1.reset();
                self.report(Report::Bound { url });
            }
            Heard::Refused { answer } => {
                let refusal = refusal::from_answer(&answer, &self.token);
                because(refusal.message.clone());
                self.report(Report::Refused(refusal));
            }
            Heard::GoAway { reason: said } => {
                tracing::info!(
                    reason = self.token.redact(&said),
                    "the tunnel service ends the session"
                );
                because("ngrok is restarting its end of the connection.".into());
            }
            Heard::Stopped { message, code } => {
                self.report(Report::Stopped(refusal::explain(
                    code.as_deref(),
                    &message,
                    &self.token,
                )));
            }
        }
    }

    fn pauses(&self) -> MutexGuard<'_, (Backoff, Backoff)> {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A service that closes every connection at once must not be called in a tight loop: a link
    /// that was short is followed by a pause, one that was long is not.
    async fn after_a_link(&self) -> Result<(), ConnectError> {
        if self.present().since.elapsed() >= self.pace.quiet {
            self.pauses().0.reset();
            return Ok(());
        }
        let pause = self.pauses().0.next();
        self.pause(None, "The connection to ngrok was lost.".into(), pause)
            .await
    }

    /// Waits, unless somebody is in a hurry.
    async fn pause(
        &self,
        code: Option<String>,
        cause: String,
        pause: Duration,
    ) -> Result<(), ConnectError> {
        let next_try = Timestamp::now() + pause;
        self.report(Report::Waiting {
            code,
            cause,
            next_try,
        });
        tokio::select! {
            () = sleep(pause) => Ok(()),
            () = self.hurry.notified() => Ok(()),
            () = self.end.cancelled() => Err(ConnectError::Canceled),
        }
    }
}

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
            line.report(Report::Asked);
            match refusal::from_accept(&lost, &line.token) {
                // To ask again with a token that is not valid would be repeated for ever, silently.
                Some(refusal) if !refusal.passing => {
                    line.report(Report::Refused(refusal));
                    return Err(ConnectError::Canceled);
                }
                Some(refusal) => {
                    let pause = line.pauses().1.next();
                    line.pause(refusal.code, refusal.message, pause).await?;
                }
                None => line.after_a_link().await?,
            }
        }
        loop {
            let attempt = dial::dial(&host, port, None, tls.clone(), line.pace.dial);
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
                    let pause = line.pauses().0.next();
                    line.pause(None, error.cause("ngrok"), pause).await?;
                }
            }
        }
    }
}

fn as_connect_error(error: DialError) -> ConnectError {
    match error {
        DialError::Lookup(error) | DialError::Tcp(error) => ConnectError::Tcp(error),
        DialError::Tls(error) => ConnectError::Tls(error),
        DialError::TimedOut => ConnectError::Tcp(std::io::ErrorKind::TimedOut.into()),
    }
}
