//! Whatever the order in which the calls of a booking arrive, and however often: the store holds the same booking, and the
//! person is told as often. Through the real inbox, worker and database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::Engine;
use bellhop_engine::store::bookings::{self, BookingQuery};
use bellhop_test_support::telling::{
    SignedCall, Webhook, any_order, call_of, shows_everything, works,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Histories that are tried for each provider.
const CASES: u32 = 24;

/// What happens to a booking after it was made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    /// It is moved to a time that it never had.
    Move,
    /// It is moved to the time that it had at first.
    MoveBack,
    /// The provider's word for a move comes with the time that is known already.
    TellAgain,
    /// Any other word of the provider that leaves the booking standing: confirmed, completed, not come.
    Other(usize),
    /// It is called off, and another one is made in its stead.
    Replace,
}

/// A life of some bookings, and how the calls that tell of it arrive.
#[derive(Clone, Debug)]
struct History {
    /// Each with the seconds since the one before.
    steps: Vec<(Next, i64)>,
    /// How often it is called off at the end.
    cancellations: usize,
    /// The first call never came: the endpoint was not there yet.
    begins_late: bool,
    /// Turns any order of the calls, repeats among them, into one.
    shuffle: u64,
    /// Whether what has arrived is worked on before the next call arrives.
    worked_on_between: bool,
    /// Whether notices are shown before the next call arrives.
    shown_between: bool,
}

