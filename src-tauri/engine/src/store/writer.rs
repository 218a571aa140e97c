//! The one thread that writes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::known::{Known, KnownEndpoints};
use super::lock::DataLock;
use super::queue::{BATCH, Closes, Job, Queue, Reply, Taken};
use super::{Result, StoreError};

/// What becomes of a job.
pub(crate) struct Outcome<T>(oneshot::Receiver<Result<T>>);

impl<T> Outcome<T> {
    /// Ends when the job has been committed, or has failed.
    pub(crate) async fn committed(self) -> Result<T> {
        self.0.await.unwrap_or(Err(StoreError::Closed))
    }
}

pub(super) struct Writer {
    queue: Arc<Queue>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the writer tells everybody.
#[derive(Default)]
struct Shared {
    /// Changes whenever another process has written.
    others: watch::Sender<i64>,
    known: KnownEndpoints,
}

impl Writer {
    /// Starts it. `lock` is held until the connection is closed.
    pub(super) fn start(connection: Connection, lock: Arc<DataLock>) -> Writer {
        let queue = Arc::new(Queue::default());
        let shared = Arc::new(Shared::default());
        look_for_others(&connection, &shared);
        let closes = Closes(Arc::clone(&queue));
        let of_writer = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                run(&connection, &closes.0, &of_writer);
                drop(connection);
                drop(lock);
            })
            .map_err(|error| tracing::error!(%error, "the store's writer could not start"))
            .ok();
        Writer {
            queue,
            shared,
            thread,
        }
    }

    /// Queues `work`, of which nothing remains if it fails.
    pub(super) fn queue<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<Outcome<T>> {
        let shared = Arc::clone(&self.shared);
        let (job, outcome) = job(
            |connection| in_savepoint(connection, work),
            // Before its sender hears of it, lest a later call is checked with what was before.
            move || shared.known.forget(),
        );
        self.queue.push(job)?;
        Ok(outcome)
    }

    /// Queues `work` that stores a call to an endpoint, unless that has changed. If `work` fails, what it did may remain:
    /// a savepoint would cost a copy of every page that it changes.
    pub(super) fn queue_call<T: Send + 'static>(
        &self,
        known: Known,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<Outcome<T>> {
        let shared = Arc::clone(&self.shared);
        let (job, outcome) = job(
            move |connection| {
                shared.known.ensure_current(connection, &known)?;
                caught(connection, work)
            },
            || {},
        );
        self.queue.push(job)?;
        Ok(outcome)
    }

    /// Like [`Writer::queue`], behind everything that somebody waits for. `work` changes no endpoint. It has a transaction
    /// of its own, since in a savepoint the search index would write a part of its own for each.
    pub(super) fn queue_patiently<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<Outcome<T>> {
        let (job, outcome) = job(|connection| or_nothing(connection, work), || {});
        self.queue.push_patient(job)?;
        Ok(outcome)
    }

    pub(super) fn somebody_waits(&self) -> impl Fn() -> bool + Send + use<> {
        let queue = Arc::clone(&self.queue);
        move || queue.has_urgent()
    }

    pub(super) fn is_calm(&self) -> bool {
        self.queue.is_calm()
    }

    pub(super) fn known(&self) -> &KnownEndpoints {
        &self.shared.known
    }

    /// A number that changes whenever another process has written.
    pub(super) fn others(&self) -> watch::Receiver<i64> {
        self.shared.others.subscribe()
    }
}

impl Drop for Writer {
    /// Waits for the thread, so that a program does not end before the database is closed and its journal written back.
    fn drop(&mut self) {
        self.queue.close();
        // The last one to let go of the store may be a job of the thread itself.
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer ended in a way that nobody foresaw");
        }
    }
}

fn job<T: Send + 'static>(
    work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    committed: impl FnOnce() + Send + 'static,
) -> (Job, Outcome<T>) {
    let (done, outcome) = oneshot::channel();
    let job: Job = Box::new(move |connection| {
        let result = connection.and_then(work);
        Box::new(move |commit| {
            committed();
            // A sender that no longer waits has gone away; its write stands all the same.
            let _ = done.send(result.and_then(|value| commit.map(|()| value)));
        })
    });
    (job, Outcome(outcome))
}

