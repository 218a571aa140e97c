//! Signing secrets: added, rotated, retired; what they prove, and where they are never found.

use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::{Value, json};

use crate::bellhop;
use crate::calls::{
    NO_HEADERS, found_in_data, hmac, numbered, post_bookora, sample, signature, text,
};
use crate::cli::{Bellhop, Endpoint, Receiver, SOON, eventually};

fn secrets(bellhop: &Bellhop, endpoint: &Endpoint) -> Vec<Value> {
    bellhop.list(&["endpoint", "secret", "list", &endpoint.id])
}

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
fn a_secret_is_shown_once_or_never() {
    let bellhop = bellhop();
    let pasted = "pasted-secret-4711";
    let from_stdin = bellhop.run(
        &["endpoint", "add", "bookora", "--secret-stdin", "--json"],
        &format!("  {pasted}\n"),
    );
    assert_eq!(from_stdin.code, Some(0), "{from_stdin:?}");
    let of_pasted = Endpoint::of(&serde_json::from_str(&from_stdin.stdout).unwrap());
    let generated = bellhop.json(&["endpoint", "add", "webkasa", "--generate-secret"]);
    let made = text(&generated, "generated_secret").to_owned();
    assert!(made.len() >= 32, "{made}");
    let of_made = Endpoint::of(&generated);

    let serving = bellhop.serve_with(&[], &[("BELLHOP_LOG", "trace")]);
    let body = numbered(0);
    assert_eq!(
        post_bookora(&serving.receiver, &of_pasted, pasted, &body),
        200
    );
    let body = sample("webkasa/booking.created.json").body;
    let headers = [(
        "X-WebKasa-Signature",
        format!("sha256={}", signature(&made, &body)),
    )];
    assert_eq!(serving.receiver.post(&of_made.path, &headers, &body), 200);
    assert_eq!(serving.receiver.post(&of_made.path, NO_HEADERS, &body), 401);
    bellhop.json(&["send", &of_made.id, "booking.confirmed"]);
    bellhop.json_with(
        &["endpoint", "secret", "add", &of_pasted.id, "--secret-stdin"],
        "second-secret-4712",
    );
    bellhop.entries(3);

    let mut said = vec![from_stdin.stdout, from_stdin.stderr];
    for command in [
        ["endpoint", "list"].as_slice(),
        &["endpoint", "show", &of_pasted.id],
        &["endpoint", "show", &of_made.id],
        &["endpoint", "secret", "list", &of_pasted.id],
        &["endpoint", "secret", "list", &of_made.id],
        &["delivery", "show", "1"],
        &["delivery", "show", "2"],
        &["rejection", "list"],
        &["timeline"],
        &["status"],
    ] {
        for json in [[].as_slice(), &["--json"]] {
            let command = [command, json].concat();
            let output = bellhop
                .command(&command)
                .env("BELLHOP_LOG", "trace")
                .output()
                .unwrap();
            assert!(output.status.success(), "{command:?}");
            said.push(String::from_utf8(output.stdout).unwrap());
            said.push(String::from_utf8(output.stderr).unwrap());
        }
    }
    let logged = serving.stop();
    assert!(
        logged.contains("a call was turned away"),
        "nothing was logged: {logged}"
    );
    said.push(logged);
    for secret in [pasted, made.as_str(), "second-secret-4712"] {
        assert!(
            !said.iter().any(|said| said.contains(secret)),
            "a secret was said"
        );
        assert_eq!(found_in_data(&bellhop, secret), [] as [String; 0]);
    }
}

#[test]
fn people_see_a_generated_secret_once() {
    let bellhop = bellhop();
    let added = bellhop.run(
        &[
            "endpoint",
            "add",
            "orufy",
            "--generate-secret",
            "--label",
            "Intro",
        ],
        "",
    );
    assert_eq!(added.code, Some(0), "{added:?}");
    let line = added
        .stdout
        .lines()
        .find(|line| line.contains("Secret, shown this once"))
        .unwrap();
    let secret = line.rsplit(' ').next().unwrap();
    let shown = bellhop.run(&["endpoint", "show", "1"], "");
    assert!(
        shown.stdout.contains("\"Intro\"") && !shown.stdout.contains(secret),
        "{shown:?}"
    );
}

