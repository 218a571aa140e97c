//! One connection to the service, carried by a task of our own.
//!
//! The crate gets one end of a pipe and never the socket. So the socket can be shut at any time,
//! whatever the crate's tasks are doing; both directions can be watched for silence; and what the
//! service says can be [overheard](super::wire).

use std::io;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

use super::wire::{Ear, Heard};

/// Bytes that wait in each direction. Small, so that a session that has stopped reading is noticed.
const PIPE: usize = 16 * 1024;

/// Why a link is over.
#[derive(Debug)]
pub(super) enum End {
    /// The service closed it, or the network did.
    Closed(io::Error),
    /// Nothing has arrived, or nothing has left, for this long.
    Quiet(Duration),
    /// The crate's session does not take what has arrived.
    Stuck,
    /// The crate has dropped its end, after a refused call for example.
    Dropped,
    /// We shut it.
    Shut,
}

impl End {
    /// In plain words.
    pub(super) fn cause(&self) -> String {
        match self {
            Self::Closed(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                "ngrok closed the connection.".into()
            }
            Self::Closed(error) => format!("The connection to ngrok broke off ({error})."),
            Self::Quiet(time) => format!(
                "Nothing has been heard from ngrok for {} seconds.",
                time.as_secs_f32().round()
            ),
            Self::Stuck => "The session has locked up.".into(),
            Self::Dropped => "ngrok ended the session.".into(),
            Self::Shut => "The connection is being made anew.".into(),
        }
    }
}

/// How a link is watched and ended.
pub(super) struct Watch {
    /// How long either direction may be silent.
    pub(super) quiet: Duration,
    /// How long saying goodbye may take.
    pub(super) leave: Duration,
    /// Shuts the link.
    pub(super) shut: CancellationToken,
}

/// Carries bytes between the connection and `pipe` until one of them ends, then shuts the socket.
///
/// `ended` is called before the crate can notice anything, so that the end of a link is always
/// known before the crate asks for the next one.
pub(super) async fn carry(
    mut tls: TlsStream<TcpStream>,
    pipe: DuplexStream,
    watch: Watch,
    mut heard: impl FnMut(Heard) + Send,
    ended: impl FnOnce(&End) + Send,
) {
    let times = Times::new();
    let (mut from_crate, mut to_crate) = tokio::io::split(pipe);
    let end = {
        let (from_edge, to_edge) = tokio::io::split(&mut tls);
        tokio::select! {
            // What the crate has written before we shut the link still goes out.
            biased;
            end = outgoing(&mut from_crate, to_edge, &times) => end,
            end = incoming(from_edge, &mut to_crate, &times, watch.quiet, &mut heard) => end,
            time = silence(&times, watch.quiet) => End::Quiet(time),
            () = watch.shut.cancelled() => End::Shut,
        }
    };
    ended(&end);
    drop((from_crate, to_crate));
    // A close notice and a FIN tell the edge that we are gone. After silence nobody would hear them.
    if !matches!(end, End::Quiet(_)) {
        let _ = timeout(watch.leave, tls.shutdown()).await;
    }
}

/// The two ends of the pipe: the crate's, and ours.
pub(super) fn pipe() -> (DuplexStream, DuplexStream) {
    tokio::io::duplex(PIPE)
}

/// When each direction was last used.
struct Times(Mutex<(Instant, Instant)>);

impl Times {
    fn new() -> Self {
        Self(Mutex::new((Instant::now(), Instant::now())))
    }

    fn arrived(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = Instant::now();
    }

    fn left(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = Instant::now();
    }

    /// The use of the direction that has been silent for longer.
    fn older(&self) -> Instant {
        let (arrived, left) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.min(left)
    }
}

/// Ends when a direction has been silent for too long. Heartbeats and their answers keep both
/// alive. A session that is stuck sends no heartbeat, a dead network brings no answer.
async fn silence(times: &Times, quiet: Duration) -> Duration {
    loop {
        let deadline = times.older() + quiet;
        if deadline <= Instant::now() {
            return quiet;
        }
        sleep_until(deadline).await;
    }
}

async fn outgoing(
    mut pipe: impl AsyncRead + Unpin,
    mut edge: impl AsyncWrite + Unpin,
    times: &Times,
) -> End {
    let mut buffer = vec![0; PIPE];
    loop {
        let Ok(count @ 1..) = pipe.read(&mut buffer).await else {
            return End::Dropped;
        };
        let written = async {
            edge.write_all(buffer.get(..count).unwrap_or_default())
                .await?;
            edge.flush().await
        };
        if let Err(error) = written.await {
            return End::Closed(error);
        }
        times.left();
    }
}

async fn incoming(
    mut edge: impl AsyncRead + Unpin,
    mut pipe: impl AsyncWrite + Unpin,
    times: &Times,
    patience: Duration,
    heard: &mut impl FnMut(Heard),
) -> End {
    let mut ear = Ear::default();
    let mut buffer = vec![0; PIPE];
    loop {
        let count = match edge.read(&mut buffer).await {
            Ok(0) => return End::Closed(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => count,
            Err(error) => return End::Closed(error),
        };
        times.arrived();
        let bytes = buffer.get(..count).unwrap_or_default();
        for said in ear.take(bytes) {
            heard(said);
        }
        match timeout(patience / 2, pipe.write_all(bytes)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return End::Dropped,
            Err(_) => return End::Stuck,
        }
    }
}
