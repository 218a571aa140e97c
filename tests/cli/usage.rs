//! Exit statuses, standard streams and signals: what a shell sees.

use std::io::Read as _;

use serde_json::{Value, json};

use crate::bellhop;
use crate::calls::text;
use crate::cli::{Process, SOON, eventually};

#[test]
fn wrong_usage_is_2_and_failure_is_1() {
    let bellhop = bellhop();
    let usage: [&[&str]; 26] = [
        &[],
        &["nonsense"],
        &["serve", "--nonsense"],
        &["serve", "--tunnel", "http://plain.host"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--notify", "loudly"],
        &["endpoint"],
        &["endpoint", "add"],
        &["endpoint", "add", "calendly2"],
        &[
            "endpoint",
            "add",
            "bookora",
            "--secret-stdin",
            "--generate-secret",
        ],
        &["endpoint", "add", "bookora", "--secret", "s"],
        &["endpoint", "show"],
        &["endpoint", "show", "x"],
        &["endpoint", "secret", "add", "1"],
        &["timeline", "--kind", "moved"],
        &["timeline", "--limit", "-1"],
        &["timeline", "--limit", "many"],
        &["timeline", "--since", "yesterday"],
        &["timeline", "--before", "x"],
        &["timeline", "--provider", "x"],
        &["booking", "list", "--status", "gone"],
        &["booking", "show"],
        &["delivery", "replay"],
        &["delivery", "replay", "1", "--all"],
        &["send", "1"],
        &["send", "1", "x", "--count", "-1"],
    ];
    for arguments in usage {
        let output = bellhop.run(arguments, "");
        assert_eq!(output.code, Some(2), "{arguments:?}: {output:?}");
        assert!(
            !output.stderr.is_empty() && output.stdout.is_empty(),
            "{arguments:?}: {output:?}"
        );
    }
    assert!(
        !bellhop.data_dir().exists(),
        "wrong usage made a data directory"
    );

    bellhop.endpoint("bookora", None);
    let failures: [&[&str]; 10] = [
        &["serve", "--json", "--listen", "192.0.2.1:80"],
        &["endpoint", "show", "99"],
        &["endpoint", "remove", "99"],
        &["endpoint", "secret", "list", "99"],
        &["endpoint", "secret", "retire", "1", "99"],
        &["booking", "show", "99"],
        &["delivery", "show", "99"],
        &["delivery", "replay", "99"],
        &["send", "1", "booking.created"],
        &["serve", "--tunnel", "ngrok"],
    ];
    for arguments in failures {
        let output = bellhop.run(arguments, "");
        assert_eq!(output.code, Some(1), "{arguments:?}: {output:?}");
        let line = output.stderr.strip_suffix('\n').unwrap();
        assert!(
            line.starts_with("bellhop: ") && !line.contains('\n') && line.len() > 20,
            "{arguments:?}: {output:?}"
        );
        assert_eq!(output.stdout, "", "{arguments:?}");
    }
    let serving = bellhop.serve();
    let taken = bellhop.run(
        &["serve", "--json", "--listen", &serving.receiver.address],
        "",
    );
    assert_eq!(
        (
            taken.code,
            taken.stderr.lines().count(),
            taken.stdout.as_str()
        ),
        (Some(1), 1, ""),
        "{taken:?}"
    );
    assert!(
        taken.stderr.contains(&serving.receiver.address),
        "{taken:?}"
    );
    for arguments in [
        ["--version"].as_slice(),
        &["--help"],
        &["help"],
        &["serve", "--help"],
    ] {
        let output = bellhop.run(arguments, "");
        assert_eq!(
            (output.code, output.stderr.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn people_read_columns_and_sentences() {
    let bellhop = bellhop();
    for (arguments, sentence) in [
        (["timeline"].as_slice(), "Nothing has happened yet."),
        (&["booking", "list"], "There is no booking yet."),
        (&["delivery", "list"], "No call has come yet."),
        (&["rejection", "list"], "No call has been turned away."),
        (&["endpoint", "list"], "There is no endpoint yet."),
        (&["status"], "Nothing is running"),
    ] {
        let output = bellhop.run(arguments, "");
        assert_eq!(output.code, Some(0), "{output:?}");
        assert!(output.stdout.contains(sentence), "{output:?}");
    }
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let mut process = Process::start(bellhop.command(&["serve"]));
    let first = process.next_line();
    assert!(
        first.starts_with("Taking calls at http://127.0.0.1:"),
        "{first}"
    );
    bellhop.run(&["send", &endpoint.id, "booking.created"], "");
    let line = eventually(SOON, "a line", || process.lines().first().cloned());
    assert!(
        line.contains("created") && line.contains("Bookora"),
        "{line}"
    );
    for (arguments, part) in [
        (["timeline"].as_slice(), "created"),
        (&["booking", "list"], "confirmed"),
        (&["booking", "show", "1"], "Status: confirmed"),
    ] {
        assert!(
            bellhop.run(arguments, "").stdout.contains(part),
            "{arguments:?}"
        );
    }
}

#[test]
fn the_demo_fills_a_timeline_and_leaves_nothing() {
    let bellhop = bellhop();
    let mut process = Process::start(bellhop.command(&["demo", "--json"]));
    let first: Value = serde_json::from_str(&process.next_line()).unwrap();
    assert!(text(&first, "listening").starts_with("127.0.0.1:"));
    let lines = eventually(SOON, "entries of the demo", || {
        let lines = process.lines();
        (lines.len() >= 3).then_some(lines)
    });
    for line in &lines {
        let entry: Value = serde_json::from_str(line).unwrap();
        assert!(entry["attendee"]["name"].is_string(), "{entry}");
        assert_eq!(entry["problems"], json!([]));
    }
    process.signal("TERM");
    assert_eq!(process.wait().code(), Some(0), "{}", process.stderr());
    assert_eq!(process.stderr(), "");
    let left: Vec<_> = std::fs::read_dir(bellhop.home()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Whoever stops a receiver the moment it says that it listens is understood.
#[test]
fn a_signal_right_after_the_first_line_is_obeyed() {
    let bellhop = bellhop();
    for signal in ["TERM", "INT"].repeat(10) {
        let mut serving = bellhop.serve();
        serving.process.signal(signal);
        let status = serving.process.wait();
        assert_eq!(
            status.code(),
            Some(0),
            "{signal}: {status} {}",
            serving.process.stderr()
        );
    }
}

/// A reader of `serve` that goes away ends it, with a word about why.
#[test]
fn a_reader_that_goes_away_is_a_failure_and_no_panic() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let mut child = bellhop.command(&["serve", "--json"]).spawn().unwrap();
    let mut first = [0; 16];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    bellhop.run(&["send", &endpoint.id, "booking.created"], "");
    let status = eventually(SOON, "serve ends", || child.try_wait().unwrap());
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(
        (status.code(), stderr.lines().count()),
        (Some(1), 1),
        "{stderr}"
    );
    assert!(stderr.contains("nothing reads the output"), "{stderr}");
}
