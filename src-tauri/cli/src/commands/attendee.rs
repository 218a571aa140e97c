//! `bellhop attendee`

use anyhow::Context as _;
use bellhop_engine::Engine;
use bellhop_engine::store::attendees::{self, Person};
use bellhop_engine::store::erasing::Extent;

use crate::args::Attendee as Command;
use crate::json::{Erasure, Known};
use crate::output::{Output, columns, local, or_dash};

/// What is not erased, and why.
const STAYS: &str = "What stays: of each call the moment at which it came and its key, so that a repeat by the provider is recognised and does not bring the person back. The provider itself still has the booking.";

pub(super) async fn run(engine: &Engine, command: Command, output: Output) -> anyhow::Result<()> {
    match command {
        Command::Find { text } => {
            let known = engine
                .store
                .read(move |connection| attendees::find(connection, &text))
                .await?;
            let list: Vec<Known> = known.iter().map(Known::of).collect();
            output.print(&list, |_| {
                let cells = known.iter().map(|known| {
                    [
                        or_dash(known.name.as_deref()),
                        or_dash(known.email.as_deref()),
                        or_dash(known.phone.as_deref()),
                        known.bookings.to_string(),
                        known.deliveries.to_string(),
                        local(known.first_heard),
                        local(known.last_heard),
                    ]
                });
                columns(
                    [
                        "NAME", "E-MAIL", "PHONE", "BOOKINGS", "CALLS", "FIRST", "LAST",
                    ],
                    cells.collect(),
                    "No booking names anybody like that.",
                )
            })
        }
        Command::Erase {
            name,
            email,
            phone,
            yes,
        } => {
            let person = Person::new(name.as_deref(), email.as_deref(), phone.as_deref())
                .context("give a name, an e-mail address or a phone number with digits")?;
            let found = engine.find_person(person).await?;
            let copies: Vec<String> = found
                .copies
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            let extent = if yes {
                engine.erase_person(found).await?
            } else {
                found.extent
            };
            let erasure = Erasure {
                erased: yes,
                bookings: extent.bookings,
                entries: extent.events,
                notices: extent.notices,
                deliveries: extent.deliveries,
                shared_deliveries: extent.shared_deliveries,
                copies,
            };
            output.print(&erasure, |erasure| told(erasure, &extent))
        }
    }
}

fn told(erasure: &Erasure, extent: &Extent) -> String {
    if *extent == Extent::default() {
        return with_copies(
            "Nothing is known of this person. Look with \"bellhop attendee find\".".to_owned(),
            erasure,
        );
    }
    let head = if erasure.erased {
        "Erased"
    } else {
        "This would be erased"
    };
    let mut text = format!(
        "{head}:\n  {} bookings, with their search words\n  {} entries of the timeline\n  {} notices\n  the headers and bodies of {} calls",
        erasure.bookings, erasure.entries, erasure.notices, erasure.deliveries
    );
    if erasure.shared_deliveries > 0 {
        text += &format!(
            "\n  {} of these calls told of other people too: their bookings and entries stay, the call itself goes whole",
            erasure.shared_deliveries
        );
    }
    if extent.notes > 0 {
        text += &format!("\n  {} notes", extent.notes);
    }
    text += &format!("\n{STAYS}");
    let mut text = with_copies(text, erasure);
    if !erasure.erased {
        text += "\nNothing has been changed. Add --yes to erase it. There is no way back.";
    }
    text
}

fn with_copies(mut text: String, erasure: &Erasure) -> String {
    if !erasure.copies.is_empty() {
        text += &format!(
            "\nThese files hold the person's data too and are left alone. Delete them yourself if they are no longer needed:\n  {}",
            erasure.copies.join("\n  ")
        );
    }
    text
}
