//! The window. It exists only while it is open, so that nothing of a browser runs while Bellhop waits in the tray.

use bellhop_engine::instance::Window;
use tauri::{AppHandle, Emitter as _, Manager as _, WebviewUrl, WebviewWindowBuilder, WindowEvent};

use crate::state::Desktop;

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

fn open(app: &AppHandle, page: Option<&str>) -> tauri::Result<()> {
    let address = format!("index.html{}", page.unwrap_or_default());
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(address.into()))
        .title("Bellhop")
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
