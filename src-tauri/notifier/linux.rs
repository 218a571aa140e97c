//! Bubbles on a Linux desktop.

use std::collections::HashMap;
use std::time::Duration;

use bellhop_core::notice::Loudness;
use bellhop_core::rule::Sound;
use bellhop_engine::announcing::Bubble;
use bellhop_engine::changes::Change;
use bellhop_engine::desktop::daemon::{self, Can, DaemonProxy};
use futures_util::StreamExt as _;
use tauri::{AppHandle, Manager as _};
use tokio::sync::{Mutex, mpsc};
use zbus::zvariant::Value;
use zbus::{MatchRule, Message, MessageStream, fdo, message};

use super::{Key, answered, app_name, dismissed, keys};
use crate::state::Desktop;

const NAME: &str = "org.freedesktop.Notifications";

/// As the menu of the desktop knows the program.
const DESKTOP_ENTRY: &str = "bellhop-desktop";

/// How long an answer is waited for. A desktop that has just woken up
/// is busy, and shows twice what it is given a second time meanwhile.
const PATIENCE: Duration = Duration::from_secs(25);

/// The shortest time between two looks at what has become of the bubbles.
const REST: Duration = Duration::from_millis(250);

/// How long to wait until a desktop that refused to change a bubble is asked again: it may show a name that it must not.
const AGAIN: Duration = Duration::from_secs(5);

/// The bubbles, and the one connection that they were sent by.
#[derive(Default)]
pub(crate) struct Notifier {
    screen: Mutex<Screen>,
}

#[derive(Default)]
struct Screen {
    daemon: Option<DaemonProxy<'static>>,
    standing: Vec<Standing>,
}

/// A bubble on the screen.
struct Standing {
    id: u32,
    /// The daemon that gave that id, by its own name on the bus.
    by: String,
    bubble: Bubble,
}

/// Shows a bubble, in the place of an earlier one of the same matter. A click on it opens what it tells of.
///
/// # Errors
///
/// Says in the desktop's own words why it took none.
pub(crate) fn show(app: &AppHandle, bubble: &Bubble) -> Result<(), String> {
    tauri::async_runtime::block_on(put(app, bubble)).map_err(|error| error.to_string())
}

async fn put(app: &AppHandle, bubble: &Bubble) -> zbus::Result<()> {
    // Kept until the id is known, so that no click is heard before.
    let mut screen = app.state::<Notifier>().inner().screen.lock().await;
    let can = screen.meet(app).await?;
    let same = |one: &&Standing| bubble.takes_the_place_of(&one.bubble);
    let replaced = screen.standing.iter().find(same).map(|one| one.id);
    let standing = screen.send(app, can, bubble, replaced, true).await?;
    screen
        .standing
        .retain(|one| one.id != standing.id && Some(one.id) != replaced);
    // What shows no notice can be clicked on and needs nothing else.
    screen.standing.push(standing);
    Ok(())
}

impl Screen {
    async fn daemon(&mut self, app: &AppHandle) -> zbus::Result<&DaemonProxy<'static>> {
        Ok(match &mut self.daemon {
            Some(daemon) => daemon,
            none => none.insert(connect(app).await?),
        })
    }

    /// Asks the daemon what it can do. One that has just taken the place of another knows none of that one's bubbles, and may
    /// answer before it is heard that it is another.
    async fn meet(&mut self, app: &AppHandle) -> zbus::Result<Can> {
        let daemon = self.daemon(app).await?.inner();
        let answer = daemon.call_method("GetCapabilities", &()).await?;
        let there = sender(&answer);
        self.standing.retain(|one| one.by == there);
        Ok(Can::among(&answer.body().deserialize::<Vec<String>>()?))
    }

    async fn send(
        &mut self,
        app: &AppHandle,
        can: Can,
        bubble: &Bubble,
        replaced: Option<u32>,
        heard: bool,
    ) -> zbus::Result<Standing> {
        let actions: Vec<&str> = match can.actions {
            true => keys(bubble)
                .into_iter()
                .flat_map(|key| [key.as_str(), key.label(bubble.language)])
                .collect(),
            false => Vec::new(),
        };
        let asked = (
            app_name(app),
            replaced.unwrap_or_default(),
            DESKTOP_ENTRY,
            daemon::plain(&bubble.title),
            can.body(&bubble.body),
            actions,
            hints(bubble, heard),
            -1,
        );
        // The message itself, as it says who answers: the bus may start a daemon for this very call.
        let daemon = self.daemon(app).await?.inner();
        let answer = daemon.call_method("Notify", &asked).await?;
        Ok(Standing {
            id: answer.body().deserialize()?,
            by: sender(&answer),
            bubble: bubble.clone(),
        })
    }

    /// Writes a bubble anew, without a sound, unless it has gone with its daemon.
    async fn write_anew(
        &mut self,
        app: &AppHandle,
        bubble: &Bubble,
        is_it: impl Fn(&Standing) -> bool,
    ) -> zbus::Result<()> {
        let can = self.meet(app).await?;
        let Some(id) = self
            .standing
            .iter()
            .find(|one| is_it(one))
            .map(|one| one.id)
        else {
            return Ok(());
        };
        let anew = self.send(app, can, bubble, Some(id), false).await?;
        if let Some(standing) = self.standing.iter_mut().find(|one| is_it(one)) {
            *standing = anew;
        }
        Ok(())
    }
}

