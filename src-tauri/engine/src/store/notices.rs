//! Table `notice`: an outbox of what we want to tell.

mod listing;
mod planning;

use bellhop_core::answer::Answer;
use bellhop_core::notice::{Held, Loudness, NoticeKind, Wording, Words};
use bellhop_core::provider::Provider;
use bellhop_core::trouble::{self, Place};
use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params, params};

use super::columns::{moment, rows};
use super::endpoints::provider_word;
use super::{Result, StoreError};

pub use listing::{ListQuery, Listed, Told, list, of_delivery};
pub(crate) use planning::{
    Named, SNOOZED, first, hand_over, named, of_act, of_booking, reword, take_back, withdraw,
};
pub use planning::{NewNotice, Of, call_off, plan};

/// A notice that is neither shown nor held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its row.
    pub id: i64,
    /// What it tells of.
    pub kind: NoticeKind,
    /// The booking that it is about, if it is about one.
    pub booking_id: Option<i64>,
    /// Another booking that it names.
    pub other_booking_id: Option<i64>,
    /// The endpoint that it is about, if it is about one.
    pub endpoint_id: Option<i64>,
    /// The provider of that endpoint.
    pub provider: Option<Provider>,
    /// What it says.
    pub words: Words,
    /// How much attention it asks for, unless the person's rules say otherwise.
    pub loudness: Loudness,
    /// The name under which it is told of once, unless it tells of an act.
    pub once: Option<String>,
    /// What has become of it without us.
    pub settled: Option<Held>,
}

fn held(row: &Row<'_>) -> Result<Option<Held>> {
    let word: Option<String> = row.get("held")?;
    word.map(|word| Held::from_word(&word).ok_or(StoreError::Unreadable("notice.held")))
        .transpose()
}

/// The columns of a [`Notice`] and where they are from. It is settled `over` where it was taken back, or is the repetition
/// of one that was, or of one that is not true any more: its booking has another time since, does not come or has been, or
/// comes after all. It is `seen` where the person has seen its act, or all acts of its booking, or is done with that booking.
macro_rules! columns {
    () => {
        "notice.id, notice.kind, notice.once, other_booking_id, coalesce(event.booking_id, notice.booking_id) AS booking_id,
             endpoint.id AS endpoint_id, provider, notice.title, body, discreet_title, discreet_body, loudness,
             CASE WHEN notice.held = 'over' THEN 'over'
                 WHEN once GLOB 'snooze:*' AND EXISTS (SELECT 1 FROM notice AS root
                     WHERE root.id = CAST(substr(notice.once, 8) AS INTEGER) AND root.held = 'over') THEN 'over'
                 WHEN once GLOB 'snooze:*' AND notice.kind IN ('created', 'rescheduled', 'overlap', 'reminder')
                     AND (booking.status IN ('cancelled', 'completed', 'no_show')
                         OR coalesce(booking.end_at, booking.start_at) <= :now) THEN 'over'
                 WHEN once GLOB 'snooze:*' AND (notice.kind = 'cancelled' AND booking.status != 'cancelled'
                     OR notice.kind = 'no_show' AND booking.status != 'no_show') THEN 'over'
                 WHEN once GLOB 'snooze:*' AND EXISTS (SELECT 1 FROM notice AS root JOIN event AS told ON told.id = root.event_id
                     WHERE root.id = CAST(substr(notice.once, 8) AS INTEGER)
                         AND (booking.start_at != told.start_at OR booking.end_at != told.end_at
                             OR booking.start_at IS NULL AND booking.date != told.date)) THEN 'over'
                 WHEN event.read_at IS NOT NULL OR done_at IS NOT NULL THEN 'seen'
                 WHEN once GLOB 'snooze:*' AND notice.kind IN ('created', 'rescheduled', 'cancelled', 'no_show')
                     AND notice.booking_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event AS unseen
                         WHERE unseen.booking_id = notice.booking_id AND unseen.read_at IS NULL) THEN 'seen'
             END AS settled
         FROM notice LEFT JOIN event ON event.id = event_id
             LEFT JOIN booking ON booking.id = coalesce(event.booking_id, notice.booking_id)
             LEFT JOIN endpoint ON endpoint.id = coalesce(event.endpoint_id, notice.endpoint_id)"
    };
}
use columns;

