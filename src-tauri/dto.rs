//! What crosses to the window. The only types of which TypeScript is generated, into `ui/src/bindings`.
//!
//! Ids and times are texts; times are RFC 3339 in UTC.

mod bookings;
mod calendar;
mod data;
mod deliveries;
mod digests;
mod endpoints;
mod first_run;
mod gaps;
mod look;
mod notices;
mod overlaps;
mod overview;
mod reminders;
mod rules;
mod settings;
mod timeline;
mod words;

use serde::Serialize;
use ts_rs::TS;

pub use bookings::{Booking, Field, Note, OtherBooking, Replayed, StoryStep, TextChange};
pub use calendar::{CalendarBooking, CalendarQuery};
pub use data::{
    Backup, BookingLine, CallsDue, DataContent, DataFile, Footprint, Host, HostPurpose,
    KnownPerson, PersonData, PersonQuery, Restored,
};
pub use deliveries::{
    Delivery, DeliveryPage, DeliveryQuery, DeliveryState, Header, NoticeTimes, WholeDelivery,
};
pub use digests::{Digest, DigestSchedule, MissedNotice};
pub use endpoints::{Endpoint, NewEndpoint, ProviderFacts, Rejection, Secret, SecretUse, Silence};
pub use first_run::{FirstRun, FirstRunProgress, FirstRunStep};
pub use gaps::{AffectedEndpoint, Gap, GapCause, Outlook};
pub use look::{Appearance, ClockChoice, FirstWeekday, LanguageChoice, Look, Privacy};
pub use notices::{
    DesktopShows, DesktopTrouble, NotShown, Notice, NoticeAnswer, NoticePage, NoticePlace,
    NoticeQuery,
};
pub use overlaps::{BookingOverlap, OverlapPair};
pub use overview::{DayCount, Overview};
pub use reminders::{
    BookingReminders, Card, NextReminder, ReminderRule, ReminderRules, Reminders, ToldReminder,
};
pub use rules::{
    Difference, Effect, Hours, KeptRule, KindSound, Manner, Preview, QuietHours, Rule, Sound,
    Telling, Wishes,
};
pub use settings::{
    Hop, HopOutcome, OpenEnd, Pause, Reach, SecretKeeper, SelfTest, Settings, SettingsChange,
    Status, Tunnel,
};
pub use timeline::{Attendee, Problem, TimelineEntry, TimelinePage, TimelineQuery};
pub use words::{BookingStatus, EventKind, NoticeKind, Provider, Trust};

/// What the window is told after a commit: read these again.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Change {
    pub timeline: bool,
    pub endpoints: bool,
    pub gaps: bool,
    pub notices: bool,
    pub status: bool,
}

/// An error that crosses to the window. `code` exists only where the window acts on it.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
pub struct Failure {
    /// A word for the window, where it acts on it.
    pub code: Option<String>,
    /// A sentence for the person, which says what to do.
    pub message: String,
}

fn text(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}
