//! Table `overlap`: pairs of bookings that are in each other's way.
//!
//! A booking that comes or changes its time is compared with those around it, in the same transaction. So whoever shows a
//! booking only has to look here.

mod finding;
mod joining;

use std::collections::BTreeSet;

use bellhop_core::overlap::Span;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::bookings::{self, Booking};
use super::columns::{moment, rows};
use super::{Result, notices};

pub use finding::MOST;
pub(crate) use finding::{look, look_again};
pub(crate) use joining::{forget, join};

/// Two bookings that are in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Overlap {
    /// The booking with the smaller row.
    pub first_id: i64,
    /// The other one.
    pub second_id: i64,
    /// When the first begins.
    pub first_start: Timestamp,
    /// When the first is over.
    pub first_until: Timestamp,
    /// When the second begins.
    pub second_start: Timestamp,
    /// When the second is over.
    pub second_until: Timestamp,
    /// How much time lies between them: less than none where they want the same time.
    pub between: SignedDuration,
    /// When the person accepted it.
    pub accepted_at: Option<Timestamp>,
}

impl Overlap {
    fn of(one: &Span, other: &Span, between: SignedDuration) -> Overlap {
        let (first, second) = if one.id < other.id {
            (one, other)
        } else {
            (other, one)
        };
        Overlap {
            first_id: first.id,
            second_id: second.id,
            first_start: first.start,
            first_until: first.until(),
            second_start: second.start,
            second_until: second.until(),
            between,
            accepted_at: None,
        }
    }

    /// When one of them is over, so that there is nothing left to be done.
    pub fn over_at(&self) -> Timestamp {
        self.first_until.min(self.second_until)
    }

    /// The booking that is in the way of this one.
    pub fn other(&self, id: i64) -> i64 {
        if self.first_id == id {
            self.second_id
        } else {
            self.first_id
        }
    }

    /// The same where one booking has shown to be another.
    fn with(self, from: i64, into: i64) -> Overlap {
        let sides = [
            (self.first_id, self.first_start, self.first_until),
            (self.second_id, self.second_start, self.second_until),
        ];
        let [mut first, mut second] =
            sides.map(|(id, start, until)| (if id == from { into } else { id }, start, until));
        if first.0 > second.0 {
            (first, second) = (second, first);
        }
        Overlap {
            first_id: first.0,
            first_start: first.1,
            first_until: first.2,
            second_id: second.0,
            second_start: second.1,
            second_until: second.2,
            ..self
        }
    }

    /// By what its notice is known: the same two at the same times are told of once.
    pub(crate) fn once(&self) -> String {
        format!(
            "overlap:{}:{}:{}:{}:{}:{}",
            self.first_id,
            self.second_id,
            self.first_start.as_microsecond(),
            self.first_until.as_microsecond(),
            self.second_start.as_microsecond(),
            self.second_until.as_microsecond()
        )
    }

    fn read(row: &Row<'_>) -> Result<Overlap> {
        Ok(Overlap {
            first_id: row.get("first_id")?,
            second_id: row.get("second_id")?,
            first_start: moment(row.get("first_start")?),
            first_until: moment(row.get("first_until")?),
            second_start: moment(row.get("second_start")?),
            second_until: moment(row.get("second_until")?),
            between: SignedDuration::from_micros(row.get("between_them")?),
            accepted_at: row.get::<_, Option<i64>>("accepted_at")?.map(moment),
        })
    }
}

const OF_BOOKING: &str = "(first_id = ?1 OR second_id = ?1)";

/// The overlaps of a booking with others, accepted ones among them.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn standing(connection: &Connection, id: i64) -> Result<Vec<Overlap>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT * FROM overlap WHERE {OF_BOOKING} AND stands ORDER BY max(first_start, second_start), first_id, second_id"
    ))?;
    rows(&mut statement, [id], Overlap::read)
}

