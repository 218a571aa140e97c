//! The test that the person makes: each hop, and nothing left of it.

use std::time::Duration;

use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::self_test::{self, HopName, Outcome, Target};
use bellhop_engine::store::self_tests::{self, Arrival, Step};
use bellhop_engine::tunnel::outside::Outside;
use bellhop_test_support::wait::eventually_within;
use jiff::{SignedDuration, Timestamp};

use super::{SOON, World, advice, names};

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
    let report = world.try_as(&target, endpoint.id).await;
    assert_eq!(advice(&report).0, HopName::Tls);
    // Taken, so that nobody else comes there, and not listened at.
    let place = tokio::net::TcpSocket::new_v4().unwrap();
    place.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nobody = place.local_addr().unwrap();
    let nobody = Outside::new(Some(&world.edge.root_cas()), Some(nobody), None, SOON)
        .await
        .unwrap();
    let target = Target {
        public_url: &world.url,
        outside: &nobody,
        notifies: true,
    };
    let report = world.try_as(&target, endpoint.id).await;
    assert_eq!(advice(&report).0, HopName::Edge);

    assert_eq!(world.traces().await, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_a_test_that_comes_when_the_test_is_over_makes_no_booking() {
    let world = World::start().await;
    let endpoint = world.endpoint(Provider::Kordless).await;
    let (roots, via) = (world.edge.root_cas(), world.edge.public());
    let impatient = Outside::new(Some(&roots), Some(via), None, Duration::from_secs(3));
    let target = Target {
        public_url: &world.url,
        outside: &impatient.await.unwrap(),
        notifies: true,
    };
    world.edge.hold_calls(true);
    let before = world.edge.calls();
    let mut report = world.try_as(&target, endpoint.id).await;
    // On a busy computer it may be given up before it is sent.
    while advice(&report).0 == HopName::Edge && world.edge.calls() == before {
        report = world.try_as(&target, endpoint.id).await;
    }
    assert_eq!(advice(&report).0, HopName::Tunnel);
    assert!(advice(&report).1.contains("not answered in time"));
    world
        .edge
        .until(SOON, |edge| edge.calls() > before)
        .await
        .unwrap();
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
