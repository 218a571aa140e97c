//! The notification daemon of the desktop.
//!
//! Where daemons differ it is as strict as any: signals go to the program that notified and to nobody else (GNOME,
//! dunst), an id that is not on the screen is replaced by a new one (GNOME, mako), and ids begin again with a restart.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::sync::watch;
use zbus::message::Header;
use zbus::names::BusName;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, connection, fdo, interface};

use super::disturbing;
use crate::wait::eventually;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What it can do, unless a test says otherwise.
const CAPABILITIES: [&str; 6] = [
    "actions",
    "body",
    "body-markup",
    "icon-static",
    "persistence",
    "sound",
];

/// The reason "dismissed by the person", of those that the specification numbers.
const DISMISSED: u32 = 2;

/// The reason "closed by a call".
const CLOSED_BY_CALL: u32 = 3;

/// One `Notify` call as it came.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The id that was given to it.
    pub id: u32,
    /// The connection that it came by.
    pub sender: String,
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
    /// When it came.
    pub came: Instant,
}

impl Notification {
    /// How urgent it is: 0, 1 or 2. `None` where it does not say.
    #[must_use]
    pub fn urgency(&self) -> Option<u8> {
        self.hints.get("urgency")?.downcast_ref().ok()
    }

    /// The text of a hint.
    #[must_use]
    pub fn hint(&self, name: &str) -> Option<&str> {
        self.hints.get(name)?.downcast_ref().ok()
    }

    /// Whether the daemon is asked to make no sound.
    #[must_use]
    pub fn suppresses_sound(&self) -> bool {
        let hint = self.hints.get("suppress-sound");
        hint.is_some_and(|hint| hint.downcast_ref() == Ok(true))
    }
}

/// What the daemon knows.
#[derive(Debug, Default)]
struct Record {
    all: Vec<Notification>,
    /// Those on the screen.
    standing: Vec<u32>,
    /// Those that the program closed.
    closed: Vec<u32>,
    /// Given to the last one.
    last_id: u32,
    capabilities: Vec<&'static str>,
    /// As which daemon it poses.
    name: Option<&'static str>,
    inhibited: bool,
    refuses: bool,
    /// How long it takes to answer.
    slow: Duration,
    /// Those that it has answered with an error.
    refused: Vec<Notification>,
}

/// Owns the name of the daemon and records every call.
#[derive(Debug)]
pub struct Notifications {
    bus: String,
    /// None while there is no daemon. Each one has a name of its own on the bus.
    connection: Mutex<Option<Connection>>,
    record: watch::Sender<Record>,
}

impl Notifications {
    pub(super) async fn start(bus: &str) -> Result<Self> {
        let record = watch::Sender::new(Record {
            capabilities: CAPABILITIES.to_vec(),
            ..Record::default()
        });
        let notifications = Self {
            bus: bus.to_owned(),
            connection: Mutex::default(),
            record,
        };
        notifications.come_back().await?;
        Ok(notifications)
    }

