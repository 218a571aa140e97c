//! Whoever shows notifications on a Linux desktop, on the session bus.

#![expect(missing_docs, reason = "what the macro makes has none")]

use std::collections::HashMap;
use std::time::Duration;

use zbus::connection;
use zbus::proxy::CacheProperties;
use zbus::zvariant::Value;

use super::PATIENCE;

/// `org.freedesktop.Notifications`, as its specification has it.
#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
pub trait Daemon {
    /// Shows a notification, in place of another unless `replaces_id` is 0, and gives its id.
    #[expect(clippy::too_many_arguments, reason = "the specification has eight")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    /// Takes a notification from the screen.
    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    /// What it can do.
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    /// Its name, its maker, its version, and that of the specification.
    fn get_server_information(&self) -> zbus::Result<(String, String, String, String)>;

    /// The person clicked on a notification or one of its buttons.
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str);

    /// A notification is no longer on the screen.
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32);

    /// Whether it shows nothing for now. Plasma tells it.
    #[zbus(property(emits_changed_signal = "false"))]
    fn inhibited(&self) -> zbus::Result<bool>;
}

/// A connection of its own: some daemons tell of clicks to the sender alone, and take its notifications from the screen
/// when it leaves the bus. No answer is waited for longer than `patience`.
///
/// # Errors
///
/// Fails where there is no session bus.
pub async fn connect(patience: Duration) -> zbus::Result<DaemonProxy<'static>> {
    let connection = connection::Builder::session()?.method_timeout(patience);
    DaemonProxy::builder(&connection.build().await?)
        .cache_properties(CacheProperties::No)
        .build()
        .await
}

/// What a daemon can do, as far as it changes what it is given.
#[derive(Clone, Copy, Debug)]
pub struct Can {
    /// Tell of clicks. Some that cannot would ask the person in a dialog instead.
    pub actions: bool,
    /// Read the body as markup.
    pub markup: bool,
}

impl Can {
    /// Asks a daemon.
    ///
    /// # Errors
    ///
    /// Fails where it does not answer.
    pub async fn of(daemon: &DaemonProxy<'_>) -> zbus::Result<Can> {
        Ok(Can::among(&daemon.get_capabilities().await?))
    }

    /// What these capabilities of a daemon mean.
    pub fn among(capabilities: &[String]) -> Can {
        let can = |what: &str| capabilities.iter().any(|one| one == what);
        Can {
            actions: can("actions"),
            markup: can("body-markup"),
        }
    }

    /// A body as this daemon takes it: what comes from outside stays text.
    pub fn body(self, text: &str) -> String {
        let text = plain(text);
        match self.markup {
            true => text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
            false => text,
        }
    }
}

/// A text as every bus takes it: one with a zero in it ends the connection of whoever sends it, and a daemon that reads
/// markup takes no other control character either.
pub fn plain(text: &str) -> String {
    text.replace(|letter: char| letter.is_control() && letter != '\n', " ")
}

/// Shows a notification that nothing is done with.
///
/// # Errors
///
/// Fails where nobody shows it.
pub async fn say(title: &str, body: &str) -> zbus::Result<()> {
    let daemon = connect(PATIENCE).await?;
    let body = Can::of(&daemon).await?.body(body);
    let hints = HashMap::new();
    daemon
        .notify(
            "Bellhop",
            0,
            "bellhop-desktop",
            &plain(title),
            &body,
            &[],
            hints,
            -1,
        )
        .await?;
    Ok(())
}
