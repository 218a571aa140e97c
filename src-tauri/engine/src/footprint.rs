//! What the data take on the disk, and what is in them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Engine;
use crate::store::backup::{self, Content};
use crate::store::{DATABASE, Result, StoreError};

/// What the data take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// Bytes of the database.
    pub database: u64,
    /// Bytes of its journal, which SQLite brings into the database from time to time.
    pub journal: u64,
    /// Databases beside it: those that a restore replaced, and copies made before an update.
    pub copies: Vec<KeptCopy>,
    /// What is in the database.
    pub content: Content,
}

/// Another database in the data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCopy {
    /// The file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
}

impl Engine {
    /// What the data take now.
    ///
    /// # Errors
    ///
    /// Fails where the store does, or the data directory cannot be read.
    pub async fn footprint(&self) -> Result<Footprint> {
        let data_dir = self.data_dir.clone();
        self.store
            .read(move |connection| {
                let content = backup::content(connection)?;
                Ok(Footprint {
                    database: size(&data_dir.join(DATABASE)),
                    journal: size(&data_dir.join(format!("{DATABASE}-wal"))),
                    copies: copies(&data_dir)?,
                    content,
                })
            })
            .await
    }
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |found| found.len())
}

fn copies(data_dir: &Path) -> Result<Vec<KeptCopy>> {
    let entries = fs::read_dir(data_dir).map_err(|error| StoreError::Open {
        path: data_dir.to_owned(),
        cause: error.to_string(),
    })?;
    let mut copies: Vec<KeptCopy> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "db"))
        .filter(|path| path.file_name().is_some_and(|name| name != DATABASE))
        .map(|file| KeptCopy {
            bytes: size(&file),
            file,
        })
        .collect();
    copies.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(copies)
}
