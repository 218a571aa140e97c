//! Bookings by the time at which they take place, and counts over many of them.

use anyhow::Context as _;
use bellhop_core::overview as counts;
use bellhop_engine::store::{bookings, events, overlaps};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tauri::State;

use crate::dto::{CalendarBooking, CalendarQuery, Overview};
use crate::error::Result;
use crate::state::Desktop;

/// The bookings of some days.
#[tauri::command]
pub(crate) async fn calendar(
    desktop: State<'_, Desktop>,
    query: CalendarQuery,
) -> Result<Vec<CalendarBooking>> {
    let moments = (moment(&query.from)?, moment(&query.until)?);
    let dates = (date(&query.first_date)?, date(&query.date_after)?);
    let read = desktop.engine.store.read(move |connection| {
        let found = bookings::between(connection, moments, dates)?;
        overlaps::of_each(connection, found)
    });
    let found = read.await?.into_iter();
    Ok(found
        .map(|(booking, overlaps)| CalendarBooking::of(booking, &overlaps))
        .collect())
}

/// Counts over everything that came since a moment.
#[tauri::command]
pub(crate) async fn overview(desktop: State<'_, Desktop>, since: String) -> Result<Overview> {
    let since = moment(&since)?;
    let found = desktop
        .engine
        .store
        .read(move |connection| events::counted_since(connection, since))
        .await?;
    Ok(counts::overview(found, &TimeZone::system()).into())
}

fn moment(text: &str) -> anyhow::Result<Timestamp> {
    text.parse()
        .with_context(|| format!("\"{text}\" is no moment"))
}

fn date(text: &str) -> anyhow::Result<Date> {
    text.parse()
        .with_context(|| format!("\"{text}\" is no date"))
}
