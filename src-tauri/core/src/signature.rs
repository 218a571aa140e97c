//! Whether a call is genuine.
//!
//! The only maker of [`VerifiedDelivery`], and the store takes nothing else: what could not be verified is unusable
//! by type. Every comparison is made in constant time, on decoded bytes.

mod form;
mod secret;
mod signing;
mod token;

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::javascript_json;
use crate::provider::{IdempotencyKey, Provider};

pub use form::{Form, Place};
pub use secret::{SecretValue, SigningSecret};
pub use signing::{SignedParts, sign};

use token::{find_token, without_secrets};

/// The header with which Bellhop marks its own sample calls. They are verified like any other and pin nothing.
pub const SAMPLE_HEADER: &str = "x-bellhop-sample";

/// How a provider's calls prove that they are genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A header with the HMAC-SHA256 of one of `inputs`.
    Hmac {
        /// The header, in lower case.
        header: &'static str,
        /// What stands before the hex digits; empty for none.
        prefix: &'static str,
        /// What may have been signed, the likeliest first.
        inputs: &'static [MacInput],
    },
    /// A secret token that travels in a way the provider does not publish.
    UnpublishedToken,
    /// Nothing: the unguessable address is all there is.
    AddressOnly,
}

/// What goes into an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacInput {
    /// The body as it came.
    RawBody,
    /// A timestamp header, a full stop, the body as it came.
    TimestampAndBody(&'static str),
    /// The body as a JavaScript engine writes it after reading it.
    JavascriptJson,
}

/// How far the origin of something is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// By a signing secret.
    Signed,
    /// By the unguessable address alone.
    TokenOnly,
}

impl Trust {
    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Trust::Signed => "signed",
            Trust::TokenOnly => "token_only",
        }
    }

    /// The trust of a word made by [`Trust::as_str`].
    pub fn from_word(word: &str) -> Option<Trust> {
        [Trust::Signed, Trust::TokenOnly]
            .into_iter()
            .find(|trust| trust.as_str() == word)
    }
}

/// What has to be known of an endpoint to check a call to it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its row in the store.
    pub endpoint_id: i64,
    /// The provider that calls it.
    pub provider: Provider,
    /// All live secrets: any of them verifies, so that a secret can be changed without losing a call.
    pub secrets: Vec<SigningSecret>,
    /// The form that the first genuine call used, where the provider publishes none.
    pub pinned: Option<Form>,
}

impl Checked {
    /// How far calls to the endpoint are proven.
    pub fn trust(&self) -> Trust {
        trust(self.provider, !self.secrets.is_empty())
    }
}

/// How far calls to an endpoint of `provider` are proven, given whether it has a live secret.
pub fn trust(provider: Provider, has_secret: bool) -> Trust {
    match provider.facts().scheme {
        Scheme::Hmac { .. } => Trust::Signed,
        Scheme::UnpublishedToken if has_secret => Trust::Signed,
        Scheme::UnpublishedToken | Scheme::AddressOnly => Trust::TokenOnly,
    }
}

/// A call that is genuine as far as its provider lets anyone check. Only [`verify`] makes one.
#[derive(Debug)]
pub struct VerifiedDelivery {
    endpoint_id: i64,
    provider: Provider,
    call: Call,
    trust: Trust,
    proof: Option<Proof>,
    key: IdempotencyKey,
}

/// Which secret proved a call, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The secret's row in the store.
    pub secret_id: i64,
    /// The form of the proof.
    pub form: Form,
}

impl VerifiedDelivery {
    /// The endpoint that was called.
    pub fn endpoint_id(&self) -> i64 {
        self.endpoint_id
    }
    /// Its provider.
    pub fn provider(&self) -> Provider {
        self.provider
    }
    /// The call, with the secret taken out where it travelled in the open.
    pub fn call(&self) -> &Call {
        &self.call
    }
    /// How far it is proven.
    pub fn trust(&self) -> Trust {
        self.trust
    }
    /// The secret that proved it, and how.
    pub fn proof(&self) -> Option<&Proof> {
        self.proof.as_ref()
    }
    /// What makes a later call the same as this one.
    pub fn idempotency_key(&self) -> &IdempotencyKey {
        &self.key
    }
    /// The form to pin to the endpoint: how its first genuine call travelled, unless that was our own sample.
    pub fn form_to_pin(&self) -> Option<&Form> {
        let own_sample = self.call.header(SAMPLE_HEADER).is_some();
        self.proof
            .as_ref()
            .filter(|_| !own_sample)
            .map(|proof| &proof.form)
    }
}

