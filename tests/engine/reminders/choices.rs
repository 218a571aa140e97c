//! What the person chose and answered.

use bellhop_core::answer::{Answer, Snooze};
use bellhop_core::reminder::{Own, Rule, Rules};
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::reminding;
use bellhop_engine::store::reminders;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::{NONE, World, at, booking, here, leads};

#[tokio::test]
async fn a_snooze_and_repeats_survive_a_restart() {
    let mut world = World::open().await;
    let repeat = Rules {
        repeat_minutes: Some(3),
        ..leads(&[15])
    };
    world.choose(repeat, at("00:00:00")).await;
    world
        .kordless(Act::Book, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    assert_eq!(world.look(at("09:45:00")).await.len(), 1);
    assert_eq!(world.next(at("09:45:01")).await, at("09:48:00"));
    world.restart().await;
    assert_eq!(world.look(at("09:48:00")).await.len(), 1);
    world
        .answer(Answer::Later(Snooze::FiveMinutes), at("09:49:00"))
        .await;
    world.restart().await;
    assert_eq!(world.look(at("09:51:00")).await, NONE);
    let told = world.look(at("09:54:00")).await;
    assert!(told[0].starts_with("In 6 minutes: Amelia Hart"), "{told:?}");
    world
        .answer(Answer::Later(Snooze::UntilStart), at("09:55:00"))
        .await;
    assert_eq!(world.look(at("09:57:00")).await, NONE);
    let told = world.look(at("10:00:00")).await;
    assert!(told[0].starts_with("Now: Amelia Hart"), "{told:?}");
    world.answer(Answer::Opened, at("10:00:10")).await;
    assert_eq!(world.look(at("10:03:00")).await, NONE);
}

#[tokio::test]
async fn an_answer_to_the_bubble_is_one_to_all_that_it_took_the_place_of() {
    let mut world = World::open().await;
    let card = Rules {
        card: true,
        ..leads(&[15, 60])
    };
    world.choose(card, at("00:00:00")).await;
    let begins = Timestamp::now() + SignedDuration::from_mins(14);
    let soon = SampleBooking {
        start: begins,
        ..booking(0, "10:00:00")
    };
    world.kordless(Act::Book, &soon, at("07:00:00")).await;
    for early in [60, 14] {
        let now = begins - SignedDuration::from_mins(early);
        assert_eq!(world.look(now).await.len(), 1);
    }
    let on_card = || {
        let read =
            |connection: &Connection| reminding::cards(connection, &here(Timestamp::now(), "UTC"));
        let (cards, _) = world.engine().store.read_here(read).unwrap();
        cards.len()
    };
    assert_eq!(on_card(), 1);
    let last = world.engine().store.read_here(|connection| {
        Ok(connection.query_row("SELECT max(id) FROM notice", [], |row| row.get(0))?)
    });
    let snoozed = Answer::Later(Snooze::FiveMinutes);
    world
        .engine()
        .answer(vec![last.unwrap()], snoozed)
        .await
        .unwrap();
    assert_eq!(on_card(), 0, "it is put off");
    let reminders = world.engine().store.read_here(|connection| {
        reminding::of_booking(connection, 1, &here(Timestamp::now(), "UTC"))
    });
    assert_eq!(reminders.unwrap().waiting.len(), 1, "once");
}

#[tokio::test]
async fn rules_and_a_bookings_own_choice_say_when() {
    let mut world = World::open().await;
    let rule = Rule {
        title: Some("piano".to_owned()),
        leads: vec![30],
        card: true,
        ..Rule::default()
    };
    let quiet = Rule {
        endpoint_id: Some(world.reservekit.endpoint_id),
        ..Rule::default()
    };
    let rules = Rules {
        rules: vec![rule, quiet],
        ..leads(&[15])
    };
    world.choose(rules, at("00:00:00")).await;
    // The third sample is a piano lesson.
    for (number, start) in [(0, "10:00:00"), (1, "10:00:00"), (2, "10:00:00")] {
        world
            .kordless(Act::Book, &booking(number, start), at("07:00:00"))
            .await;
    }
    world
        .tell(
            world.reservekit,
            Act::Book,
            &booking(4, "10:00:00"),
            at("00:00:00") - SignedDuration::from_hours(24),
        )
        .await;
    let own = |booking_id, leads: &'static [u32]| {
        let own = Own {
            leads: leads.to_vec(),
            since: at("07:30:00"),
        };
        world
            .engine()
            .store
            .write(move |connection| reminders::set_own(connection, booking_id, Some(&own)))
    };
    assert!(
        own(1, &[]).await.unwrap()
            && own(2, &[120]).await.unwrap()
            && !own(99, &[1]).await.unwrap()
    );
    let told = world.look(at("08:00:00")).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("In 2 hours: Noah"), "{told:?}");
    assert_eq!(world.look(at("09:29:00")).await, NONE);
    let told = world.look(at("09:30:00")).await;
    assert!(told[0].starts_with("In 30 minutes: Priya"), "{told:?}");
    let cards = |now| {
        let cards = move |connection: &Connection| reminding::cards(connection, &here(now, "UTC"));
        let (cards, over) = world.engine().store.read_here(cards).unwrap();
        let ids: Vec<i64> = cards.iter().map(|card| card.booking_id).collect();
        (ids, over)
    };
    assert_eq!(cards(at("09:31:00")), (vec![3], Some(at("11:00:00"))));
    assert_eq!(cards(at("11:00:00")), (vec![], None));
    assert_eq!(world.look(at("09:45:00")).await, NONE);
    world
        .engine()
        .answer_reminders(3, Answer::Dismissed)
        .await
        .unwrap();
    assert_eq!(cards(at("09:47:00")), (vec![], None));
}
