//! What is kept of the people who book: finding it, erasing it, and letting the content of old calls go.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use memchr::memmem;
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::changes::Change;
use crate::store::attendees::Person;
use crate::store::bookings::Booking;
use crate::store::erasing::{self, Extent, Traces};
use crate::store::retention::Due;
use crate::store::{DATABASE, Result, Store, StoreError, retention};
use crate::worker;

/// How often to look whether something has become too old. An idle computer is not woken for less.
const LOOK: Duration = Duration::from_secs(3_600);

/// How long readers of the database may keep the journal from being emptied.
const EMPTYING: Duration = Duration::from_secs(20);

/// Shorter texts are in any file by chance.
const SHORTEST_TRACE: usize = 5;

/// Bookings that are shown before a person's data is erased.
const SHOWN: usize = 3;

/// What erasing a person's data removes.
#[derive(Debug)]
pub struct Found {
    /// How much.
    pub extent: Extent,
    /// Files of the data directory that hold the person's data as well, and are left alone: backups and copies.
    pub copies: Vec<PathBuf>,
    /// The newest of the bookings, so that somebody sees that they are the person's.
    pub newest: Vec<Booking>,
    traces: Traces,
}

impl Found {
    /// The names, addresses and numbers under which the person is known.
    pub fn known_as(&self) -> impl Iterator<Item = &str> {
        self.traces.texts()
    }
}

impl Engine {
    /// Everything that is known of a person. Changes nothing.
    ///
    /// # Errors
    ///
    /// Fails where the store does, or a file of the data directory cannot be read.
    pub async fn find_person(&self, person: Person) -> Result<Found> {
        // What waits is a call of the person only once it has been read.
        worker::drain(&self.store, &self.changes).await?;
        let (traces, extent, newest) = self
            .store
            .read(|connection| {
                let traces = Traces::of(person).look(connection)?;
                let extent = traces.extent(connection)?;
                let newest = traces.newest_bookings(connection, SHOWN)?;
                Ok((traces, extent, newest))
            })
            .await?;
        let texts: Vec<String> = traces.texts().map(str::to_owned).collect();
        let data_dir = self.data_dir.clone();
        let copies = blocking(move || copies(&data_dir, &texts)).await?;
        Ok(Found {
            extent,
            copies,
            newest,
            traces,
        })
    }

    /// Erases what was found, and what has come since. Its bytes are gone from the database's files when this returns.
    ///
    /// # Errors
    ///
    /// Fails where the store does. Where only the last of the bytes could not be wiped, everything is erased all the same,
    /// and erasing again wipes them.
    pub async fn erase_person(&self, found: Found) -> Result<Extent> {
        let traces = found.traces;
        let (traces, extent) = self
            .store
            .write(|connection| erasing::erase(connection, traces, Timestamp::now()))
            .await?;
        self.changes.tell(Change::Timeline);
        self.changes.tell(Change::Endpoints);
        let (store, database) = (self.store.clone(), self.data_dir.join(DATABASE));
        blocking(move || wipe(&store, &database, &traces)).await?;
        Ok(extent)
    }

    /// What a rule would remove at once. Changes nothing.
    ///
    /// # Errors
    ///
    /// Fails where the store does.
    pub async fn due_after(&self, days: Option<u32>) -> Result<Due> {
        let Some(days) = days else {
            return Ok(Due::default());
        };
        self.store
            .read(move |connection| retention::due(connection, days, Timestamp::now()))
            .await
    }

    /// Makes the rule for how many days the content of calls is kept, or takes it back, and applies it at once. Gives how
    /// many calls it applied to.
    ///
    /// # Errors
    ///
    /// Fails where the store does.
    pub async fn keep_calls_for(&self, days: Option<u32>) -> Result<i64> {
        self.store
            .write(move |connection| retention::set_days(connection, days))
            .await?;
        self.let_old_calls_go().await
    }

