//! A call counts as genuine exactly where it carries what only the holder of a secret can write.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use bellhop_core::call::Call;
use bellhop_core::provider::Provider;
use bellhop_core::signature::{
    Checked, Form, MacInput, Place, Scheme, SecretValue, SigningSecret, Trust, verify,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Script;
use crate::javascript_json::stringify;

/// A call to an endpoint of `provider`. `@secret`, `@pinned` and `@query` lines make the endpoint; in values, words in
/// braces stand for what the holder of the last secret would write.
pub fn check(provider: Provider, data: &[u8]) {
    let Script { orders, mut call } = Script::read(data);
    let mut endpoint = Checked {
        endpoint_id: 1,
        provider,
        secrets: Vec::new(),
        pinned: None,
    };
    let mut query = None;
    for (id, (name, value)) in (1..).zip(orders) {
        match name.as_str() {
            "@secret" => endpoint
                .secrets
                .extend(SecretValue::new(&value).map(|value| SigningSecret { id, value })),
            "@pinned" => endpoint.pinned = serde_json::from_str(&value).ok(),
            "@query" => query = Some(value),
            _ => {}
        }
    }
    if let Some(secret) = endpoint.secrets.last() {
        plant(&mut call, &mut query, secret.value.reveal());
    }
    call.query = query;

    let proofs = proofs(&endpoint, &call);
    let came = call.clone();
    match verify(&endpoint, call) {
        Ok(delivery) => {
            match delivery.proof() {
                Some(proof) => {
                    assert_eq!(delivery.trust(), Trust::Signed);
                    let proof = (proof.secret_id, proof.form.clone());
                    assert!(proofs.contains(&proof), "{proof:?} is not among {proofs:?}");
                }
                None => {
                    assert_eq!(delivery.trust(), Trust::TokenOnly);
                    assert!(!matches!(provider.facts().scheme, Scheme::Hmac { .. }));
                    assert!(endpoint.secrets.is_empty());
                }
            }
            assert_eq!(delivery.trust(), endpoint.trust());
            check_stored(&endpoint, &came, delivery.call());
        }
        Err(error) => {
            assert!(proofs.is_empty(), "{error:?} in spite of {proofs:?}");
            assert!(!error.to_string().is_empty());
        }
    }
}

/// Puts in what the holder of `secret` would write.
fn plant(call: &mut Call, query: &mut Option<String>, secret: &str) {
    let raw = hex::encode(mac(secret, &[&call.body]));
    let timestamp = call.header("x-kordless-timestamp").unwrap_or_default();
    let stamped = mac(secret, &[timestamp.as_bytes(), b".", &call.body]);
    let written = stringify(&call.body).unwrap_or_default();
    let words = [
        ("{raw}", raw.clone()),
        ("{RAW}", raw.to_uppercase()),
        ("{almost}", raw[..62].to_owned()),
        ("{base64}", STANDARD.encode(mac(secret, &[&call.body]))),
        ("{stamped}", hex::encode(stamped)),
        ("{written}", hex::encode(mac(secret, &[&written]))),
        ("{secret}", secret.to_owned()),
    ];
    let fill = |text: &str| {
        words.iter().fold(text.to_owned(), |text, (word, value)| {
            text.replace(word, value)
        })
    };
    for (_, value) in &mut call.headers {
        if let Ok(text) = std::str::from_utf8(value) {
            *value = fill(text).into_bytes();
        }
    }
    *query = query.take().map(|query| fill(&query));
}

fn mac(secret: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// Everything in a call that proves it, found without what is tested.
fn proofs(endpoint: &Checked, call: &Call) -> Vec<(i64, Form)> {
    match endpoint.provider.facts().scheme {
        Scheme::AddressOnly => Vec::new(),
        Scheme::UnpublishedToken => tokens(endpoint, call),
        Scheme::Hmac {
            header,
            prefix,
            inputs,
        } => signatures(endpoint, call, header, prefix, inputs).unwrap_or_default(),
    }
}

fn signatures(
    endpoint: &Checked,
    call: &Call,
    header: &str,
    prefix: &str,
    inputs: &[MacInput],
) -> Option<Vec<(i64, Form)>> {
    let (_, value) = call.headers.iter().find(|(name, _)| name == header)?;
    let text = std::str::from_utf8(value).ok()?.trim().to_ascii_lowercase();
    let digits = text.strip_prefix(prefix)?;
    let mut found = Vec::new();
    for secret in &endpoint.secrets {
        for input in inputs {
            let (form, signed) = match input {
                MacInput::RawBody => (Form::RawBody, Some(call.body.clone())),
                MacInput::TimestampAndBody(name) => (
                    Form::TimestampAndBody,
                    call.header(name)
                        .map(|timestamp| [timestamp.as_bytes(), b".", &call.body].concat()),
                ),
                MacInput::JavascriptJson => (Form::JavascriptJson, stringify(&call.body)),
            };
            let wanted = signed.map(|signed| hex::encode(mac(secret.value.reveal(), &[&signed])));
            if wanted.as_deref() == Some(digits) {
                found.push((secret.id, form));
            }
        }
    }
    Some(found)
}

fn tokens(endpoint: &Checked, call: &Call) -> Vec<(i64, Form)> {
    let headers = call
        .headers
        .iter()
        .map(|(name, value)| (Place::Header(name.clone()), value.trim_ascii().to_vec()));
    let query = form_urlencoded::parse(call.query.as_deref().unwrap_or_default().as_bytes())
        .map(|(name, value)| (Place::Query(name.into_owned()), value.as_bytes().to_vec()))
        .take(64);
    let mut found = Vec::new();
    for (place, value) in headers.chain(query) {
        for secret in &endpoint.secrets {
            let (token, body) = (
                secret.value.reveal(),
                mac(secret.value.reveal(), &[&call.body]),
            );
            let bare = bare(&value);
            let form = if bare == token.as_bytes() || value == token.as_bytes() {
                Form::Token(place.clone())
            } else if decoded(bare).contains(&body) {
                Form::BodyHmac(place.clone())
            } else {
                continue;
            };
            if endpoint
                .pinned
                .as_ref()
                .is_none_or(|pinned| *pinned == form)
            {
                found.push((secret.id, form));
            }
        }
    }
    found
}

fn bare(value: &[u8]) -> &[u8] {
    match value.get(..7) {
        Some(word) if word.eq_ignore_ascii_case(b"bearer ") => value[7..].trim_ascii(),
        _ => value,
    }
}

fn decoded(value: &[u8]) -> Vec<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(value) else {
        return Vec::new();
    };
    let text = match text.get(..7) {
        Some(prefix) if prefix.eq_ignore_ascii_case("sha256=") => &text[7..],
        _ => text,
    };
    [
        hex::decode(text).ok(),
        STANDARD.decode(text).ok(),
        STANDARD_NO_PAD.decode(text).ok(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is stored is the call as it came, but for a secret that travelled in the open.
fn check_stored(endpoint: &Checked, came: &Call, stored: &Call) {
    let is_secret = |value: &[u8]| {
        let held = |value: &[u8]| {
            endpoint
                .secrets
                .iter()
                .any(|secret| secret.value.reveal().as_bytes() == value)
        };
        held(value) || held(bare(value))
    };
    assert_eq!(came.body, stored.body);
    assert_eq!(came.headers.len(), stored.headers.len());
    for ((name, came), (kept, stored)) in came.headers.iter().zip(&stored.headers) {
        assert_eq!(name, kept);
        let redacted = is_secret(came.trim_ascii());
        assert_eq!(came != stored, redacted && came != b"[secret]");
        assert!(!is_secret(stored.trim_ascii()) || stored == b"[secret]");
    }
    let query = stored.query.as_deref().unwrap_or_default();
    for (_, value) in form_urlencoded::parse(query.as_bytes()) {
        assert!(!is_secret(value.as_bytes()) || value == "[secret]");
    }
}
