//! Finds what is in the way of a booking, by an index of lengths, and notes what has begun and what is resolved.

use bellhop_core::overlap::Span;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::columns::{moment, rows};
use crate::store::{Result, notices};

use super::{Overlap, standing};

/// With how many others a booking is paired when it comes, the nearest. A thousand at one time are not a million pairs.
pub const MOST: usize = 8;

/// The longest bookings of each class of lengths but the last. The index is made of the same.
const LENGTHS: [SignedDuration; 3] = [
    SignedDuration::from_hours(3),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(240),
];

/// Compares a booking with those around it, and takes back what was told of overlaps that are resolved. Gives those that there
/// are from now on and that the person has not accepted before, the nearest first.
pub(crate) fn look(connection: &Connection, id: i64) -> Result<Vec<Overlap>> {
    let this = span(connection, id)?;
    let found = match &this {
        Some(this) => around(connection, this)?,
        None => Vec::new(),
    };
    for overlap in standing(connection, id)? {
        // In a crowd it may be near to the other one, and the other one not among those that are nearest to it.
        let other = span(connection, overlap.other(id))?;
        let still = this
            .as_ref()
            .zip(other)
            .and_then(|(this, other)| Some(Overlap::of(this, &other, this.too_close_to(&other)?)));
        if still.is_none_or(|still| still.once() != overlap.once()) {
            end(connection, &overlap)?;
            notices::take_back(connection, &overlap.once())?;
        }
    }
    let mut begun = Vec::new();
    for overlap in found {
        if begin(connection, &overlap)? {
            begun.push(overlap);
        }
    }
    Ok(begun)
}

/// When a booking takes place and how much room it wants. `None` where it is in nobody's way.
fn span(connection: &Connection, id: i64) -> Result<Option<Span>> {
    let mut statement = connection.prepare_cached(
        "SELECT booking.id, start_at, end_at, buffer_minutes, endpoint_id, host, title
         FROM booking JOIN endpoint ON endpoint.id = endpoint_id
         WHERE booking.id = ?1 AND length_class IS NOT NULL",
    )?;
    Ok(rows(&mut statement, [id], read_span)?.pop())
}

fn read_span(row: &Row<'_>) -> Result<Span> {
    Ok(Span {
        id: row.get(0)?,
        start: moment(row.get(1)?),
        end: row.get::<_, Option<i64>>(2)?.map(moment),
        buffer: row.get(3)?,
        endpoint_id: row.get(4)?,
        host: row.get(5)?,
        title: row.get(6)?,
    })
}

/// Bookings of one class of lengths that begin in a time and are not over before it, the latest first. What the endpoint of
/// the booking has beside it on purpose is left out, since those could be all of the 32. That limit is no parameter:
/// SQLite would compile the statement anew each time that one is bound.
const IN_CLASS: &str = "SELECT booking.id, start_at, end_at, buffer_minutes, endpoint_id, host, title
     FROM booking JOIN endpoint ON endpoint.id = endpoint_id
     WHERE length_class = ?1 AND start_at > ?2 AND start_at < ?3 AND max(start_at + 1, coalesce(end_at, 0)) > ?4
       AND booking.id != ?5
       AND NOT (endpoint_id = ?6
                AND (coalesce(host != ?7, 0) OR (start_at = ?8 AND end_at IS ?9 AND title IS ?10)))
     ORDER BY start_at DESC LIMIT 32";

/// The bookings that are in the way of one, the nearest first.
fn around(connection: &Connection, span: &Span) -> Result<Vec<Overlap>> {
    let widest: i64 = connection
        .prepare_cached("SELECT coalesce(max(buffer_minutes), 0) FROM endpoint")?
        .query_row([], |row| row.get(0))?;
    let widest = SignedDuration::from_mins(widest);
    let from = span.start.checked_sub(widest).unwrap_or(Timestamp::MIN);
    let to = span.until().checked_add(widest).unwrap_or(Timestamp::MAX);
    let mut statement = connection.prepare_cached(IN_CLASS)?;
    let mut found = Vec::new();
    let reaches = LENGTHS.into_iter().map(Some).chain([None]);
    for (class, reach) in (0i64..).zip(reaches) {
        let earliest = reach
            .and_then(|reach| from.checked_sub(reach).ok())
            .unwrap_or(Timestamp::MIN);
        let parameters = params![
            class,
            earliest.as_microsecond() - 1,
            to.as_microsecond(),
            from.as_microsecond(),
            span.id,
            span.endpoint_id,
            span.host,
            span.start.as_microsecond(),
            span.end.map(Timestamp::as_microsecond),
            span.title
        ];
        let others = rows(&mut statement, parameters, read_span)?;
        found.extend(others.iter().filter_map(|other| {
            let between = span.too_close_to(other)?;
            let away = span.start.duration_since(other.start).abs();
            Some((away, Overlap::of(span, other, between)))
        }));
    }
    found.sort();
    found.truncate(MOST);
    Ok(found.into_iter().map(|(_, overlap)| overlap).collect())
}

/// From now on there is this one. Gives whether the person has to know of it: not where there was before, or it is one that
/// was accepted.
fn begin(connection: &Connection, overlap: &Overlap) -> Result<bool> {
    let begun = connection
        .prepare_cached(
            "INSERT INTO overlap (first_id, second_id, first_start, first_until, second_start, second_until, between_them, over_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT DO UPDATE SET stands = 1 WHERE NOT stands RETURNING accepted_at IS NULL",
        )?
        .query_row(
            params![
                overlap.first_id,
                overlap.second_id,
                overlap.first_start.as_microsecond(),
                overlap.first_until.as_microsecond(),
                overlap.second_start.as_microsecond(),
                overlap.second_until.as_microsecond(),
                i64::try_from(overlap.between.as_micros()).unwrap_or(i64::MAX),
                overlap.over_at().as_microsecond(),
            ],
            |row| row.get(0),
        )
        .optional()?;
    Ok(begun.unwrap_or(false))
}

