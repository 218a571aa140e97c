//! The store: one SQLite file, one writer thread, a few readers.
//!
//! Writes of all kinds go to the writer as jobs. It takes every job that waits, runs each in a savepoint of its own, and
//! commits them together with `synchronous=FULL`; only then is anybody told of the outcome. So a write that answers is
//! on the disk, and many waiting writes cost one sync.
//!
//! One file a table holds its row type and its queries.

pub mod attendees;
pub mod backup;
pub mod bookings;
pub mod deliveries;
pub mod digests;
pub mod endpoints;
pub mod erasing;
pub mod events;
pub mod gaps;
pub mod notes;
pub mod notices;
pub mod overlaps;
pub mod rejections;
pub mod reminders;
pub mod retention;
pub mod rules;
pub mod secrets;
pub mod self_tests;
pub mod settings;
pub mod timeline;

pub(crate) mod checking;
mod columns;
pub use columns::When;
pub(crate) mod directory;
mod known;
pub(crate) mod lock;
pub(crate) mod migrating;
mod opening;
mod queue;
pub(crate) mod search;
mod writer;

pub(crate) use known::Known;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::watch;

pub(crate) use writer::Outcome;
use writer::Writer;

/// The name of the database in the data directory.
pub const DATABASE: &str = "bellhop.db";

/// How long a statement waits for a lock that another process holds. A call waits for it too, and a provider that hears
/// nothing gives up: Bookora after 5 seconds.
const BUSY_TIMEOUT: Duration = Duration::from_millis(2_500);

/// Idle readers that are kept open.
const IDLE_READERS: usize = 4;

/// What a reader may remember of the database, in KiB where it is negative. Every commit makes it forget it all, so more
/// would only be memory.
const READER_CACHE: i64 = -512;

/// Why the store did not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The database was written by a newer Bellhop.
    #[error(
        "The data in {0} was written by a newer version of Bellhop. Install that version, or choose another data directory. Nothing was changed."
    )]
    Newer(PathBuf),
    /// The data directory or the database cannot be opened.
    #[error("The data in {path} cannot be opened: {cause}.")]
    Open {
        /// What was opened.
        path: PathBuf,
        /// Why it failed.
        cause: String,
    },
    /// Too many writes wait already.
    #[error("Too many calls are waiting to be stored.")]
    Busy,
    /// The store has been closed.
    #[error("The store is closed.")]
    Closed,
    /// The endpoint was changed between the check of a call and its commit. The call is to be checked again.
    #[error("The endpoint was changed at this moment. Send the call again.")]
    Changed,
    /// The work panicked, and was undone.
    #[error("The work in the database failed in a way that nobody foresaw.")]
    Panicked,
    /// There is no room.
    #[error("The disk is full. Make room: Bellhop goes on by itself.")]
    Full,
    /// A page of the database cannot be read.
    #[error(
        "The database is damaged. Run \"bellhop doctor\"; if it says so too, quit Bellhop and put a backup back with \"bellhop restore FILE\"."
    )]
    Damaged,
    /// Another process keeps the database.
    #[error("Another program keeps the database locked. Close it: Bellhop goes on by itself.")]
    Locked,
    /// The files may not be written.
    #[error(
        "Nothing can be written in the data directory. Make it writable: Bellhop goes on by itself."
    )]
    NotWritable,
    /// SQLite refused.
    #[error("The database refused: {0}.")]
    Sqlite(Arc<rusqlite::Error>),
    /// A row holds what no version of Bellhop writes.
    #[error("The database holds a value that cannot be read, in {0}.")]
    Unreadable(&'static str),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::NotWritable
            }
            _ => StoreError::Sqlite(Arc::new(error)),
        }
    }
}

impl StoreError {
    /// Whether it is about the rows that were asked for, and other work in the database would go well.
    pub(crate) fn is_of_these_rows(&self) -> bool {
        match self {
            StoreError::Panicked | StoreError::Unreadable(_) => true,
            StoreError::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                // Without a code it is a value that is not of the type that it is read as.
                None | Some(
                    ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig
                )
            ),
            _ => false,
        }
    }
}

