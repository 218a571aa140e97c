//! Leaving so that nothing of ours stays at the edge.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bellhop_engine::tunnel::{Tunnel, TunnelStatus};
use bellhop_test_support::edge::{DOMAIN, Edge, Seen, Step};
use bytes::Bytes;
use tokio::sync::Notify;

use crate::bench::{
    Receiver, SOON, config, nothing_left, online, quick, reconnecting, started, until,
};

#[tokio::test]
async fn close_unbinds_hangs_up_and_says_off() {
    let edge = Edge::start().await.unwrap();
    for _ in 0..20 {
        let (tunnel, _) = started(&edge, Receiver::default().router()).await;
        let status = tunnel.status();
        tunnel.close().await;
        assert_eq!(*status.borrow(), TunnelStatus::Off);
        nothing_left(&edge).await;
    }
    let seen = edge.seen();
    let count = |wanted: fn(&Seen) -> bool| seen.iter().filter(|seen| wanted(seen)).count();
    assert_eq!(count(|seen| matches!(seen, Seen::Unbind(_))), 20);
    assert_eq!(edge.auths(), (20, 0), "no session came back after its end");
}

/// Neither the crate's tasks nor ours stay behind, also after a reconnect.
#[tokio::test]
async fn close_leaves_no_task_behind() {
    let edge = Edge::start().await.unwrap();
    let before = alive();
    for _ in 0..5 {
        let (tunnel, _) = started(&edge, Receiver::default().router()).await;
        edge.cut();
        reconnecting(&tunnel).await;
        online(&tunnel).await;
        tunnel.close().await;
        nothing_left(&edge).await;
    }
    let deadline = Instant::now() + SOON;
    while alive() > before {
        assert!(
            Instant::now() < deadline,
            "{} tasks are left",
            alive() - before
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn alive() -> usize {
    tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks()
}

#[tokio::test]
async fn dropping_it_leaves_too() {
    let edge = Edge::start().await.unwrap();
    let (tunnel, _) = started(&edge, Receiver::default().router()).await;
    drop(tunnel);
    nothing_left(&edge).await;
}

#[tokio::test]
async fn close_is_bounded_whatever_the_service_does() {
    type Trouble = fn(&Edge);
    let troubles: [Trouble; 5] = [
        |edge| edge.freeze_everything(),
        |edge| edge.down(),
        |edge| edge.silent(true),
        |edge| {
            edge.mute(Some(Step::Auth));
            edge.cut();
        },
        |edge| {
            edge.silent(true);
            edge.cut();
        },
    ];
    for trouble in troubles {
        let edge = Edge::start().await.unwrap();
        let (tunnel, _) = started(&edge, Receiver::default().router()).await;
        trouble(&edge);
        tokio::task::yield_now().await;
        let begun = Instant::now();
        tunnel.close().await;
        assert!(begun.elapsed() < quick().leave * 4, "{:?}", begun.elapsed());
    }
    // And before it was ever online.
    let edge = Edge::start().await.unwrap();
    edge.silent(true);
    let tunnel = Tunnel::start(config(&edge), Receiver::default().router());
    tunnel.close().await;
    nothing_left(&edge).await;
}

#[tokio::test]
async fn calls_under_way_are_answered_before_the_end() {
    let edge = Edge::start().await.unwrap();
    let (begun, mut is_begun) = tokio::sync::mpsc::channel(1);
    let go_on = Arc::new(Notify::new());
    let held = Arc::clone(&go_on);
    let slow = axum::Router::new().fallback(move || {
        let (begun, held) = (begun.clone(), Arc::clone(&held));
        async move {
            let _ = begun.send(()).await;
            held.notified().await;
            "done"
        }
    });
    let mut config = config(&edge);
    config.pace.leave = SOON;
    let tunnel = Tunnel::start(config, slow);
    let url = online(&tunnel).await;
    let caller = edge.caller();
    let call = tokio::spawn(async move {
        caller
            .post(&format!("{url}/hooks/a"), Default::default(), Bytes::new())
            .await
    });
    is_begun.recv().await.unwrap();
    let answered_meanwhile = async {
        edge.until(SOON, |edge| edge.hosts().is_empty())
            .await
            .unwrap();
        assert_eq!(edge.sessions(), 1, "it waits for the call");
        go_on.notify_one();
    };
    tokio::join!(tunnel.close(), answered_meanwhile);
    let answer = call.await.unwrap().unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.body[..]),
        (200, &b"done"[..])
    );
}

/// The program is killed while the service does not notice, and started again.
#[test]
fn after_a_crash_the_next_start_waits_for_the_dead_session_and_explains() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    };
    let edges = runtime();
    let edge = edges.block_on(Edge::start()).unwrap();
    edge.keep_dead_sessions(true);

    let first = runtime();
    let tunnel = first.block_on(async { started(&edge, Receiver::default().router()).await.0 });
    // All tasks are dropped where they stand, and the sockets with them. Nobody says goodbye.
    std::mem::forget(tunnel);
    first.shutdown_background();
    edges
        .block_on(edge.until(SOON, |edge| edge.seen().contains(&Seen::Left)))
        .unwrap();
    assert_eq!(edge.sessions(), 1, "the edge still holds the dead session");

    edges.block_on(async {
        let tunnel = Tunnel::start(config(&edge), Receiver::default().router());
        let status = reconnecting(&tunnel).await;
        assert!(
            matches!(&status, TunnelStatus::Reconnecting { code: Some(code), next_try: Some(_), .. } if code == "ERR_NGROK_334"),
            "{status:?}"
        );
        edge.bury();
        online(&tunnel).await;
        edge.keep_dead_sessions(false);
        tunnel.close().await;
        nothing_left(&edge).await;
    });
}

#[tokio::test]
async fn one_session_too_many_is_waited_out() {
    let edge = Edge::start().await.unwrap();
    let (first, _) = started(&edge, Receiver::default().router()).await;
    edge.limit_sessions(Some(1));
    let second = Tunnel::start(config(&edge), Receiver::default().router());
    let limited = |status: &TunnelStatus| matches!(status, TunnelStatus::Reconnecting { code: Some(code), .. } if code == "ERR_NGROK_108");
    until(&second, "108", limited).await;
    first.close().await;
    online(&second).await;
    second.close().await;
    nothing_left(&edge).await;
}

/// Both sides of a pool must allow it; then a new start is online beside the dead session.
#[tokio::test]
async fn with_pooling_a_new_start_takes_over() {
    let edge = Edge::start().await.unwrap();
    let mut pooled = config(&edge);
    pooled.pooling = true;
    let first = Tunnel::start(pooled.clone(), Receiver::default().router());
    online(&first).await;
    let second = Tunnel::start(pooled, Receiver::default().router());
    online(&second).await;
    assert_eq!(edge.hosts(), [DOMAIN, DOMAIN]);
    second.close().await;
    first.close().await;
    nothing_left(&edge).await;
}
