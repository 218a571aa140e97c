//! How long the content of calls is kept. Bookings and entries stay: they are folded from what the events say.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::columns::rows;
use super::{Result, erasing, settings};

/// Calls whose content is removed in one transaction: so few that no answer waits for it.
pub const BATCH: i64 = 200;

/// How much the rule removes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Calls.
    pub deliveries: i64,
    /// Bytes of their headers and bodies.
    pub bytes: i64,
}

/// For how many days the content of calls is kept. `None` is for ever.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn days(connection: &Connection) -> Result<Option<u32>> {
    Ok(settings::get(connection, settings::KEEP_CALLS_DAYS)?.and_then(|days| days.parse().ok()))
}

/// Makes the rule, or takes it back.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn set_days(connection: &Connection, days: Option<u32>) -> Result<()> {
    let days = days.map(|days| days.to_string());
    settings::set(connection, settings::KEEP_CALLS_DAYS, days.as_deref())
}

/// What is older than `days` and still there.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn due(connection: &Connection, days: u32, now: Timestamp) -> Result<Due> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*), coalesce(sum(length(headers) + length(body)), 0) FROM delivery
         WHERE id > ?1 AND received_at < ?2 AND erased_at IS NULL AND state != 'pending'",
    )?;
    let parameters = params![removed_up_to(connection)?, before(days, now)];
    Ok(statement.query_row(parameters, |row| {
        Ok(Due {
            deliveries: row.get(0)?,
            bytes: row.get(1)?,
        })
    })?)
}

/// Removes the content of the oldest calls that are due, [`BATCH`] at most. Gives how many; fewer than [`BATCH`] is the end.
///
/// Calls come in the order of their rows, so that the first one that is too young ends the search.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn apply(connection: &Connection, now: Timestamp) -> Result<i64> {
    let Some(days) = days(connection)? else {
        return Ok(0);
    };
    let before = before(days, now);
    let mut statement = connection.prepare_cached(
        "SELECT id, received_at, state = 'pending' FROM delivery WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let next = rows(
        &mut statement,
        params![removed_up_to(connection)?, BATCH],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut removed = 0;
    let mut last = None;
    for (id, received_at, waits) in next {
        let (id, received_at, waits): (i64, i64, bool) = (id, received_at, waits);
        if received_at >= before || waits {
            break;
        }
        erasing::remove_content(connection, id, now)?;
        removed += 1;
        last = Some(id.to_string());
    }
    if last.is_some() {
        settings::set(connection, settings::CALLS_REMOVED_UP_TO, last.as_deref())?;
    }
    Ok(removed)
}

/// The row up to which the rule has been applied.
fn removed_up_to(connection: &Connection) -> Result<i64> {
    let id = settings::get(connection, settings::CALLS_REMOVED_UP_TO)?;
    Ok(id.and_then(|id| id.parse().ok()).unwrap_or(0))
}

fn before(days: u32, now: Timestamp) -> i64 {
    let span = SignedDuration::from_hours(i64::from(days) * 24);
    now.saturating_sub(span)
        .unwrap_or(Timestamp::MIN)
        .as_microsecond()
}
