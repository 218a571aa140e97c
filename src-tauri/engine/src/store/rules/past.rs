//! What rules ask of notices that are due, and of those of the past.

use std::collections::{BTreeMap, BTreeSet};

use bellhop_core::notice::{Loudness, NoticeKind};
use bellhop_core::provider::Provider;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::columns::{moment, rows};
use crate::store::endpoints::provider_word;
use crate::store::{Result, StoreError};

/// Notes whether the desktop is asked not to disturb when it is given these notices.
pub(crate) fn mark_quieted(connection: &Connection, notices: &[(i64, bool)]) -> Result<()> {
    let mut mark = connection.prepare_cached("UPDATE notice SET quieted = ?2 WHERE id = ?1")?;
    for (id, quieted) in notices {
        mark.execute(params![id, quieted])?;
    }
    Ok(())
}

/// Those of these notices of which that was noted before.
pub(crate) fn quieted(connection: &Connection, ids: &[i64]) -> Result<BTreeSet<i64>> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM notice WHERE id = ?1 AND quieted")?;
    let mut quieted = BTreeSet::new();
    for id in ids {
        if statement.exists([id])? {
            quieted.insert(*id);
        }
    }
    Ok(quieted)
}

/// What is booked, of those of these notices that are about a booking.
pub(crate) fn booked(connection: &Connection, ids: &[i64]) -> Result<BTreeMap<i64, String>> {
    let mut statement = connection.prepare_cached(
        "SELECT booking.title FROM notice LEFT JOIN event ON event.id = event_id
         JOIN booking ON booking.id = coalesce(event.booking_id, notice.booking_id)
         WHERE notice.id = ?1 AND booking.title IS NOT NULL",
    )?;
    let mut booked = BTreeMap::new();
    for id in ids {
        if let Some(title) = statement.query_row([id], |row| row.get(0)).optional()? {
            booked.insert(*id, title);
        }
    }
    Ok(booked)
}

/// A notice of the past, as far as rules ask about it.
pub(crate) struct PastNotice {
    pub(crate) id: i64,
    pub(crate) kind: NoticeKind,
    pub(crate) provider: Option<Provider>,
    pub(crate) endpoint_id: Option<i64>,
    pub(crate) booked: Option<String>,
    /// Its first line.
    pub(crate) title: String,
    /// How loud it was to be where no rule says otherwise.
    pub(crate) loudness: Loudness,
    /// When it was told, or else was to be.
    pub(crate) at: Timestamp,
}

/// The newest notices that were told or held, newest first.
pub(crate) fn told(connection: &Connection, most: i64) -> Result<Vec<PastNotice>> {
    let mut statement = connection.prepare_cached(
        "SELECT notice.id, notice.kind, provider, endpoint.id AS endpoint_id, booking.title AS booked, notice.title, loudness,
             coalesce(shown_at, due_at, planned_at) AS at
         FROM notice LEFT JOIN event ON event.id = event_id
             LEFT JOIN endpoint ON endpoint.id = coalesce(event.endpoint_id, notice.endpoint_id)
             LEFT JOIN booking ON booking.id = coalesce(event.booking_id, notice.booking_id)
         WHERE shown_at IS NOT NULL OR notice.held IS NOT NULL ORDER BY notice.id DESC LIMIT ?1",
    )?;
    rows(&mut statement, [most], |row| {
        let word = |column: &str| row.get::<_, String>(column);
        let provider: Option<String> = row.get("provider")?;
        Ok(PastNotice {
            id: row.get("id")?,
            kind: NoticeKind::from_word(&word("kind")?)
                .ok_or(StoreError::Unreadable("notice.kind"))?,
            provider: provider.as_deref().map(provider_word).transpose()?,
            endpoint_id: row.get("endpoint_id")?,
            booked: row.get("booked")?,
            title: row.get("title")?,
            loudness: Loudness::from_word(&word("loudness")?)
                .ok_or(StoreError::Unreadable("notice.loudness"))?,
            at: moment(row.get("at")?),
        })
    })
}
