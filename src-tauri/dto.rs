//! What crosses to the window. The only types of which TypeScript is generated, into `ui/src/bindings`.
//!
//! Ids and times are texts; times are RFC 3339 in UTC.

use bellhop_core::event::{self, Problem as CoreProblem};
use bellhop_core::provider::Provider as CoreProvider;
use bellhop_core::signature::{Scheme, Trust as CoreTrust};
use bellhop_engine::reach::{Choice, Way};
use bellhop_engine::secrets::Keeper;
use bellhop_engine::tunnel::TunnelStatus;
use bellhop_engine::{self_test, store};
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

/// Who booked.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Attendee {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub time_zone: Option<String>,
}

impl From<event::Attendee> for Attendee {
    fn from(attendee: event::Attendee) -> Attendee {
        let event::Attendee {
            name,
            email,
            phone,
            time_zone,
        } = attendee;
        Attendee {
            name,
            email,
            phone,
            time_zone,
        }
    }
}

/// Something in a delivery that Bellhop could not use, in words for the person.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Problem {
    pub code: String,
    pub message: String,
}

impl From<CoreProblem> for Problem {
    fn from(problem: CoreProblem) -> Problem {
        Problem {
            code: problem.code,
            message: problem.message,
        }
    }
}

/// One event in the timeline. A date without a time is in `date`, and `start` is null then.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct TimelineEntry {
    pub event_id: String,
    pub booking_id: Option<String>,
    pub delivery_id: String,
    pub endpoint_id: String,
    pub endpoint_label: String,
    pub provider: Provider,
    pub trust: Trust,
    pub kind: EventKind,
    pub event_type: Option<String>,
    pub title: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub date: Option<String>,
    pub previous_start: Option<String>,
    pub previous_end: Option<String>,
    pub previous_date: Option<String>,
    pub attendee: Attendee,
    pub host: Option<String>,
    pub booking_status: Option<BookingStatus>,
    pub reason: Option<String>,
    pub occurred_at: Option<String>,
    pub received_at: String,
    pub late: bool,
    pub unread: bool,
    pub problems: Vec<Problem>,
}

impl From<store::timeline::TimelineEntry> for TimelineEntry {
    fn from(entry: store::timeline::TimelineEntry) -> TimelineEntry {
        TimelineEntry {
            event_id: entry.event_id.to_string(),
            booking_id: text(entry.booking_id),
            delivery_id: entry.delivery_id.to_string(),
            endpoint_id: entry.endpoint_id.to_string(),
            endpoint_label: entry.endpoint_label,
            provider: entry.provider.into(),
            trust: entry.trust.into(),
            kind: entry.kind.into(),
            event_type: entry.event_type,
            title: entry.title,
            start: text(entry.when.start),
            end: text(entry.when.end),
            date: text(entry.when.date),
            previous_start: text(entry.previous.start),
            previous_end: text(entry.previous.end),
            previous_date: text(entry.previous.date),
            attendee: entry.attendee.into(),
            host: entry.host,
            booking_status: entry.status.map(Into::into),
            reason: entry.reason,
            occurred_at: text(entry.occurred_at),
            received_at: entry.received_at.to_string(),
            late: entry.late,
            unread: entry.unread,
            problems: entry.problems.into_iter().map(Into::into).collect(),
        }
    }
}

/// Which entries to list, newest first. `before` is the cursor of the page before.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct TimelineQuery {
    pub limit: u32,
    pub before: Option<String>,
    pub kind: Option<EventKind>,
    pub provider: Option<Provider>,
    pub endpoint_id: Option<String>,
    pub search: Option<String>,
}

/// A page of the timeline. `next` is the cursor of the page after it, if there is one.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct TimelinePage {
    pub entries: Vec<TimelineEntry>,
    pub next: Option<String>,
}

/// One appointment through its whole life, its events in the order in which they came.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Booking {
    pub id: String,
    pub provider: Provider,
    pub endpoint_id: String,
    pub endpoint_label: String,
    pub status: BookingStatus,
    pub title: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub date: Option<String>,
    pub attendee: Attendee,
    pub host: Option<String>,
    pub reason: Option<String>,
    pub created_at: String,
    pub updated_at: String,
    pub events: Vec<TimelineEntry>,
}

