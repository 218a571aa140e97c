//! The window. It exists only while it is open, so that nothing of a browser runs while Bellhop waits in the tray.

use bellhop_core::language::Language;
use bellhop_core::notice::Wording;
use bellhop_engine::announcing::Bubble;
use bellhop_engine::instance::Window;
use bellhop_engine::store::settings;
use tauri::{
    AppHandle, Emitter as _, Manager as _, Theme, WebviewUrl, WebviewWindowBuilder, WindowEvent,
};

use crate::dto::{Appearance, Look};
use crate::state::Desktop;
use crate::{notifier, tray};

const MAIN: &str = "main";

/// Shows the window, and in it the page of a hash such as `#/booking/12`.
pub(crate) fn show(app: &AppHandle, page: Option<&str>) {
    let shown = match app.get_webview_window(MAIN) {
        Some(window) => window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus())
            .and_then(|()| page.map_or(Ok(()), |page| window.emit("navigate", page))),
        None => open(app, page),
    };
    match shown {
        Ok(()) => app.state::<Desktop>().serving.set_window(Window::Open),
        Err(error) => tracing::error!(%error, "the window could not be shown"),
    }
}

/// How the person wants the window. Without an answer it is as the system has it, which is better than no window.
pub(crate) fn look(app: &AppHandle) -> Look {
    let store = &app.state::<Desktop>().engine.store;
    let kept = store.read_here(|connection| settings::get(connection, settings::LOOK));
    let kept = kept.inspect_err(|error| tracing::warn!(%error, "how the window looks is unknown"));
    Look::of(kept.ok().flatten().as_deref())
}

/// The person's language, as far as it is known.
pub(crate) fn language(app: &AppHandle) -> Language {
    let store = &app.state::<Desktop>().engine.store;
    let spoken = store.read_here(settings::spoken);
    spoken.map(|(language, _)| language).unwrap_or_default()
}

/// What the system draws of the window, and what its pages take for the system's choice.
pub(crate) fn theme(look: &Look) -> Option<Theme> {
    match look.appearance {
        Appearance::System => None,
        Appearance::Light => Some(Theme::Light),
        Appearance::Dark => Some(Theme::Dark),
    }
}

/// Told to the page before it is drawn, so that it never appears in another way first, and speaks as notifications do.
pub(crate) fn first_words(look: &Look) -> serde_json::Result<String> {
    let look = serde_json::to_string(look)?;
    let (language, clock) = settings::spoken_by_system();
    let (language, clock) = (language.as_str(), clock.as_str());
    Ok(format!(
        r#"{{
            window.__BELLHOP_SYSTEM__ = {{ language: "{language}", clock: "{clock}" }};
            const look = window.__BELLHOP_LOOK__ = {look};
            const dark = matchMedia("(prefers-color-scheme: dark)").matches;
            document.documentElement.dataset.theme =
                look.appearance === "system" ? (dark ? "dark" : "light") : look.appearance;
        }}"#
    ))
}

fn open(app: &AppHandle, page: Option<&str>) -> tauri::Result<()> {
    let address = format!("index.html{}", page.unwrap_or_default());
    let look = look(app);
    // Also the part of the page that is there before its own scripts.
    app.set_theme(theme(&look));
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(address.into()))
        .initialization_script(first_words(&look)?)
        .title(match app.state::<Desktop>().demo {
            true => "Bellhop demo",
            false => "Bellhop",
        })
        .inner_size(1120.0, 760.0)
        .min_inner_size(560.0, 420.0)
        .build()?;
    let app = app.clone();
    window.on_window_event(move |event| match event {
        // The demo ends with its window.
        WindowEvent::CloseRequested { .. } if !app.state::<Desktop>().demo => {
            tauri::async_runtime::spawn(say_where_it_goes(app.clone()));
        }
        WindowEvent::Destroyed => {
            app.state::<Desktop>().serving.set_window(Window::Hidden);
        }
        _ => {}
    });
    Ok(())
}

/// Whoever closes the window for the first time may think that calls are no longer taken.
async fn say_where_it_goes(app: AppHandle) {
    if let Err(error) = say_once(&app).await {
        tracing::warn!(%error, "nobody was told that Bellhop goes on in the tray");
    }
}

async fn say_once(app: &AppHandle) -> anyhow::Result<()> {
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
