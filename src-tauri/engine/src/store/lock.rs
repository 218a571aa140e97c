//! Who has a data directory open.
//!
//! Whoever opens the database holds the directory's lock together with others, for as long as the database is open.
//! Whoever puts another file in the database's place, or changes its tables, holds it alone. The lock ends with the
//! process, also where that is killed, and leaves no file behind.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How often to look whether the lock is free.
const PAUSE: Duration = Duration::from_millis(10);

/// How often to look whether the lock is wanted still.
const LOOK: Duration = Duration::from_millis(500);

/// How long to wait in silence.
const SILENCE: Duration = Duration::from_secs(2);

/// The lock of one data directory, held until it is dropped.
pub(crate) struct DataLock {
    _held: File,
}

impl DataLock {
    /// Waits until nobody holds the lock alone. `None` where that took longer than `patience`.
    pub(crate) fn together(data_dir: &Path, patience: Duration) -> io::Result<Option<DataLock>> {
        wait(data_dir, patience, File::try_lock_shared, || false)
    }

    /// Waits until nobody else holds the lock. `None` where that took longer than `patience`.
    pub(crate) fn alone(data_dir: &Path, patience: Duration) -> io::Result<Option<DataLock>> {
        DataLock::alone_unless(data_dir, patience, || false)
    }

    /// Like [`DataLock::alone`], and `None` as soon as `needless`: somebody else has done what it was for.
    pub(crate) fn alone_unless(
        data_dir: &Path,
        patience: Duration,
        needless: impl Fn() -> bool,
    ) -> io::Result<Option<DataLock>> {
        wait(data_dir, patience, File::try_lock, needless)
    }
}

fn wait(
    data_dir: &Path,
    patience: Duration,
    try_lock: impl Fn(&File) -> Result<(), TryLockError>,
    needless: impl Fn() -> bool,
) -> io::Result<Option<DataLock>> {
    let file = handle(data_dir)?;
    let begun = Instant::now();
    let (mut told, mut looked) = (false, begun);
    loop {
        match try_lock(&file) {
            Ok(()) => return Ok(Some(DataLock { _held: file })),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if begun.elapsed() >= patience => return Ok(None),
            Err(TryLockError::WouldBlock) => {}
        }
        if looked.elapsed() >= LOOK {
            if needless() {
                return Ok(None);
            }
            looked = Instant::now();
        }
        if begun.elapsed() > SILENCE && !told {
            told = true;
            tracing::warn!("another program works on the data; this one waits for it");
        }
        thread::sleep(PAUSE);
    }
}

/// The directory itself, so that looking at data which is then refused adds no file to it.
#[cfg(unix)]
fn handle(data_dir: &Path) -> io::Result<File> {
    File::open(data_dir)
}

/// Where a directory cannot be locked, a file in it is.
#[cfg(not(unix))]
fn handle(data_dir: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    options.open(data_dir.join("bellhop.lock"))
}
