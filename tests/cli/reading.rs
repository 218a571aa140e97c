//! What was stored, read in every way that the command line offers, and interpreted again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::bellhop;
use crate::calls::{NO_HEADERS, bookora, count, post_bookora, signature, text};
use crate::cli::{Endpoint, Receiver};

fn webkasa(receiver: &Receiver, endpoint: &Endpoint, body: &Value) -> u16 {
    let body = body.to_string();
    let signature = format!("sha256={}", signature("s", body.as_bytes()));
    receiver.post(&endpoint.path, &[("X-WebKasa-Signature", signature)], body)
}

fn ids(entries: &[Value]) -> Vec<u64> {
    let id = |entry: &Value| text(entry, "event_id").parse().unwrap();
    entries.iter().map(id).collect()
}

#[test]
fn the_timeline_is_filtered() {
    let bellhop = bellhop();
    let salon = bellhop.endpoint("bookora", Some("s"));
    let other_salon = bellhop.endpoint("bookora", Some("s"));
    let lessons = bellhop.endpoint("reservekit", None);
    let serving = bellhop.serve();
    let post = |endpoint: &Endpoint, body: &[u8]| {
        assert_eq!(post_bookora(&serving.receiver, endpoint, "s", body), 200)
    };
    post(&salon, &bookora("booking.created", "1", "a", 1, "15T14:00"));
    post(
        &salon,
        &bookora("booking.rescheduled", "2", "a", 2, "16T14:00"),
    );
    bellhop.entries(2);
    post(
        &other_salon,
        &bookora("booking.created", "1", "a", 1, "15T14:00"),
    );
    post(
        &salon,
        &bookora("booking.cancelled", "3", "a", 3, "16T14:00"),
    );
    let call = crate::calls::sample("reservekit/bookings.create.json");
    assert_eq!(
        serving.receiver.post(&lessons.path, NO_HEADERS, &call.body),
        200
    );
    assert_eq!(serving.receiver.post(&lessons.path, NO_HEADERS, "?"), 200);
    let all = bellhop.entries(6);

    let filtered = |filter: &[&str]| ids(&bellhop.list(&[&["timeline"], filter].concat()));
    assert_eq!(filtered(&[]), [6, 5, 4, 3, 2, 1]);
    assert_eq!(filtered(&["--kind", "created"]), [5, 3, 1]);
    assert_eq!(filtered(&["--kind", "rescheduled"]), [2]);
    assert_eq!(filtered(&["--kind", "cancelled"]), [4]);
    assert_eq!(filtered(&["--kind", "other"]), [6]);
    assert_eq!(filtered(&["--kind", "no_show"]), [0; 0]);
    assert_eq!(filtered(&["--provider", "reservekit"]), [6, 5]);
    assert_eq!(filtered(&["--provider", "orufy"]), [0; 0]);
    assert_eq!(filtered(&["--endpoint", &salon.id]), [4, 2, 1]);
    assert_eq!(filtered(&["--endpoint", "99"]), [0; 0]);
    assert_eq!(
        filtered(&["--endpoint", &salon.id, "--kind", "created"]),
        [1]
    );
    assert_eq!(
        filtered(&["--provider", "bookora", "--limit", "2", "--before", "4"]),
        [3, 2]
    );
    assert_eq!(filtered(&["--limit", "0"]), [0; 0]);
    // From a moment on, and before it.
    let third = text(&all[2], "received_at");
    assert_eq!(filtered(&["--since", third]), [6, 5, 4, 3]);
    assert_eq!(filtered(&["--until", third]), [2, 1]);
    assert_eq!(filtered(&["--since", third, "--until", third]), [0; 0]);
    let far = "2100-01-01T00:00:00+05:30";
    assert_eq!(
        (
            filtered(&["--since", far]),
            filtered(&["--until", far]).len()
        ),
        (vec![], 6)
    );

    let bookings = |filter: &[&str]| -> Vec<String> {
        let list = bellhop.list(&[&["booking", "list"], filter].concat());
        list.iter()
            .map(|booking| text(booking, "id").to_owned())
            .collect()
    };
    assert_eq!(bookings(&[]), ["3", "2", "1"]);
    assert_eq!(bookings(&["--status", "cancelled"]), ["1"]);
    assert_eq!(bookings(&["--status", "pending"]), ["3"]);
    assert_eq!(bookings(&["--provider", "bookora"]), ["2", "1"]);
    assert_eq!(bookings(&["--endpoint", &other_salon.id]), ["2"]);
    assert_eq!(bookings(&["--before", "3", "--limit", "1"]), ["2"]);
    let deliveries = |filter: &[&str]| {
        bellhop
            .list(&[&["delivery", "list"], filter].concat())
            .len()
    };
    assert_eq!(
        (
            deliveries(&["--provider", "reservekit"]),
            deliveries(&["--endpoint", &salon.id]),
            deliveries(&["--before", "3"])
        ),
        (2, 3, 2)
    );
}

