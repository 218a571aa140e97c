//! What became of the calls that a provider made while we could not be reached.

use jiff::{SignedDuration, Timestamp};

use super::Plan;

/// A time from `begin` on and before `end`. `None`: it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub begin: Timestamp,
    /// The first moment after it.
    pub end: Option<Timestamp>,
}

/// What can be said about the calls of a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Some may still come.
    Retrying {
        /// While the gap goes on: when the provider gives up the first of them, if it has not done so already. After
        /// it: the latest moment at which one may come, if we can be reached from now on.
        until: Option<Timestamp>,
        /// Those that were made in this time have been given up.
        lost: Option<(Timestamp, Timestamp)>,
    },
    /// None comes any more.
    GivenUp {
        /// Those that were made in this time have been given up. `None` where that is probable and not known.
        lost: Option<(Timestamp, Timestamp)>,
    },
    /// The provider publishes too little to tell.
    Unknown,
    /// Each has been tried again at a time at which we could be reached.
    Settled,
}

impl Outlook {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Outlook::Retrying { .. } => "retrying",
            Outlook::GivenUp { .. } => "given_up",
            Outlook::Unknown => "unknown",
            Outlook::Settled => "settled",
        }
    }

    /// The moment that a person may wait for.
    pub fn until(self) -> Option<Timestamp> {
        match self {
            Outlook::Retrying { until, .. } => until,
            _ => None,
        }
    }
}

/// What becomes of calls that were made in `gap`, by a provider with this plan, as seen at `now`.
///
/// `gaps` are all times in which we could not be reached, `gap` among them: a try that fell into a later one failed too.
/// The published times are taken at their word, although a provider may be late.
pub fn outlook(plan: Plan, gap: Span, gaps: &[Span], now: Timestamp) -> Outlook {
    match plan {
        Plan::Counted => Outlook::GivenUp { lost: None },
        Plan::Unpublished => Outlook::Unknown,
        Plan::After(minutes) => scheduled(minutes, gap, gaps, now),
    }
}

fn scheduled(minutes: &[i64], gap: Span, gaps: &[Span], now: Timestamp) -> Outlook {
    let mut waited = 0;
    let tries: Vec<i64> = minutes
        .iter()
        .map(|minutes| {
            waited += SignedDuration::from_mins(*minutes).as_secs() * 1_000_000;
            waited
        })
        .collect();
    let last_try = waited;
    let moment = Timestamp::as_microsecond;
    let (begin, now) = (moment(gap.begin), moment(now));
    let end = gap.end.map_or(now, moment).max(begin);

    // A call is missing as long as each try of it fell into a gap or is still to come.
    let mut missing = vec![(begin, end)];
    for after in &tries {
        let failed = gaps
            .iter()
            .map(|gap| (moment(gap.begin), gap.end.map_or(i64::MAX, moment)))
            .chain([(now, i64::MAX)])
            .map(|(from, to)| (from - after, to.saturating_sub(*after)));
        missing = intersection(&missing, &union(failed.collect()));
    }
    let given_up = now - last_try;
    let lost = intersection(&missing, &[(i64::MIN, given_up)]);
    let hopeful = intersection(&missing, &[(given_up, i64::MAX)]);
    let lost = lost
        .first()
        .zip(lost.last())
        .and_then(|((from, _), (_, to))| Some((stamp(*from)?, stamp(*to)?)));

    if gap.end.is_none() {
        let until = lost.is_none().then(|| stamp(begin + last_try)).flatten();
        return Outlook::Retrying { until, lost };
    }
    // The calls whose next try is this one come last at the end of the time in which they were made.
    let mut earlier = 0;
    let mut latest = None;
    for after in tries {
        let next = intersection(&hopeful, &[(now - after, now - earlier)]);
        latest = latest.max(next.last().map(|(_, to)| to + after));
        earlier = after;
    }
    match (latest.and_then(stamp), lost) {
        (Some(until), lost) => Outlook::Retrying {
            until: Some(until),
            lost,
        },
        (None, Some(lost)) => Outlook::GivenUp { lost: Some(lost) },
        (None, None) => Outlook::Settled,
    }
}

fn stamp(microsecond: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(microsecond).ok()
}

/// The same time in pieces that are in order and do not touch.
fn union(mut pieces: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    pieces.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::with_capacity(pieces.len());
    for (from, to) in pieces {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// The time that is in both, each in pieces that are in order.
fn intersection(one: &[(i64, i64)], other: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let pairs = one
        .iter()
        .flat_map(|one| other.iter().map(move |other| (one, other)));
    pairs
        .map(|(one, other)| (one.0.max(other.0), one.1.min(other.1)))
        .filter(|(from, to)| from < to)
        .collect()
}