/// The name of its own on the bus of whoever answered.
fn sender(answer: &Message) -> String {
    let header = answer.header();
    header.sender().map(ToString::to_string).unwrap_or_default()
}

fn hints(bubble: &Bubble, heard: bool) -> HashMap<&'static str, Value<'static>> {
    let urgency = match bubble.loudness {
        Loudness::Silent => 0_u8,
        Loudness::Normal => 1,
        Loudness::Urgent => 2,
    };
    let sound = bubble.sound.unwrap_or(Sound::Message).freedesktop_name();
    let category = match bubble.kind {
        Some(kind) => format!("x-bellhop.{}", kind.as_str()),
        None => "x-bellhop".to_owned(),
    };
    let mut hints = HashMap::from([
        ("urgency", urgency.into()),
        ("category", category.into()),
        ("desktop-entry", DESKTOP_ENTRY.into()),
    ]);
    match sound.filter(|_| heard) {
        Some(sound) => hints.insert("sound-name", sound.into()),
        None => hints.insert("suppress-sound", true.into()),
    };
    hints
}

/// Connects, and hears of clicks from then on.
async fn connect(app: &AppHandle) -> zbus::Result<DaemonProxy<'static>> {
    let daemon = daemon::connect(PATIENCE).await?;
    let bus = daemon.inner().connection();
    let dbus = fdo::DBusProxy::new(bus).await?;
    let signals = MatchRule::builder()
        .msg_type(message::Type::Signal)
        .interface(NAME)?
        .build();
    let owner = MatchRule::builder()
        .msg_type(message::Type::Signal)
        .sender("org.freedesktop.DBus")?
        .member("NameOwnerChanged")?
        .arg(0, NAME)?
        .build();
    // Before the first bubble, and in one stream: that a bubble is closed comes after the click that closed it.
    let messages = MessageStream::from(bus);
    dbus.add_match_rule(signals).await?;
    dbus.add_match_rule(owner).await?;
    let (pass_on, heard) = mpsc::unbounded_channel();
    tauri::async_runtime::spawn(hear(messages, pass_on));
    tauri::async_runtime::spawn(heed(app.clone(), heard));
    Ok(daemon)
}

/// What the daemon told.
enum Heard {
    Pressed(u32, String),
    Closed(u32, u32),
    /// A daemon has ended, or another one is there.
    Another {
        before: String,
        there: bool,
    },
}

/// Takes every message from the connection at once: one that is not taken keeps the answers behind it.
async fn hear(mut messages: MessageStream, pass_on: mpsc::UnboundedSender<Heard>) {
    while let Some(message) = messages.next().await {
        let heard = message.ok().as_ref().and_then(told);
        if let Some(heard) = heard
            && pass_on.send(heard).is_err()
        {
            return;
        }
    }
}

fn told(message: &Message) -> Option<Heard> {
    let header = message.header();
    if header.message_type() != message::Type::Signal {
        return None;
    }
    let body = message.body();
    match (header.interface()?.as_str(), header.member()?.as_str()) {
        (NAME, "ActionInvoked") => {
            let (id, key): (u32, String) = body.deserialize().ok()?;
            Some(Heard::Pressed(id, key))
        }
        (NAME, "NotificationClosed") => {
            let (id, reason): (u32, u32) = body.deserialize().ok()?;
            Some(Heard::Closed(id, reason))
        }
        ("org.freedesktop.DBus", "NameOwnerChanged") => {
            let (name, before, owner): (String, String, String) = body.deserialize().ok()?;
            let there = !owner.is_empty();
            (name == NAME).then_some(Heard::Another { before, there })
        }
        _ => None,
    }
}

