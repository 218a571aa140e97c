//! What ngrok refuses, and what the window says to do about it.

use anyhow::{Context, Result, ensure};
use bellhop_engine::tunnel::{Authtoken, Tunnel, TunnelConfig, TunnelStatus};
use bellhop_test_support::edge::TOKEN;

use super::{STATE, Stage};
use crate::{CREATED, SECRET, call, tray};

const WRONG: &str = "2wrongTokenThatNobodyMayEverSee_7HhKqTz";

#[tokio::test]
async fn on_a_virtual_desktop_a_wrong_token_is_explained_and_an_address_taken_over() -> Result<()> {
    let stage = Stage::set().await?;
    let story = story(&stage).await;
    stage.told("refusals", story).await
}

async fn story(stage: &Stage) -> Result<()> {
    let host = stage.edge.open_address().await?;
    stage.edge.assign(&host);
    stage.choose_ngrok().await?;
    a_wrong_token(stage).await?;
    an_address_that_is_taken(stage, &host).await
}

async fn a_wrong_token(stage: &Stage) -> Result<()> {
    let window = stage.window();
    stage.paste_token(WRONG).await?;
    window.see_text(STATE, "ERR_NGROK_107").await?;
    let what_to_do = "Copy the present one from dashboard.ngrok.com";
    window.see_text(STATE, what_to_do).await?;
    stage.state_is_in_sight().await?;
    tray::shows(&stage.desktop.tray().item().await?, "attention-dark").await?;
    stage.picture("token-wrong").await?;
    // The stand-in echoes it, as ngrok does. It is not even in what the page does not show.
    let page = "return document.documentElement.outerHTML
        + [...document.querySelectorAll('input')].map((input) => input.value).join()";
    let page = window.script(page, &[]).await?;
    let page = page.as_str().context("no page")?;
    ensure!(page.contains("ERR_NGROK_107"), "not the page: {page}");
    ensure!(!page.contains(WRONG), "the token is in the page");
    let said = stage.desktop.screen().logs();
    ensure!(
        said.contains("TRACE"),
        "the program does not log all it can"
    );
    ensure!(
        !said.contains(WRONG),
        "the token is in what the program says"
    );
    Ok(())
}

/// Another Bellhop of the same person, that shares its address, stands in the way.
async fn an_address_that_is_taken(stage: &Stage, host: &str) -> Result<()> {
    let (window, edge) = (stage.window(), &stage.edge);
    let config = TunnelConfig {
        server: Some(edge.server().parse().map_err(anyhow::Error::msg)?),
        root_cas: Some(edge.root_cas()),
        pooling: true,
        probe: false,
        ..TunnelConfig::new(Authtoken::new(TOKEN))
    };
    let other = Tunnel::start(config, Default::default());
    let is_online = |status: &TunnelStatus| matches!(status, TunnelStatus::Online { .. });
    other.status().wait_for(is_online).await?;

    window.click_text("button", "Replace").await?;
    stage.paste_token(TOKEN).await?;
    window
        .see_text(STATE, "already online from somewhere else")
        .await?;
    window.see_text(STATE, "ERR_NGROK_334").await?;
    stage.state_is_in_sight().await?;
    stage.picture("address-taken").await?;
    window.click_text("button", "Take over by sharing").await?;
    stage.reachable_at(host).await?;
    ensure!(
        edge.hosts() == [host, host],
        "not shared: {:?}",
        edge.hosts()
    );
    window.see_text(STATE, "This address is shared").await?;
    stage.state_is_in_sight().await?;
    stage.picture("address-shared").await?;

    // The other one goes, and every call comes to this one.
    other.close().await;
    let url = stage.add_endpoint("Kordless", "Front desk", Some(SECRET));
    let url = url.await?;
    call::taken_at(&edge.caller(), &url, "kordless/booking.created").await?;
    stage.go("Timeline").await?;
    window.see_text(CREATED, "Jane Doe").await?;
    stage.go("Settings").await?;
    window.click_text("button", "Stop sharing").await?;
    window.see_text(STATE, "Reachable").await?;
    Ok(())
}
