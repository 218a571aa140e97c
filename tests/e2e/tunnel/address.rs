//! A public address from its first day to its last: set up, given out, called, tested, changed.

use anyhow::{Context, Result, ensure};
use bellhop_test_support::desktop::eventually;
use bellhop_test_support::edge::{Step, TOKEN};
use serde_json::Value;

use super::{STATE, Stage};
use crate::stage::listening;
use crate::{CREATED, RESCHEDULED, SECRET, call, says, tray};

const BANNER: &str = "[aria-label='Your public address has changed']";
const STALE: &str = "[data-testid=stale-address]";
const HOP: &str = "[data-testid=hop]";

#[tokio::test]
async fn on_a_virtual_desktop_the_public_address_is_set_up_given_out_tested_and_changed()
-> Result<()> {
    let stage = Stage::set().await?;
    let story = story(&stage).await;
    stage.told("address", story).await
}

async fn story(stage: &Stage) -> Result<()> {
    let edge = &stage.edge;
    let (first, second) = (edge.open_address().await?, edge.open_address().await?);
    edge.assign(&first);
    it_is_set_up(stage, &first).await?;
    let desk = stage.add_endpoint("Kordless", "Front desk", Some(SECRET));
    let desk = desk.await?;
    let spa = stage.add_endpoint("ReserveKit", "Spa", None).await?;
    ensure!(
        desk.starts_with(&format!("https://{first}/hooks/")),
        "{desk}"
    );
    it_is_copied(stage, &desk, &spa).await?;
    a_call_comes_in(stage, &desk).await?;
    the_whole_way_is_tested(stage, &first).await?;
    it_changes(stage, &first, &second, &desk, &spa).await?;
    it_is_one_of_the_persons_own(stage).await
}

async fn it_is_set_up(stage: &Stage, host: &str) -> Result<()> {
    stage.choose_ngrok().await?;
    stage.picture("settings-before").await?;
    let tray = stage.desktop.tray().item().await?;
    stage.edge.mute(Some(Step::Auth));
    stage.paste_token(TOKEN).await?;
    tray::shows(&tray, "connecting-dark").await?;
    stage.edge.mute(None);
    stage.edge.cut();
    stage.reachable_at(host).await?;
    tray::shows(&tray, "fine-dark").await?;
    // Reachable is the word for it once a call to the address has come back.
    ensure!(stage.edge.calls() > 0, "nothing called the public address");
    stage.state_is_in_sight().await?;
    stage.picture("settings-online").await
}

async fn it_is_copied(stage: &Stage, desk: &str, spa: &str) -> Result<()> {
    stage.copy("Front desk", desk).await?;
    stage.picture("endpoints").await?;
    let tray = stage.desktop.tray().item().await?;
    tray.choose("Spa").await?;
    stage.pasted(spa).await
}

async fn a_call_comes_in(stage: &Stage, url: &str) -> Result<()> {
    call::taken_at(&stage.edge.caller(), url, "kordless/booking.created").await?;
    let notified = stage.desktop.notifications().at_least(1).await?;
    says(&notified[0], &["Jane Doe", "srv_haircut"])?;
    stage.go("Timeline").await?;
    stage.window().see_text(CREATED, "Jane Doe").await?;
    stage.go("Endpoints").await
}

