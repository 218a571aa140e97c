//! Reminds of bookings that begin soon: looks at those of the next days whenever anything may have become due, and plans
//! the notices that are. [`bellhop_core::reminder`] has the rules.
//!
//! Nothing is planned before it is due, so there is nothing to keep in line with bookings that change.

mod shown;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bellhop_core::answer::Answer;
use bellhop_core::notice::{Here, Loudness, NoticeKind, Words};
use bellhop_core::reminder::{
    About, Cause, GRACE, Own, Rules, beginning, is_ahead, over_at, plan, word,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::changes::Change;
use crate::store::notices::{self, NewNotice, Of};
use crate::store::reminders::{self, Candidate, Open, Reminder};
use crate::store::{self, StoreError};
use crate::{Engine, here};

pub use shown::{BookingReminders, cards, of_booking, upcoming};

/// How far ahead is looked, beyond the longest time before a booking that was chosen.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// How often the clock on the wall and the time zone are looked at. It goes on while the computer sleeps and can be set, and
/// a wait knows of neither.
const BEAT: Duration = Duration::from_secs(10);

/// A clock that is off by so much more than its wait was set, or went on in sleep.
const JUMP: SignedDuration = SignedDuration::from_secs(2);

/// The least time between two looks: calls that come by the thousand are looked at together.
const PAUSE: Duration = Duration::from_millis(500);

/// How long to leave a store alone that refuses.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(15);

/// Plans reminders as they become due, until `stop`.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let mut changes = engine.changes.listen();
    let mut seen = Clocks::now();
    loop {
        // Before the look: clocks may be set, and the computer sleep, in the middle of it or of the pause after it.
        let before = std::mem::replace(&mut seen, Clocks::now());
        if seen.are_others_than(&before) {
            // Whoever shows a time, or waits for one, looks again too.
            engine.changes.tell(Change::Anything);
        }
        let looked = async { look(&engine, &engine.store.read(here).await?).await };
        let next = match looked.await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "reminders wait for the database");
                let now = Timestamp::now();
                now.saturating_add(PAUSE_AFTER_FAILURE).unwrap_or(now)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stop.cancelled() => return,
        }
        tokio::select! {
            change = changes.next() => if change.is_none() { return },
            () = comes(next, &seen) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// The clock on the wall, one that nobody sets, and the zone, at one moment.
struct Clocks {
    wall: Timestamp,
    running: Instant,
    time_zone: TimeZone,
}

impl Clocks {
    fn now() -> Clocks {
        Clocks {
            wall: Timestamp::now(),
            running: Instant::now(),
            time_zone: TimeZone::system(),
        }
    }

    /// Whether the clock on the wall went another way than the other one since, or the zone is another.
    fn are_others_than(&self, before: &Clocks) -> bool {
        let passed = self.running.duration_since(before.running);
        let passed = SignedDuration::try_from(passed).unwrap_or_default();
        let off = self.wall.duration_since(before.wall) - passed;
        off.abs() > JUMP || self.time_zone != before.time_zone
    }
}

/// Ends at a moment of the clock on the wall, or when that clock or the time zone shows to be another than was `seen`.
async fn comes(moment: Timestamp, seen: &Clocks) {
    loop {
        let now = Clocks::now();
        if now.wall >= moment || now.are_others_than(seen) {
            return;
        }
        let left = Duration::try_from(moment.duration_since(now.wall)).unwrap_or_default();
        tokio::time::sleep(left.min(BEAT)).await;
    }
}

/// Plans what is due at this moment and place, calls off what is over, and gives when to look again.
///
/// # Errors
///
/// Fails where SQLite does.
pub async fn look(engine: &Engine, here: &Here) -> store::Result<Timestamp> {
    let until = here.now.saturating_add(AHEAD).unwrap_or(here.now);
    let at = here.clone();
    let read = engine.store.read(move |connection| {
        let rules = reminders::rules(connection)?;
        let candidates = reminders::candidates(connection, &rules, &at.time_zone, at.now, until)?;
        let (mut due, mut next) = (Vec::new(), until);
        for candidate in candidates {
            let plan = plan(&candidate.subject, &rules, &at);
            next = plan.next().map_or(next, |mark| mark.min(next));
            if plan.due.is_some() {
                due.push(candidate.booking_id);
            }
        }
        let mut changed = BTreeSet::new();
        for open in reminders::open(connection)? {
            match stands(connection, &open, &at)? {
                Some(until) => next = until.min(next),
                None => drop(changed.insert(open.booking_id)),
            }
        }
        Ok((due, changed, next))
    });
    let (due, changed, mut next) = read.await?;
    if due.is_empty() && changed.is_empty() {
        return Ok(next);
    }
    if !changed.is_empty() {
        // What waits says how soon its booking begins, which is true for a minute.
        next = here.now.saturating_add(GRACE).unwrap_or(next).min(next);
    }
    let at = here.clone();
    let written = engine.store.write(move |connection| {
        let rules = reminders::rules(connection)?;
        let mut told = false;
        // A cancellation may have come since.
        for booking_id in changed {
            told |= follow(connection, booking_id, &at)?;
        }
        for booking_id in due {
            told |= remind(connection, booking_id, &rules, &at)?;
        }
        Ok(told)
    });
    if written.await? {
        engine.changes.tell(Change::Notices);
    }
    Ok(next)
}

/// Plans the reminder of a booking that is due, if one is.
fn remind(
    connection: &Connection,
    booking_id: i64,
    rules: &Rules,
    here: &Here,
) -> store::Result<bool> {
    let Some(candidate) = reminders::one(connection, booking_id)? else {
        return Ok(false);
    };
    let Some(mark) = plan(&candidate.subject, rules, here).due else {
        return Ok(false);
    };
    let words = words(&candidate, mark.at, here);
    let name = mark
        .cause
        .once(booking_id, &beginning(&candidate.subject.slot));
    let notice = NewNotice {
        of: Of::Once {
            name: &name,
            booking_id: Some(booking_id),
            other_booking_id: None,
            endpoint_id: Some(candidate.subject.endpoint_id),
        },
        kind: NoticeKind::Reminder,
        words: &words,
        loudness: Loudness::Normal,
        planned_at: here.now,
        due_at: Some(mark.at),
    };
    Ok(notices::plan(connection, &notice)?.is_some())
}

/// Until when a reminder stands as it is. `None`: it is over, or was not shown yet.
fn stands(connection: &Connection, open: &Open, here: &Here) -> store::Result<Option<Timestamp>> {
    let begins = Cause::from_once(&open.once).map(|(begins, _)| begins);
    let candidate = reminders::one(connection, open.booking_id)?.filter(|candidate| {
        let slot = &candidate.subject.slot;
        open.shown && is_ahead(&candidate.subject, here) && begins == Some(&*beginning(slot))
    });
    Ok(candidate.and_then(|candidate| over_at(&candidate.subject.slot, &here.time_zone)))
}

/// Calls off the reminders of a booking that are over by now, and words anew what has waited to be shown. Gives whether any
/// was called off.
fn follow(connection: &Connection, booking_id: i64, here: &Here) -> store::Result<bool> {
    let candidate = reminders::one(connection, booking_id)?;
    let Some(candidate) = candidate.filter(|candidate| is_ahead(&candidate.subject, here)) else {
        return reminders::call_off(connection, booking_id, None);
    };
    let begins = beginning(&candidate.subject.slot);
    let called_off = reminders::call_off(connection, booking_id, Some(&begins))?;
    let waits = |reminder: &&Reminder| reminder.shown_at.is_none() && !reminder.held;
    for reminder in candidate.reminders.iter().filter(waits) {
        let words = words(&candidate, reminder.moment(), here);
        notices::reword(connection, reminder.notice_id, &words)?;
    }
    Ok(called_off)
}

fn words(candidate: &Candidate, at: Timestamp, here: &Here) -> Words {
    let about = About {
        attendee: candidate.attendee.display(),
        title: candidate.subject.title.as_deref(),
        provider: candidate.provider,
        slot: &candidate.subject.slot,
    };
    word(&about, at, here)
}

impl Engine {
    /// Chooses anew when to remind of bookings.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn choose_reminders(&self, rules: Rules) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let set = self
            .store
            .write(move |connection| reminders::set_rules(connection, &rules, now));
        set.await?;
        self.changes.tell(Change::Notices);
        Ok(())
    }

    /// Chooses for one booking alone how many minutes before it to remind of it; `None`: it goes by the rules again. Gives
    /// whether there is such a booking.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn choose_reminders_of(
        &self,
        booking_id: i64,
        leads: Option<Vec<u32>>,
    ) -> Result<bool, StoreError> {
        let since = Timestamp::now();
        let own = leads.map(|leads| Own { leads, since });
        let set = self
            .store
            .write(move |connection| reminders::set_own(connection, booking_id, own.as_ref()));
        let found = set.await?;
        if found {
            self.changes.tell(Change::Notices);
        }
        Ok(found)
    }

    /// Answers the reminders of a booking that were shown.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn answer_reminders(
        &self,
        booking_id: i64,
        answer: Answer,
    ) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let answered = self
            .store
            .write(move |connection| reminders::answer(connection, booking_id, answer, now));
        answered.await?;
        self.changes.tell(Change::Notices);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_clock_that_is_set_in_the_middle_of_a_look_is_seen_after_it() {
        let ahead = SignedDuration::from_hours(1);
        let before = Clocks::now();
        let seen = Clocks {
            wall: before.wall + ahead,
            ..before
        };
        let waits = comes(seen.wall + ahead, &seen);
        tokio::time::timeout(BEAT / 2, waits).await.unwrap();
    }
}
