//! A backup: one file with everything in the database, taken while calls arrive.
//!
//! `VACUUM INTO` reads one moment of the database while others go on writing. Unlike SQLite's copy of pages it leaves out
//! what has been deleted, which is no longer the person's to give away, and it fails on a page that cannot be read
//! instead of copying it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::checking::{Interrupted, flaw};
use super::columns::moment;
use super::{Store, StoreError};

/// A backup that was written and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What is in it.
    pub content: Content,
}

/// What is in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// Endpoints, the removed ones too.
    pub endpoints: i64,
    /// Stored calls.
    pub deliveries: i64,
    /// Bookings.
    pub bookings: i64,
    /// When the newest stored call came.
    pub newest_delivery_at: Option<Timestamp>,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file of this name.
    #[error("{0} exists already. Choose another name, or move it away first. Nothing was written.")]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("The backup cannot be written to {path}: {cause}.")]
    Place {
        /// Where it was to go.
        path: PathBuf,
        /// Why it does not.
        cause: String,
    },
    /// The database cannot be read, or what was written is not what was read.
    #[error(
        "There is no backup, because the database cannot be read whole: {0}. Run \"bellhop doctor\"."
    )]
    Damaged(String),
    /// It was given up.
    #[error("The backup was broken off. Nothing remains of it.")]
    BrokenOff,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    pub(super) fn place(path: &Path, error: &io::Error) -> BackupError {
        BackupError::Place {
            path: path.to_owned(),
            cause: match error.kind() {
                io::ErrorKind::NotFound => "there is no such directory".to_owned(),
                io::ErrorKind::StorageFull => "the disk is full".to_owned(),
                _ => error.to_string(),
            },
        }
    }

    fn of_copying(path: &Path, error: &rusqlite::Error) -> BackupError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                BackupError::Damaged(error.to_string())
            }
            Some(ErrorCode::OperationInterrupted) => BackupError::BrokenOff,
            Some(ErrorCode::DiskFull) => BackupError::Place {
                path: path.to_owned(),
                cause: "the disk is full".to_owned(),
            },
            _ => BackupError::Place {
                path: path.to_owned(),
                cause: error.to_string(),
            },
        }
    }
}

impl Store {
    /// Writes a backup to `file`, which the person alone can read, and checks it. Calls are taken meanwhile. The file
    /// appears under its name once it is complete; a future that is dropped leaves none.
    ///
    /// Secrets are not in it: they stay in the keychain, or in their own file.
    ///
    /// # Errors
    ///
    /// Fails where there is such a file already, it cannot be written, or the database cannot be read whole.
    pub async fn back_up(&self, file: &Path) -> Result<Backup, BackupError> {
        let reader = self.open_reader()?;
        let _broken_off_if_dropped = Interrupted::on_drop(&reader);
        let file = file.to_owned();
        tokio::task::spawn_blocking(move || back_up(&reader, &file))
            .await
            .map_err(|_| StoreError::Closed)?
    }
}

fn back_up(reader: &Connection, file: &Path) -> Result<Backup, BackupError> {
    let place = |error: io::Error| BackupError::place(file, &error);
    let file = std::path::absolute(file).map_err(place)?;
    if fs::symlink_metadata(&file).is_ok() {
        return Err(BackupError::Exists(file));
    }
    let directory = file.parent().unwrap_or(Path::new("/"));
    let at_least = content(reader).map_err(|error| BackupError::of_copying(&file, &error))?;
    let part = tempfile::Builder::new()
        .prefix(".bellhop-backup-")
        .suffix(".part")
        .tempfile_in(directory)
        .map_err(place)?
        .into_temp_path();
    copy(reader, &part).map_err(|error| match error {
        BackupError::Place { cause, .. } => BackupError::Place {
            path: file.clone(),
            cause,
        },
        other => other,
    })?;
    let content = check(&part)?;
    // What arrived meanwhile may be in it, and of these three nothing is ever removed.
    if content.endpoints < at_least.endpoints || content.deliveries < at_least.deliveries {
        return Err(BackupError::Damaged(
            "rows are missing in the copy".to_owned(),
        ));
    }
    let bytes = fs::metadata(&part).map_err(place)?.len();
    part.persist_noclobber(&file)
        .map_err(|failed| match failed.error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(file.clone()),
            _ => BackupError::place(&file, &failed.error),
        })?;
    sync_directory(directory).map_err(place)?;
    Ok(Backup {
        file,
        bytes,
        content,
    })
}

/// Copies a database as it is at this moment to a file that is new or empty, and waits until it is on the disk.
pub(crate) fn copy(connection: &Connection, to: &Path) -> Result<(), BackupError> {
    let place = |error: io::Error| BackupError::place(to, &error);
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(to).map_err(place)?;
    let name = to.to_str().ok_or_else(|| BackupError::Place {
        path: to.to_owned(),
        cause: "SQLite only takes names in Unicode".to_owned(),
    })?;
    connection
        .execute("VACUUM INTO ?1", [name])
        .map_err(|error| BackupError::of_copying(to, &error))?;
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(place)
}

fn check(file: &Path) -> Result<Content, BackupError> {
    let damaged = |error: rusqlite::Error| BackupError::Damaged(error.to_string());
    let copy =
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(damaged)?;
    match flaw(&copy, "quick_check").map_err(damaged)? {
        Some(flaw) => Err(BackupError::Damaged(flaw)),
        None => content(&copy).map_err(damaged),
    }
}

/// Counts what is in a database.
pub(crate) fn content(connection: &Connection) -> rusqlite::Result<Content> {
    connection.query_row(
        "SELECT (SELECT count(*) FROM endpoint), (SELECT count(*) FROM delivery), (SELECT count(*) FROM booking),
            (SELECT received_at FROM delivery ORDER BY id DESC LIMIT 1)",
        [],
        |row| {
            Ok(Content {
                endpoints: row.get(0)?,
                deliveries: row.get(1)?,
                bookings: row.get(2)?,
                newest_delivery_at: row.get::<_, Option<i64>>(3)?.map(moment),
            })
        },
    )
}

/// Waits until the names in a directory are on the disk.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    // A relative path of one name is in the current directory.
    let directory = match directory.as_os_str().is_empty() {
        true => Path::new("."),
        false => directory,
    };
    match cfg!(unix) {
        true => File::open(directory)?.sync_all(),
        // Elsewhere a directory cannot be opened, and the file system sees to it.
        false => Ok(()),
    }
}