impl Booking {
    /// A booking and its events.
    pub fn of(
        booking: store::bookings::Booking,
        events: Vec<store::timeline::TimelineEntry>,
    ) -> Booking {
        Booking {
            id: booking.id.to_string(),
            provider: booking.provider.into(),
            endpoint_id: booking.endpoint_id.to_string(),
            endpoint_label: booking.endpoint_label,
            status: booking.status.into(),
            title: booking.title,
            start: text(booking.when.start),
            end: text(booking.when.end),
            date: text(booking.when.date),
            attendee: booking.attendee.into(),
            host: booking.host,
            reason: booking.reason,
            created_at: booking.created_at.to_string(),
            updated_at: booking.updated_at.to_string(),
            events: events.into_iter().map(Into::into).collect(),
        }
    }
}

/// A live signing secret. Never its value.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Secret {
    pub id: String,
    pub created_at: String,
    pub last_used_at: Option<String>,
}

impl From<store::secrets::Secret> for Secret {
    fn from(secret: store::secrets::Secret) -> Secret {
        Secret {
            id: secret.id.to_string(),
            created_at: secret.created_at.to_string(),
            last_used_at: text(secret.last_used_at),
        }
    }
}

/// A call that was turned away, and what to do about it.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Rejection {
    pub id: String,
    pub at: String,
    pub endpoint_id: Option<String>,
    pub reason: String,
    pub hint: String,
}

impl From<store::rejections::Rejection> for Rejection {
    fn from(rejection: store::rejections::Rejection) -> Rejection {
        Rejection {
            id: rejection.id.to_string(),
            at: rejection.at.to_string(),
            endpoint_id: text(rejection.endpoint_id),
            reason: rejection.reason,
            hint: rejection.hint,
        }
    }
}

/// One public address of ours. `signatureForm` says in words how its first genuine call proved itself.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Endpoint {
    pub id: String,
    pub provider: Provider,
    pub label: String,
    pub path: String,
    pub public_url: Option<String>,
    pub trust: Trust,
    pub secrets: Vec<Secret>,
    pub signature_form: Option<String>,
    pub created_at: String,
    pub last_delivery_at: Option<String>,
    pub last_rejection: Option<Rejection>,
    pub stale_address: Option<String>,
}

impl Endpoint {
    /// An endpoint, the host by which the world reaches it, and the last call to it that was turned away.
    pub fn of(
        endpoint: store::endpoints::Endpoint,
        host: Option<&str>,
        last_rejection: Option<store::rejections::Rejection>,
    ) -> Endpoint {
        Endpoint {
            stale_address: host.and_then(|host| endpoint.stale_address(host)),
            id: endpoint.id.to_string(),
            provider: endpoint.provider.into(),
            path: endpoint.path(),
            public_url: host.map(|host| format!("{host}{}", endpoint.path())),
            trust: endpoint.trust().into(),
            signature_form: text(endpoint.signature_form),
            created_at: endpoint.created_at.to_string(),
            last_delivery_at: text(endpoint.last_delivery_at),
            last_rejection: last_rejection.map(Into::into),
            label: endpoint.label,
            secrets: endpoint.secrets.into_iter().map(Into::into).collect(),
        }
    }
}

/// What a provider does with a secret.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
pub enum SecretUse {
    /// Its calls are signed: without the secret none is taken.
    Required,
    /// Its calls may carry one.
    Optional,
    /// Its calls carry none.
    None,
}

/// What the person needs to know to set up a provider.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct ProviderFacts {
    pub provider: Provider,
    pub name: &'static str,
    pub secret: SecretUse,
    pub secret_name: &'static str,
    pub setup: Vec<&'static str>,
    pub setup_page: &'static str,
    pub honesty: Option<&'static str>,
}

impl From<CoreProvider> for ProviderFacts {
    fn from(provider: CoreProvider) -> ProviderFacts {
        let facts = provider.facts();
        ProviderFacts {
            provider: provider.into(),
            name: facts.name,
            secret: match facts.scheme {
                Scheme::Hmac { .. } => SecretUse::Required,
                Scheme::UnpublishedToken => SecretUse::Optional,
                Scheme::AddressOnly => SecretUse::None,
            },
            secret_name: facts.secret_name,
            setup: facts.setup.to_vec(),
            setup_page: facts.setup_page,
            honesty: facts.honesty,
        }
    }
}

/// An endpoint to add.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct NewEndpoint {
    pub provider: Provider,
    pub label: String,
    pub secret: Option<String>,
}

/// How the world reaches us.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(
    tag = "state",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Tunnel {
    Off,
    Connecting,
    Online {
        url: String,
        since: String,
    },
    Reconnecting {
        since: String,
        code: Option<String>,
        cause: String,
        next_try: Option<String>,
    },
    Failed {
        code: Option<String>,
        message: String,
    },
}

