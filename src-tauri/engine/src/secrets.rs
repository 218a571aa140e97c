//! Where secrets are kept: the desktop's keychain, or a file that the person alone can read.
//!
//! Secrets are never in the database, in logs or in backups. A value that has been read once stays in memory, since the
//! keychain is slow and every call needs it.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bellhop_core::signature::SecretValue;

use crate::store::backup::sync_directory;

/// The file that keeps secrets where no keychain answers.
pub const SECRETS_FILE: &str = "secrets.json";

/// The name of ngrok's authtoken.
pub const NGROK_AUTHTOKEN: &str = "ngrok-authtoken";

/// The name under which programs are listed in the keychain.
const KEYCHAIN_SERVICE: &str = "Bellhop";

/// Stands in the file for a secret that the keychain has. No secret is empty.
const IN_KEYCHAIN: &str = "";

/// A keychain that is locked asks the person; one that hangs must not hang us.
const KEYCHAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// Who keeps a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// The desktop's keychain.
    Keychain,
    /// A file with mode 0600 in the data directory.
    File,
}

impl Keeper {
    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Keeper::Keychain => "keychain",
            Keeper::File => "file",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Keeper> {
        [Keeper::Keychain, Keeper::File]
            .into_iter()
            .find(|keeper| keeper.as_str() == word)
    }
}

/// Why a secret could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The keychain did not answer.
    #[error("The keychain did not give the secret: {0}. Unlock it, then try again.")]
    Keychain(String),
    /// Every secret of an endpoint is gone from where it was kept.
    #[error(
        "The secret of this endpoint is no longer on this computer. Copy it from the provider's webhook settings and add it again. Until then its calls are answered \"not now\"."
    )]
    Gone,
    /// The file could not be read or written.
    #[error("The file of secrets, {path}, cannot be used: {cause}.")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
}

/// The secrets of one data directory. Clones share them.
#[derive(Clone)]
pub struct Secrets {
    inner: Arc<Inner>,
}

struct Inner {
    profile: String,
    file: PathBuf,
    keychain: bool,
    known: Mutex<HashMap<String, SecretValue>>,
}

impl Secrets {
    /// The secrets of `data_dir`. `profile` tells them from other data directories' in the keychain, and from those of
    /// data that were replaced in the file.
    ///
    /// With `keychain` false, only the file is used.
    pub fn new(data_dir: &Path, profile: String, keychain: bool) -> Secrets {
        let file = data_dir.join(SECRETS_FILE);
        Secrets {
            inner: Arc::new(Inner {
                profile,
                file,
                keychain,
                known: Mutex::default(),
            }),
        }
    }

    /// Keeps a secret, and says where.
    ///
    /// # Errors
    ///
    /// Fails where neither the keychain nor the file takes it.
    pub async fn keep(&self, name: &str, value: &SecretValue) -> Result<Keeper, SecretsError> {
        let (secrets, name, value) = (self.clone(), name.to_owned(), value.clone());
        let password = value.reveal().to_owned();
        let entry_name = name.clone();
        let kept = self
            .with_keychain(&entry_name, move |entry| entry.set_password(&password))
            .await;
        let keeper = match kept {
            Ok(()) => {
                secrets.note_in_keychain(&name)?;
                Keeper::Keychain
            }
            Err(error) => {
                tracing::info!(%error, "no keychain takes secrets, so they are kept in a file");
                secrets.change_file(|all| {
                    all.insert(secrets.entry_name(&name), value.reveal().to_owned());
                })?;
                Keeper::File
            }
        };
        self.remember(name, value);
        Ok(keeper)
    }

    /// Reads a secret from where it is kept. `None` if it is not there.
    ///
    /// # Errors
    ///
    /// Fails where its keeper does not answer.
    pub async fn read(
        &self,
        name: &str,
        keeper: Keeper,
    ) -> Result<Option<SecretValue>, SecretsError> {
        if let Some(value) = self.known().get(name) {
            return Ok(Some(value.clone()));
        }
        let found = match keeper {
            Keeper::File => self.read_file()?.remove(&self.entry_name(name)),
            Keeper::Keychain => {
                match self.with_keychain(name, |entry| entry.get_password()).await {
                    Ok(value) => Some(value),
                    Err(Unavailable::NoEntry) => None,
                    Err(error) => return Err(SecretsError::Keychain(error.to_string())),
                }
            }
        };
        let value = found.and_then(|found| SecretValue::new(&found));
        if let Some(value) = &value {
            self.remember(name.to_owned(), value.clone());
        }
        Ok(value)
    }

    /// Reads a secret of which nobody wrote down in the store where it is kept.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read, or a keychain that has the secret does not answer.
    pub async fn find(&self, name: &str) -> Result<Option<(SecretValue, Keeper)>, SecretsError> {
        if let Some(value) = self.known().get(name) {
            return Ok(Some((value.clone(), Keeper::File)));
        }
        let noted = self.read_file()?.remove(&self.entry_name(name));
        if let Some(value) = noted.as_deref().and_then(SecretValue::new) {
            self.remember(name.to_owned(), value.clone());
            return Ok(Some((value, Keeper::File)));
        }
        match self.read(name, Keeper::Keychain).await {
            Ok(Some(value)) => {
                if noted.is_none() {
                    self.note_in_keychain(name)?;
                }
                Ok(Some((value, Keeper::Keychain)))
            }
            Ok(None) => Ok(None),
            Err(error) if noted.is_some() => Err(error),
            // Nothing was ever kept there: maybe this computer has no keychain.
            Err(_) => Ok(None),
        }
    }

