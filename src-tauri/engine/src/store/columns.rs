//! How values are written in columns.

use bellhop_core::slot::Slot;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Result, StoreError};

pub(super) fn moment(microseconds: i64) -> Timestamp {
    // Whatever a row holds is shown, never a reason to fail: the nearest moment there is.
    let bounded = microseconds.clamp(
        Timestamp::MIN.as_microsecond(),
        Timestamp::MAX.as_microsecond(),
    );
    Timestamp::from_microsecond(bounded).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The three columns of a slot: start, end, date.
pub(super) fn slot_columns(slot: Option<&Slot>) -> (Option<i64>, Option<i64>, Option<String>) {
    let microseconds = |moment: Timestamp| moment.as_microsecond();
    (
        slot.and_then(Slot::start).map(microseconds),
        slot.and_then(Slot::end).map(microseconds),
        slot.and_then(Slot::date).map(|date| date.to_string()),
    )
}

/// When a booking takes place, as its columns tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// When it begins.
    pub start: Option<Timestamp>,
    /// When it ends, if known.
    pub end: Option<Timestamp>,
    /// Its date, where no time of day is known.
    pub date: Option<Date>,
}

impl When {
    /// As a slot, if there is any time.
    pub fn slot(&self) -> Option<Slot> {
        match (self.start, self.date) {
            (Some(start), _) => Some(Slot::Timed {
                start,
                end: self.end,
            }),
            (None, Some(date)) => Some(Slot::Day {
                date,
                time_slot: None,
            }),
            (None, None) => None,
        }
    }

    /// Reads the columns `{prefix}start_at`, `{prefix}end_at` and `{prefix}date`.
    pub(super) fn read(row: &Row<'_>, prefix: &str) -> rusqlite::Result<When> {
        let column = |name: &str| format!("{prefix}{name}");
        let at = |name: &str| {
            row.get::<_, Option<i64>>(column(name).as_str())
                .map(|value| value.map(moment))
        };
        let date: Option<String> = row.get(column("date").as_str())?;
        Ok(When {
            start: at("start_at")?,
            end: at("end_at")?,
            date: date.and_then(|date| date.parse().ok()),
        })
    }
}

pub(super) fn to_json(value: &impl Serialize, what: &'static str) -> Result<String> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable(what))
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable(what))
}

/// Runs a query and reads every row with a reader that may fail in its own way.
pub(super) fn rows<T>(
    statement: &mut rusqlite::CachedStatement<'_>,
    parameters: impl rusqlite::Params,
    read: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut rows = statement.query(parameters)?;
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        values.push(read(row)?);
    }
    Ok(values)
}
