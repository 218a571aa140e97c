//! Times in which the receiver could not be reached are known afterwards, with their cause.

use std::time::Duration;

use bellhop_test_support::edge::{Edge, Step, TOKEN};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::bellhop;
use crate::calls::{connect, count, numbered, post_bookora, signature, text};
use crate::cli::{Bellhop, Serving, eventually};

/// Longer than the shortest gap that is kept, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A receiver that can be reached by an address of the person's own.
fn reached(bellhop: &Bellhop) -> Serving {
    let serving = bellhop.serve_with(&["--tunnel", "https://my.host", "--probe", "off"], &[]);
    eventually(PATIENCE, "a sign of life", || {
        (signs(bellhop) == 1 && open(bellhop) == 0).then_some(())
    });
    serving
}

/// One more receiver that can be reached. It has said so, since it leaves a sign of life when it is reached for the first
/// time; the next sign of the others comes after a minute.
fn reached_too(bellhop: &Bellhop) -> Serving {
    let last = || count(bellhop, "SELECT at FROM heartbeat");
    let before = last();
    let serving = reached(bellhop);
    eventually(PATIENCE, "a sign of life of its own", || {
        (last() > before).then_some(())
    });
    serving
}

fn signs(bellhop: &Bellhop) -> i64 {
    count(bellhop, "SELECT count(*) FROM heartbeat")
}

fn open(bellhop: &Bellhop) -> i64 {
    count(bellhop, "SELECT count(*) FROM gap WHERE ended_at IS NULL")
}

fn gaps(bellhop: &Bellhop) -> Vec<Value> {
    bellhop.list(&["gap", "list"])
}

/// Waits until the gaps are as `wanted`, and gives them.
fn until(bellhop: &Bellhop, what: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    eventually(PATIENCE, what, || {
        let gaps = gaps(bellhop);
        wanted(&gaps).then_some(gaps)
    })
}

fn ended(gap: &Value) -> bool {
    !gap["ended_at"].is_null()
}

fn moment(value: &Value, field: &str) -> Timestamp {
    text(value, field).parse().unwrap()
}

/// Makes everything that was written so far as much older.
fn age(bellhop: &Bellhop, minutes: i64) {
    let by = minutes * 60_000_000;
    connect(bellhop)
        .execute_batch(&format!(
            "UPDATE endpoint SET created_at = created_at - {by};
             UPDATE delivery SET received_at = received_at - {by};
             UPDATE heartbeat SET at = at - {by};
             UPDATE gap SET began_at = began_at - {by}, cause_since = cause_since - {by}, ended_at = ended_at - {by};"
        ))
        .unwrap();
}

