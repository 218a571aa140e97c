//! How a connection is served, whether it comes to the port or through the tunnel: with a deadline for all that a caller
//! may keep us waiting for, and with a number of places.
//!
//! Where all places are taken, the caller who has kept us waiting the longest has to go, so that no crowd of idle or slow
//! connections can keep a new one out. A caller whose call is being stored is not waiting and keeps its place.

mod port;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use port::{places, take_calls};

/// How long a caller may take for its headers, and a connection may stay without a call.
const HEADERS: Duration = Duration::from_secs(15);

/// The most that the request line and the headers may take together, in bytes. Their number is limited as well, by
/// hyper, to 100.
const HEADERS_SIZE: usize = 16 * 1024;

/// How long a caller may keep us waiting for anything at all, such as for reading our answers. More than its headers and
/// its body may take together.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long, and how far in bytes, we read on after an answer that ended the connection: a caller whose connection were
/// cut instead might never read why.
const FAREWELL: (Duration, u64) = (Duration::from_secs(1), 1024 * 1024);

const TOO_SLOW: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// The connections of a port, or of a session of the tunnel. Clones share them.
#[derive(Clone)]
pub(crate) struct Connections {
    places: Arc<Semaphore>,
    callers: Arc<Mutex<HashMap<u64, Arc<Caller>>>>,
    next: Arc<AtomicU64>,
    /// Somebody has been answered, and keeps us waiting from now on.
    answered: Arc<Notify>,
    tasks: TaskTracker,
    /// No call after the present one, on every connection.
    last: CancellationToken,
    /// No time for the present ones either.
    stop: CancellationToken,
}

impl Connections {
    /// At most so many at once.
    pub(crate) fn at_most(places: usize) -> Connections {
        Connections {
            places: Arc::new(Semaphore::new(places)),
            callers: Arc::default(),
            next: Arc::default(),
            answered: Arc::default(),
            tasks: TaskTracker::new(),
            last: CancellationToken::new(),
            stop: CancellationToken::new(),
        }
    }

    /// A place for one more connection. Waits only while a caller is shown out, or while every caller waits for us.
    pub(crate) async fn place(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
                return place;
            }
            // Before anybody is looked for, lest who is answered just then is not seen.
            let answered = self.answered.notified();
            tokio::pin!(answered);
            answered.as_mut().enable();
            let is_one_leaving = self.dismiss_one();
            tokio::select! {
                Ok(place) = Arc::clone(&self.places).acquire_owned() => return place,
                // Who has been answered may stay for long, and can be shown out now.
                () = answered, if !is_one_leaving => {}
            }
        }
    }

    /// Shows the caller out who has kept us waiting the longest. Says whether there was one.
    pub(crate) fn dismiss_one(&self) -> bool {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let longest = callers
            .iter()
            .filter_map(|(number, caller)| Some((caller.waited_for()?, *number)))
            .max();
        let dismissed = longest.and_then(|(_, number)| callers.remove(&number));
        if let Some(caller) = &dismissed {
            caller.dismissed.cancel();
        }
        dismissed.is_some()
    }

    /// Serves a connection in a task of its own, once it has a place.
    pub(crate) fn serve<S>(
        &self,
        stream: S,
        from: SocketAddr,
        router: Router,
        place: impl Future<Output = OwnedSemaphorePermit> + Send + 'static,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let connections = self.clone();
        let served = async move {
            let _place = place.await;
            let number = connections.next.fetch_add(1, Ordering::Relaxed);
            let caller = Arc::new(Caller::new());
            connections
                .callers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(number, Arc::clone(&caller));
            let conversation = converse(stream, from, router, &caller, &connections);
            tokio::select! {
                () = conversation => {}
                () = caller.dismissed.cancelled() => {}
                () = caller.tries_patience() => {}
            }
            connections
                .callers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&number);
        };
        self.tasks
            .spawn(self.stop.clone().run_until_cancelled_owned(served));
    }

    /// Lets the calls under way finish, for as long as `limit`, and takes no more.
    pub(crate) async fn finish(&self, limit: Duration) {
        self.last.cancel();
        self.tasks.close();
        let _ = timeout(limit, self.tasks.wait()).await;
    }

    /// Breaks off what is still under way.
    pub(crate) fn break_off(&self) {
        self.stop.cancel();
    }
}

