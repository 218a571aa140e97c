//! `bellhop serve` and `bellhop demo`

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bellhop_engine::announcing::{self, Bubble};
#[cfg(target_os = "linux")]
use bellhop_engine::desktop::daemon;
use bellhop_engine::instance::Window;
use bellhop_engine::reach::{Reach, ReachError};
use bellhop_engine::serving::{self, Serving};
use bellhop_engine::store::StoreError;
use bellhop_engine::store::timeline::{self, TimelineQuery};
use bellhop_engine::tunnel::{Authtoken, OwnAddressConfig, TunnelConfig, TunnelStatus};
use bellhop_engine::{Engine, demo, digesting, troubles};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::timeline::line;
use crate::args::{Notify, Serve, Switch, TunnelChoice};
use crate::json::TimelineEntry;
use crate::output::Output;

/// How long to leave a store alone that refuses to be read.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);

pub(super) async fn run(engine: Arc<Engine>, options: Serve, output: Output) -> anyhow::Result<()> {
    let reach = reach(&engine, &options).await?;
    let mut shown = last_event(&engine).await?;
    // Whoever has read that we listen may stop us at once.
    let asked_to_stop = asked_to_stop()?;
    let serving = serving::serve(Arc::clone(&engine), options.listen, Window::None).await?;
    let mut status = serving.tunnel();
    status.mark_unchanged();
    serving.set_reach(reach).await;
    say_listening(&serving, output)?;
    let stop = CancellationToken::new();
    if options.notify == Notify::Desktop {
        engine.disturbing.ask_from_now_on();
        tokio::spawn(announcing::run(Arc::clone(&engine), stop.clone(), show));
        tokio::spawn(troubles::watch(
            Arc::clone(&engine),
            Arc::clone(&serving),
            stop.clone(),
        ));
        tokio::spawn(digesting::run(Arc::clone(&engine), stop.clone()));
        serving.set_notifies();
    }
    let outcome = tokio::select! {
        outcome = follow(&engine, &mut shown, output) => outcome,
        outcome = follow_tunnel(status, output) => outcome,
        () = asked_to_stop => Ok(()),
    };
    stop.cancel();
    serving.stop().await;
    outcome?;
    // What was finished while we stopped.
    print_new(&engine, &mut shown, output).await
}

/// The same receiver with a throw-away profile, and simulated booking systems that call it.
pub(super) async fn demo(listen: SocketAddr, output: Output) -> anyhow::Result<()> {
    let profile = tempfile::tempdir().context("no place for the demo's data")?;
    let engine = Engine::open_with_file_secrets(profile.path()).await?;
    let endpoints = demo::furnish(&engine).await?;
    let mut shown = 0;
    let asked_to_stop = asked_to_stop()?;
    let serving = serving::serve(Arc::clone(&engine), listen, Window::None).await?;
    say_listening(&serving, output)?;
    let stop = CancellationToken::new();
    let outcome = tokio::select! {
        outcome = demo::simulate(&engine, serving.listening(), &endpoints, stop.clone()) => outcome.map_err(Into::into),
        outcome = follow(&engine, &mut shown, output) => outcome,
        () = asked_to_stop => Ok(()),
    };
    serving.stop().await;
    outcome
}

async fn reach(engine: &Engine, options: &Serve) -> anyhow::Result<Reach> {
    let probe = options.probe == Switch::On;
    let root_cas = options.ngrok_root_cas.clone();
    match &options.tunnel {
        TunnelChoice::Off => Ok(Reach::Off),
        TunnelChoice::Own(url) => {
            let proxy = options.ngrok_proxy.clone();
            let config = OwnAddressConfig {
                root_cas,
                proxy,
                probe,
                ..OwnAddressConfig::new(url.clone())
            };
            Ok(Reach::OwnAddress(Box::new(config)))
        }
        TunnelChoice::Ngrok => {
            let token = engine
                .ngrok_authtoken()
                .await?
                .ok_or(ReachError::NoAuthtoken)?;
            let config = TunnelConfig {
                domain: options.ngrok_domain.clone(),
                remembered: engine.remembered_host().await?,
                server: options.ngrok_server.clone(),
                proxy: options.ngrok_proxy.clone(),
                root_cas,
                probe,
                pooling: options.ngrok_pooling,
                ..TunnelConfig::new(Authtoken::new(token.reveal()))
            };
            Ok(Reach::Ngrok(Box::new(config)))
        }
    }
}

