//! When one session's address is probed, and what a probe that fails leads to.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::config::Pace;
use super::door::Doorman;
use super::probe::{ProbeError, Prober};

/// Failed probes of one session after which another one is tried.
const PROBES_PER_SESSION: u32 = 5;

/// The probes of one session. Without a prober it does nothing.
pub(super) struct Check {
    prober: Option<Prober>,
    doorman: Arc<Doorman>,
    pace: Pace,
    under_way: Option<(JoinHandle<Result<(), ProbeError>>, Instant)>,
    /// When the next probe is due.
    due: Option<Instant>,
    failed: u32,
    /// When the last one that failed was judged.
    judged: Instant,
}

/// What follows from a probe.
pub(super) enum Outcome {
    /// Calls reach us.
    Reachable,
    /// They do not, and the next probe comes after this pause.
    Unreachable { error: ProbeError, next: Duration },
    /// They do not, and another session might help.
    Rebuild { error: ProbeError },
}

impl Check {
    pub(super) fn new(prober: Option<Prober>, doorman: Arc<Doorman>, pace: Pace) -> Self {
        Self {
            prober,
            doorman,
            pace,
            under_way: None,
            due: None,
            failed: 0,
            judged: Instant::now(),
        }
    }

    /// Whether there is anything to wait for before saying that calls reach us.
    pub(super) fn is_on(&self) -> bool {
        self.prober.is_some()
    }

    /// Nothing is probed until [`start`](Self::start).
    pub(super) fn pause(&mut self) {
        if let Some((probe, _)) = self.under_way.take() {
            probe.abort();
        }
        self.due = None;
    }

    /// Forgets the failures of an earlier endpoint.
    pub(super) fn begin(&mut self, url: &str) {
        self.pause();
        self.failed = 0;
        self.start(url);
    }

    /// Sends a probe, unless one is under way. The first one that fails is repeated a few times: a
    /// new endpoint takes a moment to be known everywhere. Later ones are not: they count as
    /// requests of the account.
    pub(super) fn start(&mut self, url: &str) {
        let Some(prober) = self.prober.clone().filter(|_| self.under_way.is_none()) else {
            return;
        };
        let (again, tries) = self.pace.probe_again;
        let tries = if self.failed == 0 { tries } else { 1 };
        let url = url.to_owned();
        let probe = tokio::spawn(async move {
            let mut attempt = 1;
            loop {
                match prober.probe(&url).await {
                    Ok(times) => {
                        tracing::debug!(?times, "the probe came back");
                        return Ok(());
                    }
                    Err(error) if attempt >= tries => return Err(error),
                    Err(_) => sleep(again * attempt).await,
                }
                attempt += 1;
            }
        });
        self.under_way = Some((probe, Instant::now()));
    }

    /// Ends when a probe is over; with nothing to report where it was not needed.
    ///
    /// Can be dropped and called again at any time.
    pub(super) async fn outcome(&mut self, url: &str, rebuilt: u32) -> Outcome {
        loop {
            if let Some((probe, begun)) = &mut self.under_way {
                let result = probe.await;
                let begun = *begun;
                self.under_way = None;
                let result = result.unwrap_or_else(|error| {
                    Err(ProbeError::NotAsked(format!(
                        "The check broke off ({error})."
                    )))
                });
                return self.judge(result, begun, rebuilt);
            }
            let Some(due) = self.due else {
                return std::future::pending().await;
            };
            tokio::select! {
                () = sleep_until(due) => {}
                // A real call is the best proof, however the probes fare.
                () = self.doorman.call_since(self.judged), if self.failed > 0 => return self.reachable(),
            }
            match self.proven() {
                // A call that came in since then is as good as a probe, and costs nothing.
                Some(ago) => self.due = Some(Instant::now() + (self.pace.probe_every - ago)),
                None => self.start(url),
            }
        }
    }

    /// How long ago the last real call came in, if that is proof enough.
    fn proven(&self) -> Option<Duration> {
        self.doorman
            .last_call()
            .filter(|ago| *ago < self.pace.probe_every && self.failed == 0)
    }

    fn reachable(&mut self) -> Outcome {
        self.failed = 0;
        self.due = Some(Instant::now() + self.pace.probe_every);
        Outcome::Reachable
    }

    fn judge(&mut self, result: Result<(), ProbeError>, begun: Instant, rebuilt: u32) -> Outcome {
        self.judged = Instant::now();
        let called_meanwhile = || {
            let last = self.doorman.last_call();
            last.is_some_and(|ago| ago < begun.elapsed())
        };
        let error = match result {
            Ok(()) => return self.reachable(),
            Err(_) if called_meanwhile() => return self.reachable(),
            Err(error) => error,
        };
        self.failed += 1;
        // A new session helps where the service has lost sight of this one, not where our own
        // network keeps us from asking. If the first does not help, the next ones come rarely.
        let might_help = matches!(error, ProbeError::NotUs { .. });
        if might_help && (rebuilt == 0 || self.failed > PROBES_PER_SESSION) {
            return Outcome::Rebuild { error };
        }
        let doublings = (self.failed + 2 * rebuilt).min(16);
        // What did not get out of our own network costs the account nothing.
        let longest = if might_help {
            self.pace.probe_every
        } else {
            self.pace.pauses.1
        };
        let next = self
            .pace
            .refused
            .0
            .saturating_mul(2_u32.pow(doublings))
            .min(longest);
        self.due = Some(Instant::now() + next);
        Outcome::Unreachable { error, next }
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        self.pause();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_comes_before_anybody_waits_for_one_ends_a_doubt_too() {
        let doorman = Arc::new(Doorman::default());
        let mut check = Check::new(None, Arc::clone(&doorman), Pace::default());
        let error = ProbeError::NotAsked("No network.".to_owned());
        let doubt = check.judge(Err(error), Instant::now(), 0);
        assert!(matches!(doubt, Outcome::Unreachable { .. }));
        doorman.saw_a_call();
        let soon = Duration::from_secs(1);
        let outcome = tokio::time::timeout(soon, check.outcome("https://a.example", 0)).await;
        assert!(matches!(outcome, Ok(Outcome::Reachable)));
    }
}
