//! Only genuine calls get through, in every form in which they may be genuine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use base64::Engine as _;
use bellhop_core::call::Call;
use bellhop_core::provider::Provider;
use bellhop_core::signature::{
    Checked, Form, Place, SAMPLE_HEADER, SecretValue, SignatureError, SigningSecret, Trust,
    VerifiedDelivery, verify,
};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use sha2::Sha256;

const SECRET: &str = "correct horse";
const BODY: &[u8] = br#"{"eventType":"BOOK","meetData":{"_id":"m1"}}"#;

fn mac(secret: &str, body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

fn secret(id: i64, value: &str) -> SigningSecret {
    SigningSecret {
        id,
        value: SecretValue::new(value).unwrap(),
    }
}

fn endpoint(provider: Provider, pinned: Option<Form>) -> Checked {
    Checked {
        endpoint_id: 1,
        provider,
        secrets: vec![secret(1, SECRET)],
        pinned,
    }
}

fn with_header(name: &str, value: &str, body: &[u8]) -> Call {
    Call {
        query: None,
        headers: vec![(name.to_owned(), value.as_bytes().to_vec())],
        body: body.to_vec(),
    }
}

fn check(provider: Provider, call: Call) -> Result<VerifiedDelivery, SignatureError> {
    verify(&endpoint(provider, None), call)
}

#[test]
fn hex_in_either_case_fits_and_a_prefix_only_where_it_is_documented() {
    let digits = hex::encode(mac(SECRET, BODY));
    let kordless = |value: &str| {
        check(
            Provider::Kordless,
            with_header("x-kordless-signature", value, BODY),
        )
    };
    let webkasa = |value: &str| {
        check(
            Provider::WebKasa,
            with_header("x-webkasa-signature", value, BODY),
        )
    };
    assert!(kordless(&digits).is_ok());
    assert!(kordless(&digits.to_uppercase()).is_ok());
    assert_eq!(
        kordless(&format!("sha256={digits}")).unwrap_err().reason(),
        "signature_malformed"
    );
    assert!(webkasa(&format!("sha256={digits}")).is_ok());
    assert_eq!(
        webkasa(&digits).unwrap_err().reason(),
        "signature_malformed"
    );
    // Its own sample code throws on a short header.
    for short in ["", "sha256=", "sha256=ab", "sha256=zz", "é"] {
        assert_eq!(
            webkasa(short).unwrap_err().reason(),
            "signature_malformed",
            "{short:?}"
        );
    }
}

#[test]
fn without_a_secret_a_signing_provider_is_turned_away_rather_than_trusted() {
    for provider in [Provider::Kordless, Provider::Bookora, Provider::WebKasa] {
        let endpoint = Checked {
            endpoint_id: 1,
            provider,
            secrets: Vec::new(),
            pinned: None,
        };
        let error =
            verify(&endpoint, with_header("x-any", "no-secret-provided", BODY)).unwrap_err();
        assert_eq!(error.reason(), "secret_missing");
        assert_eq!(endpoint.trust(), Trust::Signed);
    }
}

#[test]
fn any_live_secret_verifies_and_the_delivery_says_which() {
    let mut endpoint = endpoint(Provider::Kordless, None);
    endpoint.secrets.push(secret(2, "the new one"));
    let call = with_header(
        "x-kordless-signature",
        &hex::encode(mac("the new one", BODY)),
        BODY,
    );
    assert_eq!(
        verify(&endpoint, call).unwrap().proof().unwrap().secret_id,
        2
    );
}

#[test]
fn bookora_signs_the_body_as_javascript_writes_it() {
    let body = br#"{ "b": 150.00, "2": "\u00e9", "a": 1e21 }"#;
    let written = r#"{"2":"é","b":150,"a":1e+21}"#;
    let call = with_header(
        "x-bookora-signature",
        &hex::encode(mac(SECRET, written.as_bytes())),
        body,
    );
    assert_eq!(
        check(Provider::Bookora, call)
            .unwrap()
            .proof()
            .unwrap()
            .form,
        Form::JavascriptJson
    );
    let raw = with_header("x-bookora-signature", &hex::encode(mac(SECRET, body)), body);
    assert_eq!(
        check(Provider::Bookora, raw).unwrap().proof().unwrap().form,
        Form::RawBody
    );
}

fn orufy_forms() -> Vec<(Call, Form)> {
    let bytes = mac(SECRET, BODY);
    let (digits, base64) = (
        hex::encode(&bytes),
        base64::engine::general_purpose::STANDARD.encode(&bytes),
    );
    let header = |name: &str| Place::Header(name.to_owned());
    let query = |value: &str| Call {
        query: Some(format!("a=b&key={value}")),
        headers: Vec::new(),
        body: BODY.to_vec(),
    };
    let encoded: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let mut forms = vec![
        (
            with_header("authorization", SECRET, BODY),
            Form::Token(header("authorization")),
        ),
        (
            with_header("authorization", &format!("Bearer {SECRET}"), BODY),
            Form::Token(header("authorization")),
        ),
        (
            with_header("authorization", &format!("bearer {SECRET}"), BODY),
            Form::Token(header("authorization")),
        ),
        (
            with_header("x-whatever", SECRET, BODY),
            Form::Token(header("x-whatever")),
        ),
        (query(&encoded), Form::Token(Place::Query("key".to_owned()))),
        (
            query(&digits),
            Form::BodyHmac(Place::Query("key".to_owned())),
        ),
    ];
    for value in [
        digits.clone(),
        digits.to_uppercase(),
        format!("sha256={digits}"),
        base64.clone(),
        base64.trim_end_matches('=').to_owned(),
        format!("sha256={base64}"),
    ] {
        forms.push((
            with_header("x-orufy-signature", &value, BODY),
            Form::BodyHmac(header("x-orufy-signature")),
        ));
    }
    forms
}

#[test]
fn an_orufy_token_is_found_in_every_form_and_that_form_is_to_be_pinned() {
    for (call, form) in orufy_forms() {
        let delivery = check(Provider::Orufy, call).unwrap();
        assert_eq!(delivery.form_to_pin(), Some(&form));
        assert_eq!(delivery.trust(), Trust::Signed);
    }
}

#[test]
fn an_orufy_call_in_another_form_than_the_pinned_one_is_turned_away_with_a_way_out() {
    let pinned = Form::Token(Place::Header("authorization".to_owned()));
    for (call, form) in orufy_forms() {
        let outcome = verify(&endpoint(Provider::Orufy, Some(pinned.clone())), call);
        assert_eq!(outcome.is_ok(), form == pinned, "{form}");
        if let Err(error) = outcome {
            assert_eq!(error.reason(), "token_not_in_pinned_form");
            assert!(
                error
                    .to_string()
                    .contains("secret token in the header authorization")
            );
            assert!(error.to_string().contains("retire the secret"));
        }
    }
}

#[test]
fn an_orufy_call_without_its_token_is_turned_away_and_told_what_was_looked_for() {
    for call in [
        with_header("authorization", "Bearer wrong", BODY),
        with_header("x", &hex::encode(mac("no", BODY)), BODY),
    ] {
        let error = check(Provider::Orufy, call).unwrap_err();
        assert_eq!(error.reason(), "token_not_found");
        for part in [
            "every header",
            "Bearer",
            "HMAC-SHA256",
            "unguessable address alone",
        ] {
            assert!(error.to_string().contains(part), "{part}");
        }
    }
}

#[test]
fn orufy_without_a_secret_and_reservekit_rely_on_the_address() {
    let bare = || Call {
        query: None,
        headers: Vec::new(),
        body: BODY.to_vec(),
    };
    for provider in [Provider::Orufy, Provider::ReserveKit] {
        let endpoint = Checked {
            endpoint_id: 1,
            provider,
            secrets: Vec::new(),
            pinned: None,
        };
        let delivery = verify(&endpoint, bare()).unwrap();
        assert_eq!(
            (delivery.trust(), delivery.proof()),
            (Trust::TokenOnly, None)
        );
    }
}

#[test]
fn a_secret_that_travels_in_the_open_is_not_kept() {
    for (call, form) in orufy_forms() {
        let delivery = check(Provider::Orufy, call.clone()).unwrap();
        let kept = format!(
            "{:?}{:?}",
            String::from_utf8_lossy(&delivery.call().header_block()),
            delivery.call().query
        );
        assert!(
            !kept.contains(SECRET)
                && !kept.contains("correct+horse")
                && !kept.contains("correct%20horse"),
            "{form}"
        );
        if matches!(form, Form::Token(_)) {
            assert!(kept.contains("secret"), "{form}: {kept}");
        }
        assert_eq!(delivery.call().body, call.body);
    }
}

#[test]
fn our_own_samples_pin_nothing() {
    let mut call = with_header("authorization", SECRET, BODY);
    call.headers.push((SAMPLE_HEADER.to_owned(), b"1".to_vec()));
    assert_eq!(check(Provider::Orufy, call).unwrap().form_to_pin(), None);
}

#[test]
fn secrets_and_calls_show_nothing_when_debugged() {
    let endpoint = endpoint(Provider::Orufy, None);
    let call = with_header("authorization", SECRET, BODY);
    assert!(!format!("{endpoint:?}{call:?}").contains(SECRET));
}

proptest! {
    #[test]
    fn a_changed_body_or_signature_never_passes(
        body in proptest::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), flip in 1u8..,
    ) {
        let genuine = mac(SECRET, &body);
        let mut forged = genuine.clone();
        forged[at.index(32)] ^= flip;
        let with = |bytes: &[u8], body: &[u8]| check(
            Provider::WebKasa, with_header("x-webkasa-signature", &format!("sha256={}", hex::encode(bytes)), body),
        );
        prop_assert!(with(&genuine, &body).is_ok());
        prop_assert!(with(&forged, &body).is_err());
        let mut longer = body.clone();
        longer.push(flip);
        prop_assert!(with(&genuine, &longer).is_err());
    }

    #[test]
    fn no_header_value_makes_verification_panic(value in proptest::collection::vec(any::<u8>(), 0..90), query in ".*") {
        for provider in Provider::ALL {
            for name in ["x-kordless-signature", "x-bookora-signature", "x-webkasa-signature", "authorization"] {
                let call = Call {
                    query: Some(query.clone()),
                    headers: vec![(name.to_owned(), value.clone())],
                    body: value.clone(),
                };
                let outcome = check(provider, call);
                prop_assert_eq!(outcome.is_ok(), provider == Provider::ReserveKit);
            }
        }
    }
}
