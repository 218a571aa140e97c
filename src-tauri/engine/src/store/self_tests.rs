//! Table `self_test`: tests of the whole way of a call that are under way.
//!
//! A test's call is told from others by a nonce that only we know. It is verified, committed, read and announced like any
//! other, but it lives here alone: it is no delivery and makes no booking. When the test is over nothing but the nonce stays,
//! since its call may still be on the way.

use bellhop_core::provider::Provider;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use super::columns::{moment, rows};
use super::endpoints::provider_word;

/// How long a call may be on its way, in microseconds. Tests older than this are forgotten with the next one.
const LONGEST_WAY: i64 = 600 * 1_000_000;

/// How far the call of a test has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelfTest {
    /// When it began to arrive at the receiver.
    pub arrived_at: Option<Timestamp>,
    /// When it was whole there.
    pub received_at: Option<Timestamp>,
    /// When it was found genuine.
    pub verified_at: Option<Timestamp>,
    /// When it was on the disk.
    pub committed_at: Option<Timestamp>,
    /// When the worker had read it.
    pub worked_at: Option<Timestamp>,
    /// When the desktop had taken its notification.
    pub shown_at: Option<Timestamp>,
    /// Why it went no further.
    pub failure: Option<String>,
}

/// Begins a test, and forgets those of before.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn begin(connection: &Connection, nonce: &str, endpoint_id: i64, now: Timestamp) -> Result<()> {
    connection.execute(
        "DELETE FROM self_test WHERE started_at < ?1",
        [now.as_microsecond() - LONGEST_WAY],
    )?;
    connection.execute(
        "INSERT INTO self_test (nonce, endpoint_id, started_at) VALUES (?1, ?2, ?3)",
        params![nonce, endpoint_id, now.as_microsecond()],
    )?;
    Ok(())
}

/// Ends a test and removes all but its nonce.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn end(connection: &Connection, nonce: &str, now: Timestamp) -> Result<()> {
    connection.execute(
        "UPDATE self_test SET body = NULL, ended_at = ?2 WHERE nonce = ?1",
        params![nonce, now.as_microsecond()],
    )?;
    Ok(())
}

/// Whether the test with this nonce still waits for its call to this endpoint; none where there is no such test.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn is_awaited(
    connection: &Connection,
    nonce: &str,
    endpoint_id: i64,
) -> Result<Option<bool>> {
    let mut statement = connection.prepare_cached(
        "SELECT received_at IS NULL AND ended_at IS NULL FROM self_test WHERE nonce = ?1 AND endpoint_id = ?2",
    )?;
    let row = statement.query_row(params![nonce, endpoint_id], |row| row.get(0));
    Ok(row.optional()?)
}

/// Whether there is a test with this nonce, which only we know.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn is_ours(connection: &Connection, nonce: &str) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM self_test WHERE nonce = ?1")?;
    Ok(statement.exists([nonce])?)
}

/// When the call of a test began to arrive, and when it was whole.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Its first part was here.
    pub began: Timestamp,
    /// All of it was.
    pub whole: Timestamp,
}

/// Keeps the body of a test's call, as the inbox would.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn keep(
    connection: &Connection,
    nonce: &str,
    body: &[u8],
    arrival: Arrival,
    verified: Timestamp,
) -> Result<()> {
    connection.execute(
        "UPDATE self_test SET body = ?2, arrived_at = ?3, received_at = ?4, verified_at = ?5
         WHERE nonce = ?1 AND ended_at IS NULL",
        params![
            nonce,
            body,
            arrival.began.as_microsecond(),
            arrival.whole.as_microsecond(),
            verified.as_microsecond()
        ],
    )?;
    Ok(())
}

/// A step of a test that is only known after it.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// The call is on the disk.
    Committed,
    /// The worker has read it.
    Worked,
    /// The desktop has taken its notification.
    Shown,
}

/// Notes when a step was done.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn reach(connection: &Connection, nonce: &str, step: Step, at: Timestamp) -> Result<()> {
    let statement = match step {
        Step::Committed => "UPDATE self_test SET committed_at = ?2 WHERE nonce = ?1",
        Step::Worked => "UPDATE self_test SET worked_at = ?2 WHERE nonce = ?1",
        Step::Shown => "UPDATE self_test SET shown_at = ?2 WHERE nonce = ?1",
    };
    connection.execute(statement, params![nonce, at.as_microsecond()])?;
    Ok(())
}

/// Notes why a test went no further. Where its call is here already, `arrival` is not needed.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn fail(
    connection: &Connection,
    nonce: &str,
    arrival: Option<Arrival>,
    failure: &str,
) -> Result<()> {
    connection.execute(
        "UPDATE self_test SET arrived_at = coalesce(?2, arrived_at), received_at = coalesce(?3, received_at),
         failure = ?4 WHERE nonce = ?1",
        params![
            nonce,
            arrival.map(|arrival| arrival.began.as_microsecond()),
            arrival.map(|arrival| arrival.whole.as_microsecond()),
            failure
        ],
    )?;
    Ok(())
}

/// How far a test has come.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn get(connection: &Connection, nonce: &str) -> Result<Option<SelfTest>> {
    let mut statement = connection.prepare_cached(
        "SELECT arrived_at, received_at, verified_at, committed_at, worked_at, shown_at, failure FROM self_test WHERE nonce = ?1",
    )?;
    let test = statement.query_row([nonce], |row| {
        let at = |column: &str| {
            row.get::<_, Option<i64>>(column)
                .map(|value| value.map(moment))
        };
        Ok(SelfTest {
            arrived_at: at("arrived_at")?,
            received_at: at("received_at")?,
            verified_at: at("verified_at")?,
            committed_at: at("committed_at")?,
            worked_at: at("worked_at")?,
            shown_at: at("shown_at")?,
            failure: row.get("failure")?,
        })
    });
    Ok(test.optional()?)
}

/// A test whose call waits for the worker, or for the notifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingTest {
    /// Its nonce.
    pub nonce: String,
    /// The provider of the endpoint that was called.
    pub provider: Provider,
    /// The body of its call.
    pub body: Vec<u8>,
}

/// Tests whose call waits for the worker.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn waiting_for_worker(
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<WaitingTest>> {
    waiting(
        connection,
        now,
        "body IS NOT NULL AND worked_at IS NULL AND failure IS NULL",
    )
}

/// Tests whose call has been read and not been shown.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn waiting_for_notifier(
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<WaitingTest>> {
    waiting(
        connection,
        now,
        "worked_at IS NOT NULL AND shown_at IS NULL AND failure IS NULL",
    )
}

/// Nobody waits for the outcome of an old one: whoever made it was cut off.
fn waiting(connection: &Connection, now: Timestamp, condition: &str) -> Result<Vec<WaitingTest>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT nonce, provider, body FROM self_test JOIN endpoint ON endpoint.id = endpoint_id
         WHERE ended_at IS NULL AND started_at >= ?1 AND {condition}"
    ))?;
    let since = now.as_microsecond() - LONGEST_WAY;
    rows(&mut statement, [since], |row| {
        let provider = provider_word(&row.get::<_, String>("provider")?)?;
        Ok(WaitingTest {
            nonce: row.get("nonce")?,
            provider,
            body: row.get("body")?,
        })
    })
}
