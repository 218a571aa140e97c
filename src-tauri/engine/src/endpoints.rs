//! Adding and removing endpoints and their secrets.

use bellhop_core::provider::Provider;
use bellhop_core::signature::{Scheme, SecretValue};
use jiff::Timestamp;

use crate::changes::Change;
use crate::secrets::SecretsError;
use crate::store::endpoints::Endpoint;
use crate::store::{StoreError, endpoints, secrets};
use crate::{Engine, random_hex};

/// Why an endpoint could not be changed as asked.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// There is no such endpoint.
    #[error("There is no endpoint {0}. List them with \"bellhop endpoint list\".")]
    Unknown(i64),
    /// The endpoint has no such live secret.
    #[error("Endpoint {endpoint} has no live secret {secret}.")]
    UnknownSecret {
        /// The endpoint.
        endpoint: i64,
        /// The secret.
        secret: i64,
    },
    /// The provider signs nothing.
    #[error(
        "{0} does not sign its calls, so a secret would prove nothing. Add the endpoint without one: its unguessable address is what is trusted."
    )]
    NoSecretUsed(Provider),
    /// Nothing was pasted.
    #[error("The secret is empty. Copy it from the provider's webhook settings.")]
    EmptySecret,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secret could not be kept.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The operating system has no random numbers.
    #[error("The operating system gave no random numbers for the address: {0}.")]
    Random(getrandom::Error),
}

/// The name under which a signing secret is kept.
pub(crate) fn signing_secret_name(id: i64) -> String {
    format!("signing-secret-{id}")
}

/// A secret for providers where the person chooses it: 256 random bits.
///
/// # Errors
///
/// Fails where the operating system has no random numbers.
pub fn generate_secret() -> Result<SecretValue, EndpointError> {
    let secret = random_hex::<32>().map_err(EndpointError::Random)?;
    SecretValue::new(&secret).ok_or(EndpointError::EmptySecret)
}

impl Engine {
    /// Adds an endpoint with an address of its own. Calls to it are taken at once.
    ///
    /// # Errors
    ///
    /// Fails where the provider uses no secret and one is given, or where it cannot be stored.
    pub async fn add_endpoint(
        &self,
        provider: Provider,
        label: Option<&str>,
        secret: Option<SecretValue>,
    ) -> Result<Endpoint, EndpointError> {
        if secret.is_some() && provider.facts().scheme == Scheme::AddressOnly {
            return Err(EndpointError::NoSecretUsed(provider));
        }
        let label = label.map(str::trim).filter(|label| !label.is_empty());
        let label = label.unwrap_or(provider.facts().name).to_owned();
        let token = random_hex::<20>().map_err(EndpointError::Random)?;
        let id = self
            .store
            .write(move |connection| {
                endpoints::insert(connection, provider, &label, &token, Timestamp::now())
            })
            .await?;
        if let Some(secret) = secret {
            self.add_secret(id, secret).await?;
        }
        self.changes.tell(Change::Endpoints);
        self.endpoint(id).await
    }

    /// One endpoint.
    ///
    /// # Errors
    ///
    /// Fails where there is none, or it was removed.
    pub async fn endpoint(&self, id: i64) -> Result<Endpoint, EndpointError> {
        let endpoint = self
            .store
            .read(move |connection| endpoints::get(connection, id))
            .await?;
        endpoint.ok_or(EndpointError::Unknown(id))
    }

    /// Endpoints with a live secret that cannot be read from where it is kept.
    ///
    /// # Errors
    ///
    /// Fails where the store does.
    pub async fn endpoints_without_secret(&self) -> Result<Vec<Endpoint>, StoreError> {
        let mut without = Vec::new();
        for endpoint in self.store.read(endpoints::all).await? {
            for secret in &endpoint.secrets {
                let name = signing_secret_name(secret.id);
                let found = self.secrets.read(&name, secret.kept_in).await;
                if !matches!(found, Ok(Some(_))) {
                    without.push(endpoint.clone());
                    break;
                }
            }
        }
        Ok(without)
    }

    /// Removes an endpoint: its address answers 404 from now on, and what it has received stays.
    ///
    /// # Errors
    ///
    /// Fails where there is none.
    pub async fn remove_endpoint(&self, id: i64) -> Result<(), EndpointError> {
        let endpoint = self.endpoint(id).await?;
        self.store
            .write(move |connection| endpoints::remove(connection, id, Timestamp::now()))
            .await?;
        self.changes.tell(Change::Endpoints);
        for secret in endpoint.secrets {
            self.secrets.forget(&signing_secret_name(secret.id)).await?;
        }
        Ok(())
    }

    /// Adds a live secret beside those that an endpoint has. The form in which its calls prove themselves is learnt anew.
    ///
    /// # Errors
    ///
    /// Fails where there is no such endpoint, its provider uses no secret, or the secret cannot be kept.
    pub async fn add_secret(&self, id: i64, value: SecretValue) -> Result<Endpoint, EndpointError> {
        let endpoint = self.endpoint(id).await?;
        if endpoint.provider.facts().scheme == Scheme::AddressOnly {
            return Err(EndpointError::NoSecretUsed(endpoint.provider));
        }
        let keeper = self.secrets.keeper().await;
        let now = Timestamp::now();
        // The row comes first since it names the secret. It is born retired, so that no call is checked against a secret
        // that is not kept yet.
        let secret_id = self
            .store
            .write(move |connection| secrets::prepare(connection, id, keeper, now))
            .await?;
        let kept_in = self
            .secrets
            .keep(&signing_secret_name(secret_id), &value)
            .await?;
        self.store
            .write(move |connection| {
                secrets::enliven(connection, secret_id, kept_in)?;
                endpoints::forget_form(connection, id)
            })
            .await?;
        self.changes.tell(Change::Endpoints);
        self.endpoint(id).await
    }

    /// Retires a secret: it proves nothing from now on.
    ///
    /// # Errors
    ///
    /// Fails where the endpoint has no such live secret.
    pub async fn retire_secret(
        &self,
        endpoint: i64,
        secret: i64,
    ) -> Result<Endpoint, EndpointError> {
        let retired = self
            .store
            .write(move |connection| {
                let retired = secrets::retire(connection, endpoint, secret, Timestamp::now())?;
                if retired {
                    endpoints::forget_form(connection, endpoint)?;
                }
                Ok(retired)
            })
            .await?;
        if !retired {
            return Err(EndpointError::UnknownSecret { endpoint, secret });
        }
        self.changes.tell(Change::Endpoints);
        self.secrets.forget(&signing_secret_name(secret)).await?;
        self.endpoint(endpoint).await
    }
}
