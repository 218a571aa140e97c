//! Puts the program together, runs it, and takes it apart.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use bellhop_engine::announcing::{self, Bubble};
use bellhop_engine::changes::Change;
#[cfg(target_os = "linux")]
use bellhop_engine::desktop::daemon;
use bellhop_engine::instance::Window;
use bellhop_engine::serving::Serving;
use bellhop_engine::{Engine, demo, desktop, digesting, reminding, serving, troubles};
use clap::Parser as _;
use tauri::{AppHandle, Emitter as _, Manager as _, RunEvent};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::args::Args;
use crate::dto::Restored;
use crate::notifier::Notifier;
use crate::restarting::{self, Restarting};
use crate::state::Desktop;
use crate::{card, closing, commands, dto, login, notifier, tray, windows};

/// Runs the desktop program to its end.
pub fn run() -> ExitCode {
    let args = Args::parse();
    bellhop_engine::log::start();
    match start(args) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => {
            tell_of_failure(&error);
            ExitCode::FAILURE
        }
    }
}

/// A program without a terminal must say on the desktop why it does not start.
fn tell_of_failure(error: &anyhow::Error) {
    tracing::error!("Bellhop cannot start: {error:#}");
    let (title, body) = ("Bellhop cannot start", format!("{error:#}"));
    #[cfg(target_os = "linux")]
    let told = tauri::async_runtime::block_on(daemon::say(title, &body));
    #[cfg(not(target_os = "linux"))]
    let told = notify_rust::Notification::new()
        .appname("Bellhop")
        .summary(title)
        .body(&body)
        .show();
    if let Err(error) = told {
        tracing::debug!(%error, "nor could the desktop be told");
    }
}

fn start(args: Args) -> anyhow::Result<i32> {
    let profile = args
        .demo
        .then(tempfile::tempdir)
        .transpose()
        .context("there is no place for the demo's data")?;
    let chosen = profile
        .as_ref()
        .map(|profile| profile.path().to_owned())
        .or_else(|| args.data_dir.clone());
    let single = tauri_plugin_single_instance::Builder::new()
        .dbus_id(single_instance_name(chosen.as_deref()))
        .callback(|app, _, _| shown_again(app))
        .build();
    let data_dir = chosen
        .or_else(bellhop_engine::default_data_dir)
        .context("there is no home directory to keep data in: choose a place with --data-dir")?;

    let restored = args
        .restore
        .as_deref()
        .map(|file| tauri::async_runtime::block_on(restarting::restore(&data_dir, file)));
    let restarting = Arc::<Restarting>::default();
    let (given, kept) = (args.clone(), Arc::clone(&restarting));
    let demo = args.demo;
    let app = tauri::Builder::default()
        // First, so that a second start ends here before it opens anything.
        .plugin(single)
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(login::plugin(&args))
        .on_window_event(closing::heard)
        .invoke_handler(tauri::generate_handler![
            commands::timeline::timeline,
            commands::bookings::booking,
            commands::bookings::set_done,
            commands::bookings::add_note,
            commands::bookings::edit_note,
            commands::bookings::remove_note,
            commands::bookings::replay_booking,
            commands::timeline::mark_read,
            commands::calendar::calendar,
            commands::calendar::overview,
            commands::deliveries::deliveries,
            commands::deliveries::delivery,
            commands::deliveries::replay,
            commands::deliveries::copy_as_curl,
            commands::timeline::gaps,
            commands::digests::digest,
            commands::digests::digest_schedule,
            commands::digests::set_digest_schedule,
            commands::overlaps::overlaps,
            commands::overlaps::accept_overlap,
            commands::overlaps::set_buffer,
            commands::endpoints::endpoints,
            commands::endpoints::providers,
            commands::endpoints::add_endpoint,
            commands::endpoints::remove_endpoint,
            commands::endpoints::add_secret,
            commands::endpoints::retire_secret,
            commands::endpoints::rejections,
            commands::notices::notices,
            commands::notices::desktop_shows,
            commands::first_run::first_run,
            commands::first_run::save_first_run,
            commands::first_run::start_demo,
            commands::reminders::reminders,
            commands::reminders::choose_reminders,
            commands::reminders::booking_reminders,
            commands::reminders::remind_of_booking,
            commands::reminders::cards,
            commands::reminders::answer_card,
            commands::reminders::open_card,
            commands::rules::wishes,
            commands::rules::keep_rules,
            commands::rules::keep_quiet_hours,
            commands::rules::keep_sounds,
            commands::rules::preview_rules,
            commands::rules::try_sound,
            commands::settings::status,
            commands::settings::settings,
            commands::settings::save_settings,
            commands::settings::set_ngrok_token,
            commands::settings::try_now,
            commands::settings::self_test,
            commands::settings::pause_notifications,
            commands::settings::save_look,
            commands::settings::set_notification_privacy,
            commands::settings::start_at_login,
            commands::settings::hosts,
            commands::data::footprint,
            commands::data::open_data_folder,
            commands::data::back_up,
            commands::data::choose_backup,
            commands::data::restore,
            commands::data::calls_due,
            commands::data::keep_calls_for,
            commands::data::find_people,
            commands::data::person_data,
            commands::data::erase_person,
            commands::desktop::test_notification,
            commands::desktop::copy_text,
            commands::endpoints::copy_address,
            commands::desktop::open_link,
        ])
        .setup(move |app| {
            let done = set_up(app.handle(), &given, &data_dir, restored, kept);
            // What fails here is not handed on by Tauri: it would end the program without a word.
            if let Err(error) = done {
                tell_of_failure(&error);
                app.handle().cleanup_before_exit();
                std::process::exit(1);
            }
            Ok(())
        })
        .build(tauri::generate_context!())?;
    let program = tauri::process::current_binary(&app.env())?;

    let code = app.run_return(move |app, event| match event {
        // The last window has been closed, and the tray stays. A quit has a code. The demo ends with its window, or else
        // it would go on telling of invented bookings out of sight.
        RunEvent::ExitRequested {
            code: None, api, ..
        } if !demo => api.prevent_exit(),
        RunEvent::Exit => tauri::async_runtime::block_on(take_down(app)),
        _ => {}
    });
    drop(profile);
    if let Some(file) = restarting.agreed() {
        restarting::start_again(&args, &program, &file)
            .context("Bellhop has ended, and could not start again. Nothing was restored")?;
    }
    Ok(code)
}

