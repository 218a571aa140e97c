//! Keeps one session online, and replaces it where it is beyond help.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::config::{Pace, TunnelConfig};
use super::door::Doorman;
use super::line::Line;
use super::probe::Prober;
use super::refusal::Refusal;
use super::session::{self, OpenError};
use super::standing::Standing;
use super::status::TunnelStatus;

/// What every session of one tunnel uses.
pub(super) struct Supervisor {
    pub(super) config: TunnelConfig,
    /// The receiver behind the tunnel's door.
    pub(super) router: Router,
    pub(super) doorman: Arc<Doorman>,
    pub(super) prober: Option<Prober>,
    pub(super) status: watch::Sender<TunnelStatus>,
    /// `try_now` was called.
    pub(super) hurry: Arc<Notify>,
    /// `close` was called.
    pub(super) closing: CancellationToken,
    /// The beginning of the present gap.
    pub(super) gap: Option<Timestamp>,
    /// The host name that the last session was online at.
    pub(super) host: Option<String>,
    /// Sessions in a row that were given up because the probe did not come back.
    pub(super) rebuilt: u32,
}

/// How one session ended, and what follows.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The tunnel was closed.
    Closed,
    /// Nothing more happens until the person does something.
    Hopeless {
        code: Option<String>,
        message: String,
    },
    /// A new session, after a pause of this kind.
    Again {
        code: Option<String>,
        cause: String,
        pause: Pause,
    },
}

/// How long to wait before a new session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    None,
    /// The network or the service was not there.
    Short,
    /// The service said no, for the time being.
    Refused,
}

/// The pauses between sessions.
struct Pauses {
    short: Backoff,
    refused: Backoff,
}

impl Pauses {
    fn new(pace: &Pace) -> Self {
        Self {
            short: Backoff::new(pace.pauses),
            refused: Backoff::new(pace.refused),
        }
    }

    fn next(&mut self, kind: Pause, lasted: bool) -> Duration {
        match kind {
            Pause::None if lasted => Duration::ZERO,
            // Sessions that open and break off again must not follow each other without a pause.
            Pause::None | Pause::Short => self.short.next(),
            Pause::Refused => self.refused.next(),
        }
    }

    fn reset(&mut self) {
        self.short.reset();
        self.refused.reset();
    }
}

impl Verdict {
    pub(super) fn of(refusal: Refusal) -> Self {
        if refusal.passing {
            Self::Again {
                code: refusal.code,
                cause: refusal.message,
                pause: Pause::Refused,
            }
        } else {
            Self::Hopeless {
                code: refusal.code,
                message: refusal.message,
            }
        }
    }
}

impl Supervisor {
    /// Runs until the tunnel is closed.
    pub(super) async fn run(mut self) {
        if self.config.authtoken.is_empty() {
            self.publish(TunnelStatus::Failed {
                code: None,
                message: NO_TOKEN.into(),
            });
            self.closing.cancelled().await;
            self.publish(TunnelStatus::Off);
            return;
        }
        if self.config.probe {
            self.prober = self.make_prober().await;
        }
        let mut pauses = Pauses::new(&self.config.pace);
        loop {
            let (verdict, lasted) = self.one_session().await;
            tracing::info!(?verdict, "the tunnel's session ended");
            if lasted {
                pauses.reset();
            }
            match verdict {
                Verdict::Closed => break,
                Verdict::Hopeless { code, message } => {
                    self.publish(TunnelStatus::Failed { code, message });
                    if !self.wait(None).await {
                        break;
                    }
                    pauses.reset();
                    self.gap = None;
                    self.publish(TunnelStatus::Connecting);
                }
                Verdict::Again { code, cause, pause } => {
                    let pause = pauses.next(pause, lasted);
                    if !pause.is_zero() {
                        let next_try = Some(Timestamp::now() + pause);
                        self.reconnecting(code.clone(), cause.clone(), next_try);
                        if !self.wait(Some(pause)).await {
                            break;
                        }
                    }
                    self.reconnecting(code, cause, None);
                }
            }
        }
        self.publish(TunnelStatus::Off);
    }

    /// Waits this long, or until somebody is in a hurry. `false` if the tunnel is closed meanwhile.
    async fn wait(&self, pause: Option<Duration>) -> bool {
        let pause = async {
            match pause {
                Some(pause) => sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = pause => true,
            () = self.hurry.notified() => true,
            () = self.closing.cancelled() => false,
        }
    }

    /// One session from its beginning to its end, and whether it lasted.
    async fn one_session(&mut self) -> (Verdict, bool) {
        let (line, reports) = Line::new(&self.config);
        let domain = self.config.host().or_else(|| self.host.clone());
        let opened = tokio::select! {
            opened = session::open(&self.config, &line, domain.as_deref()) => opened,
            () = self.closing.cancelled() => {
                session::hang_up(&line, self.config.pace.leave).await;
                return (Verdict::Closed, false);
            }
        };
        match opened {
            Ok(opened) => {
                let mut standing = Standing::new(self, line, reports, opened);
                let verdict = standing.run().await;
                let lasted = standing.lasted();
                standing.leave().await;
                (verdict, lasted)
            }
            Err(error) => {
                session::hang_up(&line, self.config.pace.leave).await;
                (self.not_opened(error), false)
            }
        }
    }

    fn not_opened(&mut self, error: OpenError) -> Verdict {
        match error {
            OpenError::Refused(refusal) => self.refused(refusal),
            OpenError::Failed(cause) => Verdict::Again {
                code: None,
                cause,
                pause: Pause::Short,
            },
            OpenError::Unusable(message) => Verdict::Hopeless {
                code: None,
                message,
            },
        }
    }

    /// What follows from a refusal, at the first link of a session or a later one.
    pub(super) fn refused(&mut self, refusal: Refusal) -> Verdict {
        let is_wanted = self.config.host().is_some();
        if !refusal.is_of_the_host() || is_wanted || self.host.take().is_none() {
            return Verdict::of(refusal);
        }
        // The host name that we only remembered is not ours any more: take what the account has.
        Verdict::Again {
            code: refusal.code,
            cause: refusal.message,
            pause: Pause::None,
        }
    }

    pub(super) fn publish(&self, status: TunnelStatus) {
        self.status.send_if_modified(|present| {
            let changed = *present != status;
            *present = status;
            changed
        });
    }

    pub(super) fn online(&mut self, url: &str) {
        self.gap = None;
        self.rebuilt = 0;
        self.publish(TunnelStatus::Online {
            url: url.to_owned(),
            since: Timestamp::now(),
        });
    }

    pub(super) fn reconnecting(
        &mut self,
        code: Option<String>,
        cause: String,
        next_try: Option<Timestamp>,
    ) {
        let since = *self.gap.get_or_insert_with(Timestamp::now);
        self.publish(TunnelStatus::Reconnecting {
            since,
            code,
            cause,
            next_try,
        });
    }

    async fn make_prober(&self) -> Option<Prober> {
        let (roots, via) = (self.config.root_cas.clone(), self.config.probe_via);
        Prober::new(self.doorman.clone(), roots, via, self.config.proxy.clone(), self.config.pace.answer)
            .await
            // The session will say the same about the file, as something that the person can mend.
            .inspect_err(|error| tracing::warn!(%error, "no certificates to probe with"))
            .ok()
    }
}

const NO_TOKEN: &str = "Paste the authtoken of an ngrok account first. It is free: dashboard.ngrok.com/get-started/your-authtoken.";
