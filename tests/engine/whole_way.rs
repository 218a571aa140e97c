//! The whole way of a call through the tunnel: the self-test of it, and what it tells about addresses that have changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

#[path = "whole_way/choosing.rs"]
mod choosing;
#[path = "whole_way/testing.rs"]
mod testing;

use std::sync::Arc;
use std::time::Duration;

use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_core::signature::SecretValue;
use bellhop_engine::Engine;
use bellhop_engine::instance::Window;
use bellhop_engine::reach::Reach;
use bellhop_engine::self_test::{self, HopName, Outcome, Report, Target};
use bellhop_engine::serving::{self, Serving};
use bellhop_engine::store::deliveries::{Delivery, DeliveryQuery, DeliveryState};
use bellhop_engine::store::endpoints::Endpoint;
use bellhop_engine::store::timeline::TimelineQuery;
use bellhop_engine::store::{deliveries, endpoints, rejections, timeline};
use bellhop_engine::tunnel::outside::Outside;
use bellhop_engine::tunnel::{Authtoken, TunnelConfig};
use bellhop_test_support::bubbles::Bubbles;
use bellhop_test_support::edge::{Edge, TOKEN};
use bellhop_test_support::telling::SignedCall;
use bellhop_test_support::wait::eventually_within;
use jiff::Timestamp;
use tempfile::TempDir;

const SECRET: &str = "s3cret";

const SOON: Duration = Duration::from_secs(20);

/// A receiver behind the stand-in of ngrok's edge, with a desktop that takes notifications.
struct World {
    edge: Edge,
    engine: Arc<Engine>,
    serving: Arc<Serving>,
    outside: Outside,
    url: String,
    bubbles: Bubbles,
    _data: TempDir,
}

impl World {
    async fn start() -> World {
        let data = tempfile::tempdir().unwrap();
        let edge = Edge::start().await.unwrap();
        let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
        let serving = serving::serve(
            Arc::clone(&engine),
            "127.0.0.1:0".parse().unwrap(),
            Window::None,
        );
        let serving = serving.await.unwrap();
        let bubbles = Bubbles::of(&engine);
        let url = online(&serving, &edge).await;
        let outside = Outside::new(Some(&edge.root_cas()), Some(edge.public()), None, SOON)
            .await
            .unwrap();
        World {
            edge,
            engine,
            serving,
            outside,
            url,
            bubbles,
            _data: data,
        }
    }

    async fn endpoint(&self, provider: Provider) -> Endpoint {
        let secret = SecretValue::new(SECRET);
        let secret = secret.filter(|_| provider != Provider::ReserveKit);
        self.engine
            .add_endpoint(provider, None, secret)
            .await
            .unwrap()
    }

    async fn test(&self, endpoint: &Endpoint, notifies: bool) -> Report {
        let target = Target {
            public_url: &self.url,
            outside: &self.outside,
            notifies,
        };
        self.try_as(&target, endpoint.id).await
    }

    async fn try_as(&self, target: &Target<'_>, endpoint: i64) -> Report {
        let report = self_test::run(&self.engine, endpoint, target).await;
        report.unwrap()
    }

    /// Whether anything of a test is left but its nonce.
    async fn traces(&self) -> usize {
        let read = self.engine.store.read(|connection| {
            let tests: i64 = connection.query_row(
                "SELECT count(*) FROM self_test WHERE body IS NOT NULL",
                [],
                |row| row.get(0),
            )?;
            let query = DeliveryQuery {
                limit: 9,
                ..DeliveryQuery::default()
            };
            let everything = TimelineQuery {
                limit: 9,
                ..TimelineQuery::default()
            };
            Ok(usize::try_from(tests).unwrap()
                + deliveries::list(connection, query)?.len()
                + timeline::list(connection, &everything)?.len()
                + rejections::list(connection, None, 9)?.len())
        });
        read.await.unwrap()
    }

    async fn stored_calls(&self) -> Vec<Delivery> {
        let query = DeliveryQuery {
            limit: 9,
            ..DeliveryQuery::default()
        };
        let read = self
            .engine
            .store
            .read(move |connection| deliveries::list(connection, query));
        read.await.unwrap()
    }

    /// A genuine call of the endpoint's provider that somebody has forwarded from `host`.
    async fn genuine_call(&self, endpoint: &Endpoint, number: u64, host: &str) {
        let now = Timestamp::now();
        let provider = endpoint.provider;
        let event_type = provider.event_type_of(Act::Book);
        let booking = SampleBooking::new(number, now);
        let signed = SignedCall::of_booking(provider, Some(SECRET), event_type, &booking);
        let forwarded = [(
            "x-forwarded-host".to_owned(),
            format!("forged.example, {host}"),
        )];
        let headers: Vec<(String, String)> = signed.headers.into_iter().chain(forwarded).collect();
        let url = format!("{}{}", self.url, endpoint.path());
        let call = self
            .outside
            .post(&url, &headers, signed.body)
            .await
            .unwrap();
        assert_eq!(call.answer, Ok(200));
    }

