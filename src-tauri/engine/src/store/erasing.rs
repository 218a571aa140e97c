//! Erasing a person's data: what is known of the person, and the content of every call that told of them.
//!
//! The row of a call stays, with its idempotency key and the moment at which it came: its provider may repeat it, and the
//! repeat must not bring the person back.

use std::collections::{BTreeMap, BTreeSet};

use bellhop_core::event::{Attendee, Event};
use bellhop_core::interpretation::interpret;
use bellhop_core::provider::Provider;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::attendees::{Person, traces};
use super::columns::{from_json, rows};
use super::endpoints::provider_word;
use super::{Result, bookings, deliveries, events, notes, notices};

/// What is known of a person.
#[derive(Clone, Debug)]
pub struct Traces {
    person: Person,
    bookings: BTreeSet<i64>,
    events: BTreeSet<i64>,
    deliveries: BTreeSet<i64>,
    /// What is written about these bookings, and notes about others that name the person.
    notes: BTreeSet<i64>,
    /// By the endpoint and the provider's id.
    booking_ids: BTreeSet<(i64, String)>,
    texts: BTreeMap<String, ()>,
    /// Rows up to these have been looked at.
    seen: Seen,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    event: i64,
    delivery: i64,
}

/// How much goes when a person's data is erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Bookings.
    pub bookings: usize,
    /// Entries of the timeline.
    pub events: usize,
    /// Notices of these entries.
    pub notices: i64,
    /// Calls whose headers and body go.
    pub deliveries: usize,
    /// Those among them that told of other people as well, whose entries stay.
    pub shared_deliveries: i64,
    /// Notes about these bookings, or naming the person.
    pub notes: usize,
}

impl Traces {
    /// Nothing is known yet.
    pub fn of(person: Person) -> Traces {
        Traces {
            person,
            bookings: BTreeSet::new(),
            events: BTreeSet::new(),
            deliveries: BTreeSet::new(),
            notes: BTreeSet::new(),
            booking_ids: BTreeSet::new(),
            texts: BTreeMap::new(),
            seen: Seen::default(),
        }
    }

