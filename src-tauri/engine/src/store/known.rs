//! Endpoints that were called, kept in memory: looking one up in the database is a good part of what a call costs, since
//! every commit makes a reader forget its pages.
//!
//! What is kept here is only ever used to check a signature. Before a call that was checked with it is stored, the writer
//! makes sure that it still stands, also against what another process has written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::endpoints::{Called, by_token};
use super::{Result, StoreError};

/// An endpoint that is called, as the database held it a moment ago.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// What is known of it.
    pub(crate) called: Arc<Called>,
    token: Arc<str>,
    version: u64,
}

#[derive(Default)]
pub(super) struct KnownEndpoints {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// Grows whenever an endpoint may have changed.
    version: u64,
    endpoints: HashMap<Arc<str>, Arc<Called>>,
}

impl KnownEndpoints {
    /// The endpoint from memory.
    pub(super) fn get(&self, token: &str) -> Option<Known> {
        let held = self.held();
        let (token, called) = held.endpoints.get_key_value(token)?;
        Some(Known {
            called: Arc::clone(called),
            token: Arc::clone(token),
            version: held.version,
        })
    }

    /// The endpoint from what `read` finds in the database, and keeps it.
    pub(super) fn read(
        &self,
        token: &str,
        read: impl FnOnce() -> Result<Option<Called>>,
    ) -> Result<Option<Known>> {
        let version = self.held().version;
        let Some(called) = read()? else {
            return Ok(None);
        };
        let known = Known {
            called: Arc::new(called),
            token: token.into(),
            version,
        };
        let mut held = self.held();
        // One whose form is still to be learnt changes with its first call.
        let is_settled = known.called.signature_form.is_some() || known.called.secrets.is_empty();
        if is_settled && held.version == version {
            held.endpoints
                .insert(Arc::clone(&known.token), Arc::clone(&known.called));
        }
        Ok(Some(known))
    }

    /// Something was written that may have changed an endpoint.
    pub(super) fn forget(&self) {
        let mut held = self.held();
        held.version += 1;
        held.endpoints.clear();
    }

    /// Fails unless the endpoint is still what it was when it was looked up. `connection` has a transaction open.
    pub(super) fn ensure_current(&self, connection: &Connection, known: &Known) -> Result<()> {
        if self.held().version == known.version {
            return Ok(());
        }
        match by_token(connection, &known.token)? {
            Some(now) if now == *known.called => Ok(()),
            _ => Err(StoreError::Changed),
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
