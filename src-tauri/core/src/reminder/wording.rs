//! What a reminder says.

use jiff::{SignedDuration, Timestamp};

use super::GRACE;
use crate::language::Language;
use crate::notice::{Here, Wording, Words, somebody};
use crate::provider::Provider;
use crate::slot::Slot;
use crate::times::written;

/// The booking that a reminder is of.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// Who booked.
    pub attendee: Option<&'a str>,
    /// What is booked.
    pub title: Option<&'a str>,
    /// The booking system.
    pub provider: Provider,
    /// When it takes place.
    pub slot: &'a Slot,
}

/// What a reminder says whose moment was `at`: in full, and where others may see it.
pub fn word(about: &About<'_>, at: Timestamp, here: &Here) -> Words {
    let language = here.language;
    let who = about.attendee.unwrap_or(somebody(language));
    let until = about
        .slot
        .start()
        .map(|start| in_minutes(start.duration_since(here.now)));
    let (full, discreet) = match (until, language) {
        (None, Language::En) => (format!("Today: {who}"), "Booking today".to_owned()),
        (None, Language::De) => (format!("Heute: {who}"), "Buchung heute".to_owned()),
        (Some(0), Language::En) => (format!("Now: {who}"), "Booking now".to_owned()),
        (Some(0), Language::De) => (format!("Jetzt: {who}"), "Buchung jetzt".to_owned()),
        (Some(minutes @ 1..), _) => {
            let long = lasting(minutes, language);
            let soon = language.of("Booking in", "Buchung in");
            (format!("In {long}: {who}"), format!("{soon} {long}"))
        }
        (Some(minutes), Language::En) => {
            let long = lasting(-minutes, language);
            (
                format!("Began {long} ago: {who}"),
                format!("Booking began {long} ago"),
            )
        }
        (Some(minutes), Language::De) => {
            let long = lasting(-minutes, language);
            (
                format!("Vor {long} begonnen: {who}"),
                format!("Buchung vor {long} begonnen"),
            )
        }
    };
    let when = written(about.slot, here);
    let what = match about.title {
        Some(title) => format!("{title} · {}", about.provider),
        None => about.provider.to_string(),
    };
    let late = here.now.duration_since(at);
    let late = (late > GRACE).then(|| {
        let long = lasting(in_minutes(late), language);
        match language {
            Language::En => format!("This reminder is {long} late."),
            Language::De => format!("Diese Erinnerung kommt mit {long} Verspätung."),
        }
    });
    let body = |what: String| -> String {
        let lines: Vec<String> = [when.clone(), what]
            .into_iter()
            .chain(late.clone())
            .collect();
        lines.join("\n")
    };
    Words {
        full: Wording {
            title: full,
            body: body(what),
        },
        discreet: Wording {
            title: discreet,
            body: body(about.provider.to_string()),
        },
    }
}

/// To the nearest minute: a reminder of 15 minutes is shown some milliseconds after its moment.
fn in_minutes(time: SignedDuration) -> i64 {
    (time.as_secs() + 30).div_euclid(60)
}

/// `2 hours 30 minutes`. More than a day is told in days and hours. German has it in the dative, after "in", "vor" and "mit".
fn lasting(minutes: i64, language: Language) -> String {
    let part = |count: i64, (one, more): (&str, &str)| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {more}")),
    };
    let day = language.of(("day", "days"), ("Tag", "Tagen"));
    let hour = language.of(("hour", "hours"), ("Stunde", "Stunden"));
    let minute = language.of(("minute", "minutes"), ("Minute", "Minuten"));
    let (days, hours) = (minutes / 1_440, minutes / 60 % 24);
    let parts = match days {
        0 => [part(hours, hour), part(minutes % 60, minute)],
        _ => [part(days, day), part(hours, hour)],
    };
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn told(slot: &Slot, at: &str, now: &str) -> [String; 4] {
        let here = Here::new(now.parse().unwrap(), TimeZone::UTC);
        let about = About {
            attendee: Some("Jane Doe"),
            title: Some("Haircut"),
            provider: Provider::Kordless,
            slot,
        };
        let Words { full, discreet } = word(&about, at.parse().unwrap(), &here);
        [full.title, full.body, discreet.title, discreet.body]
    }

    #[test]
    fn a_reminder_says_how_soon_who_what_and_where() {
        let slot = Slot::Timed {
            start: "2026-12-03T14:00:00Z".parse().unwrap(),
            end: Some("2026-12-03T14:45:00Z".parse().unwrap()),
        };
        let day = "Thu 3 Dec, 14:00–14:45\n";
        let at = |at: &str, now: &str| {
            let moment = |time: &str| format!("2026-12-0{time}Z");
            told(&slot, &moment(at), &moment(now))
        };
        assert_eq!(
            at("3T13:45:00", "3T13:45:00.2"),
            [
                "In 15 minutes: Jane Doe".to_owned(),
                format!("{day}Haircut · Kordless"),
                "Booking in 15 minutes".to_owned(),
                format!("{day}Kordless"),
            ]
        );
        for (now, title) in [
            ("2T14:00:00", "In 1 day: Jane Doe"),
            ("1T11:30:00", "In 2 days 2 hours: Jane Doe"),
            ("3T11:30:00", "In 2 hours 30 minutes: Jane Doe"),
            ("3T13:59:00", "In 1 minute: Jane Doe"),
            ("3T14:00:01", "Now: Jane Doe"),
            ("3T14:05:00", "Began 5 minutes ago: Jane Doe"),
        ] {
            assert_eq!(at(now, now)[0], title);
        }
        let late = at("3T13:45:00", "3T14:05:00");
        assert_eq!(
            late[1],
            format!("{day}Haircut · Kordless\nThis reminder is 20 minutes late.")
        );
        assert_eq!(
            late[2..],
            [
                "Booking began 5 minutes ago".to_owned(),
                format!("{day}Kordless\nThis reminder is 20 minutes late.")
            ]
        );
    }

    #[test]
    fn a_booking_without_a_time_of_day_is_told_of_as_one_of_today() {
        let slot = Slot::Day {
            date: "2026-12-03".parse().unwrap(),
            time_slot: None,
        };
        let told = told(&slot, "2026-12-03T08:00:00Z", "2026-12-03T08:00:00Z");
        assert_eq!(
            told[..2],
            ["Today: Jane Doe", "Thu 3 Dec\nHaircut · Kordless"]
        );
        assert_eq!(told[2..], ["Booking today", "Thu 3 Dec\nKordless"]);
    }
}
