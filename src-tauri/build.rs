//! Gives every command of the window a permission of its own; `capabilities/main.json` lists those it may use.

// Cargo reads what a build script prints.
#![allow(clippy::print_stdout)]

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&[
        "add_endpoint",
        "add_secret",
        "booking",
        "calendar",
        "copy_address",
        "copy_as_curl",
        "copy_text",
        "deliveries",
        "delivery",
        "endpoints",
        "first_run",
        "gaps",
        "mark_read",
        "open_link",
        "overview",
        "pause_notifications",
        "providers",
        "rejections",
        "remove_endpoint",
        "replay",
        "retire_secret",
        "save_first_run",
        "save_settings",
        "self_test",
        "set_ngrok_token",
        "settings",
        "start_demo",
        "status",
        "test_notification",
        "timeline",
        "try_now",
    ]);
    if let Err(error) =
        tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
    {
        println!("cargo::error={error:#}");
    }
}
