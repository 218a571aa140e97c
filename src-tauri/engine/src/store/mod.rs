//! The store: one SQLite file, one writer thread, a few readers.
//!
//! Writes of all kinds go to the writer as jobs. It takes every job that waits, runs each in a savepoint of its own, and
//! commits them together with `synchronous=FULL`; only then is anybody told of the outcome. So a write that answers is
//! on the disk, and many waiting writes cost one sync.
//!
//! One file a table holds its row type and its queries.

pub mod bookings;
pub mod deliveries;
pub mod endpoints;
pub mod events;
pub mod gaps;
pub mod notices;
pub mod rejections;
pub mod secrets;
pub mod self_tests;
pub mod settings;
pub mod timeline;

mod columns;
pub use columns::When;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use writer::Writer;

/// The name of the database in the data directory.
pub const DATABASE: &str = "bellhop.db";

const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001_start.sql")),
    M::up(include_str!("migrations/0002_reliability.sql")),
];

/// How long a statement waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Idle readers that are kept open.
const IDLE_READERS: usize = 4;

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
    /// The work panicked, and was undone.
    #[error("The work in the database failed in a way that nobody foresaw.")]
    Panicked,
    /// SQLite refused.
    #[error("The database refused: {0}.")]
    Sqlite(Arc<rusqlite::Error>),
    /// A row holds what no version of Bellhop writes.
    #[error("The database holds a value that cannot be read, in {0}.")]
    Unreadable(&'static str),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Sqlite(Arc::new(error))
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
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the database of a data directory, which is made if it is not there, and brings it up to date.
    ///
    /// # Errors
    ///
    /// Fails, and changes nothing, where the directory cannot be written or the database is newer than this program.
    pub fn open(data_dir: &Path) -> Result<Store> {
        let open_error = |cause: String| StoreError::Open {
            path: data_dir.to_owned(),
            cause,
        };
        private_directory(data_dir).map_err(|error| open_error(error.to_string()))?;
        let database = data_dir.join(DATABASE);
        private_file(&database).map_err(|error| open_error(error.to_string()))?;
        let mut connection =
            Connection::open(&database).map_err(|error| open_error(error.to_string()))?;
        let newer = is_newer(&connection).map_err(|error| open_error(error.to_string()))?;
        if newer {
            return Err(StoreError::Newer(data_dir.to_owned()));
        }
        prepare(&connection).map_err(|error| open_error(error.to_string()))?;
        match Migrations::from_slice(MIGRATIONS).to_latest(&mut connection) {
            Ok(()) => {}
            Err(rusqlite_migration::Error::MigrationDefinition(_)) => {
                return Err(StoreError::Newer(data_dir.to_owned()));
            }
            Err(error) => return Err(open_error(error.to_string())),
        }
        let inner = Inner {
            database,
            writer: Writer::start(connection),
            readers: Mutex::default(),
        };
        Ok(Store {
            inner: Arc::new(inner),
        })
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
        self.queue(work)?.await
    }

    /// Like [`Store::write`], queued at once: writes that are queued before the first is awaited share a commit.
    pub(crate) fn queue<T, F>(&self, work: F) -> Result<impl Future<Output = Result<T>> + use<T, F>>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.inner.writer.queue(work)
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

    /// A number that changes whenever another process has written.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn version_of_others(&self) -> Result<i64> {
        self.write(|connection| {
            Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
        })
        .await
    }

    fn open_reader(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.inner.database, flags)?;
        reader.busy_timeout(BUSY_TIMEOUT)?;
        Ok(reader)
    }
}

/// Whether a newer version has written the database. Asking changes no byte of it, also not when it is closed.
fn is_newer(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let newer = usize::try_from(version).is_ok_and(|version| version > MIGRATIONS.len());
    if !newer {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    }
    Ok(newer)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A commit that answers must survive a power cut: in WAL mode only FULL syncs each one.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Client data is for the person alone.
fn private_directory(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// SQLite gives its journal files the mode of the database, so it is enough to make that one private.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
