//! Bookings that are in each other's way: found as they come, told of once, marked until they are resolved or accepted.
//! Through the real inbox, worker and database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails panics, and the figures are printed"
)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use bellhop_core::call::Call;
use bellhop_core::overlap::Span;
use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_core::signature::{Checked, SecretValue, SigningSecret, sign, verify};
use bellhop_engine::Engine;
use bellhop_engine::store::bookings::BookingQuery;
use bellhop_engine::store::overlaps::{self, Overlap};
use bellhop_engine::store::{StoreError, bookings, deliveries, notices};
use bellhop_engine::worker::drain;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::Runtime;

struct World {
    engine: Arc<Engine>,
    runtime: Runtime,
    kordless: i64,
    bookora: i64,
    _data: TempDir,
}

/// Far enough ahead to be over in no run of this test.
fn at(minute: i64) -> Timestamp {
    let monday: Timestamp = "2040-06-18T14:00:00Z".parse().unwrap();
    monday + SignedDuration::from_mins(minute)
}

fn booking(number: u64, name: &'static str, start: i64, minutes: i64) -> SampleBooking {
    SampleBooking {
        start: at(start),
        minutes,
        name,
        ..SampleBooking::new(number, "2026-06-10T10:00:00Z".parse().unwrap())
    }
}

/// The same booking, at another time.
fn moved(booking: &SampleBooking, start: i64) -> SampleBooking {
    SampleBooking {
        start: at(start),
        ..booking.moved(booking.now + SignedDuration::from_secs(60))
    }
}

impl World {
    fn open() -> World {
        let data = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let (engine, kordless, bookora) = runtime.block_on(async {
            let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
            let add = |provider| engine.add_endpoint(provider, None, None);
            let kordless = add(Provider::Kordless).await.unwrap().id;
            let bookora = add(Provider::Bookora).await.unwrap().id;
            (engine, kordless, bookora)
        });
        World {
            engine,
            runtime,
            kordless,
            bookora,
            _data: data,
        }
    }

    fn endpoint(&self, provider: Provider) -> i64 {
        match provider {
            Provider::Kordless => self.kordless,
            _ => self.bookora,
        }
    }

    fn tell(&self, provider: Provider, act: Act, booking: &SampleBooking) {
        let sample = provider
            .sample(provider.event_type_of(act), booking)
            .unwrap();
        let value = SecretValue::new("s").unwrap();
        let seconds = booking.now.as_second();
        let signed = sign(provider, Some(&value), None, seconds, &sample.body);
        let own = sample
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let call = Call {
            query: None,
            headers: own
                .chain(signed.headers)
                .map(|(name, value)| (name, value.into_bytes()))
                .collect(),
            body: sample.body,
        };
        let checked = Checked {
            endpoint_id: self.endpoint(provider),
            provider,
            secrets: vec![SigningSecret { id: -1, value }],
            pinned: None,
        };
        let delivery = verify(&checked, call).unwrap();
        self.write(move |connection| {
            deliveries::accept(connection, &delivery, Timestamp::now()).map(drop)
        });
        self.work();
    }

