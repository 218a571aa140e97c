//! Signing secrets, and what they sign.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The value of a signing secret. Its `Debug` tells nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(String);

impl SecretValue {
    /// A secret as the person pasted it, without the white space around it. `None` if nothing is left.
    pub fn new(pasted: &str) -> Option<SecretValue> {
        let value = pasted.trim();
        (!value.is_empty()).then(|| SecretValue(value.to_owned()))
    }

    /// The secret itself, for the keychain and for the person who has to paste it at the provider.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn mac(&self) -> Hmac<Sha256> {
        // HMAC takes a key of any length, so this never takes the second branch.
        Hmac::new_from_slice(self.0.as_bytes()).unwrap_or_else(|_| Hmac::new(&Default::default()))
    }

    pub(super) fn signs(&self, parts: &[&[u8]], claimed: &[u8]) -> bool {
        let mut mac = self.mac();
        parts.iter().for_each(|part| mac.update(part));
        mac.verify_slice(claimed).is_ok()
    }

    pub(super) fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut mac = self.mac();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    }

    /// Equality of digests: neither the content nor the length of the secret shows in the time it takes.
    pub(super) fn is(&self, claimed: &[u8]) -> bool {
        Sha256::digest(&self.0)
            .ct_eq(&Sha256::digest(claimed))
            .into()
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A signing secret of an endpoint.
#[derive(Clone, Debug)]
pub struct SigningSecret {
    /// Its row in the store.
    pub id: i64,
    /// Its value.
    pub value: SecretValue,
}
