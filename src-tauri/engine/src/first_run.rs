//! How far the person has come in setting Bellhop up.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::store::{self, StoreError, settings};

/// What is to do, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Reading what Bellhop is.
    About,
    /// Choosing by what the world reaches it.
    Reach,
    /// Adding the first endpoint.
    Provider,
    /// Giving its provider the address.
    Paste,
    /// Waiting for the first call.
    Call,
    /// Seeing whether notifications show.
    Notification,
    /// Nothing.
    Done,
}

/// Whether it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It has begun.
    UnderWay,
    /// The person wants to go on later.
    Left,
    /// It has been finished, or is not wanted any more.
    Over,
}

/// The first run: where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstRun {
    /// Whether it goes on.
    pub progress: Progress,
    /// What is to do next.
    pub step: Step,
    /// The endpoint that was added in it.
    pub endpoint_id: Option<i64>,
}

impl FirstRun {
    /// Where it stands. `None`: it has not begun.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub fn read(connection: &Connection) -> store::Result<Option<FirstRun>> {
        let kept = settings::get(connection, settings::FIRST_RUN)?;
        // What another version has written is no reason to fail: it begins anew, and can be left.
        Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()))
    }

    /// Remembers where it stands.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub fn write(&self, connection: &Connection) -> store::Result<()> {
        let text =
            serde_json::to_string(self).map_err(|_| StoreError::Unreadable(settings::FIRST_RUN))?;
        settings::set(connection, settings::FIRST_RUN, Some(&text))
    }
}
