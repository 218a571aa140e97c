//! When an overlap is told of, and when it is news again.

use bellhop_core::answer::Answer;
use bellhop_core::notice::Held;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::answering::SNOOZE;
use bellhop_engine::store::notices::ListQuery;
use bellhop_engine::store::{deliveries, notices, overlaps};
use jiff::{SignedDuration, Timestamp};

use crate::{World, booking, moved};

#[test]
fn two_providers_that_want_the_same_time_are_told_of_once() {
    let world = World::open();
    let jane = booking(1, "Jane Doe", 0, 60);
    let omar = booking(2, "Omar Haddad", 30, 30);
    world.tell(world.kordless, Act::Book, &jane);
    assert!(world.told().is_empty());
    world.tell(world.bookora, Act::Book, &omar);
    let said = "Overlaps: Jane Doe and Omar Haddad".to_owned();
    assert_eq!(world.told(), [(said, "Overlaps: two bookings".to_owned())]);
    let waiting = world.read(|connection| notices::waiting(connection, Timestamp::MAX));
    let notice = waiting.last().unwrap();
    // It opens the booking that has just come, and follows the notice of its act.
    assert_eq!(
        (notice.endpoint_id, notice.booking_id),
        (Some(world.bookora.endpoint_id), Some(2))
    );
    assert_eq!(notice.words.full.body, notice.words.discreet.body);

    world.show_all();
    // The same again, and what changes no time, is not told again.
    world.tell(world.bookora, Act::Book, &omar);
    world.tell(world.kordless, Act::Move, &jane.told_again(jane.now));
    assert!(world.told().is_empty());
    assert_eq!(world.open_overlaps().len(), 1);
}

#[test]
fn what_is_moved_or_cancelled_before_anybody_was_told_is_not_told() {
    let world = World::open();
    let jane = booking(1, "Jane Doe", 0, 60);
    let omar = booking(2, "Omar Haddad", 30, 30);
    world.tell(world.kordless, Act::Book, &jane);
    world.tell(world.bookora, Act::Book, &omar);
    assert_eq!(world.told().len(), 1);
    let away = moved(&omar, 200);
    world.tell(world.bookora, Act::Move, &away);
    assert!(world.told().is_empty() && world.open_overlaps().is_empty());
    // Nobody was told, so it is news when it comes back.
    let back = moved(&away, 30);
    world.tell(world.bookora, Act::Move, &back);
    assert_eq!(world.titles(), ["Overlaps: Jane Doe and Omar Haddad"]);
    world.tell(
        world.kordless,
        Act::Cancel,
        &jane.told_again(jane.now + SignedDuration::from_secs(9)),
    );
    assert!(world.told().is_empty() && world.open_overlaps().is_empty());
}

#[test]
fn an_accepted_overlap_is_asked_again_only_when_a_time_changes() {
    let world = World::open();
    let jane = booking(1, "Jane Doe", 0, 60);
    let omar = booking(2, "Omar Haddad", 30, 30);
    world.tell(world.kordless, Act::Book, &jane);
    world.tell(world.bookora, Act::Book, &omar);
    let accepted =
        world.write(|connection| overlaps::accept(connection, (2, 1), Some(Timestamp::now())));
    assert!(accepted.unwrap().accepted_at.is_some());
    assert!(world.open_overlaps().is_empty() && world.told().is_empty());
    assert_eq!(
        world
            .read(|connection| overlaps::standing(connection, 1))
            .len(),
        1
    );

    let later = moved(&omar, 45);
    world.tell(world.bookora, Act::Move, &later);
    assert_eq!(world.titles(), ["Overlaps: Jane Doe and Omar Haddad"]);
    assert_eq!(world.open_overlaps().len(), 1);
    world.show_all();
    // At the times at which it was accepted it still is.
    world.tell(world.bookora, Act::Move, &moved(&later, 30));
    assert!(world.open_overlaps().is_empty() && world.told().is_empty());
    // And it can be taken back.
    world.write(|connection| overlaps::accept(connection, (1, 2), None));
    assert_eq!(world.open_overlaps().len(), 1);
}

