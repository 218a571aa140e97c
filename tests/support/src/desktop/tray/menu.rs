//! The menu of a tray item: `com.canonical.dbusmenu`.

use std::collections::HashMap;

use anyhow::{Context, Result};
use zbus::Message;
use zbus::zvariant::{OwnedValue, Structure, Value};

/// An entry: its id, its properties, its entries. The entries are variants, as the type contains itself.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// One visible entry of the menu.
#[derive(Debug, Clone)]
pub struct MenuItem {
    pub(super) id: i32,
    /// What it says; empty for a separator.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    /// For an entry that can be checked, whether it is.
    pub checked: Option<bool>,
    /// Its submenu.
    pub entries: Vec<MenuItem>,
}

impl MenuItem {
    /// This entry or one below it with that label.
    #[must_use]
    pub fn find(&self, label: &str) -> Option<&Self> {
        if self.label == label {
            Some(self)
        } else {
            self.entries.iter().find_map(|entry| entry.find(label))
        }
    }
}

/// Reads the answer to `GetLayout`.
pub(super) fn read(reply: &Message) -> Result<Vec<MenuItem>> {
    let body = reply.body();
    let (_revision, (_root, _properties, entries)): (u32, Layout) = body
        .deserialize()
        .context("the tray menu's layout is not one")?;
    visible(&entries)
}

fn visible(entries: &[OwnedValue]) -> Result<Vec<MenuItem>> {
    let mut items = Vec::new();
    for entry in entries {
        let entry: Value<'_> = entry
            .try_clone()
            .context("a menu entry cannot be read")?
            .into();
        let entry = Structure::try_from(entry).context("a menu entry is no structure")?;
        let (id, properties, below): Layout = entry
            .try_into()
            .context("a menu entry has another structure")?;
        if flag(&properties, "visible") {
            items.push(MenuItem {
                id,
                label: label(&properties),
                enabled: flag(&properties, "enabled"),
                checked: checked(&properties),
                entries: visible(&below)?,
            });
        }
    }
    Ok(items)
}

/// An underscore before a letter marks the key for it; two stand for one.
fn label(properties: &HashMap<String, OwnedValue>) -> String {
    let label = properties
        .get("label")
        .and_then(|value| <&str>::try_from(value).ok())
        .unwrap_or_default();
    label
        .replace("__", "\0")
        .replace('_', "")
        .replace('\0', "_")
}

/// Both flags of an entry are true if it does not say.
fn flag(properties: &HashMap<String, OwnedValue>, name: &str) -> bool {
    properties
        .get(name)
        .and_then(|value| bool::try_from(value).ok())
        .unwrap_or(true)
}

fn checked(properties: &HashMap<String, OwnedValue>) -> Option<bool> {
    let kind = properties
        .get("toggle-type")
        .and_then(|value| <&str>::try_from(value).ok())?;
    let state = properties
        .get("toggle-state")
        .and_then(|value| i32::try_from(value).ok());
    (!kind.is_empty()).then_some(state == Some(1))
}
