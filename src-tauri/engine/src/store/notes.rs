//! Table `note`: what the person wrote about a booking.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{moment, rows};
use super::{Result, search};

/// The longest note, in characters. What is longer is cut there.
pub const LONGEST: usize = 4_000;

/// What the person wrote about a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its row.
    pub id: i64,
    /// What was written.
    pub text: String,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
}

/// The notes of a booking, oldest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn of_booking(connection: &Connection, booking_id: i64) -> Result<Vec<Note>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, text, written_at, edited_at FROM note WHERE booking_id = ?1 ORDER BY id",
    )?;
    rows(&mut statement, [booking_id], |row| {
        Ok(Note {
            id: row.get("id")?,
            text: row.get("text")?,
            written_at: moment(row.get("written_at")?),
            edited_at: row.get::<_, Option<i64>>("edited_at")?.map(moment),
        })
    })
}

/// Adds a note to a booking. Gives its row, or `None` where the booking is gone or nothing is written.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn add(
    connection: &Connection,
    booking_id: i64,
    text: &str,
    now: Timestamp,
) -> Result<Option<i64>> {
    let Some(text) = kept(text) else {
        return Ok(None);
    };
    let added = connection
        .prepare_cached(
            "INSERT INTO note (booking_id, text, written_at) SELECT id, ?2, ?3 FROM booking WHERE id = ?1",
        )?
        .execute(params![booking_id, text, now.as_microsecond()])?;
    if added == 0 {
        return Ok(None);
    }
    let id = connection.last_insert_rowid();
    search::index_booking(connection, booking_id)?;
    Ok(Some(id))
}

/// Writes a note anew. Gives its booking, or `None` where the note is gone or nothing is written.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn edit(connection: &Connection, id: i64, text: &str, now: Timestamp) -> Result<Option<i64>> {
    let Some(text) = kept(text) else {
        return Ok(None);
    };
    let booking_id = connection
        .prepare_cached(
            "UPDATE note SET text = ?2, edited_at = ?3 WHERE id = ?1 RETURNING booking_id",
        )?
        .query_row(params![id, text, now.as_microsecond()], |row| row.get(0))
        .optional()?;
    index(connection, booking_id)
}

/// Removes a note. Gives its booking, or `None` where the note is gone.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn remove(connection: &Connection, id: i64) -> Result<Option<i64>> {
    let booking_id = connection
        .prepare_cached("DELETE FROM note WHERE id = ?1 RETURNING booking_id")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    index(connection, booking_id)
}

fn index(connection: &Connection, booking_id: Option<i64>) -> Result<Option<i64>> {
    if let Some(booking_id) = booking_id {
        search::index_booking(connection, booking_id)?;
    }
    Ok(booking_id)
}

fn kept(text: &str) -> Option<String> {
    let text: String = text.trim().chars().take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}
