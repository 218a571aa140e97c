//! Table `secret`: that a signing secret exists, and when it last proved a call. Never its value.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::columns::{moment, rows};
use super::{Result, StoreError};
use crate::secrets::Keeper;

/// A live signing secret of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its row.
    pub id: i64,
    /// Who keeps its value.
    pub kept_in: Keeper,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last proved a call.
    pub last_used_at: Option<Timestamp>,
    /// When it was retired. A retired secret proves nothing.
    pub retired_at: Option<Timestamp>,
}

/// Makes room for a secret and gives its row. It is retired until [`enliven`] says that its value is kept.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn prepare(
    connection: &Connection,
    endpoint_id: i64,
    kept_in: Keeper,
    now: Timestamp,
) -> Result<i64> {
    connection
        .prepare_cached("INSERT INTO secret (endpoint_id, kept_in, created_at, retired_at) VALUES (?1, ?2, ?3, ?3)")?
        .execute(params![endpoint_id, kept_in.as_str(), now.as_microsecond()])?;
    Ok(connection.last_insert_rowid())
}

/// Makes a secret live, now that its value is kept.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn enliven(connection: &Connection, id: i64, kept_in: Keeper) -> Result<()> {
    connection
        .prepare_cached("UPDATE secret SET retired_at = NULL, kept_in = ?2 WHERE id = ?1")?
        .execute(params![id, kept_in.as_str()])?;
    Ok(())
}

/// The live secrets of an endpoint, oldest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn live(connection: &Connection, endpoint_id: i64) -> Result<Vec<Secret>> {
    Ok(all(connection, endpoint_id)?
        .into_iter()
        .filter(|secret| secret.retired_at.is_none())
        .collect())
}

/// All secrets of an endpoint, the retired ones too, oldest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn all(connection: &Connection, endpoint_id: i64) -> Result<Vec<Secret>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, kept_in, created_at, last_used_at, retired_at FROM secret WHERE endpoint_id = ?1 ORDER BY id",
    )?;
    rows(&mut statement, [endpoint_id], |row| {
        let kept_in: String = row.get("kept_in")?;
        Ok(Secret {
            id: row.get("id")?,
            kept_in: Keeper::from_word(&kept_in).ok_or(StoreError::Unreadable("secret.kept_in"))?,
            created_at: moment(row.get("created_at")?),
            last_used_at: row.get::<_, Option<i64>>("last_used_at")?.map(moment),
            retired_at: row.get::<_, Option<i64>>("retired_at")?.map(moment),
        })
    })
}

/// How exactly a secret's last use is noted, in microseconds. Under a flood of calls it spares nearly all of them a write.
const USE_GRAIN: i64 = 10_000;

/// Notes that a secret proved a call, to the hundredth of a second.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn mark_used(connection: &Connection, id: i64, at: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE secret SET last_used_at = ?2
             WHERE id = ?1 AND (last_used_at IS NULL OR abs(?2 - last_used_at) >= ?3)",
        )?
        .execute(params![id, at.as_microsecond(), USE_GRAIN])?;
    Ok(())
}

/// Retires a secret of an endpoint. False if it has no such live secret.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn retire(connection: &Connection, endpoint_id: i64, id: i64, now: Timestamp) -> Result<bool> {
    let retired = connection
        .prepare_cached(
            "UPDATE secret SET retired_at = ?3 WHERE id = ?2 AND endpoint_id = ?1 AND retired_at IS NULL",
        )?
        .execute(params![endpoint_id, id, now.as_microsecond()])?;
    Ok(retired > 0)
}
