//! A keychain that is locked, or not there yet, and comes back: what is said meanwhile, and which token counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::any::Any;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bellhop_core::signature::SecretValue;
use bellhop_engine::Engine;
use bellhop_engine::instance::Window;
use bellhop_engine::reach::Way;
use bellhop_engine::secrets::{Keeper, NGROK_AUTHTOKEN, Secrets, SecretsError};
use bellhop_engine::serving::{self, Serving};
use bellhop_engine::tunnel::TunnelStatus;
use bellhop_test_support::edge::{Edge, TOKEN};
use bellhop_test_support::reach::choice;
use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::{Credential, Entry, Error};

const SOON: Duration = Duration::from_secs(40);

/// The only keychain of this process: one test at a time has it.
static KEYCHAIN: LazyLock<Arc<Keychain>> = LazyLock::new(Arc::default);
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[derive(Debug, Default)]
struct Keychain {
    is_locked: AtomicBool,
    all: Mutex<HashMap<String, Vec<u8>>>,
}

impl Keychain {
    fn lock(&self, is_locked: bool) {
        self.is_locked.store(is_locked, Ordering::SeqCst);
    }
}

#[derive(Debug)]
struct Of(Arc<Keychain>, String);

impl Of {
    fn all(&self) -> keyring_core::Result<std::sync::MutexGuard<'_, HashMap<String, Vec<u8>>>> {
        match self.0.is_locked.load(Ordering::SeqCst) {
            true => Err(Error::NoStorageAccess("it is locked".into())),
            false => Ok(self.0.all.lock().unwrap()),
        }
    }
}

impl CredentialApi for Of {
    fn set_secret(&self, secret: &[u8]) -> keyring_core::Result<()> {
        self.all()?.insert(self.1.clone(), secret.to_owned());
        Ok(())
    }

    fn get_secret(&self) -> keyring_core::Result<Vec<u8>> {
        self.all()?.get(&self.1).cloned().ok_or(Error::NoEntry)
    }

    fn delete_credential(&self) -> keyring_core::Result<()> {
        self.all()?.remove(&self.1).map(drop).ok_or(Error::NoEntry)
    }

