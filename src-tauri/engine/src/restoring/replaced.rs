//! The data that a backup takes the place of.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::{PATIENCE, RestoreError, place};
use crate::store::backup::sync_directory;
use crate::store::{DATABASE, directory, migrating, settings};

/// What the data that will be replaced say about themselves.
#[derive(Default)]
pub(super) struct Replaced {
    pub(super) profile: Option<String>,
    pub(super) last_secret: i64,
}

impl Replaced {
    pub(super) fn read(data_dir: &Path) -> Replaced {
        let read = || -> rusqlite::Result<Replaced> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(data_dir.join(DATABASE), flags)?;
            Ok(Replaced {
                profile: connection
                    .query_row(
                        "SELECT value FROM setting WHERE name = ?1",
                        [settings::PROFILE],
                        |row| row.get(0),
                    )
                    .optional()?,
                last_secret: connection.query_row(
                    "SELECT coalesce(max(id), 0) FROM secret",
                    [],
                    |row| row.get(0),
                )?,
            })
        };
        // Data that cannot be read are a good reason to restore.
        read().unwrap_or_default()
    }
}

/// Keeps the data that are there in one file beside them, and leaves no journal that SQLite could take for the new ones'.
pub(super) fn keep_aside(data_dir: &Path, copy: &Path) -> Result<Option<PathBuf>, RestoreError> {
    let failed = |error: io::Error| place(data_dir, &error);
    let [database, journal, memory, other_journal] = directory::files(data_dir);
    if fs::metadata(&database).map_or(true, |found| found.len() == 0) {
        return Ok(None);
    }
    match close_journal(&database) {
        Ok(()) => {}
        Err(error)
            if matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ) =>
        {
            return Err(RestoreError::InUse(data_dir.to_owned()));
        }
        Err(error) => tracing::warn!(%error, "the data that are replaced are not whole"),
    }
    let aside = migrating::free_name(data_dir, "bellhop-replaced");
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", aside.display()));
    // Only what SQLite cannot read still has a journal here, and whoever mends it will need that.
    for (from, to) in [
        (&journal, beside("-wal")),
        (&other_journal, beside("-journal")),
        (&database, aside.clone()),
    ] {
        if fs::metadata(from).is_ok_and(|found| found.len() > 0) {
            fs::copy(from, copy)
                .and_then(|_| File::open(copy)?.sync_all())
                .and_then(|()| fs::rename(copy, to))
                .map_err(failed)?;
        }
    }
    sync_directory(data_dir).map_err(failed)?;
    for file in [journal, memory, other_journal] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    sync_directory(data_dir).map_err(failed)?;
    Ok(Some(aside))
}

/// Brings everything into the one file. SQLite does that only for whoever is alone with the database.
fn close_journal(database: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(database)?;
    connection.busy_timeout(PATIENCE)?;
    connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)
}
