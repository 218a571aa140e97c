//! Whether an endpoint is silent for unusually long, from its own past: [`bellhop_core::rhythm`] has the rule.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bellhop_core::gap::Span;
use bellhop_core::rhythm::Rhythm;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::store::endpoints::Endpoint;
use crate::store::{self, events, gaps};

/// How far back a rhythm is looked for. What was usual a year ago need not be usual now.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(92 * 24);

/// And over how many events at most.
const EVENTS: i64 = 5_000;

/// A rhythm is one of weeks, so it is not read with every call that comes.
const READ_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// What is known of an endpoint's silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Its usual longest pause.
    pub usual_pause: SignedDuration,
    /// From when on it is silent for unusually long. `None` while a gap goes on, which nobody can tell from silence.
    pub unusual_from: Option<Timestamp>,
}

/// The rhythms of all endpoints, each with the moment at which it was read.
#[derive(Default)]
pub struct Rhythms {
    known: Mutex<HashMap<i64, (Timestamp, Option<Rhythm>)>>,
}

impl Rhythms {
    /// The silence since an endpoint's last call. `None` where its past tells too little.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub fn silence(
        &self,
        connection: &Connection,
        endpoint: &Endpoint,
        now: Timestamp,
    ) -> store::Result<Option<Silence>> {
        let Some(last_call) = endpoint.last_delivery_at else {
            return Ok(None);
        };
        let Some(rhythm) = self.rhythm(connection, endpoint.id, now)? else {
            return Ok(None);
        };
        Ok(Some(Silence {
            usual_pause: rhythm.usual_pause,
            unusual_from: rhythm.unusual_from(last_call, &spans(connection)?),
        }))
    }

    fn rhythm(
        &self,
        connection: &Connection,
        endpoint: i64,
        now: Timestamp,
    ) -> store::Result<Option<Rhythm>> {
        let fresh = |read: &Timestamp| now.duration_since(*read).abs() < READ_AGAIN;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rhythm)) = known.get(&endpoint).filter(|(read, _)| fresh(read)) {
            return Ok(*rhythm);
        }
        drop(known);
        let calls = events::moments(connection, endpoint, now - LOOKED_BACK, EVENTS)?;
        let rhythm = Rhythm::of(&calls, &spans(connection)?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(endpoint, (now, rhythm));
        Ok(rhythm)
    }
}

fn spans(connection: &Connection) -> store::Result<Vec<Span>> {
    let gaps = gaps::list(connection, gaps::KEPT)?;
    Ok(gaps.iter().map(|stored| stored.gap.span()).collect())
}
