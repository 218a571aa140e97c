//! The first run in the real program, from its first page to the first booking, and the demo beside it.

use std::path::Path;

use anyhow::{Result, ensure};
use bellhop_test_support::desktop::{Clock, Desktop, Program};

use crate::{SECRET, call, stage};

const DEMO: &str = "^Bellhop demo$";
const ENTRY: &str = "[data-testid=timeline-entry]";

#[tokio::test]
async fn on_a_virtual_desktop_the_first_run_leads_to_the_first_booking_and_the_demo_stays_apart()
-> Result<()> {
    let data = tempfile::tempdir()?;
    let desktop = Desktop::start().await?;
    let story = first_run(&desktop, data.path()).await;
    stage::told(&desktop, "first-run", story)
}

async fn first_run(desktop: &Desktop, data: &Path) -> Result<()> {
    let clock = Clock::at(stage::NOW.parse()?)?;
    let program = stage::open(desktop, data, &clock.variables()).await?;
    let window = program.window();
    window
        .see("[data-testid=first-run][data-step=about]")
        .await?;
    window.click_text("button", "Set it up").await?;
    window.click_text("button", "Continue without").await?;
    window.click_text("[role=radio]", "Kordless").await?;
    window.fill("form input[type=password]", SECRET).await?;
    window.click_text("button", "Add endpoint").await?;
    window
        .see("[data-testid=first-run][data-step=paste]")
        .await?;
    // It is left here, and the program ends.
    window.click_text("button", "Set up later").await?;
    window
        .see_text("[data-testid=setup-card]", "Step 4 of 6")
        .await?;
    window.click_text("nav a", "Endpoints").await?;
    let path = stage::path_of_endpoint(window, "").await?;
    desktop.tray().item().await?.choose("Quit").await?;
    ensure!(program.ended().await? == 0, "the program did not end well");

    let program = stage::open(desktop, data, &clock.variables()).await?;
    let window = program.window();
    window.click("[data-testid=setup-card] a").await?;
    window
        .see("[data-testid=first-run][data-step=paste]")
        .await?;
    the_demo_is_a_program_of_its_own(desktop, &program).await?;
    window.click_text("button", "Continue").await?;
    window
        .see("[data-testid=first-call][data-state=no-address]")
        .await?;
    let receiver = stage::listening(data).await?;
    call::post(receiver, &path, "kordless/booking.created").await?;
    window
        .see("[data-testid=first-call][data-state=arrived]")
        .await?;
    stage::picture(desktop, "e2e-first-call")?;

    let told = desktop.notifications().titled("New booking: Jane Doe");
    ensure!(told.await?.app_name == "Bellhop", "the demo knows of it");
    window.click_text("button", "Continue").await?;
    window
        .click_text("button", "Send a test notification")
        .await?;
    let told = desktop
        .notifications()
        .titled("Test · New booking: Alex Example");
    told.await?;
    window.click_text("button", "Yes, I have seen it").await?;
    window.click_text("button", "Open the timeline").await?;
    window.see_text(ENTRY, "Jane Doe").await?;
    let rows = window.count(ENTRY).await?;
    ensure!(
        rows == 1,
        "beside the one real booking there are {rows} rows"
    );
    ensure!(
        window.count("[data-testid=setup-card]").await? == 0,
        "what is finished is still offered"
    );
    Ok(())
}

async fn the_demo_is_a_program_of_its_own(desktop: &Desktop, program: &Program) -> Result<()> {
    program
        .window()
        .click_text("button", "Try it with a demo")
        .await?;
    stage::is_open(desktop, DEMO).await?;
    let told = desktop.notifications().at_least(1).await?;
    ensure!(
        told.iter().all(|bubble| bubble.app_name == "Bellhop demo"),
        "invented bookings are told as if they were real: {told:#?}"
    );
    stage::picture(desktop, "e2e-demo-beside")?;
    stage::close(desktop, DEMO).await?;
    ensure!(program.runs()?, "the demo took the program with it");
    Ok(())
}
