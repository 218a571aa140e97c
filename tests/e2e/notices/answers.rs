//! What a person answers to a notification, or does elsewhere.

use anyhow::{Context, Result, ensure};
use bellhop_core::sample::SampleBooking;
use bellhop_engine::store::bookings;
use jiff::SignedDuration;

use super::{ALL_KEYS, Stage, is, keys};
use crate::{TITLE, stage};

/// Each button, a click, and what is read or answered elsewhere.
#[tokio::test]
async fn on_a_virtual_desktop_notifications_are_answered() -> Result<()> {
    let stage = Stage::set().await?;
    let story = async {
        done(&stage).await?;
        clicked(&stage).await?;
        snoozed(&stage).await?;
        read_elsewhere(&stage).await
    };
    stage.told("answers", story.await)
}

async fn done(stage: &Stage) -> Result<()> {
    let booking = stage.booking(0, "2031-06-05T14:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    stage.daemon().press(told.id, "done").await?;
    let notice = stage
        .notice("New booking: Amelia Hart", |one| {
            // Whoever is quick answers before it is noted that it was shown.
            one.answer.is_some() && one.shown_at.is_some()
        })
        .await?;
    is(
        notice.answer.map(|(answer, _)| answer.as_str()),
        Some("done"),
    )?;
    ensure!(stage.stored(&notice).await?.done_at.is_some());
    let window = stage.program.window();
    window.see("[data-testid=entry-done]").await?;
    ensure!(window.count("[data-testid=timeline-entry].unread").await? == 0);
    Ok(())
}

async fn clicked(stage: &Stage) -> Result<()> {
    let window = stage.program.window();
    for (number, key, name) in [(1, "default", "Noah Lindqvist"), (2, "open", "Priya Raman")] {
        let start = format!("2031-06-2{number}T16:00:00Z");
        let booking = stage.booking(number, &start)?;
        let told = stage.calls("booking.created", &booking).await?;
        stage.daemon().press(told.id, key).await?;
        window.see_text("h2", name).await?;
        let title = format!("New booking: {name}");
        let notice = stage.notice(&title, |one| one.answer.is_some()).await?;
        is(
            notice.answer.map(|(answer, _)| answer.as_str()),
            Some("opened"),
        )?;
    }

    // With its window closed, too.
    let before = stage.daemon().all().len();
    stage::close(&stage.desktop, TITLE).await?;
    let goes_on = stage.next(before).await?;
    is(keys(&goes_on), vec![("default", "Open")])?;
    let booking = stage.booking(3, "2031-06-05T18:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    stage.daemon().press(told.id, "default").await?;
    window.follow().await?;
    window.see_text("h2", "Mateo García").await?;
    Ok(())
}

async fn snoozed(stage: &Stage) -> Result<()> {
    let booking = stage.booking(4, "2031-06-05T20:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    let title = told.summary.clone();
    let before = stage.daemon().all().len();
    stage.daemon().press(told.id, "snooze").await?;
    stage.notice(&title, |one| one.answer.is_some()).await?;
    stage.clock.forward(SignedDuration::from_mins(9))?;
    stage.nothing_came_since(before, 20).await?;
    stage.clock.forward(SignedDuration::from_mins(1))?;
    let again = stage.next(before + 1).await?;
    is((&again.summary, &again.body), (&told.summary, &told.body))?;
    is(keys(&again), ALL_KEYS.to_vec())?;
    let both = stage.listed().await?;
    let both = both
        .iter()
        .filter(|one| one.notice.words.full.title == title);
    is(both.count(), 2)?;

    // What was cancelled meanwhile is not told of again; the cancellation is.
    stage.daemon().press(again.id, "snooze").await?;
    stage.notice(&title, |one| one.answer.is_some()).await?;
    let cancelled = SampleBooking {
        revision: 1,
        ..booking
    };
    stage.calls("booking.cancelled", &cancelled).await?;
    let before = stage.daemon().all().len();
    stage.clock.forward(SignedDuration::from_mins(11))?;
    let held = stage.notice(&title, |one| one.held.is_some()).await?;
    is(held.held.map(|held| held.as_str()), Some("over"))?;
    stage.nothing_came_since(before, 21).await
}

async fn read_elsewhere(stage: &Stage) -> Result<()> {
    let window = stage.program.window();
    window.click_text("nav a", "Timeline").await?;
    let booking = stage.booking(5, "2031-06-06T10:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    window
        .see_text("[data-testid=timeline-entry]", "Yuki Tanaka")
        .await?;
    window.click_text("button", "Mark shown as read").await?;
    stage.daemon().is_closed(told.id).await?;

    // Done in the window, where it was not read before.
    let booking = stage.booking(6, "2031-06-06T12:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    let notice = stage
        .notice(&told.summary, |one| one.shown_at.is_some())
        .await?;
    let id = notice.notice.booking_id.context("no booking")?;
    let now = stage.clock.now();
    stage
        .engine
        .store
        .write(move |connection| bookings::set_done(connection, id, Some(now)))
        .await?;
    stage.daemon().is_closed(told.id).await?;
    // Closed by us, it was not dismissed by the person.
    let notice = stage.notice(&told.summary, |_| true).await?;
    ensure!(notice.answer.is_none(), "{notice:?}");

    let booking = stage.booking(7, "2031-06-06T14:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    stage.daemon().close(told.id, 2).await?;
    let notice = stage
        .notice(&told.summary, |one| one.answer.is_some())
        .await?;
    is(
        notice.answer.map(|(answer, _)| answer.as_str()),
        Some("dismissed"),
    )
}
