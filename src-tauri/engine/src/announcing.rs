//! Brings notices from the outbox to whatever shows them.

mod bubble;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bellhop_core::notice::Held;
use jiff::Timestamp;
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::changes::Change;
use crate::store::notices::{self, Notice};
use crate::store::settings::Pause;
use crate::store::{StoreError, self_tests, settings};
use crate::{Engine, here_at, self_test};
pub use bubble::{Bubble, Opens, example};
use bubble::{bubbles, said_now};

/// How long to leave a store alone that refuses.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(15);

/// How long to leave a desktop alone that refuses, unless something happens before.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// The same where it has just begun to: Plasma refuses for a second what says the same as the one before.
const PAUSE_AFTER_FIRST_REFUSALS: Duration = Duration::from_secs(3);

/// The longest wait for a notice that is due later: its time is one of the clock on the wall, which goes on while the
/// computer sleeps and can be set, and a wait knows of neither.
const BEAT: Duration = Duration::from_secs(15);

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
            let (language, _) = settings::spoken(connection)?;
            let still = |shown: Bubble| -> Result<_, StoreError> {
                let notices = notices::by_ids(connection, &shown.notice_ids, now)?;
                Ok(said_now(shown, &notices, privacy, language))
            };
            bubbles.into_iter().map(still).collect()
        };
        self.store.read(read).await
    }
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
    let mut open = Open::default();
    let mut refused: Option<(String, Instant)> = None;
    loop {
        let patience = match drain(&engine, &show, &mut open).await {
            Ok(patience) => {
                refused = None;
                open.refused.clear();
                patience
            }
            Err(Failure::Desktop(cause)) => {
                // It may be refused for hours, in the same words.
                let before = refused.take().filter(|(before, _)| *before == cause);
                if before.is_none() {
                    tracing::warn!(
                        cause,
                        "the desktop did not show a notification; it is tried again"
                    );
                }
                let (_, since) = refused.insert(before.unwrap_or((cause, Instant::now())));
                match since.elapsed() < PAUSE_AFTER_REFUSAL {
                    true => PAUSE_AFTER_FIRST_REFUSALS,
                    false => PAUSE_AFTER_REFUSAL,
                }
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

/// Notices with which a turn did not come to an end.
#[derive(Default)]
struct Open {
    /// Shown, and not marked so yet: while the disk is full, nobody is told the same again at every turn.
    unmarked: BTreeSet<i64>,
    /// Refused by the desktop. They go last: it may be the words of these alone that it does not take.
    refused: BTreeSet<i64>,
}

/// Shows what is due, and gives how long to wait for what is due later.
async fn drain<S>(engine: &Engine, show: &S, open: &mut Open) -> Result<Duration, Failure>
where
    S: Fn(&Bubble) -> Result<(), String> + Clone + Send + 'static,
{
    let Open { unmarked, refused } = open;
    mark_shown(engine, unmarked).await?;
    let now = Timestamp::now();
    let read = engine.store.read(move |connection| {
        Ok((
            notices::waiting(connection, now)?,
            settings::privacy(connection)?,
            self_tests::waiting_for_notifier(connection, now)?,
            here_at(connection, now)?,
            // At the moment at which they waited: with a pause that ends now they are held as those of the pause.
            settings::pause(connection, now)?.is_some(),
        ))
    });
    let (waiting, privacy, tests, here, paused) = read.await?;
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
    let (told, manners) = engine.decide(waiting, paused, now).await?;
    let mut bubbles = bubbles(&told, privacy, here.language);
    bubbles.sort_by_key(|bubble| bubble.notice_ids.iter().any(|id| refused.contains(id)));
    let mut refusal = None;
    for bubble in bubbles {
        let ids = bubble.notice_ids.clone();
        if let Err(failure) = show_one(show, manners.applied_to(bubble)).await {
            refused.extend(ids);
            match refusal.replace(failure) {
                // The one behind it may be taken.
                None => continue,
                Some(_) => break,
            }
        }
        unmarked.extend(ids);
        mark_shown(engine, unmarked).await?;
    }
    if let Some(failure) = refusal {
        return Err(failure);
    }
    for test in tests {
        let Some(wording) = self_test::wording(&test, &here) else {
            continue;
        };
        show_one(show, Bubble::of_program(wording, here.language)).await?;
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
