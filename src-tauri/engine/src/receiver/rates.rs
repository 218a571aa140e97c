//! How many calls are taken in a time. What is not genuine has an allowance of its own, so that no flood of it uses up
//! that of genuine calls.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Genuine calls of one endpoint: so many a second for ever, and so many at once after a quiet time.
const OF_ENDPOINT: (u32, u32) = (100, 10_000);
/// Genuine calls of all endpoints together.
const IN_TOTAL: (u32, u32) = (1_000, 200_000);
/// Calls to one endpoint that are turned away with the true reason, and leave a trace.
const TURNED_AWAY: (u32, u32) = (20, 200);

/// What there is too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Flood {
    /// Genuine calls of an endpoint.
    Genuine(i64),
    /// Calls that are turned away, by endpoint; `None` for addresses that do not exist.
    TurnedAway(Option<i64>),
}

/// Counts calls. Grows with the endpoints, and with nothing that a caller can make up.
pub(super) struct Rates {
    of_endpoint: DefaultKeyedRateLimiter<i64>,
    in_total: DefaultDirectRateLimiter,
    turned_away: DefaultKeyedRateLimiter<Option<i64>>,
    told: DefaultKeyedRateLimiter<Flood>,
}

impl Rates {
    pub(super) fn new() -> Rates {
        Rates {
            of_endpoint: RateLimiter::keyed(quota(OF_ENDPOINT)),
            in_total: RateLimiter::direct(quota(IN_TOTAL)),
            turned_away: RateLimiter::keyed(quota(TURNED_AWAY)),
            told: RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN)),
        }
    }

    /// Counts a genuine call, and says whether it may be stored.
    pub(super) fn allow_genuine(&self, endpoint_id: i64) -> bool {
        self.of_endpoint.check_key(&endpoint_id).is_ok() && self.in_total.check().is_ok()
    }

    /// Counts a call that is turned away, and says whether it may leave a trace.
    pub(super) fn allow_trace(&self, endpoint_id: Option<i64>) -> bool {
        self.turned_away.check_key(&endpoint_id).is_ok()
    }

    /// Whether it is time to tell the person of a flood: once a minute while it lasts.
    pub(super) fn is_news(&self, flood: Flood) -> bool {
        self.told.check_key(&flood).is_ok()
    }
}

fn quota((a_second, at_once): (u32, u32)) -> Quota {
    let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(number(a_second)).allow_burst(number(at_once))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_genuine_uses_up_nothing_of_what_is() {
        let rates = Rates::new();
        let traces = (0..20_000)
            .filter(|_| rates.allow_trace(Some(1)) | rates.allow_trace(None))
            .count();
        // The clock goes on meanwhile, so a little more than what is let through at once.
        assert!((200..2_000).contains(&traces), "{traces}");
        assert!((0..10_000).all(|_| rates.allow_genuine(1)));
        assert!((0..20_000).any(|_| !rates.allow_genuine(1)));
        // Another endpoint has an allowance of its own, until there are too many of them together.
        assert!((0..10_000).all(|_| rates.allow_genuine(2)));
        assert!((3..100).any(|endpoint| (0..10_000).any(|_| !rates.allow_genuine(endpoint))));
        assert!(rates.allow_trace(Some(2)));
    }

    #[test]
    fn a_flood_is_news_once() {
        let rates = Rates::new();
        for flood in [
            Flood::Genuine(1),
            Flood::TurnedAway(Some(1)),
            Flood::TurnedAway(None),
        ] {
            assert!(rates.is_news(flood));
            assert!(!(0..100).any(|_| rates.is_news(flood)));
        }
    }
}
