//! What reminders go by: the person's choice, the bookings of the next days and what was told of them.
//!
//! A reminder is a notice; what tells it from others is in [`Cause::once`].

use bellhop_core::answer::Answer;
use bellhop_core::event::{Attendee, BookingStatus};
use bellhop_core::provider::Provider;
use bellhop_core::reminder::{Cause, GRACE, LONGEST_LEAD, Own, Rules, Subject, Told, beginning};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rusqlite::{Connection, Row, params};

use super::columns::{When, from_json, moment, rows, to_json};
use super::endpoints::provider_word;
use super::{Result, StoreError, settings};

/// What was chosen for all bookings. JSON.
const RULES: &str = "reminders";

/// A moment before this is over: something else was chosen then, or a backup was put back since.
pub(crate) const SINCE: &str = "reminders_since";

/// A booking that has begun longer ago goes on no more.
const LONGEST_BOOKING: SignedDuration = SignedDuration::from_hours(24);

/// What the person chose for all bookings.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn rules(connection: &Connection) -> Result<Rules> {
    let kept = settings::get(connection, RULES)?;
    // What only another version understands is no reason to be silent.
    let rules: Rules = kept
        .and_then(|kept| serde_json::from_str(&kept).ok())
        .unwrap_or_default();
    let since = settings::get(connection, SINCE)?;
    Ok(Rules {
        since: since.and_then(|since| since.parse().ok()),
        ..rules
    })
}

/// Chooses anew for all bookings.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn set_rules(connection: &Connection, rules: &Rules, now: Timestamp) -> Result<()> {
    settings::set(
        connection,
        RULES,
        Some(&to_json(rules, "setting.reminders")?),
    )?;
    settings::set(connection, SINCE, Some(&now.to_string()))
}

/// Chooses for one booking alone, or goes by the rules again. Gives whether there is such a booking.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn set_own(connection: &Connection, booking_id: i64, own: Option<&Own>) -> Result<bool> {
    let own = own
        .map(|own| to_json(own, "booking.own_reminders"))
        .transpose()?;
    let changed = connection
        .prepare_cached("UPDATE booking SET own_reminders = ?2 WHERE id = ?1")?
        .execute(params![booking_id, own])?;
    Ok(changed > 0)
}

/// A booking of which there may be reminders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its row.
    pub booking_id: i64,
    /// Its provider.
    pub provider: Provider,
    /// Who booked.
    pub attendee: Attendee,
    /// What reminders go by.
    pub subject: Subject,
    /// What was told of the beginning that it has now, oldest first.
    pub reminders: Vec<Reminder>,
}

/// A reminder that was planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The row of its notice.
    pub notice_id: i64,
    /// Why it came.
    pub cause: Cause,
    /// Its moment.
    pub due_at: Option<Timestamp>,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When it was shown.
    pub shown_at: Option<Timestamp>,
    /// Whether it was held back.
    pub held: bool,
    /// What the person answered, and when.
    pub answer: Option<(Answer, Timestamp)>,
}

impl Reminder {
    /// The moment that it speaks of.
    pub fn moment(&self) -> Timestamp {
        self.due_at.unwrap_or(self.planned_at)
    }
}

const COLUMNS: &str =
    "booking.id, booking.endpoint_id, provider, status, title, booking.start_at, booking.end_at,
    booking.date, attendee, done_at, own_reminders,
    (SELECT min(received_at) FROM event WHERE event.booking_id = booking.id
         AND event.start_at IS booking.start_at AND event.date IS booking.date) AS known_since
    FROM booking JOIN endpoint ON endpoint.id = booking.endpoint_id";

fn read(connection: &Connection, row: &Row<'_>) -> Result<Option<Candidate>> {
    let Some(slot) = When::read(row, "")?.slot() else {
        return Ok(None);
    };
    let booking_id = row.get("id")?;
    let own: Option<String> = row.get("own_reminders")?;
    let reminders = of_beginning(connection, booking_id, &beginning(&slot))?;
    let told = reminders.iter().map(|reminder| Told {
        cause: reminder.cause,
        planned_at: reminder.planned_at,
        shown_at: reminder.shown_at,
        answer: reminder.answer,
    });
    Ok(Some(Candidate {
        booking_id,
        provider: provider_word(&row.get::<_, String>("provider")?)?,
        attendee: from_json(&row.get::<_, String>("attendee")?, "booking.attendee")?,
        subject: Subject {
            slot,
            status: BookingStatus::from_word(&row.get::<_, String>("status")?)
                .ok_or(StoreError::Unreadable("booking.status"))?,
            done: row.get::<_, Option<i64>>("done_at")?.is_some(),
            endpoint_id: row.get("endpoint_id")?,
            title: row.get("title")?,
            known_since: row.get::<_, Option<i64>>("known_since")?.map(moment),
            own: own
                .map(|own| from_json(&own, "booking.own_reminders"))
                .transpose()?,
            told: told.collect(),
        },
        reminders,
    }))
}

