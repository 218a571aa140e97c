//! What came in, what is today, and what may have been missed.

use bellhop_core::digest::{self, Contents};
use bellhop_engine::digesting::Page;
use bellhop_engine::store::digests;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::calendar::CalendarBooking;
use super::gaps::Gap;
use super::overlaps::OverlapPair;
use super::text;
use super::words::NoticeKind;

/// When the person wants a digest. `weekdays` are from Monday on.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct DigestSchedule {
    pub morning: bool,
    pub hour: i8,
    pub weekdays: [bool; 7],
    pub even_if_nothing: bool,
    pub after_gap: bool,
}

impl From<digest::Schedule> for DigestSchedule {
    fn from(schedule: digest::Schedule) -> DigestSchedule {
        let digest::Schedule {
            morning,
            hour,
            weekdays,
            even_if_nothing,
            after_gap,
        } = schedule;
        DigestSchedule {
            morning,
            hour,
            weekdays,
            even_if_nothing,
            after_gap,
        }
    }
}

impl From<DigestSchedule> for digest::Schedule {
    fn from(schedule: DigestSchedule) -> digest::Schedule {
        let DigestSchedule {
            morning,
            hour,
            weekdays,
            even_if_nothing,
            after_gap,
        } = schedule;
        digest::Schedule {
            morning,
            hour: hour.clamp(0, 23),
            weekdays,
            even_if_nothing,
            after_gap,
        }
    }
}

/// A notification that the desktop did not show: because they were paused or it was in quiet hours, or, where `held` is
/// null, because it did not take it.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct MissedNotice {
    pub id: String,
    pub kind: NoticeKind,
    pub booking_id: Option<String>,
    pub title: String,
    pub at: String,
    pub held: Option<String>,
}

impl From<digests::NotShown> for MissedNotice {
    fn from(notice: digests::NotShown) -> MissedNotice {
        MissedNotice {
            id: notice.id.to_string(),
            kind: notice.kind.into(),
            booking_id: text(notice.booking_id),
            title: notice.title,
            at: notice.at.to_string(),
            held: notice.held.map(|held| held.as_str().to_owned()),
        }
    }
}

/// What came in since a moment, by its kind; the bookings of today that take place, in the order of their times; and what
/// may have been missed since.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Digest {
    pub since: String,
    pub created: u32,
    pub rescheduled: u32,
    pub cancelled: u32,
    pub no_shows: u32,
    pub today: Vec<CalendarBooking>,
    pub gaps: Vec<Gap>,
    pub not_shown: Vec<MissedNotice>,
    pub overlaps: Vec<OverlapPair>,
}

impl From<Page> for Digest {
    fn from(page: Page) -> Digest {
        let Contents {
            created,
            rescheduled,
            cancelled,
            no_shows,
            ..
        } = page.contents;
        let today = page.today.into_iter();
        let overlaps = page.overlaps.into_iter();
        Digest {
            since: page.since.to_string(),
            created,
            rescheduled,
            cancelled,
            no_shows,
            today: today
                .map(|(booking, overlaps)| CalendarBooking::of(booking, &overlaps))
                .collect(),
            gaps: page.gaps.into_iter().map(Into::into).collect(),
            not_shown: page.not_shown.into_iter().map(Into::into).collect(),
            overlaps: overlaps
                .map(|(overlap, sides)| OverlapPair::of(&overlap, sides))
                .collect(),
        }
    }
}