fn end(connection: &Connection, overlap: &Overlap) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE overlap SET stands = 0 WHERE first_id = ?1 AND second_id = ?2 AND stands",
        )?
        .execute([overlap.first_id, overlap.second_id])?;
    Ok(())
}

/// Compares the next bookings that are not over, after one that begins at a moment, when the room that they want has
/// changed or it was never done. Nobody is told. Gives the last one, or nothing where there are no more.
pub(crate) fn look_again(
    connection: &Connection,
    endpoint_id: Option<i64>,
    (start, id): (Timestamp, i64),
    now: Timestamp,
) -> Result<Option<(Timestamp, i64)>> {
    const TOGETHER: i64 = 200;
    let mut statement = connection.prepare_cached(
        "SELECT start_at, id FROM booking WHERE (start_at, id) > (?1, ?2) AND (?3 IS NULL OR endpoint_id = ?3)
         AND length_class IS NOT NULL AND max(start_at, coalesce(end_at, 0)) > ?4 ORDER BY start_at, id LIMIT ?5",
    )?;
    let parameters = params![
        start.as_microsecond(),
        id,
        endpoint_id,
        now.as_microsecond(),
        TOGETHER
    ];
    let found = rows(&mut statement, parameters, |row| {
        Ok((moment(row.get(0)?), row.get(1)?))
    })?;
    for (_, id) in &found {
        look(connection, *id)?;
    }
    Ok(found.last().copied())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;
    use crate::store::migrating::migrate;
    use rusqlite::StatementStatus;

    /// Bookings, ten an hour of five minutes each, day and night.
    const BOOKINGS: i64 = 40_000;

    /// What a look may do. Reading everything would be far more.
    const STEPS: i32 = 1_500;

    /// A database in which there is what this SQL makes.
    fn database(sql: &str) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.execute_batch(sql).unwrap();
        connection
    }

    #[test]
    fn a_look_reads_what_is_near_and_not_the_table() {
        let connection = database(&format!(
            "INSERT INTO endpoint (provider, label, token, created_at) VALUES ('bookora', 'One', 'a', 0);
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {BOOKINGS})
             INSERT INTO booking (endpoint_id, status, start_at, end_at, attendee, created_at, updated_at)
             SELECT 1, 'confirmed', n * 360000000, n * 360000000 + 300000000, '{{}}', 0, 0 FROM n;"
        ));
        let minute = |minute: i64| minute * 60_000_000;
        // One hour in the middle of it all: ten are in its way.
        let (from, to) = (minute(BOOKINGS * 3), minute(BOOKINGS * 3 + 60));
        let reaches = LENGTHS.map(|length| i64::try_from(length.as_micros()).unwrap());
        let mut found = 0;
        for (class, reach) in (0i64..).zip(reaches.into_iter().chain([i64::MAX])) {
            let mut statement = connection.prepare(IN_CLASS).unwrap();
            let nobody = None::<String>;
            let parameters = params![
                class,
                from.saturating_sub(reach),
                to,
                from,
                0,
                1,
                nobody,
                0,
                None::<i64>,
                nobody
            ];
            let mut rows = statement.query(parameters).unwrap();
            while rows.next().unwrap().is_some() {
                found += 1;
            }
            drop(rows);
            let steps = statement.get_status(StatementStatus::VmStep);
            assert!(steps < STEPS, "{steps} steps in class {class}");
            assert_eq!(statement.get_status(StatementStatus::Sort), 0);
        }
        assert_eq!(found, 10);
    }

    /// SQLite compiles a statement anew where a bound value may change its plan, which costs more than a look.
    #[test]
    fn a_look_compiles_nothing_anew() {
        let connection = database(
            "INSERT INTO endpoint (provider, label, token, created_at) VALUES ('orufy', 'One', 'a', 0);
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 9)
             INSERT INTO booking (endpoint_id, status, host, title, start_at, end_at, attendee, created_at, updated_at)
             SELECT 1, 'confirmed', iif(n % 2, 'Asha', 'Ben'), 'Cut ' || n, n * 1000, n * 1000 + 5000, '{}', 0, 0 FROM n;",
        );
        for id in 1..=9 {
            look(&connection, id).unwrap();
        }
        let statement = connection.prepare_cached(IN_CLASS).unwrap();
        // It is the one that the looks ran, once for each class of lengths.
        assert_eq!(statement.get_status(StatementStatus::Run), 9 * 4);
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }

    #[test]
    fn many_hosts_of_one_endpoint_do_not_hide_what_is_in_the_way_of_one() {
        let connection = database(
            "INSERT INTO endpoint (provider, label, token, created_at) VALUES ('orufy', 'One', 'a', 0);
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100)
             INSERT INTO booking (endpoint_id, status, host, title, start_at, end_at, attendee, created_at, updated_at)
             SELECT 1, 'confirmed', iif(n = 1, 'Asha', 'Ben'), 'Cut', n, n + 3600000000, '{}', 0, 0 FROM n;",
        );
        let asha = span(&connection, 1).unwrap().unwrap();
        let another = Span {
            id: 101,
            start: asha.until() - SignedDuration::from_mins(1),
            ..asha
        };
        let found = around(&connection, &another).unwrap();
        let found: Vec<i64> = found.iter().map(|one| one.other(101)).collect();
        assert_eq!(found, [1]);
    }
}
