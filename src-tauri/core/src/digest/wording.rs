//! A digest in words. It counts, and names nobody.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Contents, Reason};
use crate::gap::Span;
use crate::language::Language;
use crate::notice::{Here, Wording, Words};
use crate::times;

/// Tells what a digest has to say. `since`: when the one before was made.
pub fn word(reason: Reason, contents: &Contents, since: Timestamp, here: &Here) -> Words {
    let language = here.language;
    let (today, gaps) = (today(contents, here), gaps(&contents.gaps, here));
    let news = news(contents, since, here);
    let lines = match reason {
        Reason::Morning(_) => [Some(today), news, gaps],
        Reason::Gap(_) => {
            let today = (contents.ahead > 0).then_some(today);
            let nothing = || language.of("Nothing came in", "Es kam nichts herein");
            [
                gaps,
                Some(news.unwrap_or_else(|| nothing().to_owned())),
                today,
            ]
        }
    };
    let missed = [
        counted(
            contents.not_shown,
            language.of(
                ("notification was not shown", "notifications were not shown"),
                (
                    "Benachrichtigung wurde nicht gezeigt",
                    "Benachrichtigungen wurden nicht gezeigt",
                ),
            ),
        ),
        overlaps(contents.overlaps.into(), language),
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

/// How many bookings are in each other's way, where there are any.
pub fn overlaps(count: u64, language: Language) -> Option<String> {
    counted(
        count,
        language.of(
            ("overlap to look at", "overlaps to look at"),
            ("offene Überschneidung", "offene Überschneidungen"),
        ),
    )
}

fn counted(count: impl Into<u64>, (one, more): (&str, &str)) -> Option<String> {
    match count.into() {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    }
}

fn today(contents: &Contents, here: &Here) -> String {
    let goes_on = contents.begun > 0;
    let (bookings, first) = match here.language {
        Language::En => english_today(contents.ahead, goes_on),
        Language::De => german_today(contents.ahead, goes_on),
    };
    let at = here.language.of("at", "um");
    match contents.first.map(|first| time(first, here)) {
        Some(time) if contents.ahead == 1 => format!("{bookings}, {at} {time}"),
        Some(time) if contents.ahead > 1 => format!("{bookings}, {first} {at} {time}"),
        _ => bookings,
    }
}

fn english_today(ahead: u32, goes_on: bool) -> (String, &'static str) {
    let (more, first) = match goes_on {
        true => (" more", "the next"),
        false => ("", "the first"),
    };
    let bookings = match ahead {
        0 => format!("No{more} bookings today"),
        1 => format!("Today: 1{more} booking"),
        count => format!("Today: {count}{more} bookings"),
    };
    (bookings, first)
}

fn german_today(ahead: u32, goes_on: bool) -> (String, &'static str) {
    let (still, more, first) = match goes_on {
        true => ("noch ", " mehr", "die nächste"),
        false => ("", "", "die erste"),
    };
    let bookings = match ahead {
        0 => format!("Heute keine Buchungen{more}"),
        1 => format!("Heute: {still}1 Buchung"),
        count => format!("Heute: {still}{count} Buchungen"),
    };
    (bookings, first)
}

fn news(contents: &Contents, since: Timestamp, here: &Here) -> Option<String> {
    let language = here.language;
    let counts = [
        (contents.created, language.of("new", "neu")),
        (contents.rescheduled, language.of("moved", "verlegt")),
        (contents.cancelled, language.of("cancelled", "abgesagt")),
        (
            contents.no_shows,
            language.of("did not come", "nicht erschienen"),
        ),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let (begin, since) = (language.of("Since", "Seit"), past(since, here));
    (!counts.is_empty()).then(|| format!("{begin} {since}: {}", counts.join(", ")))
}

/// A moment that has passed, as one speaks of it.
fn past(at: Timestamp, here: &Here) -> String {
    let date = times::local(at, here).date();
    match days_between(date, times::today(here)) {
        0 => time(at, here),
        1 => here.language.of("yesterday", "gestern").to_owned(),
        2..7 => times::weekday(date, here.language),
        _ => times::day(date, here),
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    to.since(from).map_or(i32::MAX, |span| span.get_days())
}

fn gaps(gaps: &[Span], here: &Here) -> Option<String> {
    let lasted = |gap: &Span| {
        let end = gap.end.unwrap_or(here.now);
        end.duration_since(gap.begin)
    };
    let longest = gaps.iter().max_by_key(|gap| lasted(gap))?;
    let from = times::local(longest.begin, here);
    let day = match from.date() == times::today(here) {
        true => String::new(),
        false => format!("{}, ", times::day(from.date(), here)),
    };
    let time = match longest.end {
        Some(end) => {
            let end = times::local(end, here);
            let span = times::time_span(from.time(), end.time(), here.clock);
            format!("{day}{span}")
        }
        None => {
            let since = here.language.of("since", "seit");
            format!("{since} {day}{}", times::time(from.time(), here.clock))
        }
    };
    Some(match (gaps.len(), here.language) {
        (1, Language::En) => format!("1 gap: {time}"),
        (1, Language::De) => format!("1 Lücke: {time}"),
        (count, Language::En) => format!("{count} gaps, the longest {time}"),
        (count, Language::De) => format!("{count} Lücken, die längste {time}"),
    })
}

fn time(at: Timestamp, here: &Here) -> String {
    times::time(times::local(at, here).time(), here.clock)
}
