//! How rules are kept, and what becomes of those that nobody can read.

use bellhop_core::notice::NoticeKind;
use bellhop_core::rule::{Effect, Rule, Sound};
use bellhop_engine::store::rules::{self, KeptRule};
use bellhop_engine::store::settings;

use crate::{Stage, of_kind};

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
    let sounds: Vec<_> = stage
        .bubbles
        .all()
        .iter()
        .map(|bubble| bubble.sound)
        .collect();
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
