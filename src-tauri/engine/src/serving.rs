//! Taking calls: the receiver, the worker and the tunnel, from start to stop.

mod keychain;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::changes::Change;
use crate::connections::Connections;
use crate::gaps::clock::Sleeps;
use crate::gaps::ledger::Ledger;
use crate::instance::{Announcement, Instance, Window};
use crate::reach::{Choice, Reach, ReachError};
use crate::receiver::Receiver;
use crate::tunnel::{Doorman, OwnAddress, Tunnel, TunnelStatus};
use crate::{Engine, connections, worker};
use keychain::LockedOut;

/// How often to look whether we can be reached, and whether the place of the announced receiver has become free.
const BEAT: Duration = Duration::from_secs(1);

/// How often to look where neither is of interest.
const IDLE_BEAT: Duration = Duration::from_secs(60);

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
    receiver: Arc<Receiver>,
    listening: SocketAddr,
    window: Mutex<Window>,
    announcement: OnceLock<Announcement>,
    open: tokio::sync::Mutex<Option<Open>>,
    /// Set while the keychain does not give what is needed to open the way.
    locked_out: Mutex<Option<LockedOut>>,
    /// How often the way to us was chosen.
    chosen: AtomicU64,
    doorman: Arc<Doorman>,
    notifies: AtomicBool,
    status: watch::Sender<TunnelStatus>,
    address: Mutex<Option<String>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// What is open towards the world, and the task that passes on how it is.
struct Open {
    way: OpenWay,
    follower: JoinHandle<()>,
}

enum OpenWay {
    Tunnel(Tunnel),
    OwnAddress(OwnAddress),
}

impl OpenWay {
    fn status(&self) -> watch::Receiver<TunnelStatus> {
        match self {
            OpenWay::Tunnel(tunnel) => tunnel.status(),
            OpenWay::OwnAddress(own) => own.status(),
        }
    }
}

