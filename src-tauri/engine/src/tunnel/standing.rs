//! One session while it stands: what is heard of it, and when it is given up.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ngrok::Session;
use ngrok::tunnel::{AcceptError, HttpTunnel, TunnelInfo as _};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};
use tokio_util::sync::CancellationToken;

use super::check::{Check, Outcome};
use super::line::{Command, Line, Network, Report};
use super::refusal;
use super::serve;
use super::session::{self, Opened};
use super::supervisor::{Pause, Supervisor, Verdict};
use super::wake::Sleep;
use crate::connections::Connections;

/// Where the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It has its endpoint; whether calls reach it is for the [`Check`] to say.
    Bound,
    /// It has its endpoint, and calls reach it.
    Online,
    /// Without its endpoint. The crate must have moved on by the deadline.
    Lost { deadline: Option<Instant> },
}

/// One session with its endpoint.
pub(super) struct Standing<'a> {
    all: &'a mut Supervisor,
    line: Arc<Line>,
    reports: UnboundedReceiver<Report>,
    session: Session,
    id: String,
    url: String,
    begun: Instant,
    phase: Phase,
    /// The last trouble: code and cause.
    trouble: (Option<String>, String),
    serving: JoinHandle<(HttpTunnel, Option<AcceptError>)>,
    stop_serving: CancellationToken,
    calls: Connections,
    check: Check,
    beat: Interval,
    sleep: Sleep,
}

impl<'a> Standing<'a> {
    pub(super) fn new(
        all: &'a mut Supervisor,
        line: Arc<Line>,
        reports: UnboundedReceiver<Report>,
        opened: Opened,
    ) -> Self {
        let Opened {
            session,
            tunnel,
            url,
        } = opened;
        let (id, calls, stop_serving) = (
            tunnel.id().to_owned(),
            serve::connections(),
            CancellationToken::new(),
        );
        let serving = serve_until(tunnel, all, calls.clone(), stop_serving.clone());
        let pace = all.config.pace.clone();
        let mut beat = interval_at(Instant::now() + pace.watch, pace.watch);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut standing = Self {
            line,
            reports,
            session,
            id,
            begun: Instant::now(),
            phase: Phase::Bound,
            trouble: (None, String::new()),
            serving,
            stop_serving,
            calls,
            check: Check::new(all.prober.clone(), all.doorman.clone(), pace.clone()),
            beat,
            sleep: Sleep::new(pace.watch),
            url: String::new(),
            all,
        };
        standing.bound(url);
        standing
    }

    /// Until the session is over or given up.
    pub(super) async fn run(&mut self) -> Verdict {
        loop {
            let deadline = match self.phase {
                Phase::Lost { deadline } => deadline,
                Phase::Bound | Phase::Online => None,
            };
            let verdict = tokio::select! {
                () = self.all.closing.cancelled() => Some(Verdict::Closed),
                Some(report) = self.reports.recv() => self.take(report),
                ended = &mut self.serving => {
                    Some(self.no_more_streams(ended.ok().and_then(|(_, end)| end)))
                }
                () = until(deadline) => Some(self.give_up(Pause::None)),
                outcome = self.check.outcome(&self.url, self.all.rebuilt) => self.checked(outcome),
                () = self.all.hurry.notified() => { self.hurry(); None }
                _ = self.beat.tick() => { self.look_around(); None }
            };
            if let Some(verdict) = verdict {
                return verdict;
            }
        }
    }

    /// Whether the session stood long enough for the next pause to be a short one again.
    pub(super) fn lasted(&self) -> bool {
        self.begun.elapsed() >= self.all.config.pace.refused.1
    }

    fn take(&mut self, report: Report) -> Option<Verdict> {
        match report {
            // The first bind is reported too, after `open` has returned.
            Report::Bound { url } => {
                let url = url.trim_end_matches('/').to_owned();
                if matches!(self.phase, Phase::Lost { .. }) || url != self.url {
                    self.bound(url);
                }
            }
            Report::Dialled => self.expect_within(Some(self.all.config.pace.answer)),
            Report::Asked => self.expect_within(None),
            Report::Waiting { cause, next_try } => {
                self.lose(None, cause, Some(next_try));
                self.expect_within(None);
            }
            Report::Lost { cause, stuck } => {
                tracing::info!(%cause, "the tunnel has lost its link");
                self.lose(None, cause, None);
                if stuck {
                    return Some(self.give_up(Pause::None));
                }
                self.expect_within(Some(self.all.config.pace.revive));
            }
            Report::Refused(refusal) => return Some(self.all.refused(refusal)),
            Report::Stopped(refusal) => return Some(Verdict::of(refusal)),
            Report::Command(Command::Restart) => {
                self.trouble = (None, RESTART.into());
                return Some(self.give_up(Pause::None));
            }
            Report::Command(Command::Stop) => {
                return Some(Verdict::Hopeless {
                    code: None,
                    message: STOPPED.into(),
                });
            }
        }
        None
    }