fn say_listening(serving: &Serving, output: Output) -> anyhow::Result<()> {
    let (listening, public_url) = (serving.listening().to_string(), serving.public_url());
    output.print(
        &json!({ "listening": listening, "public_url": public_url }),
        |_| {
            let public = public_url
                .as_ref()
                .map(|url| format!(", reached as {url}"))
                .unwrap_or_default();
            format!("Taking calls at http://{listening}{public}. Ctrl-C stops.")
        },
    )
}

async fn last_event(engine: &Engine) -> anyhow::Result<i64> {
    let newest = TimelineQuery {
        limit: 1,
        ..TimelineQuery::default()
    };
    let newest = engine
        .store
        .read(move |connection| timeline::list(connection, &newest))
        .await?;
    Ok(newest.first().map_or(0, |entry| entry.event_id))
}

/// Prints every entry that comes after `shown`, also those that another process commits.
async fn follow(engine: &Engine, shown: &mut i64, output: Output) -> anyhow::Result<()> {
    let mut changes = engine.changes.listen();
    loop {
        let patience = match print_new(engine, shown, output).await {
            Ok(()) => Duration::MAX,
            // Calls are worth more than the list of them: what cannot be read now is printed later.
            Err(error) if error.is::<StoreError>() => {
                tracing::error!("new entries cannot be printed: {error}");
                PAUSE_AFTER_FAILURE
            }
            Err(error) => return Err(error),
        };
        tokio::select! {
            change = changes.next() => if change.is_none() { return Ok(()) },
            () = tokio::time::sleep(patience) => {}
        }
    }
}

async fn print_new(engine: &Engine, shown: &mut i64, output: Output) -> anyhow::Result<()> {
    let query = TimelineQuery {
        limit: i64::MAX,
        after: Some(*shown),
        ..TimelineQuery::default()
    };
    let new = engine
        .store
        .read(move |connection| timeline::list(connection, &query))
        .await?;
    for entry in new.iter().rev() {
        output.print(&TimelineEntry::of(entry), |_| line(entry))?;
        *shown = entry.event_id;
    }
    Ok(())
}

async fn follow_tunnel(
    mut status: tokio::sync::watch::Receiver<TunnelStatus>,
    output: Output,
) -> anyhow::Result<()> {
    while status.changed().await.is_ok() {
        let now = status.borrow_and_update().clone();
        let (code, message) = now.trouble();
        let tunnel =
            json!({ "state": now.word(), "url": now.url(), "code": code, "message": message });
        output.print(&json!({ "tunnel": tunnel }), |_| {
            let about = now.url().or(message).unwrap_or_default();
            format!("Tunnel: {} {about}", now.word())
        })?;
    }
    std::future::pending().await
}

/// Ends once somebody asks us to stop; from now on, not only from when it is awaited.
fn asked_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

fn show(bubble: &Bubble) -> Result<(), String> {
    #[cfg(target_os = "linux")]
    let shown = {
        let said = daemon::say(&bubble.title, &bubble.body);
        tokio::runtime::Handle::current().block_on(said)
    };
    #[cfg(not(target_os = "linux"))]
    let shown = notify_rust::Notification::new()
        .appname("Bellhop")
        .summary(&bubble.title)
        .body(&bubble.body)
        .show()
        .map(drop);
    shown.map_err(|error| error.to_string())
}
