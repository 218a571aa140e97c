//! Where the secrets of restored data are: they are in no backup.

use std::path::Path;

use bellhop_core::signature::SecretValue;

use super::RestoreError;
use crate::endpoints::signing_secret_name;
use crate::secrets::{Keeper, NGROK_AUTHTOKEN, Secrets};
use crate::store::endpoints::Endpoint;
use crate::{is_keychain_wanted, new_profile};

/// What the backup says about the secrets that are not in it.
pub(super) struct BackedUp {
    pub(super) profile: Option<String>,
    /// The profile of the data that are replaced.
    pub(super) here: Option<String>,
    pub(super) endpoints: Vec<Endpoint>,
}

/// Where the secrets of the restored data are.
pub(super) struct Places {
    /// The profile under which they are kept from now on, where that is a new one.
    pub(super) profile: Option<String>,
    pub(super) kept_in: Vec<(i64, Keeper)>,
    pub(super) without: Vec<Endpoint>,
}

impl BackedUp {
    /// Looks up the secrets of the backup. Data that come from another directory get a profile of their own, so that two
    /// directories never share a secret, and take along what this computer has for them.
    pub(super) async fn settle(&self, data_dir: &Path) -> Result<Places, RestoreError> {
        let keychain = is_keychain_wanted();
        let secrets_of = |profile: &str| Secrets::new(data_dir, profile.to_owned(), keychain);
        let theirs = self.profile.as_deref().map(secrets_of);
        let is_same = self.profile.is_some() && self.profile == self.here;
        let profile = (!is_same).then(new_profile).transpose()?;
        let own = profile.as_deref().map(secrets_of);
        if let Some(own) = &own {
            let of_here = self.here.as_deref().map(secrets_of);
            for from in [&of_here, &theirs].into_iter().flatten() {
                if carry(from, own, NGROK_AUTHTOKEN).await.is_some() {
                    break;
                }
            }
        }
        let mut places = Places {
            profile,
            kept_in: Vec::new(),
            without: Vec::new(),
        };
        for endpoint in &self.endpoints {
            let mut is_whole = true;
            for secret in &endpoint.secrets {
                let name = signing_secret_name(secret.id);
                let keeper = match (&theirs, &own) {
                    (None, _) => None,
                    (Some(theirs), Some(own)) => carry(theirs, own, &name).await,
                    (Some(theirs), None) => find(theirs, &name).await.map(|(_, keeper)| keeper),
                };
                match keeper {
                    Some(keeper) => places.kept_in.push((secret.id, keeper)),
                    None => is_whole = false,
                }
            }
            if !is_whole {
                places.without.push(endpoint.clone());
            }
        }
        Ok(places)
    }
}

/// Takes a secret along from one profile to another, and says who keeps it now.
async fn carry(from: &Secrets, to: &Secrets, name: &str) -> Option<Keeper> {
    let (value, _) = find(from, name).await?;
    let kept = to.keep(name, &value).await;
    kept.inspect_err(|error| tracing::warn!(%error, "a secret was not taken along"))
        .ok()
}

async fn find(secrets: &Secrets, name: &str) -> Option<(SecretValue, Keeper)> {
    let found = secrets.find(name).await;
    found
        .inspect_err(|error| tracing::warn!(%error, "a secret could not be looked up"))
        .ok()?
}
