//! The store as the rest of the engine uses it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellhop_engine::Engine;
use bellhop_engine::announcing::{self, Bubble};
use bellhop_engine::changes::Change;
use bellhop_engine::first_run::{FirstRun, Progress, Step};
use bellhop_engine::store::settings::Pause;
use bellhop_engine::store::{Store, StoreError, settings};
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

/// A job that panics takes nothing with it: not the writer, not the jobs that share its commit.
#[tokio::test]
async fn a_job_that_panics_is_undone_and_the_next_one_is_done() {
    let home = tempfile::TempDir::new().unwrap();
    let store = Store::open(home.path()).unwrap();
    for round in 0..3 {
        let name = format!("round {round}");
        let (before, during, after) = (name.clone(), name.clone(), name.clone());
        let (first, broken, last) = tokio::join!(
            store.write(move |connection| settings::set(connection, &before, Some("first"))),
            store.write(move |connection| -> Result<(), StoreError> {
                settings::set(connection, &during, Some("broken"))?;
                panic!("on purpose")
            }),
            store.write(move |connection| settings::get(connection, &after)),
        );
        first.unwrap();
        assert!(matches!(broken, Err(StoreError::Panicked)), "{broken:?}");
        assert_eq!(last.unwrap().as_deref(), Some("first"));
        let kept = store
            .read(move |connection| settings::get(connection, &name))
            .await;
        assert_eq!(kept.unwrap().as_deref(), Some("first"));
    }
}

/// SQLite rolls a transaction back by itself when the disk is full. Then what was refused is not there.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_after_a_rollback_is_not_stored() {
    let home = tempfile::TempDir::new().unwrap();
    let store = Store::open(home.path()).unwrap();
    let set = |name: &'static str| {
        store.write(move |connection| settings::set(connection, name, Some("stored")))
    };
    let (_, before, rolled_back, after) = tokio::join!(
        // While this one works the others queue, so that they share a commit.
        store.write(|_| -> Result<(), StoreError> {
            std::thread::sleep(Duration::from_millis(200));
            Ok(())
        }),
        set("before"),
        store.write(|connection| -> Result<(), StoreError> {
            Ok(connection.execute_batch("ROLLBACK")?)
        }),
        set("after"),
    );
    assert!(rolled_back.is_err(), "{rolled_back:?}");
    for (name, outcome) in [("before", before), ("after", after)] {
        let there = store
            .read(move |connection| settings::get(connection, name))
            .await;
        assert_eq!(
            there.unwrap().is_some(),
            outcome.is_ok(),
            "{name}: {outcome:?}"
        );
    }
    set("later").await.unwrap();
}

/// A notice that has been shown while nothing could be written is not shown again at every turn.
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_shown_once_while_the_database_is_locked() {
    let home = tempfile::TempDir::new().unwrap();
    let engine = Engine::open_with_file_secrets(home.path()).await.unwrap();
    let other = || rusqlite::Connection::open(home.path().join("bellhop.db")).unwrap();
    other()
        .execute_batch(
            "INSERT INTO endpoint (provider, label, token, created_at) VALUES ('bookora', 'B', 't', 0);
             INSERT INTO delivery (endpoint_id, idempotency_key, received_at, headers, body, trust, state)
                VALUES (1, 'k', 0, x'', x'', 'signed', 'processed');
             INSERT INTO event (delivery_id, position, endpoint_id, fingerprint, fact, kind, late, received_at)
                VALUES (1, 0, 1, x'00', '{}', 'created', 0, 0);
             INSERT INTO notice (kind, event_id, title, body, discreet_title, discreet_body, planned_at, loudness)
                VALUES ('created', 1, 'Jane', 'Monday', 'New booking', 'Monday', 0, 'normal');",
        )
        .unwrap();
    let shown = Arc::new(AtomicUsize::new(0));
    let (locked, stop) = (Arc::new(Mutex::new(None)), CancellationToken::new());
    let show = {
        let (shown, locked) = (Arc::clone(&shown), Arc::clone(&locked));
        let database = home.path().join("bellhop.db");
        move |_: &Bubble| {
            shown.fetch_add(1, Ordering::SeqCst);
            let blocker = rusqlite::Connection::open(&database).unwrap();
            blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
            *locked.lock().unwrap() = Some(blocker);
            Ok(())
        }
    };
    let announcing = tokio::spawn(announcing::run(Arc::clone(&engine), stop.clone(), show));
    while shown.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // It tries to mark it, in vain, whenever something changes.
    for _ in 0..2 {
        engine.changes.tell(Change::Timeline);
        let refused = engine.store.write(|_| Ok(())).await;
        assert!(matches!(refused, Err(StoreError::Locked)), "{refused:?}");
    }
    locked.lock().unwrap().take();
    let marked = async {
        loop {
            engine.changes.tell(Change::Timeline);
            let marked: bool = other()
                .query_row("SELECT shown_at IS NOT NULL FROM notice", [], |row| {
                    row.get(0)
                })
                .unwrap();
            if marked {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), marked)
        .await
        .unwrap();
    stop.cancel();
    announcing.await.unwrap();
    assert_eq!(shown.load(Ordering::SeqCst), 1);
}

/// A pause that was begun while the clock was far ahead ends when the clock is set right.
#[tokio::test]
async fn a_pause_does_not_outlast_a_clock_that_is_set_back() {
    let home = tempfile::TempDir::new().unwrap();
    let store = Store::open(home.path()).unwrap();
    let now: Timestamp = "2026-06-10T10:00:00Z".parse().unwrap();
    let paused = |until: &'static str| {
        let store = store.clone();
        async move {
            let asked = move |connection: &rusqlite::Connection| {
                settings::set_pause(connection, Some(Pause::Until(until.parse().unwrap())))?;
                settings::pause(connection, now)
            };
            store.write(asked).await.unwrap().is_some()
        }
    };
    assert!(paused("2026-06-10T10:30:00Z").await);
    assert!(paused("2026-06-11T08:00:00Z").await);
    assert!(!paused("2026-06-10T09:59:00Z").await);
    assert!(!paused("2027-06-10T10:30:00Z").await);
    // One that only the person ends needs no clock.
    let open = store.write(move |connection| {
        settings::set_pause(connection, Some(Pause::UntilResumed))?;
        let later = now + SignedDuration::from_hours(24 * 365);
        Ok([
            settings::pause(connection, now)?,
            settings::pause(connection, later)?,
        ])
    });
    assert_eq!(open.await.unwrap(), [Some(Pause::UntilResumed); 2]);
}

#[tokio::test]
async fn where_the_first_run_stands_is_known_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::open_with_file_secrets(home.path()).await.unwrap();
    assert_eq!(engine.store.read(FirstRun::read).await.unwrap(), None);
    let left = FirstRun {
        progress: Progress::Left,
        step: Step::Paste,
        endpoint_id: Some(7),
    };
    engine
        .store
        .write(move |connection| left.write(connection))
        .await
        .unwrap();
    drop(engine);
    let engine = Engine::open_with_file_secrets(home.path()).await.unwrap();
    assert_eq!(engine.store.read(FirstRun::read).await.unwrap(), Some(left));
}