impl From<TunnelStatus> for Tunnel {
    fn from(status: TunnelStatus) -> Tunnel {
        match status {
            TunnelStatus::Off => Tunnel::Off,
            TunnelStatus::Connecting => Tunnel::Connecting,
            TunnelStatus::Online { url, since } => Tunnel::Online {
                url,
                since: since.to_string(),
            },
            TunnelStatus::Reconnecting {
                since,
                code,
                cause,
                next_try,
            } => Tunnel::Reconnecting {
                since: since.to_string(),
                code,
                cause,
                next_try: text(next_try),
            },
            TunnelStatus::Failed { code, message } => Tunnel::Failed { code, message },
        }
    }
}

/// How the program is.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Status {
    pub version: &'static str,
    pub demo: bool,
    pub listening: Option<String>,
    pub tunnel: Tunnel,
    pub notifications_paused_until: Option<String>,
    pub unread: u32,
}

/// Who keeps secrets.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
pub enum SecretKeeper {
    /// The desktop's keychain.
    Keychain,
    /// A file that the person alone can read.
    File,
}

impl From<Keeper> for SecretKeeper {
    fn from(keeper: Keeper) -> SecretKeeper {
        match keeper {
            Keeper::Keychain => SecretKeeper::Keychain,
            Keeper::File => SecretKeeper::File,
        }
    }
}

/// By what the world reaches us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Reach {
    Off,
    Ngrok,
    OwnAddress,
}

impl From<Way> for Reach {
    fn from(way: Way) -> Reach {
        match way {
            Way::Off => Reach::Off,
            Way::Ngrok => Reach::Ngrok,
            Way::OwnAddress => Reach::OwnAddress,
        }
    }
}

impl From<Reach> for Way {
    fn from(reach: Reach) -> Way {
        match reach {
            Reach::Off => Way::Off,
            Reach::Ngrok => Way::Ngrok,
            Reach::OwnAddress => Way::OwnAddress,
        }
    }
}

/// What the person chose.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Settings {
    pub reach: Reach,
    pub ngrok_domain: Option<String>,
    pub has_ngrok_token: bool,
    pub token_from_environment: bool,
    pub ngrok_server: Option<String>,
    pub ngrok_root_cas: Option<String>,
    pub ngrok_proxy: Option<String>,
    pub own_address: Option<String>,
    pub probe: bool,
    pub secrets_kept_in: SecretKeeper,
    pub data_dir: String,
}

/// What the person chooses.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct SettingsChange {
    pub reach: Reach,
    pub ngrok_domain: Option<String>,
    pub ngrok_server: Option<String>,
    pub ngrok_root_cas: Option<String>,
    pub ngrok_proxy: Option<String>,
    pub own_address: Option<String>,
    pub probe: bool,
}

impl From<SettingsChange> for Choice {
    fn from(change: SettingsChange) -> Choice {
        Choice {
            way: change.reach.into(),
            ngrok_domain: change.ngrok_domain,
            ngrok_server: change.ngrok_server,
            ngrok_root_cas: change.ngrok_root_cas,
            ngrok_proxy: change.ngrok_proxy,
            own_address: change.own_address,
            probe: change.probe,
        }
    }
}

/// How a part of the way of a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum HopOutcome {
    Passed,
    Failed,
    Skipped,
}

/// A part of the way of a call. `message` says why it was skipped, or what to do where it failed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Hop {
    pub name: &'static str,
    pub outcome: HopOutcome,
    pub milliseconds: Option<f64>,
    pub message: Option<String>,
}

impl From<self_test::Hop> for Hop {
    fn from(hop: self_test::Hop) -> Hop {
        let (outcome, milliseconds, message) = match hop.outcome {
            self_test::Outcome::Passed(took) => {
                (HopOutcome::Passed, Some(took.as_secs_f64() * 1e3), None)
            }
            self_test::Outcome::Failed(advice) => (HopOutcome::Failed, None, Some(advice)),
            self_test::Outcome::Skipped(why) => (HopOutcome::Skipped, None, Some(why)),
        };
        Hop {
            name: hop.name.as_str(),
            outcome,
            milliseconds,
            message,
        }
    }
}

/// A test of the whole way of a call. It ends with the first part that failed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct SelfTest {
    pub passed: bool,
    pub hops: Vec<Hop>,
}

impl From<self_test::Report> for SelfTest {
    fn from(report: self_test::Report) -> SelfTest {
        SelfTest {
            passed: report.passed(),
            hops: report.hops.into_iter().map(Into::into).collect(),
        }
    }
}

/// What the window is told after a commit: read these again.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Change {
    pub timeline: bool,
    pub endpoints: bool,
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