impl Open {
    async fn close(self) {
        // First the follower, lest the last word of this way comes after the first one of the next.
        self.follower.abort();
        let _ = self.follower.await;
        match self.way {
            OpenWay::Tunnel(tunnel) => tunnel.close().await,
            OpenWay::OwnAddress(own) => drop(own),
        }
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
        open: tokio::sync::Mutex::new(None),
        locked_out: Mutex::default(),
        chosen: AtomicU64::new(0),
        doorman: Arc::default(),
        notifies: AtomicBool::new(false),
        status: watch::Sender::new(TunnelStatus::Off),
        address: Mutex::default(),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
        receiver: Receiver::new(Arc::clone(&engine)),
        engine: Arc::clone(&engine),
    });
    if let Err(error) = serving.introduce() {
        tracing::warn!(%error, "other programs will not see that the receiver runs");
    }

    // In front of the port too, for whoever brings an own public address to it.
    let router = serving.doorman.in_front_of(serving.receiver.router());
    let stop = serving.stop.clone();
    serving.tasks.spawn(async move {
        let connections = Connections::at_most(connections::places());
        connections::take_calls(listener, router, connections.clone(), stop).await;
        connections.finish(STOP_DEADLINE).await;
    });
    let stop = serving.stop.clone();
    let of_worker = Arc::clone(&engine);
    serving
        .tasks
        .spawn(async move { worker::run(of_worker.store.clone(), &of_worker.changes, stop).await });
    let (stop, of_rule) = (serving.stop.clone(), Arc::clone(&engine));
    serving
        .tasks
        .spawn(async move { of_rule.keep_letting_go(stop).await });
    serving.tasks.spawn(watch_others(Arc::clone(&serving)));
    if engine.store.was_cut_off() {
        tokio::spawn(check(engine, serving.stop.clone()));
    }
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

    /// The address to give to providers, without a path: the person's own, or the one that the tunnel had last. It is
    /// still that one while calls do not reach us for a moment.
    pub fn public_url(&self) -> Option<String> {
        self.address
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Lets the world reach us as the settings say, or tells the person why they lead nowhere.
    ///
    /// # Errors
    ///
    /// Fails where the settings cannot be read.
    pub async fn reach_as_chosen(self: &Arc<Self>) -> crate::store::Result<()> {
        let turn = self.chosen.fetch_add(1, Ordering::SeqCst) + 1;
        let choice = self.engine.store.read(Choice::read).await?;
        // A keychain may ask the person something first.
        let reach = self.engine.reach(&choice).await;
        let mut open = self.open.lock().await;
        // Whoever has chosen anew meanwhile has read what counts.
        if self.chosen.load(Ordering::SeqCst) == turn {
            match reach {
                Ok(reach) => self.go_over_to(&mut open, reach).await,
                Err(error @ ReachError::KeychainSilent(_)) => {
                    self.wait_for_keychain(&mut open, error.to_string()).await;
                }
                Err(error) => self.cannot_be_reached(&mut open, error.to_string()).await,
            }
        }
        Ok(())
    }

    /// Lets the world reach us in this way, in the place of the one before.
    pub async fn set_reach(self: &Arc<Self>, reach: Reach) {
        let mut open = self.open.lock().await;
        self.go_over_to(&mut open, reach).await;
    }

    async fn go_over_to(self: &Arc<Self>, open: &mut Option<Open>, reach: Reach) {
        *self.locked_out() = None;
        if let Some(open) = open.take() {
            open.close().await;
        }
        self.set_address(match &reach {
            Reach::OwnAddress(config) => Some(config.url.clone()),
            Reach::Off | Reach::Ngrok(_) => None,
        });
        let way = match reach {
            Reach::Off => {
                self.tell(TunnelStatus::Off);
                return;
            }
            Reach::Ngrok(config) => OpenWay::Tunnel(Tunnel::start(*config, self.receiver.router())),
            Reach::OwnAddress(config) => {
                OpenWay::OwnAddress(OwnAddress::start(*config, Arc::clone(&self.doorman)))
            }
        };
        let is_ngrok = matches!(way, OpenWay::Tunnel(_));
        let mut status = way.status();
        self.tell(status.borrow_and_update().clone());
        let serving = Arc::clone(self);
        let follower = tokio::spawn(async move {
            while status.changed().await.is_ok() {
                let now = status.borrow_and_update().clone();
                if is_ngrok && let Some(url) = now.url() {
                    serving.engine.remember_host(url).await;
                }
                serving.tell(now);
            }
        });
        *open = Some(Open { way, follower });
    }

    async fn cannot_be_reached(&self, open: &mut Option<Open>, message: String) {
        *self.locked_out() = None;
        if let Some(open) = open.take() {
            open.close().await;
        }
        self.set_address(None);
        self.tell(TunnelStatus::Failed {
            code: None,
            message,
        });
    }

    async fn choose_again(self: &Arc<Self>) {
        if let Err(error) = self.reach_as_chosen().await {
            tracing::error!(%error, "it cannot be read how the world is to reach us");
        }
    }

    /// Does at once what the tunnel waits to do. Where nothing could be opened, what was in the way may be mended by now.
    pub async fn try_now(self: &Arc<Self>) {
        match self.open.lock().await.as_ref().map(|open| &open.way) {
            Some(OpenWay::Tunnel(tunnel)) => return tunnel.try_now(),
            Some(OpenWay::OwnAddress(own)) => return own.try_now(),
            None => {}
        }
        let locked_out = self.locked_out().is_some();
        let failed = matches!(*self.status.borrow(), TunnelStatus::Failed { .. });
        if locked_out {
            self.ask_keychain().await;
        } else if failed {
            self.choose_again().await;
        }
    }

    /// Announces this receiver, unless it is or another one holds the place.
    fn introduce(&self) -> std::io::Result<()> {
        if self.announcement.get().is_some() {
            return Ok(());
        }
        let window = *self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let instance = Instance::new(
            self.listening,
            window,
            self.notifies.load(Ordering::Relaxed),
        );
        if let Some(announcement) = Announcement::make(&self.engine.data_dir, instance)? {
            announcement.tunnel(&self.status.borrow(), self.public_url())?;
            let _ = self.announcement.set(announcement);
        }
        Ok(())
    }

    /// Tells other processes that this one shows notifications.
    pub fn set_notifies(&self) {
        self.notifies.store(true, Ordering::Relaxed);
        self.announce(Announcement::notifies);
    }

    /// Tells other processes how the window is.
    pub fn set_window(&self, window: Window) {
        *self.window.lock().unwrap_or_else(PoisonError::into_inner) = window;
        self.announce(|announcement| announcement.window(window));
    }

    fn tell(&self, status: TunnelStatus) {
        if let Some(url) = status.url() {
            self.set_address(Some(url.to_owned()));
        }
        self.announce(|announcement| announcement.tunnel(&status, self.public_url()));
        // The same again is no change, and nobody is told of one.
        self.status.send_if_modified(|known| {
            let changed = *known != status;
            *known = status;
            changed
        });
    }

    fn set_address(&self, url: Option<String>) {
        *self.address.lock().unwrap_or_else(PoisonError::into_inner) = url;
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
        // A choice that still waits for its secrets comes too late.
        self.chosen.fetch_add(1, Ordering::SeqCst);
        if let Some(open) = self.open.lock().await.take() {
            open.close().await;
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
/// on the same data directory that has ended. With the same beat, it sees when we can be reached.
async fn watch_others(serving: Arc<Serving>) {
    let engine = &serving.engine;
    let mut others = engine.store.version_of_others();
    let mut status = serving.tunnel();
    let mut ledger = Ledger::new(Arc::clone(engine));
    let mut sleeps = Sleeps::watch();
    loop {
        let now = status.borrow_and_update().clone();
        let asleep_since = sleeps.take();
        serving.ask_keychain_when_due();
        sleeps.during(BEAT, ledger.beat(&now, asleep_since)).await;
        if let Err(error) = serving.introduce() {
            tracing::debug!(%error, "other programs still do not see that the receiver runs");
        }
        // Who is not to be reached and holds its place has nothing to look for, and sleeps.
        let has_place = serving.announcement.get().is_some();
        let beat = match now {
            TunnelStatus::Off if has_place => IDLE_BEAT,
            _ => BEAT,
        };
        let stopped = sleeps.during(beat, async {
            tokio::select! {
                () = tokio::time::sleep(beat) => false,
                Ok(()) = others.changed() => {
                    engine.changes.tell(Change::Anything);
                    engine.changes.wake_worker();
                    false
                }
                Ok(()) = status.changed() => false,
                () = serving.stop.cancelled() => true,
            }
        });
        if stopped.await {
            break;
        }
    }
    ledger.stop().await;
}

/// Reads the whole database once, beside the work: the program that had it last was cut off, maybe with the power.
async fn check(engine: Arc<Engine>, stop: CancellationToken) {
    let flaw = tokio::select! {
        flaw = engine.store.flaw() => flaw,
        () = stop.cancelled() => return,
    };
    match flaw {
        Ok(None) => tracing::info!("the database is whole after an end that was not clean"),
        Ok(Some(flaw)) => {
            let error = crate::store::StoreError::Damaged;
            tracing::error!(flaw, "{error}");
        }
        Err(error) => tracing::error!(%error, "the database could not be checked"),
    }
}
