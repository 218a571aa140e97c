//! Orufy's secret token, which may travel in many ways.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::{Value, json};

use crate::bellhop;
use crate::calls::{NO_HEADERS, found_in_data, hmac, signature, text};
use crate::cli::{Endpoint, Receiver, SOON, eventually};

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
