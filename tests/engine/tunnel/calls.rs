//! What callers send is what the receiver gets.

use std::collections::HashSet;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use bellhop_engine::tunnel::{Pace, Tunnel};
use bellhop_test_support::edge::{Edge, Seen};
use bytes::Bytes;
use tokio::task::JoinSet;

use crate::bench::{Receiver, config, nothing_left, online, started};

/// A tunnel with the default paces, for tests that keep the computer so busy that short ones would fail.
async fn patient(edge: &Edge, receiver: &Receiver) -> (Tunnel, String) {
    let mut config = config(edge);
    config.pace = Pace::default();
    let tunnel = Tunnel::start(config, receiver.router());
    let url = online(&tunnel).await;
    (tunnel, url)
}

/// Bytes that look like nothing in particular, different for every seed.
fn noise(seed: u64, length: usize) -> Bytes {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let bytes = (0..length).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    });
    bytes.collect()
}

#[tokio::test]
async fn bytes_and_headers_arrive_as_they_were_sent() {
    let edge = Edge::start().await.unwrap();
    let receiver = Receiver::default();
    let (tunnel, url) = started(&edge, receiver.router()).await;
    let window = 256 * 1024;
    for (seed, length) in [0, 1, 999, window - 1, window, window + 1, 1 << 20]
        .into_iter()
        .enumerate()
    {
        let body = noise(seed as u64 + 1, length);
        let mut headers = HeaderMap::new();
        headers.insert(
            "webhook-signature",
            HeaderValue::from_static("v1,abc= v1a,def=="),
        );
        headers.append("x-twice", HeaderValue::from_static("one"));
        headers.append("x-twice", HeaderValue::from_static("two"));
        headers.insert("x-empty", HeaderValue::from_static(""));
        headers.insert("x-latin", HeaderValue::from_bytes(b"M\xfcller").unwrap());
        headers.insert("x-long", HeaderValue::from_str(&"y".repeat(6000)).unwrap());
        let address = format!("{url}/hooks/abc?n={seed}&q=%20%2F");
        let answer = edge
            .caller()
            .post(&address, headers.clone(), body.clone())
            .await
            .unwrap();
        assert_eq!(answer.status, 200);
        assert_eq!(&answer.body[..], length.to_string().as_bytes());

        let got = receiver.got().pop().unwrap();
        assert_eq!(got.target, format!("POST /hooks/abc?n={seed}&q=%20%2F"));
        assert!(got.body == body, "{length} bytes arrive as they were sent");
        for name in headers.keys() {
            let (sent, arrived): (Vec<_>, Vec<_>) = (
                headers.get_all(name).iter().collect(),
                got.headers.get_all(name).iter().collect(),
            );
            assert_eq!(sent, arrived, "{name}");
        }
        assert!(
            got.from.ip().is_loopback() && got.from.port() > 0,
            "the caller's own address"
        );
    }
    tunnel.close().await;
    nothing_left(&edge).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_calls_at_once() {
    let edge = Edge::start().await.unwrap();
    let receiver = Receiver::default();
    let (tunnel, url) = patient(&edge, &receiver).await;
    let mut calls = JoinSet::new();
    for number in 0..500_u64 {
        let (caller, url) = (edge.caller(), url.clone());
        calls.spawn(async move {
            let body = noise(number + 1, 2000 + number as usize);
            caller
                .post(&format!("{url}/hooks/{number}"), HeaderMap::new(), body)
                .await
        });
    }
    while let Some(answer) = calls.join_next().await {
        assert_eq!(answer.unwrap().unwrap().status, 200);
    }
    let got = receiver.got();
    assert_eq!(got.len(), 500);
    for call in &got {
        let number: u64 = call.target.rsplit('/').next().unwrap().parse().unwrap();
        assert!(call.body == noise(number + 1, 2000 + number as usize));
    }
    let paths: HashSet<&str> = got.iter().map(|call| call.target.as_str()).collect();
    assert_eq!(paths.len(), 500, "each once");
    assert_eq!(edge.auths(), (1, 0), "one session bore it");
    tunnel.close().await;
}

/// The crate's session dies when more than 512 streams are open at once. Callers try again, as booking systems
/// do, and everything arrives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_at_once_all_arrive_in_the_end() {
    let edge = Edge::start().await.unwrap();
    let receiver = Receiver::default();
    let (tunnel, url) = patient(&edge, &receiver).await;
    let mut calls = JoinSet::new();
    for number in 0..1000_u64 {
        let (caller, url) = (edge.caller(), url.clone());
        calls.spawn(async move {
            for attempt in 1..40 {
                let address = format!("{url}/hooks/{number}");
                match caller
                    .post(&address, HeaderMap::new(), Bytes::from_static(b"x"))
                    .await
                {
                    Ok(answer) if answer.status == 200 => return true,
                    _ => {
                        // Booking systems spread their attempts too.
                        let pause = 100 * attempt + number % 500;
                        tokio::time::sleep(Duration::from_millis(pause)).await;
                    }
                }
            }
            false
        });
    }
    while let Some(arrived) = calls.join_next().await {
        assert!(arrived.unwrap(), "every call is answered in the end");
    }
    let arrived: HashSet<String> = receiver.got().into_iter().map(|call| call.target).collect();
    let sent = (0..1000).map(|number| format!("POST /hooks/{number}"));
    assert_eq!(arrived, sent.collect());
    assert_eq!(online(&tunnel).await, url);
    tunnel.close().await;
}

#[tokio::test]
async fn the_service_is_told_what_to_let_through_and_nothing_about_the_computer() {
    let edge = Edge::start().await.unwrap();
    let (tunnel, _) = started(&edge, Receiver::default().router()).await;
    let seen = edge.seen();
    let bind = seen.iter().find_map(|seen| match seen {
        Seen::Bind { call, .. } => Some(call.clone()),
        _ => None,
    });
    let bind = bind.unwrap();
    assert_eq!(bind["ForwardsTo"], "Bellhop");
    assert_eq!(bind["Extra"]["PoolingEnabled"], false);
    let policy: serde_json::Value =
        serde_json::from_str(bind["Opts"]["TrafficPolicy"].as_str().unwrap()).unwrap();
    let rule = &policy["on_http_request"][0];
    assert_eq!(rule["actions"][0]["type"], "deny");
    assert_eq!(rule["actions"][0]["config"]["status_code"], 404);
    assert!(rule["expressions"][0].as_str().unwrap().contains("/hooks/"));
    let country = &policy["on_http_request"][1]["actions"][0];
    assert_eq!(country["type"], "add-headers");
    let header = &country["config"]["headers"]["x-caller-country"];
    assert_eq!(header, "${conn.geo.country_code}");
    tunnel.close().await;
}