/// These bookings, each with its overlaps.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn of_each(
    connection: &Connection,
    bookings: Vec<Booking>,
) -> Result<Vec<(Booking, Vec<Overlap>)>> {
    let with_overlaps = bookings.into_iter().map(|booking| {
        let overlaps = standing(connection, booking.id)?;
        Ok((booking, overlaps))
    });
    with_overlaps.collect()
}

/// The overlaps of a booking, each with the booking that is in its way.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn with_others(connection: &Connection, id: i64) -> Result<Vec<(Overlap, Booking)>> {
    let mut found = Vec::new();
    for overlap in standing(connection, id)? {
        let other = bookings::get(connection, overlap.other(id))?;
        found.extend(other.map(|other| (overlap, other)));
    }
    Ok(found)
}

/// The person accepts that two bookings are in each other's way, at the times that they have now, or takes that back. Gives
/// what was accepted; nothing where they are not.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn accept(
    connection: &Connection,
    (one, other): (i64, i64),
    at: Option<Timestamp>,
) -> Result<Option<Overlap>> {
    let mut statement = connection.prepare_cached(
        "UPDATE overlap SET accepted_at = ?3 WHERE first_id = ?1 AND second_id = ?2 AND stands RETURNING *",
    )?;
    let ids = (one.min(other), one.max(other));
    let parameters = params![ids.0, ids.1, at.map(Timestamp::as_microsecond)];
    let accepted = rows(&mut statement, parameters, Overlap::read)?.pop();
    // Who has accepted it need not be told of it.
    if let Some(overlap) = accepted.filter(|overlap| overlap.accepted_at.is_some()) {
        notices::take_back(connection, &overlap.once())?;
    }
    Ok(accepted)
}

/// Which of these bookings have an overlap that is neither accepted nor over.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn open_among(
    connection: &Connection,
    ids: impl IntoIterator<Item = i64>,
    now: Timestamp,
) -> Result<BTreeSet<i64>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT 1 FROM overlap WHERE {OF_BOOKING} AND stands AND accepted_at IS NULL AND over_at > ?2 LIMIT 1"
    ))?;
    let mut open = BTreeSet::new();
    for id in ids {
        let found: Option<i64> = statement
            .query_row(params![id, now.as_microsecond()], |row| row.get(0))
            .optional()?;
        open.extend(found.map(|_| id));
    }
    Ok(open)
}

/// Overlaps that are neither accepted nor over, in the order in which they will be over.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn open(connection: &Connection, now: Timestamp, limit: i64) -> Result<Vec<Overlap>> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM overlap WHERE stands AND accepted_at IS NULL AND over_at > ?1 ORDER BY over_at LIMIT ?2",
    )?;
    let parameters = params![now.as_microsecond(), limit];
    rows(&mut statement, parameters, Overlap::read)
}

/// The two bookings of an overlap, the one that begins first before the other.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn sides(connection: &Connection, overlap: &Overlap) -> Result<Option<[Booking; 2]>> {
    let first = bookings::get(connection, overlap.first_id)?;
    let second = bookings::get(connection, overlap.second_id)?;
    let in_order = overlap.first_start <= overlap.second_start;
    Ok(first.zip(second).map(|(first, second)| match in_order {
        true => [first, second],
        false => [second, first],
    }))
}

/// [`open`] overlaps with both of their bookings, the one that begins first before the other.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn open_pairs(
    connection: &Connection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(Overlap, [Booking; 2])>> {
    let mut pairs = Vec::new();
    for overlap in open(connection, now, limit)? {
        let sides = sides(connection, &overlap)?;
        pairs.extend(sides.map(|sides| (overlap, sides)));
    }
    Ok(pairs)
}

/// How many overlaps are neither accepted nor over.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn count_open(connection: &Connection, now: Timestamp) -> Result<i64> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM overlap WHERE stands AND accepted_at IS NULL AND over_at > ?1",
    )?;
    Ok(statement.query_row([now.as_microsecond()], |row| row.get(0))?)
}
