//! Many genuine calls at once, and what has to be true of the files afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::calls::{bookora, connect, signature};
use crate::cli::{Bellhop, Endpoint, Receiver, SOON, eventually};

pub const SECRET: &str = "s";
pub const CALLERS: usize = 8;

/// Numbers that look random and are the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// How long a test goes on: for `usual` rounds, and longer where `cargo xtask soak` asks for it.
pub fn rounds(usual: u32) -> impl Iterator<Item = u32> {
    let asked = |name: &str| {
        let value = std::env::var(name).ok()?;
        Some(value.parse::<u32>().unwrap())
    };
    let count = asked("BELLHOP_TEST_ROUNDS").unwrap_or(usual);
    let seconds = asked("BELLHOP_TEST_SECONDS").map(|seconds| Duration::from_secs(seconds.into()));
    let began = Instant::now();
    (0..).take_while(move |round| match seconds {
        Some(limit) => began.elapsed() < limit,
        None => *round < count,
    })
}

/// Three calls are about one booking: it is made, moved, and cancelled, in whatever order they arrive.
const ABOUT: [(&str, &str); 3] = [
    ("booking.created", "15T14:00"),
    ("booking.rescheduled", "16T14:00"),
    ("booking.cancelled", "16T14:00"),
];

/// The call of a number.
pub fn call(number: usize) -> Vec<u8> {
    let (event, start) = ABOUT[number % 3];
    let clock = u32::try_from(number % 3).unwrap();
    let booking = format!("bkg_{}", number / 3);
    bookora(event, &format!("evt_{number}"), &booking, clock, start)
}

/// Sends the call of a number, and gives the status of its answer, if there is one.
pub fn send(receiver: &Receiver, endpoint: &Endpoint, number: usize) -> Option<u16> {
    let body = call(number);
    let headers = [("X-Bookora-Signature", signature(SECRET, &body))];
    let answer = receiver.try_call("POST", &endpoint.path, &headers, &body);
    answer.ok().map(|answer| answer.status)
}

/// What callers were told.
#[derive(Debug, Default)]
pub struct Told {
    /// The calls that were answered 200: they are on the disk.
    pub acknowledged: BTreeSet<usize>,
    /// How many were answered 503: their providers keep them.
    pub refused: usize,
}

/// A load that runs.
pub struct Load<'scope> {
    callers: Vec<thread::ScopedJoinHandle<'scope, Told>>,
}

impl<'scope> Load<'scope> {
    /// Calls from `callers` threads, with numbers that are used once, until nobody answers or `stop`.
    pub fn start(
        scope: &'scope thread::Scope<'scope, '_>,
        callers: usize,
        receiver: &Receiver,
        endpoint: &'scope Endpoint,
        next: &'scope AtomicUsize,
        stop: &'scope AtomicBool,
    ) -> Load<'scope> {
        let caller = |_| {
            let receiver = receiver.clone();
            scope.spawn(move || {
                let mut told = Told::default();
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    match send(&receiver, endpoint, number) {
                        Some(200) => _ = told.acknowledged.insert(number),
                        Some(503) => told.refused += 1,
                        Some(status) => panic!("the call {number} was answered {status}"),
                        None => break,
                    }
                }
                told
            })
        };
        Load {
            callers: (0..callers).map(caller).collect(),
        }
    }

    /// Waits for its end, and gives what all callers were told.
    pub fn join(self) -> Told {
        let mut all = Told::default();
        for caller in self.callers {
            let told = caller.join().unwrap();
            all.acknowledged.extend(told.acknowledged);
            all.refused += told.refused;
        }
        all
    }
}

/// Every acknowledged call is there once, and the file is whole. Gives how many calls are there.
pub fn assert_kept(connection: &Connection, acknowledged: &BTreeSet<usize>, when: &str) -> usize {
    let mut statement = connection
        .prepare("SELECT idempotency_key FROM delivery")
        .unwrap();
    let keys = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap();
    let mut kept = BTreeSet::new();
    for key in keys {
        let number = key
            .unwrap()
            .strip_prefix("id:evt_")
            .unwrap()
            .parse()
            .unwrap();
        assert!(
            kept.insert(number),
            "the call {number} is there twice {when}"
        );
    }
    let lost: Vec<_> = acknowledged.difference(&kept).collect();
    assert!(
        lost.is_empty(),
        "{} of {} acknowledged calls are lost {when}: {lost:?}",
        lost.len(),
        acknowledged.len()
    );
    // A receiver may be at work beside this: both look at the same moment, since the search index remembers between them
    // which parts it has.
    connection.execute_batch("BEGIN").unwrap();
    for check in ["quick_check", "integrity_check"] {
        let found: String = connection
            .query_row(&format!("PRAGMA {check}"), [], |row| row.get(0))
            .unwrap();
        assert_eq!(found, "ok", "{check} {when}");
    }
    connection.execute_batch("COMMIT").unwrap();
    kept.len()
}

/// Waits until everything is worked on. Then each stored call is one event with one notice, and each booking is what its
/// calls, by their numbers, make of it.
pub fn assert_settles(bellhop: &Bellhop) {
    let connection = connect(bellhop);
    let count = |query: &str| -> i64 { connection.query_row(query, [], |row| row.get(0)).unwrap() };
    let waiting = || count("SELECT count(*) FROM delivery WHERE state = 'pending'");
    // There may be many, and the machine may be busy: it is enough that they become fewer.
    let mut left = i64::MAX;
    while left > 0 {
        left = eventually(SOON, "more is worked on", || {
            Some(waiting()).filter(|now| *now < left)
        });
    }
    let failed = count("SELECT count(*) FROM delivery WHERE state = 'failed'");
    assert_eq!(failed, 0, "calls were set aside");
    let deliveries = count("SELECT count(*) FROM delivery");
    for table in ["event", "notice"] {
        let rows = count(&format!("SELECT count(*) FROM {table}"));
        assert_eq!(rows, deliveries, "rows of {table} and of delivery");
    }
    let mut expected: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut keys = connection
        .prepare("SELECT idempotency_key FROM delivery")
        .unwrap();
    let keys = keys.query_map([], |row| row.get::<_, String>(0)).unwrap();
    for key in keys {
        let number: usize = key
            .unwrap()
            .strip_prefix("id:evt_")
            .unwrap()
            .parse()
            .unwrap();
        let booking = expected.entry(format!("bkg_{}", number / 3)).or_default();
        booking.insert(number % 3);
    }
    let mut bookings = connection
        .prepare(
            "SELECT provider_booking_id, status, strftime('%dT%H:%M', start_at / 1000000, 'unixepoch')
             FROM booking JOIN booking_ref ON booking_id = booking.id",
        )
        .unwrap();
    let bookings = bookings
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    let found: BTreeMap<String, (String, String)> = bookings
        .map(|booking| booking.unwrap())
        .map(|(id, status, start)| (id, (status, start)))
        .collect();
    assert_eq!(found.len(), expected.len(), "bookings");
    for (id, calls) in expected {
        let newest = *calls.last().unwrap();
        let status = if newest == 2 {
            "cancelled"
        } else {
            "confirmed"
        };
        let expected = (status.to_owned(), ABOUT[newest].1.to_owned());
        assert_eq!(found[&id], expected, "{id} of {calls:?}");
    }
}
