//! The key of a call is the same each time, short, and tells nothing of a person.

use bellhop_core::provider::{IdempotencyKey, Provider};

use crate::Script;

/// Longer than any key.
const LONG: usize = 256;

/// Any call, to every provider.
pub fn check(data: &[u8]) {
    let call = Script::read(data).call;
    for provider in Provider::ALL {
        let key = provider.idempotency_key(&call);
        assert_eq!(key, provider.idempotency_key(&call));
        assert!(!key.as_str().is_empty());
        assert!(key.as_str().len() <= LONG, "{} bytes", key.as_str().len());
        // Only a key that the provider gives may hold a text that we do not know.
        if let IdempotencyKey::Derived(key) = &key {
            let (word, rest) = key.split_once(':').expect("an event type");
            assert!(matches!(
                word,
                "bookings.create" | "bookings.update" | "bookings.delete" | "sha256"
            ));
            assert!(
                rest.bytes()
                    .all(|byte| byte.is_ascii_digit() || b"TZ:-,.keyabcdef".contains(&byte)),
                "{key}"
            );
        }
        // A body of other bytes is another call, where the provider gives no key of its own.
        if key
            .as_str()
            .strip_prefix("sha256:")
            .is_some_and(|digest| digest.len() == 64)
        {
            let mut other = call.clone();
            other.body.push(b' ');
            assert_ne!(provider.idempotency_key(&other), key);
        }
    }
}
