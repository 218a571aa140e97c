//! Online again, at the same address, whatever happens on the way.

use std::time::Duration;

use bellhop_engine::tunnel::{Pace, Tunnel, TunnelStatus};
use bellhop_test_support::edge::{Edge, Step};

use crate::bench::{
    Receiver, config, nothing_left, one_session, online, quick, reconnecting, started, until,
    watchful,
};

/// A tunnel that has been online, was disturbed, and is watched until it is online again.
struct Disturbed {
    edge: Edge,
    tunnel: Tunnel,
    url: String,
}

impl Disturbed {
    async fn prepare() -> Self {
        Self::at(quick()).await
    }

    async fn at(pace: Pace) -> Self {
        let edge = Edge::start().await.unwrap();
        let mut config = config(&edge);
        config.pace = pace;
        let tunnel = Tunnel::start(config, Receiver::default().router());
        let url = online(&tunnel).await;
        Self { edge, tunnel, url }
    }

    /// It is noticed, mended, at the same address, and calls arrive.
    async fn recovers(self) -> Edge {
        reconnecting(&self.tunnel).await;
        self.comes_back().await
    }

    async fn comes_back(self) -> Edge {
        assert_eq!(online(&self.tunnel).await, self.url);
        let answer = self
            .edge
            .caller()
            .get(&format!("{}/hooks/x", self.url))
            .await
            .unwrap();
        assert_eq!(answer.status, 200);
        one_session(&self.edge).await;
        self.tunnel.close().await;
        nothing_left(&self.edge).await;
        self.edge
    }
}

#[tokio::test]
async fn a_cut_link_comes_back_with_its_identity() {
    let disturbed = Disturbed::prepare().await;
    disturbed.edge.cut();
    let edge = disturbed.recovers().await;
    assert_eq!(edge.auths(), (1, 1));
}

#[tokio::test]
async fn many_cuts_one_after_another() {
    let disturbed = Disturbed::prepare().await;
    for _ in 0..5 {
        disturbed.edge.cut();
        reconnecting(&disturbed.tunnel).await;
        assert_eq!(online(&disturbed.tunnel).await, disturbed.url);
    }
    disturbed.comes_back().await;
}

#[tokio::test]
async fn a_go_away_of_the_service() {
    let disturbed = Disturbed::prepare().await;
    disturbed.edge.go_away().await;
    let status = reconnecting(&disturbed.tunnel).await;
    assert!(format!("{status:?}").contains("restarting"), "{status:?}");
    disturbed.comes_back().await;
}

#[tokio::test]
async fn a_frozen_link_is_noticed_by_its_silence() {
    let disturbed = Disturbed::at(watchful()).await;
    disturbed.edge.freeze();
    let edge = disturbed.recovers().await;
    assert_eq!(
        edge.auths(),
        (1, 1),
        "the identity brought the place of the dead session back"
    );
}

#[tokio::test]
async fn a_black_hole_for_all_connections() {
    let disturbed = Disturbed::at(watchful()).await;
    disturbed.edge.freeze_everything();
    reconnecting(&disturbed.tunnel).await;
    tokio::time::sleep(watchful().dial * 2).await;
    disturbed.edge.thaw();
    disturbed.comes_back().await;
}

#[tokio::test]
async fn an_endpoint_stopped_by_the_service() {
    let disturbed = Disturbed::prepare().await;
    disturbed
        .edge
        .stop_tunnels(None, "Your endpoint was moved.")
        .await
        .unwrap();
    let status = reconnecting(&disturbed.tunnel).await;
    assert!(
        format!("{status:?}").contains("Your endpoint was moved."),
        "{status:?}"
    );
    disturbed.comes_back().await;
}

