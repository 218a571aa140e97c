//! Brings notices from the outbox to whatever shows them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bellhop_core::event::EventKind;
use bellhop_core::notice::{Here, Privacy, Wording, discreet, written};
use bellhop_core::provider::Provider;
use bellhop_core::slot::Slot;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::store::notices::{self, Notice};
use crate::store::{StoreError, self_tests, settings};
use crate::{Engine, self_test};

/// More notices than this at once become one bubble.
const BURST: usize = 4;

/// How long to leave a store alone that refuses.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(15);

/// What the desktop is asked to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bubble {
    /// Who, and what happened.
    pub title: String,
    /// What and when; lines are separated by a line feed.
    pub body: String,
    /// What happened, as the word of an event kind. `None` for a summary of several.
    pub kind: Option<String>,
    /// The booking to open. `None` for a summary of several.
    pub booking_id: Option<i64>,
}

/// Shows notices as they are planned, until `stop`.
///
/// A notice is marked as shown only after `show` has returned well, so a crash in between shows it again rather than
/// never. `show` may block. What it refuses stays in the outbox and is tried again with the next change.
pub async fn run<S>(engine: Arc<Engine>, stop: CancellationToken, show: S)
where
    S: Fn(&Bubble) -> Result<(), String> + Clone + Send + 'static,
{
    let mut changes = engine.changes.listen();
    let mut unmarked = BTreeSet::new();
    loop {
        let patience = match drain(&engine, &show, &mut unmarked).await {
            Ok(()) => Duration::MAX,
            Err(Failure::Desktop(cause)) => {
                tracing::warn!(
                    cause,
                    "the desktop did not show a notification; it is tried again"
                );
                Duration::MAX
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

/// Shows what waits. `unmarked` are notices that have been shown and could not be marked so: while the disk is full,
/// nobody is told the same again at every turn.
async fn drain<S>(engine: &Engine, show: &S, unmarked: &mut BTreeSet<i64>) -> Result<(), Failure>
where
    S: Fn(&Bubble) -> Result<(), String> + Clone + Send + 'static,
{
    mark_shown(engine, unmarked).await?;
    let read = engine.store.read(|connection| {
        Ok((
            notices::waiting(connection)?,
            settings::privacy(connection)?,
            self_tests::waiting_for_notifier(connection)?,
        ))
    });
    let (waiting, privacy, tests) = read.await?;
    for (bubble, ids) in bubbles(&waiting, privacy) {
        show_one(show, bubble).await?;
        unmarked.extend(ids);
        mark_shown(engine, unmarked).await?;
    }
    for test in tests {
        let Some(Wording { title, body }) = self_test::wording(&test) else {
            continue;
        };
        show_one(
            show,
            Bubble {
                title,
                body,
                kind: None,
                booking_id: None,
            },
        )
        .await?;
        let now = Timestamp::now();
        let marked = engine.store.write(move |connection| {
            self_tests::reach(connection, &test.nonce, self_tests::Step::Shown, now)
        });
        marked.await?;
    }
    Ok(())
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
    let full = Wording {
        title: "New booking: Alex Example".to_owned(),
        body: format!("{}\nHaircut · {provider}", written(&slot, &here)),
    };
    let created = EventKind::Created;
    let shown = discreet(full, privacy, created, provider, Some(&slot), None, &here);
    Bubble {
        title: format!("Test · {}", shown.title),
        body: shown.body,
        kind: None,
        booking_id: None,
    }
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

/// One bubble a notice, or one for all of them where they are many.
fn bubbles(waiting: &[Notice], privacy: Privacy) -> Vec<(Bubble, Vec<i64>)> {
    let here = Here {
        now: Timestamp::now(),
        time_zone: TimeZone::system(),
    };
    if waiting.len() <= BURST {
        return waiting
            .iter()
            .map(|notice| (bubble(notice, privacy, &here), vec![notice.id]))
            .collect();
    }
    let newest: Vec<String> = waiting
        .iter()
        .rev()
        .take(BURST)
        .map(|notice| bubble(notice, privacy, &here).title)
        .collect();
    let more = waiting.len() - newest.len();
    let body = format!("{}\nand {more} more", newest.join("\n"));
    let title = format!("{} changes to your bookings", waiting.len());
    let ids = waiting.iter().map(|notice| notice.id).collect();
    vec![(
        Bubble {
            title,
            body,
            kind: None,
            booking_id: None,
        },
        ids,
    )]
}

fn bubble(notice: &Notice, privacy: Privacy, here: &Here) -> Bubble {
    let Wording { title, body } = discreet(
        notice.wording.clone(),
        privacy,
        notice.kind,
        notice.provider,
        notice.when.slot().as_ref(),
        notice.previous.slot().as_ref(),
        here,
    );
    Bubble {
        title,
        body,
        kind: Some(notice.kind.as_str().to_owned()),
        booking_id: notice.booking_id,
    }
}
