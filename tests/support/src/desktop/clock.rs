//! A clock on the wall that a test sets, for the real program.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// What a program takes for the time of day, through libfaketime beneath it and all that it starts.
///
/// It goes on by itself. The clock that counts since the computer's start is left alone, so [`Clock::forward`] is what a
/// program meets after sleep: the time of day has moved on, and its own timers have not.
#[derive(Debug)]
pub struct Clock {
    library: String,
    file: PathBuf,
    offset: Mutex<SignedDuration>,
    _folder: TempDir,
}

impl Clock {
    /// A clock that shows this moment now.
    ///
    /// # Errors
    /// When libfaketime is not installed (`cargo xtask test` installs it).
    pub fn at(moment: Timestamp) -> Result<Self> {
        let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
            .iter()
            .map(|folder| Path::new(folder).join("faketime/libfaketimeMT.so.1"))
            .find(|library| library.exists())
            .context("the package faketime is not installed; `cargo xtask test` installs it")?;
        let folder = TempDir::with_prefix("bellhop-clock-").context("no place for a clock")?;
        let clock = Self {
            library: library.to_string_lossy().into_owned(),
            file: folder.path().join("offset"),
            offset: Mutex::default(),
            _folder: folder,
        };
        clock.set(moment)?;
        Ok(clock)
    }

    /// From now on it shows this moment.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn set(&self, moment: Timestamp) -> Result<()> {
        self.set_offset(moment.duration_since(Timestamp::now()))
    }

    /// It jumps forward, as it does while a computer sleeps.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn forward(&self, by: SignedDuration) -> Result<()> {
        self.set_offset(self.offset() + by)
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + self.offset()
    }

    /// What the environment of a program says so that it goes by this clock: for
    /// [`ProgramOptions::variables`](super::ProgramOptions::variables).
    #[must_use]
    pub fn variables(&self) -> Vec<(&str, &str)> {
        vec![
            ("LD_PRELOAD", &self.library),
            (
                "FAKETIME_TIMESTAMP_FILE",
                self.file.to_str().unwrap_or_default(),
            ),
            ("FAKETIME_NO_CACHE", "1"),
            // Its name in the versions of Debian 12 and of today.
            ("DONT_FAKE_MONOTONIC", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("NO_FAKE_STAT", "1"),
        ]
    }

    fn offset(&self) -> SignedDuration {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_offset(&self, offset: SignedDuration) -> Result<()> {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner) = offset;
        // Programs read it at any moment: it is there as a whole or not yet.
        let next = self.file.with_extension("next");
        fs::write(&next, format!("{:+.3}", offset.as_secs_f64()))
            .and_then(|()| fs::rename(&next, &self.file))
            .context("the clock cannot be set")
    }
}
