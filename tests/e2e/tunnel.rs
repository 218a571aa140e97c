//! The tunnel in the real window, against a stand-in of ngrok's edge.
//!
//! The stand-in's public addresses are at `localhost`, so that the program finds them as it finds any other: it looks
//! the name up, connects to the port and checks the certificate, for probes and for the test of the whole way.

mod address;
mod refusals;

use anyhow::{Context, Result, ensure};
use bellhop_test_support::desktop::{Clock, Desktop, Program, Window, eventually};
use bellhop_test_support::edge::Edge;
use tempfile::TempDir;

use crate::stage;

const NETWORK: &str = "For special networks";
const STATE: &str = "[data-testid=reach-status]";

/// A new program on a new desktop, and the service that it will connect to.
struct Stage {
    program: Program,
    desktop: Desktop,
    edge: Edge,
    data: TempDir,
    _clock: Clock,
}

impl Stage {
    async fn set() -> Result<Self> {
        let (data, edge) = (tempfile::tempdir()?, Edge::start().await?);
        let desktop = Desktop::start().await?;
        // All that it can ever log is looked at for secrets.
        let clock = Clock::at(stage::NOW.parse()?)?;
        let mut variables = clock.variables();
        variables.push(("BELLHOP_LOG", "trace"));
        let program = stage::open(&desktop, data.path(), &variables).await?;
        Ok(Self {
            program,
            desktop,
            edge,
            data,
            _clock: clock,
        })
    }

    /// Adds to what has gone wrong what a person would have seen, and what the program has said.
    async fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        if story.is_err() {
            self.window().is_drawn().await?;
        }
        stage::told(&self.desktop, &format!("tunnel-{name}"), story)
    }

    fn window(&self) -> &Window {
        self.program.window()
    }

    async fn picture(&self, name: &str) -> Result<()> {
        // What the page has come to say is on the screen a few frames later.
        self.window().is_drawn().await?;
        stage::picture(&self.desktop, &format!("tunnel-{name}"))
    }

    async fn go(&self, screen: &str) -> Result<()> {
        self.window().click_text("nav a", screen).await
    }

    /// Chooses ngrok and tells the program where this one is. It is not in use before there is a token.
    async fn choose_ngrok(&self) -> Result<()> {
        let window = self.window();
        self.go("Settings").await?;
        window.click_text("[role=radio]", "ngrok tunnel").await?;
        window.see_text("[role=status]", "Not in use yet").await?;
        window.click_text("summary", NETWORK).await?;
        let server = "input[placeholder^='connect.ngrok-agent.com']";
        window.fill(server, &self.edge.server()).await?;
        let roots = self.edge.root_cas();
        let roots = roots.to_str().context("a path that is no text")?;
        window.fill("input[placeholder$='.pem']", roots).await?;
        let save = "Save network settings";
        window.click_text("button[type=submit]", save).await?;
        // The button is there for as long as there is something to save.
        eventually("the network settings are saved", async || {
            Ok((!window.text().await?.contains(save)).then_some(()))
        })
        .await
    }

    async fn paste_token(&self, token: &str) -> Result<()> {
        let window = self.window();
        window.fill("input[type=password]", token).await?;
        window
            .click_text("button[type=submit]", "Save token")
            .await?;
        Ok(())
    }

    /// Waits until the settings say that the world reaches the program at this host.
    async fn reachable_at(&self, host: &str) -> Result<()> {
        let (window, url) = (self.window(), format!("https://{host}"));
        window.see_text(STATE, "Reachable").await?;
        window.see_text(&format!("{STATE} .url"), &url).await?;
        let line = window.see_text("[data-testid=tunnel-line]", "Reachable");
        line.await?;
        Ok(())
    }

    /// Whether a person sees the state without scrolling, as is due where it comes of what was just saved.
    async fn state_is_in_sight(&self) -> Result<()> {
        eventually("the state is in sight", async || {
            let seen = "
                const { top, bottom } = document.querySelector(arguments[0]).getBoundingClientRect();
                return top >= 0 && bottom <= innerHeight;";
            let seen = self.window().script(seen, &[STATE.into()]).await?;
            Ok((seen == true).then_some(()))
        })
        .await
    }

    /// Adds an endpoint as a person does who has an address to give out: it is there to be copied at once.
    async fn add_endpoint(
        &self,
        system: &str,
        label: &str,
        secret: Option<&str>,
    ) -> Result<String> {
        let window = self.window();
        stage::fill_in_endpoint(window, system, label, secret).await?;
        // It is long and may be cut short on the screen.
        let url = window.attribute("[data-testid=copy-text]", "title").await?;
        window.click_text("button", "Done").await?;
        window
            .see_text("[data-testid=endpoint-card]", label)
            .await?;
        Ok(url)
    }

    /// Presses the button beside the address of an endpoint, and waits until another program can paste `url`.
    async fn copy(&self, label: &str, url: &str) -> Result<()> {
        let button = format!("button[aria-label='Copy the public address of {label}']");
        self.window().click(&button).await?;
        self.pasted(url).await
    }

    async fn pasted(&self, url: &str) -> Result<()> {
        eventually(&format!("{url} on the clipboard"), async || {
            let text = self.desktop.clipboard()?;
            ensure!(text == url, "it is {text:?}");
            Ok(Some(()))
        })
        .await
    }
}
