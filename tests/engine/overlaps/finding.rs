//! Which bookings are in each other's way.

use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::store::overlaps;
use jiff::{SignedDuration, Timestamp};

use crate::{World, booking};

/// Places of a course are meant to be side by side, and do not hide what is in the way of one of them.
#[test]
fn a_group_of_one_endpoint_is_in_nobodys_way() {
    let world = World::open();
    let place = |number: u64| SampleBooking {
        service: "Yoga",
        ..booking(number, "Jane Doe", 0, 60)
    };
    let lesson = booking(1, "Omar Haddad", 30, 30);
    world.tell(world.bookora, Act::Book, &lesson);
    for number in 2..50 {
        world.tell(world.kordless, Act::Book, &place(number));
    }
    let in_the_way = |id: i64| {
        let standing = world.read(|connection| overlaps::standing(connection, id));
        let others = standing.iter().map(|one| one.other(id));
        others.collect::<Vec<i64>>()
    };
    assert_eq!(in_the_way(2), [1]);
    assert_eq!(in_the_way(49), [1]);
}

#[test]
fn the_room_that_an_endpoint_wants_counts_from_now_on() {
    let world = World::open();
    world.tell(world.kordless, Act::Book, &booking(1, "Jane Doe", 0, 60));
    world.tell(world.bookora, Act::Book, &booking(2, "Omar Haddad", 65, 30));
    assert!(world.open_overlaps().is_empty());
    let set = |minutes| {
        let set = world.engine.set_buffer(world.kordless.endpoint_id, minutes);
        world.runtime.block_on(set).unwrap()
    };
    assert_eq!(set(10).buffer_minutes, 10);
    // Marked, and not told: the person has just asked for it.
    let [found] = world.open_overlaps()[..] else {
        panic!("one overlap");
    };
    assert_eq!(found.between, SignedDuration::from_mins(5));
    assert!(world.told().is_empty());
    // What comes now is told. Nine minutes are too few, ten are enough.
    world.tell(
        world.bookora,
        Act::Book,
        &booking(3, "Yuki Tanaka", -39, 30),
    );
    assert_eq!(
        world.titles(),
        ["Only 9 minutes between: Yuki Tanaka and Jane Doe"]
    );
    world.tell(
        world.bookora,
        Act::Book,
        &booking(4, "Leo Marchetti", -75, 35),
    );
    assert_eq!(world.told().len(), 1);
    assert_eq!(set(0).buffer_minutes, 0);
    assert!(world.open_overlaps().is_empty());
}

/// What lasts for days is found by what comes in the middle of it, as is what has no end.
#[test]
fn bookings_of_every_length_are_found() {
    let world = World::open();
    let lengths = [5, 170, 23 * 60, 9 * 24 * 60, 40 * 24 * 60];
    for (number, minutes) in (1..).zip(lengths) {
        let start = 1 - minutes;
        world.tell(
            world.kordless,
            Act::Book,
            &booking(number, "Jane Doe", start, minutes),
        );
    }
    world.tell(world.bookora, Act::Book, &booking(9, "Omar Haddad", 0, 1));
    let with = world.read(|connection| overlaps::standing(connection, 6));
    assert_eq!(with.len(), lengths.len());
    // It wants no room for itself, and begins when they end.
    world.tell(
        world.bookora,
        Act::Book,
        &booking(10, "Zoe Whitfield", 1, 1),
    );
    assert!(
        world
            .read(|connection| overlaps::standing(connection, 7))
            .is_empty()
    );
}

#[test]
fn a_crowd_at_one_time_is_few_pairs_and_fewer_notices() {
    let world = World::open();
    for number in 1..=30 {
        world.tell(
            world.kordless,
            Act::Book,
            &booking(number, "Jane Doe", 0, 60),
        );
    }
    let pairs = world.read(|connection| {
        Ok(
            connection.query_row("SELECT count(*) FROM overlap", [], |row| {
                row.get::<_, i64>(0)
            })?,
        )
    });
    assert!(pairs <= 30 * overlaps::MOST as i64, "{pairs}");
    assert!(world.told().len() <= 30 * 3);
    let among = world.read(|connection| overlaps::open_among(connection, 1..=30, Timestamp::now()));
    assert_eq!(among.len(), 30, "each is marked");
}
