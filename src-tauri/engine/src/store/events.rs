//! Table `event`: what deliveries say, and what each event did to its booking.

use bellhop_core::booking::Step;
use bellhop_core::event::{Event, EventKind};
use bellhop_core::overview::Counted;
use bellhop_core::slot::Slot;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{from_json, moment, rows, slot_columns, to_json};
use super::endpoints::provider_word;
use super::{Result, StoreError, notices};

/// An event that is about to be stored.
pub(crate) struct NewEvent<'a> {
    pub(crate) delivery_id: i64,
    pub(crate) position: usize,
    pub(crate) endpoint_id: i64,
    pub(crate) booking_id: Option<i64>,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) event: &'a Event,
    pub(crate) received_at: Timestamp,
}

/// Stores an event, in the place of what its delivery said there before. `None` where the same fact is known already.
pub(crate) fn put(connection: &Connection, new: &NewEvent<'_>) -> Result<Option<i64>> {
    let fact = to_json(new.event, "event.fact")?;
    let position = i64::try_from(new.position).unwrap_or(i64::MAX);
    let known: Option<(i64, i64, i64)> = connection
        .prepare_cached("SELECT id, delivery_id, position FROM event WHERE endpoint_id = ?1 AND fingerprint = ?2")?
        .query_row(params![new.endpoint_id, new.fingerprint], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    if let Some((id, delivery_id, known_position)) = known {
        let own = delivery_id == new.delivery_id && known_position == position;
        return Ok(own.then_some(id));
    }
    let id = connection
        .prepare_cached(
            "INSERT INTO event (delivery_id, position, endpoint_id, booking_id, fingerprint, fact, kind, late, received_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)
             ON CONFLICT (delivery_id, position) DO UPDATE SET booking_id = ?4, fingerprint = ?5, fact = ?6, kind = ?7
             RETURNING id",
        )?
        .query_row(
            params![
                new.delivery_id,
                position,
                new.endpoint_id,
                new.booking_id,
                new.fingerprint,
                fact,
                new.event.kind.as_str(),
                new.received_at.as_microsecond(),
            ],
            |row| row.get(0),
        )?;
    set_slot(connection, id, new.event.slot.as_ref(), None)?;
    Ok(Some(id))
}

/// The events that a delivery gave rise to, by their place in it, with their bookings.
pub(crate) fn of_delivery(
    connection: &Connection,
    delivery_id: i64,
) -> Result<Vec<(i64, usize, Option<i64>)>> {
    let mut statement = connection
        .prepare_cached("SELECT id, position, booking_id FROM event WHERE delivery_id = ?1")?;
    rows(&mut statement, [delivery_id], |row| {
        let position: i64 = row.get("position")?;
        Ok((
            row.get("id")?,
            usize::try_from(position).unwrap_or(usize::MAX),
            row.get("booking_id")?,
        ))
    })
}

/// Takes back an event that its delivery, read again, no longer says.
pub(crate) fn remove(connection: &Connection, id: i64) -> Result<()> {
    for notice in notices::of_act(connection, id)? {
        connection
            .prepare_cached("DELETE FROM notice WHERE id = ?1")?
            .execute([notice])?;
    }
    connection
        .prepare_cached("DELETE FROM event WHERE id = ?1")?
        .execute([id])?;
    connection
        .prepare_cached("DELETE FROM event_search WHERE rowid = ?1")?
        .execute([id])?;
    Ok(())
}

/// An event of a booking.
pub(crate) struct StoredEvent {
    pub(crate) id: i64,
    pub(crate) received_at: Timestamp,
    /// What it meant beside the events that were known until now.
    pub(crate) kind: EventKind,
    pub(crate) event: Event,
}

/// All events of a booking.
pub(crate) fn of_booking(connection: &Connection, booking_id: i64) -> Result<Vec<StoredEvent>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, received_at, kind, fact FROM event WHERE booking_id = ?1 ORDER BY id",
    )?;
    rows(&mut statement, [booking_id], |row| {
        let fact: String = row.get("fact")?;
        Ok(StoredEvent {
            id: row.get("id")?,
            received_at: super::columns::moment(row.get("received_at")?),
            kind: EventKind::from_word(&row.get::<_, String>("kind")?)
                .ok_or(StoreError::Unreadable("event.kind"))?,
            event: from_json(&fact, "event.fact")?,
        })
    })
}

