//! Digests are made once, at their time, and say what the database holds. Through the real worker and database, at moments
//! that the test chooses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::path::Path;
use std::sync::Arc;

use bellhop_core::digest::Schedule;
use bellhop_core::notice::{Held, Here};
use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::Engine;
use bellhop_engine::digesting::look;
use bellhop_engine::store::{digests, notices};
use bellhop_test_support::telling::{Webhook, shows_everything};
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A moment on the clock of somebody in Berlin.
fn here(now: &str) -> Here {
    Here::new(at(now), TimeZone::get("Europe/Berlin").unwrap())
}

struct World {
    engine: Arc<Engine>,
    kordless: Webhook,
}

impl World {
    async fn open(data: &Path) -> World {
        let engine = Engine::open_with_file_secrets(data).await.unwrap();
        let kordless = Webhook::of_new_endpoint(&engine, Provider::Kordless).await;
        World { engine, kordless }
    }

    /// A call that came at a moment.
    async fn tell(&self, act: Act, booking: &SampleBooking, received: &str) {
        let received = at(received);
        self.kordless
            .tells(&self.engine, act, booking, received)
            .await;
        // What is shown of it is no matter of a digest.
        shows_everything(&self.engine, received).await;
    }

    async fn sql(&self, sql: &'static str) {
        let done = self
            .engine
            .store
            .write(move |connection| Ok(connection.execute_batch(sql)?));
        done.await.unwrap();
    }

    /// What the digest says that is made at a moment, if one is.
    async fn digest(&self, now: &str) -> Option<String> {
        look(&self.engine, &here(now)).await.unwrap();
        let read = self.engine.store.read(|connection| {
            let waiting = notices::waiting(connection, Timestamp::MAX)?;
            Ok(waiting
                .into_iter()
                .filter(|notice| notice.kind.as_str() == "digest")
                .map(|notice| (notice.id, notice.words.full))
                .collect::<Vec<_>>())
        });
        let mut waiting = read.await.unwrap();
        assert!(waiting.len() < 2, "one at a time: {waiting:?}");
        let (id, said) = waiting.pop()?;
        let shown = self
            .engine
            .store
            .write(move |connection| notices::mark_shown(connection, &[id], Timestamp::now()));
        shown.await.unwrap();
        Some(format!("{}\n{}", said.title, said.body).trim().to_owned())
    }

    async fn wants(&self, schedule: Schedule) {
        self.engine.set_digest(schedule).await.unwrap();
    }
}

fn booking(number: u64, start: &str) -> SampleBooking {
    SampleBooking {
        start: at(start),
        ..SampleBooking::new(number, at("2026-06-10T10:00:00Z"))
    }
}

#[tokio::test]
async fn a_morning_has_one_digest_whatever_becomes_of_the_clock() {
    let data = tempfile::tempdir().unwrap();
    let world = World::open(data.path()).await;
    // The first morning is the first that comes after Bellhop was here.
    assert_eq!(world.digest("2026-06-14T06:30:00Z").await, None);
    let first = booking(1, "2026-06-15T07:00:00Z");
    world.tell(Act::Book, &first, "2026-06-14T09:00:00Z").await;
    let second = booking(2, "2026-06-15T09:00:00Z");
    world.tell(Act::Book, &second, "2026-06-14T09:10:00Z").await;
    let third = booking(3, "2026-06-16T09:00:00Z");
    world.tell(Act::Book, &third, "2026-06-14T10:00:00Z").await;
    let third = third.told_again(at("2026-06-10T10:05:00Z"));
    world
        .tell(Act::Cancel, &third, "2026-06-14T11:00:00Z")
        .await;
    assert_eq!(
        world.digest("2026-06-15T05:59:00Z").await,
        None,
        "too early"
    );
    let said = "Today: 2 bookings, the first at 09:00\nSince yesterday: 3 new, 1 cancelled";
    let morning = world.digest("2026-06-15T06:00:00Z").await;
    assert_eq!(morning.as_deref(), Some(said));
    for again in [
        "2026-06-15T06:00:10Z",
        "2026-06-15T07:30:00Z",
        "2026-06-14T22:30:00Z",
        "2026-06-15T06:01:00Z",
    ] {
        assert_eq!(world.digest(again).await, None, "{again}");
    }
    // The same morning in another zone, in a program that was started anew.
    let kordless = world.kordless;
    drop(world);
    let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
    let world = World { engine, kordless };
    let west = Here::new(
        at("2026-06-15T14:30:00Z"),
        TimeZone::get("America/New_York").unwrap(),
    );
    look(&world.engine, &west).await.unwrap();
    let due = world
        .engine
        .store
        .read(|connection| notices::waiting(connection, Timestamp::MAX));
    assert!(due.await.unwrap().is_empty());
    // The day after has nothing to say, and the one after that is told of if the person wants it.
    assert_eq!(world.digest("2026-06-16T06:00:00Z").await, None);
    world
        .wants(Schedule {
            even_if_nothing: true,
            ..Schedule::default()
        })
        .await;
    let quiet = world.digest("2026-06-17T06:00:00Z").await;
    assert_eq!(quiet.as_deref(), Some("No bookings today"));
    assert_eq!(
        world.digest("2026-06-18T13:00:00Z").await,
        None,
        "the morning is over"
    );
    world
        .wants(Schedule {
            hour: 18,
            ..Schedule::default()
        })
        .await;
    let late = booking(4, "2026-06-18T19:00:00Z");
    world.tell(Act::Book, &late, "2026-06-18T13:10:00Z").await;
    let evening = world.digest("2026-06-18T16:00:00Z").await;
    assert_eq!(
        evening.as_deref(),
        Some("Today: 1 booking, at 21:00\nSince yesterday: 1 new")
    );
}

