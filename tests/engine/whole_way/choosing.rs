//! How the world reaches the receiver, chosen while it runs.

use std::sync::Arc;

use bellhop_core::signature::SecretValue;
use bellhop_engine::reach::Way;
use bellhop_engine::secrets::NGROK_AUTHTOKEN;
use bellhop_engine::tunnel::TunnelStatus;
use bellhop_test_support::edge::TOKEN;
use bellhop_test_support::reach::choice;

use super::{SOON, World};

async fn choose(world: &World, way: Way) {
    let choice = choice(&world.edge, way);
    let kept = world
        .engine
        .store
        .write(move |connection| choice.write(connection));
    kept.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authtoken_that_was_missing_is_looked_for_again_when_asked() {
    let world = World::start().await;
    choose(&world, Way::Ngrok).await;
    world.serving.reach_as_chosen().await.unwrap();
    let status = world.serving.tunnel();
    let failed = status.borrow().clone();
    assert!(
        failed.trouble().1.unwrap().contains("needs your authtoken"),
        "{failed:?}"
    );
    // As `bellhop token set` in another process does it.
    let token = SecretValue::new(TOKEN).unwrap();
    world
        .engine
        .secrets
        .keep(NGROK_AUTHTOKEN, &token)
        .await
        .unwrap();
    world.serving.try_now().await;
    let mut status = world.serving.tunnel();
    let online = status.wait_for(|status| status.url().is_some());
    tokio::time::timeout(SOON, online)
        .await
        .expect("online")
        .unwrap();
    world.end().await;
}

/// Chooses ngrok, whose authtoken is waited for. Gives what writes it, and the end of the choice.
#[cfg(unix)]
async fn waits_for_its_token(
    world: &World,
) -> (
    std::fs::File,
    tokio::task::JoinHandle<bellhop_engine::store::Result<()>>,
) {
    // Whoever reads it waits until somebody writes into it, as one does for a keychain that asks the person first.
    let secrets = world.engine.data_dir.join("secrets.json");
    let made = std::process::Command::new("mkfifo").arg(&secrets).status();
    assert!(made.unwrap().success());
    choose(world, Way::Ngrok).await;
    let serving = Arc::clone(&world.serving);
    let first = tokio::spawn(async move { serving.reach_as_chosen().await });
    // Ends when there is a reader.
    let writer =
        tokio::task::spawn_blocking(move || std::fs::File::options().write(true).open(secrets));
    (writer.await.unwrap().unwrap(), first)
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_chosen_last_counts_however_long_the_secrets_take() {
    let world = World::start().await;
    let (mut secrets, first) = waits_for_its_token(&world).await;
    choose(&world, Way::Off).await;
    world.serving.reach_as_chosen().await.unwrap();
    assert_eq!(*world.serving.tunnel().borrow(), TunnelStatus::Off);
    std::io::Write::write_all(&mut secrets, b"{}").unwrap();
    drop(secrets);
    first.await.unwrap().unwrap();
    assert_eq!(*world.serving.tunnel().borrow(), TunnelStatus::Off);
    world.end().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_opened_when_it_has_been_stopped() {
    let world = World::start().await;
    let (mut secrets, first) = waits_for_its_token(&world).await;
    world.serving.stop().await;
    let status = world.serving.tunnel();
    std::io::Write::write_all(&mut secrets, b"{}").unwrap();
    drop(secrets);
    first.await.unwrap().unwrap();
    assert!(!status.has_changed().unwrap());
    world.end().await;
}
