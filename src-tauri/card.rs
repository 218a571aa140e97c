//! The card: a small window on top of all others, with the reminders that the person chose for it. It exists only while there
//! is one to answer, and takes no keyboard from whoever types.

use std::time::Duration;

use bellhop_core::answer::Answer;
use bellhop_engine::changes::Change;
use bellhop_engine::{here, reminding};
use jiff::Timestamp;
use tauri::{
    AppHandle, LogicalPosition, LogicalSize, Manager as _, WebviewUrl, WebviewWindowBuilder,
    WindowEvent,
};

use crate::state::Desktop;
use crate::windows;

const CARD: &str = "card";

/// What a person sees of it, in pixels that a screen may enlarge.
const WIDTH: f64 = 400.0;
const ONE: f64 = 181.0;
const AROUND: f64 = 14.0;

/// So many are seen at once; the others are scrolled to.
const SEEN: usize = 3;

/// How far it stands from the corner of the screen.
const MARGIN: f64 = 24.0;

/// The clock on the wall may be set, and goes on in sleep.
const BEAT: Duration = Duration::from_secs(10);

/// Opens and closes the card as there is something to answer, until the program ends.
pub(crate) async fn keep_current(app: AppHandle) {
    let desktop = app.state::<Desktop>();
    // Invented bookings must not stand on top of whatever the person does.
    if desktop.demo {
        return;
    }
    let mut changes = desktop.engine.changes.listen();
    loop {
        let read = desktop
            .engine
            .store
            .read(|connection| reminding::cards(connection, &here(connection)?));
        let read = read.await.map(|(cards, over)| (cards.len(), over));
        if let Err(error) = &read {
            tracing::warn!(%error, "what is on the card is unknown");
        }
        let (count, patience) = next(read.ok(), Timestamp::now());
        if let Some(count) = count {
            let window_app = app.clone();
            let asked = app.run_on_main_thread(move || show(&window_app, count));
            if let Err(error) = asked {
                tracing::warn!(%error, "the card could not be changed");
            }
        }
        tokio::select! {
            change = changes.next() => if change.is_none() { return },
            () = tokio::time::sleep(patience) => {}
            () = desktop.stop.cancelled() => return,
        }
    }
}

/// How many bookings to show, and how long to wait for a change before looking again. Where it is unknown what there is to
/// show, the card that stands is kept.
fn next(read: Option<(usize, Option<Timestamp>)>, now: Timestamp) -> (Option<usize>, Duration) {
    let Some((count, over)) = read else {
        return (None, BEAT);
    };
    let patience = over.map_or(Duration::MAX, |over| {
        let left = over.duration_since(now);
        Duration::try_from(left).unwrap_or_default().min(BEAT)
    });
    (Some(count), patience)
}

fn show(app: &AppHandle, count: usize) {
    let shown = match (app.get_webview_window(CARD), count) {
        (None, 0) => Ok(()),
        // Its pages and their process go with it.
        (Some(window), 0) => window.destroy(),
        (Some(window), count) => window.set_size(LogicalSize::new(WIDTH, height(count))),
        (None, count) => open(app, count),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the card could not be shown");
    }
}

fn height(count: usize) -> f64 {
    let seen = u32::try_from(count.min(SEEN)).unwrap_or(1);
    AROUND + ONE * f64::from(seen)
}

fn open(app: &AppHandle, count: usize) -> tauri::Result<()> {
    let look = windows::look(app);
    let language = windows::language(app);
    app.set_theme(windows::theme(&look));
    let window = WebviewWindowBuilder::new(app, CARD, WebviewUrl::App("card.html".into()))
        .initialization_script(windows::first_words(&look)?)
        .title(language.of("Bellhop reminder", "Bellhop-Erinnerung"))
        .inner_size(WIDTH, height(count))
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .focused(false)
        .visible(false)
        .skip_taskbar(true)
        .resizable(false)
        .maximizable(false)
        .minimizable(false);
    let window = match app.primary_monitor()? {
        Some(monitor) => {
            let scale = monitor.scale_factor();
            let place: LogicalPosition<f64> = monitor.position().to_logical(scale);
            let size: LogicalSize<f64> = monitor.size().to_logical(scale);
            let left = place.x + size.width - WIDTH - MARGIN;
            window.position(left, place.y + MARGIN)
        }
        None => window,
    };
    // Its page has yet to ask.
    app.state::<Desktop>().put_on_card(Vec::new());
    let window = window.build()?;
    // Without this it takes the keyboard where its first picture is drawn before the window manager has asked whether it wants
    // it: only until then does the library say that it does not.
    #[cfg(target_os = "linux")]
    gtk::prelude::GtkWindowExt::set_focus_on_map(&window.gtk_window()?, false);
    window.show()?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { .. } = event {
            let shown = app.state::<Desktop>().put_on_card(Vec::new());
            tauri::async_runtime::spawn(answer(app.clone(), shown));
        }
    });
    Ok(())
}

/// Whoever closes the window has seen what is in it. What has come since is on a new card.
async fn answer(app: AppHandle, shown: Vec<i64>) {
    let engine = &app.state::<Desktop>().engine;
    for booking_id in shown {
        let answered = engine.answer_reminders(booking_id, Answer::Dismissed);
        if let Err(error) = answered.await {
            tracing::error!(%error, "an answer to reminders was not kept");
        }
    }
    // Also where nothing was answered, what is left has no window now.
    engine.changes.tell(Change::Notices);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_card_of_which_nothing_is_known_stays_and_is_looked_at_again() {
        let now: Timestamp = "2031-03-10T08:00:00Z".parse().unwrap();
        let in_seconds = |seconds| Some(now + SignedDuration::from_secs(seconds));
        assert_eq!(next(None, now), (None, BEAT));
        assert_eq!(next(Some((0, None)), now), (Some(0), Duration::MAX));
        assert_eq!(next(Some((2, in_seconds(60))), now), (Some(2), BEAT));
        let soon = Duration::from_secs(3);
        assert_eq!(next(Some((1, in_seconds(3))), now), (Some(1), soon));
        assert_eq!(
            next(Some((1, in_seconds(-3))), now),
            (Some(1), Duration::ZERO)
        );
    }
}
