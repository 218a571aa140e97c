//! What quiet hours hold, and what is told of it afterwards.

use bellhop_core::hours::QuietHours;
use bellhop_core::notice::NoticeKind;
use bellhop_core::rule::{Effect, Sound};
use bellhop_engine::store::settings::Pause;
use jiff::{SignedDuration, Timestamp};

use crate::{Stage, of_kind, quiet_for};

#[tokio::test]
async fn quiet_hours_hold_notices_and_one_tells_of_them_afterwards() {
    let stage = Stage::set().await;
    stage.keep_quiet(quiet_for(60)).await;
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

    stage.keep_quiet(QuietHours::default()).await;
    let (_, told) = stage.bubbles.titled("While it was quiet").await;
    assert_eq!(told.body, "2 new bookings, 1 cancelled");
    assert_eq!(
        (told.kind, told.sound),
        (Some(NoticeKind::Digest), Some(Sound::None))
    );
    stage.tell(&[("d", NoticeKind::Created, 1)]).await;
    assert_eq!(stage.titles(), ["While it was quiet", "d"]);

    // The next quiet hours have one of their own.
    stage.keep_quiet(quiet_for(60)).await;
    stage.tell(&[("e", NoticeKind::NoShow, 1)]).await;
    stage.keep_quiet(QuietHours::default()).await;
    let told = stage.bubbles.at_least(3).await;
    assert_eq!(told[2].body, "1 no-show");
}

#[tokio::test]
async fn a_summary_that_comes_due_in_other_quiet_hours_waits_for_their_end() {
    let stage = Stage::set().await;
    stage.keep_quiet(quiet_for(60)).await;
    stage.tell(&[("a", NoticeKind::Created, 1)]).await;
    // As after a night and a day of sleep.
    stage
        .write(|connection| {
            connection.execute("UPDATE notice SET due_at = 1 WHERE once LIKE 'quiet:%'", [])?;
            Ok(())
        })
        .await;
    stage.tell(&[("b", NoticeKind::Cancelled, 1)]).await;
    stage.no_more("once LIKE 'quiet:%' AND due_at = 1").await;
    assert_eq!(
        stage.count("once LIKE 'quiet:%' AND held IS NULL AND shown_at IS NULL"),
        1
    );
    stage.keep_quiet(QuietHours::default()).await;
    let (_, told) = stage.bubbles.titled("While it was quiet").await;
    assert_eq!(told.body, "1 new booking, 1 cancelled");
}

#[tokio::test]
async fn no_summary_is_told_where_the_person_wants_none() {
    let stage = Stage::set().await;
    let unsummed = QuietHours {
        sums_up: false,
        ..quiet_for(60)
    };
    stage.keep_quiet(unsummed.clone()).await;
    stage.tell(&[("a", NoticeKind::Created, 1)]).await;
    assert_eq!(stage.count("once LIKE 'quiet:%'"), 0);
    // Nor one that was planned before the person thought so.
    stage.keep_quiet(quiet_for(60)).await;
    stage.tell(&[("b", NoticeKind::Created, 1)]).await;
    assert_eq!(stage.count("once LIKE 'quiet:%'"), 1);
    stage.keep_quiet(unsummed).await;
    assert_eq!(stage.count("once LIKE 'quiet:%'"), 0);
    assert_eq!(stage.count("held = 'quiet_hours'"), 2);
}

#[tokio::test]
async fn urgent_ones_break_through_where_the_person_says_so_and_a_pause_holds_all() {
    let stage = Stage::set().await;
    stage
        .keep_rules(vec![of_kind(NoticeKind::Trouble, Effect::Urgent)])
        .await;
    stage.keep_quiet(quiet_for(60)).await;
    stage.tell(&[("a", NoticeKind::Trouble, 1)]).await;
    assert_eq!(stage.held("a").as_deref(), Some("quiet_hours"));
    let broken = QuietHours {
        urgent_breaks_through: true,
        ..quiet_for(60)
    };
    stage.keep_quiet(broken).await;
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