/// The crate ignores StopTunnel once it has reconnected.
#[tokio::test]
async fn an_endpoint_stopped_after_a_reconnect() {
    let disturbed = Disturbed::prepare().await;
    disturbed.edge.cut();
    reconnecting(&disturbed.tunnel).await;
    online(&disturbed.tunnel).await;
    disturbed
        .edge
        .stop_tunnels(None, "Your endpoint was moved.")
        .await
        .unwrap();
    disturbed.recovers().await;
}

#[tokio::test]
async fn an_endpoint_stopped_for_a_reason_that_only_the_person_can_mend() {
    let disturbed = Disturbed::prepare().await;
    disturbed
        .edge
        .stop_tunnels(Some("ERR_NGROK_103"), "Suspended.")
        .await
        .unwrap();
    let failed = |status: &TunnelStatus| matches!(status, TunnelStatus::Failed { .. });
    until(&disturbed.tunnel, "failed", failed).await;
    nothing_left(&disturbed.edge).await;
    disturbed.tunnel.close().await;
}

/// The crate's session is not waited for: it will not come back. Its own second pause is 2.5 s.
fn without_the_crate() -> Pace {
    Pace {
        revive: Duration::from_secs(3),
        ..watchful()
    }
}

#[tokio::test]
async fn a_session_that_has_locked_up_is_replaced() {
    let disturbed = Disturbed::at(without_the_crate()).await;
    disturbed.edge.jam(400).await.unwrap();
    let edge = disturbed.recovers().await;
    assert_eq!(
        edge.auths().0,
        2,
        "a new session, as the old one is beyond help"
    );
}

/// Too few bytes behind the lock to fill the pipe: noticed by the heartbeats that stay away.
#[tokio::test]
async fn a_session_that_has_locked_up_quietly_is_replaced() {
    let disturbed = Disturbed::at(without_the_crate()).await;
    disturbed.edge.jam(160).await.unwrap();
    let edge = disturbed.recovers().await;
    assert_eq!(edge.auths().0, 2);
}

#[tokio::test]
async fn a_service_that_accepts_and_says_nothing() {
    let disturbed = Disturbed::at(watchful()).await;
    disturbed.edge.silent(true);
    disturbed.edge.cut();
    reconnecting(&disturbed.tunnel).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    disturbed.edge.silent(false);
    disturbed.comes_back().await;
}

#[tokio::test]
async fn a_service_that_does_not_answer_calls() {
    let pace = Pace {
        answer: Duration::from_secs(2),
        ..quick()
    };
    for step in [Step::Auth, Step::Bind] {
        let disturbed = Disturbed::at(pace.clone()).await;
        disturbed.edge.mute(Some(step));
        disturbed.edge.cut();
        reconnecting(&disturbed.tunnel).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        disturbed.edge.mute(None);
        disturbed.comes_back().await;
    }
}

/// The limit for an answer begins when the connection stands, not when it is begun.
#[tokio::test]
async fn a_service_that_never_answers_the_first_call() {
    let edge = Edge::start().await.unwrap();
    edge.mute(Some(Step::Auth));
    let mut config = config(&edge);
    config.pace.dial = Duration::from_secs(600);
    config.pace.answer = Duration::from_secs(2);
    let tunnel = Tunnel::start(config, Receiver::default().router());
    let status = reconnecting(&tunnel).await;
    assert!(
        format!("{status:?}").contains("does not answer"),
        "{status:?}"
    );
    edge.mute(None);
    online(&tunnel).await;
    tunnel.close().await;
    nothing_left(&edge).await;
}

#[tokio::test]
async fn a_service_that_is_silent_from_the_start() {
    let edge = Edge::start().await.unwrap();
    edge.silent(true);
    let mut config = config(&edge);
    config.pace = watchful();
    let tunnel = Tunnel::start(config, Receiver::default().router());
    let status = reconnecting(&tunnel).await;
    assert!(format!("{status:?}").contains("ngrok did"), "{status:?}");
    edge.silent(false);
    online(&tunnel).await;
    tunnel.close().await;
    nothing_left(&edge).await;
}

