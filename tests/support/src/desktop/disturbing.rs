//! Where daemons tell that they are not to disturb, in the words of each.

use zbus::{Connection, interface};

const PATH: &str = "/org/freedesktop/Notifications";

/// Tells it as the daemon of that name does. GNOME's tells nobody.
pub(super) async fn serve(
    bus: &Connection,
    name: &str,
    is_off: impl Fn() -> bool + Send + Sync + 'static,
) -> zbus::Result<()> {
    let is_off = Box::new(is_off);
    let server = bus.object_server();
    match name {
        "dunst" => drop(server.at(PATH, Dunst { is_off }).await?),
        "mako" => drop(server.at("/fr/emersion/Mako", Mako { is_off }).await?),
        "SwayNotificationCenter" => {
            let path = "/org/erikreider/swaync/cc";
            server.at(path, Swaync { is_off }).await?;
            bus.request_name("org.erikreider.swaync.cc").await?;
        }
        "Xfce Notify Daemon" => {
            server.at("/org/xfce/Xfconf", Xfconf { is_off }).await?;
            bus.request_name("org.xfce.Xfconf").await?;
        }
        _ => {}
    }
    Ok(())
}

type IsOff = Box<dyn Fn() -> bool + Send + Sync>;

struct Dunst {
    is_off: IsOff,
}

#[interface(name = "org.dunstproject.cmd0")]
impl Dunst {
    #[zbus(property, name = "paused")]
    fn paused(&self) -> bool {
        (self.is_off)()
    }
}

struct Mako {
    is_off: IsOff,
}

#[interface(name = "fr.emersion.Mako")]
impl Mako {
    fn list_modes(&self) -> Vec<&'static str> {
        match (self.is_off)() {
            true => vec!["default", "do-not-disturb"],
            false => vec!["default"],
        }
    }
}

struct Swaync {
    is_off: IsOff,
}

#[interface(name = "org.erikreider.swaync.cc")]
impl Swaync {
    fn get_dnd(&self) -> bool {
        (self.is_off)()
    }
}

struct Xfconf {
    is_off: IsOff,
}

#[interface(name = "org.xfce.Xfconf")]
impl Xfconf {
    fn get_property(
        &self,
        channel: &str,
        property: &str,
    ) -> zbus::fdo::Result<zbus::zvariant::OwnedValue> {
        match (channel, property) {
            ("xfce4-notifyd", "/do-not-disturb") => Ok((self.is_off)().into()),
            _ => Err(zbus::fdo::Error::Failed(format!("no property {property}"))),
        }
    }
}
