//! A public address that is not ours to open: the person's own proxy or tunnel leads to the receiver's port.
//!
//! All that can be done about it is to look whether calls arrive, in the same way as for ngrok's.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::door::Doorman;
use super::{Pace, ProbeError, Prober, ProxyAddress, TunnelStatus, wake};

/// An address of the person's own.
#[derive(Clone, Debug)]
pub struct OwnAddressConfig {
    /// Scheme and host, https only, without a slash at the end.
    pub url: String,
    /// Authorities beside this computer's own that vouch for it, in a PEM file.
    pub root_cas: Option<PathBuf>,
    /// The proxy on the way out.
    pub proxy: Option<ProxyAddress>,
    /// Whether `Online` waits for a call to the address to come back.
    pub probe: bool,
    /// Where the probe connects instead of looking the host up. For tests.
    pub probe_via: Option<SocketAddr>,
    /// How patient it is: `answer`, `refused`, `probe_every`, `watch` and `quiet` count.
    pub pace: Pace,
}

impl OwnAddressConfig {
    /// This address, and everything else as most people need it.
    pub fn new(url: String) -> OwnAddressConfig {
        OwnAddressConfig {
            url,
            root_cas: None,
            proxy: None,
            probe: true,
            probe_via: None,
            pace: Pace::default(),
        }
    }
}

/// Looks after an address of the person's own.
pub struct OwnAddress {
    status: watch::Receiver<TunnelStatus>,
    hurry: Arc<Notify>,
    watcher: JoinHandle<()>,
}

impl OwnAddress {
    /// Begins to look whether calls arrive. `doorman` stands in front of the receiver's port.
    pub fn start(config: OwnAddressConfig, doorman: Arc<Doorman>) -> OwnAddress {
        let (status, seen) = watch::channel(TunnelStatus::Connecting);
        let hurry = Arc::new(Notify::new());
        let watcher = tokio::spawn(look_after(config, doorman, status, Arc::clone(&hurry)));
        OwnAddress {
            status: seen,
            hurry,
            watcher,
        }
    }

    /// The state, now and from now on.
    pub fn status(&self) -> watch::Receiver<TunnelStatus> {
        self.status.clone()
    }

    /// Looks again at once.
    pub fn try_now(&self) {
        self.hurry.notify_one();
    }
}

impl Drop for OwnAddress {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

async fn look_after(
    config: OwnAddressConfig,
    doorman: Arc<Doorman>,
    status: watch::Sender<TunnelStatus>,
    hurry: Arc<Notify>,
) {
    let OwnAddressConfig {
        url,
        root_cas,
        proxy,
        probe,
        probe_via,
        pace,
    } = config;
    if !probe {
        status.send_replace(TunnelStatus::Online {
            url,
            since: Timestamp::now(),
        });
        return std::future::pending().await;
    }
    let prober = match Prober::new(doorman, root_cas, probe_via, proxy, pace.answer).await {
        Ok(prober) => prober,
        Err(error) => {
            let message = format!("The file of root certificates cannot be used: {error}.");
            status.send_replace(TunnelStatus::Failed {
                code: None,
                message,
            });
            return std::future::pending().await;
        }
    };
    let mut pause = pace.refused.0;
    let mut gap = None;
    loop {
        // From before the probe: one that was on its way through a sleep tells nothing.
        let roused = wake::roused(wake::ways_out(), pace.watch, pace.quiet);
        tokio::pin!(roused);
        let probed = tokio::select! {
            biased;
            () = &mut roused => continue,
            probed = prober.probe(&url) => probed,
        };
        let wait = match probed {
            Ok(_) => {
                gap = None;
                pause = pace.refused.0;
                let online = TunnelStatus::Online {
                    url: url.clone(),
                    since: Timestamp::now(),
                };
                status.send_if_modified(|now| {
                    let changed = now.url().is_none();
                    if changed {
                        *now = online;
                    }
                    changed
                });
                pace.probe_every
            }
            Err(error) => {
                let since = *gap.get_or_insert_with(Timestamp::now);
                let next_try = SignedDuration::try_from(pause)
                    .ok()
                    .map(|pause| Timestamp::now() + pause);
                let code = error.code().map(str::to_owned);
                let cause = error.cause().to_owned();
                status.send_replace(TunnelStatus::Reconnecting {
                    since,
                    code,
                    cause,
                    next_try,
                });
                let wait = pause;
                // Whoever answers in our place for long is asked more and more seldom.
                let longest = match error {
                    ProbeError::NotAsked(_) => pace.refused.1,
                    ProbeError::NotUs { .. } => pace.probe_every,
                };
                pause = (pause * 2).min(longest);
                wait
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = hurry.notified() => {}
            () = roused => {}
        }
    }
}
