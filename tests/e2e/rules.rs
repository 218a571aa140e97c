//! Rules, quiet hours and the desktop's do-not-disturb in the real program, under a clock that the test sets.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use bellhop_core::sample::SampleBooking;
use bellhop_test_support::desktop::{Clock, Desktop, Notification, Program, Window, eventually};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::stage::{add_endpoint, listening};
use crate::{call, stage};

const NAV: &str = "nav[aria-label='Parts of the settings'] a";
const PREVIEW: &str = "[data-testid=rule-preview]";

struct Stage {
    program: Program,
    desktop: Desktop,
    clock: Clock,
    data: TempDir,
    receiver: SocketAddr,
    path: String,
}

impl Stage {
    /// A Monday at noon, with the rules on the screen.
    async fn set() -> Result<Self> {
        let data = tempfile::tempdir()?;
        let desktop = Desktop::start().await?;
        let clock = Clock::at("2031-06-02T12:00:00Z".parse()?)?;
        let program = stage::open(&desktop, data.path(), &clock.variables()).await?;
        let path = add_endpoint(&program).await?;
        let receiver = listening(data.path()).await?;
        let stage = Self {
            program,
            desktop,
            clock,
            data,
            receiver,
            path,
        };
        stage.window().click_text("nav a", "Settings").await?;
        stage.window().click_text(NAV, "Rules").await?;
        Ok(stage)
    }

    fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        stage::told(&self.desktop, &format!("rules-{name}"), story)
    }

    fn picture(&self, name: &str) -> Result<()> {
        stage::picture(&self.desktop, &format!("rules-{name}"))
    }

    fn window(&self) -> &Window {
        self.program.window()
    }

    async fn makes_cancellations_urgent(&self) -> Result<()> {
        let window = self.window();
        window
            .click_text("button", "Cancellations always urgent")
            .await?;
        window.click_text("button", "Save rule").await?;
        window.see("[data-testid=rule]").await?;
        Ok(())
    }

    /// The one switch that is off lets urgent ones break through.
    async fn lets_urgent_ones_through(&self) -> Result<()> {
        let switch = "button[role=switch][aria-labelledby]";
        self.window()
            .click(&format!("{switch}:not([aria-checked=true])"))
            .await?;
        self.window()
            .see(&format!("{switch}[aria-checked=true]:not(:disabled)"))
            .await?;
        Ok(())
    }

    async fn book(&self, number: u64) -> Result<SampleBooking> {
        let booking = SampleBooking::new(number, self.clock.now());
        self.post("booking.created", &booking).await?;
        Ok(booking)
    }

    async fn cancel(&self, booking: SampleBooking) -> Result<()> {
        let cancelled = booking.told_again(self.clock.now());
        self.post("booking.cancelled", &cancelled).await
    }

    async fn post(&self, event_type: &str, booking: &SampleBooking) -> Result<()> {
        call::post_booking(self.receiver, &self.path, event_type, booking).await
    }

    /// The notification with that place, which is the last one.
    async fn notified(&self, count: usize) -> Result<Notification> {
        let all = self.desktop.notifications().at_least(count).await?;
        ensure!(all.len() == count, "more than {count}: {all:#?}");
        all.into_iter().next_back().context("none")
    }

    /// Waits until so many notices are held for a reason.
    async fn held(&self, reason: &str, count: i64) -> Result<()> {
        let database = Connection::open(self.data.path().join("bellhop.db"))?;
        let what = format!("{count} held, {reason}");
        eventually(&what, async || {
            let select = "SELECT count(*) FROM notice WHERE held = ?1 AND shown_at IS NULL";
            let held: i64 = database.query_row(select, [reason], |row| row.get(0))?;
            Ok((held == count).then_some(()))
        })
        .await
    }
}

fn is(told: &Notification, summary: &str, urgency: u8, sound: Option<&str>) -> Result<()> {
    ensure!(
        told.summary.starts_with(summary)
            && told.urgency() == Some(urgency)
            && told.hint("sound-name") == sound
            && told.suppresses_sound() == sound.is_none(),
        "not {summary:?}, {urgency}, {sound:?}: {told:#?}"
    );
    Ok(())
}

