//! The other bookings of the person who made one.

use rusqlite::{Connection, params};

use super::{Booking, COLUMNS, read};
use crate::store::Result;
use crate::store::columns::rows;

/// Other bookings with the same e-mail address, or, where this one has none, with the same phone number. Those that take
/// place last come first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn others(connection: &Connection, id: i64, limit: i64) -> Result<Vec<Booking>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}
         WHERE booking.id IN (
             SELECT other.id FROM booking AS this JOIN booking AS other ON other.email_key = this.email_key WHERE this.id = ?1
             UNION
             SELECT other.id FROM booking AS this JOIN booking AS other ON other.phone_key = this.phone_key
             WHERE this.id = ?1 AND this.email_key IS NULL)
           AND booking.id != ?1
         ORDER BY coalesce(start_at, unixepoch(date) * 1000000) DESC, booking.id DESC LIMIT ?2"
    ))?;
    rows(&mut statement, params![id, limit], |row| {
        read(connection, row)
    })
}
