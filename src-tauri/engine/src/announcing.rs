//! Brings notices from the outbox to whatever shows them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bellhop_core::event::EventKind;
use bellhop_core::notice::{
    Held, Here, Loudness, NoticeKind, Privacy, Wording, Words, discreet, written,
};
use bellhop_core::provider::Provider;
use bellhop_core::reminder::{Cause, Snooze};
use bellhop_core::rule::Sound;
use bellhop_core::slot::Slot;
use bellhop_core::trouble::{self, Place};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::changes::Change;
use crate::store::notices::{self, Notice};
use crate::store::settings::Pause;
use crate::store::{StoreError, self_tests, settings};
use crate::{Engine, self_test};

/// More notices than this at once become one bubble.
const BURST: usize = 4;

/// How long to leave a store alone that refuses.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(15);

/// How long to leave a desktop alone that refuses, unless something happens before.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// The longest wait for a notice that is due later: its time is one of the clock on the wall, which goes on while the
/// computer sleeps and can be set, and a wait knows of neither.
const BEAT: Duration = Duration::from_secs(15);

/// What the desktop is asked to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bubble {
    /// Who, and what happened.
    pub title: String,
    /// What and when; lines are separated by a line feed.
    pub body: String,
    /// The notices that it shows. None: it is a test, or tells of the program itself.
    pub notice_ids: Vec<i64>,
    /// What it tells of. `None` for a summary of several.
    pub kind: Option<NoticeKind>,
    /// The booking to open. `None` for a summary of several.
    pub booking_id: Option<i64>,
    /// How much attention it asks for.
    pub loudness: Loudness,
    /// What a click on it shows.
    pub opens: Opens,
    /// For how long it can be put off, where the person has a choice.
    pub snoozes: Vec<Snooze>,
    /// Its sound. `None`: whatever the desktop makes of it.
    pub sound: Option<Sound>,
    /// Whether the desktop is asked not to disturb, and keeps it to itself. No window of ours may appear for it either.
    pub quieted: bool,
}

/// A place in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// What came in.
    Timeline,
    /// A booking.
    Booking(i64),
    /// What is today and what needs a look.
    Today,
    /// The endpoints.
    Endpoints,
    /// The way by which the world reaches us.
    Reach,
}

impl Opens {
    /// Where a notice leads.
    pub fn of(notice: &Notice) -> Opens {
        match (notice.booking_id, &notice.once) {
            (Some(booking), _) => Opens::Booking(booking),
            (None, Some(name)) if notice.kind == NoticeKind::Trouble => {
                match trouble::place(name) {
                    Place::Endpoints => Opens::Endpoints,
                    Place::Reach => Opens::Reach,
                }
            }
            (None, _) if notice.kind == NoticeKind::Digest => Opens::Today,
            (None, _) => Opens::Timeline,
        }
    }
}

impl Bubble {
    /// Whether it says what an earlier one said, as it is now: both are of acts on the same booking, or of the same kind.
    /// That a new booking overlaps another does not hide that it is new.
    pub fn takes_the_place_of(&self, earlier: &Bubble) -> bool {
        let (Some(kind), Some(of)) = (self.kind, earlier.kind) else {
            return false;
        };
        let is_same_booking = self.booking_id.is_some() && self.booking_id == earlier.booking_id;
        is_same_booking && (kind == of || (is_act(kind) && is_act(of)))
    }

    /// A bubble that shows no notice.
    pub fn of_program(wording: Wording) -> Bubble {
        Bubble {
            title: wording.title,
            body: wording.body,
            notice_ids: Vec::new(),
            kind: None,
            booking_id: None,
            loudness: Loudness::Normal,
            opens: Opens::Timeline,
            snoozes: Vec::new(),
            sound: None,
            quieted: false,
        }
    }
}

