//! Calls of a test of the whole way, which are taken and never become deliveries.

use bellhop_core::call::Call;
use bellhop_core::signature::verify;
use jiff::Timestamp;

use super::checked;
use crate::Engine;
use crate::self_test::{HEADER, SelfTestError};
use crate::store::endpoints::Called;
use crate::store::self_tests::{self, Arrival, Step};

/// The nonce of a call that is the call of a test.
pub(super) fn nonce(engine: &Engine, called: &Called, call: &Call) -> Option<String> {
    let nonce = call.header(HEADER)?.to_owned();
    let expected = engine
        .store
        .read_here(|connection| self_tests::is_expected(connection, &nonce, called.id));
    expected.unwrap_or(false).then_some(nonce)
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
    nonce: String,
    began: Timestamp,
) -> Result<bool, SelfTestError> {
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