fn histories() -> impl Strategy<Value = History> {
    let next = prop_oneof![
        3 => Just(Next::Move),
        1 => Just(Next::MoveBack),
        3 => Just(Next::TellAgain),
        2 => (0..8usize).prop_map(Next::Other),
        1 => Just(Next::Replace),
    ];
    (
        proptest::collection::vec((next, 0..3i64), 0..5),
        0..3usize,
        proptest::bool::weighted(0.2),
        any::<u64>(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(steps, cancellations, begins_late, shuffle, worked_on_between, shown_between)| {
                History {
                    steps,
                    cancellations,
                    begins_late,
                    shuffle,
                    worked_on_between,
                    shown_between,
                }
            },
        )
}

/// The calls of a history, in the order in which things happened.
fn calls(provider: Provider, history: &History) -> Vec<SignedCall> {
    let start: Timestamp = "2026-06-10T10:00:00Z".parse().unwrap();
    let mut booking = SampleBooking::new(7, start);
    let first = booking.start;
    let type_of = |act| provider.event_type_of(act);
    let others: Vec<&str> = provider
        .facts()
        .sample_event_types
        .iter()
        .filter(|word| ![Act::Book, Act::Cancel].map(type_of).contains(*word))
        .copied()
        .collect();
    let mut calls = vec![call_of(provider, type_of(Act::Book), &booking)];
    for (next, seconds) in &history.steps {
        let now = booking.now + SignedDuration::from_secs(*seconds);
        let word = match next {
            Next::Move => {
                booking = booking.moved(now);
                type_of(Act::Move)
            }
            Next::MoveBack => {
                booking = SampleBooking {
                    start: first,
                    ..booking.moved(now)
                };
                type_of(Act::Move)
            }
            Next::TellAgain => {
                booking = booking.told_again(now);
                type_of(Act::Move)
            }
            Next::Other(which) => {
                booking = booking.told_again(now);
                others[which % others.len()]
            }
            Next::Replace => {
                booking = booking.told_again(now);
                calls.push(call_of(provider, type_of(Act::Cancel), &booking));
                booking = SampleBooking {
                    number: booking.number + 1,
                    moves: 0,
                    ..booking.told_again(now)
                };
                type_of(Act::Book)
            }
        };
        calls.push(call_of(provider, word, &booking));
    }
    for _ in 0..history.cancellations {
        booking = booking.told_again(booking.now + SignedDuration::from_secs(1));
        calls.push(call_of(provider, type_of(Act::Cancel), &booking));
    }
    if history.begins_late && calls.len() > 1 {
        calls.remove(0);
    }
    calls
}

/// What is known in the end: the bookings without what depends on arrival, and how often each kind of act was told of.
type Outcome = (BTreeSet<String>, BTreeMap<String, i64>);

struct World {
    engine: Arc<Engine>,
    runtime: Runtime,
    _data: TempDir,
}

impl World {
    fn open() -> World {
        let data = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let engine = runtime
            .block_on(Engine::open_with_file_secrets(data.path()))
            .unwrap();
        World {
            engine,
            runtime,
            _data: data,
        }
    }

    fn tell(
        &self,
        provider: Provider,
        calls: &[&SignedCall],
        between: bool,
        shown: bool,
    ) -> Outcome {
        self.runtime.block_on(async {
            let engine = &self.engine;
            let webhook = Webhook::of_new_endpoint(engine, provider).await;
            for call in calls {
                let call = (*call).clone();
                webhook.calls(engine, call, Timestamp::UNIX_EPOCH).await;
                if between {
                    works(engine).await;
                }
                if shown {
                    shows_everything(engine, Timestamp::UNIX_EPOCH).await;
                }
            }
            works(engine).await;
            self.outcome(webhook.endpoint_id).await
        })
    }

    async fn outcome(&self, endpoint: i64) -> Outcome {
        let read = self.engine.store.read(move |connection| {
            let query = BookingQuery {
                limit: 99,
                endpoint_id: Some(endpoint),
                ..BookingQuery::default()
            };
            let bookings = bookings::list(connection, query)?;
            let known = bookings.into_iter().map(|booking| {
                format!(
                    "{:?}",
                    bookings::Booking {
                        id: 0,
                        endpoint_id: 0,
                        ..booking
                    }
                )
            });
            let known = known.collect();
            let mut statement = connection.prepare(
                "SELECT event.kind, count(*) FROM notice JOIN event ON event.id = event_id WHERE event.endpoint_id = ?1 GROUP BY 1",
            )?;
            let told = statement
                .query_map([endpoint], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            Ok((known, told))
        });
        read.await.unwrap()
    }
}

fn same_in_every_order(provider: Provider) {
    let world = World::open();
    let mut runner = TestRunner::new(Config {
        cases: std::env::var("PROPTEST_CASES")
            .ok()
            .and_then(|cases| cases.parse().ok())
            .unwrap_or(CASES),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    });
    let outcome = runner.run(&histories(), |history| {
        let calls = calls(provider, &history);
        let in_order: Vec<&SignedCall> = calls.iter().collect();
        let order = any_order(calls.len(), history.shuffle);
        let shuffled: Vec<&SignedCall> = order.iter().map(|index| &calls[*index]).collect();
        let expected = world.tell(provider, &in_order, true, false);
        let mut found = world.tell(
            provider,
            &shuffled,
            history.worked_on_between,
            history.shown_between,
        );
        if provider == Provider::Orufy && history.shown_between {
            // Until the call comes that joins two of its meetings, nobody can know that they are one booking. What was shown
            // of each before then cannot be taken back; every act has one notice all the same.
            let acts = ["created", "rescheduled", "cancelled"];
            found.1.retain(|kind, _| acts.contains(&kind.as_str()));
        }
        prop_assert_eq!(expected, found, "arrived as {:?}", order);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{provider}: {error}");
    }
}

/// Histories that were once told of twice, each told in every order of its calls.
#[test]
fn an_update_before_the_booking_it_repeats_is_told_of_once() {
    let world = World::open();
    let known = [
        (Provider::Kordless, vec![(Next::TellAgain, 1)]),
        (
            Provider::Bookora,
            vec![(Next::Other(1), 0), (Next::MoveBack, 1)],
        ),
        (Provider::Orufy, vec![(Next::MoveBack, 0), (Next::Move, 1)]),
    ];
    for (provider, steps) in known {
        let history = History {
            steps,
            cancellations: 0,
            begins_late: false,
            shuffle: 0,
            worked_on_between: true,
            shown_between: true,
        };
        let calls = calls(provider, &history);
        let expected = world.tell(provider, &calls.iter().collect::<Vec<_>>(), true, true);
        for shuffle in 0..24 {
            let order = any_order(calls.len(), shuffle);
            let shuffled: Vec<&SignedCall> = order.iter().map(|index| &calls[*index]).collect();
            for (between, shown) in [(true, true), (true, false), (false, false)] {
                let found = world.tell(provider, &shuffled, between, shown);
                assert_eq!(expected, found, "{provider} in the order {order:?}");
            }
        }
    }
}

#[test]
fn kordless_is_the_same_in_every_order() {
    same_in_every_order(Provider::Kordless);
}

#[test]
fn reservekit_is_the_same_in_every_order() {
    same_in_every_order(Provider::ReserveKit);
}

#[test]
fn bookora_is_the_same_in_every_order() {
    same_in_every_order(Provider::Bookora);
}

#[test]
fn webkasa_is_the_same_in_every_order() {
    same_in_every_order(Provider::WebKasa);
}

#[test]
fn orufy_is_the_same_in_every_order() {
    same_in_every_order(Provider::Orufy);
}