#[tokio::test]
async fn on_a_virtual_desktop_rules_decide_how_each_notification_is_told() -> Result<()> {
    let stage = Stage::set().await?;
    stage.told("told", rules(&stage).await)
}

async fn rules(stage: &Stage) -> Result<()> {
    let window = stage.window();
    window
        .click_text("button", "Cancellations always urgent")
        .await?;
    window
        .see_text(PREVIEW, "no past notifications yet")
        .await?;
    window.click("button[aria-label^='Sound:']").await?;
    window.click_text("[role=option]", "Bell").await?;
    window.click_text("button", "Save rule").await?;
    window
        .see_text("[data-testid=rule]", "Cancellations")
        .await?;

    window.click_text("button", "Add a rule").await?;
    window.click_text("form button", "Moved bookings").await?;
    window.click_text("form button", "Not shown").await?;
    window.click_text("button", "Save rule").await?;
    window
        .see_text("[data-testid=rule]", "Moved bookings")
        .await?;

    let booking = stage.book(1).await?;
    is(
        &stage.notified(1).await?,
        "New booking",
        1,
        Some("message-new-instant"),
    )?;
    let moved = booking.moved(stage.clock.now());
    stage.post("booking.updated", &moved).await?;
    stage.held("rule", 1).await?;
    stage.cancel(moved).await?;
    is(&stage.notified(2).await?, "Cancelled", 2, Some("bell"))?;

    // What is not shown is kept, and the effect of another rule is seen on it.
    window.click("button[aria-label='Edit rule 2']").await?;
    window.click_text("form button", "As usual").await?;
    window
        .see_text(PREVIEW, "1 of the last 3 notifications")
        .await?;
    window.see_text(PREVIEW, "Not shown → Shown").await?;
    stage.picture("preview")?;
    // "Cancellations" is a button too.
    window.click("form button.quiet").await?;

    window.click("button[aria-label='Remove rule 2']").await?;
    window.click_text("button", "Undo").await?;
    window
        .see_text("[data-testid=rule]", "Moved bookings")
        .await?;
    window
        .click("button[aria-label='Try it: Reminders']")
        .await?;
    is(
        &stage.notified(3).await?,
        "Test",
        1,
        Some("alarm-clock-elapsed"),
    )
}

#[tokio::test]
async fn on_a_virtual_desktop_quiet_hours_hold_what_comes_and_sum_it_up() -> Result<()> {
    let stage = Stage::set().await?;
    stage.told("quiet", quiet_hours(&stage).await)
}

async fn quiet_hours(stage: &Stage) -> Result<()> {
    let window = stage.window();
    stage.makes_cancellations_urgent().await?;
    window.click_text("button", "Nights quiet").await?;
    window.click_text("button", "Save quiet hours").await?;
    eventually("they are saved", async || {
        let offers = window.text().await?.contains("Save quiet hours");
        Ok((!offers).then_some(()))
    })
    .await?;

    // Not yet, and then it is night.
    stage.clock.set("2031-06-02T21:50:00Z".parse()?)?;
    let booking = stage.book(1).await?;
    let told = stage.notified(1).await?;
    is(&told, "New booking", 1, Some("message-new-instant"))?;
    stage.clock.set("2031-06-02T22:30:00Z".parse()?)?;
    stage.cancel(booking).await?;
    stage.held("quiet_hours", 1).await?;
    stage.book(2).await?;
    let booking = stage.book(3).await?;
    stage.held("quiet_hours", 3).await?;

    stage.lets_urgent_ones_through().await?;
    stage.cancel(booking).await?;
    is(
        &stage.notified(2).await?,
        "Cancelled",
        2,
        Some("dialog-warning"),
    )?;
    stage.held("quiet_hours", 3).await?;

    // The computer sleeps until after they are over.
    stage.clock.set("2031-06-03T07:30:00Z".parse()?)?;
    let told = stage.notified(3).await?;
    is(&told, "While it was quiet", 1, None)?;
    ensure!(told.body == "2 new bookings, 1 cancelled", "{told:#?}");
    stage.book(4).await?;
    let told = stage.notified(4).await?;
    is(&told, "New booking", 1, Some("message-new-instant"))
}

