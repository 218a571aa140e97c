//! The tray icon: how things stand, and what is needed without the window.

mod menu;
mod panel;
mod standing;

use std::time::Duration;

use bellhop_core::answer::Answer;
use bellhop_engine::announcing::Opens;
use bellhop_engine::store::notices;
use bellhop_engine::store::settings::Pause;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};
use tauri::image::Image;
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _};
use tokio::sync::oneshot;

use crate::commands::endpoints as endpoints_command;
use crate::state::Desktop;
use crate::windows;
use menu::{Chosen, Entry};
use panel::{Panel, Repainted};
use standing::{Face, Standing};

const TRAY: &str = "main";

/// When a pause "until tomorrow" ends, on the person's own clock.
const MORNING_HOUR: i8 = 8;

/// The shortest time between two drawings, so that a flood of calls does not keep the panel busy.
const REST: Duration = Duration::from_millis(250);

/// How long to wait for a panel that was not there: at login it may come after us, and some desktops have none.
const WITHOUT_PANEL: Duration = Duration::from_secs(10);

/// Whether there is a tray that holds the icon.
pub(crate) fn is_there(app: &AppHandle) -> bool {
    app.tray_by_id(TRAY).is_some()
}

/// Puts the icon into the tray.
fn build(app: &AppHandle) -> tauri::Result<TrayIcon> {
    TrayIconBuilder::with_id(TRAY)
        .icon(Face::Fine.image(Panel::Dark)?)
        .tooltip("Bellhop")
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                windows::show(tray.app_handle(), None);
            }
        })
        .build(app)
}

/// Draws the icon and its menu anew with every change, and when time alone changes what they say, until the program ends.
pub(crate) async fn keep_current(app: AppHandle) {
    let desktop = app.state::<Desktop>();
    let mut changes = desktop.engine.changes.listen();
    let mut tunnel = desktop.serving.tunnel();
    let mut repainted = Repainted::listen().await;
    let mut drawn = None;
    let mut told = false;
    loop {
        let until = match refresh(&app, &mut drawn).await {
            Ok(until) => until,
            Err(error) => {
                if !std::mem::replace(&mut told, true) {
                    tracing::warn!(%error, "the tray does not show how things stand");
                }
                drawn = None;
                WITHOUT_PANEL
            }
        };
        tokio::time::sleep(REST).await;
        tokio::select! {
            change = changes.next() => if change.is_none() { return },
            changed = tunnel.changed() => if changed.is_err() { return },
            () = repainted.next() => {}
            () = tokio::time::sleep(until) => {}
            () = desktop.stop.cancelled() => return,
        }
    }
}

/// What the tray shows.
#[derive(Clone, PartialEq, Eq)]
struct Drawing {
    face: Face,
    panel: Panel,
    tooltip: String,
    entries: Vec<Entry>,
}

/// Shows how things stand now, and gives how long that is true unless something happens.
async fn refresh(app: &AppHandle, drawn: &mut Option<Drawing>) -> anyhow::Result<Duration> {
    let standing = Standing::read(&app.state::<Desktop>()).await?;
    let drawing = Drawing {
        face: standing.face(),
        panel: Panel::of_desktop().await,
        tooltip: standing.tooltip(),
        entries: menu::entries(&standing),
    };
    // A menu that is drawn anew while somebody chooses from it takes no click.
    if drawn.as_ref() != Some(&drawing) {
        *drawn = Some(drawing.clone());
        let tray_app = app.clone();
        let (done, outcome) = oneshot::channel();
        app.run_on_main_thread(move || {
            // Nobody waits for it any more once the program ends.
            let _ = done.send(draw(&tray_app, &drawing));
        })?;
        outcome.await??;
    }
    Ok(standing.lasts())
}

fn draw(app: &AppHandle, drawing: &Drawing) -> tauri::Result<()> {
    let tray = match app.tray_by_id(TRAY) {
        Some(tray) => tray,
        None => build(app)?,
    };
    tray.set_icon(Some(drawing.face.image(drawing.panel)?))?;
    tray.set_tooltip(Some(format!("Bellhop: {}", drawing.tooltip)))?;
    tray.set_menu(Some(menu::draw(app, &drawing.entries)?))
}

/// The drawings for a dark panel and for a light one.
macro_rules! drawings {
    ($name:literal) => {
        [
            include_bytes!(concat!(drawings!(in), $name, "-dark-44.png")).as_slice(),
            include_bytes!(concat!(drawings!(in), $name, "-light-44.png")).as_slice(),
        ]
    };
    (in) => {
        concat!(env!("CARGO_MANIFEST_DIR"), "/icons/tray/tray-")
    };
}