    fn work(&self) {
        let drained = drain(&self.engine.store, &self.engine.changes);
        self.runtime.block_on(drained).unwrap();
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.runtime
            .block_on(self.engine.store.write(work))
            .unwrap()
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> T {
        self.engine.store.read_here(work).unwrap()
    }

    /// What waits to be told of overlaps: in full, and discreetly.
    fn told(&self) -> Vec<(String, String)> {
        let waiting = self.read(|connection| notices::waiting(connection, Timestamp::MAX));
        waiting
            .into_iter()
            .filter(|notice| notice.kind.as_str() == "overlap")
            .map(|notice| (notice.words.full.title, notice.words.discreet.title))
            .collect()
    }

    fn titles(&self) -> Vec<String> {
        self.told().into_iter().map(|(title, _)| title).collect()
    }

    fn show_all(&self) {
        self.write(|connection| {
            let waiting = notices::waiting(connection, Timestamp::MAX)?;
            let ids: Vec<i64> = waiting.iter().map(|notice| notice.id).collect();
            notices::mark_shown(connection, &ids, Timestamp::now())
        });
    }

    fn open_overlaps(&self) -> Vec<Overlap> {
        self.read(|connection| overlaps::open(connection, Timestamp::now(), 99))
    }
}

#[test]
fn two_providers_that_want_the_same_time_are_told_of_once() {
    let world = World::open();
    let jane = booking(1, "Jane Doe", 0, 60);
    let omar = booking(2, "Omar Haddad", 30, 30);
    world.tell(Provider::Kordless, Act::Book, &jane);
    assert!(world.told().is_empty());
    world.tell(Provider::Bookora, Act::Book, &omar);
    let said = "Overlaps: Jane Doe and Omar Haddad".to_owned();
    assert_eq!(world.told(), [(said, "Overlaps: two bookings".to_owned())]);
    let waiting = world.read(|connection| notices::waiting(connection, Timestamp::MAX));
    let notice = waiting.last().unwrap();
    // It opens the booking that has just come, and follows the notice of its act.
    assert_eq!(
        (notice.endpoint_id, notice.booking_id),
        (Some(world.bookora), Some(2))
    );
    assert_eq!(notice.words.full.body, notice.words.discreet.body);

    world.show_all();
    // The same again, and what changes no time, is not told again.
    world.tell(Provider::Bookora, Act::Book, &omar);
    world.tell(Provider::Kordless, Act::Move, &jane.told_again(jane.now));
    assert!(world.told().is_empty());
    assert_eq!(world.open_overlaps().len(), 1);
}

/// Places of a course are meant to be side by side, and do not hide what is in the way of one of them.
#[test]
fn a_group_of_one_endpoint_is_in_nobodys_way() {
    let world = World::open();
    let place = |number: u64| SampleBooking {
        service: "Yoga",
        ..booking(number, "Jane Doe", 0, 60)
    };
    let lesson = booking(1, "Omar Haddad", 30, 30);
    world.tell(Provider::Bookora, Act::Book, &lesson);
    for number in 2..50 {
        world.tell(Provider::Kordless, Act::Book, &place(number));
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
fn what_is_moved_or_cancelled_before_anybody_was_told_is_not_told() {
    let world = World::open();
    let jane = booking(1, "Jane Doe", 0, 60);
    let omar = booking(2, "Omar Haddad", 30, 30);
    world.tell(Provider::Kordless, Act::Book, &jane);
    world.tell(Provider::Bookora, Act::Book, &omar);
    assert_eq!(world.told().len(), 1);
    let away = moved(&omar, 200);
    world.tell(Provider::Bookora, Act::Move, &away);
    assert!(world.told().is_empty() && world.open_overlaps().is_empty());
    // Nobody was told, so it is news when it comes back.
    let back = moved(&away, 30);
    world.tell(Provider::Bookora, Act::Move, &back);
    assert_eq!(world.titles(), ["Overlaps: Jane Doe and Omar Haddad"]);
    world.tell(
        Provider::Kordless,
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
    world.tell(Provider::Kordless, Act::Book, &jane);
    world.tell(Provider::Bookora, Act::Book, &omar);
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
    world.tell(Provider::Bookora, Act::Move, &later);
    assert_eq!(world.titles(), ["Overlaps: Jane Doe and Omar Haddad"]);
    assert_eq!(world.open_overlaps().len(), 1);
    world.show_all();
    // At the times at which it was accepted it still is.
    world.tell(Provider::Bookora, Act::Move, &moved(&later, 30));
    assert!(world.open_overlaps().is_empty() && world.told().is_empty());
    // And it can be taken back.
    world.write(|connection| overlaps::accept(connection, (1, 2), None));
    assert_eq!(world.open_overlaps().len(), 1);
}

#[test]
fn the_room_that_an_endpoint_wants_counts_from_now_on() {
    let world = World::open();
    world.tell(
        Provider::Kordless,
        Act::Book,
        &booking(1, "Jane Doe", 0, 60),
    );
    world.tell(
        Provider::Bookora,
        Act::Book,
        &booking(2, "Omar Haddad", 65, 30),
    );
    assert!(world.open_overlaps().is_empty());
    let set = |minutes| {
        let set = world.engine.set_buffer(world.kordless, minutes);
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
        Provider::Bookora,
        Act::Book,
        &booking(3, "Yuki Tanaka", -39, 30),
    );
    assert_eq!(
        world.titles(),
        ["Only 9 minutes between: Yuki Tanaka and Jane Doe"]
    );
    world.tell(
        Provider::Bookora,
        Act::Book,
        &booking(4, "Leo Marchetti", -75, 35),
    );
    assert_eq!(world.told().len(), 1);
    assert_eq!(set(0).buffer_minutes, 0);
    assert!(world.open_overlaps().is_empty());
}

#[test]
fn what_is_over_or_read_again_is_told_to_nobody() {
    let world = World::open();
    let hours_ago = |hours: i64| Timestamp::now() - SignedDuration::from_hours(hours);
    let past = |number, name| SampleBooking {
        start: hours_ago(3),
        ..booking(number, name, 0, 60)
    };
    world.tell(Provider::Kordless, Act::Book, &past(1, "Jane Doe"));
    world.tell(Provider::Bookora, Act::Book, &past(2, "Omar Haddad"));
    assert!(world.told().is_empty() && world.open_overlaps().is_empty());

    world.tell(
        Provider::Kordless,
        Act::Book,
        &booking(3, "Yuki Tanaka", 0, 60),
    );
    world.tell(
        Provider::Bookora,
        Act::Book,
        &booking(4, "Zoe Whitfield", 0, 60),
    );
    world.show_all();
    world.write(|connection| deliveries::replay_booking(connection, 4));
    world.work();
    assert!(world.told().is_empty());
    assert_eq!(world.open_overlaps().len(), 1);
}

/// What lasts for days is found by what comes in the middle of it, as is what has no end.
#[test]
fn bookings_of_every_length_are_found() {
    let world = World::open();
    let lengths = [5, 170, 23 * 60, 9 * 24 * 60, 40 * 24 * 60];
    for (number, minutes) in (1..).zip(lengths) {
        let start = 1 - minutes;
        world.tell(
            Provider::Kordless,
            Act::Book,
            &booking(number, "Jane Doe", start, minutes),
        );
    }
    world.tell(
        Provider::Bookora,
        Act::Book,
        &booking(9, "Omar Haddad", 0, 1),
    );
    let with = world.read(|connection| overlaps::standing(connection, 6));
    assert_eq!(with.len(), lengths.len());
    // It wants no room for itself, and begins when they end.
    world.tell(
        Provider::Bookora,
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
            Provider::Kordless,
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
        let set = world.engine.set_buffer(world.kordless, buffer);
        world.runtime.block_on(set).unwrap();
        let provider = |which: usize| match which % 2 {
            0 => Provider::Kordless,
            _ => Provider::Bookora,
        };
        let mut stands: Vec<SampleBooking> = slots
            .iter()
            .zip(1..)
            .map(|((slot, length), number)| booking(number, "Jane Doe", slot * 20, length * 20))
            .collect();
        let mut calls: Vec<(usize, Act, SampleBooking)> = stands
            .iter()
            .enumerate()
            .map(|(which, booking)| (which, Act::Book, booking.clone()))
            .collect();
        for then in &then {
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
        let mut order: Vec<usize> = (0..calls.len()).chain(0..calls.len() / 2).collect();
        let mut number = shuffle;
        for place in (1..order.len()).rev() {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            order.swap(place, usize::try_from(number >> 33).unwrap() % (place + 1));
        }
        let mut told = Vec::new();
        for place in order {
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

        let everything = world.read(|connection| {
            let query = BookingQuery {
                limit: 99,
                ..BookingQuery::default()
            };
            bookings::list(connection, query)
        });
        let spans: Vec<Span> = everything
            .iter()
            .filter(|one| !matches!(one.status.as_str(), "cancelled" | "no_show"))
            .filter_map(|one| {
                Some(Span {
                    id: one.id,
                    endpoint_id: one.endpoint_id,
                    host: one.host.clone(),
                    title: one.title.clone(),
                    start: one.when.start?,
                    end: one.when.end,
                    buffer: if one.endpoint_id == world.kordless {
                        buffer
                    } else {
                        0
                    },
                })
            })
            .collect();
        let mut expected = Vec::new();
        for one in &spans {
            let close = spans
                .iter()
                .filter(|other| other.id > one.id && one.too_close_to(other).is_some());
            expected.extend(close.map(|other| (one.id, other.id)));
        }
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

/// How long one look takes beside many bookings. Run it with `--ignored --nocapture`; it is a figure, and no test.
#[test]
#[ignore = "a figure"]
fn how_long_one_look_takes() {
    let many: i64 = std::env::var("BOOKINGS").map_or(100_000, |many| many.parse().unwrap());
    let world = World::open();
    let first = at(0).as_microsecond();
    world.write(move |connection| {
        // Ten an hour, day and night: a hundred thousand are more than a year.
        connection.execute(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
             INSERT INTO booking (endpoint_id, status, start_at, end_at, attendee, created_at, updated_at)
             SELECT 1 + n % 2, 'confirmed', ?2 + n * 360000000, ?2 + n * 360000000 + 300000000, '{}', 0, 0 FROM n",
            [many, first],
        )?;
        Ok(())
    });
    // As many at one time as samples make of them.
    for number in 0..600u64 {
        let one = SampleBooking {
            start: at(-600),
            ..booking(number + 100_000, "Jane Doe", 0, 30)
        };
        let begun = Instant::now();
        world.tell(Provider::Bookora, Act::Book, &one);
        if number % 100 == 99 {
            println!(
                "{many} bookings, in a crowd of {number}: a call whole {:?}",
                begun.elapsed()
            );
        }
    }
    for (what, step) in [("free", 330), ("taken", 0)] {
        let mut took = Vec::new();
        for number in 0..200u64 {
            let second = i64::try_from(number).unwrap() * (many / 210) * 360 + 360 + step;
            let one = SampleBooking {
                start: at(0) + SignedDuration::from_secs(second),
                minutes: 0,
                ..booking(number + 1000 + step as u64 * 1000, "Jane Doe", 0, 0)
            };
            let begun = Instant::now();
            world.tell(Provider::Bookora, Act::Book, &one);
            took.push(begun.elapsed());
        }
        took.sort();
        println!(
            "{many} bookings, {what}: a call whole {:?}, p99 {:?}",
            took[100], took[198]
        );
    }
}