#[tokio::test]
async fn on_a_virtual_desktop_do_not_disturb_is_noted_and_urgent_ones_pass_if_wanted() -> Result<()>
{
    let stage = Stage::set().await?;
    stage.told("disturb", do_not_disturb(&stage).await)
}

async fn do_not_disturb(stage: &Stage) -> Result<()> {
    let window = stage.window();
    stage.makes_cancellations_urgent().await?;
    let first = stage.book(1).await?;
    stage.notified(1).await?;

    stage.desktop.notifications().inhibit(true);
    // It is still handed over, so that the desktop lists it, and asks for no attention.
    let second = stage.book(2).await?;
    is(&stage.notified(2).await?, "New booking", 1, None)?;
    stage.cancel(first).await?;
    is(&stage.notified(3).await?, "Cancelled", 1, None)?;
    let database = Connection::open(stage.data.path().join("bellhop.db"))?;
    let quieted = "SELECT count(*) FROM notice WHERE quieted = 1 AND shown_at IS NOT NULL";
    eventually("two notices were quieted", async || {
        let count: i64 = database.query_row(quieted, [], |row| row.get(0))?;
        Ok((count == 2).then_some(()))
    })
    .await?;

    window.click_text(NAV, "General").await?;
    window.click_text(NAV, "Rules").await?;
    window
        .see_text("main", "set to “do not disturb” now")
        .await?;
    stage.picture("do-not-disturb")?;
    stage.lets_urgent_ones_through().await?;
    stage.cancel(second).await?;
    is(
        &stage.notified(4).await?,
        "Cancelled",
        2,
        Some("dialog-warning"),
    )?;

    stage.desktop.notifications().inhibit(false);
    stage.book(3).await?;
    let told = stage.notified(5).await?;
    is(&told, "New booking", 1, Some("message-new-instant"))?;

    // What the desktop refused while it was not to disturb is told as usual afterwards.
    stage.desktop.notifications().inhibit(true);
    stage.desktop.notifications().refuse(true);
    stage.book(4).await?;
    eventually("it was tried", async || {
        let tried = "SELECT count(*) FROM notice WHERE quieted = 1 AND shown_at IS NULL";
        let count: i64 = database.query_row(tried, [], |row| row.get(0))?;
        Ok((count == 1).then_some(()))
    })
    .await?;
    let daemon = stage.desktop.notifications();
    daemon.has_refused(|one| one.suppresses_sound()).await?;
    daemon.inhibit(false);
    // It is tried anew, and no try from before is on its way.
    daemon.has_refused(|one| !one.suppresses_sound()).await?;
    daemon.refuse(false);
    stage.book(5).await?;
    let told = stage.notified(7).await?;
    is(&told, "New booking", 1, Some("message-new-instant"))?;
    eventually("both are marked", async || {
        let noted =
            "SELECT sum(quieted), sum(shown_at IS NULL) FROM notice WHERE event_id IS NOT NULL";
        let found: (i64, i64) =
            database.query_row(noted, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((found == (2, 0)).then_some(()))
    })
    .await
    .with_context(|| format!("{:?}", rows(&database)))?;

    // Another daemon, which tells of it in another place.
    stage.desktop.notifications().pose_as("dunst").await?;
    stage.desktop.notifications().inhibit(true);
    stage.book(6).await?;
    is(&stage.notified(8).await?, "New booking", 1, None)
}

fn rows(database: &Connection) -> Result<Vec<String>> {
    let mut statement = database.prepare(
        "SELECT concat_ws('|', kind, event_id, once, title, quieted, held, shown_at, due_at) FROM notice",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