impl Engine {
    /// Pauses notifications, or resumes them.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn pause_notifications(&self, pause: Option<Pause>) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let set = self.store.write(move |connection| {
            // What came in a pause that ends now is not told of, also where nobody has looked at it yet.
            if settings::pause(connection, now)?.is_some() {
                let waiting = notices::waiting(connection, now)?;
                let ids: Vec<i64> = waiting.iter().map(|notice| notice.id).collect();
                notices::hold(connection, &ids, Held::Paused)?;
            }
            settings::set_pause(connection, pause)
        });
        set.await?;
        self.changes.tell(Change::Anything);
        Ok(())
    }
}

impl Engine {
    /// What bubbles on the screen should say now, each in its place. `None`: it has nothing left to tell.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn still_to_tell(
        &self,
        bubbles: Vec<Bubble>,
    ) -> Result<Vec<Option<Bubble>>, StoreError> {
        let now = Timestamp::now();
        let read = move |connection: &Connection| {
            let privacy = settings::privacy(connection)?;
            let still = |shown: Bubble| -> Result<_, StoreError> {
                let notices = notices::by_ids(connection, &shown.notice_ids, now)?;
                Ok(said_now(shown, &notices, privacy))
            };
            bubbles.into_iter().map(still).collect()
        };
        self.store.read(read).await
    }
}

/// What a bubble says now. How loud it was stays as it was decided then.
fn said_now(shown: Bubble, notices: &[Notice], privacy: Privacy) -> Option<Bubble> {
    if notices.iter().all(|notice| notice.settled.is_some()) {
        return None;
    }
    let now = match notices {
        [notice] if shown.notice_ids.len() == 1 => bubble(notice, privacy),
        _ => summary(&notices.iter().collect::<Vec<_>>(), privacy),
    };
    Some(Bubble {
        notice_ids: shown.notice_ids,
        loudness: shown.loudness,
        sound: shown.sound,
        quieted: shown.quieted,
        ..now
    })
}

