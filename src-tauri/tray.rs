//! The tray icon: how things stand, and what is needed without the window.

use bellhop_engine::store::endpoints::Endpoint;
use bellhop_engine::store::{endpoints, events, settings};
use bellhop_engine::tunnel::TunnelStatus;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};
use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};

use crate::commands::endpoints as endpoints_command;
use crate::state::Desktop;
use crate::windows;

const TRAY: &str = "main";
const OPEN: &str = "open";
const QUIT: &str = "quit";
const RESUME: &str = "resume";
const PAUSE_30_MINUTES: &str = "pause-30";
const PAUSE_1_HOUR: &str = "pause-60";
const PAUSE_UNTIL_TOMORROW: &str = "pause-tomorrow";
/// Before the id of an endpoint: copy its address.
const COPY: &str = "copy-";

/// When a pause "until tomorrow" ends, on the person's own clock.
const MORNING_HOUR: i8 = 8;

/// What the icon tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    Fine,
    Unread,
    Connecting,
    Unreachable,
    Paused,
    Attention,
}

impl Face {
    fn image(self) -> Image<'static> {
        match self {
            Face::Fine => tauri::include_image!("icons/tray/tray-fine-dark-44.png"),
            Face::Unread => tauri::include_image!("icons/tray/tray-unread-dark-44.png"),
            Face::Connecting => tauri::include_image!("icons/tray/tray-connecting-dark-44.png"),
            Face::Unreachable => tauri::include_image!("icons/tray/tray-unreachable-dark-44.png"),
            Face::Paused => tauri::include_image!("icons/tray/tray-paused-dark-44.png"),
            Face::Attention => tauri::include_image!("icons/tray/tray-attention-dark-44.png"),
        }
    }
}

/// What the tray shows.
struct Standing {
    endpoints: Vec<Endpoint>,
    unread: i64,
    paused_until: Option<Timestamp>,
    tunnel: TunnelStatus,
    has_address: bool,
}

impl Standing {
    fn face(&self) -> Face {
        match &self.tunnel {
            TunnelStatus::Failed { .. } => Face::Attention,
            TunnelStatus::Reconnecting { .. } => Face::Unreachable,
            TunnelStatus::Connecting => Face::Connecting,
            _ if self.paused_until.is_some() => Face::Paused,
            _ if self.unread > 0 => Face::Unread,
            _ => Face::Fine,
        }
    }

    fn words(&self) -> String {
        let tunnel = match &self.tunnel {
            TunnelStatus::Off => "No public address",
            TunnelStatus::Connecting => "Connecting…",
            TunnelStatus::Online { .. } => "Reachable",
            TunnelStatus::Reconnecting { .. } => "Not reachable, reconnecting…",
            TunnelStatus::Failed { .. } => "Not reachable: see Settings",
        };
        match self.unread {
            0 => tunnel.to_owned(),
            unread => format!("{tunnel} · {unread} new"),
        }
    }
}

/// Puts the icon into the tray.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<()> {
    TrayIconBuilder::with_id(TRAY)
        .icon(Face::Fine.image())
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
        .map(drop)
}

/// Shows how things stand now.
pub(crate) async fn refresh(app: &AppHandle) -> anyhow::Result<()> {
    let desktop = app.state::<Desktop>();
    let now = Timestamp::now();
    let read = desktop.engine.store.read(move |connection| {
        Ok((
            endpoints::all(connection)?,
            events::unread(connection)?,
            settings::paused_until(connection, now)?,
        ))
    });
    let (endpoints, unread, paused_until) = read.await?;
    let tunnel = desktop.serving.tunnel().borrow().clone();
    let has_address = desktop.serving.public_url().is_some();
    let standing = Standing {
        has_address,
        endpoints,
        unread,
        paused_until,
        tunnel,
    };
    let tray_app = app.clone();
    app.run_on_main_thread(move || {
        if let Err(error) = redraw(&tray_app, &standing) {
            tracing::warn!(%error, "the tray icon could not be redrawn");
        }
    })?;
    Ok(())
}

fn redraw(app: &AppHandle, standing: &Standing) -> tauri::Result<()> {
    let Some(tray) = app.tray_by_id(TRAY) else {
        return Ok(());
    };
    tray.set_icon(Some(standing.face().image()))?;
    tray.set_tooltip(Some(format!("Bellhop: {}", standing.words())))?;
    tray.set_menu(Some(menu(app, standing)?))
}

fn menu(app: &AppHandle, standing: &Standing) -> tauri::Result<Menu<Wry>> {
    let item = |id: &str, text: &str, enabled: bool| {
        MenuItem::with_id(app, id, text, enabled, None::<&str>)
    };
    let separator = || PredefinedMenuItem::separator(app);

    let copies: Vec<MenuItem<Wry>> = standing
        .endpoints
        .iter()
        .map(|endpoint| {
            item(
                &format!("{COPY}{}", endpoint.id),
                &endpoint.label,
                standing.has_address,
            )
        })
        .collect::<Result<_, _>>()?;
    let copies: Vec<&dyn IsMenuItem<Wry>> = copies
        .iter()
        .map(|item| item as &dyn IsMenuItem<Wry>)
        .collect();
    let copy = Submenu::with_items(app, "Copy address", !copies.is_empty(), &copies)?;

    let pause: Box<dyn IsMenuItem<Wry>> = match standing.paused_until {
        Some(_) => Box::new(item(RESUME, "Resume notifications", true)?),
        None => Box::new(Submenu::with_items(
            app,
            "Pause notifications",
            true,
            &[
                &item(PAUSE_30_MINUTES, "For 30 minutes", true)?,
                &item(PAUSE_1_HOUR, "For 1 hour", true)?,
                &item(PAUSE_UNTIL_TOMORROW, "Until tomorrow morning", true)?,
            ],
        )?),
    };
    Menu::with_items(
        app,
        &[
            &item("standing", &standing.words(), false)?,
            &separator()?,
            &item(OPEN, "Open Bellhop", true)?,
            &copy,
            pause.as_ref(),
            &separator()?,
            &item(QUIT, "Quit", true)?,
        ],
    )
}

fn chosen(app: &AppHandle, id: &str) {
    match id {
        OPEN => windows::show(app, None),
        QUIT => app.exit(0),
        RESUME => pause_until(app, None),
        PAUSE_30_MINUTES => {
            pause_until(app, Some(Timestamp::now() + SignedDuration::from_mins(30)))
        }
        PAUSE_1_HOUR => pause_until(app, Some(Timestamp::now() + SignedDuration::from_mins(60))),
        PAUSE_UNTIL_TOMORROW => pause_until(app, tomorrow_morning(&Zoned::now())),
        _ => {
            if let Some(endpoint) = id.strip_prefix(COPY).and_then(|id| id.parse().ok()) {
                copy_address(app.clone(), endpoint);
            }
        }
    }
}

fn tomorrow_morning(now: &Zoned) -> Option<Timestamp> {
    let tomorrow = now.date().checked_add(1.day()).ok()?;
    tomorrow
        .at(MORNING_HOUR, 0, 0, 0)
        .to_zoned(now.time_zone().clone())
        .ok()
        .map(|morning| morning.timestamp())
}

fn pause_until(app: &AppHandle, until: Option<Timestamp>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = app.state::<Desktop>().pause_until(until).await {
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
