//! `bellhop doctor` on a desktop: whether it shows notifications, and what to do where it does not.

use bellhop_test_support::desktop::Desktop;
use bellhop_test_support::wait::eventually;
use serde_json::Value;

use crate::bellhop;
use crate::calls::text;
use crate::cli::Bellhop;

/// What doctor says of notifications on the session bus at `bus`: its outcome and its words.
async fn said(bellhop: &Bellhop, bus: &str) -> (String, String) {
    said_with(bellhop, bus, None).await
}

/// [`said`], where programs are found in these places.
async fn said_with(bellhop: &Bellhop, bus: &str, path: Option<&str>) -> (String, String) {
    let mut command = bellhop.command(&["doctor", "--json"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    command.envs(path.map(|path| ("PATH", path)));
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
    // It can be seen before it says so.
    let warned = eventually("it says that it notifies", async || {
        let said = said(&bellhop, nowhere).await;
        Ok((said.0 == "warning").then_some(said))
    });
    is(warned.await.unwrap(), "warning", "dbus-user-session");
    serving.kill().unwrap();
    serving.wait().unwrap();
}

#[tokio::test]
async fn on_a_virtual_desktop_do_not_disturb_is_read_where_each_daemon_keeps_it() {
    for name in [
        "dunst",
        "mako",
        "SwayNotificationCenter",
        "Xfce Notify Daemon",
    ] {
        let desktop = Desktop::start().await.unwrap();
        let (bellhop, bus) = (bellhop(), desktop.screen().bus().to_owned());
        let daemon = desktop.notifications();
        daemon.pose_as(name).await.unwrap();
        let (outcome, words) = said(&bellhop, &bus).await;
        assert!(outcome == "passed" && words.contains(name), "{words}");
        daemon.inhibit(true);
        let (outcome, words) = said(&bellhop, &bus).await;
        assert!(
            outcome == "warning" && words.contains("do not disturb"),
            "{name}: {words}"
        );
    }
}

#[tokio::test]
async fn on_a_virtual_desktop_do_not_disturb_of_gnome_is_read_by_its_own_tool() {
    let desktop = Desktop::start().await.unwrap();
    let (bellhop, bus) = (bellhop(), desktop.screen().bus().to_owned());
    desktop
        .notifications()
        .pose_as("gnome-shell")
        .await
        .unwrap();
    for (answer, expected) in [
        ("true", "passed"),
        ("false", "warning"),
        ("No such schema", "passed"),
    ] {
        let tools = tempfile::tempdir().unwrap();
        let tool = tools.path().join("gsettings");
        let asked = "get org.gnome.desktop.notifications show-banners";
        let script = format!("#!/bin/sh\n[ \"$*\" = \"{asked}\" ] && echo {answer}\n");
        std::fs::write(&tool, script).unwrap();
        std::fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .unwrap();
        let path = format!(
            "{}:{}",
            tools.path().display(),
            std::env::var("PATH").unwrap()
        );
        let (outcome, words) = said_with(&bellhop, &bus, Some(&path)).await;
        assert_eq!(outcome, expected, "{answer}: {words}");
    }
}
