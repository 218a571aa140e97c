//! Whether a database is whole.

use rusqlite::{Connection, InterruptHandle};

use super::{Result, Store, StoreError};

impl Store {
    /// Reads every page and gives the first thing that is wrong, if anything is. Others read and write meanwhile. It takes
    /// seconds where there are many calls; a future that is dropped ends it.
    ///
    /// # Errors
    ///
    /// Fails where SQLite cannot even look.
    pub async fn flaw(&self) -> Result<Option<String>> {
        let reader = self.open_reader()?;
        let _ended_if_dropped = Interrupted::on_drop(&reader);
        tokio::task::spawn_blocking(move || flaw(&reader, "quick_check"))
            .await
            .map_err(|_| StoreError::Closed)?
            .map_err(StoreError::from)
    }
}

/// The first thing that SQLite finds wrong with a database, by `quick_check` or the slower `integrity_check`.
pub(crate) fn flaw(connection: &Connection, check: &str) -> rusqlite::Result<Option<String>> {
    let found: String =
        connection.query_row(&format!("PRAGMA {check}(1)"), [], |row| row.get(0))?;
    if found != "ok" {
        return Ok(Some(found.replace('\n', " ")));
    }
    let mut dangling = connection.prepare("PRAGMA foreign_key_check")?;
    let mut dangling = dangling.query([])?;
    Ok(match dangling.next()? {
        Some(row) => Some(format!(
            "a row of the table {} belongs to none",
            row.get::<_, String>(0)?
        )),
        None => None,
    })
}

/// Ends what a connection is doing when the future that waits for it is dropped.
pub(super) struct Interrupted(InterruptHandle);

impl Interrupted {
    pub(super) fn on_drop(connection: &Connection) -> Interrupted {
        Interrupted(connection.get_interrupt_handle())
    }
}

impl Drop for Interrupted {
    fn drop(&mut self) {
        self.0.interrupt();
    }
}