    fn get_credential(&self) -> keyring_core::Result<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct Store;

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "a test".to_owned()
    }

    fn id(&self) -> String {
        "a test".to_owned()
    }

    fn build(
        &self,
        _: &str,
        user: &str,
        _: Option<&HashMap<&str, &str>>,
    ) -> keyring_core::Result<Entry> {
        let of = Of(Arc::clone(&KEYCHAIN), user.to_owned());
        Ok(Entry::new_with_credential(Arc::new(of)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

async fn turn() -> tokio::sync::MutexGuard<'static, ()> {
    let turn = TURN.lock().await;
    keyring_core::set_default_store(Arc::new(Store));
    KEYCHAIN.lock(false);
    KEYCHAIN.all.lock().unwrap().clear();
    turn
}

/// As a program has them that was just started.
fn secrets(data_dir: &Path) -> Secrets {
    Secrets::new(data_dir, "profile".to_owned(), true)
}

async fn keep(data_dir: &Path, value: &str) -> Keeper {
    let value = SecretValue::new(value).unwrap();
    secrets(data_dir)
        .keep(NGROK_AUTHTOKEN, &value)
        .await
        .unwrap()
}

async fn find(data_dir: &Path) -> Result<Option<String>, SecretsError> {
    let found = secrets(data_dir).find(NGROK_AUTHTOKEN).await?;
    Ok(found.map(|(value, _)| value.reveal().to_owned()))
}

#[tokio::test]
async fn the_token_that_was_given_last_counts_whoever_keeps_it() {
    let _turn = turn().await;
    let data = tempfile::tempdir().unwrap();
    let here = data.path();
    assert_eq!(keep(here, "first").await, Keeper::Keychain);
    KEYCHAIN.lock(true);
    assert_eq!(keep(here, "second").await, Keeper::File);
    assert_eq!(find(here).await.unwrap().as_deref(), Some("second"));
    KEYCHAIN.lock(false);
    assert_eq!(find(here).await.unwrap().as_deref(), Some("second"));
    assert_eq!(keep(here, "third").await, Keeper::Keychain);
    assert_eq!(find(here).await.unwrap().as_deref(), Some("third"));
}

#[tokio::test]
async fn a_keychain_that_does_not_answer_has_what_was_kept_there_and_nothing_else() {
    let _turn = turn().await;
    let data = tempfile::tempdir().unwrap();
    let here = data.path();
    KEYCHAIN.lock(true);
    assert_eq!(find(here).await.unwrap(), None);
    KEYCHAIN.lock(false);
    keep(here, "first").await;
    KEYCHAIN.lock(true);
    assert!(matches!(find(here).await, Err(SecretsError::Keychain(_))));

    // Kept by a version that noted nothing: it is noted when it is read.
    std::fs::remove_file(here.join("secrets.json")).unwrap();
    KEYCHAIN.lock(false);
    assert_eq!(find(here).await.unwrap().as_deref(), Some("first"));
    KEYCHAIN.lock(true);
    assert!(matches!(find(here).await, Err(SecretsError::Keychain(_))));
    KEYCHAIN.lock(false);
    secrets(here).forget(NGROK_AUTHTOKEN).await.unwrap();
    KEYCHAIN.lock(true);
    assert_eq!(find(here).await.unwrap(), None);
}

/// A receiver that is to be reached through ngrok, with its token in a keychain that is locked when it starts.
async fn locked_out(data_dir: &Path, edge: &Edge) -> Arc<Serving> {
    let choice = choice(edge, Way::Ngrok);
    let before = Engine::open(data_dir).await.unwrap();
    let token = SecretValue::new(TOKEN).unwrap();
    before.secrets.keep(NGROK_AUTHTOKEN, &token).await.unwrap();
    let kept = before
        .store
        .write(move |connection| choice.write(connection));
    kept.await.unwrap();
    drop(before);
    KEYCHAIN.lock(true);
    let engine = Engine::open(data_dir).await.unwrap();
    let free = "127.0.0.1:0".parse().unwrap();
    let serving = serving::serve(engine, free, Window::None).await.unwrap();
    serving.reach_as_chosen().await.unwrap();
    let status = serving.tunnel().borrow().clone();
    match &status {
        TunnelStatus::Reconnecting {
            cause,
            next_try: Some(_),
            ..
        } => assert!(cause.contains("The keychain did not give"), "{cause}"),
        other => panic!("{other:?}"),
    }
    serving
}

async fn online(serving: &Serving) {
    let mut status = serving.tunnel();
    let online = status.wait_for(|status| status.url().is_some());
    let online = tokio::time::timeout(SOON, online).await;
    online.expect("online").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_was_locked_at_login_is_asked_again_by_itself() {
    let _turn = turn().await;
    let (data, edge) = (tempfile::tempdir().unwrap(), Edge::start().await.unwrap());
    let serving = locked_out(data.path(), &edge).await;
    KEYCHAIN.lock(false);
    online(&serving).await;
    serving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_was_locked_is_asked_at_once_when_the_person_wants_it() {
    let _turn = turn().await;
    let (data, edge) = (tempfile::tempdir().unwrap(), Edge::start().await.unwrap());
    let serving = locked_out(data.path(), &edge).await;
    let waits = |serving: &Serving| {
        let status = serving.tunnel().borrow().clone();
        status
            .trouble()
            .1
            .is_some_and(|cause| cause.contains("The keychain did not give"))
    };
    serving.try_now().await;
    assert!(waits(&serving), "it is still locked");
    KEYCHAIN.lock(false);
    serving.try_now().await;
    assert!(!waits(&serving), "it has been asked");
    online(&serving).await;
    serving.stop().await;
}