    async fn stale_address(&self, endpoint: &Endpoint) -> Option<String> {
        self.engine
            .endpoint(endpoint.id)
            .await
            .unwrap()
            .stale_address(&self.url)
    }

    async fn end(self) {
        self.bubbles.end().await;
        self.serving.stop().await;
        self.edge
            .until(SOON, |edge| edge.sessions() == 0)
            .await
            .unwrap();
    }
}

/// Opens the tunnel, and gives its address.
async fn online(serving: &Arc<Serving>, edge: &Edge) -> String {
    serving
        .set_reach(Reach::Ngrok(Box::new(config(edge))))
        .await;
    let mut status = serving.tunnel();
    let online = status.wait_for(|status| status.url().is_some());
    let online = tokio::time::timeout(SOON, online).await.expect("online");
    online.unwrap().url().unwrap().to_owned()
}

fn config(edge: &Edge) -> TunnelConfig {
    TunnelConfig {
        server: Some(edge.server().parse().unwrap()),
        root_cas: Some(edge.root_cas()),
        probe_via: Some(edge.public()),
        ..TunnelConfig::new(Authtoken::new(TOKEN))
    }
}

fn names(report: &Report) -> Vec<&'static str> {
    report.hops.iter().map(|hop| hop.name.as_str()).collect()
}

fn advice(report: &Report) -> (HopName, &str) {
    match report.hops.last() {
        Some(self_test::Hop {
            name,
            outcome: Outcome::Failed(advice),
        }) => (*name, advice),
        other => panic!("nothing failed: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_read_although_the_tunnel_was_left_while_it_was_stored() {
    let world = World::start().await;
    let endpoint = world.endpoint(Provider::Kordless).await;
    let url = format!("{}{}", world.url, endpoint.path());
    let patience = Duration::from_millis(200);
    // Whether a call is with the store already cannot be seen, so calls are made until one was stored without an answer,
    // and each is given more time to come there.
    for number in 1..=20 {
        let (free, busy) = std::sync::mpsc::channel::<()>();
        let held = world.engine.store.write(move |_| Ok(busy.recv().ok()));
        let booking = SampleBooking::new(number.into(), Timestamp::now());
        let event_type = endpoint.provider.event_type_of(Act::Book);
        let call = SignedCall::of_booking(endpoint.provider, Some(SECRET), event_type, &booking);
        let called = world.outside.post(&url, &call.headers, call.body);
        let left = async {
            tokio::time::sleep(patience * number).await;
            world.serving.set_reach(Reach::Off).await;
            drop(free);
        };
        let (held, called, ()) = tokio::join!(held, called, left);
        held.unwrap();
        assert_ne!(called.map(|called| called.answer), Ok(Ok(200)));
        // What was queued before this is on the disk after it.
        world.engine.store.write(|_| Ok(())).await.unwrap();
        if world.stored_calls().await.is_empty() {
            online(&world.serving, &world.edge).await;
            continue;
        }
        eventually_within(SOON, "the call is read", async || {
            let calls = world.stored_calls().await;
            let mut states = calls.iter().map(|call| call.state);
            Ok(states
                .all(|state| state == DeliveryState::Processed)
                .then_some(()))
        })
        .await
        .unwrap();
        return world.end().await;
    }
    panic!("no call was stored without an answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_has_changed_is_an_alarm_until_calls_arrive_at_the_new_one() {
    let world = World::start().await;
    let endpoint = world.endpoint(Provider::WebKasa).await;
    let host = world.url.strip_prefix("https://").unwrap().to_owned();
    assert_eq!(
        world.stale_address(&endpoint).await,
        None,
        "nobody has been given an address"
    );

    let (id, given) = (endpoint.id, "before.example".to_owned());
    world
        .engine
        .store
        .write(move |connection| endpoints::give_host(connection, id, &given))
        .await
        .unwrap();
    let stale = Some(format!("https://before.example{}", endpoint.path()));
    assert_eq!(
        world.stale_address(&endpoint).await,
        stale,
        "the address that was copied is another"
    );

    world.genuine_call(&endpoint, 1, &host).await;
    assert_eq!(
        world.stale_address(&endpoint).await,
        None,
        "a call has come to the new one"
    );
    world.genuine_call(&endpoint, 2, "elsewhere.example").await;
    let stale = Some(format!("https://elsewhere.example{}", endpoint.path()));
    assert_eq!(world.stale_address(&endpoint).await, stale);
    world.end().await;
}
