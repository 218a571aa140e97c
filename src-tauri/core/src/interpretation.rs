//! Reading a delivery into events.
//!
//! Reading never fails: it returns what could be read and a list of problems. A type that is not about bookings, or
//! that nobody has heard of, becomes an event of kind `other`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::call::Call;
use crate::event::{BookingStatus, Event, EventKind, Problem};
use crate::provider::Provider;
use crate::slot::Slot;

/// Characters of a text that are kept: many more than a name, a title or a reason has, and few enough for a
/// notification and for a search. The call itself is kept whole.
pub const LONGEST_TEXT: usize = 1_000;

/// Problems that are told of one delivery. Beyond that one more says nothing new.
const MOST_PROBLEMS: usize = 50;

/// What a delivery says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Its facts, in the order of the body. Never empty: even an unreadable call is a fact.
    pub events: Vec<Event>,
    /// What could not be used.
    pub problems: Vec<Problem>,
}

/// Reads a delivery of `provider`.
pub fn interpret(provider: Provider, call: &Call) -> Reading {
    let mut reading = match serde_json::from_slice::<Value>(&call.body) {
        Ok(body) => (provider.facts().interpret)(call, &body),
        Err(error) => Reading {
            events: Vec::new(),
            problems: vec![unreadable(call, &error)],
        },
    };
    if reading.events.is_empty() {
        reading.events.push(Event::bare(EventKind::Other, None));
    }
    reading
}

fn unreadable(call: &Call, error: &serde_json::Error) -> Problem {
    let why = if call.body.is_empty() {
        "The call has no content.".to_owned()
    } else {
        format!(
            "The content is not JSON that can be read (line {}, column {}).",
            error.line(),
            error.column()
        )
    };
    Problem::new("unreadable", format!("{why} It is kept as it came."))
}

