//! Whether the data are whole, have room, and are for the person alone.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use bellhop_engine::Engine;
use bellhop_engine::store::deliveries::{self, Backlog};
use bellhop_engine::store::{DATABASE, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::Check;
use crate::output::local;

/// Below this much free space, in bytes, a person should make room.
const LITTLE_ROOM: u64 = 500_000_000;

/// Below this much, the next busy day may fill the disk.
const NO_ROOM: u64 = 50_000_000;

/// A journal of this size, in bytes, is not being written back.
const LARGE_JOURNAL: u64 = 256_000_000;

/// How far apart two clocks may be that were set by the same means.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_secs(120);

/// How long a call may wait for the worker before something is wrong with it.
const BACKLOG_PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// What is looked at where the database is open.
pub(super) async fn of_open(engine: &Engine, runs: bool) -> Vec<Check> {
    let data_dir = &engine.data_dir;
    let backlog = engine.store.read(deliveries::backlog).await;
    vec![
        Check::passed("data", data_dir.display().to_string()),
        integrity(engine).await,
        permissions(data_dir),
        disk(data_dir),
        size(data_dir),
        clock(data_dir, backlog.as_ref().ok()),
        waiting(backlog.as_ref(), runs),
        set_aside(backlog.as_ref()),
    ]
}

/// What is looked at where it is refused.
pub(super) fn of_closed(data_dir: &Path, error: &StoreError) -> Vec<Check> {
    let unseen = |name| Check::skipped(name, "the data cannot be opened");
    vec![
        Check::failed("data", error.to_string()),
        unseen("integrity"),
        permissions(data_dir),
        disk(data_dir),
        size(data_dir),
        clock(data_dir, None),
        unseen("waiting"),
        unseen("set_aside"),
    ]
}

async fn integrity(engine: &Engine) -> Check {
    let advice = "Quit Bellhop, keep a copy of the data directory, and put a backup back with \"bellhop restore FILE\"";
    match engine.store.flaw().await {
        Ok(None) => Check::passed("integrity", "every page and every reference is whole"),
        Ok(Some(flaw)) => Check::failed(
            "integrity",
            format!("the database is damaged ({flaw}). {advice}"),
        ),
        Err(StoreError::Damaged) => {
            Check::failed("integrity", format!("the database is damaged. {advice}"))
        }
        Err(error) => Check::failed("integrity", error.to_string()),
    }
}

#[cfg(unix)]
fn permissions(data_dir: &Path) -> Check {
    use std::os::unix::fs::PermissionsExt as _;
    let is_open =
        |path: &Path| fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    let mut open: Vec<String> = fs::read_dir(data_dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| is_our_file(&entry.file_name().to_string_lossy()) && is_open(&entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    open.sort();
    if !open.is_empty() {
        let names = open.join(", ");
        return Check::failed(
            "permissions",
            format!(
                "other users of this computer can read {names}. Close it to them: chmod 600, in {}",
                data_dir.display()
            ),
        );
    }
    match is_open(data_dir) {
        true => Check::warning(
            "permissions",
            format!(
                "other users can see which files there are, though not what is in them. To close the directory: chmod 700 {}",
                data_dir.display()
            ),
        ),
        false => Check::passed("permissions", "only you can read the data"),
    }
}

#[cfg(not(unix))]
fn permissions(_: &Path) -> Check {
    Check::skipped("permissions", "this system keeps them in another way")
}

/// The person may keep other files in the directory, which are theirs to open to others.
fn is_our_file(name: &str) -> bool {
    ["bellhop", "secrets.", "receiver.", "reachable."]
        .iter()
        .any(|ours| name.starts_with(ours))
}

fn disk(data_dir: &Path) -> Check {
    let free = match fs4::available_space(data_dir) {
        Ok(free) => free,
        Err(error) => {
            return Check::failed("disk", format!("its free space cannot be told: {error}"));
        }
    };
    let said = format!("{} are free", megabytes(free));
    match free {
        _ if free < NO_ROOM => Check::failed(
            "disk",
            format!(
                "{said}. Make room: calls that cannot be stored are sent back to their booking systems, and some give up soon"
            ),
        ),
        _ if free < LITTLE_ROOM => Check::warning("disk", format!("{said}. Make room soon")),
        _ => Check::passed("disk", said),
    }
}

fn size(data_dir: &Path) -> Check {
    let of = |name: &str| fs::metadata(data_dir.join(name)).map_or(0, |found| found.len());
    let (database, journal) = (of(DATABASE), of(&format!("{DATABASE}-wal")));
    let said = format!(
        "the database has {}, its journal {}",
        megabytes(database),
        megabytes(journal)
    );
    match journal > LARGE_JOURNAL {
        true => Check::warning(
            "size",
            format!(
                "{said}: something reads for a long time and keeps it from being written back. Restart Bellhop"
            ),
        ),
        false => Check::passed("size", said),
    }
}

/// Looks for a moment that has been and lies ahead. No clock outside is asked: that would tell somebody that we are here.
fn clock(data_dir: &Path, backlog: Option<&Backlog>) -> Check {
    let now = Timestamp::now();
    let written = [DATABASE.to_owned(), format!("{DATABASE}-wal")];
    let written = written
        .iter()
        .filter_map(|name| fs::metadata(data_dir.join(name)).ok()?.modified().ok())
        .filter_map(|at: SystemTime| Timestamp::try_from(at).ok())
        .max();
    let received = backlog.and_then(|backlog| backlog.newest_received_at);
    let ahead = [
        (received, "the newest call came"),
        (written, "the database was written"),
    ]
    .into_iter()
    .filter_map(|(at, what)| Some((at?, what)))
    .find(|(at, _)| at.duration_since(now) > CLOCK_SLACK);
    match ahead {
        Some((at, what)) => Check::failed(
            "clock",
            format!(
                "it was set back, or was ahead before: {what} at {}, and now it is {}. Set this computer's clock",
                local(at),
                local(now)
            ),
        ),
        None => Check::passed(
            "clock",
            format!("it is {}, after everything that is stored", local(now)),
        ),
    }
}

fn waiting(backlog: Result<&Backlog, &StoreError>, runs: bool) -> Check {
    let backlog = match backlog {
        Ok(backlog) => backlog,
        Err(error) => return Check::failed("waiting", error.to_string()),
    };
    let Some(oldest) = backlog.oldest_waiting_at.filter(|_| backlog.waiting > 0) else {
        return Check::passed("waiting", "every stored call has been read");
    };
    let said = format!(
        "{} stored calls wait to be read, the oldest since {}",
        backlog.waiting,
        local(oldest)
    );
    match (
        runs,
        Timestamp::now().duration_since(oldest) > BACKLOG_PATIENCE,
    ) {
        (true, true) => Check::failed(
            "waiting",
            format!("{said}. Restart Bellhop; its log says what keeps it"),
        ),
        (true, false) => Check::passed("waiting", said),
        (false, _) => Check::warning(
            "waiting",
            format!("{said}. They are read once Bellhop runs"),
        ),
    }
}

fn set_aside(backlog: Result<&Backlog, &StoreError>) -> Check {
    match backlog {
        Ok(Backlog { set_aside: 0, .. }) => Check::passed("set_aside", "no call was set aside"),
        Ok(backlog) => Check::warning(
            "set_aside",
            format!(
                "{} calls could not be read and are kept as they came: \"bellhop delivery list\" shows them, \"bellhop delivery replay ID\" tries again",
                backlog.set_aside
            ),
        ),
        Err(error) => Check::failed("set_aside", error.to_string()),
    }
}

fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}
