//! `bellhop serve --tunnel ngrok` on a computer whose network changes under it.
//!
//! The networks are real ones, of the kernel. Only root may make them, so these tests are run by
//! `cargo test --workspace --test cli networks:: -- --ignored --nocapture`; `cargo xtask test` does that where it may.
#![allow(clippy::print_stdout, reason = "the figures of docs/tunnel.md")]

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use bellhop_test_support::edge::{DOMAIN, Edge, NAMED_SERVER, TOKEN};
use bellhop_test_support::networks::Networks;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::bellhop;
use crate::calls::text;
use crate::chain;
use crate::cli::{Bellhop, SOON, Serving, eventually};

/// How soon it has to be online again once the service can be reached.
const PROMISE: Duration = Duration::from_secs(15);

/// For what is to happen before that: a dead link is noticed, for one.
const PATIENCE: Duration = Duration::from_secs(40);

/// A receiver that is online on the near computer.
struct World {
    serving: Serving,
    /// How many lines of its tunnel were printed before the disturbance.
    before: usize,
    endpoint: String,
    bellhop: Bellhop,
    edge: Edge,
    runtime: Runtime,
    networks: Networks,
}

impl World {
    fn start() -> World {
        let mut world = World::reached(&["--tunnel", "ngrok", "--ngrok-server", NAMED_SERVER]);
        world.next("online", PATIENCE);
        world
    }

