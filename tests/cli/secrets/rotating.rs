//! Secrets that live side by side, and one that is retired.

use jiff::Timestamp;
use serde_json::Value;

use crate::bellhop;
use crate::calls::{numbered, post_bookora, text};
use crate::cli::{Bellhop, Endpoint, SOON, eventually};

use super::secrets;

fn states(bellhop: &Bellhop, endpoint: &Endpoint) -> Vec<(String, bool)> {
    let used = |secret: &Value| {
        (
            text(secret, "state").to_owned(),
            secret["last_used_at"].is_string(),
        )
    };
    secrets(bellhop, endpoint).iter().map(used).collect()
}

#[test]
fn two_secrets_live_side_by_side_until_one_is_retired() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("old"));
    let serving = bellhop.serve();
    let post = |secret: &str, number: usize| {
        post_bookora(&serving.receiver, &endpoint, secret, &numbered(number))
    };
    assert_eq!((post("old", 0), post("new", 1)), (200, 401));
    let used = || -> Vec<Value> {
        secrets(&bellhop, &endpoint)
            .iter()
            .map(|secret| secret["last_used_at"].clone())
            .collect()
    };
    let first_use = used();
    assert!(first_use[0].is_string());

    let added = bellhop.json_with(
        &["endpoint", "secret", "add", &endpoint.id, "--secret-stdin"],
        "new\n",
    );
    assert_eq!(
        (text(&added, "state"), &added["last_used_at"]),
        ("live", &Value::Null)
    );
    assert_eq!(
        states(&bellhop, &endpoint),
        [("live".to_owned(), true), ("live".to_owned(), false)]
    );
    assert_eq!((post("new", 1), post("other", 2)), (200, 401));
    let second_use = used();
    assert_eq!(second_use[0], first_use[0], "the other secret was not used");
    assert!(second_use[1].is_string());
    assert_eq!(post("old", 2), 200);
    let third_use = used();
    let moment = |value: &Value| -> Timestamp { value.as_str().unwrap().parse().unwrap() };
    assert!(moment(&third_use[0]) > moment(&first_use[0]));
    assert_eq!(third_use[1], second_use[1]);

    let old = secrets(&bellhop, &endpoint)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let retired = bellhop.json(&["endpoint", "secret", "retire", &endpoint.id, &old]);
    assert_eq!(
        (text(&retired, "state"), text(&retired, "id")),
        ("retired", old.as_str())
    );
    assert_eq!((post("old", 3), post("new", 3)), (401, 200));
    assert_eq!(
        states(&bellhop, &endpoint),
        [("retired".to_owned(), true), ("live".to_owned(), true)]
    );
    let shown = bellhop.json(&["endpoint", "show", &endpoint.id]);
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);
    let again = bellhop.run(&["endpoint", "secret", "retire", &endpoint.id, &old], "");
    assert_eq!(
        (again.code, again.stderr.lines().count()),
        (Some(1), 1),
        "{again:?}"
    );
    // Of another endpoint it cannot be retired either.
    let other = bellhop.endpoint("bookora", Some("third"));
    let live = secrets(&bellhop, &endpoint)[1]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        bellhop
            .run(&["endpoint", "secret", "retire", &other.id, &live], "")
            .code,
        Some(1)
    );
    assert_eq!(post("new", 4), 200);
    // A restart reads them from where they are kept.
    serving.stop();
    let serving = bellhop.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "new", &numbered(5)),
        200
    );
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "old", &numbered(6)),
        401
    );
    let kept = std::fs::read_to_string(bellhop.data_dir().join("secrets.json")).unwrap();
    assert!(!kept.contains("\"old\""), "a retired secret is still kept");
}

/// Programs that change secrets at the same time do not lose each other's.
#[test]
fn secrets_added_at_once_are_all_kept() {
    let bellhop = bellhop();
    let serving = bellhop.serve();
    let added: Vec<(String, Endpoint)> = std::thread::scope(|scope| {
        let add = |number: usize| {
            let bellhop = &bellhop;
            scope.spawn(move || {
                let secret = format!("secret-{number}");
                // On a busy machine so many keep the database locked for longer than one of them waits.
                let added = eventually(SOON, "it is added", || {
                    let add = ["endpoint", "add", "bookora", "--secret-stdin", "--json"];
                    let added = bellhop.run(&add, &secret);
                    let locked = added.stderr.contains("keeps the database locked");
                    assert!(locked || added.code == Some(0), "{added:?}");
                    (!locked).then_some(added.stdout)
                });
                let endpoint = Endpoint::of(&serde_json::from_str(&added).unwrap());
                (secret, endpoint)
            })
        };
        let running: Vec<_> = (0..24).map(add).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    for (number, (secret, endpoint)) in added.iter().enumerate() {
        let status = post_bookora(&serving.receiver, endpoint, secret, &numbered(number));
        assert_eq!(status, 200, "the secret {number} is lost");
    }
}
