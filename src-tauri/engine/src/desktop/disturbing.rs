//! The desktop's do-not-disturb, where it can be read. It is asked when something is shown, and never watched.

use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(target_os = "linux")]
use zbus::{Connection, zvariant::OwnedValue};

#[cfg(target_os = "linux")]
use super::daemon::{self, DaemonProxy};

/// Whether the desktop is asked not to disturb.
#[derive(Default)]
pub struct Disturbing {
    is_asked: AtomicBool,
    #[cfg(target_os = "linux")]
    daemon: tokio::sync::OnceCell<DaemonProxy<'static>>,
}

impl Disturbing {
    /// From now on the desktop is asked. Before, nothing is known of it: a receiver without a desktop asks nobody.
    pub fn ask_from_now_on(&self) {
        self.is_asked.store(true, Ordering::Relaxed);
    }

    /// Whether the person has switched notifications off for now. `None` where the desktop does not tell.
    #[cfg(target_os = "linux")]
    pub async fn is_off(&self) -> Option<bool> {
        if !self.is_asked.load(Ordering::Relaxed) {
            return None;
        }
        let asking = async {
            let connect = || daemon::connect(PATIENCE);
            let daemon = self.daemon.get_or_try_init(connect).await.ok()?;
            // Each time: at login it may come after us, and another one may take its place.
            let (name, ..) = daemon.get_server_information().await.ok()?;
            is_not_to_disturb(daemon, Some(&name)).await
        };
        // A desktop that hangs must not keep a notice back for long.
        tokio::time::timeout(PATIENCE, asking).await.ok().flatten()
    }

    /// Windows and macOS tell no program.
    #[cfg(not(target_os = "linux"))]
    pub async fn is_off(&self) -> Option<bool> {
        None
    }
}

/// How long a notice may wait for that answer.
#[cfg(target_os = "linux")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// Each desktop keeps it in a place of its own. `name` is how the daemon calls itself.
#[cfg(target_os = "linux")]
pub(super) async fn is_not_to_disturb(
    daemon: &DaemonProxy<'_>,
    name: Option<&str>,
) -> Option<bool> {
    let bus = daemon.inner().connection();
    match name {
        Some("gnome-shell") => gnome_shows_no_banners().await,
        Some("dunst") => dunst_is_paused(bus).await.ok(),
        Some("mako") => mako_hides(bus).await.ok(),
        Some("SwayNotificationCenter") => swaync_is_silent(bus).await.ok(),
        Some("Xfce Notify Daemon") => xfce_is_silent(bus).await.ok(),
        _ => daemon.inhibited().await.ok(),
    }
}

#[cfg(target_os = "linux")]
async fn dunst_is_paused(bus: &Connection) -> zbus::Result<bool> {
    let answer = bus
        .call_method(
            Some("org.freedesktop.Notifications"),
            "/org/freedesktop/Notifications",
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.dunstproject.cmd0", "paused"),
        )
        .await?;
    Ok(bool::try_from(answer.body().deserialize::<OwnedValue>()?)?)
}

#[cfg(target_os = "linux")]
async fn xfce_is_silent(bus: &Connection) -> zbus::Result<bool> {
    let answer = bus
        .call_method(
            Some("org.xfce.Xfconf"),
            "/org/xfce/Xfconf",
            Some("org.xfce.Xfconf"),
            "GetProperty",
            &("xfce4-notifyd", "/do-not-disturb"),
        )
        .await?;
    Ok(bool::try_from(answer.body().deserialize::<OwnedValue>()?)?)
}

/// Its modes have the names that the person gave them; this one is that of its own documentation.
#[cfg(target_os = "linux")]
async fn mako_hides(bus: &Connection) -> zbus::Result<bool> {
    let answer = bus
        .call_method(
            Some("org.freedesktop.Notifications"),
            "/fr/emersion/Mako",
            Some("fr.emersion.Mako"),
            "ListModes",
            &(),
        )
        .await?;
    let modes: Vec<String> = answer.body().deserialize()?;
    Ok(modes.iter().any(|mode| mode == "do-not-disturb"))
}

#[cfg(target_os = "linux")]
async fn swaync_is_silent(bus: &Connection) -> zbus::Result<bool> {
    let answer = bus
        .call_method(
            Some("org.erikreider.swaync.cc"),
            "/org/erikreider/swaync/cc",
            Some("org.erikreider.swaync.cc"),
            "GetDnd",
            &(),
        )
        .await?;
    answer.body().deserialize()
}

/// GNOME keeps it in a store that no call on the bus reads. Its own tool does.
#[cfg(target_os = "linux")]
async fn gnome_shows_no_banners() -> Option<bool> {
    let asked = tokio::process::Command::new("gsettings")
        .args(["get", "org.gnome.desktop.notifications", "show-banners"])
        .kill_on_drop(true)
        .output()
        .await;
    match asked.ok()?.stdout.trim_ascii() {
        b"true" => Some(false),
        b"false" => Some(true),
        _ => None,
    }
}
