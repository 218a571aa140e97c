//! What the person said of how notices are told.

use bellhop_core::hours::{self, Days};
use bellhop_core::{notice, rule};
use bellhop_engine::store::rules as table;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::words::{NoticeKind, Provider};

mod preview;

pub use preview::{Difference, Manner, Preview, Telling};

impl From<NoticeKind> for notice::NoticeKind {
    fn from(kind: NoticeKind) -> notice::NoticeKind {
        match kind {
            NoticeKind::Created => notice::NoticeKind::Created,
            NoticeKind::Rescheduled => notice::NoticeKind::Rescheduled,
            NoticeKind::Cancelled => notice::NoticeKind::Cancelled,
            NoticeKind::NoShow => notice::NoticeKind::NoShow,
            NoticeKind::Reminder => notice::NoticeKind::Reminder,
            NoticeKind::Overlap => notice::NoticeKind::Overlap,
            NoticeKind::Trouble => notice::NoticeKind::Trouble,
            NoticeKind::Digest => notice::NoticeKind::Digest,
        }
    }
}

/// A sound that goes with a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Sound {
    None,
    Message,
    Bell,
    Chime,
    Alarm,
    Warning,
}

impl From<rule::Sound> for Sound {
    fn from(sound: rule::Sound) -> Sound {
        match sound {
            rule::Sound::None => Sound::None,
            rule::Sound::Message => Sound::Message,
            rule::Sound::Bell => Sound::Bell,
            rule::Sound::Chime => Sound::Chime,
            rule::Sound::Alarm => Sound::Alarm,
            rule::Sound::Warning => Sound::Warning,
        }
    }
}

impl From<Sound> for rule::Sound {
    fn from(sound: Sound) -> rule::Sound {
        match sound {
            Sound::None => rule::Sound::None,
            Sound::Message => rule::Sound::Message,
            Sound::Bell => rule::Sound::Bell,
            Sound::Chime => rule::Sound::Chime,
            Sound::Alarm => rule::Sound::Alarm,
            Sound::Warning => rule::Sound::Warning,
        }
    }
}

/// What becomes of the notices that a rule speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Effect {
    Listed,
    Normal,
    Urgent,
}

impl From<rule::Effect> for Effect {
    fn from(effect: rule::Effect) -> Effect {
        match effect {
            rule::Effect::Listed => Effect::Listed,
            rule::Effect::Normal => Effect::Normal,
            rule::Effect::Urgent => Effect::Urgent,
        }
    }
}

impl From<Effect> for rule::Effect {
    fn from(effect: Effect) -> rule::Effect {
        match effect {
            Effect::Listed => rule::Effect::Listed,
            Effect::Normal => rule::Effect::Normal,
            Effect::Urgent => rule::Effect::Urgent,
        }
    }
}

/// Times of day, as 22:00. Where the second is not later than the first, it is that of the next day.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Hours {
    pub from: String,
    pub to: String,
}

impl From<hours::Hours> for Hours {
    fn from(hours: hours::Hours) -> Hours {
        let written = |time: Time| time.strftime("%H:%M").to_string();
        Hours {
            from: written(hours.from),
            to: written(hours.to),
        }
    }
}

impl TryFrom<Hours> for hours::Hours {
    type Error = anyhow::Error;

    fn try_from(hours: Hours) -> anyhow::Result<hours::Hours> {
        let read = |text: &str| {
            Time::strptime("%H:%M", text)
                .map_err(|_| anyhow::anyhow!("Write times of day as 22:00."))
        };
        Ok(hours::Hours {
            from: read(&hours.from)?,
            to: read(&hours.to)?,
        })
    }
}

/// What the person said of some notices. A part that is empty or null fits every notice.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Rule {
    pub kinds: Vec<NoticeKind>,
    pub provider: Option<Provider>,
    pub endpoint_id: Option<String>,
    pub title: Option<String>,
    /// Monday first. None of them stands for any.
    pub days: [bool; 7],
    pub hours: Option<Hours>,
    /// null: what would become of them without any rule.
    pub effect: Option<Effect>,
    /// null: that of their kind.
    pub sound: Option<Sound>,
}

