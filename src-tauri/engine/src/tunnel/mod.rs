//! The tunnel: one ngrok session inside this process, through which booking systems reach the receiver.
//!
//! It knows nothing of bookings. It is given a [`Router`], brings requests to it, and says how it is.
//!
//! ```text
//! ngrok's edge ══ TCP+TLS ══ link ── pipe ── the crate's session ── streams ── serve ── Router
//!                             │                  │                               │
//!                  wire: what the edge says   connector: dials          probe: the door
//!                             └───── reports ────┴──▶ standing ◀── check ────────┘
//!                                                     supervisor: one session after another ──▶ TunnelStatus
//! ```
//!
//! The `ngrok` crate is used as it is, but it is not trusted to stay online: it never gives up, never
//! says that it has lost its link, waits without a cap, and has no time limits. So the socket is ours
//! (`link`), the dialling is ours (`connector`), its calls have limits (`session`), and a session
//! that does not come back is replaced by another one (`supervisor`, `standing`). Being online is
//! believed only when a call to the own public address has come back (`probe`, `check`).
//!
//! # What cannot be done within the crate
//!
//! - **A session that has locked up cannot be ended.** A burst of connections can make the crate's
//!   tasks wait for each other. The socket is shut and another session takes over, but those few tasks
//!   stay in memory until the program ends.
//! - **More than 512 streams at once end the session**, with all calls in it. It comes back at once,
//!   and booking systems repeat their calls.
//! - **A new session has no memory.** The identity that an edge recognizes a client by is private to the
//!   crate's session, so only the crate's own reconnect keeps it. A new session asks for the same host
//!   name instead, and may have to wait until the edge has noticed that the old one is gone.
//! - **Its logs must be kept quiet**, see [`LOUD_TARGETS`].
//! - **What the edge says** about rebinds, GOAWAY and StopTunnel is not passed on; it is read from the
//!   link's bytes (`wire`).

mod backoff;
mod check;
mod config;
mod connector;
mod dial;
mod door;
mod line;
mod link;
pub mod outside;
mod own_address;
pub mod policy;
mod probe;
mod refusal;
mod serve;
mod session;
mod standing;
mod status;
mod supervisor;
mod tls;
mod wake;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use config::{
    Authtoken, InvalidProxyAddress, InvalidServerAddress, Pace, ProxyAddress, ServerAddress,
    TunnelConfig,
};
pub use dial::DialTimes;
pub use door::Doorman;
pub use own_address::{OwnAddress, OwnAddressConfig};
pub use probe::{ProbeError, ProbeTimes, Prober};
pub use status::TunnelStatus;

use supervisor::Supervisor;

/// Targets whose logs must never be written below `warn`: at `debug` and `trace` the crate and its
/// multiplexer print answers that echo the authtoken, and the callers' bytes.
pub const LOUD_TARGETS: [&str; 2] = ["ngrok", "muxado"];

/// A running tunnel. Dropping it leaves the service in the background; [`close`](Self::close)
/// waits for that.
pub struct Tunnel {
    status: watch::Receiver<TunnelStatus>,
    hurry: Arc<Notify>,
    closing: CancellationToken,
    supervisor: Option<JoinHandle<()>>,
    longest_leave: Duration,
}

impl Tunnel {
    /// Starts a tunnel that brings requests to `receiver`. Returns at once; [`status`](Self::status)
    /// tells how it goes. Must be called within a tokio runtime.
    pub fn start(config: TunnelConfig, receiver: Router) -> Self {
        tls::provider();
        let (status, seen) = watch::channel(TunnelStatus::Connecting);
        let (hurry, closing) = (Arc::new(Notify::new()), CancellationToken::new());
        let doorman = Arc::new(Doorman::default());
        // Unbind, calls under way, and the link, one after another.
        let longest_leave = config.pace.leave * 4;
        let host = config.remembered.clone();
        let supervisor = Supervisor {
            router: serve::behind_door(receiver, &doorman),
            config,
            doorman,
            prober: None,
            status,
            hurry: hurry.clone(),
            closing: closing.clone(),
            gap: None,
            host,
            rebuilt: 0,
        };
        let supervisor = Some(tokio::spawn(supervisor.run()));
        Self {
            status: seen,
            hurry,
            closing,
            supervisor,
            longest_leave,
        }
    }

    /// The state, now and from now on.
    pub fn status(&self) -> watch::Receiver<TunnelStatus> {
        self.status.clone()
    }

    /// Does at once what the tunnel is waiting to do: the next attempt, or, while online, a probe.
    /// After `Failed` it starts afresh.
    pub fn try_now(&self) {
        self.hurry.notify_one();
    }

    /// Leaves the service so that it knows: the endpoint is unbound, calls under way are finished,
    /// the socket is shut. Takes at most four times [`Pace::leave`].
    pub async fn close(mut self) {
        self.closing.cancel();
        if let Some(supervisor) = self.supervisor.take()
            && tokio::time::timeout(self.longest_leave, supervisor)
                .await
                .is_err()
        {
            tracing::warn!("the tunnel did not close in time; it goes on in the background");
        }
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}
