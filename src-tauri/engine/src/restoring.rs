//! Putting a backup back in the place of the data that are there.
//!
//! Everything is made ready in a folder of its own and checked there. Then one rename puts it in place, so that whatever
//! ends the program leaves the old data or the new. Nobody else can have the data open meanwhile.

mod places;
mod replaced;
mod source;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::instance;
use crate::store::backup::{self, Content, sync_directory};
use crate::store::endpoints::Endpoint;
use crate::store::lock::DataLock;
use crate::store::{DATABASE, StoreError, directory, endpoints, gaps, settings};

use places::{BackedUp, Places};
use replaced::{Replaced, keep_aside};

/// How long to wait for a command that is at work on the data.
const PATIENCE: Duration = Duration::from_secs(3);

/// Data that were restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What is in them.
    pub content: Content,
    /// Where the data that they replaced are now. `None` where there were none.
    pub kept_aside: Option<PathBuf>,
    /// Endpoints with a secret that is not on this computer.
    pub without_secret: Vec<Endpoint>,
}

/// Why nothing was restored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A receiver runs.
    #[error(
        "Bellhop takes calls on {data_dir} (process {pid}). Quit it, restore, then start it again. Nothing was changed."
    )]
    Running {
        /// The data directory.
        data_dir: PathBuf,
        /// The receiver's process.
        pid: u32,
    },
    /// Something else has the data open.
    #[error(
        "Another program has the data in {0} open. Close it, then try again. Nothing was changed."
    )]
    InUse(PathBuf),
    /// The file cannot be read.
    #[error("{file} cannot be read: {cause}. Nothing was changed.")]
    Unreadable {
        /// The backup.
        file: PathBuf,
        /// Why.
        cause: String,
    },
    /// The file is something else.
    #[error(
        "{0} is no backup of Bellhop. Choose a file that \"bellhop backup\" made. Nothing was changed."
    )]
    NoBackup(PathBuf),
    /// The file was written by a newer version.
    #[error(
        "{0} was written by a newer version of Bellhop. Install that version, then restore. Nothing was changed."
    )]
    Newer(PathBuf),
    /// The file is broken.
    #[error("{file} is damaged ({flaw}). Choose another backup. Nothing was changed.")]
    Damaged {
        /// The backup.
        file: PathBuf,
        /// What SQLite finds wrong with it.
        flaw: String,
    },
    /// The file is what it would replace.
    #[error("{0} is the data themselves, not a backup of them. Nothing was changed.")]
    Itself(PathBuf),
    /// The data directory cannot be written.
    #[error("The backup cannot be put into {data_dir}: {cause}. The data are as they were.")]
    Place {
        /// The data directory.
        data_dir: PathBuf,
        /// Why.
        cause: String,
    },
    /// The data directory is refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts the backup `file` in the place of the data in `data_dir`, and keeps those aside in one file.
///
/// A secret is in no backup. Those that this computer still has for the endpoints of the backup go on working.
///
/// # Errors
///
/// Fails, and changes nothing, where the file is no whole backup that this version can read, where a receiver runs, or
/// where the directory cannot be written.
pub async fn restore(data_dir: &Path, file: &Path) -> Result<Restored, RestoreError> {
    directory::look_at(data_dir)?;
    let (data_dir, file) = (data_dir.to_owned(), file.to_owned());
    let directory = data_dir.clone();
    let (lock, ready) = blocking(move || {
        let lock = alone(&directory)?;
        Ok((lock, Ready::make(&directory, &file)?))
    })
    .await?;
    let places = ready.secrets.settle(&data_dir).await;
    blocking(move || {
        let put = places.and_then(|places| ready.put_in_place(&data_dir, places));
        clean_up(&data_dir);
        drop(lock);
        put
    })
    .await
}

