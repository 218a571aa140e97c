//! A stand-in of ngrok's edge: the unmodified `ngrok` crate connects to it over loopback.
//!
//! It speaks the agent protocol (TLS, multiplexed streams, Auth, Bind, Unbind, heartbeats), has a
//! public side with TLS for every `*.ngrok-test.example` and, opened on demand, for hosts at
//! `localhost` that need no other name lookup than the real one, makes faults on demand, and records
//! what agents did, so that a test can assert that nothing of ours is left online.

mod account;
mod addresses;
mod agent;
mod authority;
mod caller;
mod faults;
mod front;
mod link;
mod proxy;
mod public;
mod records;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use account::{DOMAIN, Seen, Step, TOKEN};
pub use caller::{Answer, Caller};
pub use front::{Front, Leads};
pub use proxy::Proxy;

use account::State;
use authority::Authority;

/// Where agents connect, for those who can only get there by its name: through a [`Proxy`], or in networks of their own.
pub const NAMED_SERVER: &str = "edge.ngrok-test.example:443";

/// What all connections of one stand-in share.
struct Shared {
    authority: Authority,
    state: Mutex<State>,
    /// Fires on every change of the state, for tests that wait for one.
    changed: watch::Sender<()>,
    /// Ends every agent connection.
    cuts: CancellationToken,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.send_replace(());
        result
    }
}

/// A running stand-in. Dropping it ends everything.
pub struct Edge {
    shared: Arc<Shared>,
    agents: SocketAddr,
    public: SocketAddr,
    /// Ends the agents' listener while the stand-in is down.
    listening: Mutex<CancellationToken>,
    /// Holds the agents' port meanwhile, which somebody else would be given else.
    held: Arc<Mutex<Option<TcpSocket>>>,
    all: CancellationToken,
}

impl Drop for Edge {
    fn drop(&mut self) {
        self.all.cancel();
        self.shared.cuts.cancel();
    }
}

impl Edge {
    /// Starts a stand-in on free ports of the loopback address.
    pub async fn start() -> io::Result<Self> {
        let agents = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let public = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Self::start_on(agents, public)
    }

    /// Starts a stand-in that listens here to agents, and there to the public.
    ///
    /// # Errors
    /// When no key can be made or written.
    pub fn start_on(agents: TcpListener, public: TcpListener) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            authority: Authority::create()?,
            state: Mutex::new(State::new()),
            changed: watch::Sender::new(()),
            cuts: CancellationToken::new(),
        });
        let all = CancellationToken::new();
        let edge = Self {
            agents: agents.local_addr()?,
            public: public.local_addr()?,
            shared,
            listening: Mutex::new(all.child_token()),
            held: Arc::default(),
            all,
        };
        edge.listen_to_agents(agents);
        let shared = edge.shared.clone();
        let all = edge.all.clone();
        tokio::spawn(all.run_until_cancelled_owned(async move {
            while let Ok((socket, from)) = public.accept().await {
                tokio::spawn(public::serve(shared.clone(), socket, from, None));
            }
        }));
        Ok(edge)
    }

    /// Where agents connect: `host:port`.
    pub fn server(&self) -> String {
        format!("localhost:{}", self.agents.port())
    }

    /// Where every public host of the stand-in is served.
    pub fn public(&self) -> SocketAddr {
        self.public
    }

    /// The test authority's certificate, as a PEM file that lives as long as the stand-in.
    pub fn root_cas(&self) -> PathBuf {
        self.shared.authority.pem_file()
    }

    /// A client on the internet that calls public hosts of the stand-in.
    pub fn caller(&self) -> Caller {
        Caller::new(self.shared.authority.client(), self.public)
    }

    fn listen_to_agents(&self, listener: TcpListener) {
        let (shared, held, address) = (self.shared.clone(), self.held.clone(), self.agents);
        let stop = self.all.child_token();
        *self
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = stop.clone();
        tokio::spawn(async move {
            let accepting = async move {
                while let Ok((socket, _)) = listener.accept().await {
                    tokio::spawn(agent::serve(shared.clone(), socket));
                }
            };
            stop.run_until_cancelled_owned(accepting).await;
            *held.lock().unwrap_or_else(PoisonError::into_inner) = hold(address).ok();
        });
    }
}

/// Takes a port without listening at it, so that whoever comes there is turned away.
fn hold(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Connections of before are still there.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}
