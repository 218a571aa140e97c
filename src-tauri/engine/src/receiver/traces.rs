//! The traces that calls leave which are turned away: they answer the person's "why is nothing arriving?".

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::Connection;

use super::Receiver;
use super::rates::Flood;
use crate::changes::Change;
use crate::store::{self, endpoints, rejections};

impl Receiver {
    /// Leaves the trace of a call to `endpoint_id`. Says whether it was one of too many: then it leaves none.
    pub(super) fn reject(
        &self,
        endpoint_id: i64,
        reason: &'static str,
        hint: impl Into<String>,
    ) -> bool {
        let too_many = !self.rates.allow_trace(Some(endpoint_id));
        if too_many {
            self.tell_of(Flood::TurnedAway(Some(endpoint_id)));
        } else {
            tracing::info!(endpoint_id, reason, "a call was turned away");
            self.insert(Some(endpoint_id), reason, hint.into());
        }
        too_many
    }

    /// Leaves the trace of a call to an address that no endpoint has.
    pub(super) fn reject_unknown(&self, token: String) {
        if !self.rates.allow_trace(None) {
            self.tell_of(Flood::TurnedAway(None));
            return;
        }
        self.leave_trace(move |connection| {
            let removed = endpoints::id_of_token(connection, &token)?;
            let (reason, hint) = match removed {
                Some(_) => (
                    "endpoint_removed",
                    "This endpoint has been removed. Take its address out of the provider's settings, or add an endpoint and paste the new address.",
                ),
                None => (
                    "unknown_endpoint",
                    "No endpoint has this address. If a provider sent the call, copy the address again from its endpoint.",
                ),
            };
            rejections::insert(connection, removed, reason, hint, Timestamp::now())
        });
    }

    /// Tells the person of a flood, at most once a minute.
    pub(super) fn tell_of(&self, flood: Flood) {
        if !self.rates.is_news(flood) {
            return;
        }
        tracing::warn!(?flood, "more calls come than are taken");
        let (endpoint_id, hint) = match flood {
            Flood::Genuine(id) => (
                Some(id),
                "More genuine calls come than can be taken: more than 100 a second for this endpoint, or 1,000 for all. The provider was told to send the rest again later, and it does. If it goes on, look in the provider's settings for what sends so much.",
            ),
            Flood::TurnedAway(Some(id)) => (
                Some(id),
                "So many calls to this endpoint are turned away that no longer each one is listed. Genuine ones are still taken. If the ones before this are not genuine, somebody knows the address: add another endpoint, give its address to the provider, and remove this one.",
            ),
            Flood::TurnedAway(None) => (
                None,
                "So many calls come to addresses that do not exist that no longer each one is listed. Somebody is guessing; genuine calls are still taken, and there is nothing to do.",
            ),
        };
        self.insert(endpoint_id, "too_many", hint.to_owned());
    }

    fn insert(&self, endpoint_id: Option<i64>, reason: &'static str, hint: String) {
        self.leave_trace(move |connection| {
            rejections::insert(connection, endpoint_id, reason, &hint, Timestamp::now())
        });
    }

    /// The caller does not wait for it, and where many calls wait to be stored it is the first thing to go.
    fn leave_trace(&self, trace: impl FnOnce(&Connection) -> store::Result<()> + Send + 'static) {
        if !self.engine.store.is_calm() {
            return;
        }
        let engine = Arc::clone(&self.engine);
        tokio::spawn(async move {
            match engine.store.write(trace).await {
                Ok(()) => engine.changes.tell(Change::Endpoints),
                Err(error) => tracing::warn!(%error, "the trace of a rejected call was lost"),
            }
        });
    }
}
