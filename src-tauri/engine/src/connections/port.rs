//! Taking connections from a port.

use std::io::ErrorKind;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Connections;

/// Connections to the port at once. Far more than booking systems open, and each costs a few kilobytes; it is half of the
/// open files that a process commonly may have.
const PLACES: usize = 512;

/// How long to wait after the system refused to give us a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// How many connections to the port may be open at once. Never more than half of what this process may have open files,
/// so that the database and the tunnel always find theirs.
pub(crate) fn places() -> usize {
    #[cfg(unix)]
    {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let files = limit.map_or(usize::MAX, |files| {
            usize::try_from(files).unwrap_or(usize::MAX)
        });
        PLACES.min(files / 2).max(1)
    }
    #[cfg(not(unix))]
    PLACES
}

/// Takes connections until `stop`.
pub(crate) async fn take_calls(
    listener: TcpListener,
    router: Router,
    connections: Connections,
    stop: CancellationToken,
) {
    let mut refused = false;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, from)) => {
                refused = false;
                // Answers are small and wait for nothing: with Nagle's algorithm some take 40 ms longer.
                let _ = stream.set_nodelay(true);
                let place = tokio::select! {
                    place = connections.place() => place,
                    () = stop.cancelled() => return,
                };
                connections.serve(stream, from, router.clone(), std::future::ready(place));
            }
            // It went away before we looked.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted
                        | ErrorKind::ConnectionRefused
                        | ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                // Most likely this process may open no more files. A connection that ends gives one back.
                if !std::mem::replace(&mut refused, true) {
                    tracing::warn!(%error, "the system gives us no more connections; the oldest idle ones are closed");
                }
                connections.dismiss_one();
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