/// Five minutes away, with every pause 40 times shorter than in earnest: the pauses do not grow
/// above their cap, and the session keeps its identity.
#[tokio::test]
async fn a_long_outage_in_short() {
    let disturbed = Disturbed::prepare().await;
    disturbed.edge.down();
    reconnecting(&disturbed.tunnel).await;
    tokio::time::sleep(Duration::from_millis(7500)).await;
    let mut status = disturbed.tunnel.status();
    status.mark_unchanged();
    let waiting = |status: &TunnelStatus| match status {
        TunnelStatus::Reconnecting { next_try, .. } => *next_try,
        other => panic!("{other:?}"),
    };
    let pause = loop {
        status.changed().await.unwrap();
        if let Some(next_try) = waiting(&status.borrow()) {
            break next_try.duration_since(jiff::Timestamp::now());
        }
    };
    assert!(pause.as_millis() <= 200, "{pause}");
    disturbed.edge.up().await.unwrap();
    let edge = disturbed.comes_back().await;
    assert_eq!(edge.auths(), (1, 1));
}

/// In earnest: the default paces, and the promise of 15 seconds.
#[tokio::test]
async fn five_seconds_of_outage_with_the_default_paces() {
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.pace = Pace::default();
    let tunnel = Tunnel::start(config, Receiver::default().router());
    let url = online(&tunnel).await;
    edge.down();
    reconnecting(&tunnel).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    edge.up().await.unwrap();
    let mut status = tunnel.status();
    let online = status.wait_for(|status| matches!(status, TunnelStatus::Online { .. }));
    let status = tokio::time::timeout(Duration::from_secs(15), online).await;
    let status = status.expect("online within 15 s").unwrap().clone();
    assert!(matches!(status, TunnelStatus::Online { url: again, .. } if again == url));
    tunnel.close().await;
    nothing_left(&edge).await;
}

#[tokio::test]
async fn try_now_does_not_wait_for_the_pause() {
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.pace.pauses = (Duration::from_secs(120), Duration::from_secs(120));
    let tunnel = Tunnel::start(config, Receiver::default().router());
    online(&tunnel).await;
    edge.down();
    let waiting = |status: &TunnelStatus| {
        matches!(
            status,
            TunnelStatus::Reconnecting {
                next_try: Some(_),
                ..
            }
        )
    };
    until(&tunnel, "the pause", waiting).await;
    edge.up().await.unwrap();
    tunnel.try_now();
    online(&tunnel).await;
    tunnel.close().await;
}

/// The whole process stands still for longer than the service would wait, as in a sleep.
#[tokio::test]
async fn a_sleep_of_the_computer() {
    let disturbed = Disturbed::at(watchful()).await;
    let asleep = watchful().quiet + watchful().watch + Duration::from_millis(300);
    std::thread::sleep(asleep);
    disturbed.recovers().await;
}

#[tokio::test]
async fn an_address_that_is_not_ours_any_more_is_given_up_for_the_one_that_is() {
    for anew in [true, false] {
        let edge = Edge::start().await.unwrap();
        edge.reserve_domain("old.ngrok-test.example");
        edge.assign("old.ngrok-test.example");
        let (tunnel, url) = started(&edge, Receiver::default().router()).await;
        assert_eq!(url, "https://old.ngrok-test.example");
        edge.lose_domain("old.ngrok-test.example");
        edge.assign("new.ngrok-test.example");
        edge.reserve_domain("new.ngrok-test.example");
        // Both a new session and the old one, on a new link, ask for the host name that they had.
        match anew {
            true => edge.command(4).await.unwrap(),
            false => edge.cut(),
        }
        let moved = |status: &TunnelStatus| matches!(status, TunnelStatus::Online { url, .. } if url == "https://new.ngrok-test.example");
        until(&tunnel, "the new address", moved).await;
        tunnel.close().await;
    }
}
