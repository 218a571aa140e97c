//! Reminders in the real program, under a clock that the test sets: what the desktop is told, and the card.

mod card;

use anyhow::{Context, Result, ensure};
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_test_support::desktop::{Clock, Desktop, Notification, Program, eventually};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::stage::{add_endpoint, add_endpoint_of, listening};
use crate::{call, stage, tray};

const CREATED: &str = "booking.created";

struct Stage {
    // Ended before its data go.
    program: Option<Program>,
    desktop: Desktop,
    clock: Clock,
    data: TempDir,
}

impl Stage {
    /// The program at this moment, with its window open.
    async fn set(moment: &str) -> Result<Self> {
        let mut stage = Self {
            program: None,
            desktop: Desktop::start().await?,
            clock: Clock::at(moment.parse()?)?,
            data: tempfile::tempdir()?,
        };
        stage.start("UTC").await?;
        Ok(stage)
    }

    /// Starts the program where the person is.
    async fn start(&mut self, zone: &str) -> Result<()> {
        let mut variables = self.clock.variables();
        variables.push(("TZ", zone));
        self.program = Some(stage::open(&self.desktop, self.data.path(), &variables).await?);
        Ok(())
    }

    async fn quit(&mut self) -> Result<()> {
        self.desktop.tray().item().await?.choose("Quit").await?;
        let status = self.program()?.ended().await?;
        ensure!(status == 0, "the program ended with status {status}");
        self.program = None;
        Ok(())
    }

    fn program(&self) -> Result<&Program> {
        self.program.as_ref().context("the program does not run")
    }

    /// A call that comes now, and is worked on before the clock goes on.
    async fn tell(&self, path: &str, event: &str, booking: &SampleBooking) -> Result<()> {
        let receiver = listening(self.data.path()).await?;
        call::post_booking(receiver, path, event, booking).await?;
        stage::worked_on(self.data.path()).await
    }

    /// A Kordless booking that begins at this time of the day that the test is on.
    fn booking(&self, number: u64, start: &str) -> Result<SampleBooking> {
        let day = self.clock.now().strftime("%Y-%m-%d").to_string();
        Ok(SampleBooking {
            start: format!("{day}T{start}:00Z").parse()?,
            ..SampleBooking::new(number, self.clock.now())
        })
    }

    /// The reminders that the desktop was told to show.
    fn reminders(&self) -> Vec<Notification> {
        let all = self.desktop.notifications().all().into_iter();
        all.filter(|told| told.hint("category") == Some("x-bellhop.reminder"))
            .collect()
    }

    /// Waits for one more reminder, which has to be the `count`th and to have this title. Gives what else it says.
    async fn reminded(&self, count: usize, title: &str) -> Result<String> {
        let what = format!("{count} reminders");
        let come = eventually(&what, async || {
            let told = self.reminders();
            Ok((told.len() >= count).then_some(told))
        });
        let told = come
            .await
            .with_context(|| format!("{:#?}", self.reminders()))?;
        ensure!(told.len() == count, "too many: {told:#?}");
        let last = told.into_iter().next_back().context("none")?;
        ensure!(last.summary == title, "it says {}", last.summary);
        Ok(last.body)
    }

    /// The clock is set to some seconds before a time of the day that the test is on.
    fn nearly(&self, time: &str) -> Result<()> {
        let day = self.clock.now().strftime("%Y-%m-%d").to_string();
        let moment: Timestamp = format!("{day}T{time}:00Z").parse()?;
        self.clock.set(moment - SignedDuration::from_secs(2))
    }

    fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        stage::told(&self.desktop, &format!("reminders-{name}"), story)
    }

    fn picture(&self, name: &str) -> Result<()> {
        stage::picture(&self.desktop, &format!("reminders-{name}"))
    }
}

/// What the other tests here stand on.
#[tokio::test]
async fn on_a_virtual_desktop_the_program_goes_by_a_clock_that_is_set() -> Result<()> {
    let stage = Stage::set("2031-12-31T12:00:00Z").await?;
    stage.told("clock", clock(&stage).await)
}

