//! Table `notice`: an outbox of what we want to tell.

use bellhop_core::event::EventKind;
use bellhop_core::notice::Wording;
use bellhop_core::provider::Provider;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::columns::{When, moment, rows};
use super::endpoints::provider_word;
use super::{Result, StoreError};

/// A notice that has not been shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its row.
    pub id: i64,
    /// The booking it is about, if there is one.
    pub booking_id: Option<i64>,
    /// What kind of event it tells of.
    pub kind: EventKind,
    /// The provider that told of it.
    pub provider: Provider,
    /// When the booking takes place.
    pub when: When,
    /// When it was to take place before.
    pub previous: When,
    /// Who, what and when.
    pub wording: Wording,
}

/// Plans a notice for an event. An event has one at most, however often it is looked at.
pub(crate) fn plan(
    connection: &Connection,
    event_id: i64,
    wording: &Wording,
    now: Timestamp,
    held: bool,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO notice (event_id, title, body, planned_at, held) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (event_id) DO NOTHING",
        )?
        .execute(params![event_id, wording.title, wording.body, now.as_microsecond(), held])?;
    Ok(())
}

/// Makes the notice of one event that of another. One that has not been shown gets the words of that other one.
pub(crate) fn hand_over(
    connection: &Connection,
    from: i64,
    to: i64,
    wording: &Wording,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE notice SET event_id = ?2, title = iif(shown_at IS NULL, ?3, title), body = iif(shown_at IS NULL, ?4, body)
             WHERE event_id = ?1 AND NOT EXISTS (SELECT 1 FROM notice WHERE event_id = ?2)",
        )?
        .execute(params![from, to, wording.title, wording.body])?;
    Ok(())
}

/// The events of a booking that have a notice, shown or not.
pub(crate) fn of_booking(connection: &Connection, booking_id: i64) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT event_id FROM notice JOIN event ON event.id = event_id WHERE booking_id = ?1",
    )?;
    rows(&mut statement, [booking_id], |row| Ok(row.get(0)?))
}

/// Takes back a notice that nobody has been shown.
pub(crate) fn withdraw(connection: &Connection, event_id: i64) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM notice WHERE event_id = ?1 AND shown_at IS NULL")?
        .execute([event_id])?;
    Ok(())
}

/// When the person was told of what a delivery says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// When the notice was planned.
    pub planned_at: Timestamp,
    /// When the desktop took it. `None` where it has not, or notifications were paused.
    pub shown_at: Option<Timestamp>,
    /// Whether notifications were paused, so that it is not shown.
    pub held: bool,
}

/// The first notice of what a delivery says. `None` where it says nothing that is told.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn of_delivery(connection: &Connection, delivery_id: i64) -> Result<Option<Told>> {
    let mut statement = connection.prepare_cached(
        "SELECT planned_at, shown_at, held FROM notice JOIN event ON event.id = event_id
         WHERE delivery_id = ?1 ORDER BY notice.id LIMIT 1",
    )?;
    let told = rows(&mut statement, [delivery_id], |row| {
        Ok(Told {
            planned_at: moment(row.get("planned_at")?),
            shown_at: row.get::<_, Option<i64>>("shown_at")?.map(moment),
            held: row.get("held")?,
        })
    });
    Ok(told?.pop())
}

/// Notices that wait to be shown, oldest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn waiting(connection: &Connection) -> Result<Vec<Notice>> {
    let mut statement = connection.prepare_cached(
        "SELECT notice.id, booking_id, kind, provider, title, body, start_at, end_at, date,
             previous_start_at, previous_end_at, previous_date
         FROM notice JOIN event ON event.id = event_id JOIN endpoint ON endpoint.id = endpoint_id
         WHERE shown_at IS NULL AND held = 0 ORDER BY notice.id",
    )?;
    rows(&mut statement, [], |row| {
        Ok(Notice {
            id: row.get("id")?,
            booking_id: row.get("booking_id")?,
            kind: EventKind::from_word(&row.get::<_, String>("kind")?)
                .ok_or(StoreError::Unreadable("event.kind"))?,
            provider: provider_word(&row.get::<_, String>("provider")?)?,
            when: When::read(row, "")?,
            previous: When::read(row, "previous_")?,
            wording: Wording {
                title: row.get("title")?,
                body: row.get("body")?,
            },
        })
    })
}

/// Notes that the desktop has taken a notice.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn mark_shown(connection: &Connection, ids: &[i64], now: Timestamp) -> Result<()> {
    let mut statement =
        connection.prepare_cached("UPDATE notice SET shown_at = ?2 WHERE id = ?1")?;
    for id in ids {
        statement.execute(params![id, now.as_microsecond()])?;
    }
    Ok(())
}
