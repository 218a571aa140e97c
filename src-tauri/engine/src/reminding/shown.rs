//! What is shown of reminders: those that come next, those of one booking, and the card.

use bellhop_core::notice::Here;
use bellhop_core::reminder::{Mark, Rules, is_ahead, over_at, plan};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::stands;
use crate::store;
use crate::store::reminders::{self, Candidate, Reminder};

/// What there will be to tell of the booking that is told of next: for the settings, before rules are kept.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn upcoming(
    connection: &Connection,
    rules: &Rules,
    here: &Here,
    most: usize,
) -> store::Result<Vec<(Candidate, Mark)>> {
    let week = here
        .now
        .saturating_add(SignedDuration::from_hours(7 * 24))
        .unwrap_or(here.now);
    let candidates = reminders::candidates(connection, rules, &here.time_zone, here.now, week)?;
    let mut waiting: Vec<(Candidate, Mark)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let next = *plan(&candidate.subject, rules, here).waiting.first()?;
            Some((candidate, next))
        })
        .collect();
    waiting.sort_by_key(|(_, mark)| mark.at);
    waiting.truncate(most);
    Ok(waiting)
}

/// What is on the card: bookings whose reminders come there, were shown and have no answer. One that the desktop was asked
/// to keep to itself is not. And when to look again.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn cards(
    connection: &Connection,
    here: &Here,
) -> store::Result<(Vec<Candidate>, Option<Timestamp>)> {
    let rules = reminders::rules(connection)?;
    let mut cards = Vec::new();
    for open in reminders::open(connection)? {
        if open.quieted || stands(connection, &open, here)?.is_none() {
            continue;
        }
        let candidate = reminders::one(connection, open.booking_id)?;
        cards.extend(candidate.filter(|candidate| {
            let subject = &candidate.subject;
            rules.has_card(subject.endpoint_id, subject.title.as_deref())
        }));
    }
    cards.sort_by_key(|card| (card.subject.slot.start(), card.booking_id));
    cards.dedup_by_key(|card| card.booking_id);
    let over = cards
        .iter()
        .filter_map(|card| over_at(&card.subject.slot, &here.time_zone));
    let over = over.min();
    Ok((cards, over))
}

/// The reminders of one booking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookingReminders {
    /// Whether it still comes, so that there is something to choose.
    pub ahead: bool,
    /// How many minutes before it the person wants them, where they chose that for it alone.
    pub own: Option<Vec<u32>>,
    /// Those that come, the next first.
    pub waiting: Vec<Mark>,
    /// Those that have come, the oldest first.
    pub told: Vec<Reminder>,
}

/// The reminders of a booking. One whose time nobody could read has none.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn of_booking(
    connection: &Connection,
    booking_id: i64,
    here: &Here,
) -> store::Result<BookingReminders> {
    let Some(candidate) = reminders::one(connection, booking_id)? else {
        return Ok(BookingReminders::default());
    };
    let rules = reminders::rules(connection)?;
    Ok(BookingReminders {
        ahead: is_ahead(&candidate.subject, here),
        waiting: plan(&candidate.subject, &rules, here).waiting,
        told: candidate.reminders,
        own: candidate.subject.own.map(|own| own.leads),
    })
}
