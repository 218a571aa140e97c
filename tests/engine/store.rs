//! The store as the rest of the engine uses it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use bellhop_engine::store::{Store, StoreError, settings};

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
