//! The card: on top of everything until it is answered.

use anyhow::{Context, Result, ensure};
use bellhop_test_support::desktop::{Program, eventually};
use jiff::SignedDuration;
use rusqlite::Connection;

use super::{CREATED, Stage};
use crate::TITLE;
use crate::stage::{self, add_endpoint};
use crate::tray::has_web_view;

const CARD: &str = "^Bellhop reminder$";

#[tokio::test]
async fn on_a_virtual_desktop_the_card_stands_on_top_until_it_is_answered() -> Result<()> {
    let stage = Stage::set("2031-03-10T08:00:00Z").await?;
    stage.told("card", card(&stage).await)
}

async fn card(stage: &Stage) -> Result<()> {
    let program = stage.program()?;
    let window = program.window();
    let windows = stage.desktop.windows();
    let path = wants_cards(program).await?;
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
    stage.reminded(1, "In 15 minutes: Amelia Hart").await?;
    let shown = appears(stage).await?;
    ensure!(windows.is_active(&main)?, "the card took the keyboard");
    ensure!(!windows.is_active(&shown)?, "the card took the keyboard");
    // Without that it would take the keyboard where its first picture is drawn before the window manager asks it.
    ensure!(windows.wants_no_keyboard(&shown)?, "the card asks for it");

    // With the window closed, the card is all that there is.
    stage::close(&stage.desktop, TITLE).await?;
    window.follow().await?;
    window.see_text("[data-testid=card]", "Amelia Hart").await?;
    window
        .see_text("[data-testid=card]", "Begins in 14 min")
        .await?;
    window
        .see_text("[data-testid=card]", "Haircut and finish")
        .await?;
    // What is in the page is on the screen some frames later.
    window.is_drawn().await?;
    stage.picture("card")?;
    // From here on, however long it was looked at before: what is said of five minutes later is said for one minute.
    stage.nearly("09:46")?;
    stage.clock.forward(SignedDuration::from_secs(35))?;
    leave(stage, "5 min").await?;
    // The bubble and the card come again together.
    stage.clock.forward(SignedDuration::from_mins(5))?;
    stage.reminded(2, "In 8 minutes: Amelia Hart").await?;
    appears(stage).await?;
    window.follow().await?;
    leave(stage, "When it begins").await?;
    stage.nearly("10:00")?;
    stage.reminded(3, "Now: Amelia Hart").await?;
    appears(stage).await?;
    window.follow().await?;
    window.see_text("[data-testid=card]", "Begins now").await?;
    leave(stage, "Got it").await?;

    // One that is called off goes by itself.
    stage
        .tell(&path, CREATED, &stage.booking(1, "11:00")?)
        .await?;
    stage.nearly("10:45")?;
    stage.reminded(4, "In 15 minutes: Noah Lindqvist").await?;
    appears(stage).await?;
    let cancelled = stage.booking(1, "11:00")?.told_again(stage.clock.now());
    stage.tell(&path, "booking.cancelled", &cancelled).await?;
    gone(stage).await?;

    stage
        .tell(&path, CREATED, &stage.booking(2, "12:00")?)
        .await?;
    stage.nearly("11:45")?;
    stage.reminded(5, "In 15 minutes: Priya Raman").await?;
    appears(stage).await?;
    window.follow().await?;
    window.see_text("[data-testid=card]", "Priya Raman").await?;
    let click =
        "setTimeout(() => document.querySelector('[data-testid=card] button').click(), 100)";
    window.script(click, &[]).await?;
    stage::is_open(&stage.desktop, TITLE).await?;
    stage::is_closed(&stage.desktop, CARD).await?;
    window.follow().await?;
    window.see_text("h2", "Priya Raman").await?;
    Ok(())
}

#[tokio::test]
async fn on_a_virtual_desktop_closing_the_card_answers_what_was_on_it() -> Result<()> {
    let stage = Stage::set("2031-03-10T08:00:00Z").await?;
    stage.told("closed-card", closed(&stage).await)
}

async fn closed(stage: &Stage) -> Result<()> {
    let program = stage.program()?;
    let window = program.window();
    let windows = stage.desktop.windows();
    let path = wants_cards(program).await?;
    for (number, start) in [(0, "10:00"), (1, "10:01")] {
        let booking = stage.booking(number, start)?;
        stage.tell(&path, CREATED, &booking).await?;
    }
    stage::close(&stage.desktop, TITLE).await?;
    stage.nearly("09:45")?;
    stage.reminded(1, "In 15 minutes: Amelia Hart").await?;
    let first = appears(stage).await?;
    window.follow().await?;
    window.see_text("[data-testid=card]", "Amelia Hart").await?;

    // From now on the page hears of nothing: what comes is never drawn on this card.
    window
        .script("window.fetch = () => new Promise(() => {})", &[])
        .await?;
    stage.nearly("09:46")?;
    stage.reminded(2, "In 15 minutes: Noah Lindqvist").await?;
    let database = Connection::open(stage.data.path().join("bellhop.db"))?;
    eventually("the second is one to answer as well", async || {
        let waiting: i64 = database.query_row(
            "SELECT count(*) FROM notice WHERE kind = 'reminder' AND shown_at IS NOT NULL AND answer IS NULL",
            [],
            |row| row.get(0),
        )?;
        Ok((waiting == 2).then_some(()))
    })
    .await?;
    windows.close(&first)?;
    eventually("a card with what came since", async || {
        let card = windows.visible(CARD)?.pop();
        Ok(card.filter(|card| *card != first))
    })
    .await?;
    window.follow().await?;
    window
        .see_text("[data-testid=card]", "Noah Lindqvist")
        .await?;
    leave(stage, "Got it").await
}

/// Adds an endpoint and chooses the card, on the page of the reminders. Gives the path of the endpoint's address.
async fn wants_cards(program: &Program) -> Result<String> {
    let window = program.window();
    let path = add_endpoint(program).await?;
    window
        .script("location.hash = '#/settings/reminders'", &[])
        .await?;
    window.click("button[role=switch]").await?;
    window
        .see("button[role=switch][aria-checked=true]:not(:disabled)")
        .await?;
    Ok(path)
}

async fn appears(stage: &Stage) -> Result<String> {
    stage::is_open(&stage.desktop, CARD).await
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
