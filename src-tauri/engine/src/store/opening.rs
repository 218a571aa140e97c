//! Opening the database of a data directory, or refusing to, with nothing touched.
//!
//! At every start the owner and the kind of the files, the version and the list of tables are looked at. Reading every
//! page would take seconds in a large database and hold up the calls that wait outside; that is what the doctor does,
//! and a receiver does it beside its work after an end that was not clean.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::backup;
use super::lock::DataLock;
use super::migrating::{self, Standing};
use super::{BUSY_TIMEOUT, DATABASE, Result, StoreError};

/// How long to wait for a program that brings the data up to date or restores them. A large database takes minutes.
const PATIENCE_WITH_OTHERS: Duration = Duration::from_secs(600);

/// How long to wait until others close a database that has to be brought up to date.
const PATIENCE_WITH_OLDER: Duration = Duration::from_secs(10);

/// A folder for files that are not complete yet. What a crash leaves in it is removed.
const UNFINISHED: &str = "unfinished";

/// A database that is open.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) lock: DataLock,
    /// Whether the program that had it last was cut off.
    pub(super) cut_off: bool,
}

pub(super) fn open(data_dir: &Path) -> Result<Opened> {
    look_at(data_dir)?;
    let cut_off = tidy(data_dir)?;
    loop {
        let lock = DataLock::together(data_dir, PATIENCE_WITH_OTHERS)
            .map_err(|error| refused(data_dir, error))?
            .ok_or_else(|| refused(data_dir, "another program restores it or brings it up to date. Try again when that is done"))?;
        make_private(data_dir).map_err(|error| refused(data_dir, error))?;
        let mut connection = connect(data_dir)?;
        match migrating::standing(&connection) {
            Ok(Standing::Current) => {
                prepare(&mut connection).map_err(|error| unusable(data_dir, &error))?;
                return Ok(Opened {
                    connection,
                    lock,
                    cut_off,
                });
            }
            Ok(Standing::Older) => {}
            Ok(Standing::Newer) => return Err(StoreError::Newer(data_dir.to_owned())),
            Ok(Standing::Foreign) => {
                return Err(refused(
                    data_dir,
                    format!(
                        "{DATABASE} is not Bellhop's. Move it away, or choose another data directory"
                    ),
                ));
            }
            Err(error) => return Err(unusable(data_dir, &error)),
        }
        // Nobody may wait for the others to leave while it is one of them.
        drop(connection);
        drop(lock);
        let _alone = DataLock::alone(data_dir, PATIENCE_WITH_OLDER)
            .map_err(|error| refused(data_dir, error))?
            .ok_or_else(|| refused(data_dir, "this version has to bring it up to date first, and an older Bellhop has it open. Quit that one, then start again"))?;
        let mut connection = connect(data_dir)?;
        prepare(&mut connection).map_err(|error| unusable(data_dir, &error))?;
        migrating::bring_up_to_date(&mut connection, data_dir)?;
    }
}

/// Looks at what is there, and at whose it is, before anything is touched. Makes the directory where there is none.
pub(crate) fn look_at(data_dir: &Path) -> Result<()> {
    private_directory(data_dir).map_err(|error| refused(data_dir, error))?;
    let directory = fs::metadata(data_dir).map_err(|error| refused(data_dir, error))?;
    refuse_anothers(data_dir, data_dir, &directory)?;
    for file in files(data_dir) {
        let found = match fs::symlink_metadata(&file) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(refused(data_dir, error)),
        };
        if !found.is_file() {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let what = match found.is_symlink() {
                true => {
                    "a link. Put the file itself there, or choose the directory that it leads to"
                }
                false => "not a file. Move it away, or choose another data directory",
            };
            return Err(refused(data_dir, format!("{name} is {what}")));
        }
        refuse_anothers(data_dir, &file, &found)?;
    }
    Ok(())
}

/// Root that starts the program once by mistake would leave files behind which the person could not open any more.
#[cfg(unix)]
fn refuse_anothers(data_dir: &Path, path: &Path, found: &fs::Metadata) -> Result<()> {
    let owner = std::os::unix::fs::MetadataExt::uid(found);
    let own = rustix::process::geteuid().as_raw();
    if owner == own {
        return Ok(());
    }
    let what = match path == data_dir {
        true => "it".to_owned(),
        false => path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    };
    Err(refused(
        data_dir,
        format!(
            "{what} belongs to another user (number {owner}; this program runs as {own}). Start Bellhop as that user, or choose another data directory"
        ),
    ))
}

