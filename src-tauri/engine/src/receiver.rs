//! The receiver: takes calls over HTTP and answers once they are on the disk.
//!
//! It knows nothing of tunnels and trusts nothing for being local: behind a tunnel every caller is 127.0.0.1. It serves
//! `/hooks/<token>` and nothing else.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bellhop_core::call::Call;
use bellhop_core::signature::{Checked, SigningSecret, verify};
use http_body_util::BodyExt;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::changes::Change;
use crate::endpoints::signing_secret_name;
use crate::secrets::SecretsError;
use crate::store::endpoints::Called;
use crate::store::{self, deliveries, endpoints, rejections};
use crate::{Engine, self_test};

/// The largest body that is taken, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// How much of a body that is too large is read after it was refused, in bytes.
const MAX_DISCARDED: usize = 16 * MAX_BODY;

/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// What a caller is told to wait, in seconds, before it sends again what could not be stored.
const RETRY_AFTER: &str = "5";

/// The routes of the receiver.
pub(crate) fn router(engine: Arc<Engine>) -> Router {
    Router::new()
        .route("/hooks/{token}", any(hook))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .with_state(engine)
}

async fn hook(
    State(engine): State<Arc<Engine>>,
    token: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Response {
    let began = Timestamp::now();
    // No token that we gave is anything but text.
    let Ok(Path(token)) = token else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let called = engine
        .store
        .read_here(|connection| endpoints::by_token(connection, &token));
    let called = match called {
        Ok(Some(called)) => called,
        Ok(None) => return unknown(&engine, token, request.method()),
        Err(error) => return unavailable(&engine, &error),
    };
    match *request.method() {
        Method::POST => {}
        // Some providers look whether anybody is there before they save the address.
        Method::GET | Method::HEAD => return StatusCode::OK.into_response(),
        _ => {
            let hint = "Only POST calls carry bookings. Set the provider's webhook to POST.";
            reject(&engine, called.id, "method_not_allowed", hint);
            return (
                StatusCode::METHOD_NOT_ALLOWED,
                [(header::ALLOW, "GET, HEAD, POST")],
            )
                .into_response();
        }
    }
    let call = match read_call(request).await {
        Ok(call) => call,
        Err(refusal) => {
            reject(&engine, called.id, refusal.reason, refusal.hint);
            return refusal.status.into_response();
        }
    };
    match self_test::nonce(&engine, &called, &call) {
        Some(nonce) => match self_test::take(&engine, called, call, nonce, began).await {
            Ok(true) => StatusCode::OK.into_response(),
            Ok(false) => StatusCode::UNAUTHORIZED.into_response(),
            Err(error) => unavailable(&engine, &error),
        },
        None => accept(&engine, called, call).await,
    }
}

async fn accept(engine: &Arc<Engine>, called: Called, call: Call) -> Response {
    let endpoint_id = called.id;
    let checked = match checked(engine, called).await {
        Ok(checked) => checked,
        Err(error @ SecretsError::Gone) => {
            // The other endpoints take calls as ever, so this is no gap.
            reject(engine, endpoint_id, "secret_gone", error.to_string());
            return come_back();
        }
        Err(error) => return unavailable(engine, &error),
    };
    let delivery = match verify(&checked, call) {
        Ok(delivery) => delivery,
        Err(error) => {
            reject(
                engine,
                checked.endpoint_id,
                error.reason(),
                error.to_string(),
            );
            return StatusCode::UNAUTHORIZED.into_response();
        }
    };
    let stored = engine
        .store
        .write(move |connection| deliveries::accept(connection, &delivery, Timestamp::now()))
        .await;
    match stored {
        Ok(accepted) => {
            engine.refusals.accepted();
            if matches!(accepted, deliveries::Accepted::Stored(_)) {
                engine.changes.wake_worker();
            }
            StatusCode::OK.into_response()
        }
        Err(error) => unavailable(engine, &error),
    }
}

pub(crate) async fn checked(engine: &Engine, called: Called) -> Result<Checked, SecretsError> {
    let had_secrets = !called.secrets.is_empty();
    let mut secrets = Vec::with_capacity(called.secrets.len());
    for secret in called.secrets {
        match engine
            .secrets
            .read(&signing_secret_name(secret.id), secret.kept_in)
            .await?
        {
            Some(value) => secrets.push(SigningSecret {
                id: secret.id,
                value,
            }),
            None => tracing::warn!(
                secret = secret.id,
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
        pinned: called.signature_form,
    })
}

/// Why a call was not read to its end.
struct Refusal {
    status: StatusCode,
    reason: &'static str,
    hint: &'static str,
}

const TOO_LARGE: Refusal = Refusal {
    status: StatusCode::PAYLOAD_TOO_LARGE,
    reason: "too_large",
    hint: "The call is larger than 1 MiB. No booking is, so it was not taken.",
};
const CUT_OFF: Refusal = Refusal {
    status: StatusCode::REQUEST_TIMEOUT,
    reason: "cut_off",
    hint: "The call broke off before its end. A provider sends it again.",
};
const TOO_SLOW: Refusal = Refusal {
    status: StatusCode::REQUEST_TIMEOUT,
    reason: "body_timeout",
    hint: "The call did not arrive whole within 10 seconds. A provider sends it again.",
};

async fn read_call(request: Request<Body>) -> Result<Call, Refusal> {
    let (parts, mut body) = request.into_parts();
    let read = tokio::time::timeout(BODY_DEADLINE, read_body(&mut body)).await;
    let content = match read.unwrap_or(Err(TOO_SLOW)) {
        Ok(content) => content,
        Err(refusal) => {
            if refusal.status == StatusCode::PAYLOAD_TOO_LARGE {
                discard(body);
            }
            return Err(refusal);
        }
    };
    Ok(Call {
        query: parts.uri.query().map(str::to_owned),
        headers: headers(&parts.headers),
        body: content,
    })
}

async fn read_body(body: &mut Body) -> Result<Vec<u8>, Refusal> {
    // What a caller declares is refused before it comes.
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(TOO_LARGE);
    }
    let mut content = Vec::new();
    while let Some(data) = next_data(body).await? {
        if content.len() + data.len() > MAX_BODY {
            return Err(TOO_LARGE);
        }
        content.extend_from_slice(&data);
    }
    Ok(content)
}

async fn next_data(body: &mut Body) -> Result<Option<Bytes>, Refusal> {
    match body.frame().await {
        None => Ok(None),
        // Trailers hold nothing of ours.
        Some(Ok(frame)) => Ok(Some(frame.into_data().unwrap_or_default())),
        Some(Err(_)) => Err(CUT_OFF),
    }
}

/// Reads on while the answer is on its way, and keeps nothing: a caller whose connection were cut instead might never
/// read why.
fn discard(mut body: Body) {
    let rest = async move {
        let mut left = MAX_DISCARDED;
        while let Ok(Some(data)) = next_data(&mut body).await
            && data.len() <= left
        {
            left -= data.len();
        }
    };
    tokio::spawn(tokio::time::timeout(BODY_DEADLINE, rest));
}

fn headers(headers: &HeaderMap<HeaderValue>) -> Vec<(String, Vec<u8>)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect()
}

