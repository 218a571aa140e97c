//! A digest in words. It counts, and names nobody.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::{Contents, Reason};
use crate::gap::Span;
use crate::notice::{Here, Wording, Words, day_format};

/// Tells what a digest has to say. `since`: when the one before was made.
pub fn word(reason: Reason, contents: &Contents, since: Timestamp, here: &Here) -> Words {
    let now = here.now.to_zoned(here.time_zone.clone());
    let (today, gaps) = (today(contents, &now), gaps(&contents.gaps, &now));
    let news = news(contents, since, &now);
    let lines = match reason {
        Reason::Morning(_) => [Some(today), news, gaps],
        Reason::Gap(_) => {
            let today = (contents.ahead > 0).then_some(today);
            [
                gaps,
                Some(news.unwrap_or("Nothing came in".to_owned())),
                today,
            ]
        }
    };
    let missed = [
        counted(contents.not_shown, "notification was", "notifications were")
            .map(|counted| format!("{counted} not shown")),
        counted(contents.overlaps, "overlap", "overlaps")
            .map(|counted| format!("{counted} to look at")),
    ];
    let mut lines = lines.into_iter().chain(missed).flatten();
    let wording = Wording {
        title: lines.next().unwrap_or_default(),
        body: lines.collect::<Vec<_>>().join("\n"),
    };
    Words {
        full: wording.clone(),
        discreet: wording,
    }
}

fn counted(count: u32, one: &str, more: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {more}")),
    }
}

fn today(contents: &Contents, now: &Zoned) -> String {
    let (more, first) = match contents.begun {
        0 => ("", "the first"),
        _ => (" more", "the next"),
    };
    let bookings = match contents.ahead {
        0 => return format!("No{more} bookings today"),
        1 => format!("Today: 1{more} booking"),
        count => format!("Today: {count}{more} bookings"),
    };
    match contents.first {
        Some(at) if contents.ahead == 1 => format!("{bookings}, at {}", clock(at, now)),
        Some(at) => format!("{bookings}, {first} at {}", clock(at, now)),
        None => bookings,
    }
}

fn news(contents: &Contents, since: Timestamp, now: &Zoned) -> Option<String> {
    let counts = [
        (contents.created, "new"),
        (contents.rescheduled, "moved"),
        (contents.cancelled, "cancelled"),
        (contents.no_shows, "did not come"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    (!counts.is_empty()).then(|| format!("Since {}: {}", past(since, now), counts.join(", ")))
}

/// A moment that has passed, as one speaks of it.
fn past(at: Timestamp, now: &Zoned) -> String {
    let at = at.to_zoned(now.time_zone().clone());
    match days_between(at.date(), now.date()) {
        0 => at.strftime("%H:%M").to_string(),
        1 => "yesterday".to_owned(),
        2..7 => at.strftime("%A").to_string(),
        _ => at.strftime(day_format(at.year(), now)).to_string(),
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    to.since(from).map_or(i32::MAX, |span| span.get_days())
}

fn gaps(gaps: &[Span], now: &Zoned) -> Option<String> {
    let lasted = |gap: &Span| {
        let end = gap.end.unwrap_or(now.timestamp());
        end.duration_since(gap.begin)
    };
    let longest = gaps.iter().max_by_key(|gap| lasted(gap))?;
    let from = longest.begin.to_zoned(now.time_zone().clone());
    let day = match from.date() == now.date() {
        true => String::new(),
        false => format!("{}, ", from.strftime(day_format(from.year(), now))),
    };
    let from = from.strftime("%H:%M");
    let time = match longest.end {
        Some(end) => format!("{day}{from}–{}", clock(end, now)),
        None => format!("since {day}{from}"),
    };
    Some(match gaps.len() {
        1 => format!("1 gap: {time}"),
        count => format!("{count} gaps, the longest {time}"),
    })
}

fn clock(at: Timestamp, now: &Zoned) -> String {
    let at = at.to_zoned(now.time_zone().clone());
    at.strftime("%H:%M").to_string()
}
