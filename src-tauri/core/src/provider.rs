//! The booking systems that Bellhop knows, and what each publishes about its calls.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::call::Call;
use crate::gap::Retries;
use crate::interpretation::Reading;
use crate::providers;
use crate::sample::{Act, SampleBooking, SampleCall};
use crate::signature::Scheme;

/// A booking system that calls us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Kordless.
    Kordless,
    /// ReserveKit.
    ReserveKit,
    /// Bookora.
    Bookora,
    /// WebKasa.
    WebKasa,
    /// Orufy Bookings.
    Orufy,
}

/// What a provider publishes, as constants. Each provider's module holds its own.
#[derive(Debug)]
pub struct Facts {
    /// Its name on the screen.
    pub name: &'static str,
    /// How its calls prove that they are genuine.
    pub scheme: Scheme,
    /// What it calls the secret in its own settings.
    pub secret_name: &'static str,
    /// Where the address is pasted, step by step, in the words of its own documentation.
    pub setup: &'static [&'static str],
    /// The page of its documentation that says so.
    pub setup_page: &'static str,
    /// What a person should know about the limits of what it sends. `None` where there is nothing to add.
    pub honesty: Option<&'static str>,
    /// What it does about a call that failed.
    pub retries: Retries,
    /// The event types of which [`Provider::sample`] makes a call.
    pub sample_event_types: &'static [&'static str],
    pub(crate) interpret: fn(&Call, &serde_json::Value) -> Reading,
    pub(crate) idempotency_key: fn(&Call) -> Option<IdempotencyKey>,
    pub(crate) sample: fn(&str, &SampleBooking) -> Option<SampleCall>,
    pub(crate) event_type_of: fn(Act) -> &'static str,
}

/// Bytes of a key that are kept as they are. A longer one is kept as its digest.
const LONGEST_KEY: usize = 200;

fn digest(content: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(content))
}

/// What makes two deliveries to one endpoint the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotencyKey {
    /// The provider's own id of the delivery or of the event: the same key is the same call, whatever its bytes.
    Given(String),
    /// Put together from what a call says. Equal keys with other bytes may still be two calls.
    Derived(String),
}

impl IdempotencyKey {
    /// The text that is stored.
    pub fn as_str(&self) -> &str {
        match self {
            IdempotencyKey::Given(key) | IdempotencyKey::Derived(key) => key,
        }
    }

    /// A key of any length is the caller's to choose, and is kept for ever.
    fn shortened(self) -> IdempotencyKey {
        if self.as_str().len() <= LONGEST_KEY {
            return self;
        }
        let digest = format!("sha256:key:{}", digest(self.as_str()));
        match self {
            IdempotencyKey::Given(_) => IdempotencyKey::Given(digest),
            IdempotencyKey::Derived(_) => IdempotencyKey::Derived(digest),
        }
    }
}

impl Provider {
    /// Every provider, in the order in which they are offered.
    pub const ALL: [Provider; 5] = [
        Provider::Kordless,
        Provider::ReserveKit,
        Provider::Bookora,
        Provider::WebKasa,
        Provider::Orufy,
    ];

    /// What it publishes.
    pub fn facts(self) -> &'static Facts {
        match self {
            Provider::Kordless => &providers::kordless::FACTS,
            Provider::ReserveKit => &providers::reservekit::FACTS,
            Provider::Bookora => &providers::bookora::FACTS,
            Provider::WebKasa => &providers::webkasa::FACTS,
            Provider::Orufy => &providers::orufy::FACTS,
        }
    }

    /// The word used in SQL, JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Provider::Kordless => "kordless",
            Provider::ReserveKit => "reservekit",
            Provider::Bookora => "bookora",
            Provider::WebKasa => "webkasa",
            Provider::Orufy => "orufy",
        }
    }

    /// The key of a call: the provider's own where it sends one, else the digest of the body.
    pub fn idempotency_key(self, call: &Call) -> IdempotencyKey {
        match (self.facts().idempotency_key)(call) {
            Some(key) => key.shortened(),
            None => IdempotencyKey::Given(format!("sha256:{}", digest(call.body.as_slice()))),
        }
    }

    /// A call as this provider would make it, or `None` for an event type it has none of.
    pub fn sample(self, event_type: &str, booking: &SampleBooking) -> Option<SampleCall> {
        (self.facts().sample)(event_type, booking)
    }

    /// The event type by which this provider tells of an act.
    pub fn event_type_of(self, act: Act) -> &'static str {
        (self.facts().event_type_of)(act)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts().name)
    }
}

/// A word that names no provider.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no provider that Bellhop knows. Known are: kordless, reservekit, bookora, webkasa, orufy."
)]
pub struct UnknownProvider(String);

impl FromStr for Provider {
    type Err = UnknownProvider;

    fn from_str(word: &str) -> Result<Provider, UnknownProvider> {
        Provider::ALL
            .into_iter()
            .find(|provider| provider.as_str().eq_ignore_ascii_case(word))
            .ok_or_else(|| UnknownProvider(word.to_owned()))
    }
}
