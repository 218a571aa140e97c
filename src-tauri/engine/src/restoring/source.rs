//! The backup: whether it is one, whether it is whole, and a copy of it in the form of this version.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::RestoreError;
use crate::store::backup::{self, BackupError};
use crate::store::checking;
use crate::store::migrating::{self, Standing};
use crate::store::{DATABASE, StoreError, reminders, settings};

pub(super) fn open(data_dir: &Path, file: &Path) -> Result<Connection, RestoreError> {
    let unreadable = |cause: String| RestoreError::Unreadable {
        file: file.to_owned(),
        cause,
    };
    let found = fs::canonicalize(file).map_err(|error| unreadable(error.to_string()))?;
    if fs::canonicalize(data_dir.join(DATABASE)).is_ok_and(|own| own == found) {
        return Err(RestoreError::Itself(file.to_owned()));
    }
    // To see whether it can be read at all: SQLite says only that it cannot open it.
    File::open(&found)
        .and_then(|file| io::Read::read(&mut &file, &mut [0]))
        .map_err(|error| unreadable(error.to_string()))?;
    let name = found
        .to_str()
        .ok_or_else(|| unreadable("SQLite only takes names in Unicode".to_owned()))?;
    let name: String = name
        .bytes()
        .map(|byte| match byte {
            b'/' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    // A file that stands alone is taken as it is, so that nothing is written beside it. One with a journal is not whole
    // without that.
    let has_journal =
        fs::metadata(format!("{}-wal", found.display())).is_ok_and(|journal| journal.len() > 0);
    let alone = if has_journal { "" } else { "&immutable=1" };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{name}?mode=ro{alone}"), flags)
        .map_err(|error| unreadable(error.to_string()))
}

/// Whether it is a whole backup that this version can read.
pub(super) fn check(file: &Path, source: &Connection) -> Result<(), RestoreError> {
    let of_source = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => RestoreError::NoBackup(file.to_owned()),
        _ => damaged(file, error.to_string()),
    };
    match migrating::standing(source).map_err(of_source)? {
        Standing::Newer => return Err(RestoreError::Newer(file.to_owned())),
        Standing::Foreign => return Err(RestoreError::NoBackup(file.to_owned())),
        Standing::Older if migrating::schema(source).map_err(of_source)?.is_empty() => {
            return Err(RestoreError::NoBackup(file.to_owned()));
        }
        Standing::Older | Standing::Current => {}
    }
    match checking::flaw(source, "integrity_check").map_err(of_source)? {
        Some(flaw) => Err(damaged(file, flaw)),
        None => Ok(()),
    }
}

fn damaged(file: &Path, flaw: String) -> RestoreError {
    RestoreError::Damaged {
        file: file.to_owned(),
        flaw,
    }
}

pub(super) fn copy_checked(
    data_dir: &Path,
    file: &Path,
    source: &Connection,
    copy: &Path,
) -> Result<Connection, RestoreError> {
    let damaged = |flaw: String| damaged(file, flaw);
    check(file, source)?;
    backup::copy(source, copy).map_err(|error| match error {
        BackupError::Place { cause, .. } => RestoreError::Place {
            data_dir: data_dir.to_owned(),
            cause,
        },
        other => damaged(other.to_string()),
    })?;
    let mut connection = Connection::open(copy).map_err(StoreError::from)?;
    migrating::migrate(&mut connection).map_err(|error| {
        damaged(format!(
            "it cannot be brought up to date: {}",
            migrating::cause(&error)
        ))
    })?;
    // What is unique, and what happens at a write, must be what this version relies on.
    let own = migrating::own_schema().map_err(|error| damaged(error.to_string()))?;
    if migrating::schema(&connection).map_err(StoreError::from)? != own {
        return Err(damaged(
            "its tables are not those of its version".to_owned(),
        ));
    }
    // What waited to be shown then is no news now, nobody is reminded again of what was told since, and nobody waits for the
    // end of a test any more.
    let now = Timestamp::now().to_string();
    settings::set(&connection, reminders::SINCE, Some(&now))?;
    connection
        .execute_batch("UPDATE notice SET held = 'over' WHERE shown_at IS NULL AND held IS NULL; DELETE FROM self_test;")
        .map_err(StoreError::from)?;
    Ok(connection)
}