fn unknown(engine: &Arc<Engine>, token: String, method: &Method) -> Response {
    if method == Method::POST {
        leave_trace(engine, move |connection| {
            let removed = endpoints::id_of_token(connection, &token)?;
            let (reason, hint) = match removed {
                Some(_) => (
                    "endpoint_removed",
                    "This endpoint has been removed. Take its address out of the provider's settings, or add an endpoint and paste the new address.",
                ),
                None => (
                    "unknown_endpoint",
                    "No endpoint has this address. If a provider sent the call, copy the address again from its endpoint.",
                ),
            };
            rejections::insert(connection, removed, reason, hint, Timestamp::now())
        });
    }
    StatusCode::NOT_FOUND.into_response()
}

fn reject(engine: &Arc<Engine>, endpoint_id: i64, reason: &'static str, hint: impl Into<String>) {
    let hint = hint.into();
    tracing::info!(endpoint_id, reason, "a call was turned away");
    leave_trace(engine, move |connection| {
        rejections::insert(
            connection,
            Some(endpoint_id),
            reason,
            &hint,
            Timestamp::now(),
        )
    });
}

/// Leaves a trace of a call that was turned away: it answers the person's "why is nothing arriving?". The caller does
/// not wait for it, and under a flood of such calls it is the first thing to go.
fn leave_trace(
    engine: &Arc<Engine>,
    trace: impl FnOnce(&Connection) -> store::Result<()> + Send + 'static,
) {
    if !engine.store.is_calm() {
        return;
    }
    let engine = Arc::clone(engine);
    tokio::spawn(async move {
        match engine.store.write(trace).await {
            Ok(()) => engine.changes.tell(Change::Endpoints),
            Err(error) => tracing::warn!(%error, "the trace of a rejected call was lost"),
        }
    });
}

fn unavailable(engine: &Engine, error: &dyn std::error::Error) -> Response {
    engine.refusals.refused(error, true);
    tracing::error!(%error, "a call could not be stored; its provider keeps it");
    come_back()
}

fn come_back() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, RETRY_AFTER)],
    )
        .into_response()
}
