//! How long a look takes: a figure, and no test.

use std::time::Instant;

use bellhop_core::sample::{Act, SampleBooking};
use jiff::SignedDuration;

use crate::{World, at, booking};

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
        world.tell(world.bookora, Act::Book, &one);
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
            world.tell(world.bookora, Act::Book, &one);
            took.push(begun.elapsed());
        }
        took.sort();
        println!(
            "{many} bookings, {what}: a call whole {:?}, p99 {:?}",
            took[100], took[198]
        );
    }
}
