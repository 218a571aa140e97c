//! Finding a secret token whose transport its provider does not publish, and taking it out of what is stored.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use subtle::ConstantTimeEq;

use super::{
    Checked, Form, Place, Proof, SignatureError, SigningSecret, strip_prefix_ignoring_case,
};
use crate::call::Call;

/// What may be put in front of a hex or base64 signature.
const SHA256_PREFIX: &str = "sha256=";

/// How many query values of a call are looked at for a token.
const MAX_QUERY_VALUES: usize = 64;

/// Finds the secret of an endpoint in whatever form a call carries it.
pub(super) fn find_token(endpoint: &Checked, call: &Call) -> Result<Proof, SignatureError> {
    let provider = endpoint.provider.facts().name;
    let found = endpoint.secrets.iter().find_map(|secret| {
        let signature = secret.sign(&[&call.body]);
        places(call).find_map(|(place, value)| {
            let form = token_form(&secret.value_of(&value, &signature)?, place);
            let allowed = endpoint
                .pinned
                .as_ref()
                .is_none_or(|pinned| *pinned == form);
            allowed.then_some(Proof {
                secret_id: secret.id,
                form,
            })
        })
    });
    found.ok_or_else(|| match &endpoint.pinned {
        Some(form) => SignatureError::NotInPinnedForm {
            provider,
            form: form.clone(),
        },
        None => SignatureError::TokenNotFound { provider },
    })
}

enum Carried {
    Token,
    BodyHmac,
}

fn token_form(carried: &Carried, place: Place) -> Form {
    match carried {
        Carried::Token => Form::Token(place),
        Carried::BodyHmac => Form::BodyHmac(place),
    }
}

impl SigningSecret {
    fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        self.value.sign(parts)
    }

    /// What of this secret a header or query value carries, if anything.
    fn value_of(&self, value: &[u8], signature: &[u8]) -> Option<Carried> {
        let bare = after_bearer(value);
        if self.value.is(value) || self.value.is(bare) {
            return Some(Carried::Token);
        }
        let text = std::str::from_utf8(bare).ok()?;
        let text = strip_prefix_ignoring_case(text, SHA256_PREFIX).unwrap_or(text);
        let fits = |decoded: Vec<u8>| -> bool { decoded.ct_eq(signature).into() };
        let carried = hex::decode(text).is_ok_and(fits)
            || STANDARD.decode(text).is_ok_and(fits)
            || STANDARD_NO_PAD.decode(text).is_ok_and(fits);
        carried.then_some(Carried::BodyHmac)
    }
}

fn after_bearer(value: &[u8]) -> &[u8] {
    match value.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(b"bearer ") => rest.trim_ascii(),
        _ => value,
    }
}

/// Every place of a call that may carry a token.
fn places(call: &Call) -> impl Iterator<Item = (Place, Vec<u8>)> + '_ {
    let headers = call
        .headers
        .iter()
        .map(|(name, value)| (Place::Header(name.clone()), value.trim_ascii().to_vec()));
    let query = form_urlencoded::parse(call.query.as_deref().unwrap_or_default().as_bytes())
        .take(MAX_QUERY_VALUES)
        .map(|(name, value)| {
            (
                Place::Query(name.into_owned()),
                value.into_owned().into_bytes(),
            )
        });
    headers.chain(query)
}

/// The call without secrets that travelled in the open: the store and its backups never hold one.
pub(super) fn without_secrets(mut call: Call, secrets: &[SigningSecret]) -> Call {
    const REDACTED: &str = "[secret]";
    let is_secret = |value: &[u8]| secrets.iter().any(|secret| secret.value.is(value));
    for (_, value) in &mut call.headers {
        let bare = after_bearer(value.trim_ascii());
        if is_secret(bare) || is_secret(value.trim_ascii()) {
            *value = REDACTED.as_bytes().to_vec();
        }
    }
    if let Some(query) = &call.query {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        let travels =
            |value: &str| is_secret(value.as_bytes()) || is_secret(after_bearer(value.as_bytes()));
        if pairs.iter().any(|(_, value)| travels(value)) {
            let kept = pairs
                .iter()
                .map(|(name, value)| (name, if travels(value) { REDACTED } else { value }));
            call.query = Some(
                form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(kept)
                    .finish(),
            );
        }
    }
    call
}
