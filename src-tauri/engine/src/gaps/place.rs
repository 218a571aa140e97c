//! Which receivers on this data directory can be reached: each of them holds a shared lock on one file.
//!
//! The system lets go of the lock of a process that dies, so nobody is taken for alive who is not. Whoever writes that a
//! gap has begun holds the file alone meanwhile: then nobody else can be reached.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The file in the data directory.
const FILE: &str = "reachable.lock";

/// A lock, until it is dropped.
pub(crate) struct Held {
    _file: File,
}

/// Says that this receiver can be reached. `None` where somebody holds the file alone at this moment.
pub(crate) fn share(data_dir: &Path) -> std::io::Result<Option<Held>> {
    held(data_dir, File::try_lock_shared)
}

/// Holds the file alone. `None` where a receiver can be reached.
pub(crate) fn alone(data_dir: &Path) -> std::io::Result<Option<Held>> {
    held(data_dir, File::try_lock)
}

fn held(
    data_dir: &Path,
    lock: impl FnOnce(&File) -> Result<(), TryLockError>,
) -> std::io::Result<Option<Held>> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(data_dir.join(FILE))?;
    match lock(&file) {
        Ok(()) => Ok(Some(Held { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
