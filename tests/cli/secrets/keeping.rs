//! Where secrets are shown and kept: once, and for the person alone.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::bellhop;
use crate::calls::{NO_HEADERS, found_in_data, numbered, post_bookora, sample, signature, text};
use crate::cli::Endpoint;

use super::secrets;

#[test]
fn a_secret_is_shown_once_or_never() {
    let bellhop = bellhop();
    let pasted = "pasted-secret-4711";
    let from_stdin = bellhop.run(
        &["endpoint", "add", "bookora", "--secret-stdin", "--json"],
        &format!("  {pasted}\n"),
    );
    assert_eq!(from_stdin.code, Some(0), "{from_stdin:?}");
    let of_pasted = Endpoint::of(&serde_json::from_str(&from_stdin.stdout).unwrap());
    let generated = bellhop.json(&["endpoint", "add", "webkasa", "--generate-secret"]);
    let made = text(&generated, "generated_secret").to_owned();
    assert!(made.len() >= 32, "{made}");
    let of_made = Endpoint::of(&generated);

    let serving = bellhop.serve_with(&[], &[("BELLHOP_LOG", "trace")]);
    let body = numbered(0);
    assert_eq!(
        post_bookora(&serving.receiver, &of_pasted, pasted, &body),
        200
    );
    let body = sample("webkasa/booking.created.json").body;
    let headers = [(
        "X-WebKasa-Signature",
        format!("sha256={}", signature(&made, &body)),
    )];
    assert_eq!(serving.receiver.post(&of_made.path, &headers, &body), 200);
    assert_eq!(serving.receiver.post(&of_made.path, NO_HEADERS, &body), 401);
    bellhop.json(&["send", &of_made.id, "booking.confirmed"]);
    bellhop.json_with(
        &["endpoint", "secret", "add", &of_pasted.id, "--secret-stdin"],
        "second-secret-4712",
    );
    bellhop.entries(3);

    let mut said = vec![from_stdin.stdout, from_stdin.stderr];
    for command in [
        ["endpoint", "list"].as_slice(),
        &["endpoint", "show", &of_pasted.id],
        &["endpoint", "show", &of_made.id],
        &["endpoint", "secret", "list", &of_pasted.id],
        &["endpoint", "secret", "list", &of_made.id],
        &["delivery", "show", "1"],
        &["delivery", "show", "2"],
        &["rejection", "list"],
        &["timeline"],
        &["status"],
    ] {
        for json in [[].as_slice(), &["--json"]] {
            let command = [command, json].concat();
            let output = bellhop
                .command(&command)
                .env("BELLHOP_LOG", "trace")
                .output()
                .unwrap();
            assert!(output.status.success(), "{command:?}");
            said.push(String::from_utf8(output.stdout).unwrap());
            said.push(String::from_utf8(output.stderr).unwrap());
        }
    }
    let logged = serving.stop();
    assert!(
        logged.contains("a call was turned away"),
        "nothing was logged: {logged}"
    );
    said.push(logged);
    for secret in [pasted, made.as_str(), "second-secret-4712"] {
        assert!(
            !said.iter().any(|said| said.contains(secret)),
            "a secret was said"
        );
        assert_eq!(found_in_data(&bellhop, secret), [] as [String; 0]);
    }
}

#[test]
fn people_see_a_generated_secret_once() {
    let bellhop = bellhop();
    let added = bellhop.run(
        &[
            "endpoint",
            "add",
            "orufy",
            "--generate-secret",
            "--label",
            "Intro",
        ],
        "",
    );
    assert_eq!(added.code, Some(0), "{added:?}");
    let line = added
        .stdout
        .lines()
        .find(|line| line.contains("Secret, shown this once"))
        .unwrap();
    let secret = line.rsplit(' ').next().unwrap();
    let shown = bellhop.run(&["endpoint", "show", "1"], "");
    assert!(
        shown.stdout.contains("\"Intro\"") && !shown.stdout.contains(secret),
        "{shown:?}"
    );
}

#[test]
fn an_empty_secret_or_one_that_proves_nothing_is_refused() {
    let bellhop = bellhop();
    for (arguments, input, about) in [
        (
            ["endpoint", "add", "bookora", "--secret-stdin"].as_slice(),
            "",
            "no secret",
        ),
        (
            &["endpoint", "add", "bookora", "--secret-stdin"],
            " \n\t ",
            "no secret",
        ),
        (
            &["endpoint", "add", "reservekit", "--secret-stdin"],
            "s",
            "does not sign",
        ),
        (
            &["endpoint", "add", "reservekit", "--generate-secret"],
            "",
            "does not sign",
        ),
    ] {
        let refused = bellhop.run(arguments, input);
        refused.says_no(&[about]);
    }
    assert_eq!(bellhop.list(&["endpoint", "list"]), [] as [Value; 0]);
    let bare = bellhop.endpoint("reservekit", None);
    let refused = bellhop.run(
        &["endpoint", "secret", "add", &bare.id, "--secret-stdin"],
        "s",
    );
    assert_eq!(
        (refused.code, refused.stderr.lines().count()),
        (Some(1), 1),
        "{refused:?}"
    );
    assert_eq!(secrets(&bellhop, &bare), [] as [Value; 0]);
}

#[test]
fn files_are_for_the_person_alone() {
    let bellhop = bellhop();
    bellhop.endpoint("bookora", Some("s"));
    let serving = bellhop.serve();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bellhop.data_dir()), 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(bellhop.data_dir()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    for name in [
        "bellhop.db",
        "bellhop.db-wal",
        "secrets.json",
        "receiver.json",
    ] {
        assert!(
            names.iter().any(|known| known == name),
            "no {name} in {names:?}"
        );
    }
    drop(serving);
}
