//! The window. It exists only while it is open, so that nothing of a browser runs while Bellhop waits in the tray.

use bellhop_core::language::Language;
use bellhop_engine::announcing::Opens;
use bellhop_engine::instance::Window;
use bellhop_engine::store::settings;
use tauri::{
    AppHandle, Manager as _, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};

use crate::dto::{Appearance, Look};
use crate::state::Desktop;

/// The name of the window. The card has one of its own.
pub(crate) const MAIN: &str = "main";

/// Shows the window, and in it the page of a hash such as `#/booking/12`.
pub(crate) fn show(app: &AppHandle, page: Option<&str>) {
    let shown = match app.get_webview_window(MAIN) {
        Some(window) => window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus())
            .and_then(|()| page.map_or(Ok(()), |page| lead(&window, page))),
        None => open(app, page),
    };
    match shown {
        Ok(()) => app.state::<Desktop>().serving.set_window(Window::Open),
        Err(error) => tracing::error!(%error, "the window could not be shown"),
    }
}

/// Goes to another page. An event would be lost on a window that is only just opening; its address is not.
fn lead(window: &WebviewWindow, page: &str) -> tauri::Result<()> {
    window.eval(format!("location.hash = {}", serde_json::to_string(page)?))
}

/// The page of the window that a notice leads to.
pub(crate) fn page(opens: Opens) -> String {
    match opens {
        Opens::Timeline => "#/timeline".to_owned(),
        Opens::Booking(id) => format!("#/booking/{id}"),
        Opens::Today => "#/digest".to_owned(),
        Opens::Endpoints => "#/endpoints".to_owned(),
        Opens::Reach => "#/settings".to_owned(),
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
    window.on_window_event(move |event| {
        if let WindowEvent::Destroyed = event {
            app.state::<Desktop>().serving.set_window(Window::Hidden);
        }
    });
    Ok(())
}
