//! The panel of the desktop: programs register their tray items here.

mod item;
mod menu;

use anyhow::{Context, Result};
use tokio::sync::watch;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, connection, fdo, interface};

pub use item::TrayItem;
pub use menu::MenuItem;

use crate::wait::eventually;

const NAME: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";

/// Where an item is on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    owner: String,
    path: String,
}

/// Owns the name of the panel's watcher and knows every item that registered.
#[derive(Debug)]
pub struct Tray {
    connection: Connection,
    places: watch::Receiver<Vec<Place>>,
}

impl Tray {
    /// A panel that nobody can see yet.
    pub(super) async fn start(bus: connection::Builder<'_>) -> Result<Self> {
        let (write, places) = watch::channel(Vec::new());
        let connection = async { bus.serve_at(PATH, Watcher { places: write })?.build().await };
        Ok(Self {
            connection: connection.await.context("cannot be the panel")?,
            places,
        })
    }

    /// From now on programs find the panel.
    ///
    /// # Errors
    /// When there is another one.
    pub async fn appear(&self) -> Result<()> {
        let named = self.connection.request_name(NAME).await;
        named.context("there is another panel")
    }

    /// The names that programs have on the bus.
    ///
    /// # Errors
    /// When the bus does not tell.
    pub async fn names(&self) -> Result<Vec<String>> {
        let bus = fdo::DBusProxy::new(&self.connection).await?;
        let names = bus.list_names().await.context("the bus tells no names")?;
        Ok(names.iter().map(ToString::to_string).collect())
    }

    /// Waits for the one item in the tray. As in every panel, those of programs that have ended are gone.
    ///
    /// # Errors
    /// When none comes.
    pub async fn item(&self) -> Result<TrayItem> {
        eventually("an item in the tray", async || {
            let names = self.names().await?;
            let places = self.places.borrow().clone();
            let mut living = places.iter().filter(|place| names.contains(&place.owner));
            match living.next_back() {
                Some(place) => TrayItem::at(&self.connection, place).await.map(Some),
                None => Ok(None),
            }
        })
        .await
    }
}

struct Watcher {
    places: watch::Sender<Vec<Place>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// `service` is the name of the item's owner, or a path at the sender: both are in use.
    async fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let place = if service.starts_with('/') {
            Place {
                owner: sender,
                path: service,
            }
        } else {
            Place {
                owner: service,
                path: "/StatusNotifierItem".to_owned(),
            }
        };
        let name = format!("{}{}", place.owner, place.path);
        self.places.send_modify(|places| places.push(place));
        Ok(emitter.status_notifier_item_registered(&name).await?)
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.places
            .borrow()
            .iter()
            .map(|place| format!("{}{}", place.owner, place.path))
            .collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(
        emitter: &SignalEmitter<'_>,
        service: &str,
    ) -> zbus::Result<()>;
}
