//! What the person answers to a notice, and what comes of it.

use bellhop_core::answer::Answer;
use bellhop_core::notice::{Held, NoticeKind};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::Engine;
use crate::changes::Change;
use crate::store::notices::{NewNotice, Notice, Of};
use crate::store::{self, StoreError, bookings, events, notices, reminders};

/// How long a notice is put off.
pub const SNOOZE: SignedDuration = SignedDuration::from_mins(10);

impl Engine {
    /// Keeps an answer and does what it asks for. The first answer to a notice counts. Who looks at a summary of several
    /// has not read each.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn answer(&self, notice_ids: Vec<i64>, answer: Answer) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let is_summary = notice_ids.len() > 1;
        let give = move |connection: &Connection| {
            for notice in notices::by_ids(connection, &notice_ids, now)? {
                if notices::answer(connection, notice.id, answer, now)? && !is_summary {
                    follow(connection, &notice, answer, now)?;
                }
            }
            Ok(())
        };
        self.store.write(give).await?;
        self.changes.tell(Change::Timeline);
        Ok(())
    }
}

fn follow(
    connection: &Connection,
    notice: &Notice,
    answer: Answer,
    now: Timestamp,
) -> store::Result<()> {
    if let (NoticeKind::Reminder, Some(booking)) = (notice.kind, notice.booking_id) {
        // The bubble took the place of earlier ones of that booking, which nobody can answer any more.
        reminders::answer(connection, booking, answer, now)?;
    }
    match (answer, notice.booking_id) {
        (Answer::Opened, Some(booking)) => events::mark_booking_read(connection, booking, now),
        (Answer::Done, Some(booking)) => {
            bookings::set_done(connection, booking, Some(now))?;
            events::mark_booking_read(connection, booking, now)
        }
        (Answer::Snoozed, _) if notice.kind != NoticeKind::Reminder => {
            snooze(connection, notice, now + SNOOZE, now)
        }
        _ => Ok(()),
    }
}

/// Plans the same notice again. The name tells of which it is the repetition, so that it follows what becomes of that one.
fn snooze(
    connection: &Connection,
    notice: &Notice,
    due_at: Timestamp,
    now: Timestamp,
) -> store::Result<()> {
    if notice.settled == Some(Held::Over) {
        return Ok(());
    }
    let first = notices::first(notice);
    let name = format!("{}{first}:{}", notices::SNOOZED, due_at.as_microsecond());
    let again = NewNotice {
        of: Of::Once {
            name: &name,
            booking_id: notice.booking_id,
            other_booking_id: notice.other_booking_id,
            endpoint_id: notice.endpoint_id,
        },
        kind: notice.kind,
        words: &notice.words,
        loudness: notice.loudness,
        planned_at: now,
        due_at: Some(due_at),
    };
    notices::plan(connection, &again)?;
    Ok(())
}
