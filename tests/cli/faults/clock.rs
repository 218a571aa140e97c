//! A clock that is set while the program runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::bellhop;
use crate::calls::{count, text};
use crate::cli::{Bellhop, SOON};

use super::{SECRET, assert_stored, call};

/// The program with a clock of its own, which `set` changes while it runs.
struct Clock {
    file: PathBuf,
}

impl Clock {
    fn of(bellhop: &Bellhop) -> Clock {
        let clock = Clock {
            file: bellhop.home().join("clock"),
        };
        clock.set("+0");
        clock
    }

    /// The offset, such as `-1d`.
    fn set(&self, offset: &str) {
        fs::write(&self.file, offset).unwrap();
    }

    fn command(&self, bellhop: &Bellhop, arguments: &[&str]) -> Command {
        let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
            .iter()
            .map(|folder| Path::new(folder).join("faketime/libfaketimeMT.so.1"))
            .find(|library| library.exists())
            .expect("the package faketime is not installed");
        let mut command = bellhop.command(arguments);
        command
            .env("LD_PRELOAD", library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            // Only the wall clock is set: the one that counts since the start is nobody's to set.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

const DAY: i64 = 86_400_000_000;

#[test]
fn a_clock_that_is_set_while_it_runs_loses_nothing() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let clock = Clock::of(&bellhop);
    let mut serving = bellhop.serve_by(clock.command(&bellhop, &["serve", "--json"]));
    let mut number = 0;
    // Forward, back past the start, forward again; and the year that a computer with an empty battery starts in.
    for (offset, days) in [
        ("+0", 0),
        ("+3d", 3),
        ("-2d", -2),
        ("+400d", 400),
        ("+0", 0),
        ("-9000d", -9_000),
        ("+0", 0),
    ] {
        clock.set(offset);
        for _ in 0..10 {
            let begun = Instant::now();
            assert_eq!(call(&serving.receiver, &endpoint, number, 0).status, 200);
            assert!(begun.elapsed() < SOON, "it hangs at {offset}");
            number += 1;
        }
        serving.printed(number);
        let received: i64 = count(
            &bellhop,
            "SELECT received_at FROM delivery ORDER BY id DESC LIMIT 1",
        );
        let off = (received - (now() + days * DAY)).abs();
        assert!(
            off < 60_000_000,
            "{offset}: {} seconds off",
            off / 1_000_000
        );
    }
    // The order is that of arrival, whatever the clock said.
    let entries = bellhop.entries(number);
    for (position, entry) in entries.iter().enumerate() {
        assert_eq!(entry["provider_booking_id"], format!("bkg_{position}"));
    }
    assert_stored(&bellhop, &(0..number).collect::<Vec<_>>());
    // Repeats are known, and a clean end takes no longer than otherwise.
    assert_eq!(call(&serving.receiver, &endpoint, 3, 0).status, 200);
    assert_eq!(count(&bellhop, "SELECT sum(repeats) FROM delivery"), 1);
    clock.set("-2d");
    let begun = Instant::now();
    assert_eq!(serving.stop(), "");
    assert!(begun.elapsed() < SOON);

    // A start with a clock that was set back goes on with the same data, and the doctor says what it sees.
    let serving = bellhop.serve_by(clock.command(&bellhop, &["serve", "--json"]));
    assert_eq!(call(&serving.receiver, &endpoint, number, 0).status, 200);
    assert_eq!(
        text(&bellhop.entries(number + 1)[number], "provider_booking_id"),
        format!("bkg_{number}")
    );
    serving.stop();
}