/// Whether the notice of the overlap that was shown is over, and what a snooze of it would tell.
fn over(world: &World) -> (bool, Option<Held>) {
    let then = Timestamp::now() + SNOOZE;
    let waiting = world.read(|connection| notices::waiting(connection, then));
    let snoozed = waiting.iter().find(|one| one.kind.as_str() == "overlap");
    let shown = world.read(|connection| {
        let query = ListQuery {
            limit: 99,
            ..ListQuery::default()
        };
        notices::list(connection, &query, Timestamp::now())
    });
    let mut shown = shown
        .iter()
        .filter(|one| one.notice.kind.as_str() == "overlap" && one.shown_at.is_some());
    let shown = shown.next().unwrap();
    (
        shown.held == Some(Held::Over),
        snoozed.and_then(|one| one.settled),
    )
}

#[test]
fn what_is_resolved_or_accepted_leaves_the_screen_and_is_not_told_again() {
    let jane = booking(1, "Jane Doe", 0, 60);
    let omar = booking(2, "Omar Haddad", 30, 30);
    let told = || {
        let world = World::open();
        world.tell(world.kordless, Act::Book, &jane);
        world.tell(world.bookora, Act::Book, &omar);
        world.show_all();
        let all =
            world.read(|connection| notices::by_ids(connection, &[1, 2, 3], Timestamp::now()));
        let overlap = all
            .iter()
            .find(|one| one.kind.as_str() == "overlap")
            .unwrap();
        let answered = world.engine.answer(vec![overlap.id], Answer::Snoozed);
        world.runtime.block_on(answered).unwrap();
        world
    };
    let is_over = (true, Some(Held::Over));

    let world = told();
    assert_eq!(over(&world), (false, None));
    // It is the other one that makes room.
    world.tell(world.kordless, Act::Move, &moved(&jane, 200));
    assert_eq!(over(&world), is_over);

    let world = told();
    let called_off = jane.told_again(jane.now + SignedDuration::from_secs(9));
    world.tell(world.kordless, Act::Cancel, &called_off);
    assert_eq!(over(&world), is_over);

    let world = told();
    world.write(|connection| overlaps::accept(connection, (1, 2), Some(Timestamp::now())));
    assert_eq!(over(&world), is_over);
}

#[test]
fn room_that_is_wanted_no_longer_takes_back_what_was_told_of_it() {
    let world = World::open();
    let buffer = |minutes| {
        let set = world.engine.set_buffer(world.kordless.endpoint_id, minutes);
        world.runtime.block_on(set).unwrap();
    };
    buffer(30);
    let booked = |number, name, start| {
        let booking = booking(number, name, start, 60);
        world.tell(world.kordless, Act::Book, &booking);
    };
    booked(1, "Jane Doe", 0);
    booked(2, "Omar Haddad", 70);
    world.show_all();
    assert_eq!(over(&world), (false, None));
    booked(3, "Yuki Tanaka", 140);
    assert_eq!(
        world.titles(),
        ["Only 10 minutes between: Omar Haddad and Yuki Tanaka"]
    );
    buffer(5);
    assert!(world.told().is_empty(), "nobody has heard of it");
    assert_eq!(over(&world), (true, None));
}

#[test]
fn what_is_over_or_read_again_is_told_to_nobody() {
    let world = World::open();
    let hours_ago = |hours: i64| Timestamp::now() - SignedDuration::from_hours(hours);
    let past = |number, name| SampleBooking {
        start: hours_ago(3),
        ..booking(number, name, 0, 60)
    };
    world.tell(world.kordless, Act::Book, &past(1, "Jane Doe"));
    world.tell(world.bookora, Act::Book, &past(2, "Omar Haddad"));
    assert!(world.told().is_empty() && world.open_overlaps().is_empty());

    world.tell(world.kordless, Act::Book, &booking(3, "Yuki Tanaka", 0, 60));
    world.tell(
        world.bookora,
        Act::Book,
        &booking(4, "Zoe Whitfield", 0, 60),
    );
    world.show_all();
    world.write(|connection| deliveries::replay_booking(connection, 4));
    world.work();
    assert!(world.told().is_empty());
    assert_eq!(world.open_overlaps().len(), 1);
}
