//! When a reminder comes, and that it comes once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::reminding;
use bellhop_test_support::bubbles::Bubbles;
use bellhop_test_support::wait::eventually;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use tokio_util::sync::CancellationToken;

use crate::{NONE, World, at, booking};

#[tokio::test]
async fn a_reminder_comes_at_its_moment_once_and_in_its_words() {
    let mut world = World::open().await;
    world
        .kordless(Act::Book, &booking(0, "10:00:00"), at("08:00:00"))
        .await;
    assert_eq!(world.next(at("09:00:00")).await, at("09:45:00"));
    assert_eq!(world.look(at("09:44:59")).await, NONE);
    let told =
        "In 15 minutes: Amelia Hart | Mon 1 Mar, 10:00–10:45 | Haircut and finish · Kordless";
    assert_eq!(world.look(at("09:45:00")).await, [told]);
    assert_eq!(world.look(at("09:45:10")).await, NONE);
    world.restart().await;
    assert_eq!(world.look(at("09:46:00")).await, NONE);
    assert_eq!(
        world.count("once LIKE 'reminder:1:1803895200:900' AND booking_id = 1 AND endpoint_id = 1"),
        1
    );
}

#[tokio::test]
async fn bookings_back_to_back_have_a_reminder_each() {
    let mut world = World::open().await;
    for number in 0..6 {
        let start = at("10:00:00") + SignedDuration::from_mins(5 * i64::try_from(number).unwrap());
        let short = SampleBooking {
            start,
            minutes: 5,
            ..booking(number, "10:00:00")
        };
        world.kordless(Act::Book, &short, at("07:00:00")).await;
    }
    let mut now = at("09:40:00");
    let mut moments = Vec::new();
    while now < at("10:40:00") {
        for told in world.look(now).await {
            assert!(told.starts_with("In 15 minutes: "), "{told}");
            moments.push(now.strftime("%H:%M").to_string());
        }
        now += SignedDuration::from_mins(1);
    }
    assert_eq!(
        moments,
        ["09:45", "09:50", "09:55", "10:00", "10:05", "10:10"]
    );
}

#[tokio::test]
async fn a_booking_of_a_day_is_told_of_at_the_hour_of_the_place() {
    let mut world = World::open().await;
    let day = booking(0, "10:00:00");
    world
        .tell(
            world.reservekit,
            Act::Book,
            &day,
            at("00:00:00") - SignedDuration::from_hours(24),
        )
        .await;
    assert_eq!(world.look_in(at("06:59:00"), "Europe/Berlin").await, NONE);
    // In another zone after a restart its hour has not come yet.
    world.restart().await;
    assert_eq!(world.look_in(at("07:00:00"), "Europe/London").await, NONE);
    let told = world.look_in(at("08:00:00"), "Europe/London").await;
    assert_eq!(
        told,
        ["Today: Amelia Hart | Mon 1 Mar | service 12 · ReserveKit"]
    );
    assert_eq!(
        world.look_in(at("13:00:00"), "America/New_York").await,
        NONE
    );
}

/// The task itself and the announcer, by the computer's own clock.
#[tokio::test]
async fn the_program_shows_it_in_time_and_tells_when_it_did() {
    let mut world = World::open().await;
    let engine = Arc::clone(world.engine());
    let (stop, bubbles) = (CancellationToken::new(), Bubbles::of(&engine));
    let reminding = tokio::spawn(reminding::run(Arc::clone(&engine), stop.clone()));
    // A busy computer may be late all the same: then it tells nothing, and another one is waited for.
    let mut late = SignedDuration::MAX;
    for number in 0..9 {
        let mark = Timestamp::now() + SignedDuration::from_secs(3);
        let begins = mark + SignedDuration::from_mins(15);
        let soon = SampleBooking {
            start: begins,
            ..booking(number, "00:00:00")
        };
        world.kordless(Act::Book, &soon, Timestamp::now()).await;
        let title = format!("In 15 minutes: {}", soon.name);
        let (shown_at, _) = bubbles.titled(&title).await;
        assert!(shown_at >= mark, "{shown_at} is before {mark}");
        late = eventually("it is noted when it was shown", async || {
            Ok(world.noted_late(&title))
        })
        .await
        .unwrap();
        assert!(late >= SignedDuration::ZERO, "{late}");
        if late < SignedDuration::from_secs(1) {
            break;
        }
    }
    assert!(late < SignedDuration::from_secs(1), "always late: {late}");
    stop.cancel();
    reminding.await.unwrap();
    bubbles.end().await;
}

/// A million bookings, of which the next days have a few.
#[tokio::test]
#[ignore = "takes a minute: for a figure"]
async fn a_look_reads_the_bookings_of_the_next_days_and_no_others() {
    let mut world = World::open().await;
    world
        .kordless(Act::Book, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    let fill = |connection: &Connection| {
        connection.execute(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000)
             INSERT INTO booking (endpoint_id, status, title, start_at, end_at, attendee, created_at, updated_at)
             SELECT 1, 'confirmed', 'Haircut', ?1 + (n - 500000) * 300000000, ?1 + (n - 500000) * 300000000 + 300000000, '{}', 0, 0 FROM n",
            params![at("10:00:00").as_microsecond()],
        )?;
        Ok(())
    };
    world.engine().store.write(fill).await.unwrap();
    world.look(at("09:45:00")).await;
    let begun = Instant::now();
    for second in 1..=20 {
        world
            .next(at("09:45:00") + SignedDuration::from_secs(second))
            .await;
    }
    let each = begun.elapsed() / 20;
    println!("a look at a million bookings takes {each:?}");
    assert!(each < Duration::from_millis(50), "{each:?}");
}
