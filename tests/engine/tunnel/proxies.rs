//! Through a proxy, where the network lets nothing else out.

use std::sync::Arc;

use bellhop_engine::tunnel::{Doorman, ProbeError, Prober, ProxyAddress, Tunnel, TunnelConfig};
use bellhop_test_support::edge::{DOMAIN, Edge, NAMED_SERVER, Proxy};

use crate::bench::{Receiver, SOON, config, nothing_left, online, reconnecting, started};
use crate::logs;

const SCHEMES: [&str; 2] = ["http", "socks5"];

/// A configuration that can reach the stand-in through the proxy alone.
fn behind(edge: &Edge, proxy: &str) -> TunnelConfig {
    TunnelConfig {
        server: Some(NAMED_SERVER.parse().unwrap()),
        proxy: Some(proxy.parse().unwrap()),
        probe_via: None,
        ..config(edge)
    }
}

#[tokio::test]
async fn the_session_and_its_probe_go_through_the_proxy() {
    for scheme in SCHEMES {
        let edge = Edge::start().await.unwrap();
        let proxy = Proxy::start(scheme, &edge).await.unwrap();
        let config = behind(&edge, &proxy.address("anna", "secret"));
        let tunnel = Tunnel::start(config, Receiver::default().router());
        online(&tunnel).await;
        edge.cut();
        reconnecting(&tunnel).await;
        online(&tunnel).await;
        let public = format!("{DOMAIN}:443");
        let each_time = [NAMED_SERVER, &public];
        assert_eq!(proxy.led_to(), [each_time, each_time].concat());
        tunnel.close().await;
        nothing_left(&edge).await;
    }
}

#[tokio::test]
async fn a_proxy_that_wants_another_password_is_waited_for_and_the_password_is_not_shown() {
    for scheme in SCHEMES {
        let edge = Edge::start().await.unwrap();
        let proxy = Proxy::start(scheme, &edge).await.unwrap();
        let config = behind(&edge, &proxy.address("anna", "wrong-word"));
        let tunnel = Tunnel::start(config, Receiver::default().router());
        let status = format!("{:?}", reconnecting(&tunnel).await);
        assert!(status.contains("proxy"), "{status}");
        assert!(!status.contains("wrong-word"), "{status}");
        assert!(edge.seen().is_empty());
        tunnel.close().await;
    }
    assert!(!logs::so_far().contains("wrong-word"));
}

#[tokio::test]
async fn a_probe_that_the_proxy_does_not_let_out_says_so() {
    let edge = Edge::start().await.unwrap();
    let doorman = Arc::new(Doorman::default());
    let receiver = doorman.in_front_of(Receiver::default().router());
    let (tunnel, url) = started(&edge, receiver).await;
    for scheme in SCHEMES {
        let proxy = Proxy::start(scheme, &edge).await.unwrap();
        for (password, let_out) in [("secret", true), ("other-word", false)] {
            let proxy: ProxyAddress = proxy.address("anna", password).parse().unwrap();
            let roots = Some(edge.root_cas());
            let prober = Prober::new(Arc::clone(&doorman), roots, None, Some(proxy), SOON);
            let before = edge.calls();
            match prober.await.unwrap().probe(&url).await {
                Ok(_) => assert!(let_out, "{scheme}"),
                Err(ProbeError::NotAsked(cause)) => {
                    assert!(!let_out, "{scheme}: {cause}");
                    let sentence = format!("The proxy does not lead on to {DOMAIN}");
                    assert!(cause.starts_with(&sentence), "{cause}");
                    assert!(!cause.contains("other-word"), "{cause}");
                }
                Err(other) => panic!("{scheme}: {other:?}"),
            }
            assert_eq!(edge.calls() - before, usize::from(let_out), "{scheme}");
        }
    }
    assert!(!logs::so_far().contains("other-word"));
    tunnel.close().await;
}

#[test]
fn a_proxys_password_is_never_printed() {
    let proxy: ProxyAddress = "http://anna:secret@proxy.example:3128".parse().unwrap();
    assert!(!format!("{proxy:?}").contains("secret"));
}
