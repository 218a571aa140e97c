//! The tunnel in the real window, against a stand-in of ngrok's edge.
//!
//! The stand-in's public addresses are at `localhost`, so that the program finds them as it finds any other: it looks
//! the name up, connects to the port and checks the certificate, for probes and for the test of the whole way.

mod address;
mod refusals;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use bellhop_test_support::desktop::{Desktop, Program, ProgramOptions, Window, eventually};
use bellhop_test_support::edge::Edge;
use tempfile::TempDir;

const NETWORK: &str = "For special networks";
const STATE: &str = "[data-testid=reach-status]";

/// A new program on a new desktop, and the service that it will connect to.
struct Stage {
    program: Program,
    desktop: Desktop,
    edge: Edge,
    data: TempDir,
}

impl Stage {
    async fn set() -> Result<Self> {
        let (data, edge) = (tempfile::tempdir()?, Edge::start().await?);
        let desktop = Desktop::start().await?;
        let args = ["--data-dir".into(), data.path().into()];
        let options = ProgramOptions {
            program: Path::new(env!("CARGO_BIN_EXE_bellhop-desktop")),
            args: args.to_vec(),
            // All that it can ever log is looked at for secrets.
            variables: vec![("BELLHOP_LOG", "trace")],
        };
        let program = desktop.open(&options).await?;
        Ok(Self {
            program,
            desktop,
            edge,
            data,
        })
    }

    /// Adds to what has gone wrong what a person would have seen, and what the program has said.
    async fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        if story.is_err() {
            self.picture(&format!("{name}-failed")).await?;
        }
        story.with_context(|| self.desktop.screen().logs())
    }

    fn window(&self) -> &Window {
        self.program.window()
    }

    async fn picture(&self, name: &str) -> Result<()> {
        // What the page has come to say is on the screen a few frames later.
        let frames = "
            const [done] = arguments;
            const wait = (frames) => frames === 0 ? done() : requestAnimationFrame(() => wait(frames - 1));
            wait(12);";
        let client = self.window().client();
        client.execute_async(frames, Vec::new()).await?;
        let file = format!("target/screenshots/tunnel-{name}.png");
        self.desktop.screenshot(Path::new(&file))
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
        self.go("Endpoints").await?;
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
        // It is long and may be cut short on the screen.
        let shown = window.see("[data-testid=copy-text]").await?;
        let url = shown.attr("title").await?;
        let url = url.context("the address is not shown")?;
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
