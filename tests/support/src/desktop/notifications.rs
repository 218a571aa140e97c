//! The notification daemon of the desktop.

use std::collections::HashMap;

use anyhow::{Context, Result};
use tokio::sync::watch;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, connection, fdo, interface};

use super::wait::eventually;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// The reason "closed by a call", of those that the specification numbers.
const CLOSED_BY_CALL: u32 = 3;

/// One `Notify` call as it came.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The id that was given to it.
    pub id: u32,
    /// The program that calls itself so.
    pub app_name: String,
    /// The notification that it takes the place of, or 0.
    pub replaces_id: u32,
    /// Name or path of an icon.
    pub icon: String,
    /// The first line.
    pub summary: String,
    /// The text below it.
    pub body: String,
    /// The buttons: key and label.
    pub actions: Vec<(String, String)>,
    /// Urgency, category and the like.
    pub hints: HashMap<String, OwnedValue>,
    /// Milliseconds, or -1 for the daemon's own.
    pub timeout: i32,
}

/// Owns the name of the daemon and records every call.
#[derive(Debug)]
pub struct Notifications {
    connection: Connection,
    record: watch::Receiver<Vec<Notification>>,
}

impl Notifications {
    pub(super) async fn start(bus: connection::Builder<'_>) -> Result<Self> {
        let (write, record) = watch::channel(Vec::new());
        let connection = async {
            bus.serve_at(PATH, Daemon { record: write })?
                .name(NAME)?
                .build()
                .await
        };
        Ok(Self {
            connection: connection
                .await
                .context("cannot be the notification daemon")?,
            record,
        })
    }

    /// Every call so far, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Notification> {
        self.record.borrow().clone()
    }

    /// Waits until there are `count` calls, and gives all of them: there may be more.
    ///
    /// # Errors
    /// When they do not come, with those that did.
    pub async fn at_least(&self, count: usize) -> Result<Vec<Notification>> {
        let what = format!("{count} notifications");
        let came = eventually(&what, async || {
            let all = self.all();
            Ok((all.len() >= count).then_some(all))
        });
        came.await
            .with_context(|| format!("notifications that came: {:#?}", self.all()))
    }

    /// A person presses the button of a notification.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn press(&self, id: u32, action: &str) -> Result<()> {
        self.emitter()?
            .action_invoked(id, action)
            .await
            .context("cannot press the button")
    }

    /// A person closes a notification (`reason` 2), or it expires (1).
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn close(&self, id: u32, reason: u32) -> Result<()> {
        self.emitter()?
            .notification_closed(id, reason)
            .await
            .context("cannot close the notification")
    }

    fn emitter(&self) -> Result<SignalEmitter<'_>> {
        SignalEmitter::new(&self.connection, PATH).context("the daemon's path is not one")
    }
}

struct Daemon {
    record: watch::Sender<Vec<Notification>>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Daemon {
    #[expect(clippy::too_many_arguments, reason = "the specification has eight")]
    fn notify(
        &self,
        app_name: String,
        replaces_id: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        timeout: i32,
    ) -> u32 {
        let mut id = replaces_id;
        self.record.send_modify(|all| {
            if id == 0 {
                // One more than any before, also where several replaced the same one.
                id = all.iter().map(|earlier| earlier.id).max().unwrap_or(0) + 1;
            }
            let actions = actions
                .chunks_exact(2)
                .map(|pair| (pair[0].clone(), pair[1].clone()))
                .collect();
            all.push(Notification {
                id,
                app_name,
                replaces_id,
                icon,
                summary,
                body,
                actions,
                hints,
                timeout,
            });
        });
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> fdo::Result<()> {
        Ok(emitter.notification_closed(id, CLOSED_BY_CALL).await?)
    }

    fn get_capabilities(&self) -> Vec<&'static str> {
        vec![
            "actions",
            "body",
            "body-markup",
            "icon-static",
            "persistence",
        ]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("Test", "Bellhop", "1", "1.2")
    }

    #[zbus(signal)]
    async fn action_invoked(
        emitter: &SignalEmitter<'_>,
        id: u32,
        action_key: &str,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(
        emitter: &SignalEmitter<'_>,
        id: u32,
        reason: u32,
    ) -> zbus::Result<()>;
}
