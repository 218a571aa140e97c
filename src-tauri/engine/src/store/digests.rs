//! Table `digest`: digests that were made, and what the next one has to say.

use bellhop_core::digest::{Contents, Reason, Schedule};
use bellhop_core::event::{BookingStatus, EventKind};
use bellhop_core::gap::Span;
use bellhop_core::notice::{Held, Here, NoticeKind};
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use rusqlite::{Connection, Row, params};

use super::bookings::{self, Booking};
use super::columns::{from_json, moment, rows, to_json};
use super::{Result, StoreError, gaps, overlaps, settings};

/// From when on the first digest tells.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// The desktop has taken a notice within this time, or it has not.
const TAKEN_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// A digest that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// From when on it told of what came in.
    pub since: Timestamp,
    /// When it was made.
    pub at: Timestamp,
}

/// When the person wants a digest.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn schedule(connection: &Connection) -> Result<Schedule> {
    let kept = settings::get(connection, settings::DIGEST)?;
    kept.map_or_else(
        || Ok(Schedule::default()),
        |kept| from_json(&kept, "setting.digest"),
    )
}

/// The person wants a digest at other times.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn set_schedule(connection: &Connection, schedule: &Schedule) -> Result<()> {
    let kept = to_json(schedule, "setting.digest")?;
    settings::set(connection, settings::DIGEST, Some(&kept))
}

/// The last digest that was made by `now`. One that was made while the clock was wrong, in the future, is not.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn last(connection: &Connection, now: Timestamp) -> Result<Option<Digest>> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM digest WHERE at <= ?1 ORDER BY at DESC, id DESC LIMIT 1")?;
    Ok(rows(&mut statement, [now.as_microsecond()], read)?.pop())
}

fn read(row: &Row<'_>) -> Result<Digest> {
    Ok(Digest {
        since: moment(row.get("since")?),
        at: moment(row.get("at")?),
    })
}

/// Whether there was any.
pub(crate) fn was_any_made(connection: &Connection) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM digest LIMIT 1")?;
    Ok(statement.exists([])?)
}

/// Whether there was this one.
pub(crate) fn was_made(connection: &Connection, reason: Reason) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM digest WHERE name = ?1")?;
    Ok(statement.exists([reason.name()])?)
}

/// Notes that a digest was made. Gives whether there was none of that name.
pub(crate) fn insert(connection: &Connection, name: &str, digest: &Digest) -> Result<bool> {
    let inserted = connection
        .prepare_cached(
            "INSERT INTO digest (name, since, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            name,
            digest.since.as_microsecond(),
            digest.at.as_microsecond()
        ])?;
    Ok(inserted > 0)
}

/// From when on the digest that is made now tells: since the one before.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn since(connection: &Connection, now: Timestamp) -> Result<Timestamp> {
    let day_ago = now.checked_sub(A_DAY).unwrap_or(now);
    Ok(last(connection, now)?.map_or(day_ago, |last| last.at))
}

/// From when on the page tells that a digest leads to: as the first one of today did.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn since_of_page(connection: &Connection, here: &Here) -> Result<Timestamp> {
    let midnight = day(here)?.0.timestamp();
    let mut statement = connection.prepare_cached(
        "SELECT * FROM digest WHERE at >= ?1 AND at <= ?2 ORDER BY at, id LIMIT 1",
    )?;
    let parameters = [midnight.as_microsecond(), here.now.as_microsecond()];
    match rows(&mut statement, parameters, read)?.pop() {
        Some(first) => Ok(first.since),
        None => since(connection, here.now),
    }
}

/// The beginnings of today and of tomorrow in the person's zone.
fn day(here: &Here) -> Result<(Zoned, Zoned)> {
    let impossible = |_| StoreError::Unreadable("the calendar");
    let today = here.now.to_zoned(here.time_zone.clone());
    let begins = today.start_of_day().map_err(impossible)?;
    let next = begins.checked_add(1.day()).map_err(impossible)?;
    Ok((begins, next.start_of_day().map_err(impossible)?))
}

