//! Client data: who is known, erasing a person, and letting the content of old calls go.

use std::path::Path;

use bellhop_engine::store::{Store, StoreError, notes};
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::bellhop;
use crate::calls::{connect, count, found_in_data, signature};
use crate::cli::{Bellhop, Endpoint, SOON, Serving, eventually};

const SECRET: &str = "s";

/// Words that are nowhere else in a database.
const NAME: &str = "Zephyrine Quackenbush";
const EMAIL: &str = "zephyrine@quackenbush.example";
const PHONE: &str = "+1 202 555 0142";

struct Told {
    id: String,
    booking: String,
    event: &'static str,
    hour: u32,
    name: String,
    email: String,
    phone: String,
}

fn of(id: &str, event: &'static str, hour: u32) -> Told {
    Told {
        id: id.to_owned(),
        booking: "book_z".to_owned(),
        event,
        hour,
        name: NAME.to_owned(),
        email: EMAIL.to_owned(),
        phone: PHONE.to_owned(),
    }
}

fn of_somebody_else(number: usize) -> Told {
    Told {
        id: format!("other_{number}"),
        booking: format!("book_{number}"),
        event: "booking.created",
        hour: 9,
        name: format!("Other Person {number}"),
        email: format!("other{number}@example.com"),
        phone: format!("+1 303 555 {number:04}"),
    }
}

impl Told {
    fn body(&self) -> Vec<u8> {
        json!({ "event": self.event, "timestamp": format!("2026-06-10T{:02}:00:00Z", self.hour), "data": { "booking": {
            "id": self.booking, "serviceId": "cut", "startsAt": format!("2026-07-01T{:02}:00:00Z", self.hour),
            "endsAt": format!("2026-07-01T{:02}:45:00Z", self.hour), "status": "confirmed",
            "contact": { "name": self.name, "email": self.email, "phone": self.phone } } } })
        .to_string()
        .into_bytes()
    }

    fn post(&self, serving: &Serving, endpoint: &Endpoint) {
        let body = self.body();
        let headers = [
            ("X-Kordless-Signature", signature(SECRET, &body)),
            ("X-Kordless-Webhook-Id", self.id.clone()),
        ];
        assert_eq!(serving.receiver.post(&endpoint.path, &headers, &body), 200);
    }
}

fn settled(bellhop: &Bellhop) {
    eventually(SOON, "all calls are read", || {
        (count(
            bellhop,
            "SELECT count(*) FROM delivery WHERE state = 'pending'",
        ) == 0)
            .then_some(())
    });
}

/// The parts of the person that any file of the data directory holds.
fn traces(bellhop: &Bellhop) -> Vec<String> {
    [NAME, EMAIL, PHONE, "ephyrine", "uackenbush"]
        .iter()
        .flat_map(|trace| found_in_data(bellhop, trace))
        .collect()
}

