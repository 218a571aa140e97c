//! What every story here stands on: the real program on a desktop of its own, and what a person does there first and last.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use bellhop_test_support::desktop::{Desktop, Program, ProgramOptions, Window, eventually};
use rusqlite::Connection;
use serde_json::Value;

use crate::SECRET;

/// A Monday at ten. Where a story counts what comes, no digest, reminder or other day shall be among it, whenever it runs.
pub(crate) const NOW: &str = "2026-11-30T10:00:00Z";

/// Starts the program on these data.
pub(crate) async fn open(
    desktop: &Desktop,
    data: &Path,
    variables: &[(&str, &str)],
) -> Result<Program> {
    let options = ProgramOptions {
        program: Path::new(env!("CARGO_BIN_EXE_bellhop-desktop")),
        args: vec!["--data-dir".into(), data.into()],
        variables: variables.to_vec(),
    };
    desktop.open(&options).await
}

/// How a story ended. What a person would have seen at that moment says more than its error.
pub(crate) fn told(desktop: &Desktop, name: &str, story: Result<()>) -> Result<()> {
    if story.is_err() {
        picture(desktop, &format!("{name}-failed"))?;
    }
    story.with_context(|| desktop.screen().logs())
}

/// Keeps a picture of the screen.
pub(crate) fn picture(desktop: &Desktop, name: &str) -> Result<()> {
    let file = format!("target/screenshots/{name}.png");
    desktop.screenshot(Path::new(&file))
}

/// Where the receiver takes calls: the program writes it down once it does.
pub(crate) async fn listening(data: &Path) -> Result<SocketAddr> {
    eventually("the receiver takes calls", async || {
        let told: Value = serde_json::from_str(&fs::read_to_string(data.join("receiver.json"))?)?;
        Ok(Some(
            told["listening"].as_str().context("no address")?.parse()?,
        ))
    })
    .await
}

/// Waits until the program has worked on every call that it took, which it does after its answer.
pub(crate) async fn worked_on(data: &Path) -> Result<()> {
    let database = Connection::open(data.join("bellhop.db"))?;
    eventually("every call is worked on", async || {
        let waiting = "SELECT count(*) FROM delivery WHERE state = 'pending'";
        let waiting: i64 = database.query_row(waiting, [], |row| row.get(0))?;
        Ok((waiting == 0).then_some(()))
    })
    .await
}

/// Adds one for Kordless and goes back to the timeline. Gives the path of its address.
pub(crate) async fn add_endpoint(program: &Program) -> Result<String> {
    add_endpoint_of(program, "Kordless", "Front desk", Some(SECRET)).await
}

/// Adds one for a booking system and goes back to the timeline. Gives the path of its address.
pub(crate) async fn add_endpoint_of(
    program: &Program,
    system: &str,
    label: &str,
    secret: Option<&str>,
) -> Result<String> {
    let window = program.window();
    fill_in_endpoint(window, system, label, secret).await?;
    window.click_text("button", "Done").await?;
    let path = path_of_endpoint(window, label).await?;
    ensure!(
        path.starts_with("/hooks/"),
        "not a path of an endpoint: {path}"
    );
    window.click_text("nav a", "Timeline").await?;
    Ok(path)
}

/// Adds an endpoint, as a person does through the pages, up to where its address is given out.
pub(crate) async fn fill_in_endpoint(
    window: &Window,
    system: &str,
    label: &str,
    secret: Option<&str>,
) -> Result<()> {
    window.click_text("nav a", "Endpoints").await?;
    window.click_text("button", "Add endpoint").await?;
    window.click_text("[role=radio]", system).await?;
    window
        .fill("form input[placeholder='Front desk']", label)
        .await?;
    if let Some(secret) = secret {
        window.fill("form input[type=password]", secret).await?;
    }
    window.click("form button[type=submit]").await?;
    window.see("[data-testid=endpoint-added]").await?;
    Ok(())
}

/// There is no public address yet; the card of the endpoint that was added last shows the path that every public address
/// will end with.
pub(crate) async fn path_of_endpoint(window: &Window, label: &str) -> Result<String> {
    const CARD: &str = "[data-testid=endpoint-card]";
    window.see_text(CARD, label).await?;
    let path = format!("{CARD}:last-of-type .path");
    window.attribute(&path, "title").await
}

/// Closes the window with a title, and waits until it is gone.
pub(crate) async fn close(desktop: &Desktop, title: &str) -> Result<()> {
    // A window manager that has just been given one may hide it for a moment.
    let window = is_open(desktop, title).await?;
    desktop.windows().close(&window)?;
    is_closed(desktop, title).await
}

/// Waits until no window has a title.
pub(crate) async fn is_closed(desktop: &Desktop, title: &str) -> Result<()> {
    let windows = desktop.windows();
    eventually("the window is closed", async || {
        Ok(windows.visible(title)?.is_empty().then_some(()))
    })
    .await
}

/// Waits for a window with a title.
pub(crate) async fn is_open(desktop: &Desktop, title: &str) -> Result<String> {
    let windows = desktop.windows();
    eventually("the window is open", async || {
        Ok(windows.visible(title)?.pop())
    })
    .await
}
