//! Calls as they come: stored once, and counted when they come again.

use bellhop_core::provider::IdempotencyKey;
use bellhop_core::signature::VerifiedDelivery;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::store::endpoints;
use crate::store::{Result, secrets};

/// What became of a call that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is new, and stored.
    Stored(i64),
    /// It is stored already.
    Repeat(i64),
}

/// Stores a genuine call, unless it is stored already.
///
/// # Errors
///
/// Fails where SQLite does. Each of its statements may be done then; whichever are, the call may come again.
pub fn accept(
    connection: &Connection,
    delivery: &VerifiedDelivery,
    now: Timestamp,
) -> Result<Accepted> {
    if let Some(proof) = delivery.proof() {
        secrets::mark_used(connection, proof.secret_id, now)?;
    }
    if let Some(form) = delivery.form_to_pin() {
        endpoints::pin_form(connection, delivery.endpoint_id(), form)?;
    }
    endpoints::called(connection, delivery.endpoint_id(), now)?;
    if let Some(host) = delivery.call().forwarded_host() {
        endpoints::called_through(connection, delivery.endpoint_id(), host)?;
    }
    let key = delivery.idempotency_key();
    if let Some(id) = insert(connection, delivery, key.as_str(), now)? {
        return Ok(Accepted::Stored(id));
    }
    let (id, body, erased): (i64, Vec<u8>, bool) = connection
        .prepare_cached(
            "SELECT id, body, erased_at IS NOT NULL FROM delivery WHERE endpoint_id = ?1 AND idempotency_key = ?2",
        )?
        .query_row(params![delivery.endpoint_id(), key.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    // Where the content has been removed, the key alone decides: what was erased must not come back by a repeat.
    if matches!(key, IdempotencyKey::Derived(_)) && !erased && body != delivery.call().body {
        // Our own guess of a key met other bytes. That may be a second act in the same second: it is kept as well, and
        // if it says nothing new, it adds no event.
        let digest = hex::encode(Sha256::digest(&delivery.call().body));
        if let Some(id) = insert(
            connection,
            delivery,
            &format!("{}#{digest}", key.as_str()),
            now,
        )? {
            return Ok(Accepted::Stored(id));
        }
    }
    connection
        .prepare_cached("UPDATE delivery SET repeats = repeats + 1 WHERE id = ?1")?
        .execute([id])?;
    Ok(Accepted::Repeat(id))
}

fn insert(
    connection: &Connection,
    delivery: &VerifiedDelivery,
    key: &str,
    now: Timestamp,
) -> Result<Option<i64>> {
    let call = delivery.call();
    let inserted = connection
        .prepare_cached(
            "INSERT INTO delivery (endpoint_id, idempotency_key, received_at, query, headers, body, trust)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (endpoint_id, idempotency_key) DO NOTHING",
        )?
        .execute(params![
            delivery.endpoint_id(),
            key,
            now.as_microsecond(),
            call.query,
            call.header_block(),
            call.body,
            delivery.trust().as_str(),
        ])?;
    Ok((inserted > 0).then(|| connection.last_insert_rowid()))
}