async fn clock(stage: &Stage) -> Result<()> {
    let path = add_endpoint(stage.program()?).await?;
    // Notifications name the year of a booking where it is another than now.
    for (number, year) in [(0, " 2032"), (1, "")] {
        let booking = SampleBooking {
            start: "2032-01-03T09:00:00Z".parse()?,
            ..SampleBooking::new(number, stage.clock.now())
        };
        stage.tell(&path, CREATED, &booking).await?;
        // A day later there is a digest, too.
        let title = format!("New booking: {}", booking.name);
        let told = stage.desktop.notifications().titled(&title).await?;
        let expected = format!("Sat 3 Jan{year}, 09:00–");
        ensure!(told.body.starts_with(&expected), "it says {}", told.body);

        let shown = stage.clock.now();
        eventually("the page goes by the same clock", async || {
            let page = stage
                .program()?
                .window()
                .script("return Date.now()", &[])
                .await?;
            let page = page.as_f64().context("no time")? / 1000.0;
            let off = page - stage.clock.now().as_second() as f64;
            Ok((off.abs() < 10.0).then_some(()))
        })
        .await
        .with_context(|| format!("the clock shows {shown}"))?;
        stage.clock.forward(SignedDuration::from_hours(24))?;
    }
    Ok(())
}

#[tokio::test]
async fn on_a_virtual_desktop_a_reminder_comes_in_time_and_follows_its_booking() -> Result<()> {
    let mut stage = Stage::set("2031-03-10T08:00:00Z").await?;
    let told = follows(&mut stage).await;
    stage.told("follows", told)
}

async fn follows(stage: &mut Stage) -> Result<()> {
    let path = add_endpoint(stage.program()?).await?;
    stage
        .tell(&path, CREATED, &stage.booking(0, "10:00")?)
        .await?;
    stage.nearly("09:45")?;
    let body = stage.reminded(1, "In 15 minutes: Amelia Hart").await?;
    let expected = "Mon 10 Mar, 10:00–10:45\nHaircut and finish · Kordless";
    ensure!(body == expected, "{body}");
    buttons(stage, &path).await?;

    // Moved before it was due: nothing comes at the old time, while that of another booking a minute later does.
    stage
        .tell(&path, CREATED, &stage.booking(1, "11:00")?)
        .await?;
    stage
        .tell(&path, CREATED, &stage.booking(2, "11:01")?)
        .await?;
    let moved = stage.booking(1, "12:00")?.told_again(stage.clock.now());
    stage.tell(&path, "booking.updated", &moved).await?;
    stage.nearly("10:46")?;
    stage.reminded(5, "In 15 minutes: Priya Raman").await?;
    stage.nearly("11:45")?;
    stage.reminded(6, "In 15 minutes: Noah Lindqvist").await?;

    // Called off, and one back to back with it that is not.
    stage
        .tell(&path, CREATED, &stage.booking(3, "12:30")?)
        .await?;
    stage
        .tell(&path, CREATED, &stage.booking(4, "12:35")?)
        .await?;
    let cancelled = stage.booking(3, "12:30")?.told_again(stage.clock.now());
    stage.tell(&path, "booking.cancelled", &cancelled).await?;
    stage.nearly("12:20")?;
    stage.reminded(7, "In 15 minutes: Hannah Vogel").await?;

    // The computer sleeps over it.
    stage
        .tell(&path, CREATED, &stage.booking(5, "14:00")?)
        .await?;
    stage.nearly("13:40")?;
    stage.clock.forward(SignedDuration::from_mins(12))?;
    let body = stage.reminded(8, "In 8 minutes: Yuki Tanaka").await?;
    ensure!(
        body.ends_with("\nThis reminder is 7 minutes late."),
        "{body}"
    );

    // The program is off over the next one, and does not tell those before again.
    stage
        .tell(&path, CREATED, &stage.booking(6, "15:00")?)
        .await?;
    stage
        .tell(&path, CREATED, &stage.booking(7, "16:00")?)
        .await?;
    stage.quit().await?;
    stage.nearly("15:05")?;
    stage.start("UTC").await?;
    let body = stage
        .reminded(9, "Began 5 minutes ago: Omar Haddad")
        .await?;
    ensure!(
        body.ends_with("\nThis reminder is 20 minutes late."),
        "{body}"
    );
    stage.nearly("15:45")?;
    stage.reminded(10, "In 15 minutes: Chloé Lambert").await?;
    Ok(())
}