/// Writes about a booking as the window does.
fn note(
    bellhop: &Bellhop,
    write: impl FnOnce(&Connection) -> Result<Option<i64>, StoreError> + Send + 'static,
) -> i64 {
    let store = Store::open(&bellhop.data_dir()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(store.write(write)).unwrap().unwrap()
}

fn erase(bellhop: &Bellhop, more: &[&str]) -> Value {
    bellhop.json(&[&["attendee", "erase"], more].concat())
}

#[test]
fn an_erased_person_is_in_no_file_and_a_repeat_does_not_bring_them_back() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("kordless", Some(SECRET));
    let serving = bellhop.serve();
    let first = of("1", "booking.created", 10);
    first.post(&serving, &endpoint);
    for number in 0..300 {
        of_somebody_else(number).post(&serving, &endpoint);
        if number % 60 == 0 {
            // The booking is written anew each time, longer or shorter than before.
            of(
                &format!("2_{number}"),
                "booking.updated",
                11 + u32::try_from(number / 60).unwrap(),
            )
            .post(&serving, &endpoint);
        }
    }
    // The same fact under another delivery id adds no entry, and a call about something else names the person too.
    Told {
        id: "again".to_owned(),
        ..of("", "booking.created", 10)
    }
    .post(&serving, &endpoint);
    Told {
        event: "contact.created",
        ..of("contact", "", 10)
    }
    .post(&serving, &endpoint);
    settled(&bellhop);
    assert!(!traces(&bellhop).is_empty());

    let found = bellhop.list(&["attendee", "find", "quackenbush"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["email"], &found[0]["bookings"]),
        (&json!(EMAIL), &json!(1))
    );
    assert_eq!(
        bellhop.list(&["attendee", "find", "(202) 555"]).len(),
        1,
        "by a number written in another way"
    );

    let preview = erase(&bellhop, &["--email", &EMAIL.to_uppercase()]);
    let expected = json!({ "erased": false, "bookings": 1, "entries": 6, "notices": 6, "deliveries": 8, "shared_deliveries": 0, "copies": [] });
    assert_eq!(preview, expected);
    assert_eq!(
        bellhop.list(&["attendee", "find", NAME]).len(),
        1,
        "a preview changes nothing"
    );

    let erased = erase(&bellhop, &["--email", EMAIL, "--yes"]);
    assert_eq!(erased["erased"], true);
    assert_eq!(erased["deliveries"], 8);
    assert_eq!(traces(&bellhop), Vec::<String>::new());
    assert!(
        bellhop
            .list(&["attendee", "find", "quackenbush"])
            .is_empty()
    );
    assert!(
        bellhop
            .list(&["timeline", "--search", "quackenbush"])
            .is_empty()
    );
    assert_eq!(
        bellhop.list(&["booking", "list", "--limit", "999"]).len(),
        300
    );
    assert_eq!(
        bellhop
            .list(&["timeline", "--search", "Other Person 7"])
            .len(),
        11
    );

    let deliveries = count(&bellhop, "SELECT count(*) FROM delivery");
    first.post(&serving, &endpoint);
    settled(&bellhop);
    assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), deliveries);
    assert_eq!(
        count(&bellhop, "SELECT repeats FROM delivery WHERE id = 1"),
        1
    );
    assert_eq!(traces(&bellhop), Vec::<String>::new());
    let intact: String = connect(&bellhop)
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(intact, "ok");
    drop(serving);
    assert_eq!(traces(&bellhop), Vec::<String>::new());
}

/// What is written about a booking goes with the person's data, and so does what names the person elsewhere.
#[test]
fn notes_about_an_erased_person_are_in_no_file() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("kordless", Some(SECRET));
    let serving = bellhop.serve();
    of("1", "booking.created", 10).post(&serving, &endpoint);
    for number in 0..3 {
        of_somebody_else(number).post(&serving, &endpoint);
    }
    settled(&bellhop);
    let row = |name: &str| -> i64 {
        let query = format!("SELECT id FROM booking WHERE attendee ->> 'name' = '{name}'");
        count(&bellhop, &query)
    };
    let (theirs, other) = (row(NAME), row("Other Person 1"));
    let now = Timestamp::now();
    let add = |booking, text: &'static str| {
        note(&bellhop, move |connection| {
            notes::add(connection, booking, text, now)
        })
    };
    let first = add(theirs, "Allergic to Xanthophyllic dye");
    note(&bellhop, move |connection| {
        notes::edit(connection, first, "Wants Jacarandaceous oil instead", now)
    });
    add(other, "Brings zephyrine  QUACKENBUSH along");
    let stays = add(other, "Pays in advance");
    assert_eq!(
        bellhop.list(&["timeline", "--search", "jacaranda"]).len(),
        1
    );
    assert_eq!(
        bellhop.list(&["timeline", "--search", "quackenbush"]).len(),
        2
    );

    let preview = bellhop.run(&["attendee", "erase", "--name", NAME], "");
    assert!(preview.stdout.contains("2 notes"), "{preview:?}");
    erase(&bellhop, &["--name", NAME, "--yes"]);
    let written = [
        "anthophyllic",
        "acarandaceous",
        "QUACKENBUSH",
        "uackenbush",
        NAME,
    ];
    for trace in written {
        assert_eq!(
            found_in_data(&bellhop, trace),
            Vec::<String>::new(),
            "{trace}"
        );
    }
    assert!(
        bellhop
            .list(&["timeline", "--search", "quackenbush"])
            .is_empty()
    );
    assert_eq!(bellhop.list(&["timeline", "--search", "advance"]).len(), 1);
    assert_eq!(count(&bellhop, "SELECT id FROM note"), stays);
    drop(serving);
}