/// What is in a backup, once it is known to be a whole one that this version can read. Changes nothing.
///
/// # Errors
///
/// Fails where [`restore`] would for the same file.
pub async fn look_into(data_dir: &Path, file: &Path) -> Result<Content, RestoreError> {
    let (data_dir, file) = (data_dir.to_owned(), file.to_owned());
    blocking(move || {
        let source = source::open(&data_dir, &file)?;
        source::check(&file, &source)?;
        Ok(backup::content(&source).map_err(StoreError::from)?)
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RestoreError> + Send + 'static,
) -> Result<T, RestoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| StoreError::Panicked)?
}

fn alone(data_dir: &Path) -> Result<DataLock, RestoreError> {
    let lock =
        |patience| DataLock::alone(data_dir, patience).map_err(|error| place(data_dir, &error));
    if let Some(lock) = lock(Duration::ZERO)? {
        return Ok(lock);
    }
    if let Some(running) = instance::running(data_dir) {
        return Err(RestoreError::Running {
            data_dir: data_dir.to_owned(),
            pid: running.pid,
        });
    }
    lock(PATIENCE)?.ok_or_else(|| RestoreError::InUse(data_dir.to_owned()))
}

/// A checked copy of the backup, beside the data that it will replace.
struct Ready {
    copy: PathBuf,
    connection: Connection,
    secrets: BackedUp,
    here: Replaced,
}

impl Ready {
    fn make(data_dir: &Path, file: &Path) -> Result<Ready, RestoreError> {
        let source = source::open(data_dir, file)?;
        let folder = directory::unfinished(data_dir).map_err(|error| place(data_dir, &error))?;
        let copy = folder.join(DATABASE);
        let ready = || {
            let connection = source::copy_checked(data_dir, file, &source, &copy)?;
            let here = Replaced::read(data_dir);
            let secrets = BackedUp {
                profile: settings::get(&connection, settings::PROFILE)?,
                here: here.profile.clone(),
                endpoints: endpoints::all(&connection)?,
            };
            Ok(Ready {
                copy,
                connection,
                secrets,
                here,
            })
        };
        ready().inspect_err(|_| clean_up(data_dir))
    }

    fn put_in_place(self, data_dir: &Path, places: Places) -> Result<Restored, RestoreError> {
        let failed = |error: io::Error| place(data_dir, &error);
        self.note(&places)?;
        let content = backup::content(&self.connection).map_err(StoreError::from)?;
        self.connection
            .close()
            .map_err(|(_, error)| StoreError::from(error))?;
        File::open(&self.copy)
            .and_then(|file| file.sync_all())
            .map_err(failed)?;
        let kept_aside = keep_aside(data_dir, &self.copy.with_extension("old"))?;
        fs::rename(&self.copy, data_dir.join(DATABASE)).map_err(failed)?;
        sync_directory(data_dir).map_err(failed)?;
        Ok(Restored {
            content,
            kept_aside,
            without_secret: places.without,
        })
    }

    /// Notes in the restored data where their secrets are.
    fn note(&self, places: &Places) -> Result<(), StoreError> {
        match &places.profile {
            Some(profile) => settings::set(&self.connection, settings::PROFILE, Some(profile))?,
            // A number that a secret has had since the backup is not given to another one: its value is still kept.
            None => drop(self.connection.execute(
                "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'secret'",
                [self.here.last_secret],
            )?),
        }
        // They know nothing of the time since, so it is no crash that the receiver of those days is gone.
        gaps::forget_sign(&self.connection)?;
        for (id, keeper) in &places.kept_in {
            self.connection.execute(
                "UPDATE secret SET kept_in = ?2 WHERE id = ?1",
                params![id, keeper.as_str()],
            )?;
        }
        Ok(())
    }
}

fn clean_up(data_dir: &Path) {
    if let Err(error) = directory::remove_unfinished(data_dir) {
        tracing::debug!(%error, "unfinished files stay until the next start");
    }
}

fn place(data_dir: &Path, error: &io::Error) -> RestoreError {
    RestoreError::Place {
        data_dir: data_dir.to_owned(),
        cause: match error.kind() {
            io::ErrorKind::StorageFull => "the disk is full".to_owned(),
            _ => error.to_string(),
        },
    }
}