#[test]
fn a_receiver_that_was_quit_is_a_gap_until_it_is_reached_again() {
    let bellhop = bellhop();
    let [webkasa, bookora, kordless] =
        ["webkasa", "bookora", "kordless"].map(|provider| bellhop.endpoint(provider, Some("s")).id);
    reached(&bellhop).stop();
    let [gap] = <[Value; 1]>::try_from(gaps(&bellhop)).unwrap();
    assert_eq!((text(&gap, "cause"), ended(&gap)), ("not_running", false));
    assert_eq!(gap["message"], "Bellhop was not running.");
    let outlook = |gap: &Value, id: &str| {
        let mut endpoints = gap["endpoints"].as_array().unwrap().iter();
        let endpoint = endpoints.find(|endpoint| endpoint["endpoint_id"] == id);
        endpoint.unwrap().clone()
    };
    let until_of = |gap: &Value, id: &str| moment(&outlook(gap, id), "until");
    let last_try = SignedDuration::from_mins(26 * 60 + 36);
    assert_eq!(outlook(&gap, &webkasa)["outlook"], "retrying");
    assert_eq!(
        until_of(&gap, &webkasa),
        moment(&gap, "began_at") + last_try
    );
    assert_eq!(outlook(&gap, &bookora)["outlook"], "given_up");
    assert_eq!(outlook(&gap, &kordless)["outlook"], "unknown");
    assert_eq!(outlook(&gap, &kordless)["until"], Value::Null);

    age(&bellhop, 150);
    let removed = bellhop.endpoint("orufy", None).id;
    bellhop.json(&["endpoint", "remove", &removed]);
    let serving = reached(&bellhop);
    let later = bellhop.endpoint("reservekit", None).id;
    let [gap] = <[Value; 1]>::try_from(gaps(&bellhop)).unwrap();
    assert!(ended(&gap), "{gap:#}");
    let lasted = moment(&gap, "ended_at").duration_since(moment(&gap, "began_at"));
    assert!((150..160).contains(&lasted.as_mins()), "{lasted:?}");
    let ids: Vec<&str> = gap["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|endpoint| text(endpoint, "endpoint_id"))
        .collect();
    assert_eq!(ids, [&webkasa, &bookora, &kordless]);
    // What failed after half an hour has its fourth try two hours after its third.
    assert_eq!(
        until_of(&gap, &webkasa),
        moment(&gap, "ended_at") + SignedDuration::from_hours(2)
    );
    let advice = outlook(&gap, &bookora)["advice"].take();
    assert!(
        advice
            .as_str()
            .unwrap()
            .starts_with("Open Bookora's calendar and compare the bookings"),
        "{advice}"
    );

    assert_eq!(
        bellhop.list(&["gap", "list", "--endpoint", &webkasa]).len(),
        1
    );
    for nothing in [&removed, &later] {
        assert_eq!(
            bellhop.list(&["gap", "list", "--endpoint", nothing]).len(),
            0
        );
    }
    assert_eq!(bellhop.list(&["gap", "list", "--limit", "0"]).len(), 0);
    let table = bellhop.run(&["gap", "list"], "").stdout;
    for told in [
        "Bellhop was not running.",
        "bookora: Bookora sends a failed call again up to three times",
        "WebKasa still sends again what failed in this time",
    ] {
        assert!(
            table.to_lowercase().contains(&told.to_lowercase()),
            "{told}: {table}"
        );
    }
    serving.stop();
}

#[test]
fn a_restart_is_no_gap() {
    let bellhop = bellhop();
    for _ in 0..3 {
        reached(&bellhop).stop();
        assert_eq!(open(&bellhop), 1);
    }
    let serving = reached(&bellhop);
    // A busy machine may take longer to start, and that is one.
    assert_eq!(
        count(
            &bellhop,
            "SELECT count(*) FROM gap WHERE ended_at - began_at < 10000000"
        ),
        0
    );
    serving.stop();
}

#[test]
fn a_receiver_that_was_killed_is_a_gap_from_its_last_sign_of_life() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let mut serving = reached(&bellhop);
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(1)),
        200
    );
    serving.process.kill();
    assert_eq!(gaps(&bellhop), Vec::<Value>::new(), "nobody knows yet");
    age(&bellhop, 60);
    // A call is a sign of life too.
    let call = count(&bellhop, "SELECT received_at FROM delivery") + 30_000_000;
    connect(&bellhop)
        .execute("UPDATE delivery SET received_at = ?1", [call])
        .unwrap();
    let serving = reached(&bellhop);
    let gaps = until(&bellhop, "a gap that has ended", |gaps| {
        gaps.len() == 1 && ended(&gaps[0])
    });
    assert_eq!(text(&gaps[0], "cause"), "ended_unexpectedly");
    assert_eq!(moment(&gaps[0], "began_at").as_microsecond(), call);
    drop(serving);

    // Killed again, and the clock is wrong at the next start.
    age(&bellhop, -2 * 60);
    let serving = reached(&bellhop);
    let gaps = until(&bellhop, "a gap with a doubt", |gaps| {
        ended(&gaps[0]) && text(&gaps[0], "message").contains("clock was set back")
    });
    for gap in gaps {
        assert!(moment(&gap, "ended_at") >= moment(&gap, "began_at"));
    }
    serving.stop();
}

