//! Bookings in each other's way, and the digest of a morning, in the real program under a clock that the test sets.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, ensure};
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_test_support::desktop::{Clock, Desktop, Notification, Program, eventually_within};
use jiff::{SignedDuration, Timestamp};

use crate::stage::{add_endpoint, add_endpoint_of, listening};
use crate::{SECRET, call, stage};

/// How long the program may take to see that its clock was set.
const A_BEAT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn on_a_virtual_desktop_overlaps_are_announced_marked_and_accepted_and_a_morning_has_its_digest()
-> Result<()> {
    let data = tempfile::tempdir()?;
    let desktop = Desktop::start().await?;
    let clock = Clock::at("2026-06-10T07:30:00Z".parse()?)?;
    let program = stage::open(&desktop, data.path(), &clock.variables()).await?;
    let story = async {
        let kordless = add_endpoint(&program).await?;
        let bookora = add_endpoint_of(&program, "Bookora", "Practice", Some(SECRET)).await?;
        let receiver = listening(data.path()).await?;
        let at = |path: &str, provider| Door {
            receiver,
            path: path.to_owned(),
            provider,
        };
        let kordless = at(&kordless, Provider::Kordless);
        let bookora = at(&bookora, Provider::Bookora);
        overlaps(&desktop, &program, &clock, &kordless, &bookora).await?;
        digest(&desktop, &program, &clock).await
    }
    .await;
    stage::told(&desktop, "overlaps", story)
}

/// Where a booking system calls.
struct Door {
    receiver: SocketAddr,
    path: String,
    provider: Provider,
}

impl Door {
    async fn tell(&self, event_type: &str, booking: &SampleBooking) -> Result<()> {
        let Door {
            receiver,
            path,
            provider,
        } = self;
        let signed = (*provider, SECRET);
        let status = call::post_signed(*receiver, path, signed, event_type, booking).await?;
        ensure!(status == 200, "the sample was answered {status}");
        Ok(())
    }
}

fn booking(
    number: u64,
    name: &'static str,
    start: &str,
    minutes: i64,
    now: Timestamp,
) -> Result<SampleBooking> {
    Ok(SampleBooking {
        start: start.parse()?,
        minutes,
        name,
        ..SampleBooking::new(number, now)
    })
}

fn is(told: &Notification, summary: &str, lines: &[&str]) -> Result<()> {
    ensure!(
        told.summary == summary && told.body == lines.join("\n"),
        "it says {told:#?}"
    );
    Ok(())
}

async fn overlaps(
    desktop: &Desktop,
    program: &Program,
    clock: &Clock,
    kordless: &Door,
    bookora: &Door,
) -> Result<()> {
    let jane = booking(1, "Jane Doe", "2026-06-15T14:00:00Z", 60, clock.now())?;
    kordless.tell("booking.created", &jane).await?;
    desktop.notifications().at_least(1).await?;
    let omar = booking(2, "Omar Haddad", "2026-06-15T14:30:00Z", 30, clock.now())?;
    bookora.tell("booking.created", &omar).await?;
    let told = desktop.notifications().at_least(3).await?;
    is(
        &told[2],
        "Overlaps: Jane Doe and Omar Haddad",
        &[
            "Mon 15 Jun, 14:00–15:00 · Kordless",
            "Mon 15 Jun, 14:30–15:00 · Bookora",
        ],
    )?;
    let window = program.window();
    window
        .see_text(
            "[data-testid=timeline-entry]:has([data-testid=overlap-mark])",
            "Jane Doe",
        )
        .await?;

    // A click opens the one that has just come, and there the person accepts it.
    desktop.notifications().press(told[2].id, "default").await?;
    window
        .see_text("[data-testid=booking] h2", "Omar Haddad")
        .await?;
    window
        .see_text("[data-testid=booking-overlap]", "Jane Doe")
        .await?;
    window.click_text("button", "Accept").await?;
    window
        .see_text(
            "[data-testid=booking-overlaps]",
            "An overlap that you accepted",
        )
        .await?;
    window.click_text("nav a", "Timeline").await?;
    eventually_within(A_BEAT, "nothing is marked any more", async || {
        let marks = window.count("[data-testid=overlap-mark]").await?;
        Ok((marks == 0).then_some(()))
    })
    .await?;

    // Another time is another overlap.
    let moved = SampleBooking {
        start: "2026-06-15T14:45:00Z".parse()?,
        ..omar.moved(clock.now() + SignedDuration::from_secs(1))
    };
    bookora.tell("booking.rescheduled", &moved).await?;
    let told = desktop.notifications().at_least(5).await?;
    is(
        &told[4],
        "Overlaps: Jane Doe and Omar Haddad",
        &[
            "Mon 15 Jun, 14:00–15:00 · Kordless",
            "Mon 15 Jun, 14:45–15:15 · Bookora",
        ],
    )?;
    window.see("[data-testid=overlap-mark]").await?;
    ensure!(desktop.notifications().all().len() == 5, "it is told once");
    Ok(())
}

/// The computer slept until a minute before eight of that day.
async fn digest(desktop: &Desktop, program: &Program, clock: &Clock) -> Result<()> {
    let before = desktop.notifications().all().len();
    clock.set("2026-06-15T07:59:50Z".parse()?)?;
    let told = eventually_within(A_BEAT, "the morning's digest", async || {
        let all = desktop.notifications().all();
        Ok((all.len() > before).then_some(all))
    })
    .await?;
    is(
        &told[before],
        "Today: 2 bookings, the first at 14:00",
        &["Since Wednesday: 2 new, 1 moved", "1 overlap to look at"],
    )?;
    ensure!(clock.now() >= "2026-06-15T08:00:00Z".parse()?, "too early");
    desktop
        .notifications()
        .press(told[before].id, "default")
        .await?;
    let window = program.window();
    window
        .see_text("[data-testid=today-booking]", "Omar Haddad")
        .await?;
    window.see("[data-testid=overlap-pair]").await?;
    Ok(())
}
