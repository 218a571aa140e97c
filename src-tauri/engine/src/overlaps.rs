//! The room that an endpoint wants around its bookings, and what follows from a change of it.

use bellhop_core::overlap::LONGEST_BUFFER;
use jiff::{SignedDuration, Timestamp};

use crate::Engine;
use crate::changes::{Change, Changes};
use crate::endpoints::EndpointError;
use crate::store::endpoints::{self, Endpoint};
use crate::store::{Result, Store, overlaps, settings};

/// A booking that began longer ago than this is not compared again.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(240);

impl Engine {
    /// Lets so many minutes be free before and after each booking of an endpoint. What is in each other's way then is
    /// marked, and nobody is told: the person has just asked for it.
    ///
    /// # Errors
    ///
    /// Fails where there is no such endpoint, or the store does.
    pub async fn set_buffer(
        &self,
        endpoint: i64,
        minutes: u16,
    ) -> std::result::Result<Endpoint, EndpointError> {
        let minutes = minutes.min(LONGEST_BUFFER);
        self.store
            .write(move |connection| endpoints::set_buffer(connection, endpoint, minutes))
            .await?;
        look_again(&self.store, Some(endpoint)).await?;
        self.changes.tell(Change::Endpoints);
        self.changes.tell(Change::Timeline);
        self.endpoint(endpoint).await
    }
}

/// Compares the bookings that were there before this version knew of overlaps. Once.
pub(crate) async fn catch_up(store: &Store, changes: &Changes) -> Result<()> {
    let known = store
        .read(|connection| settings::get(connection, settings::OVERLAPS_KNOWN))
        .await?;
    if known.is_some() {
        return Ok(());
    }
    look_again(store, None).await?;
    store
        .write(|connection| settings::set(connection, settings::OVERLAPS_KNOWN, Some("yes")))
        .await?;
    changes.tell(Change::Timeline);
    Ok(())
}

/// A few at a time, so that no call waits for all of them.
async fn look_again(store: &Store, endpoint: Option<i64>) -> Result<()> {
    let now = Timestamp::now();
    let from = now.checked_sub(LOOKED_BACK).unwrap_or(now);
    let mut next = Some((from, 0));
    while let Some(after) = next {
        let looked = store.queue_patiently(move |connection| {
            overlaps::look_again(connection, endpoint, after, now)
        })?;
        next = looked.committed().await?;
    }
    Ok(())
}
