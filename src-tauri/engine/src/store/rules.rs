//! Table `rule`, and the settings beside it: what the person said of how notices are told.
//!
//! What cannot be read is never a reason to lose a notice: such a rule is not applied, and such quiet hours are none.

use std::collections::{BTreeMap, BTreeSet};

use bellhop_core::hours::{Days, Hours, QuietHours, When};
use bellhop_core::notice::{Loudness, NoticeKind, Words};
use bellhop_core::provider::Provider;
use bellhop_core::rule::{Effect, Rule, Sound, Wishes};
use jiff::Timestamp;
use jiff::civil::Time;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::columns::{moment, rows, to_json};
use super::endpoints::provider_word;
use super::{Result, StoreError, settings};

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

/// How the names of the notices begin that tell of what was held in quiet hours.
pub(crate) const SUMMARY: &str = "quiet:";

/// The one of them that has not been told yet.
pub(crate) fn waiting_summary(connection: &Connection) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM notice WHERE shown_at IS NULL AND held IS NULL AND once LIKE ?1 || '%' ORDER BY id LIMIT 1",
    )?;
    Ok(statement
        .query_row([SUMMARY], |row| row.get(0))
        .optional()?)
}

/// Lets it wait until then.
pub(crate) fn put_off_summary(connection: &Connection, until: Timestamp) -> Result<()> {
    if let Some(id) = waiting_summary(connection)? {
        connection
            .prepare_cached("UPDATE notice SET due_at = ?2 WHERE id = ?1")?
            .execute(params![id, until.as_microsecond()])?;
    }
    Ok(())
}

/// Takes it back.
pub(crate) fn remove_summary(connection: &Connection) -> Result<()> {
    if let Some(id) = waiting_summary(connection)? {
        connection
            .prepare_cached("DELETE FROM notice WHERE id = ?1")?
            .execute([id])?;
    }
    Ok(())
}

/// Notes that it tells of a notice, and counts all of which it tells by kind.
pub(crate) fn put_into_summary(
    connection: &Connection,
    summary: i64,
    held: i64,
) -> Result<Vec<(NoticeKind, usize)>> {
    connection
        .prepare_cached("UPDATE notice SET summed_up_in = ?2 WHERE id = ?1")?
        .execute([held, summary])?;
    let mut count = connection.prepare_cached("SELECT kind FROM notice WHERE summed_up_in = ?1")?;
    let kinds = rows(&mut count, [summary], |row| Ok(row.get::<_, String>(0)?))?;
    let counted = NoticeKind::ALL.map(|kind| {
        let of_kind = kinds.iter().filter(|word| *word == kind.as_str());
        (kind, of_kind.count())
    });
    Ok(counted.to_vec())
}

/// Gives it its words, and the time at which it is told.
pub(crate) fn word_summary(
    connection: &Connection,
    summary: i64,
    words: &Words,
    until: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE notice SET title = ?2, body = ?3, discreet_title = ?4, discreet_body = ?5, due_at = ?6 WHERE id = ?1",
        )?
        .execute(params![
            summary,
            words.full.title,
            words.full.body,
            words.discreet.title,
            words.discreet.body,
            until.as_microsecond()
        ])?;
    Ok(())
}

/// Notes that the desktop was asked not to disturb when it was given these notices.
pub(crate) fn mark_quieted(connection: &Connection, ids: &[i64]) -> Result<()> {
    let mut mark = connection.prepare_cached("UPDATE notice SET quieted = 1 WHERE id = ?1")?;
    for id in ids {
        mark.execute([id])?;
    }
    Ok(())
}

/// What is booked, of those of these notices that are about a booking.
pub(crate) fn booked(connection: &Connection, ids: &[i64]) -> Result<BTreeMap<i64, String>> {
    let mut statement = connection.prepare_cached(
        "SELECT booking.title FROM notice LEFT JOIN event ON event.id = event_id
         JOIN booking ON booking.id = coalesce(event.booking_id, notice.booking_id)
         WHERE notice.id = ?1 AND booking.title IS NOT NULL",
    )?;
    let mut booked = BTreeMap::new();
    for id in ids {
        if let Some(title) = statement.query_row([id], |row| row.get(0)).optional()? {
            booked.insert(*id, title);
        }
    }
    Ok(booked)
}

/// A notice of the past, as far as rules ask about it.
pub(crate) struct PastNotice {
    pub id: i64,
    pub kind: NoticeKind,
    pub provider: Option<Provider>,
    pub endpoint_id: Option<i64>,
    pub booked: Option<String>,
    /// Its first line.
    pub title: String,
    /// How loud it was to be where no rule says otherwise.
    pub loudness: Loudness,
    /// When it was told, or else was to be.
    pub at: Timestamp,
}

/// The newest notices that were told or held, newest first.
pub(crate) fn told(connection: &Connection, most: i64) -> Result<Vec<PastNotice>> {
    let mut statement = connection.prepare_cached(
        "SELECT notice.id, notice.kind, provider, endpoint.id AS endpoint_id, booking.title AS booked, notice.title, loudness,
             coalesce(shown_at, due_at, planned_at) AS at
         FROM notice LEFT JOIN event ON event.id = event_id
             LEFT JOIN endpoint ON endpoint.id = coalesce(event.endpoint_id, notice.endpoint_id)
             LEFT JOIN booking ON booking.id = coalesce(event.booking_id, notice.booking_id)
         WHERE shown_at IS NOT NULL OR notice.held IS NOT NULL ORDER BY notice.id DESC LIMIT ?1",
    )?;
    rows(&mut statement, [most], |row| {
        let word = |column: &str| row.get::<_, String>(column);
        let provider: Option<String> = row.get("provider")?;
        Ok(PastNotice {
            id: row.get("id")?,
            kind: NoticeKind::from_word(&word("kind")?)
                .ok_or(StoreError::Unreadable("notice.kind"))?,
            provider: provider.as_deref().map(provider_word).transpose()?,
            endpoint_id: row.get("endpoint_id")?,
            booked: row.get("booked")?,
            title: row.get("title")?,
            loudness: Loudness::from_word(&word("loudness")?)
                .ok_or(StoreError::Unreadable("notice.loudness"))?,
            at: moment(row.get("at")?),
        })
    })
}
