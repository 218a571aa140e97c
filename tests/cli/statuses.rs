//! What callers are answered, and that no call, however broken, harms the next one.

mod addresses;
mod bodies;
mod genuine;
mod odd;

use serde_json::Value;

use crate::calls::{numbered, open_salon, post_bookora};
use crate::cli::{Answer, Bellhop, Endpoint, Receiver, SOON, Serving, eventually};

const SECRET: &str = "the-secret-of-the-salon";

/// A receiver with an endpoint of Bookora, and good calls of it.
struct Salon {
    bellhop: Bellhop,
    endpoint: Endpoint,
    serving: Serving,
    good: usize,
    others: usize,
}

impl Salon {
    fn open() -> Salon {
        let (bellhop, endpoint, serving) = open_salon(SECRET);
        Salon {
            bellhop,
            endpoint,
            serving,
            good: 0,
            others: 0,
        }
    }

    fn receiver(&self) -> Receiver {
        self.serving.receiver.clone()
    }

    /// Whatever came before, the next good call is taken.
    fn next_good_call(&mut self) {
        let body = numbered(self.good);
        let status = post_bookora(&self.receiver(), &self.endpoint, SECRET, &body);
        assert_eq!(status, 200, "the good call {}", self.good);
        self.good += 1;
    }

    fn rejection(&self, number: usize) -> Value {
        let rejections = eventually(SOON, &format!("{number} rejections"), || {
            let rejections = self.bellhop.list(&["rejection", "list"]);
            (rejections.len() >= number).then_some(rejections)
        });
        assert_eq!(rejections.len(), number, "{rejections:#?}");
        rejections[0].clone()
    }

    /// All good calls are in the timeline, and nothing panicked.
    fn close(self) {
        let entries = self.bellhop.entries(self.good + self.others);
        let created = entries.iter().filter(|entry| entry["kind"] == "created");
        assert_eq!(created.count(), self.good);
        let stderr = self.serving.stop();
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

fn head(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n")
}

fn assert_empty(answer: &Answer, status: u16, about: &str) {
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (status, ""),
        "{about}"
    );
}
