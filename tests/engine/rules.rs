//! Rules, quiet hours and sounds at a real database: what is shown, what is held, and what is told of it afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellhop_core::hours::{Hours, QuietHours};
use bellhop_core::notice::{Loudness, NoticeKind, Wording, Words};
use bellhop_core::provider::Provider;
use bellhop_core::rule::{Effect, Rule, Sound, Wishes};
use bellhop_engine::Engine;
use bellhop_engine::announcing::{self, Bubble};
use bellhop_engine::rules::preview;
use bellhop_engine::store::notices::{NewNotice, Of, plan};
use bellhop_engine::store::rules::{self, KeptRule};
use bellhop_engine::store::settings::{self, Pause};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use rusqlite::Connection;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const SOON: Duration = Duration::from_secs(20);

struct Stage {
    engine: Arc<Engine>,
    shown: Arc<Mutex<Vec<Bubble>>>,
    stop: CancellationToken,
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
        let (stop, shown) = (
            CancellationToken::new(),
            Arc::<Mutex<Vec<Bubble>>>::default(),
        );
        let seen = Arc::clone(&shown);
        let show = move |bubble: &Bubble| {
            seen.lock().unwrap().push(bubble.clone());
            Ok(())
        };
        tokio::spawn(announcing::run(Arc::clone(&engine), stop.clone(), show));
        Stage {
            engine,
            shown,
            stop,
            data,
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> bellhop_engine::store::Result<T> + Send + 'static,
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
        self.engine
            .changes
            .tell(bellhop_engine::changes::Change::Anything);
        let all_told = async {
            while self.count("shown_at IS NULL AND held IS NULL AND due_at IS NULL") > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(SOON, all_told)
            .await
            .expect("every notice is shown or held");
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

    fn shown(&self) -> Vec<Bubble> {
        self.shown.lock().unwrap().clone()
    }

    fn titles(&self) -> Vec<String> {
        self.shown()
            .into_iter()
            .map(|bubble| bubble.title)
            .collect()
    }

    async fn shows(&self, title: &str) -> Bubble {
        let comes = async {
            loop {
                if let Some(found) = self.shown().into_iter().find(|one| one.title == title) {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(SOON, comes).await.expect(title)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn notice(
    connection: &Connection,
    name: &str,
    kind: NoticeKind,
    endpoint_id: i64,
    booking_id: Option<i64>,
) -> bellhop_engine::store::Result<()> {
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

#[tokio::test]
async fn a_rule_makes_notices_urgent_gives_them_a_sound_or_keeps_them_in_the_list() {
    let stage = Stage::set().await;
    stage
        .keep_rules(vec![
            Rule {
                provider: Some(Provider::Kordless),
                sound: Some(Sound::Bell),
                ..of_kind(NoticeKind::Cancelled, Effect::Urgent)
            },
            of_kind(NoticeKind::Cancelled, Effect::Listed),
        ])
        .await;
    stage
        .tell(&[
            ("a", NoticeKind::Cancelled, 1),
            ("b", NoticeKind::Cancelled, 2),
            ("c", NoticeKind::Created, 2),
        ])
        .await;
    let told: Vec<_> = stage
        .shown()
        .into_iter()
        .map(|bubble| (bubble.title, bubble.loudness, bubble.sound))
        .collect();
    assert_eq!(
        told,
        [
            ("a".to_owned(), Loudness::Urgent, Some(Sound::Bell)),
            ("c".to_owned(), Loudness::Normal, Some(Sound::Message)),
        ]
    );
    assert_eq!(stage.held("b").as_deref(), Some("rule"));
    assert_eq!(stage.count("1"), 3, "all of them are listed");
}

#[tokio::test]
async fn a_rule_knows_what_is_booked() {
    let stage = Stage::set().await;
    stage
        .keep_rules(vec![Rule {
            title: Some("hair".to_owned()),
            effect: Some(Effect::Urgent),
            ..Rule::default()
        }])
        .await;
    stage
        .write(|connection| {
            for (id, title) in [(1, "Haircut"), (2, "Colour")] {
                connection.execute(
                    "INSERT INTO booking (id, endpoint_id, status, title, attendee, created_at, updated_at)
                     VALUES (?1, 1, 'confirmed', ?2, '{}', 0, 0)",
                    rusqlite::params![id, title],
                )?;
                notice(connection, title, NoticeKind::Reminder, 1, Some(id))?;
            }
            Ok(())
        })
        .await;
    stage.settle().await;
    assert_eq!(stage.shows("Haircut").await.loudness, Loudness::Urgent);
    assert_eq!(stage.shows("Colour").await.loudness, Loudness::Normal);
}

#[tokio::test]
async fn quiet_hours_hold_notices_and_one_tells_of_them_afterwards() {
    let stage = Stage::set().await;
    stage.engine.keep_quiet_hours(quiet_for(60)).await.unwrap();
    stage
        .tell(&[
            ("a", NoticeKind::Created, 1),
            ("b", NoticeKind::Cancelled, 1),
        ])
        .await;
    stage.tell(&[("c", NoticeKind::Created, 2)]).await;
    assert_eq!(stage.titles(), [""; 0]);
    assert_eq!(stage.count("held = 'quiet_hours'"), 3);
    // It waits for their end, and is one.
    let due: i64 = stage
        .database()
        .query_row(
            "SELECT due_at FROM notice WHERE once LIKE 'quiet:%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let left = Timestamp::from_microsecond(due)
        .unwrap()
        .duration_since(Timestamp::now());
    assert!(
        (SignedDuration::from_mins(58)..=SignedDuration::from_mins(60)).contains(&left),
        "{left}"
    );

    stage
        .engine
        .keep_quiet_hours(QuietHours::default())
        .await
        .unwrap();
    let told = stage.shows("While it was quiet").await;
    assert_eq!(told.body, "2 new bookings, 1 cancelled");
    assert_eq!(
        (told.kind, told.sound),
        (Some(NoticeKind::Digest), Some(Sound::None))
    );
    stage.tell(&[("d", NoticeKind::Created, 1)]).await;
    assert_eq!(stage.titles(), ["While it was quiet", "d"]);

    // The next quiet hours have one of their own.
    stage.engine.keep_quiet_hours(quiet_for(60)).await.unwrap();
    stage.tell(&[("e", NoticeKind::NoShow, 1)]).await;
    stage
        .engine
        .keep_quiet_hours(QuietHours::default())
        .await
        .unwrap();
    let comes = async {
        while stage.titles().len() < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(SOON, comes).await.unwrap();
    assert_eq!(stage.shown()[2].body, "1 no-show");
}

#[tokio::test]
async fn a_summary_that_comes_due_in_other_quiet_hours_waits_for_their_end() {
    let stage = Stage::set().await;
    stage.engine.keep_quiet_hours(quiet_for(60)).await.unwrap();
    stage.tell(&[("a", NoticeKind::Created, 1)]).await;
    // As after a night and a day of sleep.
    stage
        .write(|connection| {
            connection.execute("UPDATE notice SET due_at = 1 WHERE once LIKE 'quiet:%'", [])?;
            Ok(())
        })
        .await;
    stage.tell(&[("b", NoticeKind::Cancelled, 1)]).await;
    let waits = async {
        while stage.count("once LIKE 'quiet:%' AND due_at = 1") > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(SOON, waits).await.unwrap();
    assert_eq!(
        stage.count("once LIKE 'quiet:%' AND held IS NULL AND shown_at IS NULL"),
        1
    );
    stage
        .engine
        .keep_quiet_hours(QuietHours::default())
        .await
        .unwrap();
    let told = stage.shows("While it was quiet").await;
    assert_eq!(told.body, "1 new booking, 1 cancelled");
}

#[tokio::test]
async fn no_summary_is_told_where_the_person_wants_none() {
    let stage = Stage::set().await;
    let unsummed = QuietHours {
        sums_up: false,
        ..quiet_for(60)
    };
    stage
        .engine
        .keep_quiet_hours(unsummed.clone())
        .await
        .unwrap();
    stage.tell(&[("a", NoticeKind::Created, 1)]).await;
    assert_eq!(stage.count("once LIKE 'quiet:%'"), 0);
    // Nor one that was planned before the person thought so.
    stage.engine.keep_quiet_hours(quiet_for(60)).await.unwrap();
    stage.tell(&[("b", NoticeKind::Created, 1)]).await;
    assert_eq!(stage.count("once LIKE 'quiet:%'"), 1);
    stage.engine.keep_quiet_hours(unsummed).await.unwrap();
    assert_eq!(stage.count("once LIKE 'quiet:%'"), 0);
    assert_eq!(stage.count("held = 'quiet_hours'"), 2);
}

#[tokio::test]
async fn urgent_ones_break_through_where_the_person_says_so_and_a_pause_holds_all() {
    let stage = Stage::set().await;
    stage
        .keep_rules(vec![of_kind(NoticeKind::Trouble, Effect::Urgent)])
        .await;
    stage.engine.keep_quiet_hours(quiet_for(60)).await.unwrap();
    stage.tell(&[("a", NoticeKind::Trouble, 1)]).await;
    assert_eq!(stage.held("a").as_deref(), Some("quiet_hours"));
    let broken = QuietHours {
        urgent_breaks_through: true,
        ..quiet_for(60)
    };
    stage.engine.keep_quiet_hours(broken).await.unwrap();
    stage
        .tell(&[("b", NoticeKind::Trouble, 1), ("c", NoticeKind::Created, 1)])
        .await;
    assert_eq!(stage.titles(), ["b"]);
    assert_eq!(stage.held("c").as_deref(), Some("quiet_hours"));

    let until = Timestamp::now() + SignedDuration::from_hours(1);
    stage
        .engine
        .pause_notifications(Some(Pause::Until(until)))
        .await
        .unwrap();
    stage.tell(&[("d", NoticeKind::Trouble, 1)]).await;
    assert_eq!(stage.held("d").as_deref(), Some("paused"));
    assert_eq!(stage.titles(), ["b"]);
}

#[tokio::test]
async fn what_another_version_wrote_is_not_applied_and_loses_no_notice() {
    let stage = Stage::set().await;
    stage
        .keep_rules(vec![of_kind(NoticeKind::Cancelled, Effect::Listed)])
        .await;
    let odd = [
        r#"{"kinds":["fire"],"provider":null,"endpoint_id":null,"title":null,"days":[false,false,false,false,false,false,false],"hours":null,"effect":"listed","sound":null}"#,
        r#"{"kinds":[],"provider":null,"endpoint_id":null,"title":null,"days":[false,false,false,false,false,false,false],"hours":null,"effect":"listed","sound":null,"weather":"rain"}"#,
        "not JSON",
    ];
    stage
        .write(move |connection| {
            for says in odd {
                connection.execute("INSERT INTO rule (place, says) VALUES (-1, ?1)", [says])?;
            }
            settings::set(
                connection,
                settings::QUIET_HOURS,
                Some(r#"{"always":true}"#),
            )?;
            settings::set(
                connection,
                settings::SOUNDS,
                Some(r#"{"created":"gong","fire":"bell","no_show":"bell"}"#),
            )
        })
        .await;
    stage
        .tell(&[
            ("a", NoticeKind::Created, 1),
            ("b", NoticeKind::Cancelled, 1),
            ("c", NoticeKind::NoShow, 1),
        ])
        .await;
    assert_eq!(stage.titles(), ["a", "c"]);
    assert_eq!(stage.held("b").as_deref(), Some("rule"));
    let sounds: Vec<_> = stage.shown().iter().map(|bubble| bubble.sound).collect();
    assert_eq!(sounds, [Some(Sound::Message), Some(Sound::Bell)]);

    // They are listed, and moving them or adding another leaves what they say.
    let kept = stage.engine.store.read(rules::all).await.unwrap();
    let known: Vec<bool> = kept.iter().map(|kept| kept.rule.is_some()).collect();
    assert_eq!(known, [false, false, false, true]);
    let mut turned = kept.clone();
    turned.rotate_right(1);
    turned.pop();
    stage
        .write(move |connection| rules::keep(connection, &turned))
        .await;
    let says: Vec<String> = {
        let database = stage.database();
        let mut statement = database
            .prepare("SELECT says FROM rule ORDER BY place")
            .unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(says[1..], odd[..2]);
}

#[tokio::test]
async fn rules_keep_their_order_and_come_back_where_they_were() {
    let stage = Stage::set().await;
    let kinds = [
        NoticeKind::Created,
        NoticeKind::Cancelled,
        NoticeKind::NoShow,
    ];
    stage
        .keep_rules(kinds.map(|kind| of_kind(kind, Effect::Urgent)).to_vec())
        .await;
    let read = async || stage.engine.store.read(rules::all).await.unwrap();
    let before = read().await;
    let said = |kept: &[KeptRule]| -> Vec<Rule> {
        kept.iter().map(|kept| kept.rule.clone().unwrap()).collect()
    };
    assert_eq!(
        said(&before),
        kinds.map(|kind| of_kind(kind, Effect::Urgent))
    );

    let without: Vec<KeptRule> = before
        .iter()
        .filter(|kept| kept.id != before[1].id)
        .cloned()
        .collect();
    stage
        .write(move |connection| rules::keep(connection, &without))
        .await;
    assert_eq!(read().await.len(), 2);
    // Taken back: the row is another, the place is the same.
    let again = before.clone();
    stage
        .write(move |connection| rules::keep(connection, &again))
        .await;
    assert_eq!(said(&read().await), said(&before));

    // A blank title is none.
    let blank = Rule {
        title: Some("  ".to_owned()),
        ..Rule::default()
    };
    stage.keep_rules(vec![blank]).await;
    assert_eq!(said(&read().await), [Rule::default()]);
}

#[tokio::test]
async fn other_wishes_are_seen_on_what_was_told() {
    let stage = Stage::set().await;
    stage
        .keep_rules(vec![of_kind(NoticeKind::NoShow, Effect::Listed)])
        .await;
    stage
        .tell(&[
            ("a", NoticeKind::Created, 1),
            ("b", NoticeKind::Cancelled, 1),
            ("c", NoticeKind::NoShow, 1),
            ("d", NoticeKind::Cancelled, 2),
        ])
        .await;
    let seen = async |wishes: Wishes| {
        let read = move |connection: &Connection| preview(connection, &wishes, &TimeZone::system());
        stage.engine.store.read(read).await.unwrap()
    };
    let kept = stage.engine.store.read(rules::wishes).await.unwrap();
    let same = seen(kept.clone()).await;
    assert_eq!((same.of, same.differences.len()), (4, 0));

    let mut loud = kept.clone();
    loud.rules.insert(
        0,
        Rule {
            provider: Some(Provider::Orufy),
            ..of_kind(NoticeKind::Cancelled, Effect::Urgent)
        },
    );
    let changed = seen(loud).await;
    let told: Vec<_> = changed
        .differences
        .iter()
        .map(|one| (one.title.as_str(), one.before.loudness, one.after.loudness))
        .collect();
    assert_eq!(told, [("d", Loudness::Normal, Loudness::Urgent)]);

    let quiet = Wishes {
        quiet_hours: quiet_for(60),
        ..kept
    };
    let titles: Vec<String> = seen(quiet)
        .await
        .differences
        .into_iter()
        .map(|one| one.title)
        .collect();
    assert_eq!(
        titles,
        ["d", "b", "a"],
        "what a rule lists is not held by quiet hours"
    );
}
