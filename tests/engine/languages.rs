//! In which words a notice is stored: by what the person chose when it was worded, or else by the system.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::sync::Arc;

use bellhop_core::language::{Clock, Language};
use bellhop_core::notice::Wording;
use bellhop_core::trouble::Unreachable;
use bellhop_engine::Engine;
use bellhop_engine::store::notices::{self, ListQuery};
use bellhop_engine::store::settings;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

struct Desk {
    engine: Arc<Engine>,
    _home: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Desk {
        let home = tempfile::tempdir().unwrap();
        let engine = Engine::open_with_file_secrets(home.path()).await.unwrap();
        Desk {
            engine,
            _home: home,
        }
    }

    async fn chooses(&self, look: &'static str) {
        let set =
            move |connection: &Connection| settings::set(connection, settings::LOOK, Some(look));
        self.engine.store.write(set).await.unwrap();
    }

    async fn spoken(&self) -> (Language, Clock) {
        self.engine.store.read(settings::spoken).await.unwrap()
    }

    /// Nobody reaches us since that moment, which is told of once.
    async fn is_cut_off(&self, since: &str) {
        let unreachable = Unreachable {
            since: since.parse().unwrap(),
            lasted: SignedDuration::from_hours(1),
            mends: true,
            why: "the network is down".to_owned(),
            gap: None,
        };
        let now = Timestamp::now();
        let look = self.engine.look_for_troubles(Some(unreachable), None, now);
        look.await.unwrap();
    }

    /// What is stored, the oldest first. What was not shown is taken back once it is over.
    async fn told(&self) -> Vec<Wording> {
        let query = ListQuery {
            limit: 100,
            ..ListQuery::default()
        };
        let list =
            move |connection: &Connection| notices::list(connection, &query, Timestamp::now());
        let listed = self.engine.store.read(list).await.unwrap();
        let ids: Vec<i64> = listed.iter().map(|one| one.notice.id).collect();
        let show =
            move |connection: &Connection| notices::mark_shown(connection, &ids, Timestamp::now());
        self.engine.store.write(show).await.unwrap();
        let words = listed.into_iter().rev().map(|one| one.notice.words.full);
        words.collect()
    }
}

#[tokio::test]
async fn a_notice_is_worded_as_is_chosen_then_and_keeps_its_words() {
    let desk = Desk::new().await;
    desk.chooses(r#"{"appearance":"dark","language":"de","clock":"h24"}"#)
        .await;
    desk.is_cut_off("2026-11-11T14:00:00Z").await;
    assert_eq!(desk.told().await.len(), 1);
    desk.chooses(r#"{"appearance":"dark","language":"en","clock":"h12"}"#)
        .await;
    desk.is_cut_off("2026-11-12T14:00:00Z").await;

    let told = desk.told().await;
    let titles: Vec<&str> = told.iter().map(|one| &*one.title).collect();
    assert_eq!(
        titles,
        ["Bellhop ist nicht erreichbar", "Bellhop cannot be reached"]
    );
    let (german, english) = (&told[0].body, &told[1].body);
    assert!(
        german.starts_with("Seit ") && german.ends_with("\nDer Grund steht in den Einstellungen.")
    );
    let has_half = |said: &str| said.contains(" AM") || said.contains(" PM");
    assert!(has_half(english) && !has_half(german), "{told:#?}");
    assert!(english.starts_with("Since ") && english.ends_with(".\nThe network is down."));
}

#[tokio::test]
async fn what_is_not_chosen_is_as_the_system_has_it() {
    let desk = Desk::new().await;
    let of_system = settings::spoken_by_system();
    assert_eq!(desk.spoken().await, of_system);
    // Chosen so, by another version, or not to be read.
    for look in [
        r#"{"language":"system","clock":"system"}"#,
        r#"{"language":"tlh","clock":"h10"}"#,
        r#"{"language":7}"#,
        "German",
    ] {
        desk.chooses(look).await;
        assert_eq!(desk.spoken().await, of_system, "{look}");
    }
    desk.chooses(r#"{"language":"de"}"#).await;
    assert_eq!(desk.spoken().await, (Language::De, of_system.1));
    desk.chooses(r#"{"language":"system","clock":"h12","later":[]}"#)
        .await;
    assert_eq!(desk.spoken().await, (of_system.0, Clock::H12));
}
