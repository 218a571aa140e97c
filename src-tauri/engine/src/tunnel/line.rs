//! What the connector of one session and its supervisor share: the link of the moment, and reports.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ngrok::session::{ConnectError, IoStream};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep};
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backoff::Backoff;
use super::config::{Authtoken, Pace, TunnelConfig};
use super::dial::Route;
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
    Waiting { cause: String, next_try: Timestamp },
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

/// What has become of this computer's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    /// The one over which the link was made is there again.
    Back,
    /// It would use another address towards the service than when the link was made, so the link leads nowhere.
    Another,
}

/// The link of the moment.
struct Present {
    /// Shuts it, and leaves the session its identity.
    shut: CancellationToken,
    /// Fires when its end has been reported.
    over: CancellationToken,
    since: Instant,
    /// The address that this computer uses towards the service, and the service's.
    route: Option<(IpAddr, SocketAddr)>,
    /// The address that it would have used when that was last looked at; none without a network.
    last_seen: Option<IpAddr>,
    /// Why we shut it.
    because: Option<&'static str>,
    /// Why it ended.
    cause: String,
}

/// What the connector of one session and its supervisor share.
pub(super) struct Line {
    pub(super) token: Authtoken,
    pub(super) pace: Pace,
    /// The way to the service.
    pub(super) route: Route,
    reports: mpsc::UnboundedSender<Report>,
    /// Cuts the waiting short.
    pub(super) hurry: Notify,
    /// A connection stands, and the service's answers are awaited.
    pub(super) dialled: Notify,
    /// The session shall end: links are shut and the crate is told to give up.
    pub(super) end: CancellationToken,
    present: Mutex<Present>,
    /// The tasks that carry links.
    pub(super) links: TaskTracker,
    pauses: Mutex<Backoff>,
}

impl Line {
    pub(super) fn new(config: &TunnelConfig) -> (Arc<Self>, mpsc::UnboundedReceiver<Report>) {
        let pace = config.pace.clone();
        let (reports, inbox) = mpsc::unbounded_channel();
        let end = CancellationToken::new();
        let pauses = Mutex::new(Backoff::new(pace.pauses));
        let over = CancellationToken::new();
        over.cancel();
        let present = Present {
            shut: end.child_token(),
            over,
            since: Instant::now(),
            route: None,
            last_seen: None,
            because: None,
            cause: String::new(),
        };
        let line = Self {
            token: config.authtoken.clone(),
            pace,
            route: config.proxy.clone().map_or(Route::Direct, Route::Proxy),
            reports,
            hurry: Notify::new(),
            dialled: Notify::new(),
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
    pub(super) fn shut_link(&self, because: &'static str) {
        let mut present = self.present();
        present.because = Some(because);
        present.shut.cancel();
    }

    /// Makes sure that the link is over before there is another. After a GOAWAY the crate would keep
    /// it until the next one stands, and its end would be taken for the end of that.
    pub(super) async fn end_link(&self) {
        let over = {
            let present = self.present();
            present.shut.cancel();
            present.over.clone()
        };
        over.cancelled().await;
    }

    /// What has become of this computer's network since this was last asked, if there is one again or another one.
    pub(super) fn look_around(&self) -> Option<Network> {
        let mut present = self.present();
        let (ours, service) = present.route?;
        let now = wake::address_towards(service);
        if now == present.last_seen {
            return None;
        }
        present.last_seen = now;
        let is_the_same = wake::in_one_network(ours, now?);
        Some(if is_the_same {
            Network::Back
        } else {
            Network::Another
        })
    }

    pub(super) fn report(&self, report: Report) {
        // Nobody listens any more once the supervisor has moved on to another session.
        let _ = self.reports.send(report);
    }

    /// Starts carrying a connection; returns the crate's end.
    pub(super) fn carry(self: &Arc<Self>, tls: TlsStream<TcpStream>) -> Box<dyn IoStream> {
        let shut = self.end.child_token();
        let service = tls.get_ref().0.peer_addr().ok();
        let route = service.and_then(|service| Some((wake::address_towards(service)?, service)));
        let over = CancellationToken::new();
        *self.present() = Present {
            shut: shut.clone(),
            over: over.clone(),
            since: Instant::now(),
            last_seen: route.map(|(ours, _)| ours),
            route,
            because: None,
            cause: String::new(),
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
                let ours = line.present().because.map(str::to_owned);
                let cause = reason.or(ours).unwrap_or_else(|| end.cause());
                line.present().cause.clone_from(&cause);
                line.report(Report::Lost {
                    cause,
                    stuck: matches!(end, End::Stuck),
                });
                over.cancel();
            };
            link::carry(tls, ours, watch, heard, ended).await;
        });
        self.dialled.notify_one();
        Box::new(theirs)
    }

    fn heard(&self, heard: Heard, reason: &Mutex<Option<String>>) {
        let because = |text: String| {
            *reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
        };
        match heard {
            Heard::Bound { url } => self.report(Report::Bound { url }),
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

    pub(super) fn pauses(&self) -> MutexGuard<'_, Backoff> {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A service that closes every connection at once must not be called in a tight loop: a link
    /// that was short is followed by a pause, one that was long is not.
    pub(super) async fn after_a_link(&self) -> Result<(), ConnectError> {
        if self.present().since.elapsed() >= self.pace.quiet {
            self.pauses().reset();
            return Ok(());
        }
        let pause = self.pauses().next();
        let cause = self.present().cause.clone();
        self.pause(cause, pause).await
    }

    /// Waits, unless somebody is in a hurry.
    pub(super) async fn pause(&self, cause: String, pause: Duration) -> Result<(), ConnectError> {
        let next_try = Timestamp::now() + pause;
        self.report(Report::Waiting { cause, next_try });
        tokio::select! {
            () = sleep(pause) => Ok(()),
            () = self.hurry.notified() => Ok(()),
            () = self.end.cancelled() => Err(ConnectError::Canceled),
        }
    }
}
