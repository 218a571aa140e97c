//! Calls of a test of the whole way, which are taken and never become deliveries.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use bellhop_core::call::Call;
use bellhop_core::signature::verify;
use jiff::Timestamp;

use super::checked;
use crate::Engine;
use crate::self_test::{HEADER, SelfTestError};
use crate::store::StoreError;
use crate::store::endpoints::Called;
use crate::store::self_tests::{self, Arrival, Step};

/// Says in the answer to the call of a test that it is ours, and when the call began to arrive: the answer may be that
/// the call is not taken, and then nothing else tells so.
pub(super) async fn sign_answer(
    State(engine): State<Arc<Engine>>,
    request: Request,
    next: Next,
) -> Response {
    let began = Timestamp::now();
    let nonce = request.headers().get(HEADER).cloned();
    let mut answer = next.run(request).await;
    let nonce = nonce.as_ref().and_then(|nonce| nonce.to_str().ok());
    if let Some(nonce) = nonce
        && let Ok(true) = engine
            .store
            .read_here(|connection| self_tests::is_ours(connection, nonce))
    {
        let began = HeaderValue::from(began.as_microsecond());
        answer.headers_mut().insert(HEADER, began);
    }
    answer
}

/// The test that a call belongs to.
pub(super) struct TestOfCall {
    nonce: String,
    /// Whether it still waits for its call. One that comes late or twice has been told of already.
    awaits: bool,
}

/// The test that a call belongs to, where it belongs to one.
///
/// # Errors
///
/// Fails where the store does.
pub(super) fn of(
    engine: &Engine,
    called: &Called,
    call: &Call,
) -> Result<Option<TestOfCall>, StoreError> {
    let Some(nonce) = call.header(HEADER) else {
        return Ok(None);
    };
    let awaits = engine
        .store
        .read_here(|connection| self_tests::is_awaited(connection, nonce, called.id))?;
    let nonce = nonce.to_owned();
    Ok(awaits.map(|awaits| TestOfCall { nonce, awaits }))
}

/// Takes the call of a test as the receiver takes any other, with the same check and the same commit.
///
/// # Errors
///
/// Fails where the store or the secrets do, as for any other call; a call that is not genuine gives false.
pub(super) async fn take(
    engine: &Engine,
    called: &Called,
    call: Call,
    test: TestOfCall,
    began: Timestamp,
) -> Result<bool, SelfTestError> {
    if !test.awaits {
        return Ok(true);
    }
    let nonce = test.nonce;
    let arrival = Arrival {
        began,
        whole: Timestamp::now(),
    };
    let checked = checked(engine, called).await?;
    let body = call.body.clone();
    let verified = verify(&checked, call);
    let verified_at = Timestamp::now();
    let kept = nonce.clone();
    if let Err(error) = verified {
        let failure = error.to_string();
        engine
            .store
            .write(move |connection| self_tests::fail(connection, &kept, Some(arrival), &failure))
            .await?;
        return Ok(false);
    }
    engine
        .store
        .write(move |connection| self_tests::keep(connection, &kept, &body, arrival, verified_at))
        .await?;
    let committed_at = Timestamp::now();
    engine
        .store
        .write(move |connection| {
            self_tests::reach(connection, &nonce, Step::Committed, committed_at)
        })
        .await?;
    engine.changes.wake_worker();
    Ok(true)
}