async fn the_whole_way_is_tested(stage: &Stage, host: &str) -> Result<()> {
    let window = stage.window();
    let button = "button[aria-label='Test the whole way to Front desk']";
    window.click(button).await?;
    window
        .see_text("[role=status]", "The whole way works")
        .await?;
    let passed = window.count(&format!("{HOP}[data-outcome=passed]")).await?;
    ensure!(passed == 9, "{passed} parts of nine passed");
    let times = "return [...document.querySelectorAll('.took')].map((took) => took.textContent)";
    let times = window.script(times, &[]).await?;
    let times = times.as_array().context("no times")?;
    let is_time = |time: &Value| time.as_str().is_some_and(|time| time.ends_with('s'));
    ensure!(
        times.len() == 9 && times.iter().all(is_time),
        "a part does not say how long it took: {times:?}"
    );
    let notified = stage.desktop.notifications().at_least(2).await?;
    ensure!(
        notified[1].summary.starts_with("Test · "),
        "not the notification of a test: {:#?}",
        notified[1]
    );
    stage.picture("test-passed").await?;

    stage.edge.hide_from_public(true);
    window.click_text("button", "Test again").await?;
    let failed = format!("{HOP}[data-outcome=failed]");
    window
        .see_text(&failed, "Passing through to this computer")
        .await?;
    window
        .see_text(&failed, "ngrok says that the tunnel is offline")
        .await?;
    stage.picture("test-failed").await?;
    window.click_text("button", "Close").await?;
    // What the test has found the tunnel knows too, long before it would have looked by itself.
    window
        .see_text("[data-testid=tunnel-line]", "Not reachable")
        .await?;
    stage.go("Settings").await?;
    window
        .see_text(STATE, "is offline, although our session stands")
        .await?;
    let tray = stage.desktop.tray().item().await?;
    tray::shows(&tray, "unreachable-dark").await?;
    tray::begins(&tray, "Not reachable").await?;
    stage.picture("settings-offline").await?;
    stage.edge.hide_from_public(false);
    stage.reachable_at(host).await?;

    // Neither of the two has left anything behind.
    stage.go("Timeline").await?;
    window.see_text(CREATED, "Jane Doe").await?;
    let entries = window.count("[data-testid=timeline-entry]").await?;
    ensure!(
        entries == 1,
        "the timeline shows {entries} events of one call"
    );
    Ok(())
}

/// The account has another domain from now on, which is noticed when the link is made anew.
async fn it_changes(stage: &Stage, first: &str, second: &str, desk: &str, spa: &str) -> Result<()> {
    let (window, edge) = (stage.window(), &stage.edge);
    edge.lose_domain(first);
    edge.assign(second);
    edge.cut();
    window
        .see_text(BANNER, "2 booking systems still call the old one")
        .await?;
    stage.picture("address-changed").await?;
    stage.go("Settings").await?;
    stage.reachable_at(second).await?;

    stage.go("Endpoints").await?;
    window
        .see_text(STALE, "Kordless still calls your old address")
        .await?;
    window.see_text(STALE, desk).await?;
    window.see_text(STALE, "Where to paste it").await?;
    stage.picture("endpoints-changed").await?;
    // The address of the one that has never called is as good as given as soon as it is copied.
    stage.copy("Spa", &spa.replace(first, second)).await?;
    window
        .see_text(BANNER, "1 booking system still calls")
        .await?;
    // The other one is known to call the old one until it calls the new one.
    let new = desk.replace(first, second);
    stage.copy("Front desk", &new).await?;
    stage.picture("endpoints-copied").await?;
    window.see(STALE).await?;
    call::taken_at(&edge.caller(), &new, "kordless/booking.updated").await?;
    eventually("the alarm is over", async || {
        Ok((window.count(STALE).await? + window.count(BANNER).await? == 0).then_some(()))
    })
    .await?;
    stage.go("Timeline").await?;
    window.see_text(RESCHEDULED, "Jane Doe").await?;
    Ok(())
}

/// A proxy of the person's own leads to the receiver's port.
async fn it_is_one_of_the_persons_own(stage: &Stage) -> Result<()> {
    let (window, edge) = (stage.window(), &stage.edge);
    let receiver = listening(stage.data.path()).await?;
    let host = edge.proxy_to(receiver).await?;
    stage.go("Settings").await?;
    window
        .click_text("[role=radio]", "My own public address")
        .await?;
    window
        .fill(
            "input[placeholder='https://bookings.example.com']",
            &format!("https://{host}"),
        )
        .await?;
    window
        .click_text("button[type=submit]", "Save and use this address")
        .await?;
    stage.reachable_at(&host).await?;
    stage.picture("settings-own-address").await?;
    let left = edge.until(std::time::Duration::from_secs(10), |edge| {
        edge.sessions() == 0
    });
    left.await.context("the tunnel is still open")
}
