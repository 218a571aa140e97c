//! What is over is not told: bookings that are moved, called off, done or erased, and data that come back from a backup.

use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::restoring;
use bellhop_engine::store::attendees::Person;
use bellhop_engine::store::bookings;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::{NONE, World, at, booking};

#[tokio::test]
async fn a_move_moves_it_and_a_cancellation_stops_it_at_once() {
    let mut world = World::open().await;
    let first = booking(0, "10:00:00");
    world.kordless(Act::Book, &first, at("08:00:00")).await;
    let moved = booking(0, "11:00:00");
    world.kordless(Act::Move, &moved, at("09:44:00")).await;
    assert_eq!(world.look(at("09:45:00")).await, NONE);
    assert_eq!(world.next(at("09:50:00")).await, at("10:45:00"));
    assert_eq!(world.look(at("10:45:00")).await.len(), 1);
    // Moved again after it was told: the new beginning has its own.
    world
        .kordless(Act::Move, &booking(0, "12:00:00"), at("10:46:00"))
        .await;
    assert_eq!(world.look(at("10:50:00")).await, NONE);
    assert_eq!(world.look(at("11:45:00")).await.len(), 1);

    let other = booking(1, "13:00:00");
    world.kordless(Act::Book, &other, at("11:46:00")).await;
    world.kordless(Act::Cancel, &other, at("12:44:00")).await;
    assert_eq!(world.look(at("12:45:00")).await, NONE);
    let done = booking(2, "14:00:00");
    world.kordless(Act::Book, &done, at("12:46:00")).await;
    let set = |connection: &Connection| bookings::set_done(connection, 3, Some(at("13:00:00")));
    assert!(world.engine().store.write(set).await.unwrap());
    assert_eq!(world.look(at("13:45:00")).await, NONE);
}

/// The desktop takes no notification for a while, and the booking is called off meanwhile.
#[tokio::test]
async fn one_that_could_not_be_shown_is_not_shown_when_it_is_over() {
    let mut world = World::open().await;
    let first = booking(0, "10:00:00");
    world.kordless(Act::Book, &first, at("08:00:00")).await;
    world
        .kordless(Act::Book, &booking(1, "10:05:00"), at("08:00:00"))
        .await;
    world.next(at("09:50:00")).await;
    assert_eq!(
        world.count("shown_at IS NULL AND title = 'In 10 minutes: Amelia Hart'"),
        1
    );
    world.kordless(Act::Cancel, &first, at("09:51:00")).await;
    // The other one waits on, and says how soon it is now.
    let told = world.look(at("09:55:00")).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("In 10 minutes: Noah"), "{told:?}");
    assert!(
        told[0].ends_with("This reminder is 5 minutes late."),
        "{told:?}"
    );
    assert_eq!(world.count("held = 'over' AND booking_id = 1"), 1);
}

#[tokio::test]
async fn an_erased_person_has_no_reminders() {
    let mut world = World::open().await;
    world
        .kordless(Act::Book, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    world
        .kordless(Act::Book, &booking(1, "10:00:00"), at("07:00:00"))
        .await;
    world.look(at("09:45:00")).await;
    assert_eq!(world.count("1"), 2);
    let person = Person::new(None, Some("amelia.hart@example.com"), None).unwrap();
    let found = world.engine().find_person(person).await.unwrap();
    world.engine().erase_person(found).await.unwrap();
    assert_eq!(world.count("title LIKE '%Amelia%'"), 0);
    assert_eq!(world.count("1"), 1);
    assert_eq!(world.look(at("09:46:00")).await, NONE);
}

#[tokio::test]
async fn a_backup_that_is_put_back_brings_no_old_reminder() {
    let mut world = World::open().await;
    let now = Timestamp::now();
    let begins = now + SignedDuration::from_mins(10);
    let soon = SampleBooking {
        start: begins,
        ..booking(0, "00:00:00")
    };
    world
        .kordless(Act::Book, &soon, now - SignedDuration::from_hours(1))
        .await;
    let later = SampleBooking {
        start: now + SignedDuration::from_mins(60),
        ..booking(1, "00:00:00")
    };
    world
        .kordless(Act::Book, &later, now - SignedDuration::from_hours(1))
        .await;
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("backup.db");
    world.engine().store.back_up(&file).await.unwrap();
    assert_eq!(
        world.look(now).await.len(),
        1,
        "told after the backup was made"
    );
    world.engine = None;
    restoring::restore(world.data.path(), &file).await.unwrap();
    world.restart().await;
    assert_eq!(world.count("1"), 0);
    assert_eq!(world.look(now + SignedDuration::from_secs(20)).await, NONE);
    // What comes later comes.
    assert_eq!(
        world.look(now + SignedDuration::from_mins(45)).await.len(),
        1
    );
}
