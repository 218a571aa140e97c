//! `bellhop doctor --chain`: a test call from the public address to the notification, beside a running receiver.

use std::process::Command;

use bellhop_test_support::edge::{DOMAIN, Edge, Front, Leads, NAMED_SERVER, Proxy, TOKEN};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::bellhop;
use crate::calls::text;
use crate::cli::{Bellhop, Output, Serving};
use crate::tunnel::told;

const WAY: [&str; 9] = [
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

/// Runs `doctor --chain` on an endpoint.
fn doctor(bellhop: &Bellhop, endpoint: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = bellhop.command(&["doctor", "--chain", "--endpoint", endpoint, "--json"]);
    command.envs(variables.iter().copied());
    output(command)
}

/// What a command that ends left behind.
pub(crate) fn output(mut command: Command) -> Output {
    let output = command.output().unwrap();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn chain(output: &Output) -> Vec<Value> {
    let mut report: Value =
        serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("no report: {output:?}"));
    serde_json::from_value(report["chain"].take()).unwrap()
}

/// Every hop has passed and took its time. Nothing shows notifications here.
pub(crate) fn passed(output: &Output) {
    assert_eq!(output.code, Some(0), "{output:?}");
    let hops = chain(output);
    let names: Vec<&str> = hops.iter().map(|hop| text(hop, "name")).collect();
    assert_eq!(names, WAY);
    for hop in &hops {
        if hop["name"] == "notification" {
            assert_eq!(hop["outcome"], "skipped", "{hop}");
        } else {
            assert_eq!(hop["outcome"], "passed", "{hop}");
            assert!(hop["milliseconds"].is_f64(), "{hop}");
        }
    }
}

/// The way ends at a hop that failed, with its advice.
fn failed(output: &Output) -> (String, String) {
    assert_eq!(output.code, Some(1), "{output:?}");
    let hops = chain(output);
    let (last, before) = hops.split_last().unwrap();
    assert!(
        before.iter().all(|hop| hop["outcome"] == "passed"),
        "{hops:?}"
    );
    assert_eq!(last["outcome"], "failed", "{hops:?}");
    (
        text(last, "name").to_owned(),
        text(last, "message").to_owned(),
    )
}

/// A test is no booking, no delivery and no rejection.
fn nothing_is_left(bellhop: &Bellhop) {
    for list in [
        ["timeline"].as_slice(),
        &["delivery", "list"],
        &["rejection", "list"],
    ] {
        assert_eq!(bellhop.list(list).len(), 0, "{list:?}");
    }
}

fn ngrok(bellhop: &Bellhop, server: &str, variables: &[(&str, &str)]) -> Serving {
    bellhop.serve_with(&["--tunnel", "ngrok", "--ngrok-server", server], variables)
}

#[test]
fn the_whole_way_through_ngrok_has_a_time_for_each_hop_and_advice_where_it_ends() {
    let runtime = Runtime::new().unwrap();
    let edge = runtime.block_on(Edge::start()).unwrap();
    let host = runtime.block_on(edge.open_address()).unwrap();
    edge.assign(&host);
    let (bellhop, roots) = (bellhop(), edge.root_cas());
    let trusting = [("BELLHOP_NGROK_ROOT_CAS", roots.to_str().unwrap())];
    let with_token = [trusting[0], ("NGROK_AUTHTOKEN", TOKEN)];
    let mut serving = ngrok(&bellhop, &edge.server(), &with_token);
    // The probe is on: it has come back already.
    let online = told(&mut serving, "online");
    assert_eq!(text(&online, "url"), format!("https://{host}"));

    for (provider, secret) in [("kordless", Some("s3cret")), ("reservekit", None)] {
        let endpoint = bellhop.endpoint(provider, secret);
        passed(&doctor(&bellhop, &endpoint.id, &trusting));
    }
    let without_secret = bellhop.endpoint("bookora", None).id;
    let (hop, advice) = failed(&doctor(&bellhop, &without_secret, &trusting));
    assert_eq!(hop, "verification");
    assert!(advice.contains("has no signing secret"), "{advice}");
    let (hop, advice) = failed(&doctor(&bellhop, "1", &[]));
    assert_eq!(hop, "tls");
    assert!(advice.contains("root certificate"), "{advice}");
    // As the settings page keeps it.
    let settings = rusqlite::Connection::open(bellhop.database()).unwrap();
    let chosen = "INSERT INTO setting (name, value) VALUES ('ngrok_root_cas', ?1)";
    settings.execute(chosen, [roots.to_str().unwrap()]).unwrap();
    passed(&doctor(&bellhop, "1", &[]));
    edge.hide_from_public(true);
    let (hop, advice) = failed(&doctor(&bellhop, "1", &trusting));
    assert_eq!(hop, "tunnel");
    assert!(advice.contains("the tunnel is offline"), "{advice}");
    nothing_is_left(&bellhop);
    serving.stop();
}

#[test]
fn the_whole_way_to_an_address_of_ones_own() {
    let runtime = Runtime::new().unwrap();
    let mut front = runtime.block_on(Front::start(Leads::ToAnEcho)).unwrap();
    let (bellhop, roots) = (bellhop(), front.root_cas());
    let trusting = [("BELLHOP_NGROK_ROOT_CAS", roots.to_str().unwrap())];
    let mut serving = bellhop.serve_with(&["--tunnel", &front.url()], &trusting);
    assert_eq!(serving.first["public_url"], front.url());
    let elsewhere = told(&mut serving, "reconnecting");
    assert!(
        text(&elsewhere, "message").contains("end somewhere else"),
        "{elsewhere}"
    );
    front.lead(Leads::To(serving.receiver.address.parse().unwrap()));
    told(&mut serving, "online");

    let endpoint = bellhop.endpoint("webkasa", Some("s3cret")).id;
    passed(&doctor(&bellhop, &endpoint, &trusting));
    front.lead(Leads::ToAnEcho);
    let (hop, advice) = failed(&doctor(&bellhop, &endpoint, &trusting));
    assert_eq!(hop, "tunnel");
    assert!(advice.contains("leads to another program"), "{advice}");
    runtime.block_on(front.close());
    let (hop, advice) = failed(&doctor(&bellhop, &endpoint, &trusting));
    assert_eq!(hop, "edge");
    assert!(advice.contains("could not be reached"), "{advice}");
    runtime.block_on(front.open()).unwrap();
    front.lead(Leads::To(serving.receiver.address.parse().unwrap()));
    passed(&doctor(&bellhop, &endpoint, &trusting));
    nothing_is_left(&bellhop);
    serving.stop();
}

#[test]
fn the_link_the_probe_and_the_test_call_go_through_a_proxy_whose_password_is_never_shown() {
    let runtime = Runtime::new().unwrap();
    for scheme in ["http", "socks5"] {
        let edge = runtime.block_on(Edge::start()).unwrap();
        let proxy = runtime.block_on(Proxy::start(scheme, &edge)).unwrap();
        let (bellhop, roots) = (bellhop(), edge.root_cas());
        let (right, wrong) = (
            proxy.address("anna", "secret"),
            proxy.address("anna", "wr0ng-word"),
        );
        let variables = |proxy| {
            [
                ("BELLHOP_NGROK_ROOT_CAS", roots.to_str().unwrap()),
                ("NGROK_AUTHTOKEN", TOKEN),
                ("BELLHOP_LOG", "trace"),
                ("BELLHOP_NGROK_PROXY", proxy),
            ]
        };

        let mut serving = ngrok(&bellhop, NAMED_SERVER, &variables(&wrong));
        let waiting = told(&mut serving, "reconnecting");
        assert!(text(&waiting, "message").contains("proxy"), "{waiting}");
        let shown = serving.process.lines().join("\n") + &serving.stop();
        assert!(
            !shown.contains("wr0ng-word"),
            "{scheme}: the password is shown"
        );
        assert_eq!(proxy.led_to(), Vec::<String>::new());

        let mut serving = ngrok(&bellhop, NAMED_SERVER, &variables(&right));
        told(&mut serving, "online");
        let endpoint = bellhop.endpoint("kordless", Some("of-the-endpoint")).id;
        let walked = doctor(&bellhop, &endpoint, &variables(&right));
        passed(&walked);
        let public = format!("{DOMAIN}:443");
        // The link, the probe, the test call. Nobody but the proxy knows where these hosts are.
        assert_eq!(proxy.led_to(), [NAMED_SERVER, &public, &public]);
        assert_eq!(edge.calls(), 2);
        let refused = doctor(&bellhop, &endpoint, &variables(&wrong));
        let (hop, advice) = failed(&refused);
        assert_eq!(hop, "edge");
        assert!(advice.contains("The proxy does not lead on"), "{advice}");
        let shown = serving.process.lines().join("\n")
            + &serving.stop()
            + &walked.stdout
            + &walked.stderr
            + &refused.stdout
            + &refused.stderr;
        for secret in ["anna:secret", "YW5uYTpzZWNyZXQ", "wr0ng-word"] {
            assert!(!shown.contains(secret), "{scheme}: {secret} is shown");
        }
        nothing_is_left(&bellhop);
    }
}

#[test]
fn an_address_of_a_proxy_that_is_none_is_not_repeated() {
    for command in ["serve", "doctor"] {
        let bellhop = bellhop();
        let mut command = bellhop.command(&[command]);
        let output = command.env(
            "BELLHOP_NGROK_PROXY",
            "https://anna:wr0ng-word@proxy.example",
        );
        let output = output.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("http://host:port"), "{said}");
        assert!(
            !said.contains("wr0ng-word") && output.stdout.is_empty(),
            "{said}"
        );
    }
}
