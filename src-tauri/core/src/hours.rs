//! Hours of a day and of a week, as the person's own clock shows them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

/// From one time of day to another. Where the second is not later than the first, it is that of the next day.
///
/// When clocks go back, an hour is shown twice: it begins when `from` is shown first and ends when `to` is shown last, so
/// it never ends and begins again. A time that is skipped when clocks go forward is the moment at which they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// When it begins.
    pub from: Time,
    /// When it is over.
    pub to: Time,
}

impl Hours {
    /// From midnight to midnight.
    pub const WHOLE_DAY: Hours = Hours {
        from: Time::midnight(),
        to: Time::midnight(),
    };

    /// When it begins and when it is over, where it begins on `day`. `None` where such a day has no such hours.
    pub fn on(self, day: Date, time_zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let last_day = match self.to > self.from {
            true => day,
            false => day.tomorrow().ok()?,
        };
        let begin = shown(day.to_datetime(self.from), time_zone)?.0;
        let end = shown(last_day.to_datetime(self.to), time_zone)?.1;
        (begin < end).then_some((begin, end))
    }
}

/// When clocks show a time first and when last: twice when they go back, and never when they leap over it, which is then
/// the moment of their leap.
fn shown(time: DateTime, time_zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let ambiguous = time_zone.to_ambiguous_timestamp(time);
    let earlier = ambiguous.earlier().ok()?;
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => {
            let leap = time_zone.following(earlier).next()?.timestamp();
            Some((leap, leap))
        }
        _ => Some((earlier, ambiguous.later().ok()?)),
    }
}

/// Days of the week, Monday first. None of them stands for any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days(pub [bool; 7]);

impl Days {
    /// From Monday to Friday.
    pub const WORKING: Days = Days([true, true, true, true, true, false, false]);
    /// Saturday and Sunday.
    pub const WEEKEND: Days = Days([false, false, false, false, false, true, true]);

    /// Whether a day is one of them.
    pub fn has(self, day: Date) -> bool {
        self == Days::default() || *of_day(&self.0, day)
    }
}

fn of_day<T>(week: &[T; 7], day: Date) -> &T {
    let monday_first = day.weekday().to_monday_zero_offset();
    // The offset of a weekday is one of 0 to 6.
    &week[usize::from(monday_first.unsigned_abs()) % 7]
}

/// Hours on some days. `None` for the hours is the whole day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// The days on which they begin.
    pub days: Days,
    /// The hours of such a day.
    pub hours: Option<Hours>,
}

impl When {
    /// Whether `now` is in them.
    pub fn has(&self, now: Timestamp, time_zone: &TimeZone) -> bool {
        let hours = self.hours.unwrap_or(Hours::WHOLE_DAY);
        *self == When::default()
            || around(now, time_zone)
                .filter(|day| self.days.has(*day))
                .filter_map(|day| hours.on(day, time_zone))
                .any(|(begin, end)| begin <= now && now < end)
    }
}

/// The days on which hours may begin that are still going on at `now`.
fn around(now: Timestamp, time_zone: &TimeZone) -> impl Iterator<Item = Date> {
    let today = now.to_zoned(time_zone.clone()).date();
    // A clock that goes back over midnight has shown tomorrow already.
    (-2..=1).filter_map(move |days: i64| today.checked_add(days.days()).ok())
}

/// When notices are held rather than shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// For each day of the week, Monday first, the quiet hours that begin on it.
    pub days: [Option<Hours>; 7],
    /// Whether an urgent notice is shown all the same, in quiet hours and in the desktop's do-not-disturb.
    pub urgent_breaks_through: bool,
    /// Whether one notice afterwards tells what was held.
    pub sums_up: bool,
}

impl Default for QuietHours {
    fn default() -> QuietHours {
        QuietHours {
            days: [None; 7],
            urgent_breaks_through: false,
            sums_up: true,
        }
    }
}

/// More than any week has: what is quiet for longer is looked at again then.
const MOST_IN_A_ROW: usize = 15;

impl QuietHours {
    /// Whether `now` is quiet.
    pub fn are_at(&self, now: Timestamp, time_zone: &TimeZone) -> bool {
        self.end_of_those_at(now, time_zone).is_some()
    }

    /// The first moment that is not quiet, from `now` on. Where every hour of the week is quiet, a moment in some days.
    pub fn end(&self, now: Timestamp, time_zone: &TimeZone) -> Timestamp {
        let mut end = now;
        for _ in 0..MOST_IN_A_ROW {
            match self.end_of_those_at(end, time_zone) {
                Some(later) => end = later,
                None => break,
            }
        }
        end
    }

    fn end_of_those_at(&self, now: Timestamp, time_zone: &TimeZone) -> Option<Timestamp> {
        around(now, time_zone)
            .filter_map(|day| of_day(&self.days, day).as_ref()?.on(day, time_zone))
            .filter(|(begin, end)| *begin <= now && now < *end)
            .map(|(_, end)| end)
            .max()
    }
}
