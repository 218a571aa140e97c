//! `bellhop retention`

use bellhop_engine::Engine;
use bellhop_engine::store::retention::{self, Due};

use crate::args::{Days, Retention as Command};
use crate::json::Retention;
use crate::output::Output;

pub(super) async fn run(engine: &Engine, command: Command, output: Output) -> anyhow::Result<()> {
    match command {
        Command::Show => {
            let days = engine.store.read(retention::days).await?;
            let due = engine.due_after(days).await?;
            print(output, days, true, due, |rule| {
                let waits = match due.deliveries {
                    0 => String::new(),
                    count => format!(
                        " {count} calls are older and go within the hour while the receiver runs."
                    ),
                };
                format!("{rule}{waits}")
            })
        }
        Command::Set {
            days: Days(days),
            yes: false,
        } => {
            let due = engine.due_after(days).await?;
            print(output, days, false, due, |rule| {
                format!(
                    "The rule would be: {rule}\nIt would remove the headers and bodies of {} calls at once, {} bytes. Bookings and the timeline stay; these calls can no longer be read again.\nNothing has been changed. Add --yes to make the rule.",
                    due.deliveries, due.bytes
                )
            })
        }
        Command::Set {
            days: Days(days),
            yes: true,
        } => {
            let due = engine.due_after(days).await?;
            let removed = engine.keep_calls_for(days).await?;
            let due = Due {
                deliveries: removed,
                ..due
            };
            print(output, days, true, due, |rule| {
                format!(
                    "{rule} The headers and bodies of {removed} calls were removed. Backups and copies of the data are left alone."
                )
            })
        }
    }
}

fn print(
    output: Output,
    days: Option<u32>,
    applied: bool,
    due: Due,
    text: impl FnOnce(&str) -> String,
) -> anyhow::Result<()> {
    let rule = Retention {
        days,
        applied,
        deliveries: due.deliveries,
        bytes: due.bytes,
    };
    output.print(&rule, |_| {
        text(&match days {
            None => "The headers and bodies of calls are kept for ever.".to_owned(),
            Some(1) => "The headers and bodies of calls are kept for one day.".to_owned(),
            Some(days) => format!("The headers and bodies of calls are kept for {days} days."),
        })
    })
}