#[cfg(not(unix))]
fn refuse_anothers(_: &Path, _: &Path, _: &fs::Metadata) -> Result<()> {
    Ok(())
}

/// Where nobody else has the database open: removes what a crash left unfinished, and says whether the last program
/// that had it open was cut off, since one that ends well leaves no journal.
fn tidy(data_dir: &Path) -> Result<bool> {
    let alone =
        DataLock::alone(data_dir, Duration::ZERO).map_err(|error| refused(data_dir, error))?;
    if alone.is_none() {
        return Ok(false);
    }
    remove_unfinished(data_dir).map_err(|error| refused(data_dir, error))?;
    let [_, journal, _, _] = files(data_dir);
    Ok(fs::metadata(journal).is_ok_and(|journal| journal.len() > 0))
}

/// An empty folder for files that are not complete yet. Only for whoever holds the lock alone.
pub(crate) fn unfinished(data_dir: &Path) -> std::io::Result<PathBuf> {
    remove_unfinished(data_dir)?;
    let folder = data_dir.join(UNFINISHED);
    private_directory(&folder)?;
    Ok(folder)
}

pub(crate) fn remove_unfinished(data_dir: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(data_dir.join(UNFINISHED)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The database and what SQLite may keep beside it: the journal of a running program, the memory that its readers share,
/// and the journal of another mode, which a restore that is killed can leave.
pub(crate) fn files(data_dir: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|suffix| data_dir.join(format!("{DATABASE}{suffix}")))
}

/// Pages in the write-ahead log after which it is brought into the database: 8 MiB. A page that was changed many times
/// until then is written there once. The log is overwritten from its beginning and keeps its length, since a disk appends
/// more slowly than it overwrites.
const CHECKPOINT: i64 = 2_000;

fn connect(data_dir: &Path) -> Result<Connection> {
    let connection = Connection::open(data_dir.join(DATABASE))
        .and_then(|connection| connection.busy_timeout(BUSY_TIMEOUT).map(|()| connection));
    connection.map_err(|error| unusable(data_dir, &error))
}

fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A commit that answers must survive a power cut: in WAL mode only FULL syncs each one.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Savepoints would put what clients wrote into files elsewhere, and fail where there is no room for those.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // What is erased must be gone from the file, also what was moved about long before it was erased.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Client data is for the person alone. A directory that is there keeps its mode: the person may keep other things in
/// it, and the doctor says so if others can look into it. One that is made outlives a power cut once that which it is in
/// has been synced.
fn private_directory(path: &Path) -> std::io::Result<()> {
    let new: Vec<&Path> = path.ancestors().take_while(|path| !path.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    for parent in new.into_iter().filter_map(Path::parent) {
        // One that we may write to and not read cannot be synced either.
        if let Err(error) = backup::sync_directory(parent) {
            tracing::debug!(%error, "a new data directory may not outlive a power cut");
        }
    }
    Ok(())
}

/// Makes the database where there is none, and closes it and its journal to others where they were copied in with a mode
/// that is too wide. SQLite gives its new files the mode of the database.
///
/// A database that is there is not opened for this: closing it again would end the locks that SQLite holds on it.
fn make_private(data_dir: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(data_dir.join(DATABASE)) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    for file in files(data_dir) {
        use std::os::unix::fs::PermissionsExt;
        if let Ok(found) = fs::metadata(&file)
            && found.permissions().mode() & 0o077 != 0
        {
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

pub(crate) fn refused(data_dir: &Path, cause: impl ToString) -> StoreError {
    StoreError::Open {
        path: data_dir.to_owned(),
        cause: cause.to_string(),
    }
}

/// SQLite's words for what is wrong with the file, and what to do about it.
pub(crate) fn unusable(data_dir: &Path, error: &rusqlite::Error) -> StoreError {
    let advice =
        "Put a backup back with \"bellhop restore FILE\", or choose another data directory";
    let cause = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => format!("{DATABASE} is not a database. {advice}"),
        Some(ErrorCode::DatabaseCorrupt) => format!("{DATABASE} is damaged. {advice}"),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            format!(
                "nothing can be written there ({error}). Make it writable, or choose another data directory"
            )
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program keeps it locked. Close that program, then try again".to_owned()
        }
        Some(ErrorCode::DiskFull) => "the disk is full. Make room, then try again".to_owned(),
        _ => error.to_string(),
    };
    refused(data_dir, cause)
}
