//! Pauses that double up to a cap, with jitter.

use std::time::Duration;

use super::tls;

/// The pauses between attempts at one thing.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    attempts: u32,
}

impl Backoff {
    pub(super) fn new((first, longest): (Duration, Duration)) -> Self {
        Self {
            first,
            longest,
            attempts: 0,
        }
    }

    /// The next pause: between half and the whole of `first * 2^n`, never above the cap. The jitter
    /// keeps all programs that lost the same service from coming back in the same moment.
    pub(super) fn next(&mut self) -> Duration {
        let full = self
            .first
            .saturating_mul(2_u32.saturating_pow(self.attempts))
            .min(self.longest);
        self.attempts = self.attempts.saturating_add(1).min(30);
        let part = u32::from_be_bytes(tls::random()) as f64 / f64::from(u32::MAX);
        full.mul_f64(0.5 + part / 2.0)
    }

    /// The thing has worked: the next pause is a short one again.
    pub(super) fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_below_the_cap() {
        let cap = Duration::from_secs(8);
        let mut backoff = Backoff::new((Duration::from_millis(500), cap));
        let pauses: Vec<Duration> = (0..40).map(|_| backoff.next()).collect();
        assert!(pauses.iter().all(|pause| *pause <= cap));
        assert!(
            pauses
                .iter()
                .take(1)
                .all(|pause| *pause <= Duration::from_millis(500))
        );
        assert!(pauses.iter().skip(5).all(|pause| *pause >= cap / 2));
        backoff.reset();
        assert!(backoff.next() <= Duration::from_millis(500));
    }
}
