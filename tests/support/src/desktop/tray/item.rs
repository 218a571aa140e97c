//! One item in the tray: `org.kde.StatusNotifierItem`.

use anyhow::{Context, Result, bail};
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure};
use zbus::{Connection, Proxy, proxy};

use super::Place;
use super::menu::{MenuItem, read};
use crate::wait::eventually;

/// Whoever was asked has left the bus.
const NO_REPLY: &str = "org.freedesktop.DBus.Error.NoReply";
/// What is answered to a click on an entry of a menu that there is no longer.
const NO_SUCH_ID: &str = "org.freedesktop.DBus.Error.InvalidArgs";

/// A picture as it goes over the bus: width, height, and the pixels as ARGB.
type Pixmap = (i32, i32, Vec<u8>);

/// An icon in the tray, as a panel sees it.
#[derive(Debug)]
pub struct TrayItem {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

impl TrayItem {
    pub(super) async fn at(connection: &Connection, place: &Place) -> Result<Self> {
        let item = proxy_at(
            connection,
            place,
            place.path.clone(),
            "org.kde.StatusNotifierItem",
        )
        .await?;
        let path: OwnedObjectPath = item
            .get_property("Menu")
            .await
            .context("the tray item has no menu")?;
        let menu = proxy_at(
            connection,
            place,
            path.to_string(),
            "com.canonical.dbusmenu",
        )
        .await?;
        Ok(Self { item, menu })
    }

    /// A text property: `Id`, `Title`, `Status`, `IconName`.
    ///
    /// # Errors
    /// When the item does not have it.
    pub async fn text(&self, property: &str) -> Result<String> {
        self.item
            .get_property(property)
            .await
            .with_context(|| format!("the tray item has no {property}"))
    }

    /// Title and text of the tooltip.
    ///
    /// # Errors
    /// When the item has none.
    pub async fn tooltip(&self) -> Result<(String, String)> {
        let value: OwnedValue = self
            .item
            .get_property("ToolTip")
            .await
            .context("the tray item has no tooltip")?;
        let parts = Structure::try_from(value).context("the tooltip is no structure")?;
        let (_icon, _pictures, title, text): (String, Vec<Pixmap>, String, String) = parts
            .try_into()
            .context("the tooltip has another structure")?;
        Ok((title, text))
    }

    /// The pictures that it offers.
    ///
    /// # Errors
    /// When the item has none.
    pub async fn pictures(&self) -> Result<Vec<Pixmap>> {
        self.item
            .get_property("IconPixmap")
            .await
            .context("the tray item has no picture")
    }

    /// A left click on the icon.
    ///
    /// # Errors
    /// When the program does not take it.
    pub async fn activate(&self) -> Result<()> {
        self.item
            .call_method("Activate", &(0_i32, 0_i32))
            .await
            .context("the tray item takes no click")?;
        Ok(())
    }

    /// The menu's visible entries, with their submenus.
    ///
    /// # Errors
    /// When the program does not tell.
    pub async fn menu(&self) -> Result<Vec<MenuItem>> {
        // Tells the program that the menu is about to open: some fill it only then. Others do not know it.
        let _ = self.menu.call_method("AboutToShow", &(0_i32,)).await;
        let all: [&str; 0] = [];
        let reply = self
            .menu
            .call_method("GetLayout", &(0_i32, -1_i32, &all[..]))
            .await;
        read(&reply.context("the tray menu has no layout")?)
    }

    /// Waits for the entry whose label is `label`, at any depth.
    ///
    /// # Errors
    /// When there is none, with the labels that there are.
    pub async fn entry(&self, label: &str) -> Result<MenuItem> {
        let what = format!("\"{label}\" in the tray menu");
        let found = eventually(&what, async || {
            Ok(self
                .menu()
                .await?
                .iter()
                .find_map(|entry| entry.find(label))
                .cloned())
        });
        match found.await {
            Ok(entry) => Ok(entry),
            Err(error) => Err(error.context(format!("the tray menu is {:#?}", self.menu().await?))),
        }
    }

    /// Chooses the entry whose label is `label`.
    ///
    /// # Errors
    /// When there is none, or when it is disabled as a person could not choose it.
    pub async fn choose(&self, label: &str) -> Result<()> {
        let what = format!("a click on \"{label}\" in the tray menu");
        eventually(&what, async || {
            let entry = self.entry(label).await?;
            if !entry.enabled {
                bail!("\"{label}\" in the tray menu is disabled");
            }
            let event = (
                entry.id,
                "clicked",
                zbus::zvariant::Value::from(0_i32),
                0_u32,
            );
            match self.menu.call_method("Event", &event).await {
                // What ends the program may end it before it has answered.
                Err(zbus::Error::MethodError(name, ..)) if name.as_str() == NO_REPLY => {
                    Ok(Some(()))
                }
                // Drawn anew since it was read: a panel reads it again, and the person clicks once more.
                Err(zbus::Error::MethodError(name, ..)) if name.as_str() == NO_SUCH_ID => Ok(None),
                chosen => Ok(Some(
                    chosen.map(drop).context("the tray menu takes no click")?,
                )),
            }
        })
        .await
    }
}

async fn proxy_at(
    connection: &Connection,
    place: &Place,
    path: String,
    interface: &'static str,
) -> Result<Proxy<'static>> {
    let builder = async {
        // What a panel shows it reads anew on a signal; here it is always read anew.
        let builder = proxy::Builder::new(connection).cache_properties(CacheProperties::No);
        builder
            .destination(place.owner.clone())?
            .path(path)?
            .interface(interface)?
            .build()
            .await
    };
    builder
        .await
        .with_context(|| format!("no {interface} at {}", place.owner))
}
