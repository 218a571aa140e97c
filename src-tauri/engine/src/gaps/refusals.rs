//! Calls that arrived and could not be stored: remembered here, because the store cannot be told now.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use bellhop_core::gap::{Cause, Trouble};
use jiff::Timestamp;

/// A time in which the store refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The first refused write.
    pub(crate) since: Timestamp,
    /// The first call that was stored after the last refused write.
    pub(crate) until: Option<Timestamp>,
    /// How many calls were refused. None where it was a write of our own.
    pub(crate) calls: u64,
    /// What was wrong at first.
    pub(crate) trouble: Trouble,
}

/// The present refusal.
#[derive(Default)]
pub(crate) struct Refusals {
    /// Lets a call that was stored pass without a lock.
    refusing: AtomicBool,
    present: Mutex<Option<Refusal>>,
}

impl Refusals {
    /// A write was refused: of a call, or of our own.
    pub(crate) fn refused(&self, error: &dyn std::error::Error, call: bool) {
        let now = Timestamp::now();
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        let refusal = present.get_or_insert_with(|| Refusal {
            since: now,
            until: None,
            calls: 0,
            trouble: Trouble {
                detail: Some(error.to_string()),
                ..Trouble::of(Cause::Storage)
            },
        });
        refusal.until = None;
        refusal.calls += u64::from(call);
        self.refusing.store(true, Ordering::Relaxed);
    }

    /// A call was stored.
    pub(crate) fn accepted(&self) {
        if self.refusing.load(Ordering::Relaxed) {
            let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(refusal) = present.as_mut() {
                refusal.until.get_or_insert_with(Timestamp::now);
            }
            self.refusing.store(false, Ordering::Relaxed);
        }
    }

    /// What has not been written into the ledger yet.
    pub(crate) fn present(&self) -> Option<Refusal> {
        let present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        present.clone()
    }

    /// It has been written, unless more was refused meanwhile.
    pub(crate) fn written(&self, written: &Refusal) {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        if present.as_ref() == Some(written) {
            *present = None;
        }
    }
}
