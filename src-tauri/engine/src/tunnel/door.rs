//! The door in front of the receiver: probes are recognized and answered here, and go no further.

use std::collections::HashMap;
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

/// Knows the probes that are under way, and answers them at the door.
#[derive(Default)]
pub struct Doorman {
    expected: Mutex<HashMap<String, String>>,
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

    /// The answer to a probe at this path. A path is good for one call.
    pub(super) fn answer(&self, path: &str) -> Option<String> {
        if !path.starts_with(PREFIX) {
            return None;
        }
        self.expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(path)
    }

    /// A real call has come in, which proves what a probe would.
    pub(super) fn saw_a_call(&self) {
        *self
            .last_call
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.called.notify_waiters();
    }

    /// Waits for the next real call.
    pub(super) async fn next_call(&self) {
        self.called.notified().await;
    }

    /// How long ago the last real call came in.
    pub(super) fn last_call(&self) -> Option<Duration> {
        self.last_call
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .map(|time| time.elapsed())
    }

    /// Expects one more probe, until the returned value is dropped.
    pub(super) fn expect(self: &Arc<Self>) -> Expected {
        let path = format!("{PREFIX}{}", hex(tls::random::<16>()));
        let answer = hex(tls::random::<16>());
        self.expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.clone(), answer.clone());
        Expected {
            doorman: self.clone(),
            path,
            answer,
        }
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

/// One probe under way; dropping it forgets its path.
pub(super) struct Expected {
    doorman: Arc<Doorman>,
    /// Where the probe is to be sent.
    pub(super) path: String,
    /// What only we can answer.
    pub(super) answer: String,
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.doorman
            .expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.path);
    }
}

fn hex(bytes: [u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