    /// Serves with these arguments on the near computer.
    fn reached(arguments: &[&str]) -> World {
        let networks = Networks::lay().unwrap();
        let runtime = Runtime::new().unwrap();
        let edge = {
            let _within = runtime.enter();
            networks.edge().unwrap()
        };
        let bellhop = bellhop();
        let endpoint = bellhop.endpoint("kordless", Some("s3cret")).id;
        let mut command = bellhop.command(&[&["serve", "--json"], arguments].concat());
        command
            .env("BELLHOP_LOG", "info")
            .env("NGROK_AUTHTOKEN", TOKEN)
            .env("BELLHOP_NGROK_ROOT_CAS", edge.root_cas());
        let mut command = networks.on_near(&command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        World {
            serving: bellhop.serve_by(command),
            before: 0,
            endpoint,
            bellhop,
            edge,
            runtime,
            networks,
        }
    }

    /// Serves at an address of the person's own, where nobody of ours stands. It has been looked at three times.
    fn elsewhere() -> World {
        let world = World::reached(&["--tunnel", &format!("https://{DOMAIN}")]);
        // The third one comes ten seconds after the second.
        for call in 1..=3 {
            world.calls(call, PATIENCE);
        }
        world
    }

    /// Moves to the other way out, and waits until so many calls have come to the public side.
    fn moves(&self, calls: usize) {
        let route = "route replace default via 203.0.113.1";
        self.networks.near(route).unwrap();
        self.calls(calls, PROMISE);
    }

    /// The process stands still as in a suspend.
    fn sleeps(&self) {
        self.serving.process.signal("STOP");
        thread::sleep(Duration::from_secs(20));
        self.serving.process.signal("CONT");
    }

    /// Waits until so many calls have come to the public side.
    fn calls(&self, count: usize, patience: Duration) {
        let come = self.edge.until(patience, |edge| edge.calls() >= count);
        self.runtime.block_on(come).unwrap();
        assert_eq!(self.edge.calls(), count);
    }

    /// Waits until it is in this state, later than what was looked at before.
    fn next(&mut self, state: &str, patience: Duration) -> Value {
        let (process, before) = (&mut self.serving.process, self.before);
        let (place, told) = eventually(patience, &format!("the tunnel is {state}"), || {
            let lines = process.lines();
            let mut told = lines
                .iter()
                .map(|line| serde_json::from_str::<Value>(line).unwrap()["tunnel"].take())
                .enumerate()
                .skip(before);
            told.find(|(_, told)| told["state"] == state)
        });
        self.before = place + 1;
        told
    }

    /// The service can be reached from now on: it is online again in time, at the same address, with one session, and
    /// calls arrive. Says how long it took, and gives the log.
    fn comes_back(mut self, after: &str) -> String {
        let now = Instant::now();
        let online = self.next("online", PROMISE);
        println!(
            "online again {:.1} s after {after}",
            now.elapsed().as_secs_f32()
        );
        assert_eq!(text(&online, "url"), format!("https://{DOMAIN}"));
        assert_eq!(self.edge.sessions(), 1, "and none that is dead");
        let roots = self.edge.root_cas();
        let mut doctor =
            self.bellhop
                .command(&["doctor", "--chain", "--json", "--endpoint", &self.endpoint]);
        doctor.env("BELLHOP_NGROK_ROOT_CAS", roots);
        chain::passed(&chain::output(self.networks.on_near(&doctor)));
        let log = self.serving.stop();
        // The edge sees the end of the link a moment after the program is gone.
        let left = self.edge.until(SOON, |edge| edge.sessions() == 0);
        self.runtime.block_on(left).unwrap();
        log
    }
}

#[test]
#[ignore = "makes network namespaces, which takes root"]
fn another_way_out_when_the_first_one_goes_down() {
    let world = World::start();
    world.networks.near("link set wifi down").unwrap();
    world
        .networks
        .near("route add default via 203.0.113.1")
        .unwrap();
    let log = world.comes_back("the move to another network");
    // Not by the silence of the link.
    assert!(log.contains("moved to another network"), "{log}");
}

#[test]
#[ignore = "makes network namespaces, which takes root"]
fn another_address_on_the_same_way_out() {
    let world = World::start();
    world
        .networks
        .near("addr del 198.51.100.2/24 dev wifi")
        .unwrap();
    world
        .networks
        .near("addr add 198.51.100.77/24 dev wifi")
        .unwrap();
    world
        .networks
        .near("route add default via 198.51.100.1")
        .unwrap();
    let log = world.comes_back("the change of the address");
    // Not by the silence of the link.
    assert!(log.contains("moved to another network"), "{log}");
}

#[test]
#[ignore = "makes network namespaces, which takes root"]
fn the_only_way_out_goes_down_and_comes_up_again() {
    let mut world = World::start();
    world.networks.near("link set wifi down").unwrap();
    let gone = world.next("reconnecting", PATIENCE);
    assert!(!text(&gone, "message").is_empty());
    thread::sleep(Duration::from_secs(20));
    world.networks.near("link set wifi up").unwrap();
    world
        .networks
        .near("route add default via 198.51.100.1")
        .unwrap();
    world.comes_back("the network's return");
}

#[test]
#[ignore = "makes network namespaces, which takes root"]
fn a_black_hole_that_tells_nobody() {
    let mut world = World::start();
    world
        .networks
        .far("route add blackhole 198.51.100.2/32")
        .unwrap();
    let gone = world.next("reconnecting", PATIENCE);
    assert!(text(&gone, "message").contains("heard"), "{gone}");
    thread::sleep(Duration::from_secs(20));
    world
        .networks
        .far("route del blackhole 198.51.100.2/32")
        .unwrap();
    world.comes_back("the end of a black hole");
}

#[test]
#[ignore = "makes network namespaces, which takes root"]
fn the_far_side_of_the_cable_is_pulled() {
    let mut world = World::start();
    world.networks.far("link set wifi down").unwrap();
    world.next("reconnecting", PATIENCE);
    thread::sleep(Duration::from_secs(25));
    world.networks.far("link set wifi up").unwrap();
    world.comes_back("the cable's return");
}

/// The process stands still as in a suspend, and the edge has given it up by the time it wakes.
#[test]
#[ignore = "makes network namespaces, which takes root"]
fn a_process_that_stood_still() {
    for (what, edge_tells) in [("a cut", true), ("silence", false)] {
        let world = World::start();
        world.serving.process.signal("STOP");
        thread::sleep(Duration::from_secs(10));
        if edge_tells {
            world.edge.cut();
        } else {
            world.edge.freeze();
        }
        thread::sleep(Duration::from_secs(10));
        world.serving.process.signal("CONT");
        world.comes_back(&format!("a stop of 20 s with {what} by the edge"));
    }
}

/// Nobody of ours stands at this address, so it is asked more and more seldom: after 5, 10, 20 and 40 seconds.
#[test]
#[ignore = "makes network namespaces, which takes root"]
fn an_address_of_ones_own_is_looked_at_in_another_network_and_after_a_sleep() {
    let mut world = World::elsewhere();
    world.moves(4);
    world.sleeps();
    world.calls(5, PROMISE);
    assert_eq!(
        world.next("reconnecting", PATIENCE)["code"],
        "ERR_NGROK_3200"
    );
}

/// The call that was on its way is lost, and no reason to wait for the next.
#[test]
#[ignore = "makes network namespaces, which takes root"]
fn an_address_of_ones_own_is_looked_at_after_a_sleep_that_began_in_the_middle_of_a_look() {
    let world = World::elsewhere();
    world.edge.hold_calls(true);
    world.moves(4);
    world.sleeps();
    world.calls(5, PROMISE);
}
