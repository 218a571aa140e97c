//! Reminders in the real program, under a clock that the test sets: what the desktop is told, and the card.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_test_support::desktop::{
    Clock, Desktop, Notification, Program, ProgramOptions, eventually,
};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::tray::has_web_view;
use crate::{TITLE, add_endpoint, call, listening};

const CREATED: &str = "booking.created";
const CARD: &str = "^Bellhop reminder$";

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
        let options = ProgramOptions {
            program: Path::new(env!("CARGO_BIN_EXE_bellhop-desktop")),
            args: vec!["--data-dir".into(), self.data.path().into()],
            variables,
        };
        self.program = Some(self.desktop.open(&options).await?);
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

    /// A call that comes now.
    async fn tell(&self, path: &str, event: &str, booking: &SampleBooking) -> Result<()> {
        let receiver = listening(self.data.path()).await?;
        call::post_booking(receiver, path, event, booking).await
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

    /// Waits for one more reminder, which has to be the `count`th. What it says.
    async fn reminded(&self, count: usize) -> Result<(String, String)> {
        let what = format!("{count} reminders");
        let come = eventually(&what, async || {
            let told = self.reminders();
            Ok((told.len() >= count).then_some(told))
        });
        let told = come
            .await
            .with_context(|| format!("{:#?}", self.reminders()))?;
        ensure!(told.len() == count, "too many: {told:#?}");
        let last = told.last().context("none")?;
        Ok((last.summary.clone(), last.body.clone()))
    }

    /// The clock is set to some seconds before a time of the day that the test is on.
    fn nearly(&self, time: &str) -> Result<()> {
        let day = self.clock.now().strftime("%Y-%m-%d").to_string();
        let moment: Timestamp = format!("{day}T{time}:00Z").parse()?;
        self.clock.set(moment - SignedDuration::from_secs(2))
    }

    async fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        if story.is_err() {
            self.picture(&format!("{name}-failed"))?;
        }
        story.with_context(|| self.desktop.screen().logs())
    }

    fn picture(&self, name: &str) -> Result<()> {
        let file = format!("target/screenshots/reminders-{name}.png");
        self.desktop.screenshot(Path::new(&file))
    }
}

/// What the other tests here stand on.
#[tokio::test]
async fn on_a_virtual_desktop_the_program_goes_by_a_clock_that_is_set() -> Result<()> {
    let stage = Stage::set("2031-12-31T12:00:00Z").await?;
    stage.told("clock", clock(&stage).await).await
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
        let told = stage
            .desktop
            .notifications()
            .at_least(1 + usize::try_from(number)?)
            .await?;
        let expected = format!("Sat 3 Jan{year}, 09:00–");
        let body = told.last().context("none")?.body.clone();
        ensure!(body.starts_with(&expected), "it says {body}");

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
    stage.told("follows", told).await
}

