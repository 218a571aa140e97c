//! Times in which we could not be reached: why, and what each provider does about them.
//!
//! A [`Gap`] grows while it goes on: another trouble than before is the same gap. [`outlook`] says what became of the
//! calls that a provider made in it, [`word`] says it to the person.

mod outlook;
mod retries;
mod wording;

pub use outlook::{Outlook, Span, outlook};
pub use retries::{Plan, Retries};
pub use wording::{Words, word};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// A gap that is shorter is not kept, unless a call was refused in it. A tunnel finds back within seconds whenever the
/// network changes, and the soonest second try that any provider publishes comes after a minute.
pub const SHORTEST: SignedDuration = SignedDuration::from_secs(10);

/// Two gaps with less time between them are one: a tunnel that comes and goes is one trouble, and providers wait at
/// least a minute before they try again.
pub const BETWEEN: SignedDuration = SignedDuration::from_secs(60);

/// Why we could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Bellhop had been quit.
    NotRunning,
    /// Bellhop had not been quit and was gone all the same: a crash, a power cut.
    EndedUnexpectedly,
    /// The computer slept.
    Asleep,
    /// Bellhop ran, and calls to its public address did not arrive.
    Tunnel,
    /// Calls arrived and could not be stored.
    Storage,
}

impl Cause {
    const ALL: [Cause; 5] = [
        Cause::NotRunning,
        Cause::EndedUnexpectedly,
        Cause::Asleep,
        Cause::Tunnel,
        Cause::Storage,
    ];

    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::NotRunning => "not_running",
            Cause::EndedUnexpectedly => "ended_unexpectedly",
            Cause::Asleep => "asleep",
            Cause::Tunnel => "tunnel",
            Cause::Storage => "storage",
        }
    }

    /// The cause that a word names.
    pub fn from_word(word: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.as_str() == word)
    }
}

/// What is wrong at a moment of a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Why we cannot be reached.
    pub cause: Cause,
    /// The tunnel service's code, where it gave one.
    pub code: Option<String>,
    /// What whoever noticed it says about it, in a sentence.
    pub detail: Option<String>,
}

impl Trouble {
    /// A trouble of which no more is known than its cause.
    pub fn of(cause: Cause) -> Trouble {
        Trouble {
            cause,
            code: None,
            detail: None,
        }
    }

    /// Whether the other is the same in other words.
    pub fn is_like(&self, other: &Trouble) -> bool {
        self.cause == other.cause && self.code == other.code
    }
}

/// A time in which we could not be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When it began.
    pub began_at: Timestamp,
    /// When we could be reached again. `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// What is wrong now, or was when it ended.
    pub present: Trouble,
    /// Since when.
    pub present_since: Timestamp,
    /// Of the troubles before the present one, the one that lasted longest at a stretch, and for how long.
    pub longest: Option<(Trouble, SignedDuration)>,
    /// The clock was set back meanwhile, so the times may be wrong.
    pub uncertain: bool,
}

impl Gap {
    /// A gap that begins.
    pub fn begin(trouble: Trouble, at: Timestamp) -> Gap {
        Gap {
            began_at: at,
            ended_at: None,
            present: trouble,
            present_since: at,
            longest: None,
            uncertain: false,
        }
    }

    /// From `at` on it is another trouble that keeps us from being reached. A gap that has ended begins again.
    pub fn turn(&mut self, trouble: Trouble, at: Timestamp) {
        let at = at.max(self.present_since);
        if self.ended_at.take().is_none() && self.present.is_like(&trouble) {
            return;
        }
        let lasted = at.duration_since(self.present_since);
        let before = std::mem::replace(&mut self.present, trouble);
        self.present_since = at;
        if self.longest.as_ref().is_none_or(|(_, most)| lasted > *most) {
            self.longest = Some((before, lasted));
        }
    }

    /// We can be reached again.
    pub fn end(&mut self, at: Timestamp) {
        self.uncertain |= at < self.present_since;
        self.ended_at = Some(at.max(self.present_since));
    }

    /// Whether a trouble at `at` is still this gap.
    pub fn is_continued_at(&self, at: Timestamp) -> bool {
        self.ended_at
            .is_none_or(|ended| at.duration_since(ended) < BETWEEN)
    }

    /// Whether it has ended so soon that nobody needs to know.
    pub fn is_trifle(&self) -> bool {
        let lasted = self.ended_at.map(|end| end.duration_since(self.began_at));
        !self.uncertain && lasted.is_some_and(|lasted| lasted < SHORTEST)
    }

    /// What it was mostly: what is wrong now while it goes on, else what lasted longest.
    pub fn trouble(&self) -> &Trouble {
        let Some((longest, most)) = &self.longest else {
            return &self.present;
        };
        match self.ended_at {
            Some(ended) if *most > ended.duration_since(self.present_since) => longest,
            _ => &self.present,
        }
    }

    /// Its time.
    pub fn span(&self) -> Span {
        Span {
            begin: self.began_at,
            end: self.ended_at,
        }
    }
}
