//! Table `notice`: an outbox of what we want to tell.

use bellhop_core::notice::{Held, Loudness, NoticeKind, Wording, Words};
use bellhop_core::provider::Provider;
use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params, params};

use super::columns::{moment, rows};
use super::endpoints::provider_word;
use super::{Result, StoreError};
use crate::answering::Answer;

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

/// Takes back the notice of anything else that nobody has been shown.
pub(crate) fn take_back(connection: &Connection, once: &str) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM notice WHERE once = ?1 AND shown_at IS NULL")?
        .execute([once])?;
    Ok(())
}

/// When the person was told of what a delivery says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// When the notice was planned.
    pub planned_at: Timestamp,
    /// When the desktop took it. `None` where it has not, or notifications were paused.
    pub shown_at: Option<Timestamp>,
    /// Why it is not shown.
    pub held: Option<Held>,
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
            held: held(row)?,
        })
    });
    Ok(told?.pop())
}

fn held(row: &Row<'_>) -> Result<Option<Held>> {
    let word: Option<String> = row.get("held")?;
    word.map(|word| Held::from_word(&word).ok_or(StoreError::Unreadable("notice.held")))
        .transpose()
}

/// The columns of a [`Notice`] and where they are from. It is settled `over` where it was taken back, or is the repetition
/// of one that was, or tells of a booking that does not come any more or has been; it is `seen` where the person has seen
/// its act, or all acts of its booking, or is done with that booking.
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
        " WHERE once GLOB 'trouble:*' AND once NOT GLOB 'trouble:reach:*'
             AND coalesce(notice.held, '') NOT IN ('over', 'rule') AND answer IS NULL
         ORDER BY notice.id"
    ))?;
    rows(
        &mut statement,
        named_params! { ":now": now.as_microsecond() },
        read,
    )
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

/// A notice of the list, shown or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What it tells.
    pub notice: Notice,
    /// Its place in the list: when it was shown, or was to be.
    pub at: Timestamp,
    /// The call that told of its act.
    pub delivery_id: Option<i64>,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When the desktop had taken it.
    pub shown_at: Option<Timestamp>,
    /// Why it is not shown, or that what it told of is over.
    pub held: Option<Held>,
    /// Whether the desktop was asked not to disturb.
    pub quieted: bool,
    /// What the person answered, and when.
    pub answer: Option<(Answer, Timestamp)>,
}

/// Which notices to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListQuery {
    /// At most so many.
    pub limit: i64,
    /// Those after this place and row.
    pub before: Option<(Timestamp, i64)>,
    /// Only those that nobody was shown.
    pub unshown: bool,
}

/// Notices, newest first. Those whose time is still to come are not among them.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn list(connection: &Connection, query: &ListQuery, now: Timestamp) -> Result<Vec<Listed>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT listed_at, event.delivery_id, planned_at, shown_at, notice.held, quieted,
             answer, answered_at, ", columns!(), "
         WHERE notice.id IN (SELECT id FROM notice
             WHERE (shown_at IS NOT NULL OR due_at IS NULL OR due_at <= :now) AND (NOT :unshown OR shown_at IS NULL)
                 AND listed_at <= :at AND (listed_at < :at OR id < :id)
             ORDER BY listed_at DESC, id DESC LIMIT :limit)
         ORDER BY listed_at DESC, notice.id DESC"
    ))?;
    let (at, id) = query.before.unwrap_or((Timestamp::MAX, i64::MAX));
    let parameters = named_params! {
        ":now": now.as_microsecond(),
        ":unshown": query.unshown,
        ":at": at.as_microsecond(),
        ":id": id,
        ":limit": query.limit,
    };
    rows(&mut statement, parameters, |row| {
        let answered: Option<String> = row.get("answer")?;
        let answer = answered.as_deref().and_then(Answer::from_word);
        let answered_at = row.get::<_, Option<i64>>("answered_at")?.map(moment);
        Ok(Listed {
            notice: read(row)?,
            at: moment(row.get("listed_at")?),
            delivery_id: row.get("delivery_id")?,
            planned_at: moment(row.get("planned_at")?),
            shown_at: row.get::<_, Option<i64>>("shown_at")?.map(moment),
            held: held(row)?,
            quieted: row.get("quieted")?,
            answer: answer.zip(answered_at),
        })
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
