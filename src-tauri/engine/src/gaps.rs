//! The gap ledger: every time in which we could not be reached, and what each provider does about it.
//!
//! The receiver writes it ([`ledger`]): with its beat it looks whether it can be reached, and leaves a sign of life once a
//! minute, so that a crash or a power cut is known at the next start. Whoever shows gaps asks for a [`report`].

pub(crate) mod clock;
pub(crate) mod ledger;
mod place;
pub(crate) mod refusals;

use bellhop_core::gap::{Gap, Outlook, Span, Words, outlook, word};
use bellhop_core::notice::Here;
use bellhop_core::provider::Provider;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::store::{self, endpoints, gaps};

/// A gap, and what it means for each endpoint that there was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its row.
    pub id: i64,
    /// The gap.
    pub gap: Gap,
    /// The endpoints that could not be called in it.
    pub affected: Vec<Affected>,
}

/// What a gap means for an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// Its row.
    pub endpoint_id: i64,
    /// The person's name for it.
    pub label: String,
    /// Its provider.
    pub provider: Provider,
    /// What became of the calls in it.
    pub outlook: Outlook,
    /// The same in words.
    pub words: Words,
}

/// The newest gaps, newest first: all, or those of one endpoint. An endpoint that has been removed is in none, and one
/// that was added later is not in those before.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn report(
    connection: &Connection,
    endpoint_id: Option<i64>,
    limit: usize,
    here: &Here,
) -> store::Result<Vec<Report>> {
    let gaps = gaps::list(connection, gaps::KEPT)?;
    let spans: Vec<Span> = gaps.iter().map(|stored| stored.gap.span()).collect();
    let mut endpoints = endpoints::all(connection)?;
    endpoints.retain(|endpoint| endpoint_id.is_none_or(|id| id == endpoint.id));
    let reports = gaps.into_iter().map(|gaps::Stored { id, gap }| {
        let affected = endpoints
            .iter()
            .filter_map(|endpoint| {
                let since = endpoint.created_at;
                let span = existed(gap.span(), since)?;
                let provider = endpoint.provider;
                let outlook = outlook(provider.facts().retries.plan, span, &spans, here.now);
                Some(Affected {
                    endpoint_id: endpoint.id,
                    label: endpoint.label.clone(),
                    provider,
                    outlook,
                    words: word(provider, span, outlook, here),
                })
            })
            .collect();
        Report { id, gap, affected }
    });
    Ok(reports
        .filter(|report| endpoint_id.is_none() || !report.affected.is_empty())
        .take(limit)
        .collect())
}

/// The newest gaps in which some endpoint could not be reached, newest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn affecting(connection: &Connection, limit: usize, here: &Here) -> store::Result<Vec<Report>> {
    let mut reports = report(connection, None, limit, here)?;
    reports.retain(|report| !report.affected.is_empty());
    Ok(reports)
}

/// The part of a gap in which an endpoint existed that was added at `since`.
fn existed(gap: Span, since: Timestamp) -> Option<Span> {
    let begin = gap.begin.max(since);
    let existed = gap.end.is_none_or(|end| begin < end || begin == gap.begin);
    existed.then_some(Span { begin, ..gap })
}
