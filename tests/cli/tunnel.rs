//! `bellhop serve --tunnel ngrok` against a stand-in of ngrok's edge.

use bellhop_test_support::edge::{Edge, Step, TOKEN};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::bellhop;
use crate::calls::{sample, text};
use crate::cli::{Bellhop, SOON, Serving, eventually};

/// The stand-in runs on threads of its own, since the program is driven from this one.
struct World {
    runtime: Runtime,
    edge: Edge,
    bellhop: Bellhop,
}

impl World {
    fn start() -> World {
        let runtime = Runtime::new().unwrap();
        let edge = runtime.block_on(Edge::start()).unwrap();
        World {
            runtime,
            edge,
            bellhop: bellhop(),
        }
    }

    fn serve(&self, token: &str) -> Serving {
        let (server, roots) = (self.edge.server(), self.edge.root_cas());
        let arguments = [
            "--tunnel",
            "ngrok",
            "--ngrok-server",
            &server,
            "--probe",
            "off",
        ];
        let roots = roots.to_str().unwrap();
        let variables = [
            ("NGROK_AUTHTOKEN", token),
            ("BELLHOP_NGROK_ROOT_CAS", roots),
            ("BELLHOP_LOG", "trace"),
        ];
        self.bellhop.serve_with(&arguments, &variables)
    }
}

/// Waits for a change of state, and gives what was printed of it.
pub(crate) fn told(serving: &mut Serving, state: &str) -> Value {
    eventually(SOON, &format!("the tunnel is {state}"), || {
        let lines = serving.process.lines();
        let tunnels = lines
            .iter()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["tunnel"].take());
        tunnels.into_iter().find(|tunnel| tunnel["state"] == state)
    })
}

#[test]
fn it_prints_each_state_takes_calls_of_every_provider_and_leaves_the_edge() {
    let world = World::start();
    let mut serving = world.serve(TOKEN);
    let online = told(&mut serving, "online");
    let url = text(&online, "url").to_owned();
    assert_eq!(
        online,
        json!({ "state": "online", "url": url, "code": null, "message": null })
    );
    assert_eq!(
        world.bellhop.json(&["tunnel", "status"]),
        json!({ "tunnel": online })
    );
    assert_eq!(world.bellhop.json(&["status"])["public_url"], url);

    let recorded = [
        (
            "kordless",
            "kordless/booking.created.json",
            Some("test-secret-kordless"),
        ),
        ("reservekit", "reservekit/bookings.create.json", None),
        (
            "bookora",
            "bookora/booking.created.json",
            Some("test-secret-bookora"),
        ),
        (
            "webkasa",
            "webkasa/booking.created.json",
            Some("test-secret-webkasa"),
        ),
        ("orufy", "orufy/BOOK.json", None),
    ];
    for (provider, file, secret) in recorded {
        let endpoint = world.bellhop.endpoint(provider, secret);
        let sample = sample(file);
        let headers = sample
            .headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let address = world.bellhop.json(&["endpoint", "show", &endpoint.id]);
        let call = world.edge.caller();
        let call = call.post(
            text(&address, "public_url"),
            headers.collect(),
            sample.body.clone().into(),
        );
        assert_eq!(
            world.runtime.block_on(call).unwrap().status,
            200,
            "{provider}"
        );
    }
    world.bellhop.entries(recorded.len());

    let stderr = serving.stop();
    assert!(!stderr.contains(TOKEN), "the token is in the log");
    world
        .runtime
        .block_on(world.edge.until(SOON, |edge| edge.sessions() == 0))
        .unwrap();
}

#[test]
fn a_cut_is_told_with_its_cause_and_ends_at_the_same_address() {
    let world = World::start();
    let mut serving = world.serve(TOKEN);
    let url = text(&told(&mut serving, "online"), "url").to_owned();
    world.edge.down();
    let reconnecting = told(&mut serving, "reconnecting");
    assert!(!text(&reconnecting, "message").is_empty());
    // Its address is still the one to give to providers.
    assert_eq!(world.bellhop.json(&["status"])["public_url"], url);
    world.runtime.block_on(world.edge.up()).unwrap();
    eventually(SOON, "online again", || {
        let tunnel = world.bellhop.json(&["tunnel", "status"])["tunnel"].take();
        (tunnel["state"] == "online" && tunnel["url"] == url).then_some(())
    });
    serving.stop();
}

#[test]
fn the_host_that_was_found_is_asked_for_again_after_a_restart() {
    let world = World::start();
    let mut serving = world.serve(TOKEN);
    let url = text(&told(&mut serving, "online"), "url").to_owned();
    serving.stop();
    // An account with several would otherwise be given another one.
    world.edge.assign("another.ngrok-test.example");
    let mut serving = world.serve(TOKEN);
    assert_eq!(text(&told(&mut serving, "online"), "url"), url);
    serving.stop();
}

#[test]
fn a_refused_token_is_told_with_what_to_do_and_never_shown() {
    let world = World::start();
    let token = "2abcdefSecretToken_99";
    let message = format!("The authtoken you specified is not valid: {token}");
    world
        .edge
        .refuse(Step::Auth, "ERR_NGROK_107", &message, 100);
    let mut serving = world.serve(token);
    let failed = told(&mut serving, "failed");
    assert_eq!(
        (text(&failed, "code"), &failed["url"]),
        ("ERR_NGROK_107", &Value::Null)
    );
    assert!(text(&failed, "message").contains("authtoken"), "{failed}");
    assert_eq!(
        world.bellhop.json(&["tunnel", "status"]),
        json!({ "tunnel": failed })
    );
    let printed = serving.process.lines().join("\n");
    let stderr = serving.stop();
    assert!(
        !printed.contains(token) && !stderr.contains(token),
        "the token is shown"
    );
}

#[test]
fn without_a_token_it_says_where_to_get_one() {
    let output = bellhop().run(&["serve", "--tunnel", "ngrok"], "");
    assert_eq!(output.code, Some(1));
    assert!(
        output.stderr.contains("bellhop token set --stdin"),
        "{}",
        output.stderr
    );
    assert_eq!(output.stdout, "");
}

#[test]
fn the_doctor_says_what_is_not_in_order() {
    let bellhop = bellhop();
    let output = bellhop.run(&["doctor", "--json"], "");
    assert_eq!(output.code, Some(1));
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let receiver = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["name"] == "receiver")
        .unwrap();
    assert_eq!(receiver["outcome"], "failed");
    assert_eq!(report["chain"], Value::Null);

    let _serving = bellhop.serve();
    let output = bellhop.run(&["doctor", "--json"], "");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let output = bellhop.run(&["doctor", "--chain"], "");
    assert_eq!(output.code, Some(1));
    assert!(
        output.stderr.contains("there is no public address"),
        "{}",
        output.stderr
    );
}
