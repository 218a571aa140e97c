//! `bellhop doctor` on a desktop: whether it shows notifications, and what to do where it does not.

use bellhop_test_support::desktop::Desktop;
use serde_json::Value;

use crate::bellhop;
use crate::calls::text;
use crate::cli::Bellhop;

/// What doctor says of notifications on the session bus at `bus`: its outcome and its words.
async fn said(bellhop: &Bellhop, bus: &str) -> (String, String) {
    let mut command = bellhop.command(&["doctor", "--json"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    // The daemon is this process, which must not wait meanwhile.
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == "notifications");
    let check = check.unwrap();
    (
        text(check, "outcome").to_owned(),
        text(check, "message").to_owned(),
    )
}

#[tokio::test]
async fn on_a_virtual_desktop_it_is_said_whether_notifications_are_shown() {
    let desktop = Desktop::start().await.unwrap();
    let (bellhop, bus) = (bellhop(), desktop.screen().bus().to_owned());
    let daemon = desktop.notifications();
    let is = |said: (String, String), outcome: &str, words: &str| {
        assert!(said.0 == outcome && said.1.contains(words), "{said:?}");
    };
    is(said(&bellhop, &bus).await, "passed", "Test shows them");

    daemon.inhibit(true);
    is(said(&bellhop, &bus).await, "warning", "do not disturb");
    daemon.inhibit(false);

    daemon.can_do(&["actions"]);
    is(said(&bellhop, &bus).await, "warning", "titles");
    daemon.can_do(&["body"]);
    is(said(&bellhop, &bus).await, "warning", "at a click");

    daemon.leave().await.unwrap();
    is(said(&bellhop, &bus).await, "warning", "Install");
    let nowhere = "unix:path=/nonexistent/bus";
    is(
        said(&bellhop, nowhere).await,
        "skipped",
        "no desktop session",
    );

    // What runs says that it notifies, and this is what keeps it from it.
    let mut serving = bellhop.command(&["serve", "--notify", "desktop"]);
    let mut serving = serving
        .env("DBUS_SESSION_BUS_ADDRESS", nowhere)
        .spawn()
        .unwrap();
    crate::cli::eventually(crate::cli::SOON, "it notifies", || {
        let status = bellhop.json(&["status"]);
        (status["running"] == true).then_some(())
    });
    is(
        said(&bellhop, nowhere).await,
        "warning",
        "dbus-user-session",
    );
    serving.kill().unwrap();
    serving.wait().unwrap();
}