/// Takes values out of a body and notes what is not as it should be.
///
/// A value that is absent, null or an empty text is simply not there. One of a wrong type is a problem.
pub(crate) struct Reader<'a> {
    body: &'a Value,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(body: &'a Value) -> Reader<'a> {
        Reader {
            body,
            problems: Vec::new(),
        }
    }

    pub(crate) fn finish(self, events: Vec<Event>) -> Reading {
        Reading {
            events,
            problems: self.problems,
        }
    }

    pub(crate) fn problem(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// The first of `pointers` that holds something.
    fn first(&self, pointers: &[&str]) -> Option<(String, &'a Value)> {
        pointers.iter().find_map(|pointer| {
            let value = self.body.pointer(pointer)?;
            let empty =
                value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
            (!empty).then(|| ((*pointer).to_owned(), value))
        })
    }

    /// A text; a number counts as one, since ids are written either way. One that is too long is cut.
    pub(crate) fn text(&mut self, pointers: &[&str]) -> Option<String> {
        let (pointer, text) = self.whole_text(pointers)?;
        let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) else {
            return Some(text);
        };
        self.problem(Problem::new(
            "too_long",
            format!("What is at {pointer} is too long, so only its beginning is used."),
        ));
        Some(text.get(..end).unwrap_or_default().trim_end().to_owned())
    }

    /// An id, whole or not at all: a part of it might be that of another booking.
    pub(crate) fn id(&mut self, pointers: &[&str]) -> Option<String> {
        let (pointer, text) = self.whole_text(pointers)?;
        if text.chars().nth(LONGEST_TEXT).is_some() {
            self.unusable(&pointer, "an id: it is too long");
            return None;
        }
        Some(text)
    }

    fn whole_text(&mut self, pointers: &[&str]) -> Option<(String, String)> {
        let (pointer, value) = self.first(pointers)?;
        match value {
            Value::String(text) => Some((pointer, text.trim().to_owned())),
            Value::Number(number) => Some((pointer, number.to_string())),
            _ => {
                self.unusable(&pointer, "a text");
                None
            }
        }
    }

    /// A moment: RFC 3339, or Unix seconds as a number or as digits.
    pub(crate) fn moment(&mut self, pointers: &[&str]) -> Option<Timestamp> {
        let (pointer, value) = self.first(pointers)?;
        let moment = match value {
            Value::String(text) => text
                .trim()
                .parse()
                .ok()
                .or_else(|| unix_seconds(text.trim().parse().ok()?)),
            Value::Number(number) => number.as_i64().and_then(unix_seconds),
            _ => None,
        };
        if moment.is_none() {
            self.unusable(&pointer, "a moment in time");
        }
        moment
    }

    /// When a booking takes place, from its start and end. A start without an offset from UTC keeps its date alone.
    pub(crate) fn slot(&mut self, start: &[&str], end: &[&str]) -> Option<Slot> {
        let (_, value) = self.first(start)?;
        if let Some(text) = value.as_str()
            && text.trim().parse::<Timestamp>().is_err()
            && let Ok(date) = text.trim().parse::<Date>()
        {
            self.problem(Problem::new(
                "no_time_zone",
                format!(
                    "The time at {} has no time zone, so only its date is used.",
                    start.join(" or ")
                ),
            ));
            return Some(Slot::Day {
                date,
                time_slot: None,
            });
        }
        let start = self.moment(start)?;
        let end = self.moment(end);
        if end.is_some_and(|end| end < start) {
            self.problem(Problem::new(
                "end_before_start",
                "The booking ends before it begins; its end is left out.",
            ));
        }
        Some(Slot::Timed {
            start,
            end: end.filter(|end| *end >= start),
        })
    }

    /// A date without a time.
    pub(crate) fn date(&mut self, pointers: &[&str]) -> Option<Date> {
        let text = self.text(pointers)?;
        let date = text.parse().ok();
        if date.is_none() {
            self.unusable(&pointers.join(" or "), "a date");
        }
        date
    }

    /// A whole number of minutes or the like; digits in a text count.
    pub(crate) fn whole_number(&mut self, pointers: &[&str]) -> Option<i64> {
        let text = self.text(pointers)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.unusable(&pointers.join(" or "), "a whole number");
        }
        number
    }

    /// How the booking stands, from any spelling that a provider uses.
    pub(crate) fn status(&mut self, pointers: &[&str]) -> Option<BookingStatus> {
        let word = self
            .text(pointers)?
            .to_ascii_lowercase()
            .replace(['-', ' '], "_");
        let status = match word.as_str() {
            "pending" | "requested" => BookingStatus::Pending,
            "confirmed" | "accepted" | "active" | "booked" => BookingStatus::Confirmed,
            "cancelled" | "canceled" => BookingStatus::Cancelled,
            "completed" | "done" => BookingStatus::Completed,
            "no_show" | "noshow" => BookingStatus::NoShow,
            _ => {
                self.problem(Problem::new(
                    "unknown_status",
                    "The booking has a status that Bellhop does not know.",
                ));
                return None;
            }
        };
        Some(status)
    }

    /// The provider's word for what happened; without it the call is a problem.
    pub(crate) fn event_type(&mut self, pointers: &[&str]) -> Option<String> {
        let event_type = self.text(pointers);
        if event_type.is_none() {
            let place = pointers.join(" or ");
            self.problem(Problem::new(
                "no_event_type",
                format!("The call does not say what happened (nothing at {place})."),
            ));
        }
        event_type
    }

    /// The id of the booking; without it an event stands alone, and that is a problem.
    pub(crate) fn booking_id(&mut self, pointers: &[&str]) -> Option<String> {
        let id = self.id(pointers);
        if id.is_none() {
            self.problem(Problem::new(
                "no_booking_id",
                "The call does not say which booking it is about, so it cannot be joined with the booking's other events.",
            ));
        }
        id
    }

    fn unusable(&mut self, pointer: &str, wanted: &str) {
        self.problem(Problem::new(
            "unusable_value",
            format!("What is at {pointer} is not {wanted}."),
        ));
    }
}

fn unix_seconds(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}