/// Why a call is not genuine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The endpoint has no secret to check the signature with.
    #[error(
        "This endpoint has no signing secret, so nothing that {provider} sends can be checked. Copy the secret from {provider}'s webhook settings and add it to the endpoint."
    )]
    NoSecret {
        /// The provider's name.
        provider: &'static str,
    },
    /// The call carries no signature.
    #[error(
        "The call carries no {header} header. {provider} always sends one, so this call came from somebody else, or from another kind of webhook."
    )]
    Missing {
        /// The provider's name.
        provider: &'static str,
        /// The header that was looked for.
        header: &'static str,
    },
    /// The signature cannot be one.
    #[error("The {header} header is not a signature in the form that {provider} documents.")]
    Malformed {
        /// The provider's name.
        provider: &'static str,
        /// The header.
        header: &'static str,
    },
    /// The signature does not fit.
    #[error(
        "The signature does not fit the secret of this endpoint. If the call is genuine, the secret is not the one that {provider} uses: copy it again from {provider}'s webhook settings."
    )]
    Mismatch {
        /// The provider's name.
        provider: &'static str,
    },
    /// The token was found nowhere in the call.
    #[error(
        "The call carries the secret token in no known form. Looked for, in every header and every query value: the token itself, the token after Bearer, and the HMAC-SHA256 of the body (hex or base64, with or without sha256=). If {provider} sends none of these, retire the secret: the endpoint then relies on its unguessable address alone."
    )]
    TokenNotFound {
        /// The provider's name.
        provider: &'static str,
    },
    /// The token is not where the first genuine call had it.
    #[error(
        "The first genuine call carried a {form}; this one does not. If {provider} has changed how it sends the token, add the secret again: the form is then learnt anew. To rely on the unguessable address alone, retire the secret."
    )]
    NotInPinnedForm {
        /// The provider's name.
        provider: &'static str,
        /// The form that is pinned.
        form: Form,
    },
}

impl SignatureError {
    /// A stable word for programs.
    pub fn reason(&self) -> &'static str {
        match self {
            SignatureError::NoSecret { .. } => "secret_missing",
            SignatureError::Missing { .. } => "signature_missing",
            SignatureError::Malformed { .. } => "signature_malformed",
            SignatureError::Mismatch { .. } => "signature_mismatch",
            SignatureError::TokenNotFound { .. } => "token_not_found",
            SignatureError::NotInPinnedForm { .. } => "token_not_in_pinned_form",
        }
    }
}

/// Checks a call to an endpoint.
///
/// # Errors
///
/// Says why the call is not genuine, in words that tell the person what to do.
pub fn verify(endpoint: &Checked, call: Call) -> Result<VerifiedDelivery, SignatureError> {
    let facts = endpoint.provider.facts();
    let proof = match facts.scheme {
        Scheme::AddressOnly => None,
        Scheme::UnpublishedToken if endpoint.secrets.is_empty() => None,
        Scheme::UnpublishedToken => Some(find_token(endpoint, &call)?),
        Scheme::Hmac {
            header,
            prefix,
            inputs,
        } => Some(check_hmac(endpoint, &call, header, prefix, inputs)?),
    };
    let key = endpoint.provider.idempotency_key(&call);
    Ok(VerifiedDelivery {
        endpoint_id: endpoint.endpoint_id,
        provider: endpoint.provider,
        trust: if proof.is_some() {
            Trust::Signed
        } else {
            Trust::TokenOnly
        },
        call: without_secrets(call, &endpoint.secrets),
        proof,
        key,
    })
}

fn check_hmac(
    endpoint: &Checked,
    call: &Call,
    header: &'static str,
    prefix: &'static str,
    inputs: &'static [MacInput],
) -> Result<Proof, SignatureError> {
    let provider = endpoint.provider.facts().name;
    if endpoint.secrets.is_empty() {
        return Err(SignatureError::NoSecret { provider });
    }
    let value = call
        .header(header)
        .ok_or(SignatureError::Missing { provider, header })?;
    let claimed = strip_prefix_ignoring_case(value, prefix)
        .and_then(|digits| hex::decode(digits).ok())
        .filter(|bytes| bytes.len() == 32)
        .ok_or(SignatureError::Malformed { provider, header })?;

    inputs
        .iter()
        .find_map(|input| {
            let (form, parts) = mac_parts(*input, call)?;
            let parts: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
            let secret = endpoint
                .secrets
                .iter()
                .find(|secret| secret.value.signs(&parts, &claimed))?;
            Some(Proof {
                secret_id: secret.id,
                form,
            })
        })
        .ok_or(SignatureError::Mismatch { provider })
}

/// The parts that go into the HMAC, or nothing where the call lacks one.
fn mac_parts(input: MacInput, call: &Call) -> Option<(Form, Vec<std::borrow::Cow<'_, [u8]>>)> {
    Some(match input {
        MacInput::RawBody => (Form::RawBody, vec![call.body.as_slice().into()]),
        MacInput::TimestampAndBody(header) => {
            let timestamp = call.header(header)?.as_bytes();
            (
                Form::TimestampAndBody,
                vec![
                    timestamp.into(),
                    b".".as_slice().into(),
                    call.body.as_slice().into(),
                ],
            )
        }
        MacInput::JavascriptJson => (
            Form::JavascriptJson,
            vec![javascript_json::stringify(&call.body)?.into()],
        ),
    })
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}
