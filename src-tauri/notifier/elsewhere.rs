//! Notifications of Windows and macOS, as notify-rust shows them.

use std::sync::atomic::{AtomicUsize, Ordering};

use bellhop_core::notice::Loudness;
use bellhop_core::rule::Sound;
use bellhop_engine::announcing::Bubble;
use notify_rust::{CloseReason, Notification, NotificationResponse};
use tauri::AppHandle;

use super::{Key, answered, app_name, dismissed, keys};

/// A bubble is answered on a thread that waits for it, and the system keeps some for days. So many wait; a click on one
/// that came while they did opens nothing.
const WAITING: usize = 32;

/// The name of a sound among those that come with the system. `None` for no sound.
#[cfg(target_os = "macos")]
fn name(sound: Sound) -> Option<&'static str> {
    match sound {
        Sound::None => None,
        // The person's own choice.
        Sound::Message => Some("NSUserNotificationDefaultSoundName"),
        Sound::Bell => Some("Ping"),
        Sound::Chime => Some("Glass"),
        Sound::Alarm => Some("Sosumi"),
        Sound::Warning => Some("Basso"),
    }
}

/// The name of a sound among those that a toast may have. `None` for no sound.
#[cfg(not(target_os = "macos"))]
fn name(sound: Sound) -> Option<&'static str> {
    match sound {
        Sound::None => None,
        Sound::Message => Some("Default"),
        Sound::Bell => Some("IM"),
        Sound::Chime => Some("Mail"),
        Sound::Alarm => Some("Reminder"),
        Sound::Warning => Some("SMS"),
    }
}

/// How many wait.
#[derive(Default)]
pub(crate) struct Notifier {
    waiting: AtomicUsize,
}

/// Shows a bubble. A click on it opens what it tells of.
///
/// # Errors
///
/// Says in the system's own words why it took none.
pub(crate) fn show(app: &AppHandle, bubble: &Bubble) -> Result<(), String> {
    use tauri::Manager as _;

    let mut notification = Notification::new();
    notification
        .appname(app_name(app))
        .summary(&bubble.title)
        .body(&bubble.body);
    // On macOS the library knows no urgency.
    #[cfg(not(target_os = "macos"))]
    notification.urgency(match bubble.loudness {
        Loudness::Silent => notify_rust::Urgency::Low,
        Loudness::Normal => notify_rust::Urgency::Normal,
        Loudness::Urgent => notify_rust::Urgency::Critical,
    });
    identify(app, &mut notification);
    if let Some(name) = name(bubble.sound.unwrap_or(Sound::Message)) {
        notification.sound_name(name);
    }
    // A click on the bubble itself needs no button.
    for key in keys(bubble).into_iter().filter(|key| *key != Key::Bubble) {
        notification.action(key.as_str(), key.label(bubble.language));
    }
    let shown = notification.show().map_err(|error| error.to_string())?;
    let waiting = &app.state::<Notifier>().inner().waiting;
    if waiting.fetch_add(1, Ordering::Relaxed) >= WAITING {
        waiting.fetch_sub(1, Ordering::Relaxed);
        return Ok(());
    }
    let (app, bubble) = (app.clone(), bubble.clone());
    let begun = std::thread::Builder::new()
        .name("notification".to_owned())
        .spawn(move || {
            let heard = shown.wait_for_response(|response: &NotificationResponse| {
                let answer = async {
                    match response {
                        NotificationResponse::Default => answered(&app, &bubble, Key::Bubble).await,
                        NotificationResponse::Action(key) => {
                            // On macOS a click is an action, too.
                            let key = Key::from_word(key).unwrap_or(Key::Bubble);
                            answered(&app, &bubble, key).await;
                        }
                        NotificationResponse::Closed(CloseReason::Dismissed) => {
                            dismissed(&app, &bubble).await;
                        }
                        _ => {}
                    }
                };
                tauri::async_runtime::block_on(answer);
            });
            if let Err(error) = heard {
                tracing::warn!(%error, "what was answered to a notification is not known");
            }
            let waiting = &app.state::<Notifier>().inner().waiting;
            waiting.fetch_sub(1, Ordering::Relaxed);
        });
    if let Err(error) = begun {
        waiting.fetch_sub(1, Ordering::Relaxed);
        tracing::warn!(%error, "a click on this notification will do nothing");
    }
    Ok(())
}

/// The installed program has an entry in the start menu under its identifier. What was only built has none, and a toast
/// under an unknown name never appears.
#[cfg(target_os = "windows")]
fn identify(app: &AppHandle, notification: &mut Notification) {
    if is_installed() {
        notification.app_id(&app.config().identifier);
    }
}

/// The bundle to which notifications belong. Later calls change nothing, which the library calls an error.
#[cfg(target_os = "macos")]
fn identify(app: &AppHandle, _: &mut Notification) {
    let bundle = match is_installed() {
        true => &app.config().identifier,
        false => "com.apple.Terminal",
    };
    let _ = notify_rust::set_application(bundle);
}

#[cfg(not(any(target_os = "windows", target_os = "macos")))]
fn identify(_: &AppHandle, _: &mut Notification) {}

/// Whether this is more than what cargo has just built.
#[cfg(any(target_os = "windows", target_os = "macos"))]
fn is_installed() -> bool {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent();
    !folder.is_some_and(|folder| {
        folder.ends_with("target/debug") || folder.ends_with("target/release")
    })
}

/// Nothing takes a notification back on these systems.
pub(crate) async fn keep_current(_: AppHandle) {}
