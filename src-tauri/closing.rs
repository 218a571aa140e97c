//! What is said when the window is closed: whoever does that for the first time may think that calls are no longer taken.

use bellhop_core::language::Language;
use bellhop_core::notice::Wording;
use bellhop_engine::announcing::Bubble;
use bellhop_engine::store::settings;
use tauri::{AppHandle, Manager as _, Window, WindowEvent};
use tokio::sync::Mutex;

use crate::state::Desktop;
use crate::{notifier, tray, windows};

/// Says once where it goes, when the window is closed.
pub(crate) fn heard(window: &Window, event: &WindowEvent) {
    let app = window.app_handle().clone();
    let closed = matches!(event, WindowEvent::CloseRequested { .. });
    // The demo ends with its window.
    if !closed || window.label() != windows::MAIN || app.state::<Desktop>().demo {
        return;
    }
    tauri::async_runtime::spawn(async move {
        if let Err(error) = say_once(&app).await {
            tracing::warn!(%error, "nobody was told that Bellhop goes on in the tray");
        }
    });
}

async fn say_once(app: &AppHandle) -> anyhow::Result<()> {
    /// The window may be opened and closed again before it is noted that it was said.
    static SAYING: Mutex<()> = Mutex::const_new(());
    let _saying = SAYING.lock().await;
    let store = &app.state::<Desktop>().engine.store;
    let read = store.read(|connection| {
        let said = settings::get(connection, settings::SAID_TRAY)?;
        Ok((said, settings::spoken(connection)?.0))
    });
    let (said, language) = read.await?;
    if said.is_some() {
        return Ok(());
    }
    let bubble = Bubble::of_program(goes_on(tray::is_there(app), language), language);
    let shown_app = app.clone();
    let shown = tauri::async_runtime::spawn_blocking(move || notifier::show(&shown_app, &bubble));
    shown.await?.map_err(anyhow::Error::msg)?;
    let noted =
        store.write(|connection| settings::set(connection, settings::SAID_TRAY, Some("yes")));
    Ok(noted.await?)
}

fn goes_on(in_tray: bool, language: Language) -> Wording {
    let title = match in_tray {
        true => language.of(
            "Bellhop goes on in the tray",
            "Bellhop läuft im Infobereich weiter",
        ),
        false => language.of("Bellhop goes on", "Bellhop läuft weiter"),
    };
    let back = match in_tray {
        true => language.of(
            "Its icon opens the window again, and quits Bellhop.",
            "Sein Symbol öffnet das Fenster wieder und beendet Bellhop.",
        ),
        false => language.of(
            "Start Bellhop once more to see the window again.",
            "Starten Sie Bellhop noch einmal, um das Fenster wieder zu sehen.",
        ),
    };
    let meanwhile = language.of(
        "It takes calls and tells you of them while its window is closed.",
        "Auch bei geschlossenem Fenster nimmt es Aufrufe an und meldet sie Ihnen.",
    );
    Wording {
        title: title.to_owned(),
        body: format!("{meanwhile} {back}"),
    }
}
