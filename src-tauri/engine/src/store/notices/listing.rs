//! What the person can read of notices, shown or not.

use bellhop_core::answer::Answer;
use bellhop_core::notice::Held;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::{Notice, columns, held, read};
use crate::store::Result;
use crate::store::columns::{moment, rows};

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
