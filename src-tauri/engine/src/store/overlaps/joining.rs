//! Bookings that show to be one, and those that go.

use rusqlite::{Connection, params};

use crate::store::columns::rows;
use crate::store::{Result, notices};

use super::{OF_BOOKING, Overlap};

/// Two bookings show to be one: what one was in the way of, the other is. What was told or accepted stays so.
pub(crate) fn join(connection: &Connection, from: i64, into: i64) -> Result<()> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT * FROM overlap WHERE {OF_BOOKING} AND first_id != ?2 AND second_id != ?2"
    ))?;
    let mut keep = connection.prepare_cached(
        "UPDATE OR IGNORE overlap SET first_id = ?3, second_id = ?4, first_start = iif(?5, second_start, first_start),
             first_until = iif(?5, second_until, first_until), second_start = iif(?5, first_start, second_start),
             second_until = iif(?5, first_until, second_until)
         WHERE first_id = ?1 AND second_id = ?2",
    )?;
    let mut rename =
        connection.prepare_cached("UPDATE OR IGNORE notice SET once = ?2 WHERE once = ?1")?;
    for overlap in rows(&mut statement, [from, into], Overlap::read)? {
        let moved = overlap.with(from, into);
        let turned = (moved.first_id == into) != (overlap.first_id == from);
        keep.execute(params![
            overlap.first_id,
            overlap.second_id,
            moved.first_id,
            moved.second_id,
            turned
        ])?;
        rename.execute([overlap.once(), moved.once()])?;
    }
    forget(connection, from)
}

/// Forgets every overlap that a booking ever had, and what nobody was told of them yet.
pub(crate) fn forget(connection: &Connection, id: i64) -> Result<()> {
    let mut statement = connection.prepare_cached(&format!(
        "DELETE FROM overlap WHERE {OF_BOOKING} RETURNING *"
    ))?;
    for overlap in rows(&mut statement, [id], Overlap::read)? {
        notices::take_back(connection, &overlap.once())?;
    }
    Ok(())
}