async fn follows(stage: &mut Stage) -> Result<()> {
    let path = add_endpoint(stage.program()?).await?;
    stage
        .tell(&path, CREATED, &stage.booking(0, "10:00")?)
        .await?;
    stage.nearly("09:45")?;
    let (title, body) = stage.reminded(1).await?;
    ensure!(title == "In 15 minutes: Amelia Hart", "{title}");
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
    let (title, _) = stage.reminded(5).await?;
    ensure!(title == "In 15 minutes: Priya Raman", "{title}");
    stage.nearly("11:45")?;
    let (title, _) = stage.reminded(6).await?;
    ensure!(title == "In 15 minutes: Noah Lindqvist", "{title}");

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
    let (title, _) = stage.reminded(7).await?;
    ensure!(title == "In 15 minutes: Hannah Vogel", "{title}");

    // The computer sleeps over it.
    stage
        .tell(&path, CREATED, &stage.booking(5, "14:00")?)
        .await?;
    stage.nearly("13:40")?;
    stage.clock.forward(SignedDuration::from_mins(12))?;
    let (title, body) = stage.reminded(8).await?;
    ensure!(title == "In 8 minutes: Yuki Tanaka", "{title}");
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
    let (title, body) = stage.reminded(9).await?;
    ensure!(title == "Began 5 minutes ago: Omar Haddad", "{title}");
    ensure!(
        body.ends_with("\nThis reminder is 20 minutes late."),
        "{body}"
    );
    stage.nearly("15:45")?;
    let (title, _) = stage.reminded(10).await?;
    ensure!(title == "In 15 minutes: Chloé Lambert", "{title}");
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
    window.see_text("main", "Snoozed").await?;
    stage.nearly("09:50")?;
    let (title, _) = stage.reminded(2).await?;
    ensure!(title == "In 10 minutes: Amelia Hart", "{title}");
    press("snoozed_start").await?;
    stage.nearly("10:00")?;
    let (title, _) = stage.reminded(3).await?;
    ensure!(title == "Now: Amelia Hart", "{title}");
    press("open").await?;
    window.see_text("h2", "Amelia Hart").await?;

    stage
        .tell(path, CREATED, &stage.booking(8, "10:20")?)
        .await?;
    stage.nearly("10:05")?;
    let (title, _) = stage.reminded(4).await?;
    ensure!(title == "In 15 minutes: Samuel Okafor", "{title}");
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

/// A booking of a day has no time that could move with the person: its hour is the one of the place.
#[tokio::test]
async fn on_a_virtual_desktop_a_booking_of_a_day_is_told_of_where_the_person_is() -> Result<()> {
    let mut stage = Stage::set("2031-03-10T20:00:00Z").await?;
    let told = elsewhere(&mut stage).await;
    stage.told("elsewhere", told).await
}

async fn elsewhere(stage: &mut Stage) -> Result<()> {
    let window = stage.program()?.window();
    window.click_text("nav a", "Endpoints").await?;
    window.click_text("button", "Add endpoint").await?;
    window.click_text("[role=radio]", "ReserveKit").await?;
    window
        .fill("form input[placeholder='Front desk']", "Rooms")
        .await?;
    window.click("form button[type=submit]").await?;
    window.see("[data-testid=endpoint-added]").await?;
    window.click_text("button", "Done").await?;
    let path = window.see("[data-testid=endpoint-card] .path").await?;
    let path = path.attr("title").await?.context("no path")?;
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
    let (title, body) = stage.reminded(1).await?;
    ensure!(title == "Today: Amelia Hart", "{title}");
    ensure!(body == "Tue 11 Mar\nservice 12 · ReserveKit", "{body}");
    ensure!(
        stage.clock.now() >= "2031-03-10T23:00:00Z".parse()?,
        "too early"
    );
    Ok(())
}

#[tokio::test]
async fn on_a_virtual_desktop_the_card_stands_on_top_until_it_is_answered() -> Result<()> {
    let stage = Stage::set("2031-03-10T08:00:00Z").await?;
    stage.told("card", card(&stage).await).await
}

async fn card(stage: &Stage) -> Result<()> {
    let program = stage.program()?;
    let window = program.window();
    let windows = stage.desktop.windows();
    let path = add_endpoint(program).await?;
    window
        .script("location.hash = '#/settings/reminders'", &[])
        .await?;
    window.click("button[role=switch]").await?;
    window
        .see("button[role=switch][aria-checked=true]:not(:disabled)")
        .await?;
    stage
        .tell(&path, CREATED, &stage.booking(0, "10:00")?)
        .await?;
    window
        .see_text("[data-testid=next-reminders]", "9:45")
        .await?;
    stage.picture("settings")?;

    let main = windows.visible(TITLE)?.pop().context("no window")?;
    ensure!(windows.is_active(&main)?, "the keyboard is elsewhere");
    stage.nearly("09:45")?;
    stage.reminded(1).await?;
    let shown = appears(stage).await?;
    ensure!(windows.is_active(&main)?, "the card took the keyboard");
    ensure!(!windows.is_active(&shown)?, "the card took the keyboard");

    // With the window closed, the card is all that there is.
    windows.close(&main)?;
    eventually("the window is closed", async || {
        Ok(windows.visible(TITLE)?.is_empty().then_some(()))
    })
    .await?;
    window.follow().await?;
    window.see_text("[data-testid=card]", "Amelia Hart").await?;
    window
        .see_text("[data-testid=card]", "Begins in 14 min")
        .await?;
    window
        .see_text("[data-testid=card]", "Haircut and finish")
        .await?;
    // What is in the page is on the screen some frames later.
    let frames = "
        const [done] = arguments;
        const wait = (frames) => frames === 0 ? done() : requestAnimationFrame(() => wait(frames - 1));
        wait(12);";
    window.client().execute_async(frames, Vec::new()).await?;
    stage.picture("card")?;
    leave(stage, "5 min").await?;
    // The bubble and the card come again together.
    stage.clock.forward(SignedDuration::from_mins(5))?;
    let (title, _) = stage.reminded(2).await?;
    ensure!(title == "In 10 minutes: Amelia Hart", "{title}");
    appears(stage).await?;
    window.follow().await?;
    leave(stage, "When it begins").await?;
    stage.nearly("10:00")?;
    let (title, _) = stage.reminded(3).await?;
    ensure!(title == "Now: Amelia Hart", "{title}");
    appears(stage).await?;
    window.follow().await?;
    window.see_text("[data-testid=card]", "Begins now").await?;
    leave(stage, "Got it").await?;

    // One that is called off goes by itself.
    stage
        .tell(&path, CREATED, &stage.booking(1, "11:00")?)
        .await?;
    stage.nearly("10:45")?;
    stage.reminded(4).await?;
    appears(stage).await?;
    let cancelled = stage.booking(1, "11:00")?.told_again(stage.clock.now());
    stage.tell(&path, "booking.cancelled", &cancelled).await?;
    gone(stage).await?;

    stage
        .tell(&path, CREATED, &stage.booking(2, "12:00")?)
        .await?;
    stage.nearly("11:45")?;
    stage.reminded(5).await?;
    appears(stage).await?;
    window.follow().await?;
    let click =
        "setTimeout(() => document.querySelector('[data-testid=card] button').click(), 100)";
    window.script(click, &[]).await?;
    eventually("the booking is open in the window", async || {
        Ok(windows.visible("Bellhop$")?.pop())
    })
    .await?;
    eventually("the card is gone", async || {
        Ok(windows.visible(CARD)?.is_empty().then_some(()))
    })
    .await?;
    window.follow().await?;
    window.see_text("h2", "Priya Raman").await?;
    Ok(())
}

async fn appears(stage: &Stage) -> Result<String> {
    eventually("the card is there", async || {
        Ok(stage.desktop.windows().visible(CARD)?.pop())
    })
    .await
}

/// Presses a button of the card, which goes with it before it could tell that it was pressed.
async fn leave(stage: &Stage, button: &str) -> Result<()> {
    let click = "
        const [words] = arguments;
        const button = [...document.querySelectorAll('[data-testid=card] button')]
            .find((button) => button.textContent.trim() === words);
        setTimeout(() => button.click(), 100);";
    let window = stage.program()?.window();
    window.see_text("[data-testid=card] button", button).await?;
    window.script(click, &[button.into()]).await?;
    gone(stage).await
}

/// Nothing of a browser stays in memory.
async fn gone(stage: &Stage) -> Result<()> {
    let program = stage.program()?.id();
    eventually("the card is gone, and its browser with it", async || {
        let seen = !stage.desktop.windows().visible(CARD)?.is_empty();
        Ok((!seen && !has_web_view(program)?).then_some(()))
    })
    .await
}
