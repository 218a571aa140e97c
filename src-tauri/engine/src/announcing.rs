//! Brings notices from the outbox to whatever shows them.

use std::sync::Arc;

use bellhop_core::notice::Wording;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::store::notices::{self, Notice};
use crate::store::self_tests;
use crate::{Engine, self_test};

/// More notices than this at once become one bubble.
const BURST: usize = 4;

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
    loop {
        if let Err(cause) = drain(&engine, &show).await {
            tracing::warn!(
                cause,
                "the desktop did not show a notification; it is tried again"
            );
        }
        tokio::select! {
            change = changes.next() => if change.is_none() { return },
            () = stop.cancelled() => return,
        }
    }
}

async fn drain<S>(engine: &Engine, show: &S) -> Result<(), String>
where
    S: Fn(&Bubble) -> Result<(), String> + Clone + Send + 'static,
{
    let read = engine.store.read(|connection| {
        Ok((
            notices::waiting(connection)?,
            self_tests::waiting_for_notifier(connection)?,
        ))
    });
    let (waiting, tests) = read.await.map_err(|error| error.to_string())?;
    for (bubble, ids) in bubbles(&waiting) {
        show_one(show, bubble).await?;
        let now = Timestamp::now();
        let marked = engine
            .store
            .write(move |connection| notices::mark_shown(connection, &ids, now))
            .await;
        marked.map_err(|error| error.to_string())?;
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
        marked.await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn show_one<S>(show: &S, bubble: Bubble) -> Result<(), String>
where
    S: Fn(&Bubble) -> Result<(), String> + Clone + Send + 'static,
{
    let show = show.clone();
    tokio::task::spawn_blocking(move || show(&bubble))
        .await
        .map_err(|error| error.to_string())?
}

/// One bubble a notice, or one for all of them where they are many.
fn bubbles(waiting: &[Notice]) -> Vec<(Bubble, Vec<i64>)> {
    if waiting.len() <= BURST {
        return waiting
            .iter()
            .map(|notice| (bubble(notice), vec![notice.id]))
            .collect();
    }
    let newest: Vec<&str> = waiting
        .iter()
        .rev()
        .take(BURST)
        .map(|notice| notice.title.as_str())
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

fn bubble(notice: &Notice) -> Bubble {
    Bubble {
        title: notice.title.clone(),
        body: notice.body.clone(),
        kind: Some(notice.kind.clone()),
        booking_id: notice.booking_id,
    }
}
