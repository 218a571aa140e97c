//! Servers that do less than Bellhop, to tell what the machine and the ground it stands on can do.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use clap::{Args, ValueEnum};
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::Connection;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::calls::SECRET;

/// Which server to be, and where.
#[derive(Args)]
pub(crate) struct Options {
    kind: Kind,
    #[arg(long)]
    listen: SocketAddr,
    /// Where the database goes.
    #[arg(long)]
    data_dir: PathBuf,
}

/// What a reference does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Reads the body.
    Bare,
    /// Verifies it and stores it; what waits together is committed together.
    Grouped,
    /// Verifies it and stores it; each call has a commit of its own.
    Single,
}

/// As many calls as Bellhop commits together.
const BATCH: usize = 512;

pub(crate) fn serve(options: &Options) -> Result<()> {
    let router = match options.kind {
        Kind::Bare => Router::new().route("/hooks/{token}", post(async |_: Bytes| StatusCode::OK)),
        Kind::Grouped => storing(&options.data_dir, BATCH)?,
        Kind::Single => storing(&options.data_dir, 1)?,
    };
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = TcpListener::bind(options.listen).await?;
        Ok(axum::serve(listener, router).await?)
    })
}

struct Job {
    body: Bytes,
    done: oneshot::Sender<bool>,
}

fn storing(data_dir: &Path, batch: usize) -> Result<Router> {
    let connection = Connection::open(data_dir.join("reference.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS call (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
    )?;
    let (jobs, waiting) = mpsc::channel();
    std::thread::spawn(move || write(&connection, &waiting, batch));
    Ok(Router::new()
        .route("/hooks/{token}", post(store))
        .with_state(jobs))
}

async fn store(
    State(jobs): State<mpsc::Sender<Job>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if !is_genuine(&headers, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    let (done, stored) = oneshot::channel();
    if jobs.send(Job { body, done }).is_ok() && stored.await == Ok(true) {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

fn is_genuine(headers: &HeaderMap, body: &[u8]) -> bool {
    let signature = headers
        .get("x-bookora-signature")
        .or_else(|| headers.get("x-webkasa-signature"))
        .and_then(|value| value.to_str().ok())
        .map(|value| value.trim_start_matches("sha256="))
        .and_then(|digits| hex::decode(digits).ok());
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).ok();
    match (mac, signature) {
        (Some(mac), Some(signature)) => mac.chain_update(body).verify_slice(&signature).is_ok(),
        _ => false,
    }
}

fn write(connection: &Connection, waiting: &mpsc::Receiver<Job>, batch: usize) {
    while let Ok(first) = waiting.recv() {
        let mut replies = Vec::new();
        let rest = waiting.try_iter().take(batch - 1);
        let stored = commit(connection, std::iter::once(first).chain(rest), &mut replies).is_ok();
        for reply in replies {
            let _ = reply.send(stored);
        }
    }
}

fn commit(
    connection: &Connection,
    jobs: impl Iterator<Item = Job>,
    replies: &mut Vec<oneshot::Sender<bool>>,
) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let mut insert = connection.prepare_cached("INSERT INTO call (body) VALUES (?1)")?;
    for job in jobs {
        insert.execute([&job.body[..]])?;
        replies.push(job.done);
    }
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(())
}
