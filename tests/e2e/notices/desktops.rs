//! Other desktops, and persons who want less.

use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};
use bellhop_core::sample::SampleBooking;
use bellhop_engine::store::events;
use bellhop_engine::store::notices::Listed;
use bellhop_test_support::desktop::eventually;
use jiff::SignedDuration;

use super::{ALL_KEYS, Stage, is, keys};
use crate::tray;

/// Daemons that can less, that come late and that start anew; bursts, privacy and a pause without an end.
#[tokio::test]
async fn on_a_virtual_desktop_notifications_fit_the_desktop_and_the_person() -> Result<()> {
    let stage = Stage::set().await?;
    let story = async {
        another_daemon(&stage).await?;
        a_burst(&stage).await?;
        less_is_told(&stage).await?;
        until_resumed(&stage).await?;
        odd_letters(&stage).await?;
        slow(&stage).await?;
        started_by_the_bus(&stage).await
    };
    stage.told("desktops", story.await)
}

async fn another_daemon(stage: &Stage) -> Result<()> {
    let first = stage.booking(0, "2031-06-05T14:00:00Z")?;
    let told = stage.calls("booking.created", &first).await?;
    stage.daemon().leave().await?;
    stage.daemon().can_do(&["body"]);
    stage.daemon().come_back().await?;

    // Its first id is one that the former gave, to another bubble; what it cannot do is not asked of it.
    let second = stage.booking(1, "2031-06-05T16:00:00Z")?;
    let other = stage.calls("booking.created", &second).await?;
    is((other.id, other.replaces_id), (told.id, 0))?;
    is(keys(&other), Vec::new())?;
    let window = stage.program.window();
    window.script("location.hash = '#/notices'", &[]).await?;
    window
        .see_text("[role=status]", "nothing happens at a click")
        .await?;
    let moved = stage
        .calls("booking.updated", &first.moved(stage.clock.now()))
        .await?;
    is(moved.replaces_id, 0)?;

    stage.daemon().leave().await?;
    stage.daemon().can_do(&["actions", "body", "body-markup"]);
    let before = stage.daemon().all().len();
    let third = stage.booking(2, "2031-06-05T18:00:00Z")?;
    stage.posts("booking.created", &third).await?;
    stage
        .notice("New booking: Priya Raman", |one| one.shown_at.is_none())
        .await?;
    // It comes later, as at login, and is given what waited.
    stage.daemon().come_back().await?;
    let late = stage.next(before).await?;
    is(late.summary.as_str(), "New booking: Priya Raman")?;
    is(keys(&late), ALL_KEYS.to_vec())?;
    stage.daemon().press(late.id, "done").await?;
    let noted = |one: &Listed| one.answer.is_some() && one.shown_at.is_some();
    stage.notice("New booking: Priya Raman", noted).await?;
    Ok(())
}

async fn a_burst(stage: &Stage) -> Result<()> {
    let before = stage.daemon().all().len();
    stage.daemon().refuse(true);
    for number in 3..9 {
        let start = format!("2031-07-0{number}T09:00:00Z");
        let booking = stage.booking(number, &start)?;
        stage.posts("booking.created", &booking).await?;
    }
    // No try with less than all is on its way.
    stage
        .daemon()
        .has_refused(|one| one.summary == "6 changes to your bookings")
        .await?;
    stage.daemon().refuse(false);
    let summary = stage.next(before).await?;
    is(summary.summary.as_str(), "6 changes to your bookings")?;
    ensure!(summary.body.ends_with("\nand 2 more"), "{}", summary.body);
    is(keys(&summary), vec![("default", "Open"), ("open", "Open")])?;
    stage.daemon().press(summary.id, "open").await?;
    stage
        .program
        .window()
        .see_text("[data-testid=timeline-entry]", "Samuel Okafor")
        .await?;
    // Who sees that there are six has not read any of them.
    stage
        .notice("New booking: Samuel Okafor", |one| one.answer.is_some())
        .await?;
    let unread = stage.engine.store.read(events::unread).await?;
    ensure!(unread >= 6, "{unread} are unread");
    Ok(())
}

