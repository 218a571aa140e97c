//! Tables `gap` and `heartbeat`: the times in which we could not be reached, and the last sign of life.

use bellhop_core::gap::{Cause, Gap, Trouble};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{moment, rows};
use super::{Result, StoreError};

/// Gaps that are kept.
pub const KEPT: i64 = 1_000;

/// A gap and its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its row.
    pub id: i64,
    /// The gap.
    pub gap: Gap,
}

/// We cannot be reached from `at` on, because of this trouble. The gap that goes on, or that has just ended, goes on with
/// it; else one begins.
pub(crate) fn lose(connection: &Connection, trouble: Trouble, at: Timestamp) -> Result<()> {
    match newest(connection)? {
        Some(Stored { id, mut gap }) if gap.is_continued_at(at) => {
            gap.turn(trouble, at);
            update(connection, id, &gap)
        }
        _ => insert(connection, &Gap::begin(trouble, at)),
    }
}

/// If a gap goes on, it does so because of this trouble from `at` on.
pub(crate) fn turn(connection: &Connection, trouble: Trouble, at: Timestamp) -> Result<()> {
    match newest(connection)? {
        Some(Stored { id, mut gap }) if gap.ended_at.is_none() => {
            gap.turn(trouble, at);
            update(connection, id, &gap)
        }
        _ => Ok(()),
    }
}

/// We can be reached again, or nobody wants that any more: a gap that goes on ends. One that is over so soon that it is
/// not worth a row leaves none, unless a call was refused in it.
pub(crate) fn end(connection: &Connection, at: Timestamp, refused: bool) -> Result<bool> {
    let Some(Stored { id, mut gap }) = newest(connection)? else {
        return Ok(false);
    };
    if gap.ended_at.is_some() {
        return Ok(false);
    }
    gap.end(at);
    if gap.is_trifle() && !refused {
        connection
            .prepare_cached("DELETE FROM gap WHERE id = ?1")?
            .execute([id])?;
    } else {
        update(connection, id, &gap)?;
    }
    Ok(true)
}

/// The times of the gap that goes on may be wrong.
pub(crate) fn doubt(connection: &Connection) -> Result<()> {
    connection
        .prepare_cached("UPDATE gap SET uncertain = 1 WHERE ended_at IS NULL")?
        .execute([])?;
    Ok(())
}

/// Gaps, newest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn list(connection: &Connection, limit: i64) -> Result<Vec<Stored>> {
    let mut statement = connection.prepare_cached("SELECT * FROM gap ORDER BY id DESC LIMIT ?1")?;
    rows(&mut statement, [limit], read)
}

/// The row of the gap that goes on.
pub(crate) fn open(connection: &Connection) -> Result<Option<i64>> {
    let newest = newest(connection)?.filter(|newest| newest.gap.ended_at.is_none());
    Ok(newest.map(|newest| newest.id))
}

/// Whether a gap goes on.
pub(crate) fn goes_on(connection: &Connection) -> Result<bool> {
    Ok(newest(connection)?.is_some_and(|newest| newest.gap.ended_at.is_none()))
}

fn newest(connection: &Connection) -> Result<Option<Stored>> {
    Ok(list(connection, 1)?.pop())
}

/// Notes that a receiver that has been reached runs.
pub(crate) fn sign(connection: &Connection, at: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO heartbeat (id, at) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET at = ?1",
        )?
        .execute([at.as_microsecond()])?;
    Ok(())
}

/// Notes that none runs, or that none has to be reached.
pub(crate) fn forget_sign(connection: &Connection) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM heartbeat")?
        .execute([])?;
    Ok(())
}

/// When a receiver that had been reached left its last sign.
pub(crate) fn sign_of_receiver(connection: &Connection) -> Result<Option<Timestamp>> {
    let mut statement = connection.prepare_cached("SELECT at FROM heartbeat")?;
    let at: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(at.map(moment))
}

/// When a receiver that had been reached was last seen to run. A call that it stored is a sign of life too.
pub(crate) fn last_sign(connection: &Connection) -> Result<Option<Timestamp>> {
    let Some(sign) = sign_of_receiver(connection)? else {
        return Ok(None);
    };
    let mut newest =
        connection.prepare_cached("SELECT received_at FROM delivery ORDER BY id DESC LIMIT 1")?;
    let call: Option<i64> = newest.query_row([], |row| row.get(0)).optional()?;
    Ok(Some(call.map_or(sign, |call| moment(call).max(sign))))
}

fn insert(connection: &Connection, gap: &Gap) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO gap (began_at, cause, cause_since) VALUES (?1, '', 0)")?
        .execute([gap.began_at.as_microsecond()])?;
    let id = connection.last_insert_rowid();
    connection
        .prepare_cached("DELETE FROM gap WHERE id <= ?1")?
        .execute([id - KEPT])?;
    update(connection, id, gap)
}

fn update(connection: &Connection, id: i64, gap: &Gap) -> Result<()> {
    let (longest, lasted) = match &gap.longest {
        Some((trouble, lasted)) => (Some(trouble), i64::try_from(lasted.as_micros()).ok()),
        None => (None, None),
    };
    connection
        .prepare_cached(
            "UPDATE gap SET ended_at = :ended_at, cause = :cause, code = :code, detail = :detail,
                 cause_since = :cause_since, longest_cause = :longest_cause, longest_code = :longest_code,
                 longest_detail = :longest_detail, longest_lasted = :longest_lasted, uncertain = :uncertain
             WHERE id = :id",
        )?
        .execute(named_params! {
            ":id": id,
            ":ended_at": gap.ended_at.map(Timestamp::as_microsecond),
            ":cause": gap.present.cause.as_str(),
            ":code": gap.present.code,
            ":detail": gap.present.detail,
            ":cause_since": gap.present_since.as_microsecond(),
            ":longest_cause": longest.map(|trouble| trouble.cause.as_str()),
            ":longest_code": longest.and_then(|trouble| trouble.code.as_deref()),
            ":longest_detail": longest.and_then(|trouble| trouble.detail.as_deref()),
            ":longest_lasted": lasted,
            ":uncertain": gap.uncertain,
        })?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Stored> {
    let trouble = |prefix: &str| -> Result<Option<Trouble>> {
        let column = |name: &str| row.get::<_, Option<String>>(format!("{prefix}{name}").as_str());
        let Some(word) = column("cause")? else {
            return Ok(None);
        };
        Ok(Some(Trouble {
            cause: Cause::from_word(&word).ok_or(StoreError::Unreadable("gap.cause"))?,
            code: column("code")?,
            detail: column("detail")?,
        }))
    };
    let lasted: Option<i64> = row.get("longest_lasted")?;
    let lasted = lasted.map(SignedDuration::from_micros);
    Ok(Stored {
        id: row.get("id")?,
        gap: Gap {
            began_at: moment(row.get("began_at")?),
            ended_at: row.get::<_, Option<i64>>("ended_at")?.map(moment),
            present: trouble("")?.ok_or(StoreError::Unreadable("gap.cause"))?,
            present_since: moment(row.get("cause_since")?),
            longest: trouble("longest_")?.zip(lasted),
            uncertain: row.get("uncertain")?,
        },
    })
}