/// The bookings of today that take place, in the order of their times.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn today(connection: &Connection, here: &Here) -> Result<Vec<Booking>> {
    let (from, until) = day(here)?;
    let mut today = bookings::between(
        connection,
        (from.timestamp(), until.timestamp()),
        (from.date(), until.date()),
    )?;
    today.retain(|booking| {
        !matches!(
            booking.status,
            BookingStatus::Cancelled | BookingStatus::NoShow
        )
    });
    Ok(today)
}

/// What there is to say of what came in since a moment, of today, and of what may have been missed.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn contents(connection: &Connection, since: Timestamp, here: &Here) -> Result<Contents> {
    let now = here.now;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let mut contents = Contents {
        overlaps: count(overlaps::count_open(connection, now)?),
        not_shown: u32::try_from(not_shown(connection, since, now)?.len()).unwrap_or(u32::MAX),
        gaps: gaps_since(connection, since)?,
        ..Contents::default()
    };
    for booking in today(connection, here)? {
        match booking.when.start {
            Some(start) if start <= now => contents.begun += 1,
            start => {
                contents.ahead += 1;
                contents.first = contents.first.or(start);
            }
        }
    }
    for (kind, found) in counts(connection, since)? {
        match kind {
            EventKind::Created => contents.created = count(found),
            EventKind::Rescheduled => contents.rescheduled = count(found),
            EventKind::Cancelled => contents.cancelled = count(found),
            EventKind::NoShow => contents.no_shows = count(found),
            _ => {}
        }
    }
    Ok(contents)
}

/// How many events of each kind came since a moment.
fn counts(connection: &Connection, since: Timestamp) -> Result<Vec<(EventKind, i64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, count(*) FROM event
         WHERE id >= (SELECT min(first_event) FROM event_day WHERE day >= ?1) AND received_at >= ?2 GROUP BY kind",
    )?;
    let day = since.as_second().div_euclid(A_DAY.as_secs());
    rows(&mut statement, [day, since.as_microsecond()], |row| {
        let kind: String = row.get(0)?;
        let kind = EventKind::from_word(&kind).ok_or(StoreError::Unreadable("event.kind"))?;
        Ok((kind, row.get(1)?))
    })
}

/// Times in which we could not be reached that were not over before `since`.
fn gaps_since(connection: &Connection, since: Timestamp) -> Result<Vec<Span>> {
    let found = gaps::list(connection, gaps::KEPT)?.into_iter();
    let spans = found.map(|stored| stored.gap.span());
    Ok(spans
        .filter(|span| span.end.is_none_or(|end| end > since))
        .collect())
}

/// A notice that the desktop did not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotShown {
    /// Its row.
    pub id: i64,
    /// What it tells of.
    pub kind: NoticeKind,
    /// The booking that it is about.
    pub booking_id: Option<i64>,
    /// Who, and what happened.
    pub title: String,
    /// When it was to be shown.
    pub at: Timestamp,
    /// Why it was not; nothing where the desktop refused it.
    pub held: Option<Held>,
}

/// What the person was not shown since a moment and may want to know of: what was held while notifications were paused or
/// in quiet hours, and what the desktop has not taken. What they silenced themselves by a rule, had seen before or was
/// over is not among it.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn not_shown(
    connection: &Connection,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<NotShown>> {
    let mut statement = connection.prepare_cached(
        "SELECT notice.id, notice.kind, coalesce(event.booking_id, notice.booking_id) AS booking_id, title,
             listed_at, held
         FROM notice LEFT JOIN event ON event.id = event_id
         WHERE listed_at >= ?1 AND shown_at IS NULL AND notice.kind != 'digest'
           AND (held IN ('paused', 'quiet_hours') OR (held IS NULL AND listed_at < ?2))
         ORDER BY listed_at DESC LIMIT 200",
    )?;
    let taken = now.checked_sub(TAKEN_WITHIN).unwrap_or(now);
    let parameters = [since.as_microsecond(), taken.as_microsecond()];
    rows(&mut statement, parameters, |row| {
        let held: Option<String> = row.get("held")?;
        Ok(NotShown {
            id: row.get("id")?,
            kind: NoticeKind::from_word(&row.get::<_, String>("kind")?)
                .ok_or(StoreError::Unreadable("notice.kind"))?,
            booking_id: row.get("booking_id")?,
            title: row.get("title")?,
            at: moment(row.get("listed_at")?),
            held: held.as_deref().and_then(Held::from_word),
        })
    })
}
