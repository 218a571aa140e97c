//! Sample calls: bookings of people who do not exist, told in each provider's own JSON.
//!
//! The `send` command and the demo post them, signed, to the running receiver.

use jiff::{Timestamp, ToSpan};

/// What a person does with a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Books it.
    Book,
    /// Moves it to another time.
    Move,
    /// Calls it off.
    Cancel,
}

/// One sample call, before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleCall {
    /// Headers of the provider's own, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl SampleCall {
    pub(crate) fn of(body: &serde_json::Value) -> SampleCall {
        SampleCall {
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }
}

/// A booking that a sample call tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleBooking {
    /// Tells it from other sample bookings.
    pub number: u64,
    /// How many calls it has had so far: makes every call's id its own.
    pub revision: u32,
    /// How often it has been moved.
    pub moves: u32,
    /// When the call is made.
    pub now: Timestamp,
    /// When the booking begins.
    pub start: Timestamp,
    /// How long it takes, in minutes.
    pub minutes: i64,
    /// What is booked.
    pub service: &'static str,
    /// Who booked.
    pub name: &'static str,
    /// The attendee's e-mail address.
    pub email: String,
    /// The attendee's phone number.
    pub phone: &'static str,
    /// Who is booked.
    pub host: &'static str,
}

const PEOPLE: [&str; 12] = [
    "Amelia Hart",
    "Noah Lindqvist",
    "Priya Raman",
    "Mateo García",
    "Hannah Vogel",
    "Yuki Tanaka",
    "Omar Haddad",
    "Chloé Lambert",
    "Samuel Okafor",
    "Ingrid Solheim",
    "Leo Marchetti",
    "Zoe Whitfield",
];
const SERVICES: [(&str, i64); 6] = [
    ("Haircut and finish", 45),
    ("First consultation", 30),
    ("Piano lesson", 60),
    ("Deep tissue massage", 50),
    ("Dental check-up", 20),
    ("Tax advice", 90),
];
/// From the range that is reserved for fiction.
const PHONES: [&str; 3] = ["+1 202 555 0142", "+1 202 555 0167", "+1 202 555 0185"];

impl SampleBooking {
    /// The sample booking of a number: five a day from the day after `now` on, none in the way of another.
    pub fn new(number: u64, now: Timestamp) -> SampleBooking {
        let pick = |len: usize| usize::try_from(number).unwrap_or_default() % len;
        let name = PEOPLE
            .get(pick(PEOPLE.len()))
            .copied()
            .unwrap_or("Jane Doe");
        let (service, minutes) = SERVICES
            .get(pick(SERVICES.len()))
            .copied()
            .unwrap_or(("Appointment", 30));
        let hour = i64::try_from(number % 5).unwrap_or_default() * 2 + 9;
        let days = i64::try_from(number / 5 % 28).unwrap_or_default() + 1;
        let today = now.as_second() - now.as_second().rem_euclid(86_400);
        let start = Timestamp::from_second(today + days * 86_400 + hour * 3_600).unwrap_or(now);
        let email = name
            .to_lowercase()
            .replace(' ', ".")
            .replace('í', "i")
            .replace('é', "e")
            + "@example.com";
        SampleBooking {
            number,
            revision: 0,
            moves: 0,
            now,
            start,
            minutes,
            service,
            name,
            email,
            phone: PHONES.get(pick(PHONES.len())).copied().unwrap_or_default(),
            host: "Asha",
        }
    }

    /// When it ends.
    pub fn end(&self) -> Timestamp {
        self.start
            .checked_add(self.minutes.minutes())
            .unwrap_or(self.start)
    }

    /// The same booking after the person moved it, a day and an hour and a half later.
    pub fn moved(&self, now: Timestamp) -> SampleBooking {
        let start = self
            .start
            .checked_add(25.hours().minutes(30))
            .unwrap_or(self.start);
        SampleBooking {
            start,
            moves: self.moves + 1,
            ..self.told_again(now)
        }
    }

    /// The same booking in its next call.
    pub fn told_again(&self, now: Timestamp) -> SampleBooking {
        SampleBooking {
            now,
            revision: self.revision + 1,
            ..self.clone()
        }
    }
}
