//! Reminders before a booking begins: which are due, which wait, and in which words.
//!
//! Nothing is planned ahead and then kept in line. Whenever it may matter, [`plan`] looks at a booking as it stands, at what
//! the person chose and at what was told already, and says what is due now. So a reschedule, a cancellation, another time
//! zone, a restart and sleep need no rules of their own:
//!
//! - A reminder has a moment: so long before the booking begins, or an hour of the day of a booking that has no time. It is
//!   due from that moment until the booking is over, once. Awake and running, that is at the moment itself; what was missed
//!   comes late, says so, and never after the end.
//! - Of several missed moments of one booking the last speaks for all.
//! - A moment that had passed before Bellhop knew of it is over: the booking came too late, or the person chose it later.
//! - What is cancelled, done or over has no reminders. A booking whose end is not known is over a minute after it begins.

mod planning;
mod wording;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::event::BookingStatus;
use crate::slot::Slot;

pub use planning::{Plan, beginning, is_ahead, over_at, plan};
pub use wording::{About, word};

/// How long a reminder may come after its moment without being late, and how long a booking without an end goes on.
pub const GRACE: SignedDuration = SignedDuration::from_mins(1);

/// The longest time before a booking that can be chosen, in minutes: two weeks.
pub const LONGEST_LEAD: u32 = 14 * 24 * 60;

/// So many times before one booking can be chosen.
pub const MOST_LEADS: usize = 5;

/// So many rules can be made.
pub const MOST_RULES: usize = 50;

/// What the person chose for all bookings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// How many minutes before it begins a booking is told of, unless a rule is for it. None: not at all.
    pub leads: Vec<u32>,
    /// Whether those come on the card too.
    pub card: bool,
    /// For some bookings another choice. The first that fits is the booking's.
    pub rules: Vec<Rule>,
    /// At which hour of its day a booking without a time of day is told of. `None`: not at all.
    pub day_hour: Option<u8>,
    /// After how many minutes what was not answered is told again, until the booking begins. `None`: never.
    pub repeat_minutes: Option<u32>,
    /// When the person chose this, or put a backup back. A moment before it is over.
    #[serde(skip)]
    pub since: Option<Timestamp>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            leads: vec![15],
            card: false,
            rules: Vec::new(),
            day_hour: Some(8),
            repeat_minutes: None,
            since: None,
        }
    }
}

/// Why a choice cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// Nobody wants so many.
    #[error("Choose at most five times before a booking.")]
    ManyLeads,
    /// Nobody wants it so early.
    #[error("Two weeks before a booking is the earliest.")]
    Early,
    /// A rule is for no bookings in particular.
    #[error("Choose an endpoint, or a part of the title.")]
    ForAll,
    /// Nobody needs so many.
    #[error("Fifty rules are the most.")]
    ManyRules,
    /// There is no such hour.
    #[error("Choose an hour of the day.")]
    Hour,
    /// Neither faster than once a minute nor slower than once an hour.
    #[error("Repeat a reminder after 1 to 60 minutes.")]
    Repeat,
}

/// Another choice for some bookings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Only those of this endpoint.
    pub endpoint_id: Option<i64>,
    /// Only those whose title contains this, in whatever case.
    pub title: Option<String>,
    /// How many minutes before. None: not at all, nor on the day.
    pub leads: Vec<u32>,
    /// Whether they come on the card too.
    pub card: bool,
}

impl Rule {
    fn checked(self) -> Result<Rule, RulesError> {
        let title = self.title.map(|title| title.trim().to_owned());
        let title = title.filter(|title| !title.is_empty());
        if title.is_none() && self.endpoint_id.is_none() {
            return Err(RulesError::ForAll);
        }
        Ok(Rule {
            title,
            leads: checked_leads(self.leads)?,
            ..self
        })
    }

    fn fits(&self, endpoint_id: i64, title: Option<&str>) -> bool {
        let contains = |part: &String| {
            title.is_some_and(|title| title.to_lowercase().contains(&part.to_lowercase()))
        };
        self.endpoint_id.is_none_or(|id| id == endpoint_id) && self.title.iter().all(contains)
    }
}

/// Times before a booking as they are kept: the earliest first, none twice.
///
/// # Errors
///
/// Fails where they cannot be kept.
pub fn checked_leads(mut leads: Vec<u32>) -> Result<Vec<u32>, RulesError> {
    leads.sort_unstable_by(|one, other| other.cmp(one));
    leads.dedup();
    match leads.first() {
        Some(first) if *first > LONGEST_LEAD => Err(RulesError::Early),
        _ if leads.len() > MOST_LEADS => Err(RulesError::ManyLeads),
        _ => Ok(leads),
    }
}

