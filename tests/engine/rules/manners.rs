//! What rules do to a notice.

use bellhop_core::notice::{Loudness, NoticeKind};
use bellhop_core::provider::Provider;
use bellhop_core::rule::{Effect, Rule, Sound, Wishes};
use bellhop_engine::rules::preview;
use bellhop_engine::store::rules;
use jiff::tz::TimeZone;
use rusqlite::Connection;

use crate::{Stage, notice, of_kind, quiet_for};

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
        .bubbles
        .all()
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
    assert_eq!(stage.loudness("Haircut").await, Loudness::Urgent);
    assert_eq!(stage.loudness("Colour").await, Loudness::Normal);
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
