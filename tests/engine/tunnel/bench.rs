//! A tunnel against a stand-in, and waiting for its states.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use bellhop_engine::tunnel::{Authtoken, Pace, Tunnel, TunnelConfig, TunnelStatus};
use bellhop_test_support::edge::{Edge, TOKEN};
use bytes::Bytes;

use crate::logs;

/// Patience of the tests: far above what anything should take.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// Paces for tests: pauses that take seconds in earnest take a fraction here. The limits are as long as in earnest, or
/// longer: a computer that stands still for some seconds is not taken for a service that does.
pub(crate) fn quick() -> Pace {
    let ms = Duration::from_millis;
    Pace {
        pauses: (ms(20), ms(200)),
        refused: (ms(50), ms(300)),
        revive: ms(30_000),
        probe_every: ms(60_000),
        probe_again: (ms(20), 3),
        watch: ms(100),
        leave: ms(3000),
        ..Pace::default()
    }
}

/// The same for services that say nothing more, which is noticed in a few seconds. These are still more than a busy
/// computer stands still.
pub(crate) fn watchful() -> Pace {
    let ms = Duration::from_millis;
    Pace {
        dial: ms(1000),
        heartbeat: ms(200),
        quiet: ms(6000),
        ..quick()
    }
}

/// A configuration that reaches the stand-in.
pub(crate) fn config(edge: &Edge) -> TunnelConfig {
    logs::keep();
    let mut config = TunnelConfig::new(Authtoken::new(TOKEN));
    config.server = Some(edge.server().parse().unwrap());
    config.root_cas = Some(edge.root_cas());
    config.probe_via = Some(edge.public());
    config.pace = quick();
    config
}

/// Waits for a state and returns it.
pub(crate) async fn until(
    tunnel: &Tunnel,
    what: &str,
    accept: impl Fn(&TunnelStatus) -> bool,
) -> TunnelStatus {
    let mut status = tunnel.status();
    let waited = tokio::time::timeout(SOON, status.wait_for(|status| accept(status)))
        .await
        .map(|status| status.expect("the tunnel lives").clone());
    waited.unwrap_or_else(|_| {
        let present = tunnel.status().borrow().clone();
        panic!("waited for {what}, and it is {present:?}")
    })
}

/// Waits until it is online and returns the address.
pub(crate) async fn online(tunnel: &Tunnel) -> String {
    let online = |status: &TunnelStatus| matches!(status, TunnelStatus::Online { .. });
    match until(tunnel, "online", online).await {
        TunnelStatus::Online { url, .. } => url,
        other => panic!("{other:?}"),
    }
}

/// Waits until it is not online, and says so.
pub(crate) async fn reconnecting(tunnel: &Tunnel) -> TunnelStatus {
    let gone = |status: &TunnelStatus| matches!(status, TunnelStatus::Reconnecting { .. });
    until(tunnel, "reconnecting", gone).await
}

/// A tunnel that is online.
pub(crate) async fn started(edge: &Edge, receiver: Router) -> (Tunnel, String) {
    let tunnel = Tunnel::start(config(edge), receiver);
    let url = online(&tunnel).await;
    (tunnel, url)
}

/// Waits until the stand-in has one session, and no dead one.
pub(crate) async fn one_session(edge: &Edge) {
    let one = edge.until(SOON, |edge| edge.sessions() == 1).await;
    one.expect("one session");
}

/// Waits until the stand-in holds nothing of ours.
pub(crate) async fn nothing_left(edge: &Edge) {
    let empty = |edge: &Edge| edge.sessions() == 0 && edge.hosts().is_empty();
    edge.until(SOON, empty)
        .await
        .expect("nothing of ours is online");
}

/// One call as the receiver got it.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) from: std::net::SocketAddr,
}

/// A receiver that keeps what it gets, and answers with the length of the body.
#[derive(Clone, Default)]
pub(crate) struct Receiver(Arc<Mutex<Vec<Got>>>);

impl Receiver {
    pub(crate) fn got(&self) -> Vec<Got> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn router(&self) -> Router {
        Router::new().fallback(keep).with_state(self.clone())
    }
}

async fn keep(
    State(receiver): State<Receiver>,
    ConnectInfo(from): ConnectInfo<std::net::SocketAddr>,
    request: Request<Body>,
) -> String {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 8 << 20).await.unwrap();
    let length = body.len();
    let target = format!("{} {}", parts.method, parts.uri);
    receiver.0.lock().unwrap().push(Got {
        target,
        headers: parts.headers,
        body,
        from,
    });
    length.to_string()
}
