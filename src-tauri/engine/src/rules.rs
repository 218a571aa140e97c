//! What becomes of each notice when it is due: the person's rules, quiet hours and the desktop's do-not-disturb, applied
//! to the database.

use std::collections::BTreeMap;

use bellhop_core::hours::QuietHours;
use bellhop_core::language::Language;
use bellhop_core::notice::{Held, Loudness, NoticeKind, Words};
use bellhop_core::rule::{Facts, Manner, Moment, Wishes, decide, summary};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;

use crate::Engine;
use crate::announcing::Bubble;
use crate::changes::Change;
use crate::store::notices::{self, NewNotice, Notice, Of};
use crate::store::{Result, rules as table, settings};

/// How notices are told, by their rows.
pub(crate) struct Manners(BTreeMap<i64, Manner>);

impl Manners {
    /// A bubble as its notices are told: as loud as the loudest of them.
    pub(crate) fn applied_to(&self, bubble: Bubble) -> Bubble {
        let manners = || bubble.notice_ids.iter().filter_map(|id| self.0.get(id));
        match manners().max_by_key(|manner| (manner.loudness, manner.sound)) {
            Some(loudest) => Bubble {
                loudness: loudest.loudness,
                sound: Some(loudest.sound),
                quieted: manners().all(|manner| manner.quieted),
                ..bubble
            },
            None => bubble,
        }
    }
}

impl Engine {
    /// Decides how notices are told that are due, keeps why any is not shown, and gives those that are.
    pub(crate) async fn decide(
        &self,
        waiting: Vec<Notice>,
        paused: bool,
        now: Timestamp,
    ) -> Result<(Vec<Notice>, Manners)> {
        if waiting.is_empty() {
            return Ok((waiting, Manners(BTreeMap::new())));
        }
        let ids: Vec<i64> = waiting.iter().map(|notice| notice.id).collect();
        let read = self.store.read(move |connection| {
            Ok((
                table::wishes(connection)?,
                table::booked(connection, &ids)?,
                table::quieted(connection, &ids)?,
            ))
        });
        let (wishes, booked, quieted_before) = read.await?;
        let moment = Moment {
            now,
            time_zone: TimeZone::system(),
            paused,
            do_not_disturb: self.disturbing.is_off().await == Some(true),
        };
        let manner = |notice: &Notice| {
            let facts = Facts {
                kind: notice.kind,
                provider: notice.provider,
                endpoint_id: notice.endpoint_id,
                title: booked.get(&notice.id).map(String::as_str),
                loudness: notice.loudness,
            };
            (notice.id, decide(&wishes, &facts, &moment))
        };
        let manners: BTreeMap<i64, Manner> = waiting.iter().map(manner).collect();
        let (told, held): (Vec<Notice>, Vec<Notice>) = waiting
            .into_iter()
            .partition(|notice| manners.get(&notice.id).is_none_or(|one| one.held.is_none()));
        // A desktop that refuses is asked again, and may be another by then.
        let quieted: Vec<(i64, bool)> = manners
            .iter()
            .map(|(id, manner)| (*id, manner.quieted))
            .filter(|(id, quieted)| quieted_before.contains(id) != *quieted)
            .collect();
        let held: Vec<(i64, NoticeKind, Held)> = held
            .iter()
            .filter_map(|notice| Some((notice.id, notice.kind, manners.get(&notice.id)?.held?)))
            .collect();
        let (is_held, is_quieted) = (!held.is_empty(), !quieted.is_empty());
        if is_held || is_quieted {
            let until = wishes.quiet_hours.end(now, &moment.time_zone);
            let sums_up = wishes.quiet_hours.sums_up;
            let keep = move |connection: &Connection| {
                table::mark_quieted(connection, &quieted)?;
                keep(connection, &held, now, sums_up, until)
            };
            self.store.write(keep).await?;
        }
        if is_held {
            self.changes.tell(Change::Notices);
        }
        Ok((told, Manners(manners)))
    }

    /// Sets other quiet hours. What was held in those before is told of when the new ones are over.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn keep_quiet_hours(&self, quiet_hours: QuietHours) -> Result<()> {
        let now = Timestamp::now();
        let until = quiet_hours.end(now, &TimeZone::system());
        let keep = move |connection: &Connection| {
            table::keep_quiet_hours(connection, &quiet_hours)?;
            match quiet_hours.sums_up {
                true => table::put_off_summary(connection, until),
                false => table::remove_summary(connection),
            }
        };
        self.store.write(keep).await?;
        self.changes.tell(Change::Anything);
        Ok(())
    }
}

