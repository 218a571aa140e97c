//! The disk below the databases: how long its syncs take, and how to make them longer.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};
use hdrhistogram::Histogram;
use serde::Serialize;

/// A page of SQLite's.
const PAGE: usize = 4_096;

/// Syncs that are measured of each kind.
const SYNCS: u64 = 300;

/// Half the syncs of one page took no longer, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct SyncLatency {
    /// Where the page was in the file before.
    pub(crate) overwriting_ms: f64,
    /// Where it made the file longer.
    pub(crate) appending_ms: f64,
}

pub(crate) fn sync_latency(folder: &Path) -> Result<SyncLatency> {
    let file = File::create(folder.join("sync"))?;
    Ok(SyncLatency {
        appending_ms: median(&file)?,
        overwriting_ms: median(&file)?,
    })
}

/// Writes the same pages in turn, and syncs after each.
fn median(file: &File) -> Result<f64> {
    let mut histogram = Histogram::<u64>::new(3)?;
    for page in 0..SYNCS {
        let began = Instant::now();
        file.write_all_at(&[7; PAGE], page * PAGE as u64)?;
        file.sync_data()?;
        histogram.record(u64::try_from(began.elapsed().as_nanos())?)?;
    }
    Ok(histogram.value_at_quantile(0.5) as f64 / 1e6)
}

/// A library that makes syncs slower below a program that does not know of it.
pub(crate) struct SlowDisk {
    library: PathBuf,
    delay_ms: u32,
}

/// The library's source, which the tests of power cuts use too. It describes itself.
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../support/disk/disk.c");

impl SlowDisk {
    /// Compiles the library, unless it is not wanted.
    pub(crate) fn with_delay(delay_ms: u32, folder: &Path) -> Result<Option<SlowDisk>> {
        if delay_ms == 0 || !Path::new(SOURCE).exists() {
            return Ok(None);
        }
        let library = folder.join("libdisk.so");
        let compiled = Command::new("cc")
            .args(["-O2", "-shared", "-fPIC", "-o"])
            .args([&library, Path::new(SOURCE)])
            .status()?;
        ensure!(compiled.success(), "{SOURCE} does not compile");
        Ok(Some(SlowDisk { library, delay_ms }))
    }

    pub(crate) fn put_below(&self, command: &mut Command, folder: &Path) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("DISK_FOLDER", folder)
            .env("DISK_SYNC_MS", self.delay_ms.to_string());
    }
}
