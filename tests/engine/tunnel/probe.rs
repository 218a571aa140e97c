//! Online means that a call to our own address has come back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bellhop_engine::tunnel::{Doorman, ProbeError, Prober, Tunnel, TunnelConfig, TunnelStatus};
use bellhop_test_support::edge::Edge;
use bytes::Bytes;
use jiff::Timestamp;

use crate::bench::{Receiver, SOON, config, nothing_left, online, reconnecting, started, until};

#[tokio::test]
async fn a_session_that_looks_fine_is_not_online_until_a_probe_comes_back() {
    let edge = Edge::start().await.unwrap();
    edge.hide_from_public(true);
    let tunnel = Tunnel::start(config(&edge), Receiver::default().router());
    let told = |status: &TunnelStatus| match status {
        TunnelStatus::Reconnecting { code, cause, .. } => {
            code.as_deref() == Some("ERR_NGROK_3200") && cause.contains("offline")
        }
        TunnelStatus::Online { .. } => panic!("not online"),
        _ => false,
    };
    until(&tunnel, "the cause", told).await;
    // The first failure is answered with a new session.
    edge.until(SOON, |edge| edge.auths().0 == 2).await.unwrap();
    edge.hide_from_public(false);
    online(&tunnel).await;
    tunnel.close().await;
    nothing_left(&edge).await;
}

#[tokio::test]
async fn a_later_probe_notices_that_calls_have_ceased_to_arrive() {
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.pace.probe_every = Duration::from_millis(150);
    let tunnel = Tunnel::start(config, Receiver::default().router());
    let url = online(&tunnel).await;
    edge.hide_from_public(true);
    reconnecting(&tunnel).await;
    edge.hide_from_public(false);
    assert_eq!(online(&tunnel).await, url);
    tunnel.close().await;
    nothing_left(&edge).await;
}

#[tokio::test]
async fn the_receiver_never_sees_a_probe() {
    let edge = Edge::start().await.unwrap();
    let receiver = Receiver::default();
    let mut config = config(&edge);
    config.pace.probe_every = Duration::from_millis(50);
    let tunnel = Tunnel::start(config, receiver.router());
    let url = online(&tunnel).await;
    edge.until(SOON, |edge| edge.calls() > 5).await.unwrap();
    assert!(receiver.got().is_empty());
    // A path that only looks like one is a call like any other.
    let guess = format!("{url}/hooks/probe-{}", "0".repeat(32));
    edge.caller().get(&guess).await.unwrap();
    assert_eq!(receiver.got().len(), 1);
    tunnel.close().await;
}

#[tokio::test]
async fn a_probe_that_comes_when_it_has_been_given_up_goes_no_further() {
    let edge = Edge::start().await.unwrap();
    let receiver = Receiver::default();
    let doorman = Arc::new(Doorman::default());
    let (tunnel, url) = started(&edge, doorman.in_front_of(receiver.router())).await;
    let (roots, via) = (Some(edge.root_cas()), Some(edge.public()));
    let impatient = Prober::new(doorman, roots, via, None, Duration::from_secs(3));
    let impatient = impatient.await.unwrap();
    edge.hold_calls(true);
    let before = edge.calls();
    let given_up = loop {
        match impatient.probe(&url).await.unwrap_err() {
            // On a busy computer it may be given up before it is sent.
            ProbeError::NotAsked(_) if edge.calls() == before => {}
            given_up => break given_up,
        }
    };
    assert!(given_up.cause().contains("not answered in time"));
    edge.until(SOON, |edge| edge.calls() > before)
        .await
        .unwrap();
    edge.hold_calls(false);
    edge.until(SOON, |edge| edge.answered_late() == 1)
        .await
        .unwrap();
    assert_eq!(receiver.got().len(), 0);
    tunnel.close().await;
}

#[tokio::test]
async fn a_real_call_saves_a_probe() {
    let every = Duration::from_secs(1);
    // On a busy computer calls may come so seldom that a probe has to go out: then it tells nothing, and begins anew.
    for _ in 0..20 {
        let edge = Edge::start().await.unwrap();
        let mut config = config(&edge);
        config.pace.probe_every = every;
        let tunnel = Tunnel::start(config, Receiver::default().router());
        let url = online(&tunnel).await;
        let (caller, address) = (edge.caller(), format!("{url}/hooks/a"));
        let (before, begun) = (edge.calls(), Instant::now());
        let since = match &*tunnel.status().borrow() {
            TunnelStatus::Online { since, .. } => *since,
            other => panic!("{other:?}"),
        };
        let (mut real, mut last) = (0, begun);
        let mut longest = Timestamp::now().duration_since(since).unsigned_abs();
        while begun.elapsed() < every * 2 {
            let call = caller.post(&address, Default::default(), Bytes::new());
            call.await.unwrap();
            real += 1;
            longest = longest.max(last.elapsed());
            last = Instant::now();
            tokio::time::sleep(every / 10).await;
        }
        if longest < every / 2 {
            assert_eq!(edge.calls() - before, real, "only real calls");
            return tunnel.close().await;
        }
    }
    panic!("calls came too seldom");
}

