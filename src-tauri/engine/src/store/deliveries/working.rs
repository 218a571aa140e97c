//! What waits for the worker, and what is to be read again.

use bellhop_core::call::Call;
use bellhop_core::event::Problem;
use bellhop_core::provider::Provider;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::Result;
use crate::store::columns::{moment, rows, to_json};
use crate::store::endpoints::provider_word;

use super::{DeliveryState, read_call};

/// A delivery that waits for the worker, with its content.
#[derive(Debug)]
pub struct Waiting {
    /// Its row.
    pub id: i64,
    /// Its provider.
    pub provider: Provider,
    /// How often the worker began on it and did not come to its end.
    pub tries: i64,
    /// The call.
    pub call: Call,
}

/// The oldest deliveries up to `newest` that wait for the worker, those that were never tried first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn waiting(connection: &Connection, newest: i64, limit: usize) -> Result<Vec<Waiting>> {
    let mut statement = connection.prepare_cached(
        "SELECT delivery.id, provider, tries, query, headers, body FROM delivery
         JOIN endpoint ON endpoint.id = endpoint_id
         WHERE state = 'pending' AND delivery.id <= ?1 ORDER BY tries, delivery.id LIMIT ?2",
    )?;
    rows(
        &mut statement,
        [newest, i64::try_from(limit).unwrap_or(i64::MAX)],
        |row| {
            Ok(Waiting {
                id: row.get("id")?,
                provider: provider_word(&row.get::<_, String>("provider")?)?,
                tries: row.get("tries")?,
                call: read_call(row)?,
            })
        },
    )
}

/// The newest delivery, if there is one.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn newest(connection: &Connection) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT max(id) FROM delivery")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Deliveries up to `newest` that an earlier run left open, noted as begun once more: those that it may never have begun
/// on together, but one that was begun on before alone, so that the next start knows which one it was that ended the
/// program.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn begin_again(
    connection: &Connection,
    newest: i64,
    limit: usize,
) -> Result<Vec<Waiting>> {
    let mut batch = waiting(connection, newest, limit)?;
    let untried = batch.iter().filter(|delivery| delivery.tries == 0).count();
    batch.truncate(untried.max(1));
    let mut note =
        connection.prepare_cached("UPDATE delivery SET tries = tries + 1 WHERE id = ?1")?;
    for delivery in &batch {
        note.execute([delivery.id])?;
    }
    Ok(batch)
}

/// What the worker needs to know of a delivery as it takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) endpoint_id: i64,
    pub(crate) received_at: Timestamp,
    pub(crate) replay: bool,
}

/// The delivery, if it still waits: another process may have taken it.
pub(crate) fn take(connection: &Connection, id: i64) -> Result<Option<Taken>> {
    let mut statement = connection.prepare_cached(
        "SELECT endpoint_id, received_at, replay FROM delivery WHERE id = ?1 AND state = 'pending'",
    )?;
    let taken = statement.query_row([id], |row| {
        Ok(Taken {
            endpoint_id: row.get("endpoint_id")?,
            received_at: moment(row.get("received_at")?),
            replay: row.get("replay")?,
        })
    });
    Ok(taken.optional()?)
}

/// Notes that a delivery has been worked on.
pub(crate) fn finish(
    connection: &Connection,
    id: i64,
    state: DeliveryState,
    problems: &[Problem],
    now: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE delivery SET state = ?2, problems = ?3, worked_at = ?4, replay = 0 WHERE id = ?1",
        )?
        .execute(params![
            id,
            state.as_str(),
            to_json(&problems, "delivery.problems")?,
            now.as_microsecond(),
        ])?;
    Ok(())
}

/// Lets one delivery, or all, be read again. Gives how many. One whose content was removed is left as it is.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn replay(connection: &Connection, id: Option<i64>) -> Result<usize> {
    // A delivery that has not been read yet is no replay: it still has its notices to give.
    let replayed = connection
        .prepare_cached(
            "UPDATE delivery SET state = 'pending', replay = 1, tries = 0
             WHERE (?1 IS NULL OR id = ?1) AND state != 'pending' AND erased_at IS NULL",
        )?
        .execute([id])?;
    Ok(replayed)
}

/// Lets the calls of a booking be read again. Gives how many, and how many cannot be, because their content was removed.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn replay_booking(connection: &Connection, booking_id: i64) -> Result<(usize, usize)> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT delivery.id, erased_at IS NOT NULL FROM event JOIN delivery ON delivery.id = delivery_id
         WHERE booking_id = ?1",
    )?;
    let calls: Vec<(i64, bool)> = rows(&mut statement, [booking_id], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let mut replayed = 0;
    for (id, _) in &calls {
        replayed += replay(connection, Some(*id))?;
    }
    Ok((replayed, calls.iter().filter(|(_, erased)| *erased).count()))
}

/// How many deliveries cannot be read again, because their content was removed.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn erased(connection: &Connection) -> Result<i64> {
    let mut statement =
        connection.prepare_cached("SELECT count(*) FROM delivery WHERE erased_at IS NOT NULL")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}
