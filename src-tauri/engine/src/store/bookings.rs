//! Tables `booking` and `booking_ref`: bookings as they stand, and the ids that their providers gave them.

mod others;

use bellhop_core::booking::Booking as Folded;
use bellhop_core::event::{Attendee, BookingStatus};
use bellhop_core::provider::Provider;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{When, from_json, moment, rows, slot_columns, to_json};
use super::endpoints::provider_word;
use super::{Result, StoreError, overlaps, search};
pub use others::others;

/// A booking as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Its row.
    pub id: i64,
    /// Its provider.
    pub provider: Provider,
    /// The endpoint that was told of it.
    pub endpoint_id: i64,
    /// The person's name for that endpoint.
    pub endpoint_label: String,
    /// The ids that its provider gave it.
    pub provider_booking_ids: Vec<String>,
    /// How it stands.
    pub status: BookingStatus,
    /// What is booked.
    pub title: Option<String>,
    /// When it takes place.
    pub when: When,
    /// Who booked.
    pub attendee: Attendee,
    /// Who is booked.
    pub host: Option<String>,
    /// Why it was cancelled, while it is.
    pub reason: Option<String>,
    /// When Bellhop first heard of it.
    pub created_at: Timestamp,
    /// When Bellhop last heard of it.
    pub updated_at: Timestamp,
    /// When the person was done with it, if nothing has been heard of it since.
    pub done_at: Option<Timestamp>,
}

/// The booking that `ids` of an endpoint name, which is made if none of them is known.
///
/// Ids that turn out to name one booking join those that were taken for several.
pub(crate) fn of_provider_ids(
    connection: &Connection,
    endpoint_id: i64,
    ids: &[&str],
    now: Timestamp,
) -> Result<i64> {
    let mut known: Vec<i64> = Vec::new();
    for id in ids {
        let found: Option<i64> = connection
            .prepare_cached("SELECT booking_id FROM booking_ref WHERE endpoint_id = ?1 AND provider_booking_id = ?2")?
            .query_row(params![endpoint_id, id], |row| row.get(0))
            .optional()?;
        known.extend(found);
    }
    let booking_id = match known.iter().min() {
        Some(oldest) => *oldest,
        None => insert(connection, endpoint_id, now)?,
    };
    for other in known.into_iter().filter(|other| *other != booking_id) {
        join(connection, other, booking_id)?;
    }
    for id in ids {
        connection
            .prepare_cached(
                "INSERT INTO booking_ref (endpoint_id, provider_booking_id, booking_id) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![endpoint_id, id, booking_id])?;
    }
    Ok(booking_id)
}

fn insert(connection: &Connection, endpoint_id: i64, now: Timestamp) -> Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO booking (endpoint_id, status, attendee, created_at, updated_at) VALUES (?1, ?2, '{}', ?3, ?3)",
        )?
        .execute(params![endpoint_id, BookingStatus::Pending.as_str(), now.as_microsecond()])?;
    Ok(connection.last_insert_rowid())
}

fn join(connection: &Connection, from: i64, into: i64) -> Result<()> {
    connection
        .prepare_cached("UPDATE event SET booking_id = ?2 WHERE booking_id = ?1")?
        .execute([from, into])?;
    connection
        .prepare_cached("UPDATE booking_ref SET booking_id = ?2 WHERE booking_id = ?1")?
        .execute([from, into])?;
    connection
        .prepare_cached("UPDATE note SET booking_id = ?2 WHERE booking_id = ?1")?
        .execute([from, into])?;
    for column in ["booking_id", "other_booking_id"] {
        connection
            .prepare_cached(&format!(
                "UPDATE notice SET {column} = ?2 WHERE {column} = ?1"
            ))?
            .execute([from, into])?;
    }
    overlaps::join(connection, from, into)?;
    connection
        .prepare_cached(
            "UPDATE booking SET own_reminders = coalesce(booking.own_reminders, old.own_reminders)
             FROM booking AS old WHERE old.id = ?1 AND booking.id = ?2",
        )?
        .execute([from, into])?;
    connection
        .prepare_cached("DELETE FROM booking WHERE id = ?1")?
        .execute([from])?;
    Ok(())
}

/// Writes down how a booking stands.
pub(crate) fn set(
    connection: &Connection,
    id: i64,
    booking: &Folded,
    now: Timestamp,
) -> Result<()> {
    let (start, end, date) = slot_columns(booking.slot.as_ref());
    connection
        .prepare_cached(
            "UPDATE booking SET status = ?2, title = ?3, start_at = ?4, end_at = ?5, date = ?6, attendee = ?7, host = ?8,
             reason = ?9, updated_at = max(updated_at, ?10) WHERE id = ?1",
        )?
        .execute(params![
            id,
            booking.status.as_str(),
            booking.title,
            start,
            end,
            date,
            to_json(&booking.attendee, "booking.attendee")?,
            booking.host,
            booking.reason,
            now.as_microsecond(),
        ])?;
    Ok(())
}

/// Notes that the person is done with a booking, or takes that back. Gives whether there is such a booking.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn set_done(connection: &Connection, id: i64, done_at: Option<Timestamp>) -> Result<bool> {
    let changed = connection
        .prepare_cached("UPDATE booking SET done_at = ?2 WHERE id = ?1")?
        .execute(params![id, done_at.map(Timestamp::as_microsecond)])?;
    Ok(changed > 0)
}

