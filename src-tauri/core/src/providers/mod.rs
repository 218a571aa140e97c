//! One module a provider: its facts, how its calls are read, and what a sample call of it looks like.
//!
//! The JSON of a provider is known to its own module alone. The contracts, with the origin of each fact, are
//! described in `docs/providers`.

pub(crate) mod bookora;
pub(crate) mod kordless;
pub(crate) mod orufy;
pub(crate) mod reservekit;
pub(crate) mod webkasa;

use serde_json::Value;

use crate::provider::IdempotencyKey;

/// The key of a body with an id of its own at the top, as Bookora and WebKasa send it.
fn key_from_top_level_id(body: Option<&Value>) -> Option<IdempotencyKey> {
    let id = body?.get("id")?.as_str().filter(|id| !id.is_empty())?;
    Some(IdempotencyKey::Given(format!("id:{id}")))
}
