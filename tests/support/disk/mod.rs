//! A disk that can be slowed down, made to fail, and unplugged, below a program that does not know of it.
//!
//! `disk.c` stands between the program and libc, and says there what it can do. [`Journal`] tells what the disk held when
//! the program was killed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

mod journal;

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

pub use journal::{Journal, State, Survival};

/// The disk below one folder.
pub struct Disk {
    folder: PathBuf,
    /// What is not on the disk: the journal and the orders.
    beside: TempDir,
    sync_ms: u32,
    kill_marker: Option<&'static str>,
}

impl Disk {
    /// The disk that holds `folder`.
    pub fn below(folder: &Path) -> Disk {
        let disk = Disk {
            folder: folder.canonicalize().unwrap(),
            beside: TempDir::new().unwrap(),
            sync_ms: 0,
            kill_marker: None,
        };
        fs::write(disk.control(), "").unwrap();
        disk
    }

    /// Each sync takes so many milliseconds more.
    pub fn slower_by(self, sync_ms: u32) -> Disk {
        Disk { sync_ms, ..self }
    }

    /// The program dies as it is about to write `marker`.
    pub fn deadly_at(self, marker: &'static str) -> Disk {
        let kill_marker = Some(marker);
        Disk {
            kill_marker,
            ..self
        }
    }

    /// Puts this disk below a program, and notes what it does from now on.
    pub fn put_below(&self, mut command: Command) -> Command {
        command
            .env("LD_PRELOAD", library())
            .env("DISK_FOLDER", &self.folder)
            .env("DISK_SYNC_MS", self.sync_ms.to_string())
            .env("DISK_JOURNAL", self.journal_file())
            .env("DISK_CONTROL", self.control());
        if let Some(marker) = self.kill_marker {
            command.env("DISK_KILL_MARKER", marker);
        }
        command
    }

    /// Gives an order, such as `sync EIO`. The empty one lets everything succeed again.
    pub fn order(&self, order: &str) {
        let file = fs::OpenOptions::new()
            .write(true)
            .open(self.control())
            .unwrap();
        // One write of a fixed length, so that the program never reads half an order.
        file.write_all_at(format!("{order:<64}").as_bytes(), 0)
            .unwrap();
    }

    /// All that was done on the disk.
    pub fn journal(&self) -> Journal {
        Journal::read(&self.journal_file(), &self.folder)
    }

    fn journal_file(&self) -> PathBuf {
        self.beside.path().join("journal")
    }

    /// The file that holds the order.
    pub fn control(&self) -> PathBuf {
        self.beside.path().join("control")
    }
}

/// `disk.c`, compiled once for each run of the tests.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/support/disk/disk.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let own = folder.join(format!("libdisk.{}.so", std::process::id()));
        let compiled = Command::new("cc")
            .args([
                "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o",
            ])
            .args([&own, &source])
            .status()
            .unwrap();
        assert!(compiled.success(), "disk.c does not compile");
        let library = folder.join("libdisk.so");
        fs::rename(own, &library).unwrap();
        library
    })
}