#[test]
fn a_backup_that_is_put_back_tells_of_no_crash() {
    let bellhop = bellhop();
    let serving = reached(&bellhop);
    let file = bellhop.home().join("backup.db");
    bellhop.json(&["backup", file.to_str().unwrap()]);
    serving.stop();
    bellhop.json(&["restore", file.to_str().unwrap()]);
    assert_eq!(signs(&bellhop), 0);
    reached(&bellhop).stop();
    let [gap] = <[Value; 1]>::try_from(gaps(&bellhop)).unwrap();
    assert_eq!((text(&gap, "cause"), ended(&gap)), ("not_running", false));
}

#[test]
fn one_that_nobody_wants_to_reach_has_no_gaps() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    for round in 0..2 {
        let mut serving = bellhop.serve();
        assert_eq!(
            post_bookora(&serving.receiver, &endpoint, "s", &numbered(round)),
            200
        );
        serving.printed(1);
        // More than one beat.
        std::thread::sleep(Duration::from_millis(2_500));
        match round {
            0 => serving.process.kill(),
            _ => drop(serving.stop()),
        }
    }
    // One that has never been reached is none either.
    let serving = bellhop.serve_with(&["--tunnel", "https://localhost:9"], &[]);
    std::thread::sleep(Duration::from_millis(2_500));
    serving.stop();
    assert_eq!((gaps(&bellhop).len(), signs(&bellhop)), (0, 0));
}

#[test]
fn while_another_receiver_can_be_reached_there_is_no_gap() {
    let bellhop = bellhop();
    let first = reached(&bellhop);
    let mut second = reached_too(&bellhop);
    second.process.kill();
    age(&bellhop, 60);
    let third = bellhop.serve();
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(gaps(&bellhop), Vec::<Value>::new());
    let second = reached_too(&bellhop);
    first.stop();
    assert_eq!(gaps(&bellhop), Vec::<Value>::new());
    second.stop();
    let [gap] = <[Value; 1]>::try_from(gaps(&bellhop)).unwrap();
    assert_eq!((text(&gap, "cause"), ended(&gap)), ("not_running", false));
    third.stop();
}

#[test]
fn a_tunnel_that_is_down_is_a_gap_with_its_code() {
    let runtime = Runtime::new().unwrap();
    let edge = runtime.block_on(Edge::start()).unwrap();
    let bellhop = bellhop();
    let (server, roots) = (edge.server(), edge.root_cas());
    let arguments = [
        "--tunnel",
        "ngrok",
        "--ngrok-server",
        &server,
        "--probe",
        "off",
    ];
    let variables = [
        ("NGROK_AUTHTOKEN", TOKEN),
        ("BELLHOP_NGROK_ROOT_CAS", roots.to_str().unwrap()),
    ];
    let serving = bellhop.serve_with(&arguments, &variables);
    eventually(PATIENCE, "a sign of life", || {
        (signs(&bellhop) == 1).then_some(())
    });
    edge.refuse(
        Step::Auth,
        "ERR_NGROK_107",
        "The authtoken you specified is not valid.",
        1_000,
    );
    edge.cut();
    // It may have begun before anybody had been asked why.
    until(&bellhop, "a gap goes on with its code", |gaps| {
        gaps.len() == 1 && !ended(&gaps[0]) && gaps[0]["code"] == "ERR_NGROK_107"
    });
    // One that starts beside it finds a receiver in trouble, and not the sign of one that is gone.
    let beside = bellhop.serve_with(&[], &[("BELLHOP_LOG", "debug")]);
    eventually(PATIENCE, "it has looked at the sign", || {
        let said = beside.process.stderr();
        said.contains("taken for that of a receiver that lives")
            .then_some(())
    });
    beside.stop();
    // Much longer than the next start takes on a busy machine: the cause of a gap is that of most of it.
    age(&bellhop, 60);
    let open = gaps(&bellhop);
    assert_eq!(
        (text(&open[0], "cause"), text(&open[0], "code")),
        ("tunnel", "ERR_NGROK_107")
    );
    assert!(
        text(&open[0], "message").contains("authtoken"),
        "{:#}",
        open[0]
    );
    assert!(!open[0].to_string().contains(TOKEN));

    // It does not come back by itself. The next start finds the gap going on, and the quit in between is part of it.
    serving.stop();
    edge.relent();
    let serving = bellhop.serve_with(&arguments, &variables);
    let closed = until(&bellhop, "the gap has ended", |gaps| ended(&gaps[0]));
    assert_eq!(closed.len(), 1, "{closed:#?}");
    assert_eq!(closed[0]["began_at"], open[0]["began_at"]);
    assert_eq!(text(&closed[0], "cause"), "tunnel");
    serving.stop();
}

