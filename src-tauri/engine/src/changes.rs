//! Who is told after a commit.

use tokio::sync::{Notify, broadcast};

/// What a commit changed. Whoever hears of it reads again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Events, bookings, deliveries.
    Timeline,
    /// Endpoints, their secrets, rejections.
    Endpoints,
    /// Times in which we could not be reached.
    Gaps,
    /// What became of a notice.
    Notices,
    /// Another process wrote, so anything may have changed.
    Anything,
}

/// Tells of changes, and wakes the worker.
pub struct Changes {
    changes: broadcast::Sender<Change>,
    waiting: Notify,
}

impl Default for Changes {
    fn default() -> Changes {
        // A listener that falls behind reads everything again, so the length does not matter.
        Changes {
            changes: broadcast::Sender::new(64),
            waiting: Notify::new(),
        }
    }
}

impl Changes {
    /// Tells of a change that has been committed.
    pub fn tell(&self, change: Change) {
        // Nobody listening is no failure.
        let _ = self.changes.send(change);
    }

    /// Hears of every change from now on.
    pub fn listen(&self) -> Listener {
        Listener {
            changes: self.changes.subscribe(),
        }
    }

    /// Wakes the worker: a delivery waits.
    pub fn wake_worker(&self) {
        self.waiting.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.waiting.notified().await;
    }
}

/// Hears of changes.
pub struct Listener {
    changes: broadcast::Receiver<Change>,
}

impl Listener {
    /// The next change. One that was missed counts as [`Change::Anything`]. `None` once the engine is gone.
    pub async fn next(&mut self) -> Option<Change> {
        match self.changes.recv().await {
            Ok(change) => Some(change),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Change::Anything),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