    /// Notes in the file that the keychain has a secret, in the place of an older value that the file may have.
    fn note_in_keychain(&self, name: &str) -> Result<(), SecretsError> {
        self.change_file(|all| {
            all.insert(self.entry_name(name), IN_KEYCHAIN.to_owned());
        })
    }

    /// Forgets a secret wherever it is kept. A keychain that does not answer keeps it: a signing secret is not
    /// asked for again, and one that is looked for by [`Secrets::find`] is found once the keychain answers.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be written.
    pub async fn forget(&self, name: &str) -> Result<(), SecretsError> {
        self.known().remove(name);
        let entry = self.entry_name(name);
        if self.read_file()?.contains_key(&entry) {
            self.change_file(|all| {
                all.remove(&entry);
            })?;
        }
        if let Err(Unavailable::NoKeychain(cause)) = self
            .with_keychain(name, |entry| entry.delete_credential())
            .await
        {
            tracing::debug!(cause, "the keychain was not asked to forget a secret");
        }
        Ok(())
    }

    /// Who would keep a new secret.
    pub async fn keeper(&self) -> Keeper {
        match self
            .with_keychain("probe", |entry| entry.get_password())
            .await
        {
            Ok(_) | Err(Unavailable::NoEntry) => Keeper::Keychain,
            Err(_) => Keeper::File,
        }
    }

    fn entry_name(&self, name: &str) -> String {
        format!("{}/{name}", self.inner.profile)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, SecretValue>> {
        self.inner
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, name: String, value: SecretValue) {
        self.known().insert(name, value);
    }

    async fn with_keychain<T: Send + 'static>(
        &self,
        name: &str,
        act: impl FnOnce(&keyring_core::Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        if !self.inner.keychain {
            return Err(Unavailable::NoKeychain("it is switched off".to_owned()));
        }
        let user = self.entry_name(name);
        let work = tokio::task::spawn_blocking(move || {
            let outcome = open_keychain()
                .and_then(|()| keyring_core::Entry::new(KEYCHAIN_SERVICE, &user))
                .and_then(|entry| act(&entry));
            if let Err(keyring_core::Error::PlatformFailure(_)) = outcome {
                // It may have been started anew since it was opened.
                keyring_core::unset_default_store();
            }
            outcome.map_err(Unavailable::of)
        });
        match tokio::time::timeout(KEYCHAIN_TIMEOUT, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Unavailable::NoKeychain("asking it failed".to_owned())),
            Err(_) => {
                // The next question does not wait behind this one.
                keyring_core::unset_default_store();
                Err(Unavailable::NoKeychain(
                    "it did not answer in time".to_owned(),
                ))
            }
        }
    }

    fn file_error(&self, cause: impl ToString) -> SecretsError {
        SecretsError::File {
            path: self.inner.file.clone(),
            cause: cause.to_string(),
        }
    }

    fn read_file(&self) -> Result<HashMap<String, String>, SecretsError> {
        match fs::read(&self.inner.file) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| self.file_error(error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(HashMap::new()),
            Err(error) => Err(self.file_error(error)),
        }
    }

    /// A lock that every program on this data directory takes. It ends with the handle, also where a program is killed.
    fn lock_file(&self) -> std::io::Result<fs::File> {
        let lock = private_file(&self.inner.file.with_extension("lock"), false)?;
        lock.lock()?;
        Ok(lock)
    }

    /// Writes the file anew beside the old one and puts it in its place, so that a crash leaves one of them whole.
    fn change_file(
        &self,
        change: impl FnOnce(&mut HashMap<String, String>),
    ) -> Result<(), SecretsError> {
        // Held until the new file is in place: programs that change it at once would lose each other's secrets.
        let _alone = self.lock_file().map_err(|error| self.file_error(error))?;
        let mut all = self.read_file()?;
        change(&mut all);
        let text = serde_json::to_vec_pretty(&all).map_err(|error| self.file_error(error))?;
        let new = self.inner.file.with_extension("new");
        let written = (|| {
            let mut file = private_file(&new, true)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&new, &self.inner.file)?;
            sync_directory(self.inner.file.parent().unwrap_or(Path::new("")))
        })();
        written.map_err(|error| self.file_error(error))
    }
}

/// Opens the desktop's keychain, unless it is open. One that could not be opened is tried again with the next secret, as
/// it may not have been started yet.
fn open_keychain() -> keyring_core::Result<()> {
    if keyring_core::get_default_store().is_none() {
        #[cfg(target_os = "macos")]
        let store = apple_native_keyring_store::keychain::Store::new()?;
        #[cfg(windows)]
        let store = windows_native_keyring_store::Store::new()?;
        #[cfg(all(unix, not(target_os = "macos")))]
        let store = zbus_secret_service_keyring_store::Store::new()?;
        keyring_core::set_default_store(store);
    }
    Ok(())
}

/// Opens a file for writing that the person alone can read.
fn private_file(path: &Path, truncate: bool) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(truncate).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Why the keychain gave nothing.
#[derive(Debug, thiserror::Error)]
enum Unavailable {
    #[error("it has no such entry")]
    NoEntry,
    #[error("{0}")]
    NoKeychain(String),
}

impl Unavailable {
    fn of(error: keyring_core::Error) -> Unavailable {
        match error {
            keyring_core::Error::NoEntry => Unavailable::NoEntry,
            other => Unavailable::NoKeychain(other.to_string()),
        }
    }
}
