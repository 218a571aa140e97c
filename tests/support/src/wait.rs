//! Waiting for a condition, never for a time.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// How long a condition may take. Much longer than it does, as CI may be busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often a condition is looked at.
const INTERVAL: Duration = Duration::from_millis(50);

/// Asks again until `probe` gives a value, for [`PATIENCE`].
///
/// # Errors
/// As [`eventually_within`].
pub async fn eventually<T>(what: &str, probe: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    eventually_within(PATIENCE, what, probe).await
}

/// Asks again until `probe` gives a value. `what` says what should have come true.
///
/// # Errors
/// When the time is over, with the last error of `probe` if it failed: that something is not there yet
/// often shows as an error.
pub async fn eventually_within<T>(
    patience: Duration,
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + patience;
    loop {
        let last = match probe().await {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if Instant::now() >= deadline {
            let what = format!("not within {} s: {what}", patience.as_secs());
            match last {
                Some(error) => return Err(error.context(what)),
                None => bail!(what),
            }
        }
        sleep(INTERVAL).await;
    }
}
