//! Bellhop without a window.
//!
//! [`Engine::open`] opens a data directory; [`serving::serve`] takes calls for it. The way of one call:
//! [`receiver`] → [`store::deliveries`] (the inbox) → [`worker`] → [`store::events`], [`store::bookings`],
//! [`store::notices`] → [`changes`], which tell whoever shows them. The words are those of [`bellhop_core`].

pub mod serving;

mod connections;
pub mod receiver;
pub mod store;
pub mod worker;

pub mod announcing;
pub mod answering;
pub mod changes;
pub mod client_data;
pub mod demo;
pub mod desktop;
pub mod digesting;
pub mod endpoints;
pub mod first_run;
pub mod footprint;
pub mod gaps;
pub mod instance;
pub mod log;
pub mod overlaps;
pub mod reach;
pub mod reminding;
pub mod restoring;
pub mod rhythms;
pub mod rules;
pub mod secrets;
pub mod self_test;
pub mod sending;
pub mod troubles;
pub mod tunnel;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bellhop_core::notice::Here;
use bellhop_core::signature::SecretValue;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;

use changes::Changes;
use desktop::disturbing::Disturbing;
use gaps::refusals::Refusals;
use rhythms::Rhythms;
use secrets::{NGROK_AUTHTOKEN, Secrets, SecretsError};
use store::{Store, StoreError, settings};

/// Set to `file`, it keeps secrets out of the keychain: for tests, and for machines whose keychain asks at every turn.
pub const SECRETS_VARIABLE: &str = "BELLHOP_SECRETS";

/// What the window, the command line and the receiver share of one data directory.
pub struct Engine {
    /// The data directory.
    pub data_dir: PathBuf,
    /// The database.
    pub store: Store,
    /// Signing secrets and the tunnel's token.
    pub secrets: Secrets,
    /// Who is told after a commit.
    pub changes: Changes,
    /// How often each endpoint is called.
    pub rhythms: Rhythms,
    /// Whether the desktop is asked not to disturb.
    pub disturbing: Disturbing,
    /// Calls that could not be stored.
    pub(crate) refusals: Refusals,
}

impl Engine {
    /// Opens a data directory, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// Fails, and changes nothing, where the store cannot be opened.
    pub async fn open(data_dir: &Path) -> Result<Arc<Engine>, StoreError> {
        Engine::open_with(data_dir, is_keychain_wanted()).await
    }

    /// Opens a throw-away data directory, whose secrets have no place in the person's keychain.
    ///
    /// # Errors
    ///
    /// Fails where the store cannot be opened.
    pub async fn open_with_file_secrets(data_dir: &Path) -> Result<Arc<Engine>, StoreError> {
        Engine::open_with(data_dir, false).await
    }

    async fn open_with(data_dir: &Path, keychain: bool) -> Result<Arc<Engine>, StoreError> {
        let store = Store::open(data_dir)?;
        let profile = store.write(profile).await?;
        Ok(Arc::new(Engine {
            data_dir: data_dir.to_owned(),
            secrets: Secrets::new(data_dir, profile, keychain),
            store,
            changes: Changes::default(),
            rhythms: Rhythms::default(),
            disturbing: Disturbing::default(),
            refusals: Refusals::default(),
        }))
    }
}

impl Engine {
    /// ngrok's authtoken where the environment gives one, which comes before all others.
    pub fn ngrok_authtoken_of_environment() -> Option<SecretValue> {
        std::env::var("NGROK_AUTHTOKEN")
            .ok()
            .and_then(|token| SecretValue::new(&token))
    }

    /// ngrok's authtoken: from the environment, as ngrok's own agent takes it, else from the secrets.
    ///
    /// # Errors
    ///
    /// Fails where the secrets cannot be read.
    pub async fn ngrok_authtoken(&self) -> Result<Option<SecretValue>, SecretsError> {
        match Engine::ngrok_authtoken_of_environment() {
            Some(token) => Ok(Some(token)),
            None => Ok(self
                .secrets
                .find(NGROK_AUTHTOKEN)
                .await?
                .map(|(token, _)| token)),
        }
    }
}

/// Now, where the person is, and how they want to be spoken to.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn here(connection: &Connection) -> store::Result<Here> {
    here_at(connection, Timestamp::now())
}

/// The same at a moment that is known.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn here_at(connection: &Connection, now: Timestamp) -> store::Result<Here> {
    let (language, clock) = settings::spoken(connection)?;
    Ok(Here {
        now,
        time_zone: TimeZone::system(),
        language,
        clock,
    })
}

/// The platform's own data directory for Bellhop. `None` where the person has no home directory.
pub fn default_data_dir() -> Option<PathBuf> {
    directories::ProjectDirs::from("app", "Bellhop", "Bellhop")
        .map(|dirs| dirs.data_dir().to_owned())
}

fn is_keychain_wanted() -> bool {
    std::env::var_os(SECRETS_VARIABLE).is_none_or(|keeper| keeper != "file")
}

/// The name of this data directory in the keychain; made at the first start.
fn profile(connection: &Connection) -> store::Result<String> {
    if let Some(profile) = settings::get(connection, settings::PROFILE)? {
        return Ok(profile);
    }
    let profile = new_profile()?;
    settings::set(connection, settings::PROFILE, Some(&profile))?;
    Ok(profile)
}

fn new_profile() -> store::Result<String> {
    random_hex::<8>().map_err(|_| StoreError::Unreadable("the system's random numbers"))
}

/// `N` random bytes of the operating system, in hex.
fn random_hex<const N: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}
