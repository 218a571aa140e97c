//! Reminders: what the person chose, what comes next, and the card.

use bellhop_core::notice;
use bellhop_core::reminder::{Mark, Rule, Rules};
use bellhop_engine::store::reminders::Candidate;
use bellhop_engine::{reminding, store};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::text;
use super::words::Provider;

/// Another choice for some bookings. `leads` are minutes before a booking begins; none: not at all.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the settings")]
pub struct ReminderRule {
    pub endpoint_id: Option<String>,
    /// A part of the title, in whatever case.
    pub title: Option<String>,
    pub leads: Vec<u32>,
    pub card: bool,
}

/// When to remind of bookings. The first rule that fits is a booking's.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the settings")]
pub struct ReminderRules {
    pub leads: Vec<u32>,
    pub card: bool,
    pub rules: Vec<ReminderRule>,
    /// For bookings without a time of day.
    pub day_hour: Option<u8>,
    pub repeat_minutes: Option<u32>,
}

impl From<Rules> for ReminderRules {
    fn from(rules: Rules) -> ReminderRules {
        let rule = |rule: Rule| ReminderRule {
            endpoint_id: text(rule.endpoint_id),
            title: rule.title,
            leads: rule.leads,
            card: rule.card,
        };
        ReminderRules {
            leads: rules.leads,
            card: rules.card,
            rules: rules.rules.into_iter().map(rule).collect(),
            day_hour: rules.day_hour,
            repeat_minutes: rules.repeat_minutes,
        }
    }
}

impl ReminderRules {
    /// As the engine has them, with the rows of the endpoints read by `row`.
    ///
    /// # Errors
    ///
    /// Fails where an id is none.
    pub fn read(self, row: impl Fn(&str) -> anyhow::Result<i64>) -> anyhow::Result<Rules> {
        let rule = |rule: ReminderRule| {
            anyhow::Ok(Rule {
                endpoint_id: rule.endpoint_id.as_deref().map(&row).transpose()?,
                title: rule.title,
                leads: rule.leads,
                card: rule.card,
            })
        };
        Ok(Rules {
            leads: self.leads,
            card: self.card,
            rules: self.rules.into_iter().map(rule).collect::<Result<_, _>>()?,
            day_hour: self.day_hour,
            repeat_minutes: self.repeat_minutes,
            since: None,
        })
    }
}

/// A reminder that will come.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct NextReminder {
    pub booking_id: String,
    pub who: Option<String>,
    /// When it comes.
    pub at: String,
    pub start: Option<String>,
    pub date: Option<String>,
}

impl From<(Candidate, Mark)> for NextReminder {
    fn from((candidate, mark): (Candidate, Mark)) -> NextReminder {
        let slot = &candidate.subject.slot;
        NextReminder {
            booking_id: candidate.booking_id.to_string(),
            who: candidate.attendee.display().map(str::to_owned),
            at: mark.at.to_string(),
            start: text(slot.start()),
            date: text(slot.date()),
        }
    }
}

/// What the person chose, and what comes of it next.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Reminders {
    pub rules: ReminderRules,
    pub next: Vec<NextReminder>,
}

/// A reminder of a booking that was told, or was to be.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct ToldReminder {
    pub at: String,
    pub shown_at: Option<String>,
    pub held: bool,
}

impl From<store::reminders::Reminder> for ToldReminder {
    fn from(reminder: store::reminders::Reminder) -> ToldReminder {
        ToldReminder {
            at: reminder.moment().to_string(),
            shown_at: text(reminder.shown_at),
            held: reminder.held,
        }
    }
}

/// The reminders of one booking.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
pub struct BookingReminders {
    /// Whether it still comes, so that there is something to choose.
    pub ahead: bool,
    /// What was chosen for it alone; `null`: it goes by the rules.
    pub own: Option<Vec<u32>>,
    /// The moments that come.
    pub waiting: Vec<String>,
    /// Those that have come.
    pub told: Vec<ToldReminder>,
}

impl From<reminding::BookingReminders> for BookingReminders {
    fn from(reminders: reminding::BookingReminders) -> BookingReminders {
        let waiting = reminders.waiting.iter();
        BookingReminders {
            ahead: reminders.ahead,
            own: reminders.own,
            waiting: waiting.map(|mark| mark.at.to_string()).collect(),
            told: reminders.told.into_iter().map(Into::into).collect(),
        }
    }
}

/// A booking on the card. Where others may see it, it tells less: `null` is not to be told.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Card {
    pub booking_id: String,
    /// `null` where nobody is to be named, or nobody is known.
    pub who: Option<String>,
    /// Whether who it is may be told.
    pub named: bool,
    pub title: Option<String>,
    pub provider: Option<Provider>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub date: Option<String>,
}

impl Card {
    /// A booking, as far as it may be told.
    pub fn of(candidate: Candidate, privacy: notice::Privacy) -> Card {
        let named = privacy == notice::Privacy::Full;
        let slot = &candidate.subject.slot;
        Card {
            booking_id: candidate.booking_id.to_string(),
            who: candidate
                .attendee
                .display()
                .filter(|_| named)
                .map(str::to_owned),
            named,
            start: text(slot.start()),
            end: text(slot.end()),
            date: text(slot.date()),
            title: candidate.subject.title.filter(|_| named),
            provider: (privacy != notice::Privacy::Nothing).then_some(candidate.provider.into()),
        }
    }
}
