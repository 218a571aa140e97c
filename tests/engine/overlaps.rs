//! Bookings that are in each other's way: found as they come, told of once, marked until they are resolved or accepted.
//! Through the real inbox, worker and database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails panics, and the figures are printed"
)]

#[path = "overlaps/any_order.rs"]
mod any_order;
#[path = "overlaps/finding.rs"]
mod finding;
#[path = "overlaps/measure.rs"]
mod measure;
#[path = "overlaps/telling.rs"]
mod telling;

use std::sync::Arc;

use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::Engine;
use bellhop_engine::store::overlaps::{self, Overlap};
use bellhop_engine::store::{StoreError, notices};
use bellhop_test_support::telling::{Webhook, shows_everything, works};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::Runtime;

struct World {
    engine: Arc<Engine>,
    runtime: Runtime,
    kordless: Webhook,
    bookora: Webhook,
    _data: TempDir,
}

/// Far enough ahead to be over in no run of this test.
fn at(minute: i64) -> Timestamp {
    let monday: Timestamp = "2040-06-18T14:00:00Z".parse().unwrap();
    monday + SignedDuration::from_mins(minute)
}

fn booking(number: u64, name: &'static str, start: i64, minutes: i64) -> SampleBooking {
    SampleBooking {
        start: at(start),
        minutes,
        name,
        ..SampleBooking::new(number, "2026-06-10T10:00:00Z".parse().unwrap())
    }
}

/// The same booking, at another time.
fn moved(booking: &SampleBooking, start: i64) -> SampleBooking {
    SampleBooking {
        start: at(start),
        ..booking.moved(booking.now + SignedDuration::from_secs(60))
    }
}

impl World {
    fn open() -> World {
        let data = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let (engine, kordless, bookora) = runtime.block_on(async {
            let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
            let kordless = Webhook::of_new_endpoint(&engine, Provider::Kordless).await;
            let bookora = Webhook::of_new_endpoint(&engine, Provider::Bookora).await;
            (engine, kordless, bookora)
        });
        World {
            engine,
            runtime,
            kordless,
            bookora,
            _data: data,
        }
    }

    fn tell(&self, provider: Webhook, act: Act, booking: &SampleBooking) {
        let told = provider.tells(&self.engine, act, booking, Timestamp::now());
        self.runtime.block_on(told);
    }

    fn work(&self) {
        self.runtime.block_on(works(&self.engine));
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.runtime
            .block_on(self.engine.store.write(work))
            .unwrap()
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> T {
        self.engine.store.read_here(work).unwrap()
    }

    /// What waits to be told of overlaps: in full, and discreetly.
    fn told(&self) -> Vec<(String, String)> {
        let waiting = self.read(|connection| notices::waiting(connection, Timestamp::MAX));
        waiting
            .into_iter()
            .filter(|notice| notice.kind.as_str() == "overlap")
            .map(|notice| (notice.words.full.title, notice.words.discreet.title))
            .collect()
    }

    fn titles(&self) -> Vec<String> {
        self.told().into_iter().map(|(title, _)| title).collect()
    }

    fn show_all(&self) {
        let shown = shows_everything(&self.engine, Timestamp::now());
        self.runtime.block_on(shown);
    }

    fn open_overlaps(&self) -> Vec<Overlap> {
        self.read(|connection| overlaps::open(connection, Timestamp::now(), 99))
    }
}
