//! Facts about bookings, as read from one delivery.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::slot::Slot;

/// What happened, in the past tense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody booked, or asked to.
    Created,
    /// The booking was accepted.
    Confirmed,
    /// The booking was moved to another time.
    Rescheduled,
    /// The booking was called off.
    Cancelled,
    /// The booking took place.
    Completed,
    /// The attendee did not come.
    NoShow,
    /// Something else about the booking changed.
    Updated,
    /// Not about a booking, or not understood.
    Other,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [EventKind; 8] = [
        EventKind::Created,
        EventKind::Confirmed,
        EventKind::Rescheduled,
        EventKind::Cancelled,
        EventKind::Completed,
        EventKind::NoShow,
        EventKind::Updated,
        EventKind::Other,
    ];

    /// The word used in SQL, JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Created => "created",
            EventKind::Confirmed => "confirmed",
            EventKind::Rescheduled => "rescheduled",
            EventKind::Cancelled => "cancelled",
            EventKind::Completed => "completed",
            EventKind::NoShow => "no_show",
            EventKind::Updated => "updated",
            EventKind::Other => "other",
        }
    }

    /// The kind of a word made by [`EventKind::as_str`].
    pub fn from_word(word: &str) -> Option<EventKind> {
        EventKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// How a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    /// Asked for and not yet accepted.
    Pending,
    /// It takes place.
    Confirmed,
    /// It does not take place.
    Cancelled,
    /// It took place.
    Completed,
    /// The attendee did not come.
    NoShow,
}

impl BookingStatus {
    /// Every status.
    pub const ALL: [BookingStatus; 5] = [
        BookingStatus::Pending,
        BookingStatus::Confirmed,
        BookingStatus::Cancelled,
        BookingStatus::Completed,
        BookingStatus::NoShow,
    ];

    /// The word used in SQL, JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            BookingStatus::Pending => "pending",
            BookingStatus::Confirmed => "confirmed",
            BookingStatus::Cancelled => "cancelled",
            BookingStatus::Completed => "completed",
            BookingStatus::NoShow => "no_show",
        }
    }

    /// The status of a word made by [`BookingStatus::as_str`].
    pub fn from_word(word: &str) -> Option<BookingStatus> {
        BookingStatus::ALL
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

/// Who booked. Providers leave out any part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    /// The name as the provider writes it.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// The attendee's own time zone, as an IANA name.
    pub time_zone: Option<String>,
}

impl Attendee {
    /// `self`, completed with what only `other` knows.
    #[must_use]
    pub fn or(self, other: Attendee) -> Attendee {
        Attendee {
            name: self.name.or(other.name),
            email: self.email.or(other.email),
            phone: self.phone.or(other.phone),
            time_zone: self.time_zone.or(other.time_zone),
        }
    }

    /// The best name to call the attendee by.
    pub fn display(&self) -> Option<&str> {
        [&self.name, &self.email, &self.phone]
            .into_iter()
            .find_map(|part| part.as_deref())
    }
}

/// One fact of a delivery, as the provider states it.
///
/// `kind` is the kind that the provider's own word claims. Whether, say, an update moved the booking shows only
/// beside the other events of the booking: [`crate::booking::fold`] settles it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The kind that the provider's word claims.
    pub kind: EventKind,
    /// The provider's own word. `None` where the call could not be read.
    pub event_type: Option<String>,
    /// The provider's id of the booking.
    pub provider_booking_id: Option<String>,
    /// The id that the same booking had before, where the provider makes a new one on a reschedule.
    pub previous_provider_booking_id: Option<String>,
    /// When it happened, by the provider's clock.
    pub occurred_at: Option<Timestamp>,
    /// When the booking takes place.
    pub slot: Option<Slot>,
    /// What is booked.
    pub title: Option<String>,
    /// How the booking stands, if this event says so.
    pub status: Option<BookingStatus>,
    /// Who booked.
    pub attendee: Attendee,
    /// Who is booked.
    pub host: Option<String>,
    /// Why it was cancelled or moved.
    pub reason: Option<String>,
}

impl Event {
    /// An event of `kind` about which nothing else is known.
    pub fn bare(kind: EventKind, event_type: Option<String>) -> Event {
        Event {
            kind,
            event_type,
            provider_booking_id: None,
            previous_provider_booking_id: None,
            occurred_at: None,
            slot: None,
            title: None,
            status: None,
            attendee: Attendee::default(),
            host: None,
            reason: None,
        }
    }

    /// What makes two events of one endpoint the same: their whole content.
    ///
    /// A provider that repeats a call under a new delivery id thereby adds nothing.
    pub fn fingerprint(&self) -> [u8; 32] {
        // A struct of strings and numbers always serialises; an empty text would only merge events that cannot exist.
        let text = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(&text).into()
    }
}

/// Something in a delivery that could not be used, in words for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable word for programs.
    pub code: String,
    /// A sentence for the person. Holds the place of the trouble, never its content.
    pub message: String,
}

impl Problem {
    /// A problem with its code and its sentence.
    pub fn new(code: &str, message: impl Into<String>) -> Problem {
        Problem {
            code: code.to_owned(),
            message: message.into(),
        }
    }
}