#[test]
fn calls_that_could_not_be_stored_are_a_gap_that_is_written_afterwards() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let serving = reached(&bellhop);
    let blocker = connect(&bellhop);
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let body = numbered(1);
    let headers = [("X-Bookora-Signature", signature("s", &body))];
    let refused = serving
        .receiver
        .call("POST", &endpoint.path, &headers, &body);
    assert_eq!(refused.status, 503);
    assert_eq!(count(&bellhop, "SELECT count(*) FROM gap"), 0);
    blocker.execute_batch("ROLLBACK").unwrap();
    let gaps = until(&bellhop, "a gap of the storage", |gaps| {
        gaps.len() == 1 && ended(&gaps[0])
    });
    assert_eq!(text(&gaps[0], "cause"), "storage");
    assert!(
        text(&gaps[0], "message").contains("locked"),
        "{:#}",
        gaps[0]
    );
    serving.stop();
}

#[test]
fn a_computer_that_stood_still_was_asleep() {
    let bellhop = bellhop();
    let serving = reached(&bellhop);
    serving.process.signal("STOP");
    // A process that stands still cannot be told from a computer that sleeps. It has to take longer than the shortest gap.
    std::thread::sleep(Duration::from_secs(14));
    serving.process.signal("CONT");
    let gaps = until(&bellhop, "a gap", |gaps| gaps.len() == 1 && ended(&gaps[0]));
    assert_eq!(text(&gaps[0], "cause"), "asleep");
    let lasted = moment(&gaps[0], "ended_at").duration_since(moment(&gaps[0], "began_at"));
    assert!(lasted.as_secs() >= 13, "{lasted:?}");
    serving.stop();
}

#[test]
fn a_call_that_comes_as_the_computer_wakes_does_not_hide_its_sleep() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let serving = reached(&bellhop);
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(1)),
        200
    );
    bellhop.entries(1);
    // As if it came when the sleep is over, before the receiver looks at the clock.
    let sleep = Duration::from_secs(14);
    let wakes = Timestamp::now() + sleep;
    connect(&bellhop)
        .execute(
            "UPDATE delivery SET received_at = ?1",
            [wakes.as_microsecond()],
        )
        .unwrap();
    serving.process.signal("STOP");
    std::thread::sleep(sleep);
    serving.process.signal("CONT");
    let gaps = until(&bellhop, "a gap", |gaps| gaps.len() == 1 && ended(&gaps[0]));
    assert_eq!(text(&gaps[0], "cause"), "asleep");
    serving.stop();
}

#[test]
fn a_sleep_that_began_while_the_ledger_was_written_is_one() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let serving = reached(&bellhop);
    let blocker = connect(&bellhop);
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(1)),
        503
    );
    // At the latest a second after that the refusal is to be written, and that waits for the lock for 2.5 seconds.
    std::thread::sleep(Duration::from_secs(2));
    serving.process.signal("STOP");
    blocker.execute_batch("ROLLBACK").unwrap();
    std::thread::sleep(Duration::from_secs(14));
    serving.process.signal("CONT");
    let gaps = until(&bellhop, "a gap by sleep", |gaps| {
        gaps.len() == 1 && ended(&gaps[0]) && text(&gaps[0], "cause") == "asleep"
    });
    let lasted = moment(&gaps[0], "ended_at").duration_since(moment(&gaps[0], "began_at"));
    assert!(lasted.as_secs() >= 13, "{lasted:?}");
    serving.stop();
}