/// Notices that are to be shown at `now`, in the order in which they were planned.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn waiting(connection: &Connection, now: Timestamp) -> Result<Vec<Notice>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " WHERE shown_at IS NULL AND notice.held IS NULL AND (due_at IS NULL OR due_at <= :now)
         ORDER BY notice.id"
    ))?;
    rows(
        &mut statement,
        named_params! { ":now": now.as_microsecond() },
        read,
    )
}

/// Troubles of endpoints that go on and that the person has neither answered nor silenced by a rule, in the order in which
/// they began. That nobody can reach us is not among them: the tunnel itself tells it.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn unanswered_troubles(connection: &Connection, now: Timestamp) -> Result<Vec<Notice>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " WHERE once GLOB 'trouble:*'
             AND coalesce(notice.held, '') NOT IN ('over', 'rule') AND answer IS NULL
         ORDER BY notice.id"
    ))?;
    let mut troubles = rows(
        &mut statement,
        named_params! { ":now": now.as_microsecond() },
        read,
    )?;
    let place = |trouble: &Notice| trouble.once.as_deref().map(trouble::place);
    troubles.retain(|trouble| place(trouble) == Some(Place::Endpoints));
    Ok(troubles)
}

/// Notices by their rows, as they are now. Those that are gone are left out.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn by_ids(connection: &Connection, ids: &[i64], now: Timestamp) -> Result<Vec<Notice>> {
    let mut statement =
        connection.prepare_cached(concat!("SELECT ", columns!(), " WHERE notice.id = :id"))?;
    let mut found = Vec::new();
    for id in ids {
        let parameters = named_params! { ":now": now.as_microsecond(), ":id": id };
        found.extend(rows(&mut statement, parameters, read)?);
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> Result<Notice> {
    let provider: Option<String> = row.get("provider")?;
    Ok(Notice {
        id: row.get("id")?,
        kind: NoticeKind::from_word(&row.get::<_, String>("kind")?)
            .ok_or(StoreError::Unreadable("notice.kind"))?,
        booking_id: row.get("booking_id")?,
        other_booking_id: row.get("other_booking_id")?,
        endpoint_id: row.get("endpoint_id")?,
        provider: provider.as_deref().map(provider_word).transpose()?,
        words: Words {
            full: Wording {
                title: row.get("title")?,
                body: row.get("body")?,
            },
            discreet: Wording {
                title: row.get("discreet_title")?,
                body: row.get("discreet_body")?,
            },
        },
        loudness: Loudness::from_word(&row.get::<_, String>("loudness")?)
            .ok_or(StoreError::Unreadable("notice.loudness"))?,
        once: row.get("once")?,
        settled: row
            .get::<_, Option<String>>("settled")?
            .as_deref()
            .and_then(Held::from_word),
    })
}

/// When the first of those is due that wait for their time at `now`.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn next_due(connection: &Connection, now: Timestamp) -> Result<Option<Timestamp>> {
    let mut statement = connection.prepare_cached(
        "SELECT min(due_at) FROM notice WHERE shown_at IS NULL AND held IS NULL AND due_at > ?1",
    )?;
    let due: Option<i64> = statement.query_row([now.as_microsecond()], |row| row.get(0))?;
    Ok(due.map(moment))
}

/// Notes that a notice is not shown, and why.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn hold(connection: &Connection, ids: &[i64], held: Held) -> Result<()> {
    let mut statement = connection
        .prepare_cached("UPDATE notice SET held = ?2 WHERE id = ?1 AND shown_at IS NULL")?;
    for id in ids {
        statement.execute(params![id, held.as_str()])?;
    }
    Ok(())
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

/// Notes what the person answered, unless there is an answer. Gives whether there was none.
pub(crate) fn answer(
    connection: &Connection,
    id: i64,
    answer: Answer,
    now: Timestamp,
) -> Result<bool> {
    let answered = connection
        .prepare_cached(
            "UPDATE notice SET answer = ?2, answered_at = ?3 WHERE id = ?1 AND answer IS NULL",
        )?
        .execute(params![id, answer.as_str(), now.as_microsecond()])?;
    Ok(answered > 0)
}
