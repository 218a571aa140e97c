//! The list of notices, and whether the desktop shows any.

use bellhop_core::answer::{Answer, Snooze};
use bellhop_core::notice::{self, Held};
use bellhop_engine::announcing::Opens;
use bellhop_engine::{desktop, store};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::text;
use super::words::{NoticeKind, Provider};

/// What the person answered to a notice.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum NoticeAnswer {
    Opened,
    Done,
    Snoozed,
    #[serde(rename = "snoozed_1")]
    SnoozedMinute,
    #[serde(rename = "snoozed_5")]
    SnoozedFiveMinutes,
    #[serde(rename = "snoozed_10")]
    SnoozedTenMinutes,
    #[serde(rename = "snoozed_start")]
    SnoozedUntilStart,
    Dismissed,
}

impl From<Answer> for NoticeAnswer {
    fn from(answer: Answer) -> NoticeAnswer {
        match answer {
            Answer::Opened => NoticeAnswer::Opened,
            Answer::Done => NoticeAnswer::Done,
            Answer::Snoozed => NoticeAnswer::Snoozed,
            Answer::Later(Snooze::Minute) => NoticeAnswer::SnoozedMinute,
            Answer::Later(Snooze::FiveMinutes) => NoticeAnswer::SnoozedFiveMinutes,
            Answer::Later(Snooze::TenMinutes) => NoticeAnswer::SnoozedTenMinutes,
            Answer::Later(Snooze::UntilStart) => NoticeAnswer::SnoozedUntilStart,
            Answer::Dismissed => NoticeAnswer::Dismissed,
        }
    }
}

impl From<NoticeAnswer> for Answer {
    fn from(answer: NoticeAnswer) -> Answer {
        match answer {
            NoticeAnswer::Opened => Answer::Opened,
            NoticeAnswer::Done => Answer::Done,
            NoticeAnswer::Snoozed => Answer::Snoozed,
            NoticeAnswer::SnoozedMinute => Answer::Later(Snooze::Minute),
            NoticeAnswer::SnoozedFiveMinutes => Answer::Later(Snooze::FiveMinutes),
            NoticeAnswer::SnoozedTenMinutes => Answer::Later(Snooze::TenMinutes),
            NoticeAnswer::SnoozedUntilStart => Answer::Later(Snooze::UntilStart),
            NoticeAnswer::Dismissed => Answer::Dismissed,
        }
    }
}

/// Why a notice was not shown. `waiting`: nobody refused it, and the desktop has not taken it.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum NotShown {
    Waiting,
    Paused,
    QuietHours,
    Rule,
    Seen,
    Over,
}

impl From<Option<Held>> for NotShown {
    fn from(held: Option<Held>) -> NotShown {
        match held {
            None => NotShown::Waiting,
            Some(Held::Paused) => NotShown::Paused,
            Some(Held::QuietHours) => NotShown::QuietHours,
            Some(Held::Rule) => NotShown::Rule,
            Some(Held::Seen) => NotShown::Seen,
            Some(Held::Over) => NotShown::Over,
        }
    }
}

/// Where a notice leads that is about no booking.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum NoticePlace {
    Timeline,
    Today,
    Endpoints,
    Reach,
}

/// A notice, shown or not. `title` and `body` are what was told, in the words of that moment.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
pub struct Notice {
    /// Its row.
    pub id: String,
    /// What it tells of.
    pub kind: NoticeKind,
    /// Its first line.
    pub title: String,
    /// What and when.
    pub body: String,
    /// The booking system that it is about.
    pub provider: Option<Provider>,
    /// The booking that it is about.
    pub booking_id: Option<String>,
    /// The call that told of it.
    pub delivery_id: Option<String>,
    /// Where it leads if it is about no booking and no call.
    pub place: NoticePlace,
    /// When it was shown, or was to be.
    pub at: String,
    /// When it was planned.
    pub planned_at: String,
    /// When the desktop had taken it.
    pub shown_at: Option<String>,
    /// Why it was not; null where it was.
    pub not_shown: Option<NotShown>,
    /// Whether the desktop was asked not to disturb.
    pub quieted: bool,
    /// What the person answered.
    pub answer: Option<NoticeAnswer>,
    /// When.
    pub answered_at: Option<String>,
}

impl From<store::notices::Listed> for Notice {
    fn from(listed: store::notices::Listed) -> Notice {
        let place = match Opens::of(&listed.notice) {
            Opens::Timeline | Opens::Booking(_) => NoticePlace::Timeline,
            Opens::Today => NoticePlace::Today,
            Opens::Endpoints => NoticePlace::Endpoints,
            Opens::Reach => NoticePlace::Reach,
        };
        let notice::Wording { title, body } = listed.notice.words.full;
        Notice {
            id: listed.notice.id.to_string(),
            kind: listed.notice.kind.into(),
            title,
            body,
            provider: listed.notice.provider.map(Into::into),
            booking_id: text(listed.notice.booking_id),
            delivery_id: text(listed.delivery_id),
            place,
            at: listed.at.to_string(),
            planned_at: listed.planned_at.to_string(),
            shown_at: text(listed.shown_at),
            not_shown: listed.shown_at.is_none().then(|| listed.held.into()),
            quieted: listed.quieted,
            answer: listed.answer.map(|(answer, _)| answer.into()),
            answered_at: text(listed.answer.map(|(_, at)| at)),
        }
    }
}

/// Which notices to list: those after `before`, which is the `next` of the page before.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct NoticeQuery {
    pub unshown: bool,
    pub before: Option<String>,
    pub limit: u32,
}

/// A page of notices, newest first.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct NoticePage {
    pub notices: Vec<Notice>,
    pub next: Option<String>,
}

/// Something that keeps the person from notifications, and what to do about it.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
pub struct DesktopTrouble {
    /// Its word.
    pub code: &'static str,
    /// What it means, and what to do.
    pub message: String,
    /// Whether nothing is seen at all.
    pub hides_all: bool,
}

/// Whether the desktop shows notifications: it does where there is no trouble.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
pub struct DesktopShows {
    /// Who shows them.
    pub by: Option<String>,
    /// What keeps the person from them.
    pub troubles: Vec<DesktopTrouble>,
}

impl From<desktop::Shows> for DesktopShows {
    fn from(shows: desktop::Shows) -> DesktopShows {
        let troubles = shows.troubles.iter().map(|trouble| DesktopTrouble {
            code: trouble.as_str(),
            message: trouble.sentence(),
            hides_all: trouble.hides_all(),
        });
        DesktopShows {
            troubles: troubles.collect(),
            by: shows.by,
        }
    }
}