#[test]
fn search_finds_words_and_beginnings_and_obeys_nothing() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("webkasa", Some("s"));
    let serving = bellhop.serve();
    let people = [
        ("Chloé Lambert", "Größe prüfen"),
        ("Ångström O'Neil", "Tax advice"),
        ("Bob \"The Knife\" NOT Smith", "Title: col*mn"),
        ("陈 伟", "Piano OR Violin"),
    ];
    for (number, (name, title)) in people.iter().enumerate() {
        let data = json!({ "id": format!("bk_{number}"), "title": title, "attendee_name": name, "start_time": "2026-07-01T09:00:00Z",
            "attendee_email": format!("person.{number}@example.com"), "attendee_phone": format!("+1 202 555 014{number}") });
        let body = json!({ "id": format!("e{number}"), "type": "booking.created", "created_at": "2026-06-01T00:00:00Z", "data": data });
        assert_eq!(webkasa(&serving.receiver, &endpoint, &body), 200);
    }
    bellhop.entries(people.len());
    let found = |typed: &str| {
        let mut found = ids(&bellhop.list(&["timeline", &format!("--search={typed}")]));
        found.reverse();
        found
    };
    let expected: [(&str, &[u64]); 34] = [
        ("Chloé", &[1]),
        ("chloe", &[1]),
        ("CHLOE", &[1]),
        ("chl", &[1]),
        ("lambert chlo", &[1]),
        ("hloe", &[]),
        ("größe", &[1]),
        ("grosse", &[]),
        ("groß", &[1]),
        ("angstrom", &[2]),
        ("ÅNG", &[2]),
        ("o'neil", &[2]),
        ("o'n", &[2]),
        ("person.2@example.com", &[3]),
        ("person.2@example.org", &[]),
        ("@example", &[1, 2, 3, 4]),
        ("陈", &[4]),
        ("+1 202 555 0143", &[4]),
        ("bk_1", &[2]),
        ("WebKasa", &[1, 2, 3, 4]),
        ("booking.created", &[1, 2, 3, 4]),
        // What would be operators to the full-text search is plain text.
        ("\"The Knife\"", &[3]),
        ("\"", &[]),
        ("the \" knife", &[3]),
        ("NOT smith", &[3]),
        ("tax NOT angstrom", &[]),
        ("piano OR violin", &[4]),
        ("tax OR piano", &[]),
        ("tax AND advice", &[]),
        ("col*", &[3]),
        ("words:tax", &[]),
        ("title: col", &[3]),
        ("NEAR(tax advice)", &[]),
        ("^tax", &[2]),
    ];
    for (typed, events) in expected {
        assert_eq!(found(typed), events, "{typed:?}");
    }
    for typed in [
        "*",
        "\"\"\"",
        "(",
        ")",
        "()",
        "a AND",
        "-",
        "- tax",
        "{}",
        "^",
        ":",
        "+",
        "tax\\",
        "';--",
        "\u{1f600}",
        "\t",
    ] {
        found(typed);
    }
    assert_eq!(found(""), [1, 2, 3, 4]);
    assert_eq!(found("   "), [1, 2, 3, 4]);
    assert_eq!(found(&"x ".repeat(500)), [0; 0]);
    let both = bellhop.list(&[
        "timeline", "--search", "example", "--limit", "2", "--before", "4",
    ]);
    assert_eq!(ids(&both), [3, 2]);
}

/// An entry shows what its booking is known by, so that is what it is found by.
#[test]
fn search_finds_what_an_entry_shows_of_its_booking() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("webkasa", Some("s"));
    let serving = bellhop.serve();
    let call = |id: &str, event: &str, minute: u32, data: Value| {
        let created_at = format!("2026-06-01T00:{minute:02}:00Z");
        let body = json!({ "id": id, "type": event, "created_at": created_at, "data": data });
        assert_eq!(webkasa(&serving.receiver, &endpoint, &body), 200);
    };
    call("2", "booking.cancelled", 2, json!({ "id": "b" }));
    bellhop.entries(1);
    call(
        "1",
        "booking.created",
        1,
        json!({ "id": "b", "attendee_name": "Jane Doe", "title": "Haircut" }),
    );
    let entries = bellhop.entries(2);
    assert_eq!(
        (text(&entries[0], "kind"), text(&entries[0], "title")),
        ("cancelled", "Haircut")
    );
    assert_eq!(entries[0]["attendee"]["name"], "Jane Doe");
    for word in ["jane", "haircut"] {
        assert_eq!(
            ids(&bellhop.list(&["timeline", "--search", word])),
            [2, 1],
            "{word}"
        );
    }
}

