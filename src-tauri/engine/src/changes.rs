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
    /// The next change, and all that have come meanwhile: several of different kinds, and those that were missed, count as
    /// [`Change::Anything`]. Who looks anew has seen what they all changed. `None` once the engine is gone.
    pub async fn next(&mut self) -> Option<Change> {
        let mut heard = match self.changes.recv().await {
            Ok(change) => change,
            Err(broadcast::error::RecvError::Lagged(_)) => Change::Anything,
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        loop {
            heard = match self.changes.try_recv() {
                Ok(change) if change == heard => heard,
                Ok(_) | Err(broadcast::error::TryRecvError::Lagged(_)) => Change::Anything,
                Err(_) => return Some(heard),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_come_meanwhile_is_heard_at_once() {
        let changes = Changes::default();
        let mut listener = changes.listen();
        for _ in 0..3 {
            changes.tell(Change::Timeline);
        }
        assert_eq!(listener.next().await, Some(Change::Timeline));
        changes.tell(Change::Timeline);
        changes.tell(Change::Notices);
        assert_eq!(listener.next().await, Some(Change::Anything));
        // More than are kept for one that falls behind.
        for _ in 0..100 {
            changes.tell(Change::Gaps);
        }
        assert_eq!(listener.next().await, Some(Change::Anything));
        drop(changes);
        assert_eq!(listener.next().await, None);
    }
}
