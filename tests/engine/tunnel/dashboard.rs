//! What somebody can do to us in the service's dashboard.

use bellhop_engine::tunnel::TunnelStatus;
use bellhop_test_support::edge::Edge;

use crate::bench::{Receiver, SOON, nothing_left, one_session, online, started, until};

const RESTART: u32 = 4;
const STOP: u32 = 5;
const UPDATE: u32 = 6;

#[tokio::test]
async fn stop_leaves_and_waits_for_the_person() {
    let edge = Edge::start().await.unwrap();
    let (tunnel, url) = started(&edge, Receiver::default().router()).await;
    edge.command(STOP).await.unwrap();
    let failed = |status: &TunnelStatus| matches!(status, TunnelStatus::Failed { .. });
    let status = until(&tunnel, "stopped", failed).await;
    assert!(format!("{status:?}").contains("dashboard"), "{status:?}");
    nothing_left(&edge).await;
    tunnel.try_now();
    assert_eq!(online(&tunnel).await, url);
    tunnel.close().await;
}

#[tokio::test]
async fn restart_makes_a_new_session_at_the_same_address() {
    let edge = Edge::start().await.unwrap();
    let (tunnel, url) = started(&edge, Receiver::default().router()).await;
    edge.command(RESTART).await.unwrap();
    edge.until(SOON, |edge| edge.auths() == (2, 0))
        .await
        .unwrap();
    assert_eq!(online(&tunnel).await, url);
    one_session(&edge).await;
    tunnel.close().await;
}

#[tokio::test]
async fn update_is_declined() {
    let edge = Edge::start().await.unwrap();
    let (tunnel, url) = started(&edge, Receiver::default().router()).await;
    edge.command(UPDATE).await.unwrap();
    let answer = edge
        .until(SOON, |edge| {
            edge.answers()
                .iter()
                .any(|answer| answer.contains("updated"))
        })
        .await;
    answer.unwrap();
    assert_eq!(online(&tunnel).await, url);
    assert_eq!(edge.auths(), (1, 0));
    tunnel.close().await;
}

#[test]
fn the_status_as_json() {
    let since: jiff::Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
    let json = |status: TunnelStatus| serde_json::to_value(status).unwrap();
    assert_eq!(
        json(TunnelStatus::Off),
        serde_json::json!({ "state": "off" })
    );
    assert_eq!(
        json(TunnelStatus::Connecting),
        serde_json::json!({ "state": "connecting" })
    );
    let online = TunnelStatus::Online {
        url: "https://a.example".into(),
        since,
    };
    assert_eq!(
        json(online),
        serde_json::json!({ "state": "online", "url": "https://a.example", "since": "2026-05-04T10:00:00Z" })
    );
    let reconnecting = TunnelStatus::Reconnecting {
        since,
        code: Some("ERR_NGROK_334".into()),
        cause: "c".into(),
        next_try: None,
    };
    assert_eq!(
        json(reconnecting),
        serde_json::json!({
            "state": "reconnecting", "since": "2026-05-04T10:00:00Z",
            "code": "ERR_NGROK_334", "cause": "c", "nextTry": null,
        })
    );
    let failed = TunnelStatus::Failed {
        code: None,
        message: "m".into(),
    };
    assert_eq!(
        json(failed),
        serde_json::json!({ "state": "failed", "code": null, "message": "m" })
    );
}
