//! The words of the glossary, as the window spells them.

use bellhop_core::event;
use bellhop_core::notice;
use bellhop_core::provider::Provider as CoreProvider;
use bellhop_core::signature::Trust as CoreTrust;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A booking system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Provider {
    Kordless,
    ReserveKit,
    Bookora,
    WebKasa,
    Orufy,
}

impl From<CoreProvider> for Provider {
    fn from(value: CoreProvider) -> Provider {
        match value {
            CoreProvider::Kordless => Provider::Kordless,
            CoreProvider::ReserveKit => Provider::ReserveKit,
            CoreProvider::Bookora => Provider::Bookora,
            CoreProvider::WebKasa => Provider::WebKasa,
            CoreProvider::Orufy => Provider::Orufy,
        }
    }
}

impl From<Provider> for CoreProvider {
    fn from(value: Provider) -> CoreProvider {
        match value {
            Provider::Kordless => CoreProvider::Kordless,
            Provider::ReserveKit => CoreProvider::ReserveKit,
            Provider::Bookora => CoreProvider::Bookora,
            Provider::WebKasa => CoreProvider::WebKasa,
            Provider::Orufy => CoreProvider::Orufy,
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum EventKind {
    Created,
    Confirmed,
    Rescheduled,
    Cancelled,
    Completed,
    NoShow,
    Updated,
    Other,
}

impl From<event::EventKind> for EventKind {
    fn from(value: event::EventKind) -> EventKind {
        match value {
            event::EventKind::Created => EventKind::Created,
            event::EventKind::Confirmed => EventKind::Confirmed,
            event::EventKind::Rescheduled => EventKind::Rescheduled,
            event::EventKind::Cancelled => EventKind::Cancelled,
            event::EventKind::Completed => EventKind::Completed,
            event::EventKind::NoShow => EventKind::NoShow,
            event::EventKind::Updated => EventKind::Updated,
            event::EventKind::Other => EventKind::Other,
        }
    }
}

impl From<EventKind> for event::EventKind {
    fn from(value: EventKind) -> event::EventKind {
        match value {
            EventKind::Created => event::EventKind::Created,
            EventKind::Confirmed => event::EventKind::Confirmed,
            EventKind::Rescheduled => event::EventKind::Rescheduled,
            EventKind::Cancelled => event::EventKind::Cancelled,
            EventKind::Completed => event::EventKind::Completed,
            EventKind::NoShow => event::EventKind::NoShow,
            EventKind::Updated => event::EventKind::Updated,
            EventKind::Other => event::EventKind::Other,
        }
    }
}

/// How a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum BookingStatus {
    Pending,
    Confirmed,
    Cancelled,
    Completed,
    NoShow,
}

impl From<event::BookingStatus> for BookingStatus {
    fn from(value: event::BookingStatus) -> BookingStatus {
        match value {
            event::BookingStatus::Pending => BookingStatus::Pending,
            event::BookingStatus::Confirmed => BookingStatus::Confirmed,
            event::BookingStatus::Cancelled => BookingStatus::Cancelled,
            event::BookingStatus::Completed => BookingStatus::Completed,
            event::BookingStatus::NoShow => BookingStatus::NoShow,
        }
    }
}

/// How a call was known to be genuine: by its signature, or by the unguessable address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Trust {
    Signed,
    TokenOnly,
}

impl From<CoreTrust> for Trust {
    fn from(value: CoreTrust) -> Trust {
        match value {
            CoreTrust::Signed => Trust::Signed,
            CoreTrust::TokenOnly => Trust::TokenOnly,
        }
    }
}

/// What a notice tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum NoticeKind {
    Created,
    Rescheduled,
    Cancelled,
    NoShow,
    Reminder,
    Overlap,
    Trouble,
    Digest,
}

impl From<notice::NoticeKind> for NoticeKind {
    fn from(kind: notice::NoticeKind) -> NoticeKind {
        match kind {
            notice::NoticeKind::Created => NoticeKind::Created,
            notice::NoticeKind::Rescheduled => NoticeKind::Rescheduled,
            notice::NoticeKind::Cancelled => NoticeKind::Cancelled,
            notice::NoticeKind::NoShow => NoticeKind::NoShow,
            notice::NoticeKind::Reminder => NoticeKind::Reminder,
            notice::NoticeKind::Overlap => NoticeKind::Overlap,
            notice::NoticeKind::Trouble => NoticeKind::Trouble,
            notice::NoticeKind::Digest => NoticeKind::Digest,
        }
    }
}
