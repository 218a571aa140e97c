//! Gives every command of the window a permission of its own; `capabilities/main.json` lists those it may use.

// Cargo reads what a build script prints.
#![allow(clippy::print_stdout)]

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&[
        "add_endpoint",
        "add_note",
        "add_secret",
        "booking",
        "calendar",
        "copy_address",
        "copy_as_curl",
        "copy_text",
        "deliveries",
        "delivery",
        "edit_note",
        "endpoints",
        "gaps",
        "mark_read",
        "open_link",
        "overview",
        "pause_notifications",
        "providers",
        "rejections",
        "remove_endpoint",
        "remove_note",
        "replay",
        "replay_booking",
        "retire_secret",
        "save_settings",
        "self_test",
        "set_done",
        "set_ngrok_token",
        "settings",
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
