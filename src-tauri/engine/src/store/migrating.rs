//! Bringing a database up to date: forward only, all or nothing, and with a copy of what was there before.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite_migration::{M, Migrations};

use super::directory::{refused, remove_unfinished, unfinished, unusable};
use super::{Result, backup};

const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001_start.sql")),
    M::up(include_str!("migrations/0002_reliability.sql")),
    M::up(include_str!("migrations/0003_bookings.sql")),
    M::up(include_str!("migrations/0004_last_delivery.sql")),
    M::up(include_str!("migrations/0005_notices.sql")),
    M::up(include_str!("migrations/0006_reminders.sql")),
    M::up(include_str!("migrations/0007_overlaps_and_digests.sql")),
    M::up(include_str!("migrations/0008_rules.sql")),
    M::up(include_str!("migrations/0009_tests_that_are_over.sql")),
];

/// How many copies of before a migration are kept, the newest.
const COPIES: usize = 3;

/// How the names of those copies begin.
const COPY: &str = "bellhop-before-";

/// How a database stands towards this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It can be used.
    Current,
    /// It is empty, or an older version wrote it.
    Older,
    /// A newer version wrote it.
    Newer,
    /// Another program's, or of no program.
    Foreign,
}

/// How a database stands. Asking changes no byte of one that cannot be used, also not when it is closed.
pub(crate) fn standing(connection: &Connection) -> rusqlite::Result<Standing> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let ours: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('endpoint', 'secret', 'delivery', 'event')",
        [],
        |row| row.get(0),
    )?;
    let standing = match version {
        _ if version > MIGRATIONS.len() => Standing::Newer,
        0 if tables == 0 => Standing::Older,
        _ if version == 0 || ours < 4 => Standing::Foreign,
        _ if version < MIGRATIONS.len() => Standing::Older,
        _ => Standing::Current,
    };
    if matches!(standing, Standing::Current | Standing::Older) {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    }
    Ok(standing)
}

/// Brings the database of a data directory up to date, unless somebody else has meanwhile. Only for whoever holds the
/// lock alone.
pub(super) fn bring_up_to_date(connection: &mut Connection, data_dir: &Path) -> Result<()> {
    let failed = |error: rusqlite::Error| unusable(data_dir, &error);
    if standing(connection).map_err(failed)? != Standing::Older {
        return Ok(());
    }
    let is_new: bool = connection
        .query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
            row.get(0)
        })
        .map_err(failed)?;
    if !is_new {
        keep_copy(connection, data_dir)?;
    }
    migrate(connection).map_err(|error| {
        tracing::debug!(%error, "a migration failed");
        refused(
            data_dir,
            format!("it could not be brought up to date ({}). It stays as it was, and the version that wrote it can go on with it", cause(&error)),
        )
    })
}

/// Runs the migrations that a database has not seen, in one transaction.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite_migration::Result<()> {
    Migrations::from_slice(MIGRATIONS).to_latest(connection)
}

/// What went wrong, without the SQL of the whole migration.
pub(crate) fn cause(error: &rusqlite_migration::Error) -> String {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => match err {
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            other => other.to_string(),
        },
        other => other.to_string(),
    }
}

/// What this version's tables and indexes are, in SQL.
///
/// # Errors
///
/// Fails where SQLite does.
pub(crate) fn schema(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare(
        "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// [`schema`] of a database that has just been made.
pub(crate) fn own_schema() -> rusqlite_migration::Result<Vec<(String, String)>> {
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh)?;
    Ok(schema(&fresh)?)
}

fn keep_copy(connection: &Connection, data_dir: &Path) -> Result<()> {
    let copied = || -> std::result::Result<PathBuf, backup::BackupError> {
        let place = |error: std::io::Error| backup::BackupError::place(data_dir, &error);
        let folder = unfinished(data_dir).map_err(place)?;
        let copy = folder.join("copy.db");
        backup::copy(connection, &copy)?;
        let kept = free_name(data_dir, &format!("{COPY}{}", MIGRATIONS.len()));
        fs::rename(&copy, &kept).map_err(place)?;
        backup::sync_directory(data_dir).map_err(place)?;
        remove_unfinished(data_dir).map_err(place)?;
        Ok(kept)
    };
    match copied() {
        Ok(kept) => {
            tracing::info!(copy = %kept.display(), "the data as they were before this version are kept");
            if let Err(error) = remove_old_copies(data_dir) {
                tracing::warn!(%error, "old copies of the data could not be removed");
            }
            Ok(())
        }
        Err(error) => {
            if let Err(error) = remove_unfinished(data_dir) {
                tracing::debug!(%error, "an unfinished copy stays until the next start");
            }
            Err(refused(
                data_dir,
                format!(
                    "before it is brought up to date a copy of it is made, and that failed ({}). Nothing was changed",
                    error.to_string().trim_end_matches('.')
                ),
            ))
        }
    }
}

/// A name for a database that is kept in the data directory: what it is, and since when it lies there.
pub(crate) fn free_name(data_dir: &Path, what: &str) -> PathBuf {
    let stamp = Timestamp::now().strftime("%Y-%m-%dT%H%M%SZ");
    let name = |more: String| data_dir.join(format!("{what}-{stamp}{more}.db"));
    let numbered = (2..).map(|number| name(format!("-{number}")));
    std::iter::once(name(String::new()))
        .chain(numbered)
        .find(|path| fs::symlink_metadata(path).is_err())
        .unwrap_or_else(|| name(String::new()))
}

fn remove_old_copies(data_dir: &Path) -> std::io::Result<()> {
    let mut copies = Vec::new();
    for entry in fs::read_dir(data_dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(COPY) {
            copies.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    copies.sort();
    let too_many = copies.len().saturating_sub(COPIES);
    copies
        .iter()
        .take(too_many)
        .try_for_each(|(_, path)| fs::remove_file(path))
}
