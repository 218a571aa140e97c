//! Native notifications: a bubble for each notice, with buttons, in the place of an older one of the same matter.
//!
//! # Where desktops differ
//!
//! - **Linux** ([`linux`]): `org.freedesktop.Notifications` on the session bus. GNOME and dunst tell of clicks to the
//!   connection that sent the notification and to nobody else, and GNOME takes all bubbles of a program from the screen
//!   when that connection ends: so there is one connection for as long as the program runs, it sends and hears, and no
//!   bubble needs a thread. Plasma and mako tell everybody. An id that a daemon does not know makes a new bubble in GNOME
//!   and mako, and stays the id in Plasma, so ids are forgotten when a bubble is closed or its daemon ends, as those of
//!   the next one begin again. A bus may start that one for a notification (Xfce, dunst), and tells of it before the
//!   answer. A bus also ends the connection of whoever sends it a character zero, and with it go the bubbles. Plasma
//!   refuses two of the same words within a second. A daemon that does not say `actions` gets none, since some would open
//!   a dialog instead; one that says `body-markup` gets the text escaped.
//!   `suppress-sound` and `sound-name` are asked for; whether a sound is heard is the daemon's: GNOME plays it, dunst and
//!   mako have none.
//! - **Windows** ([`elsewhere`]): toasts belong to an AppUserModelID, which is that of the installed program's entry in
//!   the start menu: the bundle's identifier. Without an installation that name is unknown to the system, and a toast of
//!   it would never appear, so a program that was only built borrows PowerShell's, as notify-rust does. Buttons and clicks
//!   work while the program runs. An urgent one stays until it is answered (the scenario "reminder"). Nothing takes a
//!   toast back or replaces it, as notify-rust gives no handle to it.
//! - **macOS** ([`elsewhere`]): a notification belongs to a bundle. The name of ours is told once, before the first one;
//!   a program that was only built borrows Terminal's. The system asks the person for permission at the first one, and
//!   tells nobody the answer: System Settings → Notifications → Bellhop is the place to change it. The buttons are a menu
//!   beside "Show". Nothing takes one back.
//!
//! The paths of Windows and macOS follow the documentation of notify-rust and of Tauri's own plugin; they have not been
//! run.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

use bellhop_core::answer::{Answer, Snooze};
use bellhop_core::language::Language;
use bellhop_engine::announcing::Bubble;
use tauri::{AppHandle, Manager as _};

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{Notifier, keep_current, show};
#[cfg(target_os = "linux")]
pub(crate) use linux::{Notifier, keep_current, show};

use crate::state::Desktop;
use crate::windows;

/// The names under which the desktop lists our notifications: those of the demo are not among the real ones.
const APP_NAME: &str = "Bellhop";
const DEMO_NAME: &str = "Bellhop demo";

fn app_name(app: &AppHandle) -> &'static str {
    match app.state::<Desktop>().demo {
        true => DEMO_NAME,
        false => APP_NAME,
    }
}

/// What can be pressed on a bubble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    /// The bubble itself.
    Bubble,
    Open,
    Done,
    Snooze,
    Later(Snooze),
}

impl Key {
    const OF_BOOKING: [Key; 4] = [Key::Bubble, Key::Open, Key::Done, Key::Snooze];

    fn as_str(self) -> &'static str {
        match self {
            // The specification's own word for a click.
            Key::Bubble => "default",
            Key::Open => "open",
            Key::Done => "done",
            Key::Snooze => "snooze",
            Key::Later(snooze) => snooze.as_str(),
        }
    }

    fn from_word(word: &str) -> Option<Key> {
        let key = Key::OF_BOOKING.into_iter().find(|key| key.as_str() == word);
        key.or_else(|| Snooze::from_word(word).map(Key::Later))
    }

    fn label(self, language: Language) -> &'static str {
        match self {
            Key::Bubble | Key::Open => language.of("Open", "Öffnen"),
            Key::Done => language.of("Done", "Erledigt"),
            Key::Snooze => language.of("Snooze", "Später erinnern"),
            Key::Later(Snooze::Minute) => language.of("Snooze 1 minute", "1 Minute später"),
            Key::Later(Snooze::FiveMinutes) => language.of("Snooze 5 minutes", "5 Minuten später"),
            Key::Later(Snooze::TenMinutes) => language.of("Snooze 10 minutes", "10 Minuten später"),
            Key::Later(Snooze::UntilStart) => language.of("Until it starts", "Zu Beginn"),
        }
    }
}

/// What a bubble offers. Several notices are answered by looking at them, and one of the program by a click at most.
fn keys(bubble: &Bubble) -> Vec<Key> {
    match (&bubble.notice_ids[..], bubble.booking_id) {
        ([], _) => vec![Key::Bubble],
        ([_], Some(_)) if !bubble.snoozes.is_empty() => {
            let later = bubble.snoozes.iter().copied().map(Key::Later);
            [Key::Bubble, Key::Open].into_iter().chain(later).collect()
        }
        ([_], Some(_)) => Key::OF_BOOKING.to_vec(),
        ([_], None) => vec![Key::Bubble, Key::Open, Key::Snooze],
        _ => vec![Key::Bubble, Key::Open],
    }
}

/// Does what was pressed.
async fn answered(app: &AppHandle, bubble: &Bubble, key: Key) {
    if matches!(key, Key::Bubble | Key::Open) {
        // Whatever becomes of the answer, the person sees the window.
        let (window_app, page) = (app.clone(), windows::page(bubble.opens));
        let asked = app.run_on_main_thread(move || windows::show(&window_app, Some(&page)));
        asked.unwrap_or_else(|error| tracing::warn!(%error, "a click on a notification was lost"));
    }
    let answer = match key {
        Key::Bubble | Key::Open => Answer::Opened,
        Key::Done => Answer::Done,
        Key::Snooze => Answer::Snoozed,
        Key::Later(snooze) => Answer::Later(snooze),
    };
    give(app, bubble, answer).await;
}

/// The person closed a bubble without pressing anything.
async fn dismissed(app: &AppHandle, bubble: &Bubble) {
    give(app, bubble, Answer::Dismissed).await;
}

async fn give(app: &AppHandle, bubble: &Bubble, answer: Answer) {
    if bubble.notice_ids.is_empty() {
        return;
    }
    let engine = &app.state::<Desktop>().engine;
    if let Err(error) = engine.answer(bubble.notice_ids.clone(), answer).await {
        tracing::error!(%error, "the answer to a notification was not kept");
    }
}
