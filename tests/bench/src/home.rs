//! Data directories of Bellhop: 32 endpoints each, made by the program itself.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bellhop_core::provider::Provider;
use rusqlite::{Connection, OpenFlags};

use crate::calls::{ENDPOINTS, SECRET, provider_of};

/// How long to wait for the worker before its progress is given up on.
const PATIENCE: Duration = Duration::from_secs(600);

/// A data directory and its endpoints' addresses.
pub(crate) struct Home {
    pub(crate) data_dir: PathBuf,
    pub(crate) paths: Vec<String>,
}

impl Home {
    /// A new data directory with its endpoints.
    pub(crate) fn furnish(bellhop: &Path, data_dir: &Path) -> Result<Home> {
        let mut paths = Vec::with_capacity(ENDPOINTS);
        for endpoint in 0..ENDPOINTS {
            paths.push(add_endpoint(bellhop, data_dir, provider_of(endpoint))?);
        }
        // Into the one file that is copied.
        Connection::open(data_dir.join("bellhop.db"))?
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(Home {
            data_dir: data_dir.to_owned(),
            paths,
        })
    }

    /// A data directory that [`Home::furnish`] made in an earlier run.
    pub(crate) fn known(data_dir: &Path) -> Result<Home> {
        let connection = Connection::open(data_dir.join("bellhop.db"))?;
        let mut statement =
            connection.prepare("SELECT '/hooks/' || token FROM endpoint ORDER BY id")?;
        let paths = statement.query_map([], |row| row.get(0))?;
        Ok(Home {
            data_dir: data_dir.to_owned(),
            paths: paths.collect::<rusqlite::Result<_>>()?,
        })
    }

    /// The same in another place.
    pub(crate) fn copy(&self, data_dir: &Path) -> Result<Home> {
        fs::create_dir_all(data_dir)?;
        for file in ["bellhop.db", "secrets.json"] {
            fs::copy(self.data_dir.join(file), data_dir.join(file))?;
        }
        Ok(Home {
            data_dir: data_dir.to_owned(),
            paths: self.paths.clone(),
        })
    }

    /// `bellhop serve` on this data directory.
    pub(crate) fn serve(&self, bellhop: &Path, listen: SocketAddr) -> Command {
        let mut command = program(bellhop, &self.data_dir);
        command.args(["serve", "--listen", &listen.to_string()]);
        command
    }

    /// How many calls are stored and how many of them wait for the worker.
    pub(crate) fn counts(&self) -> Result<Counts> {
        let connection = self.look()?;
        let count = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        Ok(Counts {
            stored: count("SELECT count(*) FROM delivery")?,
            waiting: count("SELECT count(*) FROM delivery WHERE state = 'pending'")?,
            events: count("SELECT count(*) FROM event")?,
        })
    }

    /// Waits until the worker has nothing left to do, and gives how long that was.
    pub(crate) fn wait_for_worker(&self) -> Result<Duration> {
        let began = Instant::now();
        let connection = self.look()?;
        let mut statement =
            connection.prepare("SELECT EXISTS (SELECT 1 FROM delivery WHERE state = 'pending')")?;
        while statement.query_row([], |row| row.get::<_, bool>(0))? {
            if began.elapsed() > PATIENCE {
                bail!("the worker does not come to an end");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(began.elapsed())
    }

    fn look(&self) -> Result<Connection> {
        let connection = Connection::open_with_flags(
            self.data_dir.join("bellhop.db"),
            OpenFlags::SQLITE_OPEN_READ_ONLY,
        )?;
        connection.busy_timeout(Duration::from_secs(10))?;
        Ok(connection)
    }
}

/// What a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) stored: i64,
    pub(crate) waiting: i64,
    pub(crate) events: i64,
}

fn program(bellhop: &Path, data_dir: &Path) -> Command {
    let mut command = Command::new(bellhop);
    command
        .arg("--data-dir")
        .arg(data_dir)
        .arg("--json")
        // No keychain: the same on every machine.
        .env("BELLHOP_SECRETS", "file");
    command
}

/// Adds an endpoint with [`SECRET`] and gives the path of its address.
fn add_endpoint(bellhop: &Path, data_dir: &Path, provider: Provider) -> Result<String> {
    let mut child = program(bellhop, data_dir)
        .args(["endpoint", "add", provider.as_str(), "--secret-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child
        .stdin
        .take()
        .context("no standard input")?
        .write_all(SECRET.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("no endpoint could be added");
    }
    let added: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let path = added["path"]
        .as_str()
        .context("an endpoint without a path")?;
    Ok(path.to_owned())
}
