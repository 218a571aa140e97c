//! What a provider publishes about calls that failed.

/// What a provider does about a call that failed, and how the person finds out what is missing.
#[derive(Debug)]
pub struct Retries {
    /// When it tries again.
    pub plan: Plan,
    /// What its documentation says and leaves open, as a sentence.
    pub says: &'static str,
    /// Where to look for what is missing: a sentence that goes on with "between 09:10 and 11:40".
    pub look: &'static str,
}

/// When a provider tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// After so many minutes each, counted from the try before; then it gives up.
    After(&'static [i64]),
    /// A few times that are counted, at times that are not published; then it gives up.
    Counted,
    /// Nothing is published by which one could tell whether a call still comes.
    Unpublished,
}
