//! Gives every command of the window a permission of its own; `capabilities/main.json` lists those it may use.

// Cargo reads what a build script prints.
#![allow(clippy::print_stdout)]

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&[
        "add_endpoint",
        "add_note",
        "add_secret",
        "answer_card",
        "back_up",
        "booking",
        "booking_reminders",
        "calendar",
        "calls_due",
        "cards",
        "choose_backup",
        "choose_reminders",
        "copy_address",
        "copy_as_curl",
        "copy_text",
        "deliveries",
        "delivery",
        "desktop_shows",
        "edit_note",
        "endpoints",
        "erase_person",
        "find_people",
        "first_run",
        "footprint",
        "gaps",
        "hosts",
        "keep_calls_for",
        "mark_read",
        "notices",
        "open_card",
        "open_data_folder",
        "open_link",
        "overview",
        "pause_notifications",
        "person_data",
        "providers",
        "rejections",
        "remind_of_booking",
        "reminders",
        "remove_endpoint",
        "remove_note",
        "replay",
        "replay_booking",
        "restore",
        "retire_secret",
        "save_first_run",
        "save_look",
        "save_settings",
        "self_test",
        "set_done",
        "set_ngrok_token",
        "set_notification_privacy",
        "settings",
        "start_at_login",
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