async fn less_is_told(stage: &Stage) -> Result<()> {
    let window = stage.program.window();
    let booking = stage.booking(9, "2031-06-10T09:00:00Z")?;
    let full = stage.calls("booking.created", &booking).await?;
    is(full.summary.as_str(), "New booking: Ingrid Solheim")?;
    window
        .script("location.hash = '#/settings/notifications'", &[])
        .await?;
    // What is on the screen already is written anew, without a sound.
    for (level, body) in [
        ("No names", "Tue 10 Jun, 09:00–09:50\nKordless"),
        ("Only that something happened", ""),
    ] {
        let before = stage.daemon().all().len();
        window.click_text("[role=radio]", level).await?;
        let less = stage.next(before).await?;
        is(less.replaces_id, full.id)?;
        is(less.summary.as_str(), "New booking")?;
        is(less.body.as_str(), body)?;
        ensure!(less.suppresses_sound());
    }
    let before = stage.daemon().all().len();
    window.click_text("[role=radio]", "Everything").await?;
    is(&stage.next(before).await?.body, &full.body)?;

    // A desktop that refuses for a moment goes on showing the name, and is asked again.
    let before = stage.daemon().all().len();
    stage.daemon().refuse(true);
    window.click_text("[role=radio]", "No names").await?;
    stage
        .daemon()
        .has_refused(|one| one.summary == "New booking")
        .await?;
    stage.daemon().refuse(false);
    is(stage.next(before).await?.summary.as_str(), "New booking")?;
    let before = stage.daemon().all().len();
    window.click_text("[role=radio]", "Everything").await?;
    is(&stage.next(before).await?.body, &full.body)
}

async fn until_resumed(stage: &Stage) -> Result<()> {
    let window = stage.program.window();
    let before = stage.daemon().all().len();
    let tray = stage.desktop.tray().item().await?;
    tray.choose("Until I resume").await?;
    window
        .see("[aria-label='Notifications are paused']")
        .await?;
    for number in 26..29 {
        let start = format!("2031-08-{number}T09:00:00Z");
        let booking = stage.booking(number, &start)?;
        stage.posts("booking.created", &booking).await?;
        let title = format!("New booking: {}", booking.name);
        stage
            .notice(&title, |one| {
                one.held.is_some_and(|held| held.as_str() == "paused")
            })
            .await?;
        // Longer than any pause that has an end.
        stage.clock.forward(SignedDuration::from_hours(48))?;
    }
    window
        .script("location.hash = '#/notices?show=unshown'", &[])
        .await?;
    window
        .see_text("[data-testid=notice]", "notifications were paused")
        .await?;
    tray.choose("Resume notifications").await?;
    // It is offered again once they are resumed.
    tray.entry("Until I resume").await?;
    stage.nothing_came_since(before, 22).await
}

/// A bus ends the connection of whoever sends it a zero: with it the bubbles would go, and the tray icon.
async fn odd_letters(stage: &Stage) -> Result<()> {
    let plain = stage.booking(10, "2031-09-01T09:00:00Z")?;
    let before = stage.calls("booking.created", &plain).await?;
    let odd = SampleBooking {
        name: "Zoe\0\u{7}Whitfield",
        ..stage.booking(11, "2031-09-02T09:00:00Z")?
    };
    let told = stage.calls("booking.created", &odd).await?;
    is(told.summary.as_str(), "New booking: Zoe  Whitfield")?;
    is(&told.sender, &before.sender)?;
    let tray = stage.desktop.tray().item().await?;
    tray::begins(&tray, "New booking: Zoe Whitfield").await?;
    Ok(())
}

/// What is given to a busy desktop a second time stands there twice.
async fn slow(stage: &Stage) -> Result<()> {
    let before = stage.daemon().all().len();
    stage.daemon().answers_after(Duration::from_secs(6));
    let booking = stage.booking(13, "2031-09-04T09:00:00Z")?;
    stage.posts("booking.created", &booking).await?;
    let told = stage.next(before).await?;
    stage
        .notice(&told.summary, |one| one.shown_at.is_some())
        .await?;
    stage.daemon().answers_after(Duration::ZERO);
    let told = stage.next(before).await?;
    stage.daemon().press(told.id, "done").await?;
    stage
        .notice(&told.summary, |one| one.answer.is_some())
        .await?;
    Ok(())
}

/// A daemon that is there only while there is something to show: the bus starts it for the very call that shows it.
async fn started_by_the_bus(stage: &Stage) -> Result<()> {
    let folder = stage.desktop.screen().folder();
    let asked = folder.join("asked");
    let service = format!(
        "[D-BUS Service]\nName=org.freedesktop.Notifications\nExec=/bin/sh -c 'touch {}; exec sleep 20'\n",
        asked.display()
    );
    let services = folder.join("services");
    fs::write(
        services.join("org.freedesktop.Notifications.service"),
        service,
    )?;
    stage.daemon().leave().await?;
    let before = stage.daemon().all().len();
    let booking = stage.booking(12, "2031-09-03T09:00:00Z")?;
    stage.posts("booking.created", &booking).await?;
    eventually("the bus starts a daemon", async || {
        Ok(asked.exists().then_some(()))
    })
    .await?;
    // First it is asked whether it may disturb, for a second at most. What then waits for it is the notification.
    tokio::time::sleep(Duration::from_secs(2)).await;
    stage.daemon().come_back().await?;
    let told = stage.next(before).await?;
    stage.daemon().press(told.id, "done").await?;
    stage
        .notice(&told.summary, |one| one.answer.is_some())
        .await?;
    Ok(())
}
