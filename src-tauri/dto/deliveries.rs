//! Calls as they came.

use bellhop_core::call::Call;
use bellhop_engine::store::{deliveries as table, notices};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::notices::NotShown;
use super::text;
use super::timeline::{Problem, TimelineEntry};
use super::words::{Provider, Trust};

/// How far a delivery has been worked on.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum DeliveryState {
    Pending,
    Processed,
    Failed,
}

impl From<table::DeliveryState> for DeliveryState {
    fn from(state: table::DeliveryState) -> DeliveryState {
        match state {
            table::DeliveryState::Pending => DeliveryState::Pending,
            table::DeliveryState::Processed => DeliveryState::Processed,
            table::DeliveryState::Failed => DeliveryState::Failed,
        }
    }
}

/// One accepted call, without its content.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Delivery {
    pub id: String,
    pub endpoint_id: String,
    pub provider: Provider,
    pub received_at: String,
    pub repeats: u32,
    pub trust: Trust,
    pub state: DeliveryState,
    pub problems: Vec<Problem>,
}

impl From<table::Delivery> for Delivery {
    fn from(delivery: table::Delivery) -> Delivery {
        Delivery {
            id: delivery.id.to_string(),
            endpoint_id: delivery.endpoint_id.to_string(),
            provider: delivery.provider.into(),
            received_at: delivery.received_at.to_string(),
            repeats: u32::try_from(delivery.repeats).unwrap_or(u32::MAX),
            trust: delivery.trust.into(),
            state: delivery.state.into(),
            problems: delivery.problems.into_iter().map(Into::into).collect(),
        }
    }
}

/// One header of a call.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// When the person was told of what a call says. `shown_at` is null where the desktop has not taken the notice.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct NoticeTimes {
    pub planned_at: String,
    pub shown_at: Option<String>,
    pub not_shown: Option<NotShown>,
}

/// A call with its content, what became of it, and what it says.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
pub struct WholeDelivery {
    /// The call without its content.
    pub delivery: Delivery,
    /// What makes a later call the same.
    pub idempotency_key: String,
    /// When the worker came to its end, last.
    pub worked_at: Option<String>,
    /// When the person had its headers and its body removed. Neither can be shown or read again then.
    pub erased_at: Option<String>,
    /// The first notice of what it says.
    pub notice: Option<NoticeTimes>,
    /// The query of its address.
    pub query: Option<String>,
    /// The caller's address and country, as the tunnel's service saw them.
    pub caller: Option<String>,
    /// Its headers as they came.
    pub headers: Vec<Header>,
    /// Its body as text.
    pub body: String,
    /// Whether that text is the body byte by byte. Otherwise it holds signs for bytes that are no text.
    pub body_is_text: bool,
    /// The size of its body in bytes.
    pub body_size: usize,
    /// What it says, as entries of the timeline. Empty where an earlier call had said the same.
    pub entries: Vec<TimelineEntry>,
}

impl WholeDelivery {
    /// A call, its notice and its entries.
    pub fn of(
        delivery: table::Delivery,
        call: &Call,
        told: Option<notices::Told>,
        entries: Vec<bellhop_engine::store::timeline::TimelineEntry>,
    ) -> WholeDelivery {
        let country = call.forwarded_country();
        let caller = call.forwarded_for().map(|address| match country {
            Some(country) => format!("{address} ({country})"),
            None => address.to_owned(),
        });
        let headers = call.headers.iter().map(|(name, value)| Header {
            name: name.clone(),
            value: String::from_utf8_lossy(value).into_owned(),
        });
        WholeDelivery {
            idempotency_key: delivery.idempotency_key.clone(),
            worked_at: text(delivery.worked_at),
            erased_at: text(delivery.erased_at),
            delivery: delivery.into(),
            notice: told.map(|told| NoticeTimes {
                planned_at: told.planned_at.to_string(),
                shown_at: text(told.shown_at),
                not_shown: told.shown_at.is_none().then(|| told.held.into()),
            }),
            query: call.query.clone(),
            caller,
            headers: headers.collect(),
            body: String::from_utf8_lossy(&call.body).into_owned(),
            body_is_text: std::str::from_utf8(&call.body).is_ok(),
            body_size: call.body.len(),
            entries: entries.into_iter().map(Into::into).collect(),
        }
    }
}

/// Which calls to list, newest first. `before` is the cursor of the page before.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct DeliveryQuery {
    pub limit: u32,
    pub before: Option<String>,
    pub endpoint_id: Option<String>,
    pub with_problems: bool,
}

/// A page of calls. `next` is the cursor of the page after it, if there is one.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct DeliveryPage {
    pub deliveries: Vec<Delivery>,
    pub next: Option<String>,
}
