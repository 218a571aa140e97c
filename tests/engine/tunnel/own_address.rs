//! An address of the person's own: somebody else's TLS leads to the receiver's port, and we look whether calls arrive.

use std::sync::Arc;
use std::time::Duration;

use bellhop_engine::Engine;
use bellhop_engine::instance::Window;
use bellhop_engine::reach::Reach;
use bellhop_engine::serving::{self, Serving};
use bellhop_engine::store::deliveries::{self, DeliveryQuery};
use bellhop_engine::store::rejections;
use bellhop_engine::tunnel::{OwnAddressConfig, Pace, TunnelStatus};
use bellhop_test_support::edge::{Front, Leads};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::bench::{SOON, quick};
use crate::logs;

/// A pause that no test waits for.
const LONG: Duration = Duration::from_secs(600);

/// A real receiver with a front that leads to its port.
struct World {
    front: Front,
    engine: Arc<Engine>,
    serving: Arc<Serving>,
    _data: TempDir,
}

impl World {
    async fn start() -> World {
        logs::keep();
        let data = tempfile::tempdir().unwrap();
        let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
        let free = "127.0.0.1:0".parse().unwrap();
        let serving = serving::serve(Arc::clone(&engine), free, Window::None);
        let serving = serving.await.unwrap();
        World {
            front: Front::start(Leads::To(serving.listening())).await.unwrap(),
            engine,
            serving,
            _data: data,
        }
    }

    /// The front's address, looked after with a first and a longest pause.
    fn config(&self, first: Duration, longest: Duration) -> OwnAddressConfig {
        OwnAddressConfig {
            root_cas: Some(self.front.root_cas()),
            pace: Pace {
                refused: (first, longest),
                probe_every: longest,
                ..quick()
            },
            ..OwnAddressConfig::new(self.front.url())
        }
    }

    async fn reach(&self, config: OwnAddressConfig) {
        let reach = Reach::OwnAddress(Box::new(config));
        self.serving.set_reach(reach).await;
    }

    async fn until(&self, what: &str, accept: impl Fn(&TunnelStatus) -> bool) -> TunnelStatus {
        let mut status = self.serving.tunnel();
        let waited = tokio::time::timeout(SOON, status.wait_for(|status| accept(status))).await;
        let waited = waited.map(|status| status.unwrap().clone());
        waited.unwrap_or_else(|_| {
            let present = self.serving.tunnel().borrow().clone();
            panic!("waited for {what}, and it is {present:?}")
        })
    }

    async fn online(&self) {
        let ours = |status: &TunnelStatus| matches!(status, TunnelStatus::Online { url, .. } if *url == self.front.url());
        self.until("online", ours).await;
    }

    /// Waits until it is not online: the cause, and when it is tried again.
    async fn reconnecting(&self) -> (String, Timestamp) {
        let gone = |status: &TunnelStatus| matches!(status, TunnelStatus::Reconnecting { .. });
        match self.until("reconnecting", gone).await {
            TunnelStatus::Reconnecting {
                cause,
                next_try: Some(next_try),
                ..
            } => (cause, next_try),
            other => panic!("{other:?}"),
        }
    }

    /// How many calls the receiver has kept or turned away.
    async fn calls(&self) -> usize {
        let read = self.engine.store.read(|connection| {
            let query = DeliveryQuery {
                limit: 9,
                ..DeliveryQuery::default()
            };
            Ok(deliveries::list(connection, query)?.len()
                + rejections::list(connection, None, 9)?.len())
        });
        read.await.unwrap()
    }

    async fn end(self) {
        assert_eq!(self.calls().await, 0, "a probe is no call");
        self.serving.stop().await;
    }
}

#[tokio::test]
async fn it_is_online_once_a_probe_came_back_and_again_after_the_front_was_away() {
    let mut world = World::start().await;
    let first = Duration::from_millis(100);
    world.front.close().await;
    world.reach(world.config(first, first * 16)).await;
    // Nobody is there, so it has not been online yet; its address is the one to give to providers all the same.
    let (cause, _) = world.reconnecting().await;
    assert!(cause.contains("could not be reached"), "{cause}");
    assert_eq!(world.serving.public_url(), Some(world.front.url()));
    world.front.open().await.unwrap();
    world.online().await;

    world.front.close().await;
    let (cause, mut before) = world.reconnecting().await;
    assert!(cause.contains("could not be reached"), "{cause}");
    let mut status = world.serving.tunnel();
    for doublings in 1..=3 {
        status.changed().await.unwrap();
        let TunnelStatus::Reconnecting { next_try, .. } = status.borrow_and_update().clone() else {
            panic!("the front is away");
        };
        let pause = next_try.unwrap().duration_since(before);
        let at_least = first * 2_u32.pow(doublings);
        assert!(
            pause.unsigned_abs() >= at_least,
            "{pause} after {doublings}"
        );
        before = next_try.unwrap();
    }
    assert!(before.duration_since(Timestamp::now()).unsigned_abs() <= first * 16);
    world.front.open().await.unwrap();
    world.online().await;
    world.end().await;
}

#[tokio::test]
async fn try_now_looks_at_once() {
    let mut world = World::start().await;
    world.reach(world.config(LONG, LONG)).await;
    world.online().await;
    world.front.close().await;
    world.serving.try_now().await;
    let (_, next_try) = world.reconnecting().await;
    let pause = next_try.duration_since(Timestamp::now());
    assert!(pause.unsigned_abs() > LONG / 2, "nothing else ends it");
    world.front.open().await.unwrap();
    world.serving.try_now().await;
    world.online().await;
    world.end().await;
}

#[tokio::test]
async fn a_page_that_echoes_the_path_is_not_us() {
    let world = World::start().await;
    world.front.lead(Leads::ToAnEcho);
    world
        .reach(world.config(Duration::from_millis(100), LONG))
        .await;
    let (cause, _) = world.reconnecting().await;
    assert!(cause.contains("end somewhere else"), "{cause}");
    world.front.lead(Leads::To(world.serving.listening()));
    world.online().await;
    world.end().await;
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_named_with_what_helps() {
    let world = World::start().await;
    let stranger = OwnAddressConfig {
        root_cas: None,
        ..world.config(LONG, LONG)
    };
    world.reach(stranger).await;
    let (cause, _) = world.reconnecting().await;
    assert!(cause.contains("certificate of localhost"), "{cause}");
    assert!(cause.contains("root certificate"), "{cause}");
    world.reach(world.config(LONG, LONG)).await;
    world.online().await;
    world.end().await;
}