/// Removes a booking that no event speaks of any more. What the person wrote about it, that they were done with it, and when
/// they want to be reminded of it, goes to the one that its calls, read otherwise, speak of now.
pub(crate) fn replace(connection: &Connection, id: i64, by: Option<i64>) -> Result<()> {
    if let Some(by) = by {
        connection
            .prepare_cached("UPDATE note SET booking_id = ?2 WHERE booking_id = ?1")?
            .execute([id, by])?;
        connection
            .prepare_cached(
                "UPDATE booking SET done_at = coalesce(booking.done_at, old.done_at),
                     own_reminders = coalesce(booking.own_reminders, old.own_reminders)
                 FROM booking AS old WHERE old.id = ?1 AND booking.id = ?2",
            )?
            .execute([id, by])?;
        search::index_booking(connection, by)?;
    }
    remove(connection, id)
}

/// Removes a booking that no event speaks of any more, with what was written about it. Its notices go with it.
pub(crate) fn remove(connection: &Connection, id: i64) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM note WHERE booking_id = ?1")?
        .execute([id])?;
    connection
        .prepare_cached("DELETE FROM booking_ref WHERE booking_id = ?1")?
        .execute([id])?;
    overlaps::forget(connection, id)?;
    connection
        .prepare_cached("DELETE FROM booking WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

fn read(connection: &Connection, row: &Row<'_>) -> Result<Booking> {
    let id = row.get("id")?;
    let mut refs = connection
        .prepare_cached("SELECT provider_booking_id FROM booking_ref WHERE booking_id = ?1 ORDER BY provider_booking_id")?;
    Ok(Booking {
        id,
        provider: provider_word(&row.get::<_, String>("provider")?)?,
        endpoint_id: row.get("endpoint_id")?,
        endpoint_label: row.get("label")?,
        provider_booking_ids: rows(&mut refs, [id], |row| Ok(row.get(0)?))?,
        status: BookingStatus::from_word(&row.get::<_, String>("status")?)
            .ok_or(StoreError::Unreadable("booking.status"))?,
        title: row.get("title")?,
        when: When::read(row, "")?,
        attendee: from_json(&row.get::<_, String>("attendee")?, "booking.attendee")?,
        host: row.get("host")?,
        reason: row.get("reason")?,
        created_at: moment(row.get("created_at")?),
        updated_at: moment(row.get("updated_at")?),
        done_at: row.get::<_, Option<i64>>("done_at")?.map(moment),
    })
}

/// Which bookings to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct BookingQuery {
    /// At most this many.
    pub limit: i64,
    /// Only older ones than this row.
    pub before: Option<i64>,
    /// Only in this status.
    pub status: Option<BookingStatus>,
    /// Only of this provider.
    pub provider: Option<Provider>,
    /// Only of this endpoint.
    pub endpoint_id: Option<i64>,
}

const COLUMNS: &str =
    "booking.*, provider, label FROM booking JOIN endpoint ON endpoint.id = endpoint_id";

/// Bookings, the newest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn list(connection: &Connection, query: BookingQuery) -> Result<Vec<Booking>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} WHERE (?2 IS NULL OR booking.id < ?2) AND (?3 IS NULL OR status = ?3)
         AND (?4 IS NULL OR provider = ?4) AND (?5 IS NULL OR endpoint_id = ?5) ORDER BY booking.id DESC LIMIT ?1"
    ))?;
    let parameters = params![
        query.limit,
        query.before,
        query.status.map(BookingStatus::as_str),
        query.provider.map(Provider::as_str),
        query.endpoint_id,
    ];
    rows(&mut statement, parameters, |row| read(connection, row))
}

/// Bookings that take place from one day on and before another, in the order of their times; whole days come first.
///
/// `from` and `until` are the days' beginnings in the person's zone, `days` the dates of the same days.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn between(
    connection: &Connection,
    (from, until): (Timestamp, Timestamp),
    (first, after): (Date, Date),
) -> Result<Vec<Booking>> {
    // What began the day before may still go on. No booking of a person lasts longer than that.
    let reach = from
        .checked_sub(SignedDuration::from_hours(24))
        .unwrap_or(from);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} WHERE (start_at >= ?1 AND start_at < ?2 AND (start_at >= ?3 OR end_at > ?3))
           OR (start_at IS NULL AND date >= ?4 AND date < ?5)
         ORDER BY start_at IS NOT NULL, start_at, booking.id"
    ))?;
    let parameters = params![
        reach.as_microsecond(),
        until.as_microsecond(),
        from.as_microsecond(),
        first.to_string(),
        after.to_string(),
    ];
    rows(&mut statement, parameters, |row| read(connection, row))
}

/// The booking with a time of day that begins next, if there is one that still takes place.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn next(connection: &Connection, now: Timestamp) -> Result<Option<Booking>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} WHERE start_at > ?1 AND status IN ('pending', 'confirmed') ORDER BY start_at LIMIT 1"
    ))?;
    Ok(rows(&mut statement, [now.as_microsecond()], |row| {
        read(connection, row)
    })?
    .pop())
}

/// One booking.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn get(connection: &Connection, id: i64) -> Result<Option<Booking>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} WHERE booking.id = ?1"))?;
    Ok(rows(&mut statement, [id], |row| read(connection, row))?.pop())
}