/// Somebody started the program once more. It is told by a thread of the bus, maybe before the data are open, and the second
/// start waits for the answer: so the window is left to its own thread, which gets to it once everything is there.
fn shown_again(app: &AppHandle) {
    let window_app = app.clone();
    let asked = app.run_on_main_thread(move || windows::show(&window_app, None));
    asked.unwrap_or_else(|error| tracing::warn!(%error, "a second start did not show the window"));
}

/// Another data directory is another program: the demo beside the real one, say.
fn single_instance_name(data_dir: Option<&Path>) -> String {
    const NAME: &str = "app.bellhop.Desktop";
    let Some(data_dir) = data_dir else {
        return NAME.to_owned();
    };
    let mut hasher = DefaultHasher::new();
    std::path::absolute(data_dir)
        .as_deref()
        .unwrap_or(data_dir)
        .hash(&mut hasher);
    format!("{NAME}.of{:016x}", hasher.finish())
}

fn set_up(
    app: &AppHandle,
    args: &Args,
    data_dir: &Path,
    restored: Option<Restored>,
    restarting: Arc<Restarting>,
) -> anyhow::Result<()> {
    let page = restored.as_ref().map(|_| "#/settings/data");
    let (engine, serving) = tauri::async_runtime::block_on(open(args, data_dir))?;
    app.manage(Desktop {
        engine,
        serving,
        demo: args.demo,
        restarting,
        restored,
        demo_beside: Mutex::new(None),
        on_card: std::sync::Mutex::default(),
        stop: CancellationToken::new(),
    });
    let desktop = app.state::<Desktop>();

    app.manage(Notifier::default());
    let announcer = app.clone();
    let show = move |bubble: &Bubble| notifier::show(&announcer, bubble);
    tauri::async_runtime::spawn(announcing::run(
        Arc::clone(&desktop.engine),
        desktop.stop.clone(),
        show,
    ));
    tauri::async_runtime::spawn(notifier::keep_current(app.clone()));
    tauri::async_runtime::spawn(look_at_the_desktop());
    // The demo's booking systems are invented, and so would be their troubles.
    if !args.demo {
        tauri::async_runtime::spawn(troubles::watch(
            Arc::clone(&desktop.engine),
            Arc::clone(&desktop.serving),
            desktop.stop.clone(),
        ));
    }
    tauri::async_runtime::spawn(reminding::run(
        Arc::clone(&desktop.engine),
        desktop.stop.clone(),
    ));
    tauri::async_runtime::spawn(card::keep_current(app.clone()));
    desktop.engine.disturbing.ask_from_now_on();
    tauri::async_runtime::spawn(digesting::run(
        Arc::clone(&desktop.engine),
        desktop.stop.clone(),
    ));
    desktop.serving.set_notifies();
    tauri::async_runtime::spawn(pass_on_changes(app.clone()));
    tauri::async_runtime::spawn(tray::keep_current(app.clone()));
    tauri::async_runtime::spawn(open_tunnel(app.clone()));
    #[cfg(unix)]
    tauri::async_runtime::spawn(quit_when_asked(app.clone()));
    if args.demo {
        tauri::async_runtime::spawn(play_demo(app.clone()));
    }
    #[cfg(target_os = "linux")]
    if !args.demo {
        login::follow_program(app);
    }
    if !args.hidden {
        windows::show(app, page);
    }
    Ok(())
}

