//! Waiting for a condition, never for a time.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How often a condition is looked at. Short beside anything that is waited for.
const INTERVAL: Duration = Duration::from_millis(50);

/// The moment at which waiting turns into a failure.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    at: Instant,
    allowed: Duration,
}

impl Deadline {
    /// `allowed` from now.
    #[must_use]
    pub fn after(allowed: Duration) -> Self {
        Self {
            at: Instant::now() + allowed,
            allowed,
        }
    }

    /// Whether it has come.
    #[must_use]
    pub fn passed(&self) -> bool {
        Instant::now() >= self.at
    }

    /// What is left of it.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }
}

/// Asks again until `probe` gives a value. `what` completes the sentence "… did not happen: ".
///
/// # Errors
/// When the deadline passes, or at once when `probe` itself fails.
pub fn eventually<T>(
    what: &str,
    deadline: Deadline,
    mut probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    loop {
        if let Some(value) = probe()? {
            return Ok(value);
        }
        if deadline.passed() {
            bail!("{what}: not within {} s", deadline.allowed.as_secs());
        }
        sleep(INTERVAL);
    }
}
