//! The one thread that writes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::lock::DataLock;
use super::{Result, StoreError};

/// Jobs that may wait. Beyond that a call is answered 503, and its provider keeps it.
const QUEUE: usize = 4_096;

/// Jobs that are committed together at most, so that the first of them does not wait for ever.
const BATCH: usize = 512;

/// Tells a job's sender how the commit went.
type Reply = Box<dyn FnOnce(Result<()>) + Send>;

/// Does its work in the open transaction, or learns why there is none.
type Job = Box<dyn FnOnce(Result<&Connection>) -> Reply + Send>;

pub(super) struct Writer {
    // First: without it the thread comes to its end.
    jobs: mpsc::Sender<Job>,
    _thread: Joined,
}

/// Waits for a thread, so that a program does not end before the database is closed and its journal written back.
struct Joined(Option<JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        // The last one to let go of the store may be a job of the thread itself.
        if let Some(thread) = self.0.take()
            && thread.thread().id() != thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer ended in a way that nobody foresaw");
        }
    }
}

impl Writer {
    /// Starts it. `lock` is held until the connection is closed.
    pub(super) fn start(connection: Connection, lock: Arc<DataLock>) -> Writer {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                run(&connection, waiting);
                drop(connection);
                drop(lock);
            })
            .map_err(|error| tracing::error!(%error, "the store's writer could not start"))
            .ok();
        Writer {
            jobs,
            _thread: Joined(thread),
        }
    }

    /// Queues `work`. The future that is returned ends when it has been committed.
    pub(super) fn queue<T: Send + 'static, F: FnOnce(&Connection) -> Result<T> + Send + 'static>(
        &self,
        work: F,
    ) -> Result<impl Future<Output = Result<T>> + use<T, F>> {
        let (done, outcome) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.and_then(|connection| in_savepoint(connection, work));
            Box::new(move |commit| {
                // A sender that no longer waits has gone away; its write stands all the same.
                let _ = done.send(commit.and(result));
            })
        });
        self.jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })?;
        Ok(async { outcome.await.unwrap_or(Err(StoreError::Closed)) })
    }

    pub(super) fn is_calm(&self) -> bool {
        self.jobs.capacity() > QUEUE / 2
    }
}

fn run(connection: &Connection, mut waiting: mpsc::Receiver<Job>) {
    while let Some(first) = waiting.blocking_recv() {
        let begun = connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(StoreError::from);
        if let Err(error) = &begun {
            tracing::error!(%error, "the store cannot be written");
        }
        let open = || begun.clone().map(|()| connection);
        let mut replies = vec![first(open())];
        // SQLite rolls a whole transaction back by itself on some failures, a full disk among them. What came before in
        // it is lost then, and what comes after must not begin another one whose commit would be taken for this one's.
        while replies.len() < BATCH
            && (begun.is_err() || !connection.is_autocommit())
            && let Ok(job) = waiting.try_recv()
        {
            replies.push(job(open()));
        }
        let committed = begun.clone().and_then(|()| commit(connection));
        for reply in replies {
            reply(committed.clone());
        }
    }
}

fn commit(connection: &Connection) -> Result<()> {
    if connection.is_autocommit() {
        return Err(StoreError::Sqlite(std::sync::Arc::new(
            rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT),
                Some("the transaction was rolled back".to_owned()),
            ),
        )));
    }
    connection.execute_batch("COMMIT").map_err(|error| {
        if !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
        }
        StoreError::from(error)
    })
}

fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    connection.prepare_cached("SAVEPOINT job")?.execute([])?;
    // Nothing that one job does may end the writer: every later call would be refused.
    let result =
        catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or(Err(StoreError::Panicked));
    if connection.is_autocommit() {
        return result;
    }
    let closed = if result.is_err() {
        connection.execute_batch("ROLLBACK TO job; RELEASE job")
    } else {
        connection
            .prepare_cached("RELEASE job")
            .and_then(|mut release| release.execute([]).map(drop))
    };
    closed.or_else(|error| {
        // Nobody knows what the transaction holds now, so that nothing of it may be committed.
        tracing::error!(%error, "a savepoint could not be closed");
        connection.execute_batch("ROLLBACK")
    })?;
    result
}
