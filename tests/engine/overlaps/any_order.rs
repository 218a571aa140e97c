//! Any bookings, in any order of their calls.

use std::collections::BTreeSet;

use bellhop_core::overlap::Span;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::store::bookings::{self, BookingQuery};
use bellhop_test_support::telling::any_order;
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::{World, booking, moved};

/// What is done to one of a few bookings: it is moved to a slot, or called off.
#[derive(Clone, Debug)]
enum Then {
    Move(usize, i64),
    Cancel(usize),
}

fn histories() -> impl Strategy<Value = (Vec<(i64, i64)>, Vec<Then>, u16, u64)> {
    let then = prop_oneof![
        4 => (0..5usize, 0..12i64).prop_map(|(which, slot)| Then::Move(which, slot * 20)),
        1 => (0..5usize).prop_map(Then::Cancel),
    ];
    (
        prop::collection::vec((0..12i64, 1..5i64), 2..5),
        prop::collection::vec(then, 0..6),
        prop::sample::select(vec![0u16, 15]),
        any::<u64>(),
    )
}

/// Which booking, what was done with it, and the booking as it is then.
type Done = (usize, Act, SampleBooking);

/// All that is done, in the order in which it happens.
fn calls(slots: &[(i64, i64)], then: &[Then]) -> Vec<Done> {
    let mut stands: Vec<SampleBooking> = slots
        .iter()
        .zip(1..)
        .map(|((slot, length), number)| booking(number, "Jane Doe", slot * 20, length * 20))
        .collect();
    let mut calls: Vec<Done> = stands
        .iter()
        .enumerate()
        .map(|(which, booking)| (which, Act::Book, booking.clone()))
        .collect();
    for then in then {
        match then {
            Then::Move(which, slot) => {
                let which = which % stands.len();
                stands[which] = moved(&stands[which], *slot);
                calls.push((which, Act::Move, stands[which].clone()));
            }
            Then::Cancel(which) => {
                let which = which % stands.len();
                let now = stands[which].now + SignedDuration::from_secs(60);
                stands[which] = stands[which].told_again(now);
                calls.push((which, Act::Cancel, stands[which].clone()));
            }
        }
    }
    calls
}

/// The pairs of bookings that are too close to each other, found by comparing each with all others.
fn a_look_at_everything(world: &World, buffer: u16) -> Vec<(i64, i64)> {
    let query = BookingQuery {
        limit: 99,
        ..BookingQuery::default()
    };
    let spans: Vec<Span> = world
        .read(|connection| bookings::list(connection, query))
        .into_iter()
        .filter(|one| !matches!(one.status.as_str(), "cancelled" | "no_show"))
        .filter_map(|one| {
            Some(Span {
                id: one.id,
                endpoint_id: one.endpoint_id,
                host: one.host,
                title: one.title,
                start: one.when.start?,
                end: one.when.end,
                buffer: if one.endpoint_id == world.kordless.endpoint_id {
                    buffer
                } else {
                    0
                },
            })
        })
        .collect();
    let mut pairs = Vec::new();
    for one in &spans {
        let close = spans
            .iter()
            .filter(|other| other.id > one.id && one.too_close_to(other).is_some());
        pairs.extend(close.map(|other| (one.id, other.id)));
    }
    pairs
}

/// Whatever comes in whatever order and however often: what is marked in the end is what a look at all bookings finds, and
/// no two bookings at the same times are told of twice.
#[test]
fn marks_are_those_of_a_look_at_everything_and_nothing_is_told_twice() {
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
        cases: 40,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Default::default()
    });
    let outcome = runner.run(&histories(), |(slots, then, buffer, shuffle)| {
        let world = World::open();
        let set = world.engine.set_buffer(world.kordless.endpoint_id, buffer);
        world.runtime.block_on(set).unwrap();
        let provider = |which: usize| match which % 2 {
            0 => world.kordless,
            _ => world.bookora,
        };
        let calls = calls(&slots, &then);
        let mut told = Vec::new();
        for place in any_order(calls.len(), shuffle) {
            let (which, act, booking) = &calls[place];
            world.tell(provider(*which), *act, booking);
            told.extend(world.read(|connection| {
                let mut named = connection.prepare(
                    "SELECT once FROM notice WHERE kind = 'overlap' AND shown_at IS NULL",
                )?;
                let named = named.query_map([], |row| row.get::<_, String>(0))?;
                Ok(named.collect::<Result<Vec<_>, _>>()?)
            }));
            world.show_all();
        }
        let different: BTreeSet<&String> = told.iter().collect();
        prop_assert_eq!(different.len(), told.len(), "told twice: {:?}", told);

        let mut expected = a_look_at_everything(&world, buffer);
        expected.sort_unstable();
        let mut marked: Vec<(i64, i64)> = world
            .open_overlaps()
            .iter()
            .map(|one| (one.first_id, one.second_id))
            .collect();
        marked.sort_unstable();
        prop_assert_eq!(expected, marked);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
