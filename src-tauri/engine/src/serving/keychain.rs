//! A keychain that has the authtoken and does not give it, as at login: it is asked again until it does.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{Open, Serving};
use crate::tunnel::TunnelStatus;

/// How long to wait until a keychain that did not answer is asked again, at first and at most: it may ask the person each
/// time.
const KEYCHAIN_PAUSES: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(300));

/// Since when the keychain has not answered, and when it is asked again.
#[derive(Clone, Copy)]
pub(super) struct LockedOut {
    since: Timestamp,
    pause: Duration,
    /// None while it is being asked.
    next_try: Option<Instant>,
}

impl Serving {
    /// Says that the keychain did not answer, and sets when it is asked again.
    pub(super) async fn wait_for_keychain(&self, open: &mut Option<Open>, cause: String) {
        if let Some(open) = open.take() {
            open.close().await;
        }
        self.set_address(None);
        let (first, longest) = KEYCHAIN_PAUSES;
        let now = Timestamp::now();
        let (since, pause) = match *self.locked_out() {
            Some(before) => (before.since, longest.min(before.pause * 2)),
            None => (now, first),
        };
        *self.locked_out() = Some(LockedOut {
            since,
            pause,
            next_try: Some(Instant::now() + pause),
        });
        self.tell(TunnelStatus::Reconnecting {
            since,
            code: None,
            cause,
            next_try: Some(now + pause),
        });
    }

    /// Asks the keychain again when it is time.
    pub(super) fn ask_keychain_when_due(self: &Arc<Self>) {
        let due =
            |locked_out: &LockedOut| locked_out.next_try.is_some_and(|at| at <= Instant::now());
        if self.locked_out().as_ref().is_some_and(due) {
            let serving = Arc::clone(self);
            tokio::spawn(async move {
                tokio::select! {
                    () = serving.ask_keychain() => {}
                    () = serving.stop.cancelled() => {}
                }
            });
        }
    }

    pub(super) async fn ask_keychain(self: &Arc<Self>) {
        if let Some(locked_out) = self.locked_out().as_mut() {
            locked_out.next_try = None;
        }
        self.status.send_if_modified(|status| match status {
            TunnelStatus::Reconnecting { next_try, .. } => next_try.take().is_some(),
            _ => false,
        });
        self.choose_again().await;
    }

    pub(super) fn locked_out(&self) -> MutexGuard<'_, Option<LockedOut>> {
        self.locked_out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
