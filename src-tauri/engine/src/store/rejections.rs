//! Table `rejection`: the traces of calls that were turned away.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::Result;
use super::columns::{moment, rows};
use super::endpoints::Endpoint;

/// Traces that are kept. A flood of forged calls pushes out its own.
const KEPT: i64 = 1_000;

/// A call that was turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Its row.
    pub id: i64,
    /// When it came.
    pub at: Timestamp,
    /// The endpoint it called, if it called one.
    pub endpoint_id: Option<i64>,
    /// Why, as a word for programs.
    pub reason: String,
    /// Why, and what to do about it, for the person.
    pub hint: String,
}

/// Leaves a trace.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn insert(
    connection: &Connection,
    endpoint_id: Option<i64>,
    reason: &str,
    hint: &str,
    now: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO rejection (at, endpoint_id, reason, hint) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![now.as_microsecond(), endpoint_id, reason, hint])?;
    connection
        .prepare_cached("DELETE FROM rejection WHERE id <= ?1")?
        .execute([connection.last_insert_rowid() - KEPT])?;
    Ok(())
}

/// The newest rejections, newest first: of all endpoints, or of one.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn list(
    connection: &Connection,
    endpoint_id: Option<i64>,
    limit: i64,
) -> Result<Vec<Rejection>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, at, endpoint_id, reason, hint FROM rejection WHERE ?1 IS NULL OR endpoint_id = ?1
         ORDER BY id DESC LIMIT ?2",
    )?;
    rows(&mut statement, params![endpoint_id, limit], |row| {
        Ok(Rejection {
            id: row.get("id")?,
            at: moment(row.get("at")?),
            endpoint_id: row.get("endpoint_id")?,
            reason: row.get("reason")?,
            hint: row.get("hint")?,
        })
    })
}

/// The last call to an endpoint that was turned away, unless one was taken since: that has answered the question.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn unanswered(connection: &Connection, endpoint: &Endpoint) -> Result<Option<Rejection>> {
    let last = list(connection, Some(endpoint.id), 1)?.pop();
    let taken = endpoint.last_delivery_at;
    Ok(last.filter(|last| taken.is_none_or(|taken| taken < last.at)))
}

/// How many calls to an endpoint were turned away for one of these reasons since a moment. Only traces that are kept are
/// counted.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn count(
    connection: &Connection,
    endpoint_id: i64,
    since: Timestamp,
    reasons: &[&str],
) -> Result<usize> {
    let mut statement = connection
        .prepare_cached("SELECT reason FROM rejection WHERE endpoint_id = ?1 AND at > ?2")?;
    let found = rows(
        &mut statement,
        params![endpoint_id, since.as_microsecond()],
        |row| Ok(row.get::<_, String>("reason")?),
    )?;
    let counted = found.iter().filter(|one| reasons.contains(&one.as_str()));
    Ok(counted.count())
}
