//! What other rules and quiet hours would have changed.

use bellhop_core::{notice, rule};
use bellhop_engine::rules as engine;
use serde::Serialize;
use ts_rs::TS;

use super::{NoticeKind, Sound};

/// How a notice is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
pub enum Telling {
    /// As a bubble.
    Shown,
    /// As a bubble that stays until it is answered.
    Urgent,
    /// In the list alone, since a rule says so.
    Listed,
    /// In the list, and summed up after quiet hours.
    QuietHours,
}

/// How a notice is told, and with which sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Manner {
    pub telling: Telling,
    pub sound: Sound,
}

impl From<rule::Manner> for Manner {
    fn from(manner: rule::Manner) -> Manner {
        Manner {
            telling: match (manner.held, manner.loudness) {
                (Some(notice::Held::QuietHours), _) => Telling::QuietHours,
                (Some(_), _) => Telling::Listed,
                (None, notice::Loudness::Urgent) => Telling::Urgent,
                (None, _) => Telling::Shown,
            },
            sound: manner.sound.into(),
        }
    }
}

/// A notice of the past that other wishes would have told in another way.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Difference {
    pub notice_id: String,
    pub kind: NoticeKind,
    pub title: String,
    pub at: String,
    pub before: Manner,
    pub after: Manner,
}

/// What other wishes would have changed, newest first.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, export_to = "types.ts")]
pub struct Preview {
    /// How many notices were looked at, the newest.
    pub of: u32,
    /// Those that would have been told in another way.
    pub differences: Vec<Difference>,
}

impl From<engine::Preview> for Preview {
    fn from(preview: engine::Preview) -> Preview {
        let differences = preview.differences.into_iter();
        let differences = differences.map(|difference| Difference {
            notice_id: difference.notice_id.to_string(),
            kind: difference.kind.into(),
            title: difference.title,
            at: difference.at.to_string(),
            before: difference.before.into(),
            after: difference.after.into(),
        });
        Preview {
            of: u32::try_from(preview.of).unwrap_or(u32::MAX),
            // What the window tells apart; a held notice is as loud as it would have been.
            differences: differences
                .filter(|difference| difference.before != difference.after)
                .collect(),
        }
    }
}