    /// Lets the content of calls go that are older than the person wants to keep them. Gives how many.
    ///
    /// # Errors
    ///
    /// Fails where the store does; what is left then goes at the next time.
    pub async fn let_old_calls_go(&self) -> Result<i64> {
        let mut removed = 0;
        loop {
            // Calls that come in go first.
            let batch = self
                .store
                .queue_patiently(|connection| retention::apply(connection, Timestamp::now()))?
                .committed()
                .await?;
            removed += batch;
            if batch < retention::BATCH {
                break;
            }
        }
        if removed > 0 {
            self.changes.tell(Change::Timeline);
            let database = self.data_dir.join(DATABASE);
            blocking(move || empty_journal(&open(&database)?)).await?;
        }
        Ok(removed)
    }

    /// Applies the rule at once and from then on, until `stop`.
    pub(crate) async fn keep_letting_go(&self, stop: CancellationToken) {
        loop {
            match self.let_old_calls_go().await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "the content of old calls was removed"),
                Err(error) => {
                    tracing::warn!(%error, "the content of old calls could not be removed")
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = stop.cancelled() => return,
            }
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| StoreError::Closed)?
}

/// Empties the journal, which holds what was there before, and makes sure that nothing is left in the database itself.
fn wipe(store: &Store, database: &Path, traces: &Traces) -> Result<()> {
    let connection = open(database)?;
    empty_journal(&connection)?;
    let gone = traces
        .texts()
        .filter(|text| text.len() >= SHORTEST_TRACE)
        .map(|text| {
            let held = store.read_here(|connection| erasing::is_still_held(connection, text))?;
            Ok((!held).then(|| text.to_owned()))
        })
        .collect::<Result<Vec<_>>>()?;
    let gone: Vec<String> = gone.into_iter().flatten().collect();
    if holds_any(database, &gone).map_err(|error| unreadable(database, &error))? {
        // Pages that were moved about before may keep what was written on them. Writing the file anew leaves them behind.
        connection.execute_batch("VACUUM")?;
        empty_journal(&connection)?;
    }
    Ok(())
}

fn open(database: &Path) -> Result<Connection> {
    let connection = Connection::open(database)?;
    connection.busy_timeout(EMPTYING)?;
    Ok(connection)
}

fn empty_journal(connection: &Connection) -> Result<()> {
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        return Err(StoreError::Locked);
    }
    Ok(())
}

/// Files beside the database that hold one of `texts`.
fn copies(data_dir: &Path, texts: &[String]) -> Result<Vec<PathBuf>> {
    let own: Vec<PathBuf> = ["", "-wal", "-shm"]
        .map(|end| data_dir.join(format!("{DATABASE}{end}")))
        .into();
    let mut found = Vec::new();
    let mut folders = vec![data_dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        for entry in entries.flatten() {
            let (path, kind) = (entry.path(), entry.file_type());
            if kind.as_ref().is_ok_and(std::fs::FileType::is_dir) {
                folders.push(path);
            } else if kind.is_ok_and(|kind| kind.is_file())
                && !own.contains(&path)
                && holds_any(&path, texts).map_err(|error| unreadable(&path, &error))?
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn unreadable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Open {
        path: path.to_owned(),
        cause: error.to_string(),
    }
}

/// Whether a file holds one of `texts`. It is read in pieces: a database may be larger than the memory.
fn holds_any(path: &Path, texts: &[String]) -> std::io::Result<bool> {
    const PIECE: usize = 1 << 20;
    let Some(longest) = texts.iter().map(String::len).max() else {
        return Ok(false);
    };
    let mut file = File::open(path)?;
    let mut piece = Vec::with_capacity(PIECE + longest);
    loop {
        // The end of the piece before stays, lest a text is cut in two.
        let kept = piece.len().min(longest);
        piece.drain(..piece.len() - kept);
        let read = file.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
        if texts
            .iter()
            .any(|text| memmem::find(&piece, text.as_bytes()).is_some())
        {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
    }
}
