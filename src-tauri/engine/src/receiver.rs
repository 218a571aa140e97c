//! The receiver: takes calls over HTTP and answers once they are on the disk.
//!
//! It knows nothing of tunnels and trusts nothing for being local: behind a tunnel every caller is 127.0.0.1. It serves
//! `/hooks/<token>` and nothing else.

mod body;
mod rates;
mod test_call;
mod traces;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{Method, Request, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bellhop_core::signature::{Checked, SignatureError, SigningSecret, verify};
use jiff::Timestamp;
use tokio::sync::{Mutex, Semaphore};

use crate::Engine;
use crate::connections::Caller;
use crate::endpoints::signing_secret_name;
use crate::secrets::SecretsError;
use crate::store::endpoints::Called;
use crate::store::{Known, StoreError, deliveries};

pub use body::MAX_BODY;
use body::{LARGE_BODIES, Received, read_call};
use rates::{Flood, Rates};

/// What a caller is told to wait, in seconds, before it sends again what could not be stored.
const RETRY_AFTER: &str = "5";

/// What takes calls, with what it counts of them: one for the port and the tunnel together.
pub(crate) struct Receiver {
    engine: Arc<Engine>,
    rates: Rates,
    large_bodies: Arc<Semaphore>,
    /// Held while a large body is checked: it takes some hundred times its size in memory to read one that was made for
    /// that, and some hundred milliseconds.
    large_check: Arc<Mutex<()>>,
}

impl Receiver {
    pub(crate) fn new(engine: Arc<Engine>) -> Arc<Receiver> {
        Arc::new(Receiver {
            engine,
            rates: Rates::new(),
            large_bodies: Arc::new(Semaphore::new(LARGE_BODIES)),
            large_check: Arc::default(),
        })
    }

    /// Its routes.
    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/hooks/{token}", any(hook))
            .fallback(|| async { StatusCode::NOT_FOUND })
            .with_state(Arc::clone(self))
            .layer(from_fn_with_state(
                Arc::clone(&self.engine),
                test_call::sign_answer,
            ))
    }
}

