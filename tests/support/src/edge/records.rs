//! What the stand-in has seen, and waiting for it.

use std::io;
use std::time::Duration;

use super::Edge;
use super::account::Seen;

impl Edge {
    /// Sessions online now, dead ones that the edge has not noticed included.
    pub fn sessions(&self) -> usize {
        self.shared.lock().sessions.len()
    }

    /// Public hosts online now; one that is shared is there more than once.
    pub fn hosts(&self) -> Vec<String> {
        let state = self.shared.lock();
        let hosts = state.endpoints.iter().map(|endpoint| endpoint.host.clone());
        hosts.collect()
    }

    /// Everything that agents did, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// What agents answered to commands, as JSON.
    pub fn answers(&self) -> Vec<String> {
        self.shared.lock().answers.clone()
    }

    /// How many sessions were begun afresh, and how many brought their identity back.
    pub fn auths(&self) -> (usize, usize) {
        let seen = self.seen();
        let resumed = seen
            .iter()
            .filter(|seen| matches!(seen, Seen::Auth { resumed: true, .. }))
            .count();
        let fresh = seen
            .iter()
            .filter(|seen| matches!(seen, Seen::Auth { resumed: false, .. }))
            .count();
        (fresh, resumed)
    }

    /// Calls that came in at the public side, probes included.
    pub fn calls(&self) -> usize {
        self.shared.lock().calls
    }

    /// Held calls that an agent answered when they were passed on.
    pub fn answered_late(&self) -> usize {
        self.shared.lock().answered_late
    }

    /// Waits until the condition holds.
    ///
    /// # Errors
    /// `TimedOut` if it did not within `limit`.
    pub async fn until(
        &self,
        limit: Duration,
        condition: impl Fn(&Self) -> bool,
    ) -> io::Result<()> {
        let mut changed = self.shared.changed.subscribe();
        let wait = async {
            while !condition(self) {
                if changed.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(limit, wait)
            .await
            .map_err(io::Error::from)
    }
}
