//! Notices that are planned, worded anew and taken back.

use bellhop_core::notice::{Held, Loudness, NoticeKind, Words};
use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::Notice;
use crate::store::Result;
use crate::store::columns::rows;

/// A notice to plan.
#[derive(Clone, Debug)]
pub struct NewNotice<'a> {
    /// What it is told of once for.
    pub of: Of<'a>,
    /// What it tells of.
    pub kind: NoticeKind,
    /// What it says.
    pub words: &'a Words,
    /// How much attention it asks for.
    pub loudness: Loudness,
    /// Now.
    pub planned_at: Timestamp,
    /// Before when it is not shown. `None`: at once, also if the clock is set back meanwhile.
    pub due_at: Option<Timestamp>,
}

/// The beginning of the name of a notice that repeats another, before the row of that one.
pub(crate) const SNOOZED: &str = "snooze:";

/// The row of the notice that this one repeats, or its own.
pub(crate) fn first(notice: &Notice) -> i64 {
    let repeated = notice.once.as_deref().and_then(|name| {
        let (first, _) = name.strip_prefix(SNOOZED)?.split_once(':')?;
        first.parse().ok()
    });
    repeated.unwrap_or(notice.id)
}

/// What a notice is told of once for.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// An act, which is an event. Its booking and its endpoint are those of the event.
    Act(i64),
    /// Anything else, under a name of its own.
    Once {
        /// That name, as `reminder:12:1800000000:900`.
        name: &'a str,
        /// The booking that it is about: the notice goes when the booking goes.
        booking_id: Option<i64>,
        /// Another booking that it names: the notice goes with that one, too.
        other_booking_id: Option<i64>,
        /// The endpoint that it is about.
        endpoint_id: Option<i64>,
    },
}

/// Plans a notice. There is one at most for what it is told of, however often it is planned. Gives its row if it is new.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn plan(connection: &Connection, new: &NewNotice<'_>) -> Result<Option<i64>> {
    let (event_id, once, booking_id, other_booking_id, endpoint_id) = match new.of {
        Of::Act(event_id) => (Some(event_id), None, None, None, None),
        Of::Once {
            name,
            booking_id,
            other_booking_id,
            endpoint_id,
        } => (None, Some(name), booking_id, other_booking_id, endpoint_id),
    };
    let Words { full, discreet } = new.words;
    let planned = connection
        .prepare_cached(
            "INSERT INTO notice (kind, event_id, once, booking_id, other_booking_id, endpoint_id, title, body,
                 discreet_title, discreet_body, planned_at, due_at, loudness)
             VALUES (:kind, :event_id, :once, :booking_id, :other_booking_id, :endpoint_id, :title, :body,
                 :discreet_title, :discreet_body, :planned_at, :due_at, :loudness)
             ON CONFLICT DO NOTHING",
        )?
        .execute(named_params! {
            ":kind": new.kind.as_str(),
            ":event_id": event_id,
            ":once": once,
            ":booking_id": booking_id,
            ":other_booking_id": other_booking_id,
            ":endpoint_id": endpoint_id,
            ":title": full.title,
            ":body": full.body,
            ":discreet_title": discreet.title,
            ":discreet_body": discreet.body,
            ":planned_at": new.planned_at.as_microsecond(),
            ":due_at": new.due_at.map(Timestamp::as_microsecond),
            ":loudness": new.loudness.as_str(),
        })?;
    Ok((planned > 0).then(|| connection.last_insert_rowid()))
}

