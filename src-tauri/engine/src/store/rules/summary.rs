//! The notice that tells, after quiet hours, of what was held in them. At most one waits.

use bellhop_core::notice::{NoticeKind, Words};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::Result;
use crate::store::columns::rows;

/// How the names of the notices begin that tell of what was held in quiet hours.
pub(crate) const SUMMARY: &str = "quiet:";

/// The one of them that has not been told yet.
pub(crate) fn waiting_summary(connection: &Connection) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM notice WHERE shown_at IS NULL AND held IS NULL AND once LIKE ?1 || '%' ORDER BY id LIMIT 1",
    )?;
    Ok(statement
        .query_row([SUMMARY], |row| row.get(0))
        .optional()?)
}

/// Lets it wait until then.
pub(crate) fn put_off_summary(connection: &Connection, until: Timestamp) -> Result<()> {
    if let Some(id) = waiting_summary(connection)? {
        connection
            .prepare_cached("UPDATE notice SET due_at = ?2 WHERE id = ?1")?
            .execute(params![id, until.as_microsecond()])?;
    }
    Ok(())
}

/// Takes it back.
pub(crate) fn remove_summary(connection: &Connection) -> Result<()> {
    if let Some(id) = waiting_summary(connection)? {
        connection
            .prepare_cached("DELETE FROM notice WHERE id = ?1")?
            .execute([id])?;
    }
    Ok(())
}

/// Notes that it tells of a notice, and counts all of which it tells by kind.
pub(crate) fn put_into_summary(
    connection: &Connection,
    summary: i64,
    held: i64,
) -> Result<Vec<(NoticeKind, usize)>> {
    connection
        .prepare_cached("UPDATE notice SET summed_up_in = ?2 WHERE id = ?1")?
        .execute([held, summary])?;
    let mut count = connection.prepare_cached("SELECT kind FROM notice WHERE summed_up_in = ?1")?;
    let kinds = rows(&mut count, [summary], |row| Ok(row.get::<_, String>(0)?))?;
    let counted = NoticeKind::ALL.map(|kind| {
        let of_kind = kinds.iter().filter(|word| *word == kind.as_str());
        (kind, of_kind.count())
    });
    Ok(counted.to_vec())
}

/// Gives it its words, and the time at which it is told.
pub(crate) fn word_summary(
    connection: &Connection,
    summary: i64,
    words: &Words,
    until: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE notice SET title = ?2, body = ?3, discreet_title = ?4, discreet_body = ?5, due_at = ?6 WHERE id = ?1",
        )?
        .execute(params![
            summary,
            words.full.title,
            words.full.body,
            words.discreet.title,
            words.discreet.body,
            until.as_microsecond()
        ])?;
    Ok(())
}