async fn open(args: &Args, data_dir: &Path) -> anyhow::Result<(Arc<Engine>, Arc<Serving>)> {
    let engine = match args.demo {
        true => Engine::open_with_file_secrets(data_dir).await?,
        false => Engine::open(data_dir).await?,
    };
    let serving = serving::serve(Arc::clone(&engine), args.listen, Window::Hidden).await?;
    Ok((engine, serving))
}

/// Whoever wonders later why nothing appeared finds it in the log; the window shows it by itself.
async fn look_at_the_desktop() {
    for trouble in desktop::look().await.troubles {
        tracing::warn!("{}", trouble.sentence());
    }
}

/// Ends well when the session ends or somebody asks, so that the tunnel leaves its edge.
#[cfg(unix)]
async fn quit_when_asked(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = signal(SignalKind::terminate())
        .and_then(|terminate| Ok((terminate, signal(SignalKind::interrupt())?)));
    match signals {
        Ok((mut terminate, mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            app.exit(0);
        }
        Err(error) => tracing::warn!(%error, "a request to end will not be heard"),
    }
}

async fn open_tunnel(app: AppHandle) {
    if let Err(error) = app.state::<Desktop>().serving.reach_as_chosen().await {
        tracing::error!(%error, "the tunnel could not be opened");
    }
}

async fn play_demo(app: AppHandle) {
    let desktop = app.state::<Desktop>();
    let played: anyhow::Result<()> = async {
        let endpoints = demo::furnish(&desktop.engine).await?;
        Ok(demo::simulate(
            &desktop.engine,
            desktop.serving.listening(),
            &endpoints,
            desktop.stop.clone(),
        )
        .await?)
    }
    .await;
    if let Err(error) = played {
        tracing::error!(%error, "the demo ended early");
    }
}

/// Tells the window of every commit, and of every change of the tunnel.
async fn pass_on_changes(app: AppHandle) {
    let desktop = app.state::<Desktop>();
    let mut changes = desktop.engine.changes.listen();
    let mut tunnel = desktop.serving.tunnel();
    loop {
        let change = tokio::select! {
            change = changes.next() => change,
            changed = tunnel.changed() => changed.ok().map(|()| Change::Endpoints),
            () = desktop.stop.cancelled() => return,
        };
        let Some(change) = change else { return };
        let told = dto::Change {
            timeline: matches!(change, Change::Timeline | Change::Anything),
            endpoints: !matches!(change, Change::Gaps | Change::Notices),
            // An endpoint that comes or goes changes what a gap means.
            gaps: !matches!(change, Change::Timeline | Change::Notices),
            // A booking that is cancelled changes what its notices lead to, and what was read what they are worth.
            notices: !matches!(change, Change::Gaps | Change::Endpoints),
            status: !matches!(change, Change::Gaps | Change::Notices),
        };
        if let Err(error) = app.emit("changed", told) {
            tracing::warn!(%error, "the window does not show the latest");
        }
    }
}

async fn take_down(app: &AppHandle) {
    let desktop = app.state::<Desktop>();
    desktop.stop.cancel();
    desktop.serving.stop().await;
}
