//! Callers that mean no good: whatever they do, genuine calls are stored and answered.
//!
//! What is printed are measurements (`--nocapture` shows them); what is asserted is that nothing is lost and nothing
//! grows without bound.

mod bodies;
mod crowds;
mod floods;
mod paths;
mod shapes;
mod slow;

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::attacks::post_with;
use crate::calls::{numbered, open_salon, signature};
use crate::cli::{Bellhop, Endpoint, Serving};

const SECRET: &str = "the-secret-of-the-salon";

/// A receiver with an endpoint of Bookora, and genuine calls of it.
struct Salon {
    bellhop: Bellhop,
    endpoint: Endpoint,
    serving: Serving,
    genuine: AtomicUsize,
}

impl Salon {
    fn open() -> Salon {
        let (bellhop, endpoint, serving) = open_salon(SECRET);
        Salon {
            bellhop,
            endpoint,
            serving,
            genuine: AtomicUsize::new(0),
        }
    }

    fn address(&self) -> &str {
        &self.serving.receiver.address
    }

    /// One more genuine call, which has to be answered 200.
    fn genuine(&self) -> Vec<u8> {
        let body = numbered(self.genuine.fetch_add(1, Ordering::Relaxed));
        self.signed("", &body)
    }

    /// A genuine call with this body and more headers.
    fn signed(&self, headers: &str, body: &[u8]) -> Vec<u8> {
        post(&self.endpoint.path, &signature(SECRET, body), headers, body)
    }

    /// A call that is not genuine.
    fn forged(&self, endpoint: &Endpoint) -> Vec<u8> {
        post(&endpoint.path, &"0".repeat(64), "", &numbered(0))
    }

    /// All genuine calls have been stored, each once, and nothing panicked.
    fn close(self) {
        let stored = || {
            let query = "SELECT count(*) FROM delivery";
            crate::calls::count(&self.bellhop, query)
        };
        assert_eq!(stored(), self.genuine.into_inner() as i64);
        let stderr = self.serving.stop();
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

fn post(path: &str, signature: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    post_with(
        path,
        &format!("X-Bookora-Signature: {signature}\r\n{headers}"),
        body,
    )
}