/// Writes down what an event did to its booking.
pub(crate) fn set_step(connection: &Connection, id: i64, step: &Step) -> Result<()> {
    connection
        .prepare_cached("UPDATE event SET kind = ?2, status = ?3 WHERE id = ?1")?
        .execute(params![id, step.kind.as_str(), step.status.as_str()])?;
    set_slot(connection, id, step.slot.as_ref(), step.previous.as_ref())
}

fn set_slot(
    connection: &Connection,
    id: i64,
    slot: Option<&Slot>,
    previous: Option<&Slot>,
) -> Result<()> {
    let (start, end, date) = slot_columns(slot);
    let (previous_start, previous_end, previous_date) = slot_columns(previous);
    connection
        .prepare_cached(
            "UPDATE event SET start_at = ?2, end_at = ?3, date = ?4,
             previous_start_at = ?5, previous_end_at = ?6, previous_date = ?7 WHERE id = ?1",
        )?
        .execute(params![
            id,
            start,
            end,
            date,
            previous_start,
            previous_end,
            previous_date
        ])?;
    Ok(())
}

/// Notes that an event came after one that follows it in the provider's order.
pub(crate) fn mark_late(connection: &Connection, id: i64) -> Result<()> {
    connection
        .prepare_cached("UPDATE event SET late = 1 WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

/// Makes an event findable by words.
pub(crate) fn index_words(connection: &Connection, id: i64, words: &str) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM event_search WHERE rowid = ?1")?
        .execute([id])?;
    connection
        .prepare_cached("INSERT INTO event_search (rowid, words) VALUES (?1, ?2)")?
        .execute(params![id, words])?;
    Ok(())
}

/// Notes that the person has seen events. Those seen before keep their moment.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn mark_read(connection: &Connection, ids: &[i64], now: Timestamp) -> Result<()> {
    let mut statement = connection
        .prepare_cached("UPDATE event SET read_at = ?2 WHERE id = ?1 AND read_at IS NULL")?;
    for id in ids {
        statement.execute(params![id, now.as_microsecond()])?;
    }
    Ok(())
}

/// Notes that the person has seen all events of a booking.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn mark_booking_read(
    connection: &Connection,
    booking_id: i64,
    now: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached("UPDATE event SET read_at = ?2 WHERE booking_id = ?1 AND read_at IS NULL")?
        .execute(params![booking_id, now.as_microsecond()])?;
    Ok(())
}

/// When the newest events of an endpoint came, newest first: at most `limit`, and none from before `since`.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn moments(
    connection: &Connection,
    endpoint_id: i64,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Timestamp>> {
    let mut statement = connection.prepare_cached(
        "SELECT received_at FROM event WHERE endpoint_id = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let mut found = statement.query(params![endpoint_id, limit])?;
    let mut moments = Vec::new();
    // The rows are in the order in which they came: what follows an old one is older.
    while let Some(row) = found.next()? {
        let received_at = moment(row.get(0)?);
        if received_at < since {
            break;
        }
        moments.push(received_at);
    }
    Ok(moments)
}

/// How many events the person has not seen.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn unread(connection: &Connection) -> Result<i64> {
    let mut statement =
        connection.prepare_cached("SELECT count(*) FROM event WHERE read_at IS NULL")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// What happened since a moment, as far as it is counted in pictures.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn counted_since(connection: &Connection, since: Timestamp) -> Result<Vec<Counted>> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, provider, event.received_at, fact ->> '$.occurred_at' AS occurred_at, start_at
         FROM event JOIN endpoint ON endpoint.id = endpoint_id
         WHERE event.received_at >= ?1 AND kind IN ('created', 'rescheduled', 'cancelled')",
    )?;
    rows(&mut statement, [since.as_microsecond()], |row| {
        let occurred: Option<String> = row.get("occurred_at")?;
        Ok(Counted {
            kind: EventKind::from_word(&row.get::<_, String>("kind")?)
                .ok_or(StoreError::Unreadable("event.kind"))?,
            provider: provider_word(&row.get::<_, String>("provider")?)?,
            at: occurred
                .and_then(|occurred| occurred.parse().ok())
                .unwrap_or(moment(row.get("received_at")?)),
            start: row.get::<_, Option<i64>>("start_at")?.map(moment),
        })
    })
}
