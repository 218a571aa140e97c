//! From the tunnel's streams straight into the receiver: no second port, no second hop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ngrok::EndpointConn;
use ngrok::conn::ConnInfo as _;
use ngrok::tunnel::{AcceptError, HttpTunnel};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::door::Doorman;

/// Calls that the receiver works on at once. The crate's session dies at 512 streams, so the rest
/// must be answered rather than left to wait for long.
const AT_ONCE: usize = 256;
/// How long a call waits for its turn before the caller is told to come back.
const TURN: Duration = Duration::from_secs(10);
/// How long one call may take in all. Booking systems give up earlier.
const WHOLE: Duration = Duration::from_secs(30);
/// How long a caller may take for its headers, and a connection may stay without a call. A stream
/// that is held open for nothing is one of the 512.
const HEADERS: Duration = Duration::from_secs(15);

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

/// The calls of one session.
#[derive(Clone, Default)]
pub(super) struct Calls {
    tasks: TaskTracker,
    /// No call after the present one, on every connection.
    last: CancellationToken,
    /// No time for the present ones either.
    stop: CancellationToken,
}

impl Calls {
    /// Lets the calls under way finish, for as long as `limit`.
    pub(super) async fn finish(&self, limit: Duration) {
        self.last.cancel();
        self.tasks.close();
        let _ = timeout(limit, self.tasks.wait()).await;
    }

    /// Breaks off what is still under way.
    pub(super) fn break_off(&self) {
        self.stop.cancel();
    }
}

/// Serves the streams of one endpoint until the crate says that there will be no more, and returns
/// its reason.
pub(super) async fn streams(
    tunnel: &mut HttpTunnel,
    router: Router,
    calls: Calls,
) -> Option<AcceptError> {
    loop {
        match tunnel.next().await? {
            // Taken at once, even when all places are: a stream that waits here would hold up the
            // whole session, heartbeats included.
            Ok(stream) => {
                let call = connection(stream, router.clone(), calls.last.clone());
                calls
                    .tasks
                    .spawn(calls.stop.clone().run_until_cancelled_owned(call));
            }
            Err(error) => return Some(error),
        }
    }
}

async fn connection(stream: EndpointConn, router: Router, last: CancellationToken) {
    let from = stream.remote_addr();
    let service = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        // Where the service says that the caller is. It cannot be forged by a header.
        request.extensions_mut().insert(ConnectInfo(from));
        hyper::service::Service::call(&service, request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    let served = tokio::select! {
        served = &mut served => served,
        () = last.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a call through the tunnel broke off");
    }
}