#[test]
fn pages_have_no_gap_and_no_double() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let mut serving = bellhop.serve();
    let sent = bellhop.json(&["send", &endpoint.id, "booking.created", "--count", "120"]);
    assert_eq!(sent, json!({ "accepted": 120 }));
    serving.printed(120);
    for limit in ["7", "50", "119", "120", "500"] {
        let mut seen: Vec<u64> = Vec::new();
        let mut before: Option<String> = None;
        loop {
            let mut arguments = vec!["timeline", "--limit", limit];
            if let Some(before) = &before {
                arguments.extend(["--before", before]);
            }
            let page = bellhop.list(&arguments);
            assert!(page.len() <= limit.parse().unwrap());
            let Some(last) = page.last() else { break };
            before = Some(text(last, "event_id").to_owned());
            seen.extend(ids(&page));
            // What is committed meanwhile does not disturb the pages.
            if seen.len() == 50 && limit == "50" {
                bellhop.json(&["send", &endpoint.id, "booking.created"]);
                bellhop.entries(121);
            }
        }
        seen.retain(|id| *id <= 120);
        assert_eq!(
            seen,
            (1..=120).rev().collect::<Vec<_>>(),
            "pages of {limit}"
        );
    }
    // Without a limit, a page.
    assert_eq!(bellhop.list(&["timeline"]).len(), 50);
    assert_eq!(bellhop.list(&["booking", "list"]).len(), 50);
    assert_eq!(bellhop.list(&["delivery", "list"]).len(), 50);
}

#[test]
fn a_delivery_is_shown_as_it_came() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("orufy", None);
    let serving = bellhop.serve();
    let bytes: Vec<u8> = (0..=255).cycle().take(3_000).collect();
    let body = b"{ \"eventType\" : \"BOOK\",\r\n\t\"x\": \"\\u00e9 \xc3\xa9\" }\n".to_vec();
    let headers = [
        ("X-Odd", "a: b; c=\"d\""),
        ("Content-Type", "application/json; charset=utf-8"),
        ("X-Empty", ""),
    ];
    assert_eq!(
        serving.receiver.post(
            &format!("{}?a=1&b=%20x&a=2", endpoint.path),
            &headers,
            &body
        ),
        200
    );
    assert_eq!(
        serving.receiver.post(&endpoint.path, NO_HEADERS, &bytes),
        200
    );
    assert_eq!(serving.receiver.post(&endpoint.path, NO_HEADERS, ""), 200);
    bellhop.entries(3);
    let listed = bellhop.list(&["delivery", "list"]);
    for (id, sent) in [("1", &body), ("2", &bytes), ("3", &Vec::new())] {
        let shown = bellhop.json(&["delivery", "show", id]);
        assert_eq!(
            &STANDARD.decode(text(&shown, "body_base64")).unwrap(),
            sent,
            "{id}"
        );
        assert_eq!(
            shown["body"].as_str(),
            std::str::from_utf8(sent).ok(),
            "{id}"
        );
        let of_list = listed.iter().find(|listed| listed["id"] == id).unwrap();
        for (field, value) in of_list.as_object().unwrap() {
            assert_eq!(&shown[field], value, "{id}: {field}");
        }
    }
    let shown = bellhop.json(&["delivery", "show", "1"]);
    assert_eq!(shown["query"], "a=1&b=%20x&a=2");
    for (name, value) in headers {
        let header = json!([name.to_lowercase(), value]);
        assert!(
            shown["headers"].as_array().unwrap().contains(&header),
            "{header} in {shown}"
        );
    }
    assert_eq!(
        bellhop.json(&["delivery", "show", "2"])["query"],
        Value::Null
    );
    let person = bellhop.run(&["delivery", "show", "1"], "");
    assert!(
        person.stdout.contains("\"eventType\" : \"BOOK\"") && person.stdout.contains("x-odd: a: b"),
        "{person:?}"
    );
    let unknown = bellhop.run(&["delivery", "show", "99"], "");
    assert_eq!((unknown.code, unknown.stderr.lines().count()), (Some(1), 1));
}