    /// Looks through what has come since the last look. The first look goes through everything.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub fn look(mut self, connection: &Connection) -> Result<Traces> {
        let newest = Seen {
            event: newest(connection, "event")?,
            delivery: newest(connection, "delivery")?,
        };
        self.look_at_events(connection)?;
        self.look_at_bookings(connection)?;
        self.look_at_deliveries(connection)?;
        self.look_at_notes(connection)?;
        self.seen = newest;
        Ok(self)
    }

    fn look_at_events(&mut self, connection: &Connection) -> Result<()> {
        let mut statement =
            connection.prepare_cached("SELECT id, booking_id, fact FROM event WHERE id > ?1")?;
        let mut found = statement.query([self.seen.event])?;
        while let Some(row) = found.next()? {
            let event: Event = from_json(&row.get::<_, String>("fact")?, "event.fact")?;
            if self.person.is(&event.attendee) {
                self.events.insert(row.get("id")?);
                self.bookings
                    .extend(row.get::<_, Option<i64>>("booking_id")?);
            }
        }
        Ok(())
    }

    /// A booking is one person's: all of its events go, also those that leave the name out.
    fn look_at_bookings(&mut self, connection: &Connection) -> Result<()> {
        let mut statement = connection.prepare_cached(
            "SELECT id, attendee FROM booking WHERE id IN (SELECT booking_id FROM event WHERE id > ?1)",
        )?;
        let mut found = statement.query([self.seen.event])?;
        while let Some(row) = found.next()? {
            let attendee: Attendee =
                from_json(&row.get::<_, String>("attendee")?, "booking.attendee")?;
            if self.person.is(&attendee) {
                self.bookings.insert(row.get("id")?);
            }
        }
        // Two bookings may have shown to be one since.
        let mut booking_of =
            connection.prepare_cached("SELECT booking_id FROM event WHERE id = ?1")?;
        for event in &self.events {
            let booking: Option<Option<i64>> =
                booking_of.query_row([event], |row| row.get(0)).optional()?;
            self.bookings.extend(booking.flatten());
        }
        let mut ids = connection.prepare_cached(
            "SELECT endpoint_id, provider_booking_id FROM booking_ref WHERE booking_id = ?1",
        )?;
        let mut events = connection.prepare_cached("SELECT id FROM event WHERE booking_id = ?1")?;
        for booking in &self.bookings {
            self.booking_ids.extend(rows(&mut ids, [booking], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?);
            self.events.extend(rows(&mut events, [booking], |row| {
                Ok(row.get::<_, i64>(0)?)
            })?);
        }
        let mut fact =
            connection.prepare_cached("SELECT delivery_id, fact FROM event WHERE id = ?1")?;
        for event in &self.events {
            for (delivery, fact) in rows(&mut fact, [event], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })? {
                self.deliveries.insert(delivery);
                traces(
                    &from_json::<Event>(&fact, "event.fact")?.attendee,
                    &mut self.texts,
                );
            }
        }
        Ok(())
    }

    /// Also calls that added no entry: repeats under another key, and those about other things than bookings.
    fn look_at_deliveries(&mut self, connection: &Connection) -> Result<()> {
        let mut statement = connection.prepare_cached(
            "SELECT delivery.id, endpoint_id, provider, query, headers, body FROM delivery
             JOIN endpoint ON endpoint.id = endpoint_id WHERE delivery.id > ?1 AND erased_at IS NULL",
        )?;
        let mut found = statement.query([self.seen.delivery])?;
        while let Some(row) = found.next()? {
            let provider: Provider = provider_word(&row.get::<_, String>("provider")?)?;
            let endpoint: i64 = row.get("endpoint_id")?;
            let call = deliveries::read_call(row)?;
            let tells_of_them = || {
                interpret(provider, &call).events.iter().any(|event| {
                    self.person.is(&event.attendee)
                        || event
                            .provider_booking_id
                            .as_ref()
                            .is_some_and(|id| self.booking_ids.contains(&(endpoint, id.clone())))
                })
            };
            if self.person.is_in(&call) || tells_of_them() {
                self.deliveries.insert(row.get("id")?);
            }
        }
        Ok(())
    }

    /// All of them each time: they are few, and may have been changed since.
    fn look_at_notes(&mut self, connection: &Connection) -> Result<()> {
        let mut statement = connection.prepare_cached("SELECT id, booking_id, text FROM note")?;
        let mut found = statement.query([])?;
        self.notes.clear();
        while let Some(row) = found.next()? {
            let of_theirs = self.bookings.contains(&row.get("booking_id")?);
            if of_theirs || self.person.is_in_texts(&[row.get("text")?]) {
                self.notes.insert(row.get("id")?);
            }
        }
        Ok(())
    }

    /// How much of it there is.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub fn extent(&self, connection: &Connection) -> Result<Extent> {
        let mut of_booking = connection.prepare_cached(
            "SELECT id FROM notice WHERE booking_id = ?1 OR other_booking_id = ?1",
        )?;
        let mut of_delivery =
            connection.prepare_cached("SELECT id FROM event WHERE delivery_id = ?1")?;
        let mut extent = Extent {
            bookings: self.bookings.len(),
            events: self.events.len(),
            deliveries: self.with_content(connection)?.len(),
            notes: self.notes.len(),
            ..Extent::default()
        };
        let mut told: BTreeSet<i64> = BTreeSet::new();
        for event in &self.events {
            told.extend(notices::of_act(connection, *event)?);
        }
        for booking in &self.bookings {
            told.extend(rows(&mut of_booking, [booking], |row| {
                Ok(row.get::<_, i64>(0)?)
            })?);
        }
        extent.notices = i64::try_from(told.len()).unwrap_or(i64::MAX);
        for delivery in self.with_content(connection)? {
            let events: Vec<i64> = rows(&mut of_delivery, [delivery], |row| Ok(row.get(0)?))?;
            let shared = events.iter().any(|event| !self.events.contains(event))
                && events.iter().any(|event| self.events.contains(event));
            extent.shared_deliveries += i64::from(shared);
        }
        Ok(extent)
    }

    /// Those calls whose content has not been removed before.
    fn with_content(&self, connection: &Connection) -> Result<Vec<i64>> {
        let mut statement = connection
            .prepare_cached("SELECT 1 FROM delivery WHERE id = ?1 AND erased_at IS NULL")?;
        let mut kept = Vec::new();
        for id in &self.deliveries {
            if statement.exists([id])? {
                kept.push(*id);
            }
        }
        Ok(kept)
    }

    /// The bookings that were made last, at most `limit`.
    pub(crate) fn newest_bookings(
        &self,
        connection: &Connection,
        limit: usize,
    ) -> Result<Vec<bookings::Booking>> {
        let newest = self.bookings.iter().rev().take(limit);
        let read = newest.map(|id| bookings::get(connection, *id));
        Ok(read
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    /// The names, addresses and numbers that were found, as they are written.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

/// Erases everything that was found, and what has come since. Belongs into one transaction.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn erase(connection: &Connection, traces: Traces, now: Timestamp) -> Result<(Traces, Extent)> {
    let traces = traces.look(connection)?;
    let extent = traces.extent(connection)?;
    for note in &traces.notes {
        notes::remove(connection, *note)?;
    }
    for event in &traces.events {
        events::remove(connection, *event)?;
    }
    for booking in &traces.bookings {
        bookings::remove(connection, *booking)?;
    }
    for delivery in &traces.deliveries {
        remove_content(connection, *delivery, now)?;
    }
    if extent != Extent::default() {
        // Words of rows that are gone stay in the index until it is merged.
        connection.execute(
            "INSERT INTO event_search (event_search) VALUES ('optimize')",
            [],
        )?;
    }
    Ok((traces, extent))
}

/// Removes the query, the headers and the body of one call. Its row stays.
pub(super) fn remove_content(connection: &Connection, id: i64, now: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE delivery SET query = NULL, headers = x'', body = x'', erased_at = ?2, replay = 0,
                 state = iif(state = 'pending', 'processed', state)
             WHERE id = ?1 AND erased_at IS NULL",
        )?
        .execute(params![id, now.as_microsecond()])?;
    Ok(())
}

/// Whether any row still holds `text`: then it is somebody else's as well.
pub(crate) fn is_still_held(connection: &Connection, text: &str) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM event WHERE instr(fact, ?1))
             OR EXISTS (SELECT 1 FROM booking WHERE instr(attendee, ?1))
             OR EXISTS (SELECT 1 FROM note WHERE instr(text, ?1))
             OR EXISTS (SELECT 1 FROM notice WHERE instr(title, ?1) OR instr(body, ?1))
             OR EXISTS (SELECT 1 FROM delivery WHERE instr(body, CAST(?1 AS BLOB)) OR instr(headers, CAST(?1 AS BLOB))
                        OR instr(query, ?1))",
    )?;
    Ok(statement.query_row([text], |row| row.get(0))?)
}

fn newest(connection: &Connection, table: &str) -> Result<i64> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT coalesce(max(id), 0) FROM {table}"))?;
    Ok(statement.query_row([], |row| row.get(0))?)
}
