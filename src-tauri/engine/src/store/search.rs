//! Table `event_search`: by which words an entry is found.

use bellhop_core::booking::{Booking, fold};
use bellhop_core::event::{Attendee, Event};
use bellhop_core::provider::Provider;
use rusqlite::Connection;

use super::{Result, bookings, endpoints, events, notes};

/// What an event belongs to.
pub(crate) struct About<'a> {
    pub(crate) provider: Provider,
    pub(crate) endpoint_id: i64,
    /// Its booking, if it names one.
    pub(crate) booking: Option<(i64, &'a Booking)>,
}

/// Makes an event findable by everything that the timeline shows of it, and by what the person wrote about its booking.
pub(crate) fn index(
    connection: &Connection,
    id: i64,
    event: &Event,
    about: &About<'_>,
) -> Result<()> {
    let of_attendee = |attendee: &Attendee| {
        let Attendee {
            name, email, phone, ..
        } = attendee.clone();
        [name, email, phone]
    };
    let mut words: Vec<String> = vec![about.provider.facts().name.to_owned()];
    words.extend(endpoints::label(connection, about.endpoint_id)?);
    words.extend(of_attendee(&event.attendee).into_iter().flatten());
    if let Some((booking_id, booking)) = about.booking {
        words.extend(of_attendee(&booking.attendee).into_iter().flatten());
        words.extend(booking.title.clone());
        words.extend(booking.host.clone());
        let notes = notes::of_booking(connection, booking_id)?;
        words.extend(notes.into_iter().map(|note| note.text));
    }
    words.extend(
        [
            &event.title,
            &event.host,
            &event.reason,
            &event.event_type,
            &event.provider_booking_id,
        ]
        .into_iter()
        .flatten()
        .cloned(),
    );
    words.dedup();
    events::index_words(connection, id, &words.join(" "))
}

/// Makes every event of a booking findable by what is written about it now.
pub(super) fn index_booking(connection: &Connection, id: i64) -> Result<()> {
    let Some(row) = bookings::get(connection, id)? else {
        return Ok(());
    };
    let stored = events::of_booking(connection, id)?;
    let facts: Vec<Event> = stored.iter().map(|stored| stored.event.clone()).collect();
    let Some(story) = fold(&facts) else {
        return Ok(());
    };
    let about = About {
        provider: row.provider,
        endpoint_id: row.endpoint_id,
        booking: Some((id, &story.booking)),
    };
    stored
        .iter()
        .try_for_each(|stored| index(connection, stored.id, &stored.event, &about))
}