/// Does what the person asked for by a click.
async fn heed(app: AppHandle, mut heard: mpsc::UnboundedReceiver<Heard>) {
    /// The reason "dismissed by the person", of those that the specification numbers.
    const DISMISSED: u32 = 2;

    while let Some(heard) = heard.recv().await {
        let mut screen = app.state::<Notifier>().inner().screen.lock().await;
        match heard {
            Heard::Pressed(id, key) => {
                let pressed = screen.standing.iter().find(|one| one.id == id);
                let bubble = pressed.map(|one| one.bubble.clone());
                drop(screen);
                if let (Some(bubble), Some(key)) = (bubble, Key::from_word(&key)) {
                    answered(&app, &bubble, key).await;
                }
            }
            Heard::Closed(id, reason) => {
                let place = screen.standing.iter().position(|one| one.id == id);
                let closed = place.map(|place| screen.standing.swap_remove(place));
                drop(screen);
                if let Some(closed) = closed.filter(|_| reason == DISMISSED) {
                    dismissed(&app, &closed.bubble).await;
                }
            }
            // Its bubbles are gone, and the ids of the next one begin again. What that one has been given by now stays.
            Heard::Another { before, there } => {
                screen.standing.retain(|one| one.by != before);
                drop(screen);
                if there {
                    // What nobody took is tried again: at login a daemon may come after us.
                    app.state::<Desktop>().engine.changes.tell(Change::Anything);
                }
            }
        }
    }
    // The bus is gone.
    *app.state::<Notifier>().inner().screen.lock().await = Screen::default();
}

/// Keeps the bubbles true, until the program ends: one whose notices were read elsewhere, answered or taken back is closed,
/// and one that says something else by now is written anew.
pub(crate) async fn keep_current(app: AppHandle) {
    let desktop = app.state::<Desktop>();
    let mut changes = desktop.engine.changes.listen();
    let mut is_current = true;
    loop {
        tokio::select! {
            change = changes.next() => if change.is_none() { return },
            () = tokio::time::sleep(AGAIN), if !is_current => {}
            () = desktop.stop.cancelled() => return,
        }
        let refreshed = refresh(&app).await;
        if let Err(error) = &refreshed
            && is_current
        {
            tracing::warn!(%error, "notifications on the screen may be of yesterday");
        }
        is_current = refreshed.is_ok();
        tokio::time::sleep(REST).await;
    }
}

async fn refresh(app: &AppHandle) -> anyhow::Result<()> {
    let notifier = app.state::<Notifier>();
    let shown: Vec<(u32, Bubble)> = {
        let screen = notifier.screen.lock().await;
        let with_notices = screen
            .standing
            .iter()
            .filter(|one| !one.bubble.notice_ids.is_empty());
        with_notices
            .map(|one| (one.id, one.bubble.clone()))
            .collect()
    };
    if shown.is_empty() {
        return Ok(());
    }
    let bubbles = shown.iter().map(|(_, bubble)| bubble.clone()).collect();
    let engine = &app.state::<Desktop>().engine;
    let now = engine.still_to_tell(bubbles).await?;
    let mut refreshed = Ok(());
    for ((id, shown), now) in shown.into_iter().zip(now) {
        if now.as_ref() == Some(&shown) {
            continue;
        }
        let mut screen = notifier.screen.lock().await;
        let is_same = |one: &Standing| one.id == id && one.bubble == shown;
        // It was answered, closed or replaced meanwhile.
        let Some(place) = screen.standing.iter().position(is_same) else {
            continue;
        };
        match now {
            None => {
                screen.standing.swap_remove(place);
                if let Some(daemon) = &screen.daemon {
                    // The person may have closed it just now, which some call an error.
                    let _ = daemon.close_notification(id).await;
                }
            }
            // The others are written anew all the same.
            Some(bubble) => {
                if let Err(error) = screen.write_anew(app, &bubble, is_same).await {
                    refreshed = Err(error.into());
                }
            }
        }
    }
    refreshed
}
