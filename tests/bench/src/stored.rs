//! A database in which very many calls are stored already.
//!
//! The program itself takes and reads the first two calls; all that it wrote of them is then written again and again with
//! other numbers, through the same indexes and in the same order. The program would need minutes for it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::calls::{Calls, ENDPOINTS, Numbers, provider_of};
use crate::home::Home;
use crate::load;
use crate::process::Server;

/// Rows that are written in one transaction.
const CHUNK: i64 = 50_000;

/// The data directory with at least `count` stored calls, in `folder`. It is kept there for later runs.
pub(crate) fn home(bellhop: &Path, folder: &Path, count: i64) -> Result<Home> {
    let data_dir = folder.join(format!("stored-{count}"));
    if data_dir.join("bellhop.db").exists() {
        let home = Home::known(&data_dir)?;
        // One that was made by an older program, or by many runs, says nothing about this one.
        if migrate(bellhop, &home).is_ok() && home.counts()?.stored < count + count / 2 + 100_000 {
            return Ok(home);
        }
        fs::remove_dir_all(&data_dir)?;
    }
    let unfinished = folder.join("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    let home = Home::furnish(bellhop, &unfinished)?;
    fill(bellhop, &home, count)?;
    fs::rename(&unfinished, &data_dir)?;
    Home::known(&data_dir)
}

/// Lets the program bring the database up to date.
fn migrate(bellhop: &Path, home: &Home) -> Result<()> {
    let server = Server::start(|listen| home.serve(bellhop, listen))?;
    server.wait()?;
    server.stop()
}

fn fill(bellhop: &Path, home: &Home, count: i64) -> Result<()> {
    let mut numbers = Numbers::fresh();
    let first = [numbers.peek(0), numbers.peek(1)];
    let calls = Calls::sign(&home.paths, &mut numbers, 2)?.into();
    let server = Server::start(|listen| home.serve(bellhop, listen))?;
    server.wait()?;
    load::run(server.address, &calls, 1)?;
    home.wait_for_worker()?;
    server.stop()?;

    let connection = Connection::open(home.data_dir.join("bellhop.db"))?;
    connection.set_prepared_statement_cache_capacity(16);
    // Whoever loses power here starts again from nothing.
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;")?;
    let mut id = 2;
    while id < count {
        connection.execute_batch("BEGIN")?;
        for _ in 0..CHUNK.min(count - id) {
            id += 1;
            copy(&connection, id, &first, numbers.next())?;
        }
        connection.execute_batch("COMMIT")?;
    }
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// What the first call of a provider left in each table, as another call of another booking: a million of them came in the
/// last ten years, one every 315.36 seconds, and take place in the next ten. Each names all parameters, since SQLite takes
/// no more than a statement has.
const COPIES: [&str; 5] = [
    "INSERT INTO delivery (id, endpoint_id, idempotency_key, received_at, query, headers, body, trust, state, problems)
     SELECT ?1, ?2, replace(idempotency_key, ?4, ?5), received_at + (?1 - 1000000) * 315360000, query, headers,
            CAST(replace(CAST(body AS TEXT), ?4, ?5) AS BLOB), trust, state, problems FROM delivery
     WHERE id = ?3 AND ?6 IS NOT NULL",
    "INSERT INTO booking (id, endpoint_id, status, title, start_at, end_at, date, attendee, host, reason, created_at, updated_at)
     SELECT ?1, ?2, status, title, start_at + ?1 % 3650 * 86400000000, end_at + ?1 % 3650 * 86400000000, date, attendee, host,
            reason, created_at + (?1 - 1000000) * 315360000, updated_at + (?1 - 1000000) * 315360000
     FROM booking WHERE id = ?3 AND coalesce(?4, ?5, ?6) IS NOT NULL",
    "INSERT INTO booking_ref (endpoint_id, provider_booking_id, booking_id)
     SELECT ?2, replace(provider_booking_id, ?4, ?5), ?1 FROM booking_ref WHERE booking_id = ?3 AND ?6 IS NOT NULL",
    "INSERT INTO event (id, delivery_id, position, endpoint_id, booking_id, fingerprint, fact, kind, status, start_at, end_at,
                        date, late, received_at, read_at)
     SELECT ?1, ?1, position, ?2, ?1, ?6, replace(fact, ?4, ?5), kind, status, start_at + ?1 % 3650 * 86400000000,
            end_at + ?1 % 3650 * 86400000000, date, late, received_at + (?1 - 1000000) * 315360000, received_at
     FROM event WHERE id = ?3",
    "INSERT INTO notice (kind, event_id, title, body, discreet_title, discreet_body, planned_at, loudness, shown_at, held)
     SELECT kind, ?1, title, body, discreet_title, discreet_body, planned_at + (?1 - 1000000) * 315360000, loudness,
            planned_at + (?1 - 1000000) * 315360000, held
     FROM notice WHERE event_id = ?3
     AND coalesce(?2, ?4, ?5, ?6) IS NOT NULL",
];

fn copy(connection: &Connection, id: i64, first: &[u64; 2], number: u64) -> Result<()> {
    let endpoint = id % i64::try_from(ENDPOINTS)?;
    let original = endpoint % 2;
    let old = first
        .get(usize::try_from(original)?)
        .context("two calls were made")?
        .to_string();
    let new = number.to_string();
    let fingerprint = &Sha256::digest(&new)[..];
    for sql in COPIES {
        connection.prepare_cached(sql)?.execute(params![
            id,
            endpoint + 1,
            original + 1,
            old,
            new,
            fingerprint
        ])?;
    }
    let provider = provider_of(usize::try_from(endpoint)?);
    let words = format!(
        "{} Amelia Hart amelia.hart@example.com Piano lesson bkg_{new}",
        provider.facts().name
    );
    connection
        .prepare_cached("INSERT INTO event_search (rowid, words) VALUES (?1, ?2)")?
        .execute(params![id, words])?;
    Ok(())
}