fn keep(
    connection: &Connection,
    decided: &[(i64, NoticeKind, Held)],
    now: Timestamp,
    sums_up: bool,
    until: Timestamp,
) -> Result<()> {
    let summary = table::waiting_summary(connection)?;
    for (id, kind, held) in decided {
        // It tells of quiet hours that are over, and these are others: it waits for their end.
        if *held == Held::QuietHours && summary == Some(*id) {
            table::put_off_summary(connection, until)?;
            continue;
        }
        notices::hold(connection, &[*id], *held)?;
        if *held == Held::QuietHours && sums_up {
            sum_up(connection, *id, *kind, now, until)?;
        }
    }
    Ok(())
}

/// Puts a notice that was held into the one that tells of them afterwards, which is planned with the first.
fn sum_up(
    connection: &Connection,
    id: i64,
    kind: NoticeKind,
    now: Timestamp,
    until: Timestamp,
) -> Result<()> {
    let (language, _) = settings::spoken(connection)?;
    let Some(alone) = words(&[(kind, 1)], language) else {
        return Ok(());
    };
    let name = format!("{}{id}", table::SUMMARY);
    let new = NewNotice {
        of: Of::Once {
            name: &name,
            booking_id: None,
            other_booking_id: None,
            endpoint_id: None,
        },
        kind: NoticeKind::Digest,
        words: &alone,
        loudness: Loudness::Normal,
        planned_at: now,
        due_at: Some(until),
    };
    let planned = match table::waiting_summary(connection)? {
        Some(summary) => Some(summary),
        None => notices::plan(connection, &new)?,
    };
    let Some(planned) = planned else {
        return Ok(());
    };
    let counts = table::put_into_summary(connection, planned, id)?;
    match words(&counts, language) {
        Some(words) => table::word_summary(connection, planned, &words, until),
        None => Ok(()),
    }
}

/// Counts name nobody.
fn words(counts: &[(NoticeKind, usize)], language: Language) -> Option<Words> {
    let wording = summary(counts, language)?;
    Some(Words {
        full: wording.clone(),
        discreet: wording,
    })
}

/// A notice of the past, and how it would be told by other wishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its row.
    pub notice_id: i64,
    /// What it told of.
    pub kind: NoticeKind,
    /// Its first line.
    pub title: String,
    /// When it was told, or would have been.
    pub at: Timestamp,
    /// How it would be told now.
    pub before: Manner,
    /// How it would be told then.
    pub after: Manner,
}

/// What other wishes would have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// How many notices were looked at, the newest.
    pub of: usize,
    /// Those that would be told in another way, newest first.
    pub differences: Vec<Difference>,
}

/// How many notices a preview looks at.
const LOOKED_AT: i64 = 200;

/// Tells the newest notices once more, by the wishes that are kept and by these. A pause and the desktop's do-not-disturb
/// have passed, and are left out.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn preview(connection: &Connection, wishes: &Wishes, time_zone: &TimeZone) -> Result<Preview> {
    let kept = table::wishes(connection)?;
    let told = table::told(connection, LOOKED_AT)?;
    let of = told.len();
    let differences = told.into_iter().filter_map(|told| {
        let moment = Moment {
            now: told.at,
            time_zone: time_zone.clone(),
            paused: false,
            do_not_disturb: false,
        };
        let facts = Facts {
            kind: told.kind,
            provider: told.provider,
            endpoint_id: told.endpoint_id,
            title: told.booked.as_deref(),
            loudness: told.loudness,
        };
        let as_told = |wishes| Manner {
            // Which rule it is that says the same changes nothing.
            rule: None,
            ..decide(wishes, &facts, &moment)
        };
        let (before, after) = (as_told(&kept), as_told(wishes));
        (before != after).then(|| Difference {
            notice_id: told.id,
            kind: told.kind,
            title: told.title.clone(),
            at: told.at,
            before,
            after,
        })
    });
    Ok(Preview {
        of,
        differences: differences.collect(),
    })
}
