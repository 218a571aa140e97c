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
use rusqlite::{Connection, params};
use serde::Deserialize;
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
    /// Like `Grouped`, with what a promise needs: the headers are stored too, and a call that comes again is known for ever.
    Kept,
}

/// As many calls as Bellhop commits together.
const BATCH: usize = 512;

pub(crate) fn serve(options: &Options) -> Result<()> {
    let router = match options.kind {
        Kind::Bare => Router::new().route("/hooks/{token}", post(async |_: Bytes| StatusCode::OK)),
        Kind::Grouped => storing(&options.data_dir, BATCH, false)?,
        Kind::Single => storing(&options.data_dir, 1, false)?,
        Kind::Kept => storing(&options.data_dir, BATCH, true)?,
    };
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = TcpListener::bind(options.listen).await?;
        Ok(axum::serve(listener, router).await?)
    })
}

/// What (b) stores, and what a promise needs beside it.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS call (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS kept (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, headers BLOB NOT NULL, body BLOB NOT NULL
    ) STRICT";

struct Job {
    kept: Option<Kept>,
    body: Bytes,
    done: oneshot::Sender<bool>,
}

/// What tells a call from every other, and the headers it came with.
struct Kept {
    key: String,
    headers: Vec<u8>,
}

/// The field by which a provider names a call.
#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Clone)]
struct Inbox {
    jobs: mpsc::Sender<Job>,
    keeps: bool,
}

fn storing(data_dir: &Path, batch: usize, keeps: bool) -> Result<Router> {
    let connection = Connection::open(data_dir.join("reference.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(TABLES)?;
    let (jobs, waiting) = mpsc::channel();
    std::thread::spawn(move || write(&connection, &waiting, batch));
    Ok(Router::new()
        .route("/hooks/{token}", post(store))
        .with_state(Inbox { jobs, keeps }))
}

async fn store(State(inbox): State<Inbox>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !is_genuine(&headers, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    let kept = match inbox.keeps.then(|| kept(&headers, &body)).transpose() {
        Ok(kept) => kept,
        Err(_) => return StatusCode::BAD_REQUEST,
    };
    let (done, stored) = oneshot::channel();
    if inbox.jobs.send(Job { kept, body, done }).is_ok() && stored.await == Ok(true) {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

fn kept(headers: &HeaderMap, body: &[u8]) -> serde_json::Result<Kept> {
    let Named { id } = serde_json::from_slice(body)?;
    let mut block = Vec::new();
    for (name, value) in headers {
        block.extend_from_slice(name.as_str().as_bytes());
        block.extend_from_slice(b": ");
        block.extend_from_slice(value.as_bytes());
        block.push(b'\n');
    }
    Ok(Kept {
        key: id,
        headers: block,
    })
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
    let mut keep = connection.prepare_cached(
        "INSERT INTO kept (key, headers, body) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO NOTHING",
    )?;
    for job in jobs {
        match &job.kept {
            None => insert.execute([&job.body[..]])?,
            Some(kept) => keep.execute(params![kept.key, kept.headers, &job.body[..]])?,
        };
        replies.push(job.done);
    }
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(())
}
