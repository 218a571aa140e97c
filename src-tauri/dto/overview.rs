//! Counts over many bookings, for pictures.

use bellhop_core::overview::{self, LEAD_DAYS};
use serde::Serialize;
use ts_rs::TS;

use super::words::Provider;

/// What happened on one day at one provider.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct DayCount {
    pub date: String,
    pub provider: Provider,
    pub created: u32,
    pub rescheduled: u32,
    pub cancelled: u32,
}

/// Counts of the last days. `lead_days` are the upper ends of the buckets of `lead`, whose last one is for what is
/// longer; `hours` are the hours at which new bookings begin, from 0 to 23.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Overview {
    pub days: Vec<DayCount>,
    pub lead_days: Vec<u32>,
    pub lead: Vec<u32>,
    pub hours: Vec<u32>,
    pub created: u32,
    pub cancelled: u32,
}

impl From<overview::Overview> for Overview {
    fn from(counts: overview::Overview) -> Overview {
        let days = counts
            .days
            .into_iter()
            .map(|((date, provider), day)| DayCount {
                date: date.to_string(),
                provider: provider.into(),
                created: day.created,
                rescheduled: day.rescheduled,
                cancelled: day.cancelled,
            });
        Overview {
            days: days.collect(),
            lead_days: LEAD_DAYS
                .iter()
                .map(|days| u32::try_from(*days).unwrap_or_default())
                .collect(),
            lead: counts.lead.to_vec(),
            hours: counts.hours.to_vec(),
            created: counts.created,
            cancelled: counts.cancelled,
        }
    }
}
