//! Rules, quiet hours and sounds at a real database: what is shown, what is held, and what is told of it afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

#[path = "rules/keeping.rs"]
mod keeping;
#[path = "rules/manners.rs"]
mod manners;
#[path = "rules/quiet_hours.rs"]
mod quiet_hours;

use std::sync::Arc;

use bellhop_core::hours::{Hours, QuietHours};
use bellhop_core::notice::{Loudness, NoticeKind, Wording, Words};
use bellhop_core::provider::Provider;
use bellhop_core::rule::{Effect, Rule};
use bellhop_engine::Engine;
use bellhop_engine::changes::Change;
use bellhop_engine::store::Result;
use bellhop_engine::store::notices::{NewNotice, Of, plan};
use bellhop_engine::store::rules::{self, KeptRule};
use bellhop_test_support::bubbles::Bubbles;
use bellhop_test_support::wait::eventually;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rusqlite::Connection;
use tempfile::TempDir;

struct Stage {
    engine: Arc<Engine>,
    bubbles: Bubbles,
    data: TempDir,
}

impl Stage {
    /// Two endpoints, the first of Kordless and the second of Orufy, and somebody who shows bubbles.
    async fn set() -> Stage {
        let data = tempfile::tempdir().unwrap();
        let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
        for provider in [Provider::Kordless, Provider::Orufy] {
            engine.add_endpoint(provider, None, None).await.unwrap();
        }
        Stage {
            bubbles: Bubbles::of(&engine),
            engine,
            data,
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> T {
        self.engine.store.write(job).await.unwrap()
    }

    async fn keep_rules(&self, kept: Vec<Rule>) {
        let rules: Vec<KeptRule> = kept
            .into_iter()
            .map(|rule| KeptRule {
                id: None,
                rule: Some(rule),
            })
            .collect();
        self.write(move |connection| rules::keep(connection, &rules))
            .await;
    }

    /// Plans notices that are due at once, and waits until each is shown or held.
    async fn tell(&self, told: &[(&'static str, NoticeKind, i64)]) {
        let told = told.to_vec();
        self.write(move |connection| {
            for (name, kind, endpoint_id) in told {
                notice(connection, name, kind, endpoint_id, None)?;
            }
            Ok(())
        })
        .await;
        self.settle().await;
    }

    async fn settle(&self) {
        self.engine.changes.tell(Change::Anything);
        self.no_more("shown_at IS NULL AND held IS NULL AND due_at IS NULL")
            .await;
    }

    /// Waits until no notice is like that.
    async fn no_more(&self, where_: &str) {
        let none = async || Ok((self.count(where_) == 0).then_some(()));
        eventually(&format!("no notice where {where_}"), none)
            .await
            .unwrap();
    }

    async fn keep_quiet(&self, hours: QuietHours) {
        self.engine.keep_quiet_hours(hours).await.unwrap();
    }

    fn database(&self) -> Connection {
        Connection::open(self.data.path().join("bellhop.db")).unwrap()
    }

    fn count(&self, where_: &str) -> i64 {
        self.database()
            .query_row(
                &format!("SELECT count(*) FROM notice WHERE {where_}"),
                [],
                |row| row.get(0),
            )
            .unwrap()
    }

    /// Why a notice is held.
    fn held(&self, title: &str) -> Option<String> {
        self.database()
            .query_row("SELECT held FROM notice WHERE title = ?1", [title], |row| {
                row.get(0)
            })
            .unwrap()
    }

    fn titles(&self) -> Vec<String> {
        let shown = self.bubbles.all().into_iter();
        shown.map(|bubble| bubble.title).collect()
    }

    /// How loudly the notice with this title is shown.
    async fn loudness(&self, title: &str) -> Loudness {
        self.bubbles.titled(title).await.1.loudness
    }
}

fn notice(
    connection: &Connection,
    name: &str,
    kind: NoticeKind,
    endpoint_id: i64,
    booking_id: Option<i64>,
) -> Result<()> {
    let wording = Wording {
        title: name.to_owned(),
        body: String::new(),
    };
    let words = Words {
        full: wording.clone(),
        discreet: wording,
    };
    let new = NewNotice {
        of: Of::Once {
            name,
            booking_id,
            other_booking_id: None,
            endpoint_id: Some(endpoint_id),
        },
        kind,
        words: &words,
        loudness: Loudness::Normal,
        planned_at: Timestamp::now(),
        due_at: None,
    };
    plan(connection, &new)?;
    Ok(())
}

/// From an hour ago until `minutes` from now, every day.
fn quiet_for(minutes: i64) -> QuietHours {
    let now = Timestamp::now().to_zoned(TimeZone::system());
    let hours = Hours {
        from: (&now - 1.hour()).time(),
        to: (&now + minutes.minutes()).time(),
    };
    QuietHours {
        days: [Some(hours); 7],
        ..QuietHours::default()
    }
}

fn of_kind(kind: NoticeKind, effect: Effect) -> Rule {
    Rule {
        kinds: vec![kind],
        effect: Some(effect),
        ..Rule::default()
    }
}