#[test]
fn a_call_that_tells_of_two_people_goes_whole_and_the_other_ones_booking_stays() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("reservekit", None);
    let serving = bellhop.serve();
    let booking = |id: u32, name: &str| {
        json!({ "id": id, "service_id": 12, "date": "2026-07-10", "time_slot_id": 4, "status": "pending",
            "updated_at": "2026-06-10T10:00:00Z", "customer": { "name": name } })
    };
    let body = json!({ "event_type": "bookings.create", "timestamp": "2026-06-10T10:00:00Z",
        "bookings": [booking(1, NAME), booking(2, "Other Person")] })
    .to_string();
    let none: &[(&str, &str)] = &[];
    let post = || assert_eq!(serving.receiver.post(&endpoint.path, none, &body), 200);
    post();
    settled(&bellhop);
    let copy = bellhop.data_dir().join("old.db");
    std::fs::write(&copy, format!("SQLite …{NAME}…")).unwrap();

    let preview = bellhop.run(&["attendee", "erase", "--name", NAME], "");
    assert_eq!(preview.code, Some(0));
    for said in [
        "1 of these calls told of other people too",
        "old.db",
        "--yes",
    ] {
        assert!(preview.stdout.contains(said), "{preview:?}");
    }
    let erased = erase(&bellhop, &["--name", NAME, "--yes"]);
    assert_eq!(
        (&erased["shared_deliveries"], &erased["bookings"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(erased["copies"], json!([copy.display().to_string()]));
    assert!(
        traces(&bellhop)
            .iter()
            .all(|file| Path::new(file) == Path::new("old.db"))
    );

    let bookings = bellhop.list(&["booking", "list"]);
    assert_eq!(bookings.len(), 1);
    assert_eq!(bookings[0]["attendee"]["name"], "Other Person");
    // Its key is put together by us, and its body can no longer be compared.
    post();
    settled(&bellhop);
    assert_eq!(bellhop.list(&["booking", "list"]), bookings);
    assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), 1);
}

#[test]
fn somebody_unknown_and_nobody_at_all() {
    let bellhop = bellhop();
    let unknown = bellhop.run(
        &["attendee", "erase", "--email", "no@example.com", "--yes"],
        "",
    );
    assert_eq!(unknown.code, Some(0));
    assert!(unknown.stdout.contains("Nothing is known of this person"));
    assert_eq!(
        bellhop.run(&["attendee", "erase", "--yes"], "").code,
        Some(2)
    );
    let empty = bellhop.run(&["attendee", "erase", "--phone", "none"], "");
    assert_eq!(empty.code, Some(1));
    assert!(empty.stderr.contains("give a name"), "{empty:?}");
}

/// Makes the calls of these rows `days` old.
fn age(bellhop: &Bellhop, condition: &str, days: i64) {
    let microseconds = days * 24 * 3_600 * 1_000_000;
    connect(bellhop)
        .execute(
            &format!(
                "UPDATE delivery SET received_at = received_at - {microseconds} WHERE {condition}"
            ),
            [],
        )
        .unwrap();
}