    /// Every call so far, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Notification> {
        self.record.borrow().all.clone()
    }

    /// The ids of those that are on the screen.
    #[must_use]
    pub fn standing(&self) -> Vec<u32> {
        self.record.borrow().standing.clone()
    }

    /// The ids of those that the program closed, in that order.
    #[must_use]
    pub fn closed(&self) -> Vec<u32> {
        self.record.borrow().closed.clone()
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

    /// Waits for one with this first line.
    ///
    /// # Errors
    /// When none comes, with those that did.
    pub async fn titled(&self, summary: &str) -> Result<Notification> {
        let what = format!("a notification \"{summary}\"");
        let came = eventually(&what, async || {
            Ok(self.all().into_iter().find(|one| one.summary == summary))
        });
        came.await
            .with_context(|| format!("notifications that came: {:#?}", self.all()))
    }

    /// Waits until the program has closed a notification.
    ///
    /// # Errors
    /// When it leaves it on the screen.
    pub async fn is_closed(&self, id: u32) -> Result<()> {
        let closed = eventually("the notification is closed", async || {
            Ok(self.closed().contains(&id).then_some(()))
        });
        closed.await.with_context(|| {
            let all = self.all();
            format!("on the screen: {:?} of {all:#?}", self.standing())
        })
    }

    /// A person presses the button of a notification, which closes it.
    ///
    /// # Errors
    /// When it is not on the screen, has no such button, or the bus is gone.
    pub async fn press(&self, id: u32, action: &str) -> Result<()> {
        let last = self.last_of(id)?;
        ensure!(
            last.actions.iter().any(|(key, _)| key == action),
            "there is no {action} on {last:#?}"
        );
        self.emitter(&last)?
            .action_invoked(id, action)
            .await
            .context("cannot press the button")?;
        self.close(id, DISMISSED).await
    }

    /// A person closes a notification (`reason` 2), or it expires (1).
    ///
    /// # Errors
    /// When it is not on the screen, or the bus is gone.
    pub async fn close(&self, id: u32, reason: u32) -> Result<()> {
        let emitter = self.emitter(&self.last_of(id)?)?;
        self.record
            .send_modify(|record| record.standing.retain(|one| *one != id));
        emitter
            .notification_closed(id, reason)
            .await
            .context("cannot close the notification")
    }

    /// From now on it can do this and nothing else.
    pub fn can_do(&self, capabilities: &[&'static str]) {
        let capabilities = capabilities.to_vec();
        self.record
            .send_modify(|record| record.capabilities = capabilities);
    }

    /// The person does not want to be disturbed, or does again, as Plasma tells it.
    pub fn inhibit(&self, inhibited: bool) {
        self.record
            .send_modify(|record| record.inhibited = inhibited);
    }

    /// From now on it calls itself as another daemon does, and tells of its do-not-disturb where that one would.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn pose_as(&self, name: &'static str) -> Result<()> {
        self.record.send_modify(|record| record.name = Some(name));
        let record = self.record.subscribe();
        disturbing::serve(&self.there()?, name, move || record.borrow().inhibited)
            .await
            .with_context(|| format!("cannot pose as {name}"))
    }

    /// From now on it answers every `Notify` with an error, or takes them again.
    pub fn refuse(&self, refuses: bool) {
        self.record.send_modify(|record| record.refuses = refuses);
    }

    /// From now on it shows what it is given at once, and says so after this time.
    pub fn answers_after(&self, time: Duration) {
        self.record.send_modify(|record| record.slow = time);
    }

    /// Waits until it has answered such a one with an error.
    ///
    /// # Errors
    /// When none comes, with those that did.
    pub async fn has_refused(&self, is_such: impl Fn(&Notification) -> bool) -> Result<()> {
        let refused = eventually("such a notification is refused", async || {
            let is_there = self.record.borrow().refused.iter().any(&is_such);
            Ok(is_there.then_some(()))
        });
        refused
            .await
            .with_context(|| format!("refused: {:#?}", self.record.borrow().refused))
    }

    /// The daemon ends, and nothing is on the screen any more.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn leave(&self) -> Result<()> {
        let connection = self.there()?;
        self.lock().take();
        self.record.send_modify(|record| {
            record.standing.clear();
            record.last_id = 0;
        });
        connection.close().await.context("the daemon cannot end")
    }

    /// The daemon starts anew.
    ///
    /// # Errors
    /// When another one is there.
    pub async fn come_back(&self) -> Result<()> {
        let daemon = Daemon {
            record: self.record.clone(),
        };
        let connection = async {
            let bus = connection::Builder::address(&*self.bus)?;
            bus.serve_at(PATH, daemon)?.name(NAME)?.build().await
        };
        let connection = connection.await;
        *self.lock() = Some(connection.context("cannot be the notification daemon")?);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn there(&self) -> Result<Connection> {
        self.lock().clone().context("there is no daemon")
    }

    fn last_of(&self, id: u32) -> Result<Notification> {
        let record = self.record.borrow();
        ensure!(
            record.standing.contains(&id),
            "{id} is not on the screen: {:?}",
            record.standing
        );
        let last = record.all.iter().rfind(|one| one.id == id);
        last.cloned().context("it never came")
    }

    fn emitter(&self, to: &Notification) -> Result<SignalEmitter<'static>> {
        let emitter = SignalEmitter::new(&self.there()?, PATH);
        let emitter = emitter.context("the daemon's path is not one")?;
        Ok(emitter.set_destination(BusName::try_from(to.sender.clone())?))
    }
}

struct Daemon {
    record: watch::Sender<Record>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Daemon {
    #[expect(clippy::too_many_arguments, reason = "the specification has eight")]
    async fn notify(
        &self,
        app_name: String,
        replaces_id: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        timeout: i32,
        #[zbus(header)] header: Header<'_>,
    ) -> fdo::Result<u32> {
        let sender = header.sender().map(ToString::to_string);
        let actions = actions
            .chunks_exact(2)
            .map(|pair| (pair[0].clone(), pair[1].clone()));
        let mut notification = Notification {
            id: replaces_id,
            sender: sender.unwrap_or_default(),
            app_name,
            replaces_id,
            icon,
            summary,
            body,
            actions: actions.collect(),
            hints,
            timeout,
            came: Instant::now(),
        };
        let mut taken = None;
        self.record.send_modify(|record| {
            if record.refuses {
                record.refused.push(notification);
                return;
            }
            if !record.standing.contains(&notification.id) {
                record.last_id += 1;
                notification.id = record.last_id;
                record.standing.push(notification.id);
            }
            taken = Some(notification.id);
            record.all.push(notification);
        });
        let Some(id) = taken else {
            return Err(fdo::Error::LimitsExceeded("too many".to_owned()));
        };
        let slow = self.record.borrow().slow;
        if !slow.is_zero() {
            // The bus runs its handlers on a thread of its own, without a runtime.
            let (over, is_over) = tokio::sync::oneshot::channel();
            std::thread::spawn(move || {
                std::thread::sleep(slow);
                over.send(())
            });
            is_over.await.ok();
        }
        Ok(id)
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> fdo::Result<()> {
        let stood = self.record.send_if_modified(|record| {
            let stood = record.standing.contains(&id);
            if stood {
                record.standing.retain(|one| *one != id);
                record.closed.push(id);
            }
            stood
        });
        if !stood {
            return Err(fdo::Error::Failed(String::new()));
        }
        let emitter = match header.sender() {
            Some(sender) => emitter.set_destination(BusName::Unique(sender.to_owned())),
            None => emitter,
        };
        Ok(emitter.notification_closed(id, CLOSED_BY_CALL).await?)
    }

    fn get_capabilities(&self) -> Vec<&'static str> {
        self.record.borrow().capabilities.clone()
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        let name = self.record.borrow().name.unwrap_or("Test");
        (name, "Bellhop", "1", "1.2")
    }

    /// As Plasma has it.
    #[zbus(property)]
    fn inhibited(&self) -> fdo::Result<bool> {
        let record = self.record.borrow();
        match record.name {
            None => Ok(record.inhibited),
            Some(_) => Err(fdo::Error::UnknownProperty(String::new())),
        }
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
