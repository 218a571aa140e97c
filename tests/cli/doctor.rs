//! `bellhop doctor`: what it looks at, and what it says.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::bellhop;
use crate::calls::{connect, numbered, post_bookora, text};
use crate::cli::Bellhop;

/// Each check's outcome and message, and the exit status.
fn report(bellhop: &Bellhop) -> (BTreeMap<String, (String, String)>, Option<i32>) {
    let output = bellhop.run(&["doctor", "--json"], "");
    let report: Value =
        serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let checks = report["checks"].as_array().unwrap();
    let check = |check: &Value| {
        (
            text(check, "name").to_owned(),
            (
                text(check, "outcome").to_owned(),
                text(check, "message").to_owned(),
            ),
        )
    };
    (checks.iter().map(check).collect(), output.code)
}

/// Looks, and expects that this check and no other has another outcome than passed or skipped.
fn assert_only(bellhop: &Bellhop, name: &str, outcome: &str, about: &str) {
    let (checks, code) = report(bellhop);
    for (known, (found, message)) in &checks {
        if known == name {
            assert_eq!(found, outcome, "{checks:#?}");
            assert!(message.contains(about), "{message}");
        } else {
            assert!(
                ["passed", "skipped"].contains(&found.as_str()),
                "{known}: {checks:#?}"
            );
        }
    }
    assert_eq!(code, Some(i32::from(outcome == "failed")), "{checks:#?}");
}

#[test]
fn everything_in_order_is_said_so() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let serving = bellhop.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(0)),
        200
    );
    bellhop.entries(1);
    let (checks, code) = report(&bellhop);
    assert_eq!(code, Some(0), "{checks:#?}");
    let names: Vec<&str> = checks.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "clock",
            "data",
            "disk",
            "integrity",
            "notifications",
            "permissions",
            "port",
            "receiver",
            "secrets",
            "set_aside",
            "size",
            "tunnel",
            "waiting"
        ]
    );
    for (name, (outcome, message)) in &checks {
        assert_eq!(
            outcome,
            match name.as_str() {
                "notifications" | "tunnel" => "skipped",
                _ => "passed",
            },
            "{name}: {message}"
        );
    }
    assert!(checks["port"].1.contains(&serving.receiver.address));
    assert!(
        checks["secrets"]
            .1
            .contains("a file that only you can read")
    );
    // Looking leaves no trace of calls that were turned away, and shows no address of an endpoint.
    assert_eq!(bellhop.list(&["rejection", "list"]).len(), 0);
    let shown = bellhop.run(&["doctor"], "");
    assert!(!shown.stdout.contains(&endpoint.path), "{shown:?}");
}

#[test]
fn each_fault_is_found_with_what_to_do() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let serving = bellhop.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(0)),
        200
    );
    bellhop.entries(1);
    let mode = |name: &str, mode: u32| {
        fs::set_permissions(
            bellhop.data_dir().join(name),
            fs::Permissions::from_mode(mode),
        )
        .unwrap()
    };

    mode("secrets.json", 0o644);
    assert_only(&bellhop, "permissions", "failed", "chmod 600");
    mode("secrets.json", 0o600);
    mode("", 0o755);
    assert_only(&bellhop, "permissions", "warning", "chmod 700");
    mode("", 0o700);

    let hidden = bellhop.data_dir().join("hidden.json");
    fs::rename(bellhop.data_dir().join("secrets.json"), &hidden).unwrap();
    assert_only(
        &bellhop,
        "secrets",
        "failed",
        "bellhop endpoint secret add 1 --secret-stdin",
    );
    fs::rename(&hidden, bellhop.data_dir().join("secrets.json")).unwrap();

    connect(&bellhop)
        .execute_batch("UPDATE delivery SET state = 'failed'")
        .unwrap();
    assert_only(&bellhop, "set_aside", "warning", "bellhop delivery replay");
    connect(&bellhop)
        .execute_batch("UPDATE delivery SET state = 'processed'")
        .unwrap();

    // It was tomorrow when the last call came.
    connect(&bellhop)
        .execute_batch("UPDATE delivery SET received_at = received_at + 86400000000")
        .unwrap();
    assert_only(&bellhop, "clock", "failed", "it was set back");
    connect(&bellhop)
        .execute_batch("UPDATE delivery SET received_at = received_at - 86400000000")
        .unwrap();
    let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
    let database = fs::File::options()
        .append(true)
        .open(bellhop.database())
        .unwrap();
    database.set_modified(tomorrow).unwrap();
    assert_only(&bellhop, "clock", "failed", "the database was written");
    database.set_modified(SystemTime::now()).unwrap();

    // A row that belongs to nothing.
    connect(&bellhop)
        .execute_batch("PRAGMA foreign_keys = OFF; INSERT INTO booking_ref VALUES (1, 'x', 99)")
        .unwrap();
    assert_only(&bellhop, "integrity", "failed", "bellhop restore");
    connect(&bellhop)
        .execute_batch("DELETE FROM booking_ref WHERE booking_id = 99")
        .unwrap();

    // The port belongs to a program that has stopped.
    serving.process.signal("STOP");
    assert_only(&bellhop, "port", "failed", "does not answer");
    serving.process.signal("CONT");
    assert_only(&bellhop, "port", "passed", "nowhere else");
    serving.stop();

    assert_only(&bellhop, "receiver", "failed", "bellhop serve");
    connect(&bellhop)
        .execute_batch("UPDATE delivery SET state = 'pending'")
        .unwrap();
    let (checks, _) = report(&bellhop);
    assert_eq!(checks["waiting"].0, "warning", "{checks:#?}");
    assert!(
        checks["waiting"].1.contains("1 stored calls wait"),
        "{checks:#?}"
    );
}

#[test]
fn data_that_cannot_be_opened_are_looked_at_all_the_same() {
    let bellhop = bellhop();
    bellhop.endpoint("bookora", Some("s"));
    fs::write(bellhop.database(), "Dear aunt, ".repeat(1_000)).unwrap();
    let (checks, code) = report(&bellhop);
    assert_eq!(code, Some(1));
    assert_eq!(checks["data"].0, "failed");
    assert!(checks["data"].1.contains("bellhop restore"), "{checks:#?}");
    assert_eq!(checks["integrity"].0, "skipped");
    assert_eq!(checks["disk"].0, "passed");
    assert_eq!(checks.len(), 13);
}

#[test]
fn a_damaged_database_and_a_full_disk_are_found() {
    let bellhop = bellhop();
    let disk = crate::faults::Disk::mounted(&bellhop.data_dir(), "400m");
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let serving = bellhop.serve();
    for number in 0..150 {
        assert_eq!(
            post_bookora(&serving.receiver, &endpoint, "s", &numbered(number)),
            200
        );
    }
    bellhop.entries(150);
    assert_only(&bellhop, "disk", "warning", "Make room soon");
    disk.remount("size=40m");
    assert_only(&bellhop, "disk", "failed", "Make room");
    disk.remount("size=4000m");
    serving.stop();
    crate::backup::damage(&bellhop.database());
    let (checks, code) = report(&bellhop);
    assert_eq!(code, Some(1));
    let damaged = ["data", "integrity"]
        .iter()
        .any(|name| checks[*name].0 == "failed" && checks[*name].1.contains("damaged"));
    assert!(damaged, "{checks:#?}");
}
