//! Times in which we could not be reached.

use bellhop_core::gap;
use bellhop_engine::gaps::{Affected, Report};
use serde::Serialize;
use ts_rs::TS;

use super::text;
use super::words::Provider;

/// Why we could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum GapCause {
    NotRunning,
    EndedUnexpectedly,
    Asleep,
    Tunnel,
    Storage,
}

impl From<gap::Cause> for GapCause {
    fn from(cause: gap::Cause) -> GapCause {
        match cause {
            gap::Cause::NotRunning => GapCause::NotRunning,
            gap::Cause::EndedUnexpectedly => GapCause::EndedUnexpectedly,
            gap::Cause::Asleep => GapCause::Asleep,
            gap::Cause::Tunnel => GapCause::Tunnel,
            gap::Cause::Storage => GapCause::Storage,
        }
    }
}

/// What became of the calls of a gap: some may still come, none does, too little is published to tell, or each has been
/// tried again since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Outlook {
    Retrying,
    GivenUp,
    Unknown,
    Settled,
}

impl From<gap::Outlook> for Outlook {
    fn from(outlook: gap::Outlook) -> Outlook {
        match outlook {
            gap::Outlook::Retrying { .. } => Outlook::Retrying,
            gap::Outlook::GivenUp { .. } => Outlook::GivenUp,
            gap::Outlook::Unknown => Outlook::Unknown,
            gap::Outlook::Settled => Outlook::Settled,
        }
    }
}

/// What a gap means for an endpoint. While the gap goes on, `until` is when its provider gives up the first call;
/// afterwards, the latest moment at which one may still come.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct AffectedEndpoint {
    pub endpoint_id: String,
    pub label: String,
    pub provider: Provider,
    pub outlook: Outlook,
    pub until: Option<String>,
    pub summary: String,
    pub advice: String,
}

impl From<Affected> for AffectedEndpoint {
    fn from(affected: Affected) -> AffectedEndpoint {
        AffectedEndpoint {
            endpoint_id: affected.endpoint_id.to_string(),
            label: affected.label,
            provider: affected.provider.into(),
            outlook: affected.outlook.into(),
            until: text(affected.outlook.until()),
            summary: affected.words.summary,
            advice: affected.words.advice,
        }
    }
}

/// A time in which we could not be reached. `endedAt` is null while it goes on.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Gap {
    pub id: String,
    pub cause: GapCause,
    pub began_at: String,
    pub ended_at: Option<String>,
    pub message: String,
    pub endpoints: Vec<AffectedEndpoint>,
}

impl From<Report> for Gap {
    fn from(report: Report) -> Gap {
        Gap {
            id: report.id.to_string(),
            cause: report.gap.trouble().cause.into(),
            began_at: report.gap.began_at.to_string(),
            ended_at: text(report.gap.ended_at),
            message: report.gap.message(),
            endpoints: report.affected.into_iter().map(Into::into).collect(),
        }
    }
}