#[test]
fn reading_again_changes_nothing_and_tells_nobody() {
    let bellhop = bellhop();
    let salon = bellhop.endpoint("bookora", Some("s"));
    let lessons = bellhop.endpoint("reservekit", None);
    let calls = bellhop.endpoint("orufy", None);
    let mut serving = bellhop.serve();
    for (id, event, start) in [
        ("3", "booking.cancelled", "16T14:00"),
        ("1", "booking.created", "15T14:00"),
        ("2", "booking.rescheduled", "16T14:00"),
    ] {
        let body = bookora(event, id, "a", id.parse().unwrap(), start);
        assert_eq!(post_bookora(&serving.receiver, &salon, "s", &body), 200);
    }
    for file in [
        "reservekit/bookings.create.json",
        "reservekit/bookings.update.json",
        "reservekit/bookings.delete.json",
    ] {
        assert_eq!(
            serving
                .receiver
                .post(&lessons.path, NO_HEADERS, crate::calls::sample(file).body),
            200
        );
    }
    for file in ["orufy/RESCHEDULE.json", "orufy/BOOK.json"] {
        assert_eq!(
            serving
                .receiver
                .post(&calls.path, NO_HEADERS, crate::calls::sample(file).body),
            200
        );
    }
    assert_eq!(
        serving.receiver.post(&calls.path, NO_HEADERS, "unreadable"),
        200
    );
    serving.printed(9);

    let everything = || {
        (
            bellhop.entries(9),
            bellhop.list(&["booking", "list"]),
            bellhop.list(&["delivery", "list"]),
        )
    };
    let notices = || {
        let connection = crate::calls::connect(&bellhop);
        let mut statement = connection
            .prepare("SELECT id, event_id, title, body, planned_at FROM notice ORDER BY id")
            .unwrap();
        let rows = statement.query_map([], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
                row.get::<_, i64>(4)?,
            ))
        });
        rows.unwrap().map(|row| row.unwrap()).collect::<Vec<_>>()
    };
    let (before, before_notices) = (everything(), notices());
    assert!(before_notices.len() >= 7, "{before_notices:#?}");
    assert_eq!(
        bellhop.json(&["delivery", "replay", "2"]),
        json!({ "replayed": 1, "skipped": 0 })
    );
    assert_eq!(
        (everything(), notices()),
        (before.clone(), before_notices.clone())
    );
    for _ in 0..2 {
        assert_eq!(
            bellhop.json(&["delivery", "replay", "--all"]),
            json!({ "replayed": 9, "skipped": 0 })
        );
        assert_eq!(
            (everything(), notices()),
            (before.clone(), before_notices.clone())
        );
    }
    let unknown = bellhop.run(&["delivery", "replay", "99"], "");
    assert_eq!(
        (unknown.code, unknown.stderr.lines().count()),
        (Some(1), 1),
        "{unknown:?}"
    );
    // Also where nothing runs.
    assert_eq!(serving.printed(9).len(), 9, "an entry was printed again");
    serving.stop();
    assert_eq!(
        bellhop.json(&["delivery", "replay", "--all"]),
        json!({ "replayed": 9, "skipped": 0 })
    );
    assert_eq!((everything(), notices()), (before, before_notices));
}

/// After reading again, the next call of a booking tells of itself alone.
#[test]
fn reading_again_does_not_tell_later_either() {
    let bellhop = bellhop();
    let salon = bellhop.endpoint("bookora", Some("s"));
    let serving = bellhop.serve();
    let post = |body: Vec<u8>| assert_eq!(post_bookora(&serving.receiver, &salon, "s", &body), 200);
    post(bookora("booking.created", "1", "a", 1, "15T14:00"));
    bellhop.entries(1);
    // As if an older version had not understood the call.
    let connection = crate::calls::connect(&bellhop);
    connection.execute_batch("PRAGMA foreign_keys = ON; DELETE FROM notice; DELETE FROM event; DELETE FROM booking_ref; DELETE FROM booking;").unwrap();
    bellhop.json(&["delivery", "replay", "--all"]);
    bellhop.entries(1);
    assert_eq!(
        count(&bellhop, "SELECT count(*) FROM notice WHERE held IS NULL"),
        0
    );
    post(bookora("booking.cancelled", "2", "a", 2, "15T14:00"));
    bellhop.entries(2);
    assert_eq!(
        count(
            &bellhop,
            "SELECT count(*) FROM notice WHERE held IS NULL AND shown_at IS NULL"
        ),
        1
    );
}
