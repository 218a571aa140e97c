//! The figures of docs/tunnel.md. Run by hand:
//! `cargo test --release -p bellhop-engine --test tunnel measure -- --ignored --nocapture --test-threads 1`

use std::future::Future;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use bellhop_engine::tunnel::{Pace, Tunnel, TunnelStatus};
use bellhop_test_support::edge::Edge;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::bench::{Receiver, config, online, reconnecting, watchful};

const CALLS: usize = 3000;
const CONNECTIONS: usize = 32;

fn receiver() -> Router {
    Router::new().route(
        "/hooks/a",
        post(|body: Bytes| async move { body.len().to_string() }),
    )
}

async fn call(sender: &mut SendRequest<Full<Bytes>>) {
    let request = hyper::Request::post("/hooks/a")
        .header("host", "salon.ngrok-test.example")
        .body(Full::new(Bytes::from_static(&[b'b'; 1200])))
        .unwrap();
    sender.ready().await.unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.into_body().collect().await.unwrap();
}

/// One call at a time over one connection, then as many as come over 32 connections.
async fn figures<F, C>(name: &str, connect: F)
where
    F: Fn() -> C,
    C: Future<Output = SendRequest<Full<Bytes>>>,
{
    let mut sender = connect().await;
    for _ in 0..200 {
        call(&mut sender).await;
    }
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let begun = Instant::now();
        call(&mut sender).await;
        times.push(begun.elapsed());
    }
    times.sort();
    let at = |share: f64| times[(times.len() as f64 * share) as usize].as_micros();
    let (p50, p99) = (at(0.5), at(0.99));

    let begun = Instant::now();
    let mut all = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut sender = connect().await;
        all.spawn(async move {
            for _ in 0..CALLS / 10 {
                call(&mut sender).await;
            }
        });
    }
    all.join_all().await;
    let rate = (CONNECTIONS * CALLS / 10) as f64 / begun.elapsed().as_secs_f64();
    println!(
        "{name}: p50 {p50} µs, p99 {p99} µs, {rate:.0} calls/s over {CONNECTIONS} connections"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures"]
async fn latency() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let direct = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, receiver()).await });
    figures("direct", || async {
        let socket = TcpStream::connect(direct).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(socket)).await.unwrap();
        tokio::spawn(connection);
        sender
    })
    .await;

    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.pace = Pace::default();
    let tunnel = Tunnel::start(config, receiver());
    online(&tunnel).await;
    let caller = edge.caller();
    figures("tunnel", || async {
        caller.connect("salon.ngrok-test.example").await.unwrap()
    })
    .await;
    tunnel.close().await;
}

/// Time from the fault, or from the return of the service, until it is online again.
async fn recovery<D, F>(name: &'static str, disturb: D) -> (&'static str, Duration)
where
    D: FnOnce(Edge) -> F,
    F: Future<Output = (Edge, Instant)>,
{
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.pace = Pace::default();
    let tunnel = Tunnel::start(config, Receiver::default().router());
    online(&tunnel).await;
    // Past the time in which a link counts as short, as nearly always in earnest.
    tokio::time::sleep(Pace::default().quiet).await;
    let mut status = tunnel.status();
    let (edge, begun) = disturb(edge).await;
    let _ = tokio::time::timeout(
        Duration::from_secs(30),
        status.wait_for(|status| matches!(status, TunnelStatus::Reconnecting { .. })),
    )
    .await;
    let _ = status
        .wait_for(|status| matches!(status, TunnelStatus::Online { .. }))
        .await;
    let time = begun.elapsed();
    tunnel.close().await;
    drop(edge);
    (name, time)
}

async fn outage(edge: Edge, seconds: u64) -> (Edge, Instant) {
    edge.down();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    edge.up().await.unwrap();
    (edge, Instant::now())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures"]
async fn recovery_times() {
    let mut all = JoinSet::new();
    for _ in 0..5 {
        all.spawn(recovery("cut", |edge| async {
            edge.cut();
            (edge, Instant::now())
        }));
        all.spawn(recovery("GOAWAY", |edge| async {
            edge.go_away().await;
            (edge, Instant::now())
        }));
        all.spawn(recovery("StopTunnel", |edge| async {
            edge.stop_tunnels(None, "moved").await.unwrap();
            (edge, Instant::now())
        }));
        all.spawn(recovery("freeze of the link", |edge| async {
            edge.freeze();
            (edge, Instant::now())
        }));
        all.spawn(recovery("jammed session", |edge| async {
            edge.jam(160).await.unwrap();
            (edge, Instant::now())
        }));
        all.spawn(recovery("after 5 s of outage", |edge| outage(edge, 5)));
        all.spawn(recovery("after 30 s of outage", |edge| outage(edge, 30)));
        all.spawn(recovery("after 5 min of outage", |edge| outage(edge, 300)));
    }
    let mut results = all.join_all().await;
    results.sort();
    for group in results.chunk_by(|a, b| a.0 == b.0) {
        let times: Vec<String> = group
            .iter()
            .map(|(_, time)| format!("{:.2}", time.as_secs_f64()))
            .collect();
        println!("{}: {} s", group[0].0, times.join(", "));
    }
}

#[tokio::test]
#[ignore = "prints figures"]
async fn first_start() {
    let edge = Edge::start().await.unwrap();
    for probe in [false, true] {
        let mut config = config(&edge);
        config.pace = Pace::default();
        config.probe = probe;
        let begun = Instant::now();
        let tunnel = Tunnel::start(config, Receiver::default().router());
        online(&tunnel).await;
        println!("start to online, probe {probe}: {:?}", begun.elapsed());
        edge.cut();
        reconnecting(&tunnel).await;
        let begun = Instant::now();
        tunnel.close().await;
        println!("close: {:?}", begun.elapsed());
    }
}

/// What a session that has locked up leaves behind: its tasks wait for each other for ever.
#[tokio::test]
#[ignore = "prints figures"]
async fn left_by_jams() {
    let alive = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.pace = watchful();
    let tunnel = Tunnel::start(config, Receiver::default().router());
    online(&tunnel).await;
    for _ in 0..3 {
        edge.jam(160).await.unwrap();
        reconnecting(&tunnel).await;
        online(&tunnel).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        println!("{} tasks alive", alive());
    }
    tunnel.close().await;
}
