//! Signing calls of our own, as their provider would.

use super::{Form, MacInput, Place, Scheme, SecretValue};
use crate::provider::Provider;

/// The headers that prove a call of ours to one of our own endpoints: for samples and the demo.
///
/// `timestamp` is in Unix seconds. For a provider whose token travels in an unpublished way, `pinned` says how.
pub fn sign(
    provider: Provider,
    secret: Option<&SecretValue>,
    pinned: Option<&Form>,
    timestamp: i64,
    body: &[u8],
) -> SignedParts {
    let mut parts = SignedParts::default();
    let Some(secret) = secret else { return parts };
    match provider.facts().scheme {
        Scheme::AddressOnly => {}
        Scheme::Hmac {
            header,
            prefix,
            inputs,
        } => {
            if let Some(MacInput::TimestampAndBody(name)) = inputs
                .iter()
                .find(|input| matches!(input, MacInput::TimestampAndBody(_)))
            {
                parts
                    .headers
                    .push(((*name).to_owned(), timestamp.to_string()));
            }
            parts.headers.push((
                header.to_owned(),
                format!("{prefix}{}", hex::encode(secret.sign(&[body]))),
            ));
        }
        Scheme::UnpublishedToken => {
            let (place, value) = match pinned {
                Some(Form::BodyHmac(place)) => (place.clone(), hex::encode(secret.sign(&[body]))),
                Some(Form::Token(place)) => (place.clone(), secret.reveal().to_owned()),
                _ => (
                    Place::Header("authorization".to_owned()),
                    format!("Bearer {}", secret.reveal()),
                ),
            };
            match place {
                Place::Header(name) => parts.headers.push((name, value)),
                Place::Query(name) => parts.query = Some((name, value)),
            }
        }
    }
    parts
}

/// What [`sign`] adds to a call.
#[derive(Debug, Default)]
pub struct SignedParts {
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// One query pair.
    pub query: Option<(String, String)>,
}
