//! The whole way of a call through the tunnel: the self-test of it, and what it tells about addresses that have changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::sync::Arc;
use std::time::Duration;

use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_core::signature::SecretValue;
use bellhop_engine::Engine;
use bellhop_engine::instance::Window;
use bellhop_engine::reach::{Choice, Reach, Way};
use bellhop_engine::secrets::NGROK_AUTHTOKEN;
use bellhop_engine::self_test::{self, HopName, Outcome, Report, Target};
use bellhop_engine::serving::{self, Serving};
use bellhop_engine::store::deliveries::{Delivery, DeliveryQuery, DeliveryState};
use bellhop_engine::store::endpoints::Endpoint;
use bellhop_engine::store::self_tests::{Arrival, Step};
use bellhop_engine::store::timeline::TimelineQuery;
use bellhop_engine::store::{deliveries, endpoints, rejections, self_tests, timeline};
use bellhop_engine::tunnel::outside::Outside;
use bellhop_engine::tunnel::{Authtoken, TunnelConfig, TunnelStatus};
use bellhop_test_support::bubbles::Bubbles;
use bellhop_test_support::edge::{Edge, TOKEN};
use bellhop_test_support::telling::SignedCall;
use bellhop_test_support::wait::eventually_within;
use jiff::{SignedDuration, Timestamp};
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
        self_test::run(&self.engine, endpoint.id, &target)
            .await
            .unwrap()
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
async fn a_test_of_the_whole_way_passes_every_hop_for_every_provider_and_leaves_nothing() {
    let world = World::start().await;
    for provider in Provider::ALL {
        let endpoint = world.endpoint(provider).await;
        let report = world.test(&endpoint, true).await;
        assert!(report.passed(), "{provider}: {report:?}");
        let all = [
            "lookup",
            "edge",
            "tls",
            "tunnel",
            "receiver",
            "verification",
            "commit",
            "worker",
            "notification",
        ];
        assert_eq!(names(&report), all, "{provider}");
    }
    let shown = world.bubbles.all();
    assert_eq!(shown.len(), Provider::ALL.len());
    assert!(
        shown
            .iter()
            .all(|bubble| bubble.title.starts_with("Test · New booking")),
        "{shown:?}"
    );
    assert_eq!(world.traces().await, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_hop_that_fails_has_its_own_advice_and_leaves_nothing() {
    let world = World::start().await;
    let endpoint = world.endpoint(Provider::Kordless).await;

    let quiet = world.test(&endpoint, false).await;
    assert!(quiet.passed());
    assert!(matches!(
        quiet.hops.last().unwrap().outcome,
        Outcome::Skipped(_) | Outcome::Passed(_)
    ));

    let without_secret = world
        .engine
        .add_endpoint(Provider::Bookora, None, None)
        .await
        .unwrap();
    let report = world.test(&without_secret, true).await;
    assert_eq!(advice(&report).0, HopName::Verification);
    assert!(
        advice(&report).1.contains("has no signing secret"),
        "{report:?}"
    );

    world.edge.hide_from_public(true);
    let report = world.test(&endpoint, true).await;
    assert_eq!(advice(&report).0, HopName::Tunnel);
    assert!(advice(&report).1.contains("offline"), "{report:?}");
    world.edge.hide_from_public(false);

    // An authority that nobody knows, and an address where nobody is.
    let stranger = Outside::new(None, Some(world.edge.public()), None, SOON)
        .await
        .unwrap();
    let target = Target {
        public_url: &world.url,
        outside: &stranger,
        notifies: true,
    };
    let report = self_test::run(&world.engine, endpoint.id, &target)
        .await
        .unwrap();
    assert_eq!(advice(&report).0, HopName::Tls);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = Outside::new(Some(&world.edge.root_cas()), Some(nobody), None, SOON)
        .await
        .unwrap();
    let target = Target {
        public_url: &world.url,
        outside: &nobody,
        notifies: true,
    };
    let report = self_test::run(&world.engine, endpoint.id, &target)
        .await
        .unwrap();
    assert_eq!(advice(&report).0, HopName::Edge);

    assert_eq!(world.traces().await, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_a_test_that_comes_when_the_test_is_over_makes_no_booking() {
    let world = World::start().await;
    let endpoint = world.endpoint(Provider::Kordless).await;
    let (roots, via) = (world.edge.root_cas(), world.edge.public());
    // Enough to come there on a busy computer, and in vain to wait for an answer.
    let impatient = Outside::new(Some(&roots), Some(via), None, Duration::from_secs(3));
    let target = Target {
        public_url: &world.url,
        outside: &impatient.await.unwrap(),
        notifies: true,
    };
    world.edge.hold_calls(true);
    let report = self_test::run(&world.engine, endpoint.id, &target)
        .await
        .unwrap();
    assert_eq!(advice(&report).0, HopName::Tunnel);
    assert!(advice(&report).1.contains("not answered in time"));
    world.edge.hold_calls(false);
    world
        .edge
        .until(SOON, |edge| edge.answered_late() == 1)
        .await
        .unwrap();
    assert_eq!(world.traces().await, 0);
    assert_eq!(world.bubbles.all().len(), 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_receiver_itself_turns_away_is_not_blamed_on_the_address() {
    let world = World::start().await;
    let endpoint = world.endpoint(Provider::ReserveKit).await;
    let full = world.engine.store.write(|connection| {
        connection.execute_batch(
            "CREATE TRIGGER full BEFORE UPDATE ON self_test WHEN NEW.body IS NOT NULL
             BEGIN SELECT RAISE(FAIL, 'the disk is full'); END",
        )?;
        Ok(())
    });
    full.await.unwrap();
    let report = world.test(&endpoint, true).await;
    assert_eq!(advice(&report).0, HopName::Receiver);
    assert!(advice(&report).1.contains("answered 503"), "{report:?}");

    // Another that nobody has called, so that nothing is known of it but what the store says.
    let removed = world.endpoint(Provider::ReserveKit).await;
    let removing = world.engine.store.write(|connection| {
        connection.execute_batch(
            "CREATE TRIGGER removing AFTER INSERT ON self_test
             BEGIN UPDATE endpoint SET removed_at = 1 WHERE id = NEW.endpoint_id; END",
        )?;
        Ok(())
    });
    removing.await.unwrap();
    let report = world.test(&removed, true).await;
    assert_eq!(advice(&report).0, HopName::Receiver);
    assert!(advice(&report).1.contains("was removed"), "{report:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_was_cut_off_long_ago_is_not_told_of() {
    let world = World::start().await;
    let endpoint = world.endpoint(Provider::Kordless).await;
    let (provider, id) = (endpoint.provider, endpoint.id);
    let long_ago = Timestamp::now() - SignedDuration::from_hours(1);
    let booking = SampleBooking::new(1, long_ago);
    let left = world.engine.store.write(move |connection| {
        let sample = provider.sample(provider.event_type_of(Act::Book), &booking);
        let arrival = Arrival {
            began: long_ago,
            whole: long_ago,
        };
        self_tests::begin(connection, "nonce", id, long_ago)?;
        self_tests::keep(
            connection,
            "nonce",
            &sample.unwrap().body,
            arrival,
            long_ago,
        )?;
        self_tests::reach(connection, "nonce", Step::Worked, long_ago)
    });
    left.await.unwrap();
    world.genuine_call(&endpoint, 2, "a.example").await;
    eventually_within(SOON, "the booking is told of", async || {
        Ok((!world.bubbles.all().is_empty()).then_some(()))
    })
    .await
    .unwrap();
    // A test is told of after what is due.
    world.genuine_call(&endpoint, 3, "a.example").await;
    eventually_within(SOON, "the next booking is told of", async || {
        Ok((world.bubbles.all().len() > 1).then_some(()))
    })
    .await
    .unwrap();
    let bubbles = world.bubbles.all();
    assert!(
        bubbles
            .iter()
            .all(|bubble| !bubble.title.starts_with("Test")),
        "{bubbles:?}"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_that_is_not_ours_makes_a_call_like_any_other() {
    let world = World::start().await;
    let endpoint = world.endpoint(Provider::ReserveKit).await;
    let body = br#"{"event_type":"bookings.create","bookings":[{"id":1,"updated_at":"2026-01-01T00:00:00Z"}]}"#;
    let headers = [(self_test::HEADER.to_owned(), "0".repeat(32))];
    let url = format!("{}{}", world.url, endpoint.path());
    let call = world
        .outside
        .post(&url, &headers, body.to_vec())
        .await
        .unwrap();
    assert_eq!(call.answer, Ok(200));
    assert_eq!(world.stored_calls().await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_read_although_the_tunnel_was_left_while_it_was_stored() {
    let world = World::start().await;
    let endpoint = world.endpoint(Provider::Kordless).await;
    let url = format!("{}{}", world.url, endpoint.path());
    // Whether a call is with the store already cannot be seen, so calls are made until one was stored without an answer.
    for number in 1..=20 {
        let (free, busy) = std::sync::mpsc::channel::<()>();
        let held = world.engine.store.write(move |_| Ok(busy.recv().ok()));
        let booking = SampleBooking::new(number, Timestamp::now());
        let event_type = endpoint.provider.event_type_of(Act::Book);
        let call = SignedCall::of_booking(endpoint.provider, Some(SECRET), event_type, &booking);
        let called = world.outside.post(&url, &call.headers, call.body);
        let left = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
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

/// Without the probe, and without anything that the settings of a person cannot hold.
fn choice(edge: &Edge, way: Way) -> Choice {
    Choice {
        way,
        ngrok_domain: None,
        ngrok_server: Some(edge.server()),
        ngrok_root_cas: Some(edge.root_cas().to_str().unwrap().to_owned()),
        ngrok_proxy: None,
        ngrok_pooling: false,
        own_address: None,
        probe: false,
    }
}

async fn choose(world: &World, way: Way) {
    let choice = choice(&world.edge, way);
    let kept = world
        .engine
        .store
        .write(move |connection| choice.write(connection));
    kept.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authtoken_that_was_missing_is_looked_for_again_when_asked() {
    let world = World::start().await;
    choose(&world, Way::Ngrok).await;
    world.serving.reach_as_chosen().await.unwrap();
    let status = world.serving.tunnel();
    let failed = status.borrow().clone();
    assert!(
        failed.trouble().1.unwrap().contains("needs your authtoken"),
        "{failed:?}"
    );
    // As `bellhop token set` in another process does it.
    let token = SecretValue::new(TOKEN).unwrap();
    world
        .engine
        .secrets
        .keep(NGROK_AUTHTOKEN, &token)
        .await
        .unwrap();
    world.serving.try_now().await;
    let mut status = world.serving.tunnel();
    let online = status.wait_for(|status| status.url().is_some());
    tokio::time::timeout(SOON, online)
        .await
        .expect("online")
        .unwrap();
    world.end().await;
}

/// Chooses ngrok, whose authtoken is waited for. Gives what writes it, and the end of the choice.
#[cfg(unix)]
async fn waits_for_its_token(
    world: &World,
) -> (
    std::fs::File,
    tokio::task::JoinHandle<bellhop_engine::store::Result<()>>,
) {
    // Whoever reads it waits until somebody writes into it, as one does for a keychain that asks the person first.
    let secrets = world.engine.data_dir.join("secrets.json");
    let made = std::process::Command::new("mkfifo").arg(&secrets).status();
    assert!(made.unwrap().success());
    choose(world, Way::Ngrok).await;
    let serving = Arc::clone(&world.serving);
    let first = tokio::spawn(async move { serving.reach_as_chosen().await });
    // Ends when there is a reader.
    let writer =
        tokio::task::spawn_blocking(move || std::fs::File::options().write(true).open(secrets));
    (writer.await.unwrap().unwrap(), first)
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_chosen_last_counts_however_long_the_secrets_take() {
    let world = World::start().await;
    let (mut secrets, first) = waits_for_its_token(&world).await;
    choose(&world, Way::Off).await;
    world.serving.reach_as_chosen().await.unwrap();
    assert_eq!(*world.serving.tunnel().borrow(), TunnelStatus::Off);
    std::io::Write::write_all(&mut secrets, b"{}").unwrap();
    drop(secrets);
    first.await.unwrap().unwrap();
    assert_eq!(*world.serving.tunnel().borrow(), TunnelStatus::Off);
    world.end().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_opened_when_it_has_been_stopped() {
    let world = World::start().await;
    let (mut secrets, first) = waits_for_its_token(&world).await;
    world.serving.stop().await;
    let status = world.serving.tunnel();
    std::io::Write::write_all(&mut secrets, b"{}").unwrap();
    drop(secrets);
    first.await.unwrap().unwrap();
    assert!(!status.has_changed().unwrap());
    world.end().await;
}