#[tokio::test]
async fn after_a_gap_it_says_what_was_missed() {
    let data = tempfile::tempdir().unwrap();
    let world = World::open(data.path()).await;
    assert_eq!(world.digest("2026-06-14T20:00:00Z").await, None);
    // From 02:10 to 05:30, and one that goes on for a moment.
    world
        .sql(
            "INSERT INTO gap (began_at, ended_at, cause, cause_since) VALUES
                (unixepoch('2026-06-15 00:10:00') * 1000000, unixepoch('2026-06-15 03:30:00') * 1000000, 'asleep', 0)",
        )
        .await;
    assert_eq!(
        world.digest("2026-06-15T03:30:30Z").await,
        None,
        "not settled"
    );
    let first = booking(1, "2026-06-15T07:00:00Z");
    world.tell(Act::Book, &first, "2026-06-15T03:30:40Z").await;
    let said = world.digest("2026-06-15T03:31:00Z").await;
    assert_eq!(
        said.as_deref(),
        Some("1 gap: 02:10–05:30\nSince yesterday: 1 new\nToday: 1 booking, at 09:00")
    );
    assert_eq!(world.digest("2026-06-15T03:32:00Z").await, None);
    // The morning goes on from there.
    let morning = world.digest("2026-06-15T06:00:00Z").await;
    assert_eq!(morning.as_deref(), Some("Today: 1 booking, at 09:00"));
    // What ends shortly before the hour is told of with the morning, and not again.
    world
        .sql(
            "INSERT INTO gap (began_at, ended_at, cause, cause_since) VALUES
                (unixepoch('2026-06-16 00:10:00') * 1000000, unixepoch('2026-06-16 05:59:30') * 1000000, 'asleep', 0)",
        )
        .await;
    let morning = world.digest("2026-06-16T06:00:00Z").await;
    assert_eq!(
        morning.as_deref(),
        Some("No bookings today\n1 gap: 02:10–07:59")
    );
    assert_eq!(world.digest("2026-06-16T06:02:00Z").await, None);
}

#[tokio::test]
async fn what_was_not_shown_and_what_overlaps_is_told() {
    let data = tempfile::tempdir().unwrap();
    let world = World::open(data.path()).await;
    assert_eq!(world.digest("2040-06-14T06:30:00Z").await, None);
    let first = booking(1, "2040-06-15T07:00:00Z");
    world.tell(Act::Book, &first, "2040-06-14T09:00:00Z").await;
    let second = booking(2, "2040-06-15T07:10:00Z");
    world.tell(Act::Book, &second, "2040-06-14T09:10:00Z").await;
    world
        .sql(
            "UPDATE notice SET planned_at = unixepoch('2040-06-14 09:00:00') * 1000000;
             -- Put off from the evening before until that morning.
             UPDATE notice SET planned_at = unixepoch('2040-06-13 22:00:00') * 1000000,
                 due_at = unixepoch('2040-06-14 09:00:00') * 1000000, shown_at = NULL, held = 'paused' WHERE id = 1;
             UPDATE notice SET shown_at = NULL, held = 'rule' WHERE id = 2;",
        )
        .await;
    let said = world.digest("2040-06-15T06:00:00Z").await;
    assert_eq!(
        said.as_deref(),
        Some(
            "Today: 2 bookings, the first at 09:00\nSince yesterday: 2 new\n1 notification was not shown\n1 overlap to look at"
        )
    );
    let read = world.engine.store.read(|connection| {
        digests::not_shown(
            connection,
            at("2040-06-14T00:00:00Z"),
            at("2040-06-15T06:00:00Z"),
        )
    });
    let [missed] = &read.await.unwrap()[..] else {
        panic!("one was held because of a pause");
    };
    assert_eq!(
        (missed.booking_id, missed.held),
        (Some(1), Some(Held::Paused))
    );
}
