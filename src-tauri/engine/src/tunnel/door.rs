//! The door in front of the receiver: probes are recognized and answered here, and go no further.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::tls;

/// Probes that are remembered. One that was given up may be on its way to us for minutes still, and is no call.
const REMEMBERED: usize = 64;

/// Knows the probes that were sent, and answers them at the door.
#[derive(Default)]
pub struct Doorman {
    /// The last ones, the oldest first.
    sent: Mutex<VecDeque<Probe>>,
    last_call: Mutex<Option<Instant>>,
    called: Notify,
}

impl Doorman {
    /// The same router, with probes answered before it. What the tunnel does by itself; for a
    /// public address that somebody else's tunnel or proxy leads to the receiver's own port.
    pub fn in_front_of(self: &Arc<Self>, router: Router) -> Router {
        Router::new()
            .fallback_service(router)
            .layer(from_fn_with_state(self.clone(), open_the_door))
    }

    /// The answer to a probe at this path.
    pub(super) fn answer(&self, path: &str) -> Option<String> {
        if !path.starts_with(PREFIX) {
            return None;
        }
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let probe = sent.iter().find(|probe| probe.path == path)?;
        Some(probe.answer.clone())
    }

    /// A real call has come in, which proves what a probe would.
    pub(super) fn saw_a_call(&self) {
        *self
            .last_call
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.called.notify_waiters();
    }

    /// Waits for a real call that came in since then.
    pub(super) async fn call_since(&self, since: Instant) {
        loop {
            let called = self.called.notified();
            tokio::pin!(called);
            // Before the look, lest a call between the two is missed.
            called.as_mut().enable();
            if self.last().is_some_and(|last| last >= since) {
                return;
            }
            called.await;
        }
    }

    fn last(&self) -> Option<Instant> {
        *self
            .last_call
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How long ago the last real call came in.
    pub(super) fn last_call(&self) -> Option<Duration> {
        self.last().map(|time| time.elapsed())
    }

    /// One more probe, which is known when it comes back.
    pub(super) fn new_probe(&self) -> Probe {
        let probe = Probe {
            path: format!("{PREFIX}{}", hex(tls::random::<16>())),
            answer: hex(tls::random::<16>()),
        };
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() == REMEMBERED {
            sent.pop_front();
        }
        sent.push_back(probe.clone());
        probe
    }
}

const PREFIX: &str = "/hooks/probe-";

async fn open_the_door(
    State(doorman): State<Arc<Doorman>>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(answer) = doorman.answer(request.uri().path()) {
        return ([(header::CACHE_CONTROL, "no-store")], answer).into_response();
    }
    doorman.saw_a_call();
    next.run(request).await
}

/// One probe.
#[derive(Clone)]
pub(super) struct Probe {
    /// Where it is to be sent.
    pub(super) path: String,
    /// What only we can answer.
    pub(super) answer: String,
}

fn hex(bytes: [u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
