//! The data: where they are, their backups, and the people in them.

use std::path::Path;

use bellhop_engine::client_data::Found;
use bellhop_engine::footprint;
use bellhop_engine::reach;
use bellhop_engine::store::attendees;
use bellhop_engine::store::backup::Content;
use bellhop_engine::store::bookings;
use bellhop_engine::store::erasing::Extent;
use bellhop_engine::store::retention::Due;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::text;
use super::words::Provider;

/// What is in a database.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct DataContent {
    pub endpoints: u32,
    pub deliveries: u32,
    pub bookings: u32,
    pub newest_delivery_at: Option<String>,
}

impl From<Content> for DataContent {
    fn from(content: Content) -> DataContent {
        DataContent {
            endpoints: count(content.endpoints),
            deliveries: count(content.deliveries),
            bookings: count(content.bookings),
            newest_delivery_at: text(content.newest_delivery_at),
        }
    }
}

/// A file with data in it.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct DataFile {
    pub file: String,
    pub bytes: f64,
}

/// What the data take on the disk. `restored` tells of the restore with which the program started.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Footprint {
    pub directory: String,
    pub database: f64,
    pub journal: f64,
    pub copies: Vec<DataFile>,
    pub content: DataContent,
    pub restored: Option<Restored>,
}

impl Footprint {
    /// What is in `directory`.
    pub fn of(
        directory: String,
        found: footprint::Footprint,
        restored: Option<Restored>,
    ) -> Footprint {
        let copies = found.copies.into_iter().map(|copy| DataFile {
            file: copy.file.display().to_string(),
            bytes: bytes(copy.bytes),
        });
        Footprint {
            directory,
            database: bytes(found.database),
            journal: bytes(found.journal),
            copies: copies.collect(),
            content: found.content.into(),
            restored,
        }
    }
}

/// How a restore went. Where it failed, `failure` says why, and nothing was changed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Restored {
    pub file: String,
    pub failure: Option<String>,
    /// Where the data are that it replaced.
    pub kept_aside: Option<String>,
    /// Endpoints whose secret is not on this computer.
    pub without_secret: Vec<String>,
}

/// A backup: one that was written, or one that is there to be restored.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Backup {
    pub file: String,
    pub bytes: f64,
    pub content: DataContent,
}

impl Backup {
    /// A file with this content.
    pub fn of(file: &Path, size: u64, content: Content) -> Backup {
        Backup {
            file: file.display().to_string(),
            bytes: bytes(size),
            content: content.into(),
        }
    }
}

/// What a rule for the content of calls removes at once.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct CallsDue {
    pub deliveries: u32,
    pub bytes: f64,
}

impl From<Due> for CallsDue {
    fn from(due: Due) -> CallsDue {
        CallsDue {
            deliveries: count(due.deliveries),
            bytes: bytes(u64::try_from(due.bytes).unwrap_or_default()),
        }
    }
}

/// Somebody whom bookings name.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct KnownPerson {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub bookings: u32,
    pub last_heard: String,
}

impl From<attendees::Known> for KnownPerson {
    fn from(known: attendees::Known) -> KnownPerson {
        KnownPerson {
            name: known.name,
            email: known.email,
            phone: known.phone,
            bookings: count(known.bookings),
            last_heard: known.last_heard.to_string(),
        }
    }
}

/// Whom to look for: everything that is given has to fit.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct PersonQuery {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// One of the bookings that go.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct BookingLine {
    pub id: String,
    pub provider: Provider,
    pub title: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub date: Option<String>,
}

impl From<bookings::Booking> for BookingLine {
    fn from(booking: bookings::Booking) -> BookingLine {
        BookingLine {
            id: booking.id.to_string(),
            provider: booking.provider.into(),
            title: booking.title,
            start: text(booking.when.start),
            end: text(booking.when.end),
            date: text(booking.when.date),
        }
    }
}

/// What erasing a person's data removes, and the files that hold it too and are left alone.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct PersonData {
    pub bookings: u32,
    pub entries: u32,
    pub notices: u32,
    pub deliveries: u32,
    /// Those among them that told of other people too.
    pub shared_deliveries: u32,
    pub known_as: Vec<String>,
    pub newest: Vec<BookingLine>,
    pub copies: Vec<String>,
}

impl From<&Found> for PersonData {
    fn from(found: &Found) -> PersonData {
        let copies = found.copies.iter().map(|file| file.display().to_string());
        PersonData {
            known_as: found.known_as().map(str::to_owned).collect(),
            newest: found.newest.iter().cloned().map(Into::into).collect(),
            copies: copies.collect(),
            ..PersonData::counted(&found.extent)
        }
    }
}

impl PersonData {
    /// The counts alone.
    pub fn counted(extent: &Extent) -> PersonData {
        let size = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        PersonData {
            bookings: size(extent.bookings),
            entries: size(extent.events),
            notices: count(extent.notices),
            deliveries: size(extent.deliveries),
            shared_deliveries: count(extent.shared_deliveries),
            known_as: Vec::new(),
            newest: Vec::new(),
            copies: Vec::new(),
        }
    }
}

/// Why the program connects to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum HostPurpose {
    Tunnel,
    OwnAddress,
    Proxy,
}

/// A host that the program connects to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Host {
    pub name: String,
    pub purpose: HostPurpose,
}

impl From<reach::Host> for Host {
    fn from(host: reach::Host) -> Host {
        Host {
            name: host.name,
            purpose: match host.purpose {
                reach::Purpose::Tunnel => HostPurpose::Tunnel,
                reach::Purpose::OwnAddress => HostPurpose::OwnAddress,
                reach::Purpose::Proxy => HostPurpose::Proxy,
            },
        }
    }
}

fn count(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

/// JavaScript has no other number.
#[expect(clippy::cast_precision_loss, reason = "exact up to 8 PiB")]
fn bytes(bytes: u64) -> f64 {
    bytes as f64
}
