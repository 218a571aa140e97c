//! Makes digests when they are due. [`bellhop_core::digest`] has the rules.

mod page;

use std::sync::Arc;
use std::time::Duration;

use bellhop_core::digest::{self, Reason, Schedule};
use bellhop_core::notice::{Here, Loudness, NoticeKind};
use jiff::Timestamp;
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::changes::Change;
use crate::store::digests::{self, Digest};
use crate::store::notices::{self, NewNotice, Of};
use crate::store::{self, StoreError, gaps};
use crate::{Engine, here};

pub use page::{Page, page};

/// How often the clock on the wall is looked at: it goes on while the computer sleeps and can be set, as the time zone can,
/// and a wait knows of neither.
const BEAT: Duration = Duration::from_secs(30);

impl Engine {
    /// Makes a digest at other times from now on.
    ///
    /// # Errors
    ///
    /// Fails where the store does.
    pub async fn set_digest(&self, schedule: Schedule) -> Result<(), StoreError> {
        let set = self
            .store
            .write(move |connection| digests::set_schedule(connection, &schedule));
        set.await?;
        self.changes.tell(Change::Anything);
        Ok(())
    }
}

/// Makes digests as they become due, until `stop`.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let mut changes = engine.changes.listen();
    loop {
        let looked = async { look(&engine, &engine.store.read(here).await?).await };
        let next = looked.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a digest waits for the database");
            None
        });
        let wait = next.map_or(BEAT, |next| {
            let left = next.duration_since(Timestamp::now());
            Duration::try_from(left).unwrap_or_default().min(BEAT)
        });
        // Only a gap or a setting brings a digest nearer, not each booking.
        let beat = tokio::time::sleep(wait);
        tokio::pin!(beat);
        loop {
            tokio::select! {
                change = changes.next() => match change {
                    None => return,
                    Some(Change::Gaps | Change::Anything) => break,
                    Some(_) => {}
                },
                () = &mut beat => break,
                () = stop.cancelled() => return,
            }
        }
    }
}

/// Makes the digest that is due at this moment and place, if one is, and gives when the next may be.
///
/// # Errors
///
/// Fails where SQLite does.
pub async fn look(engine: &Engine, here: &Here) -> Result<Option<Timestamp>, StoreError> {
    begin(engine, here).await?;
    let at = here.clone();
    let (due, next) = engine
        .store
        .read(move |connection| Ok((due(connection, &at)?, next(connection, &at)?)))
        .await?;
    if let Some(reason) = due {
        let at = here.clone();
        let make = move |connection: &Connection| make(connection, reason, &at);
        if engine.store.write(make).await? {
            engine.changes.tell(Change::Anything);
        }
    }
    Ok(next)
}

/// The first morning that a person has a digest is the first that comes after Bellhop was here: what was before, nobody
/// missed.
async fn begin(engine: &Engine, here: &Here) -> Result<(), StoreError> {
    if engine.store.read(digests::was_any_made).await? {
        return Ok(());
    }
    let here = here.clone();
    let begin = move |connection: &Connection| {
        let now = here.now.to_zoned(here.time_zone.clone());
        let schedule = digests::schedule(connection)?;
        let digest = Digest {
            since: here.now,
            at: here.now,
        };
        let name = match digest::morning(&schedule, &now) {
            Some(date) => Reason::Morning(date).name(),
            None => "first".to_owned(),
        };
        digests::insert(connection, &name, &digest).map(drop)
    };
    engine.store.write(begin).await
}

/// Why a digest is due. The morning's tells of a gap as well, so it goes first.
fn due(connection: &Connection, here: &Here) -> store::Result<Option<Reason>> {
    let schedule = digests::schedule(connection)?;
    let now = here.now.to_zoned(here.time_zone.clone());
    if let Some(morning) = digest::morning(&schedule, &now).map(Reason::Morning)
        && !digests::was_made(connection, morning)?
    {
        return Ok(Some(morning));
    }
    let last = digests::last(connection, here.now)?.map(|last| last.at);
    for stored in gaps::list(connection, 8)? {
        let reason = Reason::Gap(stored.id);
        if digest::is_told_of(&schedule, stored.gap.span(), last, here.now)
            && !digests::was_made(connection, reason)?
        {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}

/// When one may be due next.
fn next(connection: &Connection, here: &Here) -> store::Result<Option<Timestamp>> {
    let schedule = digests::schedule(connection)?;
    let now = here.now.to_zoned(here.time_zone.clone());
    let morning = digest::next_morning(&schedule, &now);
    let settled = gaps::list(connection, 1)?
        .pop()
        .and_then(|stored| stored.gap.ended_at?.checked_add(digest::SETTLED).ok())
        .filter(|settled| *settled > here.now);
    Ok(morning.into_iter().chain(settled).min())
}

/// Gives whether there is something to tell. A morning without anything has had its digest all the same.
fn make(connection: &Connection, reason: Reason, here: &Here) -> store::Result<bool> {
    let since = digests::since(connection, here.now)?;
    let digest = Digest {
        since,
        at: here.now,
    };
    if !digests::insert(connection, &reason.name(), &digest)? {
        return Ok(false);
    }
    let contents = digests::contents(connection, since, here)?;
    if contents.is_nothing() && !digests::schedule(connection)?.even_if_nothing {
        return Ok(false);
    }
    let notice = NewNotice {
        of: Of::Once {
            name: &format!("digest:{}", reason.name()),
            booking_id: None,
            other_booking_id: None,
            endpoint_id: None,
        },
        kind: NoticeKind::Digest,
        words: &digest::word(reason, &contents, since, here),
        loudness: Loudness::Normal,
        planned_at: here.now,
        due_at: None,
    };
    Ok(notices::plan(connection, &notice)?.is_some())
}