async fn hook(
    State(receiver): State<Arc<Receiver>>,
    token: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Response {
    let began = Timestamp::now();
    // No token that we gave is anything but text.
    let Ok(Path(token)) = token else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = match *request.method() {
        Method::POST => receiver.engine.store.called(&token),
        _ => receiver.engine.store.called_now(&token),
    };
    let known = match known {
        Ok(Some(known)) => known,
        Ok(None) => {
            if request.method() == Method::POST {
                receiver.reject_unknown(token);
            }
            return StatusCode::NOT_FOUND.into_response();
        }
        Err(error) => return unavailable(&receiver.engine, &error),
    };
    match *request.method() {
        Method::POST => {}
        // Some providers look whether anybody is there before they save the address.
        Method::GET | Method::HEAD => return StatusCode::OK.into_response(),
        _ => {
            let hint = "Only POST calls carry bookings. Set the provider's webhook to POST.";
            receiver.reject(known.called.id, "method_not_allowed", hint);
            return (
                StatusCode::METHOD_NOT_ALLOWED,
                [(header::ALLOW, "GET, HEAD, POST")],
            )
                .into_response();
        }
    }
    let caller = request.extensions().get::<Arc<Caller>>().cloned();
    let received = match read_call(request, &receiver.large_bodies).await {
        Ok(received) => received,
        Err(refusal) => {
            receiver.reject(known.called.id, refusal.reason, refusal.hint);
            return match refusal.status {
                StatusCode::SERVICE_UNAVAILABLE => come_back(refusal.status),
                status => status.into_response(),
            };
        }
    };
    if let Some(caller) = caller {
        caller.waits();
    }
    // What is whole may be stored although its caller is gone by then, and the worker has to hear of it all the same.
    let engine = Arc::clone(&receiver.engine);
    let answered =
        tokio::spawn(async move { answer(&receiver, &token, known, received, began).await });
    answered
        .await
        .unwrap_or_else(|error| unavailable(&engine, &error))
}

/// Answers a call that has come whole.
async fn answer(
    receiver: &Receiver,
    token: &str,
    known: Known,
    received: Received,
    began: Timestamp,
) -> Response {
    match test_call::of(&receiver.engine, &known.called, &received.call) {
        Ok(Some(test)) => {
            let call = received.call;
            match test_call::take(&receiver.engine, &known.called, call, test, began).await {
                Ok(true) => StatusCode::OK.into_response(),
                Ok(false) => StatusCode::UNAUTHORIZED.into_response(),
                Err(error) => unavailable(&receiver.engine, &error),
            }
        }
        Ok(None) => accept(receiver, token, known, received).await,
        Err(error) => unavailable(&receiver.engine, &error),
    }
}

/// Takes a call. What is known of its endpoint may be a moment old, and nobody is turned away for that: where it does not
/// fit, it is looked up again.
async fn accept(receiver: &Receiver, token: &str, known: Known, received: Received) -> Response {
    // A large call is too large to be kept for another look.
    if received.room.is_none() {
        let copy = Received {
            call: received.call.clone(),
            room: None,
        };
        if let Ok(answer) = take(receiver, known, copy).await {
            return answer;
        }
    }
    let engine = &receiver.engine;
    let known = match engine.store.called_now(token) {
        Ok(Some(known)) => known,
        Ok(None) => {
            receiver.reject_unknown(token.to_owned());
            return StatusCode::NOT_FOUND.into_response();
        }
        Err(error) => return unavailable(engine, &error),
    };
    let endpoint_id = known.called.id;
    match take(receiver, known, received).await {
        Ok(answer) => answer,
        Err(Doubt::NotGenuine(error)) => {
            match receiver.reject(endpoint_id, error.reason(), error.to_string()) {
                true => come_back(StatusCode::TOO_MANY_REQUESTS),
                false => StatusCode::UNAUTHORIZED.into_response(),
            }
        }
        Err(Doubt::SecretGone(error)) => {
            // The other endpoints take calls as ever, so this is no gap.
            receiver.reject(endpoint_id, "secret_gone", error.to_string());
            come_back(StatusCode::SERVICE_UNAVAILABLE)
        }
        Err(Doubt::Changed) => come_back(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Why a call was not taken, as far as its endpoint is what it was known to be.
enum Doubt {
    NotGenuine(SignatureError),
    SecretGone(SecretsError),
    Changed,
}

async fn take(receiver: &Receiver, known: Known, received: Received) -> Result<Response, Doubt> {
    let engine = &receiver.engine;
    let endpoint_id = known.called.id;
    let checked = match checked(engine, &known.called).await {
        Ok(checked) => checked,
        Err(error @ SecretsError::Gone) => return Err(Doubt::SecretGone(error)),
        Err(error) => return Ok(unavailable(engine, &error)),
    };
    let Received { call, room } = received;
    let (verified, room) = if room.is_some() {
        let turn = Arc::clone(&receiver.large_check).lock_owned().await;
        // Goes on when the caller goes away, so it keeps its turn and its room.
        let apart = tokio::task::spawn_blocking(move || {
            let verified = verify(&checked, call);
            drop(turn);
            (verified, room)
        });
        match apart.await {
            Ok(outcome) => outcome,
            Err(error) => return Ok(unavailable(engine, &error)),
        }
    } else {
        (verify(&checked, call), room)
    };
    let delivery = verified.map_err(Doubt::NotGenuine)?;
    // Counted only now, so that nobody but the provider can use up what it may send.
    if !receiver.rates.allow_genuine(endpoint_id) {
        receiver.tell_of(Flood::Genuine(endpoint_id));
        return Ok(come_back(StatusCode::TOO_MANY_REQUESTS));
    }
    let stored = engine
        .store
        .write_call(known, move |connection| {
            let accepted = deliveries::accept(connection, &delivery, Timestamp::now());
            drop(room);
            accepted
        })
        .await;
    match stored {
        Ok(accepted) => {
            engine.refusals.accepted();
            if matches!(accepted, deliveries::Accepted::Stored(_)) {
                engine.changes.wake_worker();
            }
            Ok(StatusCode::OK.into_response())
        }
        Err(StoreError::Changed) => Err(Doubt::Changed),
        Err(error) => Ok(unavailable(engine, &error)),
    }
}

async fn checked(engine: &Engine, called: &Called) -> Result<Checked, SecretsError> {
    let had_secrets = !called.secrets.is_empty();
    let mut secrets = Vec::with_capacity(called.secrets.len());
    for &(id, kept_in) in &called.secrets {
        match engine
            .secrets
            .read(&signing_secret_name(id), kept_in)
            .await?
        {
            Some(value) => secrets.push(SigningSecret { id, value }),
            None => tracing::warn!(
                secret = id,
                "a signing secret is no longer where it was kept"
            ),
        }
    }
    // Without the secrets that it has, an endpoint would be trusted for its address alone, or turn genuine calls away for
    // good. The provider keeps them until the person has given the secret again.
    if secrets.is_empty() && had_secrets {
        return Err(SecretsError::Gone);
    }
    Ok(Checked {
        endpoint_id: called.id,
        provider: called.provider,
        secrets,
        pinned: called.signature_form.clone(),
    })
}

fn unavailable(engine: &Engine, error: &dyn std::error::Error) -> Response {
    engine.refusals.refused(error, true);
    tracing::error!(%error, "a call could not be stored; its provider keeps it");
    come_back(StatusCode::SERVICE_UNAVAILABLE)
}

/// The answer to a call that its provider is to send again.
fn come_back(status: StatusCode) -> Response {
    (status, [(header::RETRY_AFTER, RETRY_AFTER)]).into_response()
}