/// What the bubble offers, and that it goes with its booking.
async fn buttons(stage: &Stage, path: &str) -> Result<()> {
    let press = async |action: &str| {
        let bubble = stage.reminders().pop().context("no reminder")?;
        let offered = bubble
            .actions
            .iter()
            .map(|(key, label)| format!("{key}: {label}"));
        let offered: Vec<String> = offered.collect();
        let expected = [
            "default: Open",
            "open: Open",
            "snoozed_5: Snooze 5 minutes",
            "snoozed_start: Until it starts",
        ];
        ensure!(offered == expected, "{offered:?}");
        let notifications = stage.desktop.notifications();
        notifications.press(bubble.id, action).await
    };
    press("snoozed_5").await?;
    // It is answered before the clock goes on.
    let window = stage.program()?.window();
    window.script("location.hash = '#/notices'", &[]).await?;
    window.see_text("main", "Snoozed 5 min").await?;
    window.is_drawn().await?;
    stage.picture("snoozed")?;
    stage.nearly("09:50")?;
    stage.reminded(2, "In 10 minutes: Amelia Hart").await?;
    press("snoozed_start").await?;
    window.see_text("main", "Snoozed until the start").await?;
    stage.nearly("10:00")?;
    stage.reminded(3, "Now: Amelia Hart").await?;
    press("open").await?;
    window.see_text("h2", "Amelia Hart").await?;

    stage
        .tell(path, CREATED, &stage.booking(8, "10:20")?)
        .await?;
    stage.nearly("10:05")?;
    stage.reminded(4, "In 15 minutes: Samuel Okafor").await?;
    let bubble = stage.reminders().pop().context("no reminder")?;
    let cancelled = stage.booking(8, "10:20")?.told_again(stage.clock.now());
    stage.tell(path, "booking.cancelled", &cancelled).await?;
    // The desktop shows the cancellation in its place, or none.
    eventually("the reminder is gone", async || {
        let all = stage.desktop.notifications().all();
        let replaced = all
            .iter()
            .any(|told| told.replaces_id == bubble.id && told.summary.starts_with("Cancelled"));
        let standing = stage.desktop.notifications().standing();
        Ok((replaced || !standing.contains(&bubble.id)).then_some(()))
    })
    .await
}

/// Nothing is told of at that moment, and the wait for it stood still.
#[tokio::test]
async fn on_a_virtual_desktop_a_pause_that_ended_in_sleep_is_over_in_the_tray() -> Result<()> {
    let stage = Stage::set("2031-03-10T08:00:00Z").await?;
    stage.told("slept", slept(&stage).await)
}

async fn slept(stage: &Stage) -> Result<()> {
    let item = stage.desktop.tray().item().await?;
    item.choose("For 30 minutes").await?;
    tray::shows(&item, "paused-dark").await?;
    stage.clock.forward(SignedDuration::from_hours(1))?;
    tray::shows(&item, "fine-dark").await
}

/// A booking of a day has no time that could move with the person: its hour is the one of the place.
#[tokio::test]
async fn on_a_virtual_desktop_a_booking_of_a_day_is_told_of_where_the_person_is() -> Result<()> {
    let mut stage = Stage::set("2031-03-10T20:00:00Z").await?;
    let told = elsewhere(&mut stage).await;
    stage.told("elsewhere", told)
}

async fn elsewhere(stage: &mut Stage) -> Result<()> {
    let path = add_endpoint_of(stage.program()?, "ReserveKit", "Rooms", None).await?;
    let booking = SampleBooking {
        start: "2031-03-11T15:00:00Z".parse()?,
        ..SampleBooking::new(0, stage.clock.now())
    };
    let receiver = listening(stage.data.path()).await?;
    let signed = (Provider::ReserveKit, "");
    let status = call::post_signed(receiver, &path, signed, "bookings.create", &booking).await?;
    ensure!(status == 200, "the call was answered {status}");
    stage.desktop.notifications().at_least(1).await?;
    stage.quit().await?;

    // Eight in the morning of that day in Tokyo, and eleven at night of the day before in London.
    stage.clock.set("2031-03-10T22:59:50Z".parse()?)?;
    stage.start("Asia/Tokyo").await?;
    let body = stage.reminded(1, "Today: Amelia Hart").await?;
    ensure!(body == "Tue 11 Mar\nservice 12 · ReserveKit", "{body}");
    ensure!(
        stage.clock.now() >= "2031-03-10T23:00:00Z".parse()?,
        "too early"
    );
    Ok(())
}