/// Makes the notice of one act that of another. One that has not been shown gets the words of that other one.
pub(crate) fn hand_over(
    connection: &Connection,
    from: i64,
    to: i64,
    kind: NoticeKind,
    words: &Words,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE notice SET event_id = :to,
                 kind = iif(shown_at IS NULL, :kind, kind),
                 title = iif(shown_at IS NULL, :title, title),
                 body = iif(shown_at IS NULL, :body, body),
                 discreet_title = iif(shown_at IS NULL, :discreet_title, discreet_title),
                 discreet_body = iif(shown_at IS NULL, :discreet_body, discreet_body)
             WHERE event_id = :from AND NOT EXISTS (SELECT 1 FROM notice WHERE event_id = :to)",
        )?
        .execute(named_params! {
            ":from": from,
            ":to": to,
            ":kind": kind.as_str(),
            ":title": words.full.title,
            ":body": words.full.body,
            ":discreet_title": words.discreet.title,
            ":discreet_body": words.discreet.body,
        })?;
    Ok(())
}

/// Words a notice anew that nobody has been shown.
pub(crate) fn reword(connection: &Connection, id: i64, words: &Words) -> Result<()> {
    let Words { full, discreet } = words;
    connection
        .prepare_cached(
            "UPDATE notice SET title = ?2, body = ?3, discreet_title = ?4, discreet_body = ?5
             WHERE id = ?1 AND shown_at IS NULL",
        )?
        .execute(params![
            id,
            full.title,
            full.body,
            discreet.title,
            discreet.body
        ])?;
    Ok(())
}

/// The acts of a booking that have a notice, shown or not.
pub(crate) fn of_booking(connection: &Connection, booking_id: i64) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT event_id FROM notice JOIN event ON event.id = event_id WHERE event.booking_id = ?1",
    )?;
    rows(&mut statement, [booking_id], |row| Ok(row.get(0)?))
}

/// Takes back the notice of an act. One that somebody has been shown stays in the list.
pub(crate) fn withdraw(connection: &Connection, event_id: i64) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM notice WHERE event_id = ?1 AND shown_at IS NULL")?
        .execute([event_id])?;
    connection
        .prepare_cached("UPDATE notice SET held = ?2 WHERE event_id = ?1")?
        .execute(params![event_id, Held::Over.as_str()])?;
    Ok(())
}

/// Takes back a notice that is told of once under this name, as what it tells of is over. One that somebody has been shown
/// stays in the list, and its bubble is closed.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn call_off(connection: &Connection, name: &str) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM notice WHERE once = ?1 AND shown_at IS NULL AND held IS NULL")?
        .execute([name])?;
    connection
        .prepare_cached("UPDATE notice SET held = ?2 WHERE once = ?1 AND shown_at IS NOT NULL")?
        .execute(params![name, Held::Over.as_str()])?;
    Ok(())
}

/// As [`call_off`], and what was held back goes too: nobody has heard of it, so that it is news when it comes again.
pub(crate) fn take_back(connection: &Connection, once: &str) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM notice WHERE once = ?1 AND shown_at IS NULL")?
        .execute([once])?;
    call_off(connection, once)
}

/// The rows of the notice of an act, and of what repeats it after a snooze.
pub(crate) fn of_act(connection: &Connection, event_id: i64) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM notice WHERE event_id = ?1
         UNION ALL SELECT again.id FROM notice AS root JOIN notice AS again
             ON again.once > 'snooze:' || root.id || ':' AND again.once < 'snooze:' || root.id || ';'
         WHERE root.event_id = ?1",
    )?;
    rows(&mut statement, [event_id], |row| Ok(row.get(0)?))
}

/// The name of a notice, and what has become of it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// What it tells of is over.
    pub(crate) over: bool,
    /// It is shown or will be, and can be called off.
    pub(crate) open: bool,
}

/// The notices whose names begin so.
pub(crate) fn named(connection: &Connection, beginning: &str) -> Result<Vec<Named>> {
    let mut statement = connection.prepare_cached(
        "SELECT once, held IS 'over' AS over, held IS NULL AS open FROM notice WHERE once GLOB ?1 || '*'",
    )?;
    rows(&mut statement, [beginning], |row| {
        Ok(Named {
            name: row.get("once")?,
            over: row.get("over")?,
            open: row.get("open")?,
        })
    })
}