impl Face {
    fn image(self, panel: Panel) -> tauri::Result<Image<'static>> {
        let [dark, light] = match self {
            Face::Fine | Face::Unread(..=0) => drawings!("fine"),
            Face::Unread(1) => drawings!("unread-1"),
            Face::Unread(2) => drawings!("unread-2"),
            Face::Unread(3) => drawings!("unread-3"),
            Face::Unread(4) => drawings!("unread-4"),
            Face::Unread(5) => drawings!("unread-5"),
            Face::Unread(6) => drawings!("unread-6"),
            Face::Unread(7) => drawings!("unread-7"),
            Face::Unread(8) => drawings!("unread-8"),
            Face::Unread(9) => drawings!("unread-9"),
            Face::Unread(10..) => drawings!("unread-many"),
            Face::Connecting => drawings!("connecting"),
            Face::Unreachable => drawings!("unreachable"),
            Face::Paused => drawings!("paused"),
            Face::Attention => drawings!("attention"),
        };
        Image::from_bytes(match panel {
            Panel::Dark => dark,
            Panel::Light => light,
        })
    }
}

fn chosen(app: &AppHandle, id: &str) {
    match Chosen::of_id(id) {
        Some(Chosen::Open) => windows::show(app, None),
        Some(Chosen::Today) => windows::show(app, Some("#/digest")),
        Some(Chosen::Booking(id)) => windows::show(app, Some(&format!("#/booking/{id}"))),
        Some(Chosen::Trouble(id)) => look_at(app.clone(), id),
        Some(Chosen::Delivery(id)) => windows::show(app, Some(&format!("#/delivery/{id}"))),
        Some(Chosen::Settings) => windows::show(app, Some("#/settings")),
        Some(Chosen::Endpoints) => windows::show(app, Some("#/endpoints")),
        Some(Chosen::Copy(endpoint)) => copy_address(app.clone(), endpoint),
        Some(Chosen::Pause(minutes)) => {
            let until = Timestamp::now() + SignedDuration::from_mins(minutes);
            pause(app, Some(Pause::Until(until)));
        }
        Some(Chosen::PauseUntilTomorrow) => {
            pause(app, tomorrow_morning(&Zoned::now()).map(Pause::Until));
        }
        Some(Chosen::PauseUntilResumed) => pause(app, Some(Pause::UntilResumed)),
        Some(Chosen::Resume) => pause(app, None),
        Some(Chosen::Quit) => app.exit(0),
        None => {}
    }
}

/// Shows where to do something about a trouble, which the person knows of from then on.
fn look_at(app: AppHandle, notice: i64) {
    tauri::async_runtime::spawn(async move {
        let engine = &app.state::<Desktop>().engine;
        let read = move |connection: &_| notices::by_ids(connection, &[notice], Timestamp::now());
        let page = match engine.store.read(read).await {
            Ok(found) => found
                .first()
                .map(|trouble| windows::page(Opens::of(trouble))),
            Err(error) => {
                tracing::error!(%error, "a trouble could not be read");
                None
            }
        };
        let window_app = app.clone();
        let asked = app.run_on_main_thread(move || windows::show(&window_app, page.as_deref()));
        asked.unwrap_or_else(|error| tracing::warn!(%error, "a click in the tray was lost"));
        if let Err(error) = engine.answer(vec![notice], Answer::Opened).await {
            tracing::error!(%error, "the answer to a notification was not kept");
        }
    });
}

fn tomorrow_morning(now: &Zoned) -> Option<Timestamp> {
    let tomorrow = now.date().checked_add(1.day()).ok()?;
    tomorrow
        .at(MORNING_HOUR, 0, 0, 0)
        .to_zoned(now.time_zone().clone())
        .ok()
        .map(|morning| morning.timestamp())
}

fn pause(app: &AppHandle, pause: Option<Pause>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let engine = &app.state::<Desktop>().engine;
        if let Err(error) = engine.pause_notifications(pause).await {
            tracing::error!(%error, "notifications could not be paused or resumed");
        }
    });
}

fn copy_address(app: AppHandle, endpoint: i64) {
    tauri::async_runtime::spawn(async move {
        let copied = endpoints_command::copy(&app, endpoint).await;
        if let Err(error) = copied {
            tracing::error!(%error, "an address could not be copied");
        }
    });
}
