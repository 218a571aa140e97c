//! How Bellhop looks and speaks. It is kept as the window wrote it.

use bellhop_core::notice;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How Bellhop looks and speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the settings")]
pub struct Look {
    pub appearance: Appearance,
    pub language: LanguageChoice,
    pub clock: ClockChoice,
    pub first_weekday: FirstWeekday,
}

impl Look {
    /// What was kept. What only another version knows, is as the system has it.
    pub fn of(kept: Option<&str>) -> Look {
        kept.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the settings")]
pub enum Appearance {
    #[default]
    System,
    Light,
    Dark,
}

/// The language that Bellhop speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the settings")]
pub enum LanguageChoice {
    #[default]
    System,
    En,
    De,
}

/// How a time of day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the settings")]
pub enum ClockChoice {
    #[default]
    System,
    H12,
    H24,
}

/// With which day a week begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the settings")]
pub enum FirstWeekday {
    #[default]
    System,
    Monday,
    Saturday,
    Sunday,
}

/// How much notifications tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the settings")]
pub enum Privacy {
    Full,
    WithoutNames,
    Nothing,
}

impl From<notice::Privacy> for Privacy {
    fn from(privacy: notice::Privacy) -> Privacy {
        match privacy {
            notice::Privacy::Full => Privacy::Full,
            notice::Privacy::WithoutNames => Privacy::WithoutNames,
            notice::Privacy::Nothing => Privacy::Nothing,
        }
    }
}

impl From<Privacy> for notice::Privacy {
    fn from(privacy: Privacy) -> notice::Privacy {
        match privacy {
            Privacy::Full => notice::Privacy::Full,
            Privacy::WithoutNames => notice::Privacy::WithoutNames,
            Privacy::Nothing => notice::Privacy::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_version_wrote_is_read_as_far_as_it_is_known() {
        let look = Look::of(Some(
            r#"{"appearance":"dark","language":"de","accent":"red"}"#,
        ));
        assert_eq!(look.appearance, Appearance::Dark);
        assert_eq!(look.language, LanguageChoice::De);
        assert_eq!(look.clock, ClockChoice::System);
        assert_eq!(Look::of(Some(r#"{"appearance":"sepia"}"#)), Look::default());
        assert_eq!(Look::of(None), Look::default());
    }
}
