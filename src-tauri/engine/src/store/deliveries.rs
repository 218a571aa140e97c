//! Table `delivery`: the inbox, and the truth. Events and bookings are derived from it.

use bellhop_core::call::Call;
use bellhop_core::event::Problem;
use bellhop_core::provider::{IdempotencyKey, Provider};
use bellhop_core::signature::{Trust, VerifiedDelivery};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::columns::{from_json, moment, rows, to_json};
use super::endpoints::{self, provider_word};
use super::{Result, StoreError, secrets};

/// How far a delivery has been worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waits for the worker.
    Pending,
    /// Its events are in the timeline.
    Processed,
    /// Reading it failed; it is set aside.
    Failed,
}

impl DeliveryState {
    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Pending => "pending",
            DeliveryState::Processed => "processed",
            DeliveryState::Failed => "failed",
        }
    }

    fn from_word(word: &str) -> Result<DeliveryState> {
        [
            DeliveryState::Pending,
            DeliveryState::Processed,
            DeliveryState::Failed,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
        .ok_or(StoreError::Unreadable("delivery.state"))
    }
}

/// One accepted call, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its row.
    pub id: i64,
    /// The endpoint that was called.
    pub endpoint_id: i64,
    /// Its provider.
    pub provider: Provider,
    /// When it came.
    pub received_at: Timestamp,
    /// What makes a later call the same.
    pub idempotency_key: String,
    /// How many identical calls came later.
    pub repeats: i64,
    /// How far its origin is proven.
    pub trust: Trust,
    /// How far it has been worked on.
    pub state: DeliveryState,
    /// What could not be used of it.
    pub problems: Vec<Problem>,
    /// When its query, headers and body were removed. It cannot be read again then.
    pub erased_at: Option<Timestamp>,
    /// When the worker came to the end of it, last.
    pub worked_at: Option<Timestamp>,
}

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

/// When the newest call came.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn last_received(connection: &Connection) -> Result<Option<Timestamp>> {
    let mut statement =
        connection.prepare_cached("SELECT received_at FROM delivery ORDER BY id DESC LIMIT 1")?;
    let at = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(at.map(moment))
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

pub(super) fn read_call(row: &Row<'_>) -> Result<Call> {
    let headers: Vec<u8> = row.get("headers")?;
    Ok(Call {
        query: row.get("query")?,
        headers: Call::read_header_block(&headers),
        body: row.get("body")?,
    })
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

const COLUMNS: &str = "delivery.id, endpoint_id, provider, received_at, idempotency_key, repeats, trust, state, problems, worked_at, erased_at";

fn read(row: &Row<'_>) -> Result<Delivery> {
    Ok(Delivery {
        id: row.get("id")?,
        endpoint_id: row.get("endpoint_id")?,
        provider: provider_word(&row.get::<_, String>("provider")?)?,
        received_at: moment(row.get("received_at")?),
        idempotency_key: row.get("idempotency_key")?,
        repeats: row.get("repeats")?,
        trust: Trust::from_word(&row.get::<_, String>("trust")?)
            .ok_or(StoreError::Unreadable("delivery.trust"))?,
        state: DeliveryState::from_word(&row.get::<_, String>("state")?)?,
        problems: from_json(&row.get::<_, String>("problems")?, "delivery.problems")?,
        erased_at: row.get::<_, Option<i64>>("erased_at")?.map(moment),
        worked_at: row.get::<_, Option<i64>>("worked_at")?.map(moment),
    })
}

/// Which deliveries to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryQuery {
    /// At most this many.
    pub limit: i64,
    /// Only older ones than this row.
    pub before: Option<i64>,
    /// Only of this endpoint.
    pub endpoint_id: Option<i64>,
    /// Only of this provider.
    pub provider: Option<Provider>,
    /// Only those with something that could not be used.
    pub with_problems: bool,
}

/// Deliveries, newest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn list(connection: &Connection, query: DeliveryQuery) -> Result<Vec<Delivery>> {
    // As text, not as a parameter: only so does SQLite use the index of the few that have some.
    let problems = if query.with_problems {
        "problems != '[]'"
    } else {
        "TRUE"
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM delivery JOIN endpoint ON endpoint.id = endpoint_id
         WHERE (?2 IS NULL OR delivery.id < ?2) AND (?3 IS NULL OR endpoint_id = ?3) AND (?4 IS NULL OR provider = ?4)
           AND {problems}
         ORDER BY delivery.id DESC LIMIT ?1"
    ))?;
    let provider = query.provider.map(Provider::as_str);
    rows(
        &mut statement,
        params![query.limit, query.before, query.endpoint_id, provider],
        read,
    )
}

/// One delivery and its call.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn get(connection: &Connection, id: i64) -> Result<Option<(Delivery, Call)>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, query, headers, body FROM delivery JOIN endpoint ON endpoint.id = endpoint_id
         WHERE delivery.id = ?1"
    ))?;
    Ok(rows(&mut statement, [id], |row| {
        Ok((read(row)?, read_call(row)?))
    })?
    .pop())
}

/// How far the worker has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// How many calls wait.
    pub waiting: i64,
    /// When the first of them came.
    pub oldest_waiting_at: Option<Timestamp>,
    /// How many could not be read.
    pub set_aside: i64,
    /// The latest moment at which any call came, by the clock of that moment.
    pub newest_received_at: Option<Timestamp>,
}

/// How far the worker has come. It looks at every call.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn backlog(connection: &Connection) -> Result<Backlog> {
    let moment_of = |row: &Row<'_>, column: &str| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(moment))
    };
    Ok(connection.query_row(
        "SELECT count(*) FILTER (WHERE state = 'pending') AS waiting,
            min(received_at) FILTER (WHERE state = 'pending') AS oldest,
            count(*) FILTER (WHERE state = 'failed') AS set_aside, max(received_at) AS newest
         FROM delivery",
        [],
        |row| {
            Ok(Backlog {
                waiting: row.get("waiting")?,
                oldest_waiting_at: moment_of(row, "oldest")?,
                set_aside: row.get("set_aside")?,
                newest_received_at: moment_of(row, "newest")?,
            })
        },
    )?)
}
