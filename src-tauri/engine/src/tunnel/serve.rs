//! From the tunnel's streams straight into the receiver: no second port, no second hop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use ngrok::conn::ConnInfo as _;
use ngrok::tunnel::{AcceptError, HttpTunnel};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::door::Doorman;
use crate::connections::Connections;

/// Calls that the receiver works on at once. The crate's session dies at 512 streams, so the rest
/// must be answered rather than left to wait for long.
const AT_ONCE: usize = 256;
/// How long a call waits for its turn before the caller is told to come back.
const TURN: Duration = Duration::from_secs(10);
/// How long one call may take in all. Booking systems give up earlier.
const WHOLE: Duration = Duration::from_secs(30);
/// Streams that are served at once. When more are open than this, the one that has kept us waiting
/// the longest is closed, before the 513th ends the session.
const STREAMS: usize = 500;

/// The receiver behind the tunnel's door: probes are answered there, and there is a limit to what
/// comes in at once.
pub(super) fn behind_door(receiver: Router, doorman: &Arc<Doorman>) -> Router {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let limited = Router::new()
        .fallback_service(receiver)
        .layer(from_fn_with_state(places, take_turn));
    doorman.in_front_of(limited)
}

async fn take_turn(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(Ok(_place)) = timeout(TURN, places.acquire()).await else {
        return come_back();
    };
    timeout(WHOLE, next.run(request))
        .await
        .unwrap_or_else(|_| come_back())
}

fn come_back() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, "10")],
    )
        .into_response()
}

/// The streams of one session: as many connections as it bears.
pub(super) fn connections() -> Connections {
    Connections::at_most(STREAMS)
}

/// Serves the streams of one endpoint until the crate says that there will be no more, and returns
/// its reason.
pub(super) async fn streams(
    tunnel: &mut HttpTunnel,
    router: Router,
    connections: Connections,
) -> Option<AcceptError> {
    loop {
        match tunnel.next().await? {
            // Taken at once, even when all places are: a stream that waits here would hold up the
            // whole session, heartbeats included.
            Ok(stream) => {
                // Where the service says that the caller is. It cannot be forged by a header.
                let from = stream.remote_addr();
                let places = connections.clone();
                let place = async move { places.place().await };
                connections.serve(stream, from, router.clone(), place);
            }
            Err(error) => return Some(error),
        }
    }
}