/// The result of asking the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The store. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: PathBuf,
    // They are closed before the writer, since the last one to close the database writes its journal back.
    readers: Mutex<Vec<Connection>>,
    writer: Writer,
    cut_off: bool,
    // Last: it is given back when everything is closed.
    _lock: Arc<lock::DataLock>,
}

impl Store {
    /// Opens the database of a data directory, which is made if it is not there, and brings it up to date.
    ///
    /// # Errors
    ///
    /// Fails, and changes nothing, where the directory cannot be written, or the database is newer than this program,
    /// another user's or no database of Bellhop.
    pub fn open(data_dir: &Path) -> Result<Store> {
        let opened = opening::open(data_dir)?;
        let lock = Arc::new(opened.lock);
        let inner = Inner {
            database: data_dir.join(DATABASE),
            writer: Writer::start(opened.connection, Arc::clone(&lock)),
            readers: Mutex::default(),
            cut_off: opened.cut_off,
            _lock: lock,
        };
        Ok(Store {
            inner: Arc::new(inner),
        })
    }

    /// Whether the program that had the database last was cut off.
    pub(crate) fn was_cut_off(&self) -> bool {
        self.inner.cut_off
    }

    /// Runs `work` in a transaction and gives its outcome once that is on the disk.
    ///
    /// # Errors
    ///
    /// Fails where the queue is full, `work` fails, or the commit does; then nothing of `work` remains.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.inner.writer.queue(work)?.committed().await
    }

    /// Like [`Store::write`], for work that nobody waits for and that changes no endpoint: it holds up nothing that
    /// somebody waits for. It is queued at once.
    pub(crate) fn queue_patiently<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<Outcome<T>> {
        self.inner.writer.queue_patiently(work)
    }

    /// Tells whoever works patiently whether somebody waits for the writer now.
    pub(crate) fn somebody_waits(&self) -> impl Fn() -> bool + Send + use<> {
        self.inner.writer.somebody_waits()
    }

    /// Stores a call to the endpoint that it was checked with. Where that fails, the call may be stored all the same: like
    /// one whose answer was lost, it is a repeat when it comes again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Changed`] where that endpoint is another by now; else as [`Store::write`].
    pub(crate) async fn write_call<T: Send + 'static>(
        &self,
        known: Known,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.inner.writer.queue_call(known, work)?.committed().await
    }

    /// The endpoint with this token, perhaps as it was a moment ago.
    pub(crate) fn called(&self, token: &str) -> Result<Option<Known>> {
        match self.inner.writer.known().get(token) {
            Some(known) => Ok(Some(known)),
            None => self.called_now(token),
        }
    }

    /// The endpoint with this token, as it is.
    pub(crate) fn called_now(&self, token: &str) -> Result<Option<Known>> {
        let read = || self.read_here(|connection| endpoints::by_token(connection, token));
        self.inner.writer.known().read(token, read)
    }

    /// Whether so little waits that a trace which may be lost is worth writing.
    pub(crate) fn is_calm(&self) -> bool {
        self.inner.writer.is_calm()
    }

    /// Reads on this thread. For a lookup of some microseconds, which a detour over a thread would only slow down.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub fn read_here<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self
            .inner
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let reader = match idle {
            Some(reader) => reader,
            None => self.open_reader()?,
        };
        let outcome = work(&reader);
        let mut readers = self
            .inner
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        outcome
    }

    /// Reads on a thread that may wait.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read_here(work))
            .await
            .map_err(|_| StoreError::Closed)?
    }

    /// A number that changes whenever another process has written: seen at the next write, and within a second.
    pub(crate) fn version_of_others(&self) -> watch::Receiver<i64> {
        self.inner.writer.others()
    }

    fn open_reader(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.inner.database, flags)?;
        reader.busy_timeout(BUSY_TIMEOUT)?;
        reader.pragma_update(None, "cache_size", READER_CACHE)?;
        Ok(reader)
    }
}