/// Shows notices when they are due, until `stop`. What becomes of a notice is decided then: while notifications are paused it
/// is only listed.
///
/// A notice is marked as shown only after `show` has returned well, so a crash in between shows it again rather than
/// never. `show` may block. What it refuses stays in the outbox and is tried again with the next change, or after a while.
pub async fn run<S>(engine: Arc<Engine>, stop: CancellationToken, show: S)
where
    S: Fn(&Bubble) -> Result<(), String> + Clone + Send + 'static,
{
    let mut changes = engine.changes.listen();
    let mut unmarked = BTreeSet::new();
    let mut refused = None;
    loop {
        let patience = match drain(&engine, &show, &mut unmarked).await {
            Ok(patience) => {
                refused = None;
                patience
            }
            Err(Failure::Desktop(cause)) => {
                // It may be refused for hours, in the same words.
                if refused.as_ref() != Some(&cause) {
                    tracing::warn!(
                        cause,
                        "the desktop did not show a notification; it is tried again"
                    );
                }
                refused = Some(cause);
                PAUSE_AFTER_REFUSAL
            }
            Err(Failure::Store(error)) => {
                tracing::warn!(%error, "notifications wait for the database");
                PAUSE_AFTER_FAILURE
            }
        };
        tokio::select! {
            change = changes.next() => if change.is_none() { return },
            () = tokio::time::sleep(patience) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Why a notice stays in the outbox.
enum Failure {
    Desktop(String),
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}

/// Shows what is due, and gives how long to wait for what is due later. `unmarked` are notices that have been shown and could
/// not be marked so: while the disk is full, nobody is told the same again at every turn.
async fn drain<S>(
    engine: &Engine,
    show: &S,
    unmarked: &mut BTreeSet<i64>,
) -> Result<Duration, Failure>
where
    S: Fn(&Bubble) -> Result<(), String> + Clone + Send + 'static,
{
    mark_shown(engine, unmarked).await?;
    let now = Timestamp::now();
    let read = engine.store.read(move |connection| {
        Ok((
            notices::waiting(connection, now)?,
            settings::privacy(connection)?,
            self_tests::waiting_for_notifier(connection)?,
        ))
    });
    let (waiting, privacy, tests) = read.await?;
    let (settled, waiting): (Vec<Notice>, Vec<Notice>) = waiting
        .into_iter()
        .partition(|notice| notice.settled.is_some());
    if !settled.is_empty() {
        let hold = move |connection: &Connection| {
            settled.iter().try_for_each(|notice| match notice.settled {
                Some(held) => notices::hold(connection, &[notice.id], held),
                None => Ok(()),
            })
        };
        engine.store.write(hold).await?;
        engine.changes.tell(Change::Notices);
    }
    let (told, manners) = engine.decide(waiting, now).await?;
    for bubble in bubbles(&told, privacy) {
        let ids = bubble.notice_ids.clone();
        show_one(show, manners.applied_to(bubble)).await?;
        unmarked.extend(ids);
        mark_shown(engine, unmarked).await?;
    }
    for test in tests {
        let Some(wording) = self_test::wording(&test) else {
            continue;
        };
        show_one(show, Bubble::of_program(wording)).await?;
        let now = Timestamp::now();
        let marked = engine.store.write(move |connection| {
            self_tests::reach(connection, &test.nonce, self_tests::Step::Shown, now)
        });
        marked.await?;
    }
    // Asked last: what quiet hours hold is told of at their end.
    let next_due = engine
        .store
        .read(move |connection| notices::next_due(connection, now));
    Ok(next_due.await?.map_or(Duration::MAX, |due| {
        let left = due.duration_since(Timestamp::now());
        Duration::try_from(left).unwrap_or_default().min(BEAT)
    }))
}

/// A notification as the person would see it of a booking that is made up.
pub fn example(privacy: Privacy) -> Bubble {
    let here = Here {
        now: Timestamp::now(),
        time_zone: TimeZone::system(),
    };
    let start = here.now + SignedDuration::from_hours(24);
    let slot = Slot::Timed {
        start,
        end: Some(start + SignedDuration::from_mins(45)),
    };
    let provider = Provider::Kordless;
    let words = Words {
        full: Wording {
            title: "New booking: Alex Example".to_owned(),
            body: format!("{}\nHaircut · {provider}", written(&slot, &here)),
        },
        discreet: discreet(EventKind::Created, provider, Some(&slot), None, &here),
    };
    let Wording { title, body } = words.at(privacy);
    Bubble::of_program(Wording {
        title: format!("Test · {title}"),
        body,
    })
}

async fn mark_shown(engine: &Engine, unmarked: &mut BTreeSet<i64>) -> Result<(), StoreError> {
    if unmarked.is_empty() {
        return Ok(());
    }
    let (ids, now) = (
        unmarked.iter().copied().collect::<Vec<_>>(),
        Timestamp::now(),
    );
    engine
        .store
        .write(move |connection| notices::mark_shown(connection, &ids, now))
        .await?;
    unmarked.clear();
    engine.changes.tell(Change::Notices);
    Ok(())
}

async fn show_one<S>(show: &S, bubble: Bubble) -> Result<(), Failure>
where
    S: Fn(&Bubble) -> Result<(), String> + Clone + Send + 'static,
{
    let show = show.clone();
    tokio::task::spawn_blocking(move || show(&bubble))
        .await
        .map_err(|error| Failure::Desktop(error.to_string()))?
        .map_err(Failure::Desktop)
}

/// One bubble a notice, or one for all of a sort where they are many.
fn bubbles(waiting: &[Notice], privacy: Privacy) -> Vec<Bubble> {
    let (acts, others): (Vec<&Notice>, Vec<&Notice>) =
        waiting.iter().partition(|notice| is_act(notice.kind));
    let (overlaps, others): (Vec<&Notice>, Vec<&Notice>) = others
        .into_iter()
        .partition(|notice| notice.kind == NoticeKind::Overlap);
    let mut bubbles = bundled(&acts, privacy);
    bubbles.extend(bundled(&overlaps, privacy));
    bubbles.extend(others.iter().map(|other| bubble(other, privacy)));
    bubbles
}

fn bundled(notices: &[&Notice], privacy: Privacy) -> Vec<Bubble> {
    match notices.len() > BURST {
        true => vec![summary(notices, privacy)],
        false => notices.iter().map(|one| bubble(one, privacy)).collect(),
    }
}

/// Whether it tells of what somebody did to a booking.
fn is_act(kind: NoticeKind) -> bool {
    matches!(
        kind,
        NoticeKind::Created | NoticeKind::Rescheduled | NoticeKind::Cancelled | NoticeKind::NoShow
    )
}

fn summary(notices: &[&Notice], privacy: Privacy) -> Bubble {
    let (what, opens) = match notices.iter().all(|one| one.kind == NoticeKind::Overlap) {
        true => ("overlaps to look at", Opens::Today),
        false => ("changes to your bookings", Opens::Timeline),
    };
    let newest: Vec<String> = notices
        .iter()
        .rev()
        .take(BURST)
        .map(|one| one.words.at(privacy).title)
        .collect();
    let more = notices.len() - newest.len();
    Bubble {
        title: format!("{} {what}", notices.len()),
        body: format!("{}\nand {more} more", newest.join("\n")),
        notice_ids: notices.iter().map(|one| one.id).collect(),
        kind: None,
        booking_id: None,
        loudness: notices
            .iter()
            .map(|one| one.loudness)
            .max()
            .unwrap_or_default(),
        opens,
        snoozes: Vec::new(),
        sound: None,
        quieted: false,
    }
}

fn bubble(notice: &Notice, privacy: Privacy) -> Bubble {
    let Wording { title, body } = notice.words.at(privacy);
    Bubble {
        title,
        body,
        notice_ids: vec![notice.id],
        kind: Some(notice.kind),
        booking_id: notice.booking_id,
        loudness: notice.loudness,
        opens: Opens::of(notice),
        snoozes: snoozes(notice),
        sound: None,
        quieted: false,
    }
}

/// A booking that has a time of day begins, and a reminder of it can wait for that.
fn snoozes(notice: &Notice) -> Vec<Snooze> {
    let cause = notice
        .once
        .as_deref()
        .filter(|_| notice.kind == NoticeKind::Reminder)
        .and_then(Cause::from_once);
    match cause {
        None => Vec::new(),
        Some((begins, _)) if begins.parse::<i64>().is_err() => vec![Snooze::FiveMinutes],
        Some(_) => vec![Snooze::FiveMinutes, Snooze::UntilStart],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bubble_takes_the_place_of_what_was_said_of_the_same_booking_in_the_same_matter() {
        let of = |kind, booking_id| Bubble {
            kind,
            booking_id,
            ..Bubble::of_program(Wording {
                title: String::new(),
                body: String::new(),
            })
        };
        let created = of(Some(NoticeKind::Created), Some(1));
        let takes = |kind, booking| of(kind, booking).takes_the_place_of(&created);
        assert!(takes(Some(NoticeKind::Cancelled), Some(1)));
        assert!(takes(Some(NoticeKind::Created), Some(1)));
        assert!(!takes(Some(NoticeKind::Cancelled), Some(2)));
        assert!(!takes(Some(NoticeKind::Overlap), Some(1)));
        assert!(!takes(Some(NoticeKind::Reminder), Some(1)));
        let reminder = of(Some(NoticeKind::Reminder), Some(1));
        assert!(of(Some(NoticeKind::Reminder), Some(1)).takes_the_place_of(&reminder));
        // Neither a summary nor an act without a booking is the same as another.
        assert!(!of(None, None).takes_the_place_of(&of(None, None)));
        let without = of(Some(NoticeKind::Created), None);
        assert!(!without.takes_the_place_of(&without));
    }
}
