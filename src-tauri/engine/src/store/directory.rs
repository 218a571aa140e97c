//! The directory that the data are kept in: its files, and for whom they are.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::{DATABASE, Result, StoreError, backup};

/// A folder for files that are not complete yet. What a crash leaves in it is removed.
const UNFINISHED: &str = "unfinished";

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
pub(super) fn make_private(data_dir: &Path) -> std::io::Result<()> {
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