fn run(connection: &Connection, queue: &Queue, shared: &Shared) {
    let mut replies = Vec::new();
    while let Some(taken) = queue.take() {
        match taken {
            Taken::Nothing => look_for_others(connection, shared),
            Taken::Urgent(jobs) => {
                let together = commit_together(connection, queue, shared, jobs, &mut replies);
                queue.did_urgent(together);
            }
            Taken::Patient(job) => {
                let began = Instant::now();
                let together = commit_together(connection, queue, shared, [job], &mut replies);
                queue.did_patient(began.elapsed());
                if together > 1 {
                    queue.did_urgent(together - 1);
                }
            }
        }
    }
}

fn look_for_others(connection: &Connection, shared: &Shared) {
    let version = connection
        .prepare_cached("PRAGMA data_version")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)));
    match version {
        Ok(version) => {
            let changed = |known: &mut i64| std::mem::replace(known, version) != version;
            if shared.others.send_if_modified(changed) {
                shared.known.forget();
            }
        }
        Err(error) => tracing::debug!(%error, "could not look for what others wrote"),
    }
}

/// Does all these jobs, and those of callers who come meanwhile, in one commit. Gives how many there were.
fn commit_together(
    connection: &Connection,
    queue: &Queue,
    shared: &Shared,
    jobs: impl IntoIterator<Item = Job>,
    replies: &mut Vec<Reply>,
) -> usize {
    let begun = execute(connection, "BEGIN IMMEDIATE");
    match &begun {
        // Nobody else can write now, so what is remembered after this is what the database holds.
        Ok(()) => look_for_others(connection, shared),
        Err(error) => {
            tracing::error!(%error, "the store cannot be written");
            // These came while the lock was waited for. Waiting for it once more would be too long for their callers.
            let late = queue.take_urgent(usize::MAX).into_iter();
            replies.extend(late.map(|job| job(Err(error.clone()))));
        }
    }
    // SQLite rolls a whole transaction back by itself on some failures, a full disk among them. What came before in it is
    // lost then, and what comes after must not begin another one whose commit would be taken for this one's.
    let open = || match &begun {
        Ok(()) if connection.is_autocommit() => Err(rolled_back()),
        Ok(()) => Ok(connection),
        Err(error) => Err(error.clone()),
    };
    replies.extend(jobs.into_iter().map(|job| job(open())));
    while !connection.is_autocommit() && replies.len() < BATCH {
        let late = queue.take_urgent(BATCH - replies.len());
        if late.is_empty() {
            break;
        }
        replies.extend(late.into_iter().map(|job| job(open())));
    }
    let together = replies.len();
    let committed = begun.clone().and_then(|()| commit(connection));
    for reply in replies.drain(..) {
        reply(committed.clone());
    }
    together
}

fn commit(connection: &Connection) -> Result<()> {
    if connection.is_autocommit() {
        return Err(rolled_back());
    }
    execute(connection, "COMMIT").inspect_err(|_| {
        if !connection.is_autocommit()
            && let Err(error) = execute(connection, "ROLLBACK")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
        }
    })
}

fn rolled_back() -> StoreError {
    StoreError::from(rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT),
        Some("the transaction was rolled back".to_owned()),
    ))
}

/// Does the work of a transaction alone, which ends here if it fails.
fn or_nothing<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    let result = caught(connection, work);
    if result.is_err() && !connection.is_autocommit() {
        execute(connection, "ROLLBACK")?;
    }
    result
}

fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    execute(connection, "SAVEPOINT job")?;
    let result = caught(connection, work);
    if connection.is_autocommit() {
        return result;
    }
    let undone = match &result {
        Ok(_) => Ok(()),
        Err(_) => execute(connection, "ROLLBACK TO job"),
    };
    undone
        .and_then(|()| execute(connection, "RELEASE job"))
        .or_else(|error| {
            // Nobody knows what the transaction holds now, so that nothing of it may be committed.
            tracing::error!(%error, "a savepoint could not be closed");
            execute(connection, "ROLLBACK")
        })?;
    result
}

/// Nothing that one job does may end the writer: every later call would be refused.
fn caught<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or(Err(StoreError::Panicked))
}

fn execute(connection: &Connection, sql: &str) -> Result<()> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
