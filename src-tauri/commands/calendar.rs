//! Bookings by the time at which they take place.

use anyhow::Context as _;
use bellhop_engine::store::bookings;
use jiff::Timestamp;
use jiff::civil::Date;
use tauri::State;

use crate::dto::{CalendarBooking, CalendarQuery};
use crate::error::Answer;
use crate::state::Desktop;

/// The bookings of some days.
#[tauri::command]
pub(crate) async fn calendar(
    desktop: State<'_, Desktop>,
    query: CalendarQuery,
) -> Answer<Vec<CalendarBooking>> {
    let moments = (moment(&query.from)?, moment(&query.until)?);
    let dates = (date(&query.first_date)?, date(&query.date_after)?);
    let found = desktop
        .engine
        .store
        .read(move |connection| bookings::between(connection, moments, dates))
        .await?;
    let overlaps = bookings::overlapping(&found);
    let of = |id| overlaps.get(&id).map(Vec::as_slice).unwrap_or_default();
    Ok(found
        .into_iter()
        .map(|booking| {
            let id = booking.id;
            CalendarBooking::of(booking, of(id))
        })
        .collect())
}

fn moment(text: &str) -> anyhow::Result<Timestamp> {
    text.parse()
        .with_context(|| format!("\"{text}\" is no moment"))
}

fn date(text: &str) -> anyhow::Result<Date> {
    text.parse()
        .with_context(|| format!("\"{text}\" is no date"))
}