/// Who is at the other end of a connection. The receiver finds it among a request's extensions.
pub(crate) struct Caller {
    came: Instant,
    /// Milliseconds after `came` at which it began to keep us waiting; [`Caller::WAITS`] while it waits for us.
    keeps_waiting_since: AtomicU64,
    dismissed: CancellationToken,
}

impl Caller {
    const WAITS: u64 = u64::MAX;

    fn new() -> Caller {
        Caller {
            came: Instant::now(),
            keeps_waiting_since: AtomicU64::new(0),
            dismissed: CancellationToken::new(),
        }
    }

    /// Its call is whole: from now on it waits for us, until it is answered.
    pub(crate) fn waits(&self) {
        self.keeps_waiting_since
            .store(Caller::WAITS, Ordering::Relaxed);
    }

    fn keeps_waiting(&self) {
        let since = u64::try_from(self.came.elapsed().as_millis()).unwrap_or_default();
        self.keeps_waiting_since.store(since, Ordering::Relaxed);
    }

    /// How long it has kept us waiting, if it does.
    fn waited_for(&self) -> Option<Duration> {
        let since = self.keeps_waiting_since.load(Ordering::Relaxed);
        (since != Caller::WAITS).then(|| {
            self.came
                .elapsed()
                .saturating_sub(Duration::from_millis(since))
        })
    }

    /// Ends when it has kept us waiting for too long.
    async fn tries_patience(&self) {
        loop {
            let waited = self.waited_for().unwrap_or_default();
            match PATIENCE.checked_sub(waited) {
                Some(left) if !left.is_zero() => tokio::time::sleep(left).await,
                _ => return,
            }
        }
    }
}

async fn converse<S>(
    stream: S,
    from: SocketAddr,
    router: Router,
    caller: &Arc<Caller>,
    connections: &Connections,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        request.extensions_mut().insert(Arc::clone(caller));
        let answer = hyper::service::Service::call(&router, request);
        async move {
            let answer = answer.await;
            caller.keeps_waiting();
            connections.answered.notify_waiters();
            answer
        }
    });
    let mut served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADERS_SIZE)
        // Who has sent all and says so still waits for the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let outcome = tokio::select! {
        outcome = &mut served => outcome,
        () = connections.last.cancelled() => {
            std::pin::Pin::new(&mut served).graceful_shutdown();
            (&mut served).await
        }
    };
    let Err(error) = outcome else {
        return;
    };
    tracing::debug!(%error, "a connection broke off");
    let parts = served.into_parts();
    let mut stream = parts.io.into_inner();
    if error.is_timeout() && !parts.read_buf.is_empty() {
        // hyper answers what it cannot read, and not what never came whole.
        let _ = stream.write_all(TOO_SLOW).await;
        let _ = stream.shutdown().await;
    }
    let (limit, bytes) = FAREWELL;
    let mut rest = stream.take(bytes);
    let _ = timeout(limit, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    /// A router that holds its caller's place until somebody is let go of, and then answers.
    fn slow(go_on: &Arc<Notify>, asked: &Arc<Notify>) -> Router {
        let (go_on, asked) = (Arc::clone(go_on), Arc::clone(asked));
        Router::new().fallback(move |caller: axum::Extension<Arc<Caller>>| async move {
            caller.waits();
            asked.notify_one();
            go_on.notified().await;
        })
    }

    #[tokio::test]
    async fn who_was_answered_makes_room_for_one_who_came_while_all_waited_for_us() {
        let (go_on, asked) = (Arc::default(), Arc::default());
        let connections = Connections::at_most(1);
        let (mut caller, ours) = tokio::io::duplex(1024);
        let place = connections.place().await;
        let from = SocketAddr::from(([127, 0, 0, 1], 1));
        connections.serve(ours, from, slow(&go_on, &asked), ready(place));
        caller
            .write_all(b"POST /hooks/a HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
        asked.notified().await;
        let next = connections.clone();
        let next = tokio::spawn(async move { next.place().await });
        tokio::task::yield_now().await;
        assert!(!next.is_finished(), "nobody is shown out who waits for us");
        go_on.notify_one();
        // Sooner than the caller would be shown out for its idleness.
        drop(timeout(HEADERS / 3, next).await.unwrap().unwrap());
        let mut answer = String::new();
        caller.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}
