//! Endpoints, their secrets, and the providers that call them.

use bellhop_core::provider::Provider as CoreProvider;
use bellhop_core::signature::Scheme;
use bellhop_engine::{rhythms, store};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::text;
use super::words::{Provider, Trust};

/// A live signing secret. Never its value.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Secret {
    pub id: String,
    pub created_at: String,
    pub last_used_at: Option<String>,
}

impl From<store::secrets::Secret> for Secret {
    fn from(secret: store::secrets::Secret) -> Secret {
        Secret {
            id: secret.id.to_string(),
            created_at: secret.created_at.to_string(),
            last_used_at: text(secret.last_used_at),
        }
    }
}

/// A call that was turned away, and what to do about it.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Rejection {
    pub id: String,
    pub at: String,
    pub endpoint_id: Option<String>,
    pub reason: String,
    pub hint: String,
}

impl From<store::rejections::Rejection> for Rejection {
    fn from(rejection: store::rejections::Rejection) -> Rejection {
        Rejection {
            id: rejection.id.to_string(),
            at: rejection.at.to_string(),
            endpoint_id: text(rejection.endpoint_id),
            reason: rejection.reason,
            hint: rejection.hint,
        }
    }
}

/// One public address of ours. `signatureForm` says in words how its first genuine call proved itself.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Endpoint {
    pub id: String,
    pub provider: Provider,
    pub label: String,
    pub path: String,
    pub public_url: Option<String>,
    pub trust: Trust,
    pub secrets: Vec<Secret>,
    pub signature_form: Option<String>,
    pub created_at: String,
    pub last_delivery_at: Option<String>,
    pub last_rejection: Option<Rejection>,
    pub stale_address: Option<String>,
    pub silence: Option<Silence>,
    pub buffer_minutes: u16,
}

/// How long an endpoint is usually silent. `unusualFrom`: when its present silence is unusual, or will be.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Silence {
    pub usual_hours: u32,
    pub unusual_from: Option<String>,
}

impl From<rhythms::Silence> for Silence {
    fn from(silence: rhythms::Silence) -> Silence {
        // Rounded up: "at least every 3 hours" has to be true of 2 hours and 10 minutes.
        let seconds = silence.usual_pause.as_secs().max(0);
        Silence {
            usual_hours: u32::try_from(seconds.unsigned_abs().div_ceil(60 * 60))
                .unwrap_or(u32::MAX),
            unusual_from: text(silence.unusual_from),
        }
    }
}

impl Endpoint {
    /// An endpoint, the host by which the world reaches it, the last call to it that was turned away, and its silence.
    pub fn of(
        endpoint: store::endpoints::Endpoint,
        host: Option<&str>,
        last_rejection: Option<store::rejections::Rejection>,
        silence: Option<rhythms::Silence>,
    ) -> Endpoint {
        Endpoint {
            silence: silence.map(Into::into),
            buffer_minutes: endpoint.buffer_minutes,
            stale_address: host.and_then(|host| endpoint.stale_address(host)),
            id: endpoint.id.to_string(),
            provider: endpoint.provider.into(),
            path: endpoint.path(),
            public_url: host.map(|host| format!("{host}{}", endpoint.path())),
            trust: endpoint.trust().into(),
            signature_form: text(endpoint.signature_form),
            created_at: endpoint.created_at.to_string(),
            last_delivery_at: text(endpoint.last_delivery_at),
            last_rejection: last_rejection.map(Into::into),
            label: endpoint.label,
            secrets: endpoint.secrets.into_iter().map(Into::into).collect(),
        }
    }
}

/// What a provider does with a secret.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
pub enum SecretUse {
    /// Its calls are signed: without the secret none is taken.
    Required,
    /// Its calls may carry one.
    Optional,
    /// Its calls carry none.
    None,
}

/// What the person needs to know to set up a provider.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct ProviderFacts {
    pub provider: Provider,
    pub name: &'static str,
    pub secret: SecretUse,
    pub secret_name: &'static str,
    pub setup: Vec<&'static str>,
    pub setup_page: &'static str,
    pub honesty: Option<&'static str>,
}

impl From<CoreProvider> for ProviderFacts {
    fn from(provider: CoreProvider) -> ProviderFacts {
        let facts = provider.facts();
        ProviderFacts {
            provider: provider.into(),
            name: facts.name,
            secret: match facts.scheme {
                Scheme::Hmac { .. } => SecretUse::Required,
                Scheme::UnpublishedToken => SecretUse::Optional,
                Scheme::AddressOnly => SecretUse::None,
            },
            secret_name: facts.secret_name,
            setup: facts.setup.to_vec(),
            setup_page: facts.setup_page,
            honesty: facts.honesty,
        }
    }
}

/// An endpoint to add.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct NewEndpoint {
    pub provider: Provider,
    pub label: String,
    pub secret: Option<String>,
}