impl Rules {
    /// The choice as it is kept.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be kept.
    pub fn checked(self) -> Result<Rules, RulesError> {
        if self.rules.len() > MOST_RULES {
            return Err(RulesError::ManyRules);
        }
        if self.day_hour.is_some_and(|hour| hour > 23) {
            return Err(RulesError::Hour);
        }
        if self
            .repeat_minutes
            .is_some_and(|minutes| !(1..=60).contains(&minutes))
        {
            return Err(RulesError::Repeat);
        }
        let rules = self.rules.into_iter().map(Rule::checked);
        Ok(Rules {
            leads: checked_leads(self.leads)?,
            rules: rules.collect::<Result<_, _>>()?,
            ..self
        })
    }

    /// The longest of all times before a booking.
    pub fn longest_lead(&self) -> u32 {
        let of_rules = self.rules.iter().flat_map(|rule| &rule.leads);
        self.leads
            .iter()
            .chain(of_rules)
            .copied()
            .max()
            .unwrap_or(0)
    }

    /// The rule of a booking, if there is one.
    pub fn rule_of(&self, endpoint_id: i64, title: Option<&str>) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.fits(endpoint_id, title))
    }

    /// Whether the reminders of a booking come on the card.
    pub fn has_card(&self, endpoint_id: i64, title: Option<&str>) -> bool {
        self.rule_of(endpoint_id, title)
            .map_or(self.card, |rule| rule.card)
    }
}

/// What the person chose for one booking alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// How many minutes before. None: not at all.
    pub leads: Vec<u32>,
    /// When it was chosen.
    pub since: Timestamp,
}

/// What a reminder is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// So many minutes before the booking begins.
    Lead(u32),
    /// The day of a booking without a time of day.
    Day,
    /// The end of a snooze.
    Snooze(Timestamp),
    /// Nobody has answered the one before.
    Again(Timestamp),
}

/// A moment at which to remind of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The moment.
    pub at: Timestamp,
    /// Why then.
    pub cause: Cause,
}

impl Cause {
    /// What tells a reminder from all others, with the booking and its beginning.
    pub fn once(&self, booking_id: i64, beginning: &str) -> String {
        let cause = match self {
            Cause::Lead(minutes) => (u64::from(*minutes) * 60).to_string(),
            Cause::Day => "day".to_owned(),
            Cause::Snooze(until) => format!("snooze-{}", until.as_microsecond()),
            Cause::Again(at) => format!("again-{}", at.as_microsecond()),
        };
        format!("reminder:{booking_id}:{beginning}:{cause}")
    }

    /// The beginning and the cause of what [`Cause::once`] made.
    pub fn from_once(once: &str) -> Option<(&str, Cause)> {
        let (_, rest) = once.strip_prefix("reminder:")?.split_once(':')?;
        let (beginning, cause) = rest.rsplit_once(':')?;
        let moment = |digits: &str| Timestamp::from_microsecond(digits.parse().ok()?).ok();
        let cause = match cause.split_once('-') {
            Some(("snooze", until)) => Cause::Snooze(moment(until)?),
            Some(("again", at)) => Cause::Again(moment(at)?),
            _ if cause == "day" => Cause::Day,
            _ => Cause::Lead(u32::try_from(cause.parse::<u64>().ok()? / 60).ok()?),
        };
        Some((beginning, cause))
    }
}

/// A reminder that was told of the beginning that a booking has now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub cause: Cause,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When it was shown. `None`: it waits to be, or was held back.
    pub shown_at: Option<Timestamp>,
    /// What the person answered, and when.
    pub answer: Option<(Answer, Timestamp)>,
}

/// A booking, as far as reminders go by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// When it takes place.
    pub slot: Slot,
    /// How it stands.
    pub status: BookingStatus,
    /// Whether the person is done with it.
    pub done: bool,
    /// Its endpoint.
    pub endpoint_id: i64,
    /// What is booked.
    pub title: Option<String>,
    /// When Bellhop first heard that it takes place then.
    pub known_since: Option<Timestamp>,
    /// What the person chose for it alone.
    pub own: Option<Own>,
    /// What was told of this beginning.
    pub told: Vec<Told>,
}
