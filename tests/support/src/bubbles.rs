//! A desktop that takes every notification, in this process.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::sync::{Arc, Mutex};

use bellhop_engine::Engine;
use bellhop_engine::announcing::{self, Bubble};
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::wait::eventually;

/// The bubbles that an engine shows, from now on until this is dropped.
pub struct Bubbles {
    shown: Arc<Mutex<Vec<(Timestamp, Bubble)>>>,
    stop: CancellationToken,
    announcing: JoinHandle<()>,
}

impl Bubbles {
    /// Lets an engine show its notices.
    pub fn of(engine: &Arc<Engine>) -> Bubbles {
        let (shown, stop) = (Arc::<Mutex<Vec<_>>>::default(), CancellationToken::new());
        let seen = Arc::clone(&shown);
        let show = move |bubble: &Bubble| {
            seen.lock()
                .unwrap()
                .push((Timestamp::now(), bubble.clone()));
            Ok(())
        };
        let announcing = announcing::run(Arc::clone(engine), stop.clone(), show);
        Bubbles {
            shown,
            stop,
            announcing: tokio::spawn(announcing),
        }
    }

    /// Those that were shown until now, in their order.
    pub fn all(&self) -> Vec<Bubble> {
        let shown = self.shown.lock().unwrap();
        shown.iter().map(|(_, bubble)| bubble.clone()).collect()
    }

    /// Waits until there are as many, and gives all.
    pub async fn at_least(&self, count: usize) -> Vec<Bubble> {
        let what = format!("{count} bubbles");
        let enough = async || Ok(Some(self.all()).filter(|all| all.len() >= count));
        eventually(&what, enough).await.unwrap()
    }

    /// Waits for one with this title, and gives it and when it was shown.
    pub async fn titled(&self, title: &str) -> (Timestamp, Bubble) {
        let what = format!("a bubble \"{title}\"");
        let found = async || {
            let shown = self.shown.lock().unwrap();
            Ok(shown
                .iter()
                .find(|(_, bubble)| bubble.title == title)
                .cloned())
        };
        eventually(&what, found).await.unwrap()
    }

    /// Lets the engine show nothing more, and waits until it has noted what it showed.
    pub async fn end(mut self) {
        self.stop.cancel();
        (&mut self.announcing).await.unwrap();
    }
}

impl Drop for Bubbles {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
