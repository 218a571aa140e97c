//! `bellhop booking`

use anyhow::Context as _;
use bellhop_engine::Engine;
use bellhop_engine::store::bookings::{self, Booking as Row, BookingQuery};
use bellhop_engine::store::timeline::{self, TimelineEntry};

use super::timeline::{table, written};
use crate::args::Booking as Command;
use crate::json::Booking;
use crate::output::{Output, columns, or_dash};

pub(super) async fn run(engine: &Engine, command: Command, output: Output) -> anyhow::Result<()> {
    match command {
        Command::List {
            limit,
            before,
            status,
            provider,
            endpoint,
        } => {
            let query = BookingQuery {
                limit: limit.into(),
                before,
                status,
                provider,
                endpoint_id: endpoint,
            };
            let rows = engine
                .store
                .read(move |connection| {
                    let bookings = bookings::list(connection, query)?;
                    bookings
                        .into_iter()
                        .map(|booking| Ok((timeline::of_booking(connection, booking.id)?, booking)))
                        .collect::<Result<Vec<_>, _>>()
                })
                .await?;
            let list: Vec<Booking> = rows
                .iter()
                .map(|(events, booking)| Booking::of(booking, events))
                .collect();
            output.print(&list, |_| {
                let cells = rows.iter().map(|(_, row)| {
                    [
                        row.id.to_string(),
                        row.status.as_str().to_owned(),
                        or_dash(row.attendee.display()),
                        row.title.clone().unwrap_or_default(),
                        or_dash(written(row.when).as_deref()),
                        row.provider.to_string(),
                    ]
                });
                columns(
                    ["ID", "STATUS", "WHO", "TITLE", "WHEN", "PROVIDER"],
                    cells.collect(),
                    "There is no booking yet.",
                )
            })
        }
        Command::Show { id } => {
            let found = engine
                .store
                .read(move |connection| {
                    Ok((
                        bookings::get(connection, id)?,
                        timeline::of_booking(connection, id)?,
                    ))
                })
                .await?;
            let (Some(row), events) = found else {
                return None.with_context(|| {
                    format!("there is no booking {id}. List them with \"bellhop booking list\"")
                });
            };
            output.print(&Booking::of(&row, &events), |_| described(&row, &events))
        }
    }
}

fn described(row: &Row, events: &[TimelineEntry]) -> String {
    let mut text = format!(
        "Booking {}: {} for {}, {}\nStatus: {}",
        row.id,
        row.title.as_deref().unwrap_or("an appointment"),
        row.attendee.display().unwrap_or("somebody"),
        written(row.when).unwrap_or_else(|| "at a time that is not known".to_owned()),
        row.status.as_str(),
    );
    if let Some(reason) = &row.reason {
        text += &format!(" ({reason})");
    }
    format!("{text}\n\n{}", table(events))
}
