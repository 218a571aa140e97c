//! Reminders whose moment passed unseen: in sleep, in a pause, under a clock that was wrong.

use bellhop_core::notice::{Held, NoticeKind};
use bellhop_core::reminder::Rules;
use bellhop_core::sample::Act;
use bellhop_engine::reminding;
use bellhop_engine::store::notices;
use jiff::SignedDuration;
use rusqlite::Connection;

use crate::{NONE, World, at, booking, here, leads};

#[tokio::test]
async fn after_sleep_those_missed_become_one_that_says_how_late_it_is() {
    let mut world = World::open().await;
    world.choose(leads(&[60, 15, 5]), at("00:00:00")).await;
    for (number, start) in [
        (0, "10:00:00"),
        (1, "10:30:00"),
        (2, "09:00:00"),
        (3, "10:10:00"),
    ] {
        world
            .kordless(Act::Book, &booking(number, start), at("07:00:00"))
            .await;
    }
    let told = world.look(at("10:05:00")).await;
    // The one at nine is over by then. All others are told of once.
    let titles: Vec<&str> = told
        .iter()
        .filter_map(|told| told.split(" | ").next())
        .collect();
    assert_eq!(
        titles,
        [
            "Began 5 minutes ago: Amelia Hart",
            "In 5 minutes: Mateo García",
            "In 25 minutes: Noah Lindqvist"
        ]
    );
    assert!(told[0].ends_with("This reminder is 10 minutes late."));
    assert!(
        told[1].ends_with("Kordless"),
        "that one is at its own moment"
    );
    assert!(told[2].ends_with("This reminder is 35 minutes late."));
    assert_eq!(world.look(at("10:06:00")).await, NONE);
    assert_eq!(world.look(at("10:15:00")).await.len(), 1);
}

/// What came in a pause is listed. It is not made up for, and what comes after it comes.
#[tokio::test]
async fn a_reminder_that_was_held_back_is_not_shown_later_nor_told_again() {
    let mut world = World::open().await;
    let rules = Rules {
        repeat_minutes: Some(2),
        card: true,
        ..leads(&[15, 5])
    };
    world.choose(rules, at("00:00:00")).await;
    world
        .kordless(Act::Book, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    world.next(at("09:45:00")).await;
    let hold = |connection: &Connection| {
        let waiting = notices::waiting(connection, at("09:45:00"))?;
        let reminder = waiting
            .iter()
            .find(|notice| notice.kind == NoticeKind::Reminder);
        notices::hold(connection, &[reminder.unwrap().id], Held::Paused)
    };
    world.engine().store.write(hold).await.unwrap();
    assert_eq!(world.look(at("09:49:00")).await, NONE);
    let cards =
        |connection: &Connection| reminding::cards(connection, &here(at("09:49:00"), "UTC"));
    assert!(world.engine().store.read_here(cards).unwrap().0.is_empty());
    assert_eq!(world.look(at("09:55:00")).await.len(), 1);
    // Shown while the desktop was asked not to disturb, it does not come on top of everything either.
    let later = here(at("09:56:00"), "UTC");
    let cards = || {
        let cards = |connection: &Connection| reminding::cards(connection, &later);
        world.engine().store.read_here(cards).unwrap().0.len()
    };
    assert_eq!(cards(), 1);
    let quiet = |connection: &Connection| {
        Ok(connection.execute_batch("UPDATE notice SET quieted = 1 WHERE shown_at IS NOT NULL")?)
    };
    world.engine().store.write(quiet).await.unwrap();
    assert_eq!(cards(), 0);
    assert_eq!(world.count("held = 'paused'"), 1);
}

/// A clock that was set forward by a day, and is put right.
#[tokio::test]
async fn a_clock_that_was_wrong_for_a_while_takes_no_reminder_away() {
    let mut world = World::open().await;
    world
        .kordless(Act::Book, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    let day = SignedDuration::from_hours(24);
    assert_eq!(world.look(at("08:00:00") + day).await, NONE);
    // What comes while it is wrong was received tomorrow.
    world
        .kordless(Act::Book, &booking(1, "10:05:00"), at("08:00:00") + day)
        .await;
    assert_eq!(world.look(at("09:45:00")).await.len(), 1);
    assert_eq!(world.look(at("09:50:00")).await.len(), 1);
}
