//! Times as they are written for a person: in their language, by their clock and in their zone.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, Zoned};

use crate::language::{Clock, Language};
use crate::notice::Here;
use crate::slot::Slot;

/// A slot in the person's own time zone: `Mon 15 Jun, 14:00–15:00`, with the year where it is another than now.
pub fn written(slot: &Slot, here: &Here) -> String {
    match slot {
        Slot::Day { date, .. } => day(*date, here),
        Slot::Timed { start, end } => {
            let start = local(*start, here);
            let day = day(start.date(), here);
            let time = match end.map(|end| local(end, here)) {
                Some(end) if end.date() == start.date() => {
                    time_span(start.time(), end.time(), here.clock)
                }
                _ => time(start.time(), here.clock),
            };
            format!("{day}, {time}")
        }
    }
}

/// A moment, of which today's needs no day.
pub fn moment(at: Timestamp, here: &Here) -> String {
    let at = local(at, here);
    let time = time(at.time(), here.clock);
    match at.date() == today(here) {
        true => time,
        false => format!("{}, {time}", day(at.date(), here)),
    }
}

/// `14:00`, or `2:00 PM`.
pub(crate) fn time(time: Time, clock: Clock) -> String {
    let format = match clock {
        Clock::H12 => "%-I:%M %p",
        Clock::H24 => "%H:%M",
    };
    time.strftime(format).to_string()
}

/// `14:00–15:00`, `2:00–3:00 PM`, or `11:00 AM – 3:00 PM`.
pub(crate) fn time_span(from: Time, to: Time, clock: Clock) -> String {
    let is_same_half = (from.hour() < 12) == (to.hour() < 12);
    match clock {
        Clock::H12 if is_same_half => {
            format!("{}–{}", from.strftime("%-I:%M"), time(to, clock))
        }
        Clock::H12 => format!("{} – {}", time(from, clock), time(to, clock)),
        Clock::H24 => format!("{}–{}", time(from, clock), time(to, clock)),
    }
}

/// `Mon 15 Jun`, with the year where it is another than now.
pub(crate) fn day(date: Date, here: &Here) -> String {
    let day = match here.language {
        Language::En => date.strftime("%a %-d %b").to_string(),
        Language::De => {
            let (weekday, _) = german_weekday(date.weekday());
            format!("{weekday}, {}. {}", date.day(), german_month(date.month()))
        }
    };
    match date.year() == today(here).year() {
        true => day,
        false => format!("{day} {}", date.year()),
    }
}

/// `Monday`.
pub(crate) fn weekday(date: Date, language: Language) -> String {
    match language {
        Language::En => date.strftime("%A").to_string(),
        Language::De => german_weekday(date.weekday()).1.to_owned(),
    }
}

pub(crate) fn local(at: Timestamp, here: &Here) -> Zoned {
    at.to_zoned(here.time_zone.clone())
}

pub(crate) fn today(here: &Here) -> Date {
    local(here.now, here).date()
}

fn german_weekday(weekday: Weekday) -> (&'static str, &'static str) {
    match weekday {
        Weekday::Monday => ("Mo.", "Montag"),
        Weekday::Tuesday => ("Di.", "Dienstag"),
        Weekday::Wednesday => ("Mi.", "Mittwoch"),
        Weekday::Thursday => ("Do.", "Donnerstag"),
        Weekday::Friday => ("Fr.", "Freitag"),
        Weekday::Saturday => ("Sa.", "Samstag"),
        Weekday::Sunday => ("So.", "Sonntag"),
    }
}

fn german_month(month: i8) -> &'static str {
    match month {
        1 => "Jan.",
        2 => "Feb.",
        3 => "März",
        4 => "Apr.",
        5 => "Mai",
        6 => "Juni",
        7 => "Juli",
        8 => "Aug.",
        9 => "Sept.",
        10 => "Okt.",
        11 => "Nov.",
        _ => "Dez.",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn here(language: Language, clock: Clock) -> Here {
        Here {
            language,
            clock,
            ..Here::new("2026-06-10T08:00:00Z".parse().unwrap(), TimeZone::UTC)
        }
    }

    fn slot(start: &str, end: Option<&str>) -> Slot {
        Slot::Timed {
            start: start.parse().unwrap(),
            end: end.map(|end| end.parse().unwrap()),
        }
    }

    #[test]
    fn a_slot_is_written_in_each_language_and_by_each_clock() {
        use Clock::{H12, H24};
        use Language::{De, En};
        let afternoon = slot("2026-06-15T14:00:00Z", Some("2026-06-15T15:00:00Z"));
        let noon = slot("2026-06-15T09:05:00Z", Some("2026-06-15T12:00:00Z"));
        let night = slot("2027-03-01T00:30:00Z", Some("2027-03-02T00:30:00Z"));
        let open = slot("2026-06-15T12:00:00Z", None);
        for (slot, language, clock, said) in [
            (&afternoon, En, H24, "Mon 15 Jun, 14:00–15:00"),
            (&afternoon, De, H24, "Mo., 15. Juni, 14:00–15:00"),
            (&afternoon, En, H12, "Mon 15 Jun, 2:00–3:00 PM"),
            (&afternoon, De, H12, "Mo., 15. Juni, 2:00–3:00 PM"),
            (&noon, En, H24, "Mon 15 Jun, 09:05–12:00"),
            (&noon, En, H12, "Mon 15 Jun, 9:05 AM – 12:00 PM"),
            (&noon, De, H12, "Mo., 15. Juni, 9:05 AM – 12:00 PM"),
            (&night, En, H24, "Mon 1 Mar 2027, 00:30"),
            (&night, De, H24, "Mo., 1. März 2027, 00:30"),
            (&night, En, H12, "Mon 1 Mar 2027, 12:30 AM"),
            (&open, En, H12, "Mon 15 Jun, 12:00 PM"),
        ] {
            assert_eq!(written(slot, &here(language, clock)), said);
        }
    }

    #[test]
    fn a_german_year_has_the_names_of_its_days_and_months() {
        let here = here(Language::De, Clock::H24);
        let said: Vec<String> = (1..=12)
            .map(|month| {
                day(
                    Date::constant(2026, month, 4 + i16::from(month) as i8),
                    &here,
                )
            })
            .collect();
        assert_eq!(
            said.join(" | "),
            "Mo., 5. Jan. | Fr., 6. Feb. | Sa., 7. März | Mi., 8. Apr. | Sa., 9. Mai | Mi., 10. Juni | Sa., 11. Juli | Mi., 12. Aug. | So., 13. Sept. | Mi., 14. Okt. | So., 15. Nov. | Mi., 16. Dez."
        );
    }

    #[test]
    fn the_day_of_a_moment_of_today_goes_without_saying() {
        let said = |at: &str, language| moment(at.parse().unwrap(), &here(language, Clock::H24));
        assert_eq!(said("2026-06-10T07:59:00Z", Language::De), "07:59");
        assert_eq!(
            said("2026-06-09T07:59:00Z", Language::De),
            "Di., 9. Juni, 07:59"
        );
        assert_eq!(
            said("2026-06-09T07:59:00Z", Language::En),
            "Tue 9 Jun, 07:59"
        );
    }
}
