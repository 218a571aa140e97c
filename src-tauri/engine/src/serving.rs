//! Taking calls: the receiver, the worker and the tunnel, from start to stop.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::changes::Change;
use crate::instance::{Announcement, Window};
use crate::tunnel::{Tunnel, TunnelConfig, TunnelStatus};
use crate::{Engine, receiver, worker};

/// How often to look whether another process has written. Once a second is what an idle program may wake up.
const LOOK_FOR_OTHERS: Duration = Duration::from_secs(1);

/// How long accepted calls may take to be answered when we stop.
const STOP_DEADLINE: Duration = Duration::from_secs(10);

/// Why no calls can be taken.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error(
        "Calls cannot be taken at {address}: {cause}. Choose another with --listen, or 127.0.0.1:0 for any free port."
    )]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
}

/// A receiver that takes calls.
pub struct Serving {
    engine: Arc<Engine>,
    listening: SocketAddr,
    window: Mutex<Window>,
    announcement: OnceLock<Announcement>,
    tunnel: tokio::sync::Mutex<Option<OpenTunnel>>,
    status: watch::Sender<TunnelStatus>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// A tunnel, and the task that passes on how it is.
struct OpenTunnel {
    tunnel: Tunnel,
    follower: JoinHandle<()>,
}

impl OpenTunnel {
    async fn close(self) {
        // First the follower, lest the last word of this tunnel comes after the first one of the next.
        self.follower.abort();
        let _ = self.follower.await;
        self.tunnel.close().await;
    }
}

/// Begins to take calls at `listen`. When this returns, they are accepted, and what the last run left open is being
/// processed.
///
/// # Errors
///
/// Fails where the address cannot be listened on.
pub async fn serve(
    engine: Arc<Engine>,
    listen: SocketAddr,
    window: Window,
) -> Result<Arc<Serving>, ServeError> {
    let listen_error = |cause| ServeError::Listen {
        address: listen,
        cause,
    };
    let listener = TcpListener::bind(listen).await.map_err(listen_error)?;
    let listening = listener.local_addr().map_err(listen_error)?;
    let serving = Arc::new(Serving {
        listening,
        window: Mutex::new(window),
        announcement: OnceLock::new(),
        tunnel: tokio::sync::Mutex::new(None),
        status: watch::Sender::new(TunnelStatus::Off),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
        engine: Arc::clone(&engine),
    });
    if let Err(error) = serving.introduce() {
        tracing::warn!(%error, "other programs will not see that the receiver runs");
    }

    let server = axum::serve(listener, receiver::router(Arc::clone(&engine)))
        .with_graceful_shutdown(serving.stop.clone().cancelled_owned());
    serving.tasks.spawn(async move {
        if let Err(error) = server.into_future().await {
            tracing::error!(%error, "the receiver ended");
        }
    });
    let stop = serving.stop.clone();
    let of_worker = Arc::clone(&engine);
    serving
        .tasks
        .spawn(async move { worker::run(of_worker.store.clone(), &of_worker.changes, stop).await });
    serving.tasks.spawn(watch_others(Arc::clone(&serving)));
    Ok(serving)
}

impl Serving {
    /// Where calls are taken on this machine.
    pub fn listening(&self) -> SocketAddr {
        self.listening
    }

    /// How the tunnel is, now and from now on.
    pub fn tunnel(&self) -> watch::Receiver<TunnelStatus> {
        self.status.subscribe()
    }

    /// The address by which the world reaches us, without a path.
    pub fn public_url(&self) -> Option<String> {
        self.status.borrow().url().map(str::to_owned)
    }

    /// Opens the tunnel, in the place of one that is open. With `None`, closes it.
    pub async fn set_tunnel(self: &Arc<Self>, config: Option<TunnelConfig>) {
        let mut open = self.tunnel.lock().await;
        if let Some(tunnel) = open.take() {
            tunnel.close().await;
        }
        let Some(config) = config else {
            self.tell(TunnelStatus::Off);
            return;
        };
        let tunnel = Tunnel::start(config, receiver::router(Arc::clone(&self.engine)));
        let mut status = tunnel.status();
        self.tell(status.borrow_and_update().clone());
        let serving = Arc::clone(self);
        let follower = tokio::spawn(async move {
            while status.changed().await.is_ok() {
                let now = status.borrow_and_update().clone();
                serving.tell(now);
            }
        });
        *open = Some(OpenTunnel { tunnel, follower });
    }

    /// Shows a public address that is not ours to open: the person's own proxy or tunnel.
    pub fn set_own_address(&self, url: String) {
        self.tell(TunnelStatus::Online {
            url,
            since: jiff::Timestamp::now(),
        });
    }

    /// Announces this receiver, unless it is or another one holds the place.
    fn introduce(&self) -> std::io::Result<()> {
        if self.announcement.get().is_some() {
            return Ok(());
        }
        let window = *self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(announcement) =
            Announcement::make(&self.engine.data_dir, self.listening, window)?
        {
            announcement.tunnel(&self.status.borrow())?;
            let _ = self.announcement.set(announcement);
        }
        Ok(())
    }

    /// Tells other processes how the window is.
    pub fn set_window(&self, window: Window) {
        *self.window.lock().unwrap_or_else(PoisonError::into_inner) = window;
        self.announce(|announcement| announcement.window(window));
    }

    fn tell(&self, status: TunnelStatus) {
        self.announce(|announcement| announcement.tunnel(&status));
        self.status.send_replace(status);
    }

    fn announce(&self, change: impl FnOnce(&Announcement) -> std::io::Result<()>) {
        if let Some(announcement) = self.announcement.get()
            && let Err(error) = change(announcement)
        {
            tracing::warn!(%error, "other programs will not see a change of the receiver");
        }
    }

    /// Finishes what was accepted and ends. The tunnel leaves its edge first, so that no call arrives half-way.
    pub async fn stop(&self) {
        if let Some(tunnel) = self.tunnel.lock().await.take() {
            tunnel.close().await;
        }
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(STOP_DEADLINE, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("a caller kept its connection open; it is cut");
        }
    }
}

/// Hears of what other processes write, such as the command line beside the window, and takes the place of a receiver
/// on the same data directory that has ended.
async fn watch_others(serving: Arc<Serving>) {
    let engine = &serving.engine;
    let mut seen = None;
    loop {
        if let Err(error) = serving.introduce() {
            tracing::debug!(%error, "other programs still do not see that the receiver runs");
        }
        match engine.store.version_of_others().await {
            Ok(version) => {
                if seen.is_some_and(|seen| seen != version) {
                    engine.changes.tell(Change::Anything);
                    engine.changes.wake_worker();
                }
                seen = Some(version);
            }
            Err(error) => tracing::debug!(%error, "could not look for what others wrote"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_FOR_OTHERS) => {}
            () = serving.stop.cancelled() => return,
        }
    }
}
