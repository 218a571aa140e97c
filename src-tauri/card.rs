//! The card: a small window on top of all others, with the reminders that the person chose for it. It exists only while there
//! is one to answer, and takes no keyboard from whoever types.

use std::time::Duration;

use bellhop_core::answer::Answer;
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
        let (count, over) = match read.await {
            Ok((cards, over)) => (cards.len(), over),
            Err(error) => {
                tracing::warn!(%error, "what is on the card is unknown");
                (0, None)
            }
        };
        let window_app = app.clone();
        let asked = app.run_on_main_thread(move || show(&window_app, count));
        if let Err(error) = asked {
            tracing::warn!(%error, "the card could not be changed");
        }
        let patience = over.map_or(Duration::MAX, |over| {
            let left = over.duration_since(Timestamp::now());
            Duration::try_from(left).unwrap_or_default().min(BEAT)
        });
        tokio::select! {
            change = changes.next() => if change.is_none() { return },
            () = tokio::time::sleep(patience) => {}
            () = desktop.stop.cancelled() => return,
        }
    }
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
    let window = window.build()?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { .. } = event {
            tauri::async_runtime::spawn(answer_all(app.clone()));
        }
    });
    Ok(())
}

/// Whoever closes the window has seen what is in it.
async fn answer_all(app: AppHandle) {
    let engine = &app.state::<Desktop>().engine;
    let answered = async {
        let read = engine
            .store
            .read(|connection| reminding::cards(connection, &here(connection)?));
        for card in read.await?.0 {
            engine
                .answer_reminders(card.booking_id, Answer::Dismissed)
                .await?;
        }
        Ok::<(), bellhop_engine::store::StoreError>(())
    };
    if let Err(error) = answered.await {
        tracing::error!(%error, "an answer to reminders was not kept");
    }
}
