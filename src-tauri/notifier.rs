//! Native notifications.

use std::sync::OnceLock;

use bellhop_engine::announcing::Bubble;
use notify_rust::Notification;
use tauri::{AppHandle, Manager as _};

use crate::state::Desktop;
use crate::windows;

/// The names under which the desktop lists our notifications: those of the demo are not among the real ones.
const APP_NAME: &str = "Bellhop";
const DEMO_NAME: &str = "Bellhop demo";

/// The action that a click on the bubble itself stands for.
#[cfg(all(unix, not(target_os = "macos")))]
const CLICK: &str = "default";

/// Shows a bubble. A click on it opens the booking.
///
/// # Errors
///
/// Says in the desktop's own words why it took none.
pub(crate) fn show(app: &AppHandle, bubble: &Bubble) -> Result<(), String> {
    let mut notification = Notification::new();
    notification
        .appname(match app.state::<Desktop>().demo {
            true => DEMO_NAME,
            false => APP_NAME,
        })
        .summary(&bubble.title)
        .body(&body(&bubble.body));
    #[cfg(all(unix, not(target_os = "macos")))]
    notification
        .icon("bellhop-desktop")
        .hint(notify_rust::Hint::Category("x-bellhop.booking".to_owned()))
        .hint(notify_rust::Hint::DesktopEntry(
            "bellhop-desktop".to_owned(),
        ))
        .action(CLICK, "Open");
    let shown = notification.show().map_err(|error| error.to_string())?;
    #[cfg(all(unix, not(target_os = "macos")))]
    open_on_click(app.clone(), shown, bubble.booking_id);
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    let _ = (app, shown);
    Ok(())
}

/// Waits on a thread of its own, since the desktop may keep a bubble for hours.
#[cfg(all(unix, not(target_os = "macos")))]
fn open_on_click(app: AppHandle, shown: notify_rust::NotificationHandle, booking_id: Option<i64>) {
    let page = booking_id.map_or_else(|| "#/timeline".to_owned(), |id| format!("#/booking/{id}"));
    let waiting = std::thread::Builder::new()
        .name("notification".to_owned())
        .spawn(move || {
            shown.wait_for_action(|action| {
                if action == CLICK {
                    let window_app = app.clone();
                    let asked =
                        app.run_on_main_thread(move || windows::show(&window_app, Some(&page)));
                    asked.unwrap_or_else(
                        |error| tracing::warn!(%error, "a click on a notification was lost"),
                    );
                }
            });
        });
    if let Err(error) = waiting {
        tracing::warn!(%error, "a click on this notification will do nothing");
    }
}

/// Many desktops read the body as markup. What comes from outside must stay text there.
fn body(text: &str) -> String {
    static READS_MARKUP: OnceLock<bool> = OnceLock::new();
    let markup = *READS_MARKUP.get_or_init(|| {
        #[cfg(all(unix, not(target_os = "macos")))]
        let capabilities = notify_rust::get_capabilities().unwrap_or_default();
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        let capabilities: Vec<String> = Vec::new();
        capabilities
            .iter()
            .any(|capability| capability == "body-markup")
    });
    if markup {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}
