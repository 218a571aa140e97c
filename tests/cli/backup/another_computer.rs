//! A backup that is put back where its secrets are not.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::bellhop;
use crate::calls::{connect, count, numbered, post_bookora, text};
use crate::cli::{Bellhop, eventually};

use super::{SECRET, back_up, expected, keys, names, path, with_calls};

/// On another computer the secrets are missing. Calls wait for them, and nothing is believed without them.
#[test]
fn a_restore_on_another_computer_says_which_secrets_to_give_again() {
    let (here, bookora) = with_calls(0..3);
    let orufy = here.endpoint("orufy", Some("an-orufy-token"));
    let open = here.endpoint("reservekit", None);
    let file = back_up(&here, "backup.db");

    let there = bellhop();
    // It is in use already: with an endpoint of the same number, a secret and a token of its own.
    let own = there.endpoint("bookora", Some("its-own"));
    assert_eq!(own.id, bookora.id);
    assert_eq!(
        there
            .run(&["token", "set", "--stdin"], "ngrok-token-of-there")
            .code,
        Some(0)
    );
    let restored = there.json(&["restore", path(&file)]);
    let missing: Vec<&str> = restored["without_secret"]
        .as_array()
        .unwrap()
        .iter()
        .map(|endpoint| text(endpoint, "id"))
        .collect();
    assert_eq!(missing, [bookora.id.as_str(), orufy.id.as_str()]);
    assert!(restored["kept_aside"].is_string());
    let profile = |bellhop: &Bellhop| -> String {
        connect(bellhop)
            .query_row(
                "SELECT value FROM setting WHERE name = 'profile'",
                [],
                |row| row.get(0),
            )
            .unwrap()
    };
    assert_ne!(
        profile(&here),
        profile(&there),
        "two directories share their secrets"
    );

    let serving = there.serve();
    let call = |secret: &str| post_bookora(&serving.receiver, &bookora, secret, &numbered(9));
    // Neither the right secret, which is not known here, nor the one that had the same number here.
    assert_eq!((call(SECRET), call("its-own")), (503, 503));
    let forged =
        br#"{"eventType":"BOOK","meetData":{"_id":"m","time":"2026-07-01T09:30:00.000Z"}}"#;
    assert_eq!(
        serving
            .receiver
            .post(&orufy.path, crate::calls::NO_HEADERS, forged),
        503
    );
    assert_eq!(count(&there, "SELECT count(*) FROM delivery"), 3);
    eventually(crate::cli::SOON, "the person is told", || {
        let rejections = there.list(&["rejection", "list"]);
        (rejections
            .iter()
            .filter(|one| one["reason"] == "secret_gone")
            .count()
            == 3)
            .then_some(())
    });
    assert_eq!(
        serving
            .receiver
            .post(&open.path, crate::calls::NO_HEADERS, b"{}"),
        200
    );
    there.json_with(
        &["endpoint", "secret", "add", &bookora.id, "--secret-stdin"],
        SECRET,
    );
    assert_eq!((call(SECRET), call("its-own")), (200, 401));
    serving.stop();
    // The token of the tunnel is the computer's own.
    let refused = there.run(
        &["serve", "--tunnel", "ngrok", "--listen", "256.0.0.1:0"],
        "",
    );
    assert_eq!(refused.code, Some(2));
    let kept = fs::read_to_string(there.data_dir().join("secrets.json")).unwrap();
    let kept: serde_json::Map<String, Value> = serde_json::from_str(&kept).unwrap();
    assert_eq!(
        kept[&format!("{}/ngrok-authtoken", profile(&there))],
        "ngrok-token-of-there"
    );

    // The old data there still have theirs.
    let back = there.json(&["restore", text(&restored, "kept_aside")]);
    assert_eq!(back["without_secret"], Value::Array(Vec::new()));
    let serving = there.serve();
    assert_eq!(
        post_bookora(&serving.receiver, &own, "its-own", &numbered(1)),
        200
    );
    serving.stop();

    // Into a directory with nothing in it, too.
    let new = bellhop();
    let restored = new.run(&["restore", path(&file)], "");
    assert_eq!(
        (restored.code, restored.stderr.as_str()),
        (Some(0), ""),
        "{restored:?}"
    );
    assert!(
        restored.stdout.contains(&format!(
            "bellhop endpoint secret add {} --secret-stdin",
            orufy.id
        )),
        "{restored:?}"
    );
    assert_eq!(
        names(&new.data_dir()),
        BTreeSet::from(["bellhop.db".to_owned()])
    );
    assert_eq!(keys(&new.database()), expected(0..3));
}
