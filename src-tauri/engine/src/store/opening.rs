//! Opening the database of a data directory, or refusing to, with nothing touched.
//!
//! At every start the owner and the kind of the files, the version and the list of tables are looked at. Reading every
//! page would take seconds in a large database and hold up the calls that wait outside; that is what the doctor does,
//! and a receiver does it beside its work after an end that was not clean.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::directory::{files, look_at, make_private, refused, remove_unfinished, unusable};
use super::lock::DataLock;
use super::migrating::{self, Standing};
use super::{BUSY_TIMEOUT, DATABASE, Result, StoreError};

/// How long to wait for a program that brings the data up to date or restores them. A large database takes minutes.
const PATIENCE_WITH_OTHERS: Duration = Duration::from_secs(600);

/// How long to wait until others close a database that has to be brought up to date.
const PATIENCE_WITH_OLDER: Duration = Duration::from_secs(10);

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
    let mut waited = false;
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
            Ok(Standing::Older) if waited => {
                return Err(refused(
                    data_dir,
                    "this version has to bring it up to date first, and an older Bellhop has it open. Quit that one, then start again",
                ));
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
        let alone = DataLock::alone_unless(data_dir, PATIENCE_WITH_OLDER, || is_current(data_dir));
        let Some(_alone) = alone.map_err(|error| refused(data_dir, error))? else {
            waited = true;
            continue;
        };
        let mut connection = connect(data_dir)?;
        prepare(&mut connection).map_err(|error| unusable(data_dir, &error))?;
        migrating::bring_up_to_date(&mut connection, data_dir)?;
    }
}

/// Whether one that started at the same time has brought the database up to date, and goes on with it.
fn is_current(data_dir: &Path) -> bool {
    let Ok(Some(_lock)) = DataLock::together(data_dir, Duration::ZERO) else {
        return false;
    };
    let standing = connect(data_dir).map(|connection| migrating::standing(&connection));
    matches!(standing, Ok(Ok(Standing::Current)))
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
