//! The real desktop program on a virtual desktop: from a provider's call over HTTP to the notification, the
//! row in the window and the tray.
#![cfg(target_os = "linux")]

mod call;
mod first_run;
mod languages;
mod notices;
mod overlaps;
mod reminders;
mod rules;
mod settings;
mod stage;
mod tray;
mod tunnel;

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use bellhop_test_support::desktop::{Clock, Desktop, Notification, Program};

use stage::{add_endpoint, listening};

const SECRET: &str = "test-secret-kordless";
/// The window's own title: the card has another.
const TITLE: &str = "^Bellhop$";
const CREATED: &str = "[data-testid=timeline-entry][data-kind=created]";
const RESCHEDULED: &str = "[data-testid=timeline-entry][data-kind=rescheduled]";
const CANCELLED: &str = "[data-testid=timeline-entry][data-kind=cancelled]";

#[tokio::test]
async fn on_a_virtual_desktop_a_booking_comes_in_is_moved_and_is_seen_everywhere() -> Result<()> {
    let data = tempfile::tempdir()?;
    let desktop = Desktop::start().await?;
    let clock = Clock::at(stage::NOW.parse()?)?;
    let program = stage::open(&desktop, data.path(), &clock.variables()).await?;
    let story = story(&desktop, &program, data.path()).await;
    stage::told(&desktop, "e2e", story)
}

async fn story(desktop: &Desktop, program: &Program, data: &Path) -> Result<()> {
    let receiver = listening(data).await?;
    let path = add_endpoint(program).await?;
    a_booking_comes_in(desktop, program, receiver, &path).await?;
    the_booking_is_moved(desktop, program, receiver, &path).await?;
    stage::picture(desktop, "e2e")?;
    the_person_works_on_the_booking(program).await?;
    the_tray_offers_the_address(desktop).await?;
    closing_the_window_leaves_the_tray(desktop, program, receiver, &path).await?;
    the_person_is_forgotten(program).await?;
    quitting_ends_it(desktop, program).await
}

async fn a_booking_comes_in(
    desktop: &Desktop,
    program: &Program,
    receiver: SocketAddr,
    path: &str,
) -> Result<()> {
    call::post(receiver, path, "kordless/booking.created").await?;
    let notified = desktop.notifications().at_least(1).await?;
    says(&notified[0], &["Jane Doe", "srv_haircut", "3 Dec", "14:00"])?;
    program.window().see_text(CREATED, "Jane Doe").await?;

    // The same call again is the same delivery: nobody is told twice. That nothing came is known below, as
    // notifications come in the order of the calls.
    call::post(receiver, path, "kordless/booking.created").await?;
    Ok(())
}

async fn the_booking_is_moved(
    desktop: &Desktop,
    program: &Program,
    receiver: SocketAddr,
    path: &str,
) -> Result<()> {
    call::post(receiver, path, "kordless/booking.updated").await?;
    let notified = desktop.notifications().at_least(2).await?;
    says(
        &notified[1],
        &["Jane Doe", "3 Dec", "14:00", "→", "5 Dec", "10:00"],
    )?;
    program.window().see_text(RESCHEDULED, "Jane Doe").await?;
    let rows = program
        .window()
        .count("[data-testid=timeline-entry]")
        .await?;
    ensure!(rows == 2, "the timeline shows {rows} events of two calls");
    let notified = desktop.notifications().all().len();
    ensure!(
        notified == 2,
        "two acts of a person made {notified} notifications"
    );
    Ok(())
}

fn says(notification: &Notification, words: &[&str]) -> Result<()> {
    let text = format!("{}\n{}", notification.summary, notification.body);
    let missing = words.iter().find(|word| !text.contains(*word));
    ensure!(
        missing.is_none(),
        "the notification does not say {missing:?}: {notification:#?}"
    );
    Ok(())
}

async fn the_tray_offers_the_address(desktop: &Desktop) -> Result<()> {
    let copy = desktop.tray().item().await?.entry("Copy address").await?;
    let entry = copy
        .find("Front desk")
        .context("the tray menu does not know the endpoint")?;
    // Without a tunnel there is no public address, and nothing that a person could paste anywhere.
    ensure!(!entry.enabled, "there is no address to copy");
    Ok(())
}

/// Every action of the page of a booking, through the program's own commands.
async fn the_person_works_on_the_booking(program: &Program) -> Result<()> {
    let window = program.window();
    window
        .click_text("[data-testid=timeline-entry] a", "Jane Doe")
        .await?;
    window.click_text("button", "Add a note").await?;
    window.fill("form textarea", "Rings the bell twice").await?;
    window.click("form button[type=submit]").await?;
    window
        .see_text("[data-testid=note]", "Rings the bell twice")
        .await?;
    window.click_text("button", "Mark as done").await?;
    window.see("[data-testid=booking-done]").await?;
    window.listen().await?;
    window.click_text("button", "Read again").await?;
    window.said("2 calls were read again").await?;
    window.see("[data-testid=booking-done]").await?;
    window.click_text("nav a", "Timeline").await?;
    window.see("[data-testid=entry-done]").await?;
    window.fill("input[type=search]", "bell twice").await?;
    window.see_text(RESCHEDULED, "Jane Doe").await?;
    window.click_text("button", "Clear").await?;
    window.click("button[aria-label^='Kind:']").await?;
    window.click_text("[role=option]", "Cancelled").await?;
    window.see_text("main", "Nothing matches").await?;
    window.click_text("button", "Show everything").await?;
    window.see_text(RESCHEDULED, "Jane Doe").await?;
    Ok(())
}

/// As somebody does who was asked to forget a client.
async fn the_person_is_forgotten(program: &Program) -> Result<()> {
    let window = program.window();
    window.click_text("nav a", "Settings").await?;
    window.click_text("nav a", "Client data").await?;
    window.fill("main form input", "jane doe").await?;
    window
        .click_text("form button[type=submit]", "Find")
        .await?;
    window.see_text("[role=status]", "1 person found").await?;
    window.click_text("button", "See what is known").await?;
    window
        .see_text(
            "[role=dialog], [role=alertdialog]",
            "3 entries of the timeline",
        )
        .await?;
    window.listen().await?;
    window.click_text("button", "Delete for good").await?;
    window.said("Everything about Jane Doe is deleted").await?;
    window.click_text("nav a", "Timeline").await?;
    window.see_text("main", "Nothing has arrived yet").await?;
    Ok(())
}

async fn closing_the_window_leaves_the_tray(
    desktop: &Desktop,
    program: &Program,
    receiver: SocketAddr,
    path: &str,
) -> Result<()> {
    stage::close(desktop, TITLE).await?;
    ensure!(program.runs()?, "closing the window ended the program");
    let notified = desktop.notifications().at_least(3).await?;
    says(&notified[2], &["Bellhop goes on in the tray"])?;

    call::post(receiver, path, "kordless/booking.cancelled").await?;
    let notified = desktop.notifications().at_least(4).await?;
    says(&notified[3], &["Jane Doe", "Cancelled"])?;

    desktop.tray().item().await?.choose("Open Bellhop").await?;
    stage::is_open(desktop, TITLE).await?;
    // It is a new window, which reads what came while there was none.
    program.window().follow().await?;
    program.window().see_text(CANCELLED, "Jane Doe").await?;
    Ok(())
}

async fn quitting_ends_it(desktop: &Desktop, program: &Program) -> Result<()> {
    desktop.tray().item().await?.choose("Quit").await?;
    let status = program.ended().await?;
    ensure!(status == 0, "the program ended with status {status}");
    Ok(())
}