#[test]
fn an_empty_secret_or_one_that_proves_nothing_is_refused() {
    let bellhop = bellhop();
    for (arguments, input, about) in [
        (
            ["endpoint", "add", "bookora", "--secret-stdin"].as_slice(),
            "",
            "no secret",
        ),
        (
            &["endpoint", "add", "bookora", "--secret-stdin"],
            " \n\t ",
            "no secret",
        ),
        (
            &["endpoint", "add", "reservekit", "--secret-stdin"],
            "s",
            "does not sign",
        ),
        (
            &["endpoint", "add", "reservekit", "--generate-secret"],
            "",
            "does not sign",
        ),
    ] {
        let refused = bellhop.run(arguments, input);
        assert_eq!(refused.code, Some(1), "{arguments:?}: {refused:?}");
        assert_eq!(refused.stderr.lines().count(), 1, "{refused:?}");
        assert!(refused.stderr.contains(about), "{refused:?}");
        assert_eq!(refused.stdout, "");
    }
    assert_eq!(bellhop.list(&["endpoint", "list"]), [] as [Value; 0]);
    let bare = bellhop.endpoint("reservekit", None);
    let refused = bellhop.run(
        &["endpoint", "secret", "add", &bare.id, "--secret-stdin"],
        "s",
    );
    assert_eq!(
        (refused.code, refused.stderr.lines().count()),
        (Some(1), 1),
        "{refused:?}"
    );
    assert_eq!(secrets(&bellhop, &bare), [] as [Value; 0]);
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
    assert!(third_use[0].as_str() > first_use[0].as_str());
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
                let endpoint = bellhop.endpoint("bookora", Some(&secret));
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

#[test]
fn files_are_for_the_person_alone() {
    let bellhop = bellhop();
    bellhop.endpoint("bookora", Some("s"));
    let serving = bellhop.serve();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bellhop.data_dir()), 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(bellhop.data_dir()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    for name in [
        "bellhop.db",
        "bellhop.db-wal",
        "secrets.json",
        "receiver.json",
    ] {
        assert!(
            names.iter().any(|known| known == name),
            "no {name} in {names:?}"
        );
    }
    drop(serving);
}

const TOKEN: &str = "orufy-token+with/odd=characters";

/// A way in which Orufy's token may travel.
struct Form {
    headers: Vec<(&'static str, String)>,
    query: String,
    pinned: String,
}

fn body(number: usize) -> Vec<u8> {
    let meeting = json!({ "_id": format!("meet_{number}"), "time": "2026-07-01T09:30:00.000Z", "duration": 30, "eventName": "Intro call" });
    json!({ "eventType": "BOOK", "meetData": meeting })
        .to_string()
        .into_bytes()
}

fn forms(body: &[u8]) -> Vec<Form> {
    let mac = hmac(TOKEN, body);
    let (hex, base64, bare) = (
        hex::encode(&mac),
        STANDARD.encode(&mac),
        STANDARD_NO_PAD.encode(&mac),
    );
    let encoded: String = TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let header = |name, value: String, pinned: &str| Form {
        headers: vec![(name, value)],
        query: String::new(),
        pinned: pinned.to_owned(),
    };
    let query = |query: String, pinned: &str| Form {
        headers: Vec::new(),
        query,
        pinned: pinned.to_owned(),
    };
    let token = "secret token in";
    let over_body = "signature over the raw body in";
    vec![
        header(
            "Authorization",
            TOKEN.to_owned(),
            &format!("{token} the header authorization"),
        ),
        header(
            "Authorization",
            format!("Bearer {TOKEN}"),
            &format!("{token} the header authorization"),
        ),
        header(
            "Authorization",
            format!("bearer  {TOKEN}"),
            &format!("{token} the header authorization"),
        ),
        header(
            "X-Any-Name",
            TOKEN.to_owned(),
            &format!("{token} the header x-any-name"),
        ),
        query(
            format!("token={encoded}"),
            &format!("{token} the query value token"),
        ),
        query(
            format!("a=b&Key={encoded}&c"),
            &format!("{token} the query value Key"),
        ),
        header(
            "X-Orufy-Signature",
            hex.clone(),
            &format!("{over_body} the header x-orufy-signature"),
        ),
        header(
            "X-Orufy-Signature",
            hex.to_uppercase(),
            &format!("{over_body} the header x-orufy-signature"),
        ),
        header(
            "X-Hub-Signature-256",
            format!("sha256={hex}"),
            &format!("{over_body} the header x-hub-signature-256"),
        ),
        header(
            "X-Signature",
            base64.clone(),
            &format!("{over_body} the header x-signature"),
        ),
        header(
            "X-Signature",
            bare,
            &format!("{over_body} the header x-signature"),
        ),
        header(
            "X-Signature",
            format!("sha256={base64}"),
            &format!("{over_body} the header x-signature"),
        ),
        header(
            "Authorization",
            format!("Bearer {hex}"),
            &format!("{over_body} the header authorization"),
        ),
        query(
            format!("sig={hex}"),
            &format!("{over_body} the query value sig"),
        ),
    ]
}

fn post(receiver: &Receiver, endpoint: &Endpoint, form: &Form, body: &[u8]) -> u16 {
    let path = match form.query.as_str() {
        "" => endpoint.path.clone(),
        query => format!("{}?{query}", endpoint.path),
    };
    receiver.post(&path, &form.headers, body)
}

#[test]
fn orufy_without_a_secret_trusts_the_address_alone() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("orufy", None);
    let serving = bellhop.serve();
    assert_eq!(
        serving.receiver.post(&endpoint.path, NO_HEADERS, body(0)),
        200
    );
    let shown = bellhop.json(&["endpoint", "show", &endpoint.id]);
    assert_eq!(
        (text(&shown, "trust"), &shown["signature_form"]),
        ("token_only", &Value::Null)
    );
    assert_eq!(bellhop.entries(1)[0]["trust"], "token_only");
}

#[test]
fn orufy_with_a_secret_learns_how_it_travels() {
    let bellhop = bellhop();
    let serving = bellhop.serve();
    let first = body(0);
    for (number, form) in forms(&first).iter().enumerate() {
        let endpoint = bellhop.endpoint("orufy", Some(TOKEN));
        let about = format!("{number}: {}", form.pinned);
        // Our own sample proves nothing about Orufy. It is sent with the token as Bearer.
        bellhop.json(&["send", &endpoint.id, "BOOK"]);
        let show = || bellhop.json(&["endpoint", "show", &endpoint.id]);
        assert_eq!(show()["signature_form"], Value::Null, "{about}");
        assert_eq!(text(&show(), "trust"), "signed");

        assert_eq!(
            post(&serving.receiver, &endpoint, form, &first),
            200,
            "{about}"
        );
        assert_eq!(text(&show(), "signature_form"), form.pinned, "{about}");
        let second = body(1);
        let again = &forms(&second)[number];
        assert_eq!(
            post(&serving.receiver, &endpoint, again, &second),
            200,
            "{about}"
        );

        // What proved it then no longer does in another form.
        let third = body(2);
        for other in forms(&third)
            .iter()
            .filter(|other| other.pinned != form.pinned)
        {
            assert_eq!(
                post(&serving.receiver, &endpoint, other, &third),
                401,
                "{about}, then {}",
                other.pinned
            );
        }
        let rejection = eventually(SOON, "the trace", || {
            bellhop
                .list(&["rejection", "list", "--endpoint", &endpoint.id])
                .into_iter()
                .next()
        });
        assert_eq!(
            text(&rejection, "reason"),
            "token_not_in_pinned_form",
            "{about}"
        );
        assert!(
            text(&rejection, "hint").contains(&form.pinned),
            "{about}: {rejection}"
        );
        // Our own samples take the form that was learnt.
        bellhop.json(&["send", &endpoint.id, "CANCEL"]);
    }
    let person = bellhop.run(&["endpoint", "show", "1"], "");
    assert!(
        person
            .stdout
            .contains("secret token in the header authorization"),
        "{person:?}"
    );
    let stderr = serving.stop();
    for secret in [
        TOKEN,
        &TOKEN
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D"),
    ] {
        assert_eq!(found_in_data(&bellhop, secret), [] as [String; 0]);
        assert!(!stderr.contains(secret));
    }
    let encoded: String = TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert_eq!(found_in_data(&bellhop, &encoded), [] as [String; 0]);
}

#[test]
fn orufy_with_a_secret_turns_away_what_does_not_carry_it() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("orufy", Some(TOKEN));
    let serving = bellhop.serve();
    let call = body(0);
    let wrong = signature("another", &call);
    let of_other = signature(TOKEN, &body(1));
    let cases: [&[(&str, &str)]; 6] = [
        &[],
        &[("Authorization", "Bearer another")],
        &[("Authorization", &TOKEN[1..])],
        &[("Authorization", "Bearer ")],
        &[("X-Signature", &wrong)],
        &[("X-Signature", &of_other)],
    ];
    for headers in cases {
        assert_eq!(
            serving.receiver.post(&endpoint.path, headers, &call),
            401,
            "{headers:?}"
        );
    }
    let rejections = eventually(SOON, "the traces", || {
        let rejections = bellhop.list(&["rejection", "list"]);
        (rejections.len() == cases.len()).then_some(rejections)
    });
    for rejection in rejections {
        assert_eq!(text(&rejection, "reason"), "token_not_found");
        // What was looked for, and how to fall back to the address alone.
        for part in [
            "Bearer",
            "query",
            "HMAC",
            "base64",
            "retire the secret",
            "address alone",
        ] {
            assert!(
                text(&rejection, "hint").contains(part),
                "{part}: {rejection}"
            );
        }
    }
    // Falling back.
    bellhop.json(&["endpoint", "secret", "retire", &endpoint.id, "1"]);
    assert_eq!(
        serving.receiver.post(&endpoint.path, NO_HEADERS, &call),
        200
    );
    let shown = bellhop.json(&["endpoint", "show", &endpoint.id]);
    assert_eq!(text(&shown, "trust"), "token_only");
    // A new secret is learnt anew.
    bellhop.json_with(
        &["endpoint", "secret", "add", &endpoint.id, "--secret-stdin"],
        TOKEN,
    );
    let call = body(3);
    assert_eq!(
        serving
            .receiver
            .post(&endpoint.path, &[("X-New", TOKEN)], &call),
        200
    );
    let shown = bellhop.json(&["endpoint", "show", &endpoint.id]);
    assert_eq!(
        text(&shown, "signature_form"),
        "secret token in the header x-new"
    );
}
