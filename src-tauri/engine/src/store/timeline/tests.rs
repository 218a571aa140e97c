//! Each filter over many entries: the right ones, found without reading the others.

use bellhop_core::event::EventKind;
use bellhop_core::provider::Provider;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, StatementStatus, params_from_iter};

use super::TimelineQuery;
use super::finding::{Search, find};
use crate::store::migrating::migrate;

/// Entries, 100 a day.
const ENTRIES: i64 = 40_000;

/// What each kind of filter may look at for a page of 60. Everything would be far more.
const STEPS: i32 = 12_000;

/// Three endpoints of two providers; the rare ones have one entry in 10,000. A hundred entries are unread.
fn filled() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate(&mut connection).unwrap();
    connection
        .execute_batch(&format!(
            "INSERT INTO endpoint (provider, label, token, created_at) VALUES
                ('bookora', 'One', 'a', 0), ('orufy', 'Two', 'b', 0), ('bookora', 'Three', 'c', 0);
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {ENTRIES})
             INSERT INTO delivery (endpoint_id, idempotency_key, received_at, headers, body, trust, state)
                SELECT iif(n % 10000 = 5000, 2, iif(n % 10000 = 6000, 3, 1)), n, n * 864000000, x'', x'', 'signed', 'processed'
                FROM n;
             INSERT INTO event (delivery_id, position, endpoint_id, fingerprint, fact, kind, late, received_at, read_at)
                SELECT id, 0, endpoint_id, CAST(id AS BLOB), '{{}}', iif(id % 10000 = 7000, 'no_show', 'created'), 0, received_at,
                       iif(id % 400 = 0, NULL, 1)
                FROM delivery;
             INSERT INTO event_search (rowid, words)
                SELECT id, iif(id % 10000 = 8000, 'common rare', 'common') FROM event;"
        ))
        .unwrap();
    connection
}

fn page() -> TimelineQuery {
    TimelineQuery {
        limit: 60,
        ..TimelineQuery::default()
    }
}

fn day(number: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * number)
}

fn queries() -> Vec<(&'static str, TimelineQuery, Vec<i64>)> {
    let newest = |ids: &mut dyn Iterator<Item = i64>| ids.take(60).collect::<Vec<_>>();
    vec![
        ("all", page(), newest(&mut (1..=ENTRIES).rev())),
        (
            "a rare kind",
            TimelineQuery {
                kind: Some(EventKind::NoShow),
                ..page()
            },
            vec![37_000, 27_000, 17_000, 7_000],
        ),
        (
            "a rare provider",
            TimelineQuery {
                provider: Some(Provider::Orufy),
                ..page()
            },
            vec![35_000, 25_000, 15_000, 5_000],
        ),
        (
            "a provider of two endpoints",
            TimelineQuery {
                provider: Some(Provider::Bookora),
                limit: 3,
                before: Some(36_002),
                ..page()
            },
            vec![36_001, 36_000, 35_999],
        ),
        (
            "a rare endpoint",
            TimelineQuery {
                endpoint_id: Some(3),
                ..page()
            },
            vec![36_000, 26_000, 16_000, 6_000],
        ),
        (
            "an endpoint of another provider",
            TimelineQuery {
                endpoint_id: Some(3),
                provider: Some(Provider::Orufy),
                ..page()
            },
            vec![],
        ),
        (
            "a rare kind of a busy provider",
            TimelineQuery {
                provider: Some(Provider::Bookora),
                kind: Some(EventKind::NoShow),
                ..page()
            },
            vec![37_000, 27_000, 17_000, 7_000],
        ),
        (
            "unread",
            TimelineQuery {
                unread: true,
                ..page()
            },
            newest(&mut (1..=ENTRIES).rev().filter(|id| id % 400 == 0)),
        ),
        (
            "unread of a rare provider",
            TimelineQuery {
                unread: true,
                provider: Some(Provider::Orufy),
                ..page()
            },
            vec![],
        ),
        (
            "days long ago",
            TimelineQuery {
                since: Some(day(3)),
                until: Some(day(5)),
                ..page()
            },
            newest(&mut (300..500).rev()),
        ),
        (
            "days long ago, further down",
            TimelineQuery {
                since: Some(day(3)),
                until: Some(day(5)),
                before: Some(310),
                ..page()
            },
            newest(&mut (300..310).rev()),
        ),
        (
            "a rare kind on days long ago",
            TimelineQuery {
                since: Some(day(65)),
                until: Some(day(75)),
                kind: Some(EventKind::NoShow),
                ..page()
            },
            vec![7_000],
        ),
        (
            "days to come",
            TimelineQuery {
                since: Some(day(9_999)),
                ..page()
            },
            vec![],
        ),
        (
            "a common word",
            TimelineQuery {
                search: Some("com".to_owned()),
                ..page()
            },
            newest(&mut (1..=ENTRIES).rev()),
        ),
        (
            "a common word, further down and long ago",
            TimelineQuery {
                search: Some("com".to_owned()),
                before: Some(9_000),
                since: Some(day(50)),
                until: Some(day(80)),
                ..page()
            },
            newest(&mut (5_000..8_000).rev()),
        ),
        (
            "a rare word of unread entries",
            TimelineQuery {
                search: Some("rar common".to_owned()),
                unread: true,
                ..page()
            },
            vec![38_000, 28_000, 18_000, 8_000],
        ),
    ]
}

#[test]
fn each_filter_gives_its_entries_newest_first() {
    let connection = filled();
    for (name, query, expected) in queries() {
        assert_eq!(find(&connection, &query).unwrap(), expected, "{name}");
    }
}

#[test]
fn no_filter_sorts_or_reads_everything() {
    let connection = filled();
    for (name, query, _) in queries() {
        let Some(search) = Search::of(&connection, &query).unwrap() else {
            continue;
        };
        let plan: Vec<String> = {
            let explain = format!("EXPLAIN QUERY PLAN {}", search.sql);
            let mut statement = connection.prepare(&explain).unwrap();
            let lines = statement
                .query_map(params_from_iter(search.parameters.clone()), |row| {
                    row.get(3)
                })
                .unwrap();
            lines.map(Result::unwrap).collect()
        };
        let sorts = plan.iter().any(|line| line.contains("TEMP B-TREE"));
        let scans = plan.iter().any(|line| line == "SCAN event");
        assert!(!sorts && (!scans || name == "all"), "{name}: {plan:?}");

        let mut statement = connection.prepare(&search.sql).unwrap();
        let mut rows = statement
            .query(params_from_iter(search.parameters))
            .unwrap();
        while rows.next().unwrap().is_some() {}
        drop(rows);
        let steps = statement.get_status(StatementStatus::VmStep);
        assert!(steps < STEPS, "{name}: {steps} steps by {plan:?}");
    }
}

/// Entries that came while the clock was wrong are found on the day that it showed.
#[test]
fn a_clock_that_was_set_back_hides_nothing() {
    let connection = filled();
    connection
        .execute(
            "INSERT INTO event (delivery_id, position, endpoint_id, fingerprint, fact, kind, late, received_at)
             VALUES (1, 1, 1, x'ff', '{}', 'created', 0, ?1)",
            [day(4).as_microsecond()],
        )
        .unwrap();
    let query = TimelineQuery {
        since: Some(day(4)),
        until: Some(day(5)),
        limit: 2,
        ..page()
    };
    assert_eq!(find(&connection, &query).unwrap(), [ENTRIES + 1, 499]);
}