#[test]
fn old_calls_lose_their_content_and_nothing_else() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("kordless", Some(SECRET));
    let serving = bellhop.serve();
    of("1", "booking.created", 10).post(&serving, &endpoint);
    for number in 0..450 {
        of_somebody_else(number).post(&serving, &endpoint);
    }
    of("2", "booking.updated", 12).post(&serving, &endpoint);
    settled(&bellhop);
    let before = bellhop.list(&["booking", "list", "--limit", "999"]);
    age(&bellhop, "id <= 451", 31);

    assert_eq!(
        bellhop.json(&["retention", "show"]),
        json!({ "days": null, "applied": true, "deliveries": 0, "bytes": 0 })
    );
    let preview = bellhop.json(&["retention", "set", "30"]);
    assert_eq!(
        (&preview["applied"], &preview["deliveries"]),
        (&json!(false), &json!(451))
    );
    assert!(preview["bytes"].as_i64().unwrap() > 451 * 300);
    assert_eq!(bellhop.json(&["retention", "show"])["days"], Value::Null);

    let made = bellhop.json(&["retention", "set", "30", "--yes"]);
    assert_eq!(
        (&made["days"], &made["deliveries"]),
        (&json!(30), &json!(451))
    );
    assert_eq!(bellhop.json(&["retention", "show"])["deliveries"], 0);
    let contents = "SELECT count(*) FROM delivery WHERE length(body) > 0";
    assert_eq!(count(&bellhop, contents), 1);
    assert_eq!(bellhop.list(&["booking", "list", "--limit", "999"]), before);

    // What is gone cannot be read again; the rest can, and changes nothing.
    let shown = bellhop.run(&["delivery", "show", "1"], "");
    assert!(
        shown
            .stdout
            .starts_with("The content of this call was removed on"),
        "{shown:?}"
    );
    let shown = bellhop.json(&["delivery", "show", "1"]);
    assert!(shown["erased_at"].is_string() && shown["body"] == "");
    assert!(bellhop.json(&["delivery", "show", "452"])["erased_at"].is_null());
    let refused = bellhop.run(&["delivery", "replay", "1"], "");
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("cannot be read again"),
        "{refused:?}"
    );
    assert_eq!(
        bellhop.json(&["delivery", "replay", "--all"]),
        json!({ "replayed": 1, "skipped": 451 })
    );
    assert_eq!(bellhop.list(&["booking", "list", "--limit", "999"]), before);

    // A repeat is still one.
    of("1", "booking.created", 10).post(&serving, &endpoint);
    settled(&bellhop);
    assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), 452);

    let off = bellhop.json(&["retention", "set", "off", "--yes"]);
    assert_eq!(
        (&off["days"], &off["deliveries"]),
        (&Value::Null, &json!(0))
    );
    for wrong in ["0", "-1", "soon"] {
        assert_eq!(
            bellhop.run(&["retention", "set", wrong, "--yes"], "").code,
            Some(2),
            "{wrong}"
        );
    }
}

#[test]
fn a_receiver_that_starts_lets_old_calls_go_while_it_answers() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("kordless", Some(SECRET));
    let serving = bellhop.serve();
    for number in 0..5 {
        of_somebody_else(number).post(&serving, &endpoint);
    }
    settled(&bellhop);
    bellhop.json(&["retention", "set", "7", "--yes"]);
    age(&bellhop, "id <= 3", 8);
    assert_eq!(bellhop.json(&["retention", "show"])["deliveries"], 3);
    drop(serving);

    let serving = bellhop.serve();
    eventually(SOON, "the old calls have lost their content", || {
        (count(
            &bellhop,
            "SELECT count(*) FROM delivery WHERE erased_at IS NOT NULL",
        ) == 3)
            .then_some(())
    });
    of_somebody_else(9).post(&serving, &endpoint);
    settled(&bellhop);
    assert_eq!(bellhop.list(&["booking", "list"]).len(), 6);
}