#[tokio::test]
async fn try_now_probes_while_online() {
    let edge = Edge::start().await.unwrap();
    let (tunnel, _) = started(&edge, Receiver::default().router()).await;
    let before = edge.calls();
    tunnel.try_now();
    edge.until(SOON, |edge| edge.calls() == before + 1)
        .await
        .unwrap();
    tunnel.close().await;
}

#[tokio::test]
async fn with_the_probe_off_nothing_is_sent() {
    let edge = Edge::start().await.unwrap();
    edge.hide_from_public(true);
    let mut config = config(&edge);
    config.probe = false;
    let tunnel = Tunnel::start(config, Receiver::default().router());
    online(&tunnel).await;
    assert_eq!(edge.calls(), 0);
    edge.cut();
    reconnecting(&tunnel).await;
    online(&tunnel).await;
    assert_eq!(edge.calls(), 0);
    tunnel.close().await;
}

/// Where our own network keeps us from asking, a new session would not help, and none is made.
#[tokio::test]
async fn a_public_address_that_cannot_be_asked_is_no_reason_for_a_new_session() {
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    // Nobody listens there.
    config.probe_via = Some("127.0.0.1:1".parse().unwrap());
    let tunnel = Tunnel::start(config, Receiver::default().router());
    let waiting = |status: &TunnelStatus| {
        matches!(
            status,
            TunnelStatus::Reconnecting {
                next_try: Some(_),
                ..
            }
        )
    };
    let status = until(&tunnel, "the cause", waiting).await;
    assert!(
        format!("{status:?}").contains("could not be reached"),
        "{status:?}"
    );
    assert_eq!(edge.auths(), (1, 0));
    // A real call is proof enough all the same.
    let host = edge.hosts().pop().unwrap();
    let caller = edge.caller();
    let calling = async {
        loop {
            let _ = caller.get(&format!("https://{host}/hooks/a")).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        _ = online(&tunnel) => {}
        () = calling => {}
    }
    tunnel.close().await;
}

/// For an address that somebody else's tunnel leads to us: the same door, without ours.
#[tokio::test]
async fn a_public_address_of_ones_own_is_probed_the_same_way() {
    let edge = Edge::start().await.unwrap();
    let receiver = Receiver::default();
    let doorman = Arc::new(Doorman::default());
    let (tunnel, url) = started(&edge, doorman.in_front_of(receiver.router())).await;
    let (roots, via) = (Some(edge.root_cas()), Some(edge.public()));
    let prober = Prober::new(doorman, roots, via, None, SOON).await.unwrap();
    let times = prober.probe(&url).await.unwrap();
    assert!(times.answer > Duration::ZERO && times.dial.tls > Duration::ZERO);
    assert!(receiver.got().is_empty());
    let insecure = prober.probe(&url.replace("https", "http")).await;
    assert!(
        matches!(insecure, Err(ProbeError::NotAsked(_))),
        "https only"
    );
    edge.hide_from_public(true);
    let gone = prober.probe(&url).await.unwrap_err();
    assert_eq!(gone.code(), Some("ERR_NGROK_3200"));
    tunnel.close().await;
}

#[tokio::test]
async fn the_address_is_found_by_its_name_and_its_port() {
    let edge = Edge::start().await.unwrap();
    let hosts = [
        edge.open_address().await.unwrap(),
        edge.open_address().await.unwrap(),
    ];
    edge.assign(&hosts[0]);
    for (domain, host) in [
        (None, &hosts[0]),
        (Some(hosts[1].clone()), &hosts[1]),
        (Some(format!("https://{}/", hosts[0])), &hosts[0]),
    ] {
        let receiver = Receiver::default();
        let config = TunnelConfig {
            domain,
            probe_via: None,
            ..config(&edge)
        };
        let tunnel = Tunnel::start(config, receiver.router());
        let url = online(&tunnel).await;
        assert_eq!(url, format!("https://{host}"));
        let path = format!("{url}/hooks/a");
        let call = edge.caller();
        let call = call.post(&path, Default::default(), Bytes::new());
        call.await.unwrap();
        let got = receiver.got();
        let forwarded = got[0].headers.get("x-forwarded-host").unwrap();
        assert_eq!(forwarded, host);
        tunnel.close().await;
    }
    nothing_left(&edge).await;
}
