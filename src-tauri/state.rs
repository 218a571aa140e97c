//! What the commands, the tray and the notifier share. It is complete before it is managed.

use std::sync::{Arc, PoisonError};

use bellhop_engine::Engine;
use bellhop_engine::serving::Serving;
use tokio::process::Child;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::dto::Restored;
use crate::restarting::Restarting;

/// The running program.
pub(crate) struct Desktop {
    pub(crate) engine: Arc<Engine>,
    pub(crate) serving: Arc<Serving>,
    /// Whether this is the demo, with its throw-away profile.
    pub(crate) demo: bool,
    /// The backup into which the program starts again.
    pub(crate) restarting: Arc<Restarting>,
    /// How the restore went with which the program started.
    pub(crate) restored: Option<Restored>,
    /// The demo that this program has opened beside itself.
    pub(crate) demo_beside: Mutex<Option<Child>>,
    /// The bookings that the card was last given to show.
    pub(crate) on_card: std::sync::Mutex<Vec<i64>>,
    /// Cancelled when the program ends.
    pub(crate) stop: CancellationToken,
}

impl Desktop {
    /// Remembers what is on the card from now on. Gives what was on it.
    pub(crate) fn put_on_card(&self, bookings: Vec<i64>) -> Vec<i64> {
        let mut on_card = self.on_card.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *on_card, bookings)
    }
}
