//! One module a provider: its facts, how its calls are read, and what a sample call of it looks like.
//!
//! The JSON of a provider is known to its own module alone. The contracts, with the origin of each fact, are
//! described in `docs/providers`.

pub(crate) mod bookora;
pub(crate) mod kordless;
pub(crate) mod orufy;
pub(crate) mod reservekit;
pub(crate) mod webkasa;

use std::borrow::Cow;

use serde::Deserialize;

use crate::call::Call;
use crate::provider::IdempotencyKey;

/// The key of a body with an id of its own at the top, as Bookora and WebKasa send it. Nothing else of the body is kept,
/// since this is done before a call is answered.
fn key_from_top_level_id(call: &Call) -> Option<IdempotencyKey> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
    }
    let Named { id } = serde_json::from_slice(&call.body).ok()?;
    (!id.is_empty()).then(|| IdempotencyKey::Given(format!("id:{id}")))
}