    /// The endpoint is online, so far as the service says.
    fn bound(&mut self, url: String) {
        self.all.host = url.strip_prefix("https://").map(str::to_owned);
        self.url = url;
        self.phase = Phase::Bound;
        self.trouble = (None, String::new());
        if self.check.is_on() {
            self.check.begin(&self.url);
        } else {
            self.reachable();
        }
    }

    fn reachable(&mut self) {
        if self.phase == Phase::Bound {
            self.phase = Phase::Online;
            self.all.online(&self.url);
        }
    }

    fn lose(&mut self, code: Option<String>, cause: String, next_try: Option<Timestamp>) {
        self.check.pause();
        if !matches!(self.phase, Phase::Lost { .. }) {
            self.phase = Phase::Lost { deadline: None };
        }
        self.trouble = (code.clone(), cause.clone());
        self.all.reconnecting(code, cause, next_try);
    }

    /// The crate must have its endpoint back, or ask for another link, within this time.
    fn expect_within(&mut self, time: Option<Duration>) {
        if let Phase::Lost { deadline } = &mut self.phase {
            *deadline = time.map(|time| Instant::now() + time);
        }
    }

    /// This session will not get out of its trouble by itself.
    fn give_up(&mut self, pause: Pause) -> Verdict {
        let (code, cause) = std::mem::take(&mut self.trouble);
        Verdict::Again { code, cause, pause }
    }

    fn no_more_streams(&mut self, end: Option<AcceptError>) -> Verdict {
        // The refusal that made the connector give up has a report of its own, which may be waiting.
        while let Ok(report) = self.reports.try_recv() {
            if let Some(verdict) = self.take(report) {
                return verdict;
            }
        }
        let token = &self.all.config.authtoken;
        match end
            .as_ref()
            .and_then(|end| refusal::from_accept(end, token))
        {
            Some(refusal) => Verdict::of(refusal),
            None => self.give_up(Pause::Short),
        }
    }

    fn checked(&mut self, outcome: Outcome) -> Option<Verdict> {
        match outcome {
            Outcome::Reachable => self.reachable(),
            Outcome::Unreachable { error, next } => {
                tracing::warn!(cause = error.cause(), "the probe did not come back");
                self.phase = Phase::Bound;
                let code = error.code().map(str::to_owned);
                let next_try = Some(Timestamp::now() + next);
                self.all
                    .reconnecting(code, error.cause().to_owned(), next_try);
            }
            Outcome::Rebuild { error } => {
                tracing::warn!(cause = error.cause(), "the probe did not come back");
                self.all.rebuilt += 1;
                self.trouble = (error.code().map(str::to_owned), error.cause().to_owned());
                return Some(self.give_up(Pause::None));
            }
        }
        None
    }

    /// Somebody wants it now.
    fn hurry(&mut self) {
        match self.phase {
            Phase::Lost { .. } => self.line.hurry.notify_one(),
            Phase::Bound | Phase::Online => self.check.start(&self.url),
        }
    }

    /// After a long sleep the service has forgotten us, and in another network its bytes do not
    /// find us. The socket knows neither.
    fn look_around(&mut self) {
        let slept = self.sleep.slept();
        let network = self.line.look_around();
        let because = match network {
            _ if slept >= self.all.config.pace.quiet => SLEPT,
            Some(Network::Another) => MOVED,
            Some(Network::Back) if matches!(self.phase, Phase::Lost { .. }) => {
                self.line.hurry.notify_one();
                return;
            }
            Some(Network::Back) | None => return,
        };
        tracing::info!(seconds = slept.as_secs(), ?network, because);
        // The gap began when it fell asleep, not when it woke.
        if let Ok(asleep) = Timestamp::now().checked_sub(slept) {
            self.all.gap.get_or_insert(asleep);
        }
        self.line.shut_link(because);
        self.line.hurry.notify_one();
    }

    /// Leaves the service: no new calls, then the end of those under way, then the end of the link.
    pub(super) async fn leave(mut self) {
        let limit = self.all.config.pace.leave;
        self.check.pause();
        if !matches!(self.phase, Phase::Lost { .. }) {
            session::unbind(&self.session, &self.id, limit).await;
            self.calls.finish(limit).await;
        }
        session::hang_up(&self.line, limit).await;
        self.calls.break_off();
        self.stop_serving.cancel();
        // Dropping the tunnel makes the crate unbind it again, so the link must be gone by now.
        if !self.serving.is_finished() {
            let _ = (&mut self.serving).await;
        }
    }
}

const STOPPED: &str =
    "The tunnel was stopped in the ngrok dashboard. Press “Try now” to start it again.";
const SLEPT: &str = "This computer has slept.";
const MOVED: &str = "This computer has moved to another network.";
const RESTART: &str = "A restart was asked for in the ngrok dashboard.";

fn serve_until(
    mut tunnel: HttpTunnel,
    all: &Supervisor,
    calls: Connections,
    stop: CancellationToken,
) -> JoinHandle<(HttpTunnel, Option<AcceptError>)> {
    let router = all.router.clone();
    tokio::spawn(async move {
        let end = tokio::select! {
            end = serve::streams(&mut tunnel, router, calls) => end,
            () = stop.cancelled() => None,
        };
        (tunnel, end)
    })
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
