//! The timeline: events with what belongs to them, newest first.

mod finding;
#[cfg(test)]
mod tests;

use bellhop_core::booking::{Step, TextChange, fold};
use bellhop_core::event::{Attendee, BookingStatus, Event, EventKind, Problem};
use bellhop_core::provider::Provider;
use bellhop_core::signature::Trust;
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::columns::{When, from_json, moment, rows};
use super::endpoints::provider_word;
use super::{Result, StoreError, events};

/// One event in the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// The event's row. Greater is newer.
    pub event_id: i64,
    /// Its booking, if it names one.
    pub booking_id: Option<i64>,
    /// The call that told of it.
    pub delivery_id: i64,
    /// The endpoint that was called.
    pub endpoint_id: i64,
    /// The person's name for that endpoint.
    pub endpoint_label: String,
    /// Its provider.
    pub provider: Provider,
    /// How far the call is proven.
    pub trust: Trust,
    /// What happened, seen beside the booking's other events.
    pub kind: EventKind,
    /// The provider's own word.
    pub event_type: Option<String>,
    /// The provider's id of the booking.
    pub provider_booking_id: Option<String>,
    /// What is booked.
    pub title: Option<String>,
    /// When it takes place, after this event.
    pub when: When,
    /// When it was to take place, where this event moved it.
    pub previous: When,
    /// Who booked.
    pub attendee: Attendee,
    /// Who is booked.
    pub host: Option<String>,
    /// How the booking stood after this event.
    pub status: Option<BookingStatus>,
    /// Why it was cancelled or moved.
    pub reason: Option<String>,
    /// When it happened, by the provider's clock.
    pub occurred_at: Option<Timestamp>,
    /// When the call came.
    pub received_at: Timestamp,
    /// Whether it came after an event that follows it.
    pub late: bool,
    /// How often the call came again.
    pub repeats: i64,
    /// Whether the person is done with its booking.
    pub done: bool,
    /// Whether the person has not seen it.
    pub unread: bool,
    /// What could not be used of the call.
    pub problems: Vec<Problem>,
}

/// Which entries to list.
#[derive(Clone, Debug, Default)]
pub struct TimelineQuery {
    /// At most this many.
    pub limit: i64,
    /// Only older ones than this event.
    pub before: Option<i64>,
    /// Only newer ones than this event.
    pub after: Option<i64>,
    /// Only of this kind.
    pub kind: Option<EventKind>,
    /// Only of this provider.
    pub provider: Option<Provider>,
    /// Only of this endpoint.
    pub endpoint_id: Option<i64>,
    /// Only of this booking.
    pub booking_id: Option<i64>,
    /// Only of this delivery.
    pub delivery_id: Option<i64>,
    /// Only with these words, each of which may be the beginning of one.
    pub search: Option<String>,
    /// Only those that the person has not seen.
    pub unread: bool,
    /// Only received at this moment or later.
    pub since: Option<Timestamp>,
    /// Only received before this moment.
    pub until: Option<Timestamp>,
}

/// Entries, newest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn list(connection: &Connection, query: &TimelineQuery) -> Result<Vec<TimelineEntry>> {
    let mut statement = connection.prepare_cached(
        "SELECT event.*, provider, label, trust, repeats, problems, booking.title AS booking_title,
                booking.attendee AS booking_attendee, booking.host AS booking_host, done_at
         FROM event
         JOIN endpoint ON endpoint.id = event.endpoint_id
         JOIN delivery ON delivery.id = delivery_id
         LEFT JOIN booking ON booking.id = booking_id
         WHERE event.id = ?1",
    )?;
    let mut entries = Vec::new();
    for id in finding::find(connection, query)? {
        entries.extend(rows(&mut statement, [id], read)?);
    }
    Ok(entries)
}

/// All entries of a booking, in the order in which they came.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn of_booking(connection: &Connection, booking_id: i64) -> Result<Vec<TimelineEntry>> {
    let query = TimelineQuery {
        limit: i64::MAX,
        booking_id: Some(booking_id),
        ..TimelineQuery::default()
    };
    let mut entries = list(connection, &query)?;
    entries.reverse();
    Ok(entries)
}

/// One step in the life of a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryStep {
    /// What happened.
    pub entry: TimelineEntry,
    /// Which texts of the booking it changed.
    pub changes: Vec<TextChange>,
}

/// The life of a booking, in the provider's order.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn story(connection: &Connection, booking_id: i64) -> Result<Vec<StoryStep>> {
    let facts: Vec<Event> = events::of_booking(connection, booking_id)?
        .into_iter()
        .map(|stored| stored.event)
        .collect();
    let steps = fold(&facts).map_or_else(Vec::new, |story| story.steps);
    let entries = of_booking(connection, booking_id)?;
    let mut told: Vec<_> = entries.into_iter().zip(steps).collect();
    told.sort_by_key(|(_, step)| step.place);
    let step = |(entry, step): (TimelineEntry, Step)| StoryStep {
        entry,
        changes: step.changes,
    };
    Ok(told.into_iter().map(step).collect())
}

fn read(row: &Row<'_>) -> Result<TimelineEntry> {
    let fact: Event = from_json(&row.get::<_, String>("fact")?, "event.fact")?;
    let known: Option<String> = row.get("booking_attendee")?;
    let known: Attendee = known
        .map(|known| from_json(&known, "booking.attendee"))
        .transpose()?
        .unwrap_or_default();
    let status: Option<String> = row.get("status")?;
    Ok(TimelineEntry {
        event_id: row.get("id")?,
        booking_id: row.get("booking_id")?,
        delivery_id: row.get("delivery_id")?,
        endpoint_id: row.get("endpoint_id")?,
        endpoint_label: row.get("label")?,
        provider: provider_word(&row.get::<_, String>("provider")?)?,
        trust: Trust::from_word(&row.get::<_, String>("trust")?)
            .ok_or(StoreError::Unreadable("delivery.trust"))?,
        kind: EventKind::from_word(&row.get::<_, String>("kind")?)
            .ok_or(StoreError::Unreadable("event.kind"))?,
        event_type: fact.event_type,
        provider_booking_id: fact.provider_booking_id,
        // A call that leaves out what its booking is known by is shown with it all the same.
        title: fact.title.or(row.get("booking_title")?),
        when: When::read(row, "")?,
        previous: When::read(row, "previous_")?,
        attendee: fact.attendee.or(known),
        host: fact.host.or(row.get("booking_host")?),
        status: status.as_deref().and_then(BookingStatus::from_word),
        reason: fact.reason,
        occurred_at: fact.occurred_at,
        received_at: moment(row.get("received_at")?),
        late: row.get("late")?,
        repeats: row.get("repeats")?,
        done: row.get::<_, Option<i64>>("done_at")?.is_some(),
        unread: row.get::<_, Option<i64>>("read_at")?.is_none(),
        problems: from_json(&row.get::<_, String>("problems")?, "delivery.problems")?,
    })
}
