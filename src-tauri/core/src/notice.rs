//! What to tell the person, and in which words.

mod wording;

pub use wording::{discreet, headline, somebody, word};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::event::EventKind;
use crate::language::{Clock, Language};
use crate::slot::Slot;

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// Who, and what happened.
    pub title: String,
    /// What and when; lines are separated by a line feed.
    pub body: String,
}

/// How much a notification tells, since others may see the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// Who, what and when.
    #[default]
    Full,
    /// What happened, when and at which booking system. Nothing that names a person, and neither what is booked nor why,
    /// which may.
    WithoutNames,
    /// That something happened.
    Nothing,
}

impl Privacy {
    /// The word under which it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Privacy::Full => "full",
            Privacy::WithoutNames => "without_names",
            Privacy::Nothing => "nothing",
        }
    }

    /// The level of a word made by [`Privacy::as_str`].
    pub fn from_word(word: &str) -> Option<Privacy> {
        [Privacy::Full, Privacy::WithoutNames, Privacy::Nothing]
            .into_iter()
            .find(|privacy| privacy.as_str() == word)
    }
}

/// What a notice tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// A new booking.
    Created,
    /// A booking that was moved.
    Rescheduled,
    /// A cancellation.
    Cancelled,
    /// Somebody who did not come.
    NoShow,
    /// A booking that begins soon.
    Reminder,
    /// Two bookings that want the same time.
    Overlap,
    /// An endpoint, or the way to all of them, that needs the person.
    Trouble,
    /// What came in, what is to come and what may have been missed.
    Digest,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [NoticeKind; 8] = [
        NoticeKind::Created,
        NoticeKind::Rescheduled,
        NoticeKind::Cancelled,
        NoticeKind::NoShow,
        NoticeKind::Reminder,
        NoticeKind::Overlap,
        NoticeKind::Trouble,
        NoticeKind::Digest,
    ];

    /// The kind under which an event is told. `None` where it is no act that the person is told of.
    pub fn of_event(kind: EventKind) -> Option<NoticeKind> {
        match kind {
            EventKind::Created => Some(NoticeKind::Created),
            EventKind::Rescheduled => Some(NoticeKind::Rescheduled),
            EventKind::Cancelled => Some(NoticeKind::Cancelled),
            EventKind::NoShow => Some(NoticeKind::NoShow),
            _ => None,
        }
    }

    /// The word under which it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Created => "created",
            NoticeKind::Rescheduled => "rescheduled",
            NoticeKind::Cancelled => "cancelled",
            NoticeKind::NoShow => "no_show",
            NoticeKind::Reminder => "reminder",
            NoticeKind::Overlap => "overlap",
            NoticeKind::Trouble => "trouble",
            NoticeKind::Digest => "digest",
        }
    }

    /// The kind of a word made by [`NoticeKind::as_str`].
    pub fn from_word(word: &str) -> Option<NoticeKind> {
        NoticeKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// How much a notification asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loudness {
    /// It is there, and makes no sound.
    Silent,
    /// As the desktop shows them.
    #[default]
    Normal,
    /// It stays until it is answered.
    Urgent,
}

impl Loudness {
    /// The word under which it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Loudness::Silent => "silent",
            Loudness::Normal => "normal",
            Loudness::Urgent => "urgent",
        }
    }

    /// The loudness of a word made by [`Loudness::as_str`].
    pub fn from_word(word: &str) -> Option<Loudness> {
        [Loudness::Silent, Loudness::Normal, Loudness::Urgent]
            .into_iter()
            .find(|loudness| loudness.as_str() == word)
    }
}

/// A cancellation within this time of the booking's begin is urgent: it is today's or tomorrow's plan that changes, and
/// the time that becomes free can still be given to somebody else.
pub const SHORT_NOTICE: SignedDuration = SignedDuration::from_hours(24);

/// How much attention the notice of an act asks for, unless the person's rules say otherwise.
pub fn loudness(kind: EventKind, when: Option<&Slot>, here: &Here) -> Loudness {
    let is_near = when.is_some_and(|slot| match slot {
        Slot::Timed { start, end } => {
            let is_over = end.unwrap_or(*start) <= here.now;
            !is_over && start.duration_since(here.now) <= SHORT_NOTICE
        }
        // Without a time of day: it is today, or tomorrow.
        Slot::Day { date, .. } => {
            let today = here.now.to_zoned(here.time_zone.clone()).date();
            *date == today || today.tomorrow().is_ok_and(|tomorrow| *date == tomorrow)
        }
    });
    match kind {
        EventKind::Cancelled if is_near => Loudness::Urgent,
        _ => Loudness::Normal,
    }
}

/// Why a notice is listed and not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Notifications were paused.
    Paused,
    /// It came in quiet hours.
    QuietHours,
    /// A rule of the person says so.
    Rule,
    /// The person had seen what it tells of before.
    Seen,
    /// What it tells of was over.
    Over,
}

impl Held {
    /// The word under which it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Held::Paused => "paused",
            Held::QuietHours => "quiet_hours",
            Held::Rule => "rule",
            Held::Seen => "seen",
            Held::Over => "over",
        }
    }

    /// The reason of a word made by [`Held::as_str`].
    pub fn from_word(word: &str) -> Option<Held> {
        [
            Held::Paused,
            Held::QuietHours,
            Held::Rule,
            Held::Seen,
            Held::Over,
        ]
        .into_iter()
        .find(|held| held.as_str() == word)
    }
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// All of it.
    pub full: Wording,
    /// What others may see. It is put together from what cannot name anybody, rather than cut out of `full`.
    pub discreet: Wording,
}

impl Words {
    /// As much of it as is to be told.
    pub fn at(&self, privacy: Privacy) -> Wording {
        match privacy {
            Privacy::Full => self.full.clone(),
            Privacy::WithoutNames => self.discreet.clone(),
            Privacy::Nothing => Wording {
                title: self.discreet.title.clone(),
                body: String::new(),
            },
        }
    }
}

/// Whether a kind of event is an act that the person is told of.
pub fn is_announced(kind: EventKind) -> bool {
    NoticeKind::of_event(kind).is_some()
}

/// The moment and the place for which something is worded, and how.
#[derive(Clone, Debug)]
pub struct Here {
    /// Now.
    pub now: Timestamp,
    /// The person's time zone.
    pub time_zone: TimeZone,
    /// The person's language.
    pub language: Language,
    /// The person's clock.
    pub clock: Clock,
}

impl Here {
    /// For a program: in English, with 24 hours.
    pub fn new(now: Timestamp, time_zone: TimeZone) -> Here {
        Here {
            now,
            time_zone,
            language: Language::En,
            clock: Clock::H24,
        }
    }
}