/// What was told of one beginning of a booking.
fn of_beginning(connection: &Connection, booking_id: i64, begins: &str) -> Result<Vec<Reminder>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, once, due_at, planned_at, shown_at, held, answer, answered_at FROM notice
         WHERE booking_id = ?1 AND kind = 'reminder' ORDER BY id",
    )?;
    let told = rows(&mut statement, [booking_id], |row| {
        let once: String = row.get("once")?;
        let Some((_, cause)) = Cause::from_once(&once).filter(|(of, _)| *of == begins) else {
            return Ok(None);
        };
        let at = |column: &str| Ok::<_, StoreError>(row.get::<_, Option<i64>>(column)?.map(moment));
        let answer: Option<String> = row.get("answer")?;
        Ok(Some(Reminder {
            notice_id: row.get("id")?,
            cause,
            due_at: at("due_at")?,
            planned_at: moment(row.get("planned_at")?),
            shown_at: at("shown_at")?,
            held: row.get::<_, Option<String>>("held")?.is_some(),
            // One that only a newer version knows was an answer too.
            answer: answer
                .map(|word| Answer::from_word(&word).unwrap_or(Answer::Dismissed))
                .zip(at("answered_at")?),
        }))
    })?;
    Ok(told.into_iter().flatten().collect())
}

/// One booking.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn one(connection: &Connection, booking_id: i64) -> Result<Option<Candidate>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} WHERE booking.id = ?1"))?;
    let found = rows(&mut statement, [booking_id], |row| read(connection, row))?;
    Ok(found.into_iter().flatten().next())
}

/// The bookings that take place, are not over at `now`, and of which something may be told before `until` by these rules.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn candidates(
    connection: &Connection,
    rules: &Rules,
    time_zone: &TimeZone,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Candidate>> {
    let ahead = |minutes: u32| {
        let far = until.saturating_add(i64::from(minutes).minutes());
        far.map_or(i64::MAX, Timestamp::as_microsecond)
    };
    let earliest = now.saturating_add(-LONGEST_BOOKING).unwrap_or(now);
    let just_begun = now.saturating_add(-GRACE).unwrap_or(now);
    let here = |moment: Timestamp| -> Date { moment.to_zoned(time_zone.clone()).date() };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} WHERE status IN ('pending', 'confirmed') AND done_at IS NULL
             AND booking.start_at BETWEEN ?1 AND ?2 AND (booking.start_at > ?3 OR booking.end_at > ?4)
         UNION ALL
         SELECT {COLUMNS} WHERE status IN ('pending', 'confirmed') AND done_at IS NULL
             AND own_reminders IS NOT NULL AND booking.start_at > ?2 AND booking.start_at <= ?5
         UNION ALL
         SELECT {COLUMNS} WHERE status IN ('pending', 'confirmed') AND done_at IS NULL
             AND booking.start_at IS NULL AND booking.date BETWEEN ?6 AND ?7"
    ))?;
    let parameters = params![
        earliest.as_microsecond(),
        ahead(rules.longest_lead()),
        just_begun.as_microsecond(),
        now.as_microsecond(),
        ahead(LONGEST_LEAD),
        here(now).to_string(),
        here(until).to_string(),
    ];
    let found = rows(&mut statement, parameters, |row| read(connection, row))?;
    Ok(found.into_iter().flatten().collect())
}

/// A reminder that waits to be shown or answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    pub(crate) booking_id: i64,
    /// What it is told of once for.
    pub(crate) once: String,
    pub(crate) shown: bool,
    /// Whether the desktop was asked not to disturb when it was shown.
    pub(crate) quieted: bool,
}

/// All of them.
pub(crate) fn open(connection: &Connection) -> Result<Vec<Open>> {
    let mut statement = connection.prepare_cached(
        "SELECT booking_id, once, shown_at IS NOT NULL AS shown, quieted FROM notice
         WHERE kind = 'reminder' AND answer IS NULL AND held IS NULL",
    )?;
    rows(&mut statement, [], |row| {
        Ok(Open {
            booking_id: row.get("booking_id")?,
            once: row.get("once")?,
            shown: row.get("shown")?,
            quieted: row.get("quieted")?,
        })
    })
}

/// Notes of all reminders of a booking that nobody has answered, but for one beginning, that what they tell of is over. Gives
/// whether there were any.
pub(crate) fn call_off(
    connection: &Connection,
    booking_id: i64,
    but_of: Option<&str>,
) -> Result<bool> {
    let but_of = but_of.map(|begins| format!("reminder:*:{begins}:*"));
    let called_off = connection
        .prepare_cached(
            "UPDATE notice SET held = 'over' WHERE booking_id = ?1 AND kind = 'reminder' AND answer IS NULL AND held IS NULL
             AND (?2 IS NULL OR once NOT GLOB ?2)",
        )?
        .execute(params![booking_id, but_of])?;
    Ok(called_off > 0)
}

/// Notes what the person answered to the reminders of a booking that were shown and have no answer yet.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn answer(
    connection: &Connection,
    booking_id: i64,
    answer: Answer,
    now: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE notice SET answer = ?2, answered_at = ?3
             WHERE booking_id = ?1 AND kind = 'reminder' AND answer IS NULL AND held IS NULL AND shown_at IS NOT NULL",
        )?
        .execute(params![booking_id, answer.as_str(), now.as_microsecond()])?;
    Ok(())
}
