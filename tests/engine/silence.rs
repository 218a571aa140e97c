//! What is told of an endpoint's silence, from real rows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::sync::Arc;

use bellhop_core::provider::Provider;
use bellhop_engine::Engine;
use bellhop_engine::rhythms::Silence;
use bellhop_engine::store::notices::{self, ListQuery};
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// An engine whose first endpoint was called every day, the last time `silent` before `now`.
async fn called_daily(
    days: i64,
    silent: SignedDuration,
    now: Timestamp,
) -> (tempfile::TempDir, Arc<Engine>) {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::open_with_file_secrets(home.path()).await.unwrap();
    let endpoint = engine
        .add_endpoint(Provider::ReserveKit, Some("Studio"), None)
        .await
        .unwrap();
    let database = rusqlite::Connection::open(home.path().join("bellhop.db")).unwrap();
    for day in (0..days).rev() {
        let at = (now - silent - DAY * i32::try_from(day).unwrap()).as_microsecond();
        let delivery: i64 = database
            .query_row(
                "INSERT INTO delivery (endpoint_id, idempotency_key, received_at, headers, body, trust, state)
                 VALUES (?1, ?2, ?2, x'', x'', 'token_only', 'processed') RETURNING id",
                params![endpoint.id, at],
                |row| row.get(0),
            )
            .unwrap();
        database
            .execute(
                "INSERT INTO event (delivery_id, position, endpoint_id, fingerprint, fact, kind, late, received_at)
                 VALUES (?1, 0, ?2, cast(?3 AS blob), '{}', 'created', 0, ?3)",
                params![delivery, endpoint.id, at],
            )
            .unwrap();
        database
            .execute(
                "UPDATE endpoint SET last_delivery_at = ?2 WHERE id = ?1",
                params![endpoint.id, at],
            )
            .unwrap();
    }
    (home, engine)
}

async fn silence(engine: &Arc<Engine>, now: Timestamp) -> Option<Silence> {
    let endpoint = engine.endpoint(1).await.unwrap();
    let engine = Arc::clone(engine);
    let rhythms = Arc::clone(&engine);
    engine
        .store
        .read(move |connection| rhythms.rhythms.silence(connection, &endpoint, now))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_daily_endpoint_is_missed_after_four_days_and_not_while_a_gap_goes_on() {
    let now = Timestamp::now();
    let (home, engine) = called_daily(40, DAY * 5, now).await;
    let told = silence(&engine, now).await.unwrap();
    assert_eq!(told.usual_pause, DAY);
    let from = told.unusual_from.unwrap();
    // Rows keep microseconds.
    assert!(
        (now - DAY).duration_since(from).abs() < SignedDuration::from_millis(1),
        "{from}"
    );

    // Two of the silent days were ours: the last call is not missed yet.
    let database = rusqlite::Connection::open(home.path().join("bellhop.db")).unwrap();
    let gap = |began: Timestamp, ended: Option<Timestamp>| {
        database
            .execute(
                "INSERT INTO gap (began_at, ended_at, cause, cause_since) VALUES (?1, ?2, 'not_running', ?1)",
                params![began.as_microsecond(), ended.map(Timestamp::as_microsecond)],
            )
            .unwrap();
    };
    gap(now - DAY * 4, Some(now - DAY * 2));
    let later = silence(&engine, now).await.unwrap().unusual_from.unwrap();
    assert!(later > now && later < now + DAY * 2, "{later}");
    gap(now - SignedDuration::from_hours(1), None);
    assert_eq!(silence(&engine, now).await.unwrap().unusual_from, None);
}

#[tokio::test]
async fn a_new_endpoint_is_not_judged() {
    let now = Timestamp::now();
    let (_home, engine) = called_daily(20, DAY * 9, now).await;
    assert_eq!(silence(&engine, now).await, None);
}

#[tokio::test]
async fn an_unusual_silence_is_told_of_once_until_the_next_call() {
    let now = Timestamp::now();
    let (home, engine) = called_daily(40, DAY * 5, now).await;
    let told = async |at: Timestamp| -> Vec<String> {
        engine.look_for_troubles(None, None, at).await.unwrap();
        let query = ListQuery {
            limit: 9,
            ..ListQuery::default()
        };
        let list = engine
            .store
            .read(move |connection| notices::list(connection, &query, at));
        let list = list.await.unwrap();
        let said = list.into_iter().map(|one| one.notice.words.full.title);
        said.collect()
    };
    assert_eq!(told(now - DAY * 2).await, [""; 0]);
    let first = told(now).await;
    assert!(
        first.len() == 1 && first[0].starts_with("No call of ReserveKit since "),
        "{first:?}"
    );
    assert_eq!(told(now + DAY).await, first);
    // Nobody had been shown it when a call came.
    let database = rusqlite::Connection::open(home.path().join("bellhop.db")).unwrap();
    let at = (now + DAY).as_microsecond();
    database
        .execute("UPDATE endpoint SET last_delivery_at = ?1", [at])
        .unwrap();
    assert_eq!(told(now + DAY).await, [""; 0]);
}