impl From<rule::Rule> for Rule {
    fn from(rule: rule::Rule) -> Rule {
        Rule {
            kinds: rule.kinds.into_iter().map(Into::into).collect(),
            provider: rule.provider.map(Into::into),
            endpoint_id: rule.endpoint_id.map(|id| id.to_string()),
            title: rule.title,
            days: rule.when.days.0,
            hours: rule.when.hours.map(Into::into),
            effect: rule.effect.map(Into::into),
            sound: rule.sound.map(Into::into),
        }
    }
}

impl TryFrom<Rule> for rule::Rule {
    type Error = anyhow::Error;

    fn try_from(rule: Rule) -> anyhow::Result<rule::Rule> {
        Ok(rule::Rule {
            kinds: rule.kinds.into_iter().map(Into::into).collect(),
            provider: rule.provider.map(Into::into),
            endpoint_id: rule.endpoint_id.as_deref().map(str::parse).transpose()?,
            title: rule.title,
            when: hours::When {
                days: Days(rule.days),
                hours: rule.hours.map(TryInto::try_into).transpose()?,
            },
            effect: rule.effect.map(Into::into),
            sound: rule.sound.map(Into::into),
        })
    }
}

/// A rule as it is kept. One that another version wrote and this one does not understand is null, and is not applied.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct KeptRule {
    /// null: it is not kept yet.
    pub id: Option<String>,
    pub rule: Option<Rule>,
}

impl From<table::KeptRule> for KeptRule {
    fn from(kept: table::KeptRule) -> KeptRule {
        KeptRule {
            id: kept.id.map(|id| id.to_string()),
            rule: kept.rule.map(Into::into),
        }
    }
}

impl TryFrom<KeptRule> for table::KeptRule {
    type Error = anyhow::Error;

    fn try_from(kept: KeptRule) -> anyhow::Result<table::KeptRule> {
        Ok(table::KeptRule {
            id: kept.id.as_deref().map(str::parse).transpose()?,
            rule: kept.rule.map(TryInto::try_into).transpose()?,
        })
    }
}

/// When notices are held.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
pub struct QuietHours {
    /// For each day of the week, Monday first, the quiet hours that begin on it.
    pub days: [Option<Hours>; 7],
    /// In the desktop's do-not-disturb too.
    pub urgent_breaks_through: bool,
    /// Whether one notice afterwards tells what was held.
    pub sums_up: bool,
}

impl From<hours::QuietHours> for QuietHours {
    fn from(quiet: hours::QuietHours) -> QuietHours {
        QuietHours {
            days: quiet.days.map(|hours| hours.map(Into::into)),
            urgent_breaks_through: quiet.urgent_breaks_through,
            sums_up: quiet.sums_up,
        }
    }
}

impl TryFrom<QuietHours> for hours::QuietHours {
    type Error = anyhow::Error;

    fn try_from(quiet: QuietHours) -> anyhow::Result<hours::QuietHours> {
        let mut days = [None; 7];
        for (day, hours) in days.iter_mut().zip(quiet.days) {
            *day = hours.map(TryInto::try_into).transpose()?;
        }
        Ok(hours::QuietHours {
            days,
            urgent_breaks_through: quiet.urgent_breaks_through,
            sums_up: quiet.sums_up,
        })
    }
}

/// The sound of a kind of notice.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct KindSound {
    pub kind: NoticeKind,
    pub sound: Sound,
}

/// All that the person said of how notices are told, and what the desktop says of itself.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Wishes {
    pub rules: Vec<KeptRule>,
    pub quiet_hours: QuietHours,
    /// One for each kind.
    pub sounds: Vec<KindSound>,
    /// Whether the desktop plays the sounds of notifications. null: it does not say.
    pub plays_sounds: Option<bool>,
    /// Whether the desktop is asked not to disturb. null: it does not say.
    pub do_not_disturb: Option<bool>,
}

impl From<KindSound> for (notice::NoticeKind, rule::Sound) {
    fn from(chosen: KindSound) -> (notice::NoticeKind, rule::Sound) {
        (chosen.kind.into(), chosen.sound.into())
    }
}
