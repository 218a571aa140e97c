//! The pages of the real window, through WebDriver.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::wait::eventually;

/// How WebDriver names an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The first element with that text which a person can see. WebKit's driver has a command for each of both
/// questions, and answers wrongly for an element that cuts its text short.
const FIND: &str = "
    const seen = { checkOpacity: true, checkVisibilityCSS: true };
    return [...document.querySelectorAll(arguments[0])].find((element) =>
        element.checkVisibility(seen)
        && element.getClientRects().length > 0
        && element.innerText.includes(arguments[1])) ?? null;";

/// Whether an element is where it was a frame ago.
const IS_STILL: &str = "
    const [element, done] = arguments;
    const place = () => JSON.stringify(element.getBoundingClientRect());
    const before = place();
    requestAnimationFrame(() => requestAnimationFrame(() => done(place() === before)));";

/// Keeps what the page says in passing: a toast is there for seconds.
const LISTEN: &str = "
    const said = window.__said = [];
    const hear = () => document.querySelectorAll('[data-sonner-toast]')
        .forEach((toast) => said.push(toast.textContent));
    new MutationObserver(hear).observe(document.body, { childList: true, subtree: true });";

/// A WebDriver session. Elements are named by CSS selectors, and every question waits for its answer.
#[derive(Debug)]
pub struct Window {
    client: Client,
}

impl Window {
    pub(super) async fn attach(driver: SocketAddr) -> Result<Self> {
        let client = ClientBuilder::new(HttpConnector::new())
            .connect(&format!("http://{driver}"))
            .await;
        Ok(Self {
            client: client.context("no WebDriver session")?,
        })
    }

    /// Goes over to the one window that is there now: one that was closed and is opened again is another one.
    ///
    /// # Errors
    /// When there is none, or another one beside it.
    pub async fn follow(&self) -> Result<()> {
        eventually("one window", async || {
            match &self.client.windows().await?[..] {
                [handle] => Ok(Some(self.client.switch_to_window(handle.clone()).await?)),
                _ => Ok(None),
            }
        })
        .await
    }

    /// Waits for an element that a person can see.
    ///
    /// # Errors
    /// When it does not come, with what the page shows instead.
    pub async fn see(&self, selector: &str) -> Result<Element> {
        self.find(selector, "", selector).await
    }

    /// Waits for an element that a person can see and whose text contains `text`.
    ///
    /// # Errors
    /// When it does not come, with what the page shows instead.
    pub async fn see_text(&self, selector: &str, text: &str) -> Result<Element> {
        self.find(
            selector,
            text,
            &format!("{selector} with the text \"{text}\""),
        )
        .await
    }

    async fn find(&self, selector: &str, text: &str, what: &str) -> Result<Element> {
        let found = eventually(what, async || {
            let found = self.script(FIND, &[json!(selector), json!(text)]).await?;
            let Some(id) = found.get(ELEMENT).and_then(Value::as_str) else {
                return Ok(None);
            };
            Ok(Some(Element::from_element_id(
                self.client.clone(),
                ElementRef::from(id.to_owned()),
            )))
        });
        match found.await {
            Ok(element) => Ok(element),
            Err(error) => Err(error.context(format!("the page shows:\n{}", self.text().await?))),
        }
    }

    /// How many elements there are now, seen or not.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn count(&self, selector: &str) -> Result<usize> {
        Ok(self.client.find_all(Locator::Css(selector)).await?.len())
    }

    /// Clicks on an element once a person can see it.
    ///
    /// # Errors
    /// When it does not come, or something else covers it.
    pub async fn click(&self, selector: &str) -> Result<()> {
        self.click_on(selector, "").await
    }

    /// Clicks on the element that has the text.
    ///
    /// # Errors
    /// When it does not come, or something else covers it.
    pub async fn click_text(&self, selector: &str, text: &str) -> Result<()> {
        self.click_on(selector, text).await
    }

    async fn click_on(&self, selector: &str, text: &str) -> Result<()> {
        let what = format!("a click on {selector} {text}");
        // The page may draw it anew between the look and the click.
        eventually(&what, async || {
            let element = self.find(selector, text, selector).await?;
            // WebKit's driver clicks where it was: what slides in would be missed, and nobody told.
            let asked = vec![serde_json::to_value(&element)?];
            let is_still = self.client.execute_async(IS_STILL, asked).await?;
            if is_still != Value::Bool(true) {
                return Ok(None);
            }
            Ok(Some(element.click().await?))
        })
        .await
    }

    /// Types into a field, in place of what was in it.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        // The page may draw it anew while somebody types.
        eventually(&format!("{selector} holds what was typed"), async || {
            let field = self.see(selector).await?;
            field.clear().await?;
            field.send_keys(text).await?;
            let typed = field.prop("value").await?;
            Ok((typed.as_deref() == Some(text)).then_some(()))
        })
        .await
    }

    /// Waits for an element that a person can see, and gives an attribute of it.
    ///
    /// # Errors
    /// When it does not come, or never has that attribute.
    pub async fn attribute(&self, selector: &str, name: &str) -> Result<String> {
        eventually(&format!("{selector} with {name}"), async || {
            // The page may draw it anew in between.
            Ok(self.see(selector).await?.attr(name).await?)
        })
        .await
    }

    /// Runs JavaScript in the page and gives what it returns.
    ///
    /// # Errors
    /// When it throws.
    pub async fn script(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.client
            .execute(script, args.to_vec())
            .await
            .context("the script failed")
    }

    /// Waits until what the page has come to say is on the screen too, which it is some frames later.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn is_drawn(&self) -> Result<()> {
        const FRAMES: &str = "
            const [done] = arguments;
            const wait = (frames) => frames === 0 ? done() : requestAnimationFrame(() => wait(frames - 1));
            wait(12);";
        self.client.execute_async(FRAMES, Vec::new()).await?;
        Ok(())
    }

    /// Keeps what the page says in passing, from now on and until it is another page.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn listen(&self) -> Result<()> {
        self.script(LISTEN, &[]).await.map(drop)
    }

    /// Waits until the page has said this in passing since [`Window::listen`].
    ///
    /// # Errors
    /// When it does not, with what it has said.
    pub async fn said(&self, text: &str) -> Result<()> {
        eventually(&format!("the page says \"{text}\""), async || {
            let said = self.script("return window.__said", &[]).await?;
            let said = said.as_array().context("nobody listens")?;
            let texts = said.iter().filter_map(Value::as_str);
            ensure!(texts.clone().any(|one| one.contains(text)), "{said:?}");
            Ok(Some(()))
        })
        .await
    }

    /// All the text that the page shows.
    ///
    /// # Errors
    /// When the session is gone.
    pub async fn text(&self) -> Result<String> {
        let text = self.script("return document.body.innerText", &[]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The session itself, for what is not here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }
}
