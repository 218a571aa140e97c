//! Table `delivery`: the inbox, and the truth. Events and bookings are derived from it.

mod accepting;
mod working;

use bellhop_core::call::Call;
use bellhop_core::event::Problem;
use bellhop_core::provider::Provider;
use bellhop_core::signature::Trust;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{from_json, moment, rows};
use super::endpoints::provider_word;
use super::{Result, StoreError};

pub use accepting::{Accepted, accept};
pub(crate) use working::{Taken, begin_again, finish, newest, take};
pub use working::{Waiting, erased, replay, replay_booking, waiting};

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

pub(super) fn read_call(row: &Row<'_>) -> Result<Call> {
    let headers: Vec<u8> = row.get("headers")?;
    Ok(Call {
        query: row.get("query")?,
        headers: Call::read_header_block(&headers),
        body: row.get("body")?,
    })
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
