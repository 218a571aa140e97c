//! Which entries a query asks for. Each filter walks an index from its newest entry and stops when the page is full, so
//! that it takes as long with a million entries as with a hundred.

use bellhop_core::event::EventKind;
use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::TimelineQuery;
use crate::store::Result;
use crate::store::columns::rows;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The newest events that fit a query, newest first.
pub(super) fn find(connection: &Connection, query: &TimelineQuery) -> Result<Vec<i64>> {
    let Some(search) = Search::of(connection, query)? else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(&search.sql)?;
    rows(&mut statement, params_from_iter(search.parameters), |row| {
        Ok(row.get(0)?)
    })
}

/// A query in SQL.
pub(super) struct Search {
    pub(super) sql: String,
    pub(super) parameters: Vec<Value>,
}

impl Search {
    /// `None` where nothing can fit.
    pub(super) fn of(connection: &Connection, query: &TimelineQuery) -> Result<Option<Search>> {
        let Some(days) = Days::of(connection, query.since, query.until)? else {
            return Ok(None);
        };
        let endpoints = endpoints(connection, query)?;
        let mut parameters = Vec::new();
        let mut add = |condition: &str, value: Option<Value>| -> Option<String> {
            parameters.push(value?);
            Some(format!("{condition} ?{}", parameters.len()))
        };
        let text = |value: &str| Value::Text(value.to_owned());
        let microseconds = |moment: Timestamp| Value::Integer(moment.as_microsecond());
        let words = query.search.as_deref().map(terms);
        let words = words.filter(|words| !words.is_empty());
        let found_by_words = words.is_some();
        let id = if found_by_words {
            "event_search.rowid"
        } else {
            "event.id"
        };
        let mut conditions: Vec<String> = [
            add("event_search MATCH", words.map(Value::Text)),
            add(&format!("{id} <"), query.before.map(Value::Integer)),
            add(&format!("{id} >"), query.after.map(Value::Integer)),
            add(&format!("{id} >="), days.first.map(Value::Integer)),
            add(&format!("{id} <="), days.last.map(Value::Integer)),
            add("received_at >=", query.since.map(microseconds)),
            add("received_at <", query.until.map(microseconds)),
            add("kind =", query.kind.map(EventKind::as_str).map(text)),
            add("booking_id =", query.booking_id.map(Value::Integer)),
            add("delivery_id =", query.delivery_id.map(Value::Integer)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if query.unread {
            conditions.push("read_at IS NULL".to_owned());
        }
        let source = match (found_by_words, query.unread) {
            // The index of words gives what it found in the order of the rows, newest first.
            (true, _) => "event_search CROSS JOIN event ON event.id = event_search.rowid",
            // Few are unread, whatever their kind.
            (false, true) => "event INDEXED BY event_unread",
            (false, false) => "event",
        };
        let select = |more: Option<String>| {
            let all: Vec<String> = conditions.iter().cloned().chain(more).collect();
            let all = if all.is_empty() {
                "TRUE".to_owned()
            } else {
                all.join(" AND ")
            };
            format!("SELECT {id} AS id FROM {source} WHERE {all}")
        };
        let selects = match endpoints {
            None => select(None),
            // Each of several endpoints has its own order, and SQLite merges them.
            Some(ids) if !found_by_words && !query.unread => ids
                .into_iter()
                .map(|id| select(Some(format!("endpoint_id = {id}"))))
                .collect::<Vec<_>>()
                .join(" UNION ALL "),
            Some(ids) => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                select(Some(format!("endpoint_id IN ({})", ids.join(", "))))
            }
        };
        if selects.is_empty() {
            return Ok(None);
        }
        parameters.push(Value::Integer(query.limit));
        let limit = parameters.len();
        Ok(Some(Search {
            sql: format!("{selects} ORDER BY 1 DESC LIMIT ?{limit}"),
            parameters,
        }))
    }
}

/// The endpoints that a query is confined to.
fn endpoints(connection: &Connection, query: &TimelineQuery) -> Result<Option<Vec<i64>>> {
    let Some(provider) = query.provider else {
        return Ok(query.endpoint_id.map(|id| vec![id]));
    };
    let mut statement = connection.prepare_cached(
        "SELECT id FROM endpoint WHERE provider = ?1 AND (?2 IS NULL OR id = ?2) ORDER BY id",
    )?;
    let ids = rows(
        &mut statement,
        (provider.as_str(), query.endpoint_id),
        |row| Ok(row.get(0)?),
    )?;
    Ok(Some(ids))
}

/// The first and the last event of the days in question.
#[derive(Default)]
struct Days {
    first: Option<i64>,
    last: Option<i64>,
}

impl Days {
    /// `None` where nothing came on any of them.
    fn of(
        connection: &Connection,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Option<Days>> {
        let bound = |sql: &str, moment: Option<Timestamp>| -> Result<Option<Option<i64>>> {
            let Some(moment) = moment else {
                return Ok(Some(None));
            };
            let day = moment.as_second().div_euclid(DAY.as_secs());
            let bound: Option<i64> = connection
                .prepare_cached(sql)?
                .query_row([day], |row| row.get(0))?;
            Ok(bound.map(Some))
        };
        let first = bound(
            "SELECT min(first_event) FROM event_day WHERE day >= ?1",
            since,
        )?;
        let last = bound(
            "SELECT max(last_event) FROM event_day WHERE day <= ?1",
            until,
        )?;
        Ok(first.zip(last).map(|(first, last)| Days { first, last }))
    }
}

/// What the person typed, as a query of words that may be unfinished. Nothing in it is an operator.
fn terms(typed: &str) -> String {
    let words = typed
        .split_whitespace()
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")));
    words.collect::<Vec<_>>().join(" ")
}
