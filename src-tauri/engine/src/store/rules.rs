//! Table `rule`, and the settings beside it: what the person said of how notices are told.
//!
//! What cannot be read is never a reason to lose a notice: such a rule is not applied, and such quiet hours are none.

mod past;
mod summary;

use std::collections::{BTreeMap, BTreeSet};

use bellhop_core::hours::{Days, Hours, QuietHours, When};
use bellhop_core::notice::NoticeKind;
use bellhop_core::rule::{Effect, Rule, Sound, Wishes};
use jiff::civil::Time;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::columns::{rows, to_json};
use super::{Result, settings};

pub(crate) use past::{booked, mark_quieted, quieted, told};
pub(crate) use summary::{
    SUMMARY, put_into_summary, put_off_summary, remove_summary, waiting_summary, word_summary,
};

/// A rule as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRule {
    /// Its row. `None`: it is not kept yet.
    pub id: Option<i64>,
    /// What it says. `None`: it was written by another version and is not understood.
    pub rule: Option<Rule>,
}

/// What a row says, in words. A part that this version does not know makes the whole of it unreadable: without that part
/// it would speak of more notices than it was made for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    kinds: Vec<String>,
    provider: Option<String>,
    endpoint_id: Option<i64>,
    title: Option<String>,
    days: [bool; 7],
    hours: Option<(Time, Time)>,
    effect: Option<String>,
    sound: Option<String>,
}

impl Said {
    fn of(rule: &Rule) -> Said {
        let title = rule.title.as_deref().map(str::trim);
        Said {
            kinds: rule
                .kinds
                .iter()
                .map(|kind| kind.as_str().to_owned())
                .collect(),
            provider: rule.provider.map(|provider| provider.as_str().to_owned()),
            endpoint_id: rule.endpoint_id,
            title: title.filter(|title| !title.is_empty()).map(str::to_owned),
            days: rule.when.days.0,
            hours: rule.when.hours.map(|hours| (hours.from, hours.to)),
            effect: rule.effect.map(|effect| effect.as_str().to_owned()),
            sound: rule.sound.map(|sound| sound.as_str().to_owned()),
        }
    }

    fn rule(self) -> Option<Rule> {
        let kinds: Option<Vec<NoticeKind>> = self
            .kinds
            .iter()
            .map(|word| NoticeKind::from_word(word))
            .collect();
        Some(Rule {
            kinds: kinds?,
            provider: known(self.provider, |word| word.parse().ok())?,
            endpoint_id: self.endpoint_id,
            title: self.title,
            when: When {
                days: Days(self.days),
                hours: self.hours.map(|(from, to)| Hours { from, to }),
            },
            effect: known(self.effect, Effect::from_word)?,
            sound: known(self.sound, Sound::from_word)?,
        })
    }
}

/// `None` where there is a word, and it is not known.
fn known<T>(word: Option<String>, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match word {
        Some(word) => read(&word).map(Some),
        None => Some(None),
    }
}

/// Every rule, in the person's order.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn all(connection: &Connection) -> Result<Vec<KeptRule>> {
    let mut statement =
        connection.prepare_cached("SELECT id, says FROM rule ORDER BY place, id")?;
    rows(&mut statement, [], |row| {
        let says: String = row.get("says")?;
        Ok(KeptRule {
            id: Some(row.get("id")?),
            rule: serde_json::from_str(&says).ok().and_then(Said::rule),
        })
    })
}

/// Keeps these rules, in this order, and no others. One that is not understood stays as it is.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn keep(connection: &Connection, kept: &[KeptRule]) -> Result<()> {
    let before: BTreeSet<i64> = all(connection)?
        .into_iter()
        .filter_map(|rule| rule.id)
        .collect();
    let after: BTreeSet<i64> = kept.iter().filter_map(|rule| rule.id).collect();
    for gone in before.difference(&after) {
        connection
            .prepare_cached("DELETE FROM rule WHERE id = ?1")?
            .execute([gone])?;
    }
    for (place, KeptRule { id, rule }) in (0_i64..).zip(kept) {
        let says = rule
            .as_ref()
            .map(|rule| to_json(&Said::of(rule), "rule.says"))
            .transpose()?;
        match (id.filter(|id| before.contains(id)), says) {
            (Some(id), says) => connection
                .prepare_cached(
                    "UPDATE rule SET place = ?2, says = coalesce(?3, says) WHERE id = ?1",
                )?
                .execute(params![id, place, says])?,
            (None, Some(says)) => connection
                .prepare_cached("INSERT INTO rule (place, says) VALUES (?1, ?2)")?
                .execute(params![place, says])?,
            (None, None) => 0,
        };
    }
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct KeptQuietHours {
    days: [Option<(Time, Time)>; 7],
    urgent_breaks_through: bool,
    sums_up: bool,
}

/// The quiet hours.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn quiet_hours(connection: &Connection) -> Result<QuietHours> {
    let kept = settings::get(connection, settings::QUIET_HOURS)?
        .and_then(|text| serde_json::from_str::<KeptQuietHours>(&text).ok());
    Ok(kept.map_or_else(QuietHours::default, |kept| QuietHours {
        days: kept
            .days
            .map(|hours| hours.map(|(from, to)| Hours { from, to })),
        urgent_breaks_through: kept.urgent_breaks_through,
        sums_up: kept.sums_up,
    }))
}

/// Keeps the quiet hours.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn keep_quiet_hours(connection: &Connection, quiet_hours: &QuietHours) -> Result<()> {
    let kept = KeptQuietHours {
        days: quiet_hours
            .days
            .map(|hours| hours.map(|hours| (hours.from, hours.to))),
        urgent_breaks_through: quiet_hours.urgent_breaks_through,
        sums_up: quiet_hours.sums_up,
    };
    let kept = to_json(&kept, "setting.quiet_hours")?;
    settings::set(connection, settings::QUIET_HOURS, Some(&kept))
}

/// The sounds that are others than the usual ones.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn sounds(connection: &Connection) -> Result<Vec<(NoticeKind, Sound)>> {
    let kept = settings::get(connection, settings::SOUNDS)?
        .and_then(|text| serde_json::from_str::<BTreeMap<String, String>>(&text).ok())
        .unwrap_or_default();
    let known = |(kind, sound): (&String, &String)| {
        Some((NoticeKind::from_word(kind)?, Sound::from_word(sound)?))
    };
    Ok(kept.iter().filter_map(known).collect())
}

/// Keeps the sounds of kinds.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn keep_sounds(connection: &Connection, sounds: &[(NoticeKind, Sound)]) -> Result<()> {
    let kept: BTreeMap<&str, &str> = sounds
        .iter()
        .filter(|(kind, sound)| *sound != Sound::usual(*kind))
        .map(|(kind, sound)| (kind.as_str(), sound.as_str()))
        .collect();
    let kept = to_json(&kept, "setting.sounds")?;
    settings::set(connection, settings::SOUNDS, Some(&kept))
}

/// All that the person has said of how notices are told. What is not understood is left out.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn wishes(connection: &Connection) -> Result<Wishes> {
    Ok(Wishes {
        rules: all(connection)?
            .into_iter()
            .filter_map(|kept| kept.rule)
            .collect(),
        quiet_hours: quiet_hours(connection)?,
        sounds: sounds(connection)?,
    })
}
