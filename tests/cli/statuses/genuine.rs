//! What is genuine is taken once, and what is not is 401.

use serde_json::Value;

use crate::calls::{NO_HEADERS, numbered, post_bookora, signature, text};

use super::{SECRET, Salon};

#[test]
fn a_repeat_is_counted_and_nothing_else() {
    let mut salon = Salon::open();
    salon.next_good_call();
    for _ in 0..4 {
        let status = post_bookora(&salon.receiver(), &salon.endpoint, SECRET, &numbered(0));
        assert_eq!(status, 200);
    }
    // The id makes it a repeat, whatever else a later call says.
    let other = crate::calls::bookora("booking.cancelled", "evt_0", "bkg_0", 9, "15T14:00");
    assert_eq!(
        post_bookora(&salon.receiver(), &salon.endpoint, SECRET, &other),
        200
    );
    salon.next_good_call();

    let deliveries = salon.bellhop.list(&["delivery", "list"]);
    let repeats: Vec<&Value> = deliveries
        .iter()
        .map(|delivery| &delivery["repeats"])
        .collect();
    assert_eq!(repeats, [0, 5]);
    assert_eq!(salon.bellhop.list(&["rejection", "list"]), [] as [Value; 0]);
    assert_eq!(salon.serving.printed(2).len(), 2);
    salon.close();
}

#[test]
fn what_is_not_genuine_is_401_and_leaves_a_trace() {
    let mut salon = Salon::open();
    let body = numbered(0);
    let right = signature(SECRET, &body);
    let upper = right.to_uppercase();
    let cut = right[..62].to_owned();
    let odd = right[..63].to_owned();
    let base64 = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(crate::calls::hmac(SECRET, &body))
    };
    let wrong = signature("another secret", &body);
    let of_other = signature(SECRET, &numbered(1));
    let cases: [(&str, Option<&str>, &str); 9] = [
        ("no header", None, "signature_missing"),
        ("empty", Some(""), "signature_malformed"),
        ("no hex", Some("zzzz"), "signature_malformed"),
        ("cut", Some(&cut), "signature_malformed"),
        ("an odd number of digits", Some(&odd), "signature_malformed"),
        ("base64", Some(&base64), "signature_malformed"),
        ("another secret", Some(&wrong), "signature_mismatch"),
        ("another body", Some(&of_other), "signature_mismatch"),
        (
            "another scheme",
            Some(&format!("sha256={right}")),
            "signature_malformed",
        ),
    ];
    for (number, (case, header, reason)) in cases.iter().enumerate() {
        let headers: Vec<_> = header
            .map(|value| ("X-Bookora-Signature", value))
            .into_iter()
            .collect();
        let status = salon.receiver().post(&salon.endpoint.path, &headers, &body);
        assert_eq!(status, 401, "{case}");
        let rejection = salon.rejection(number + 1);
        assert_eq!(text(&rejection, "reason"), *reason, "{case}");
        assert_eq!(
            rejection["endpoint_id"],
            salon.endpoint.id.as_str(),
            "{case}"
        );
        assert!(
            text(&rejection, "hint").contains("Bookora"),
            "{case}: {rejection}"
        );
        assert!(text(&rejection, "at").ends_with('Z'), "{case}");
        assert!(rejection["id"].is_string(), "{case}");
    }
    assert_eq!(salon.bellhop.list(&["delivery", "list"]), [] as [Value; 0]);

    // A body that was forged under a genuine signature; and the same body with its own.
    let forged = String::from_utf8(body.clone())
        .unwrap()
        .replace("Jane", "Eve");
    let headers = [("X-Bookora-Signature", right.as_str())];
    assert_eq!(
        salon
            .receiver()
            .post(&salon.endpoint.path, &headers, &forged),
        401
    );
    let truncated = &body[..body.len() - 1];
    assert_eq!(
        salon
            .receiver()
            .post(&salon.endpoint.path, &headers, truncated),
        401
    );
    assert_eq!(
        salon.receiver().post(&salon.endpoint.path, &headers, ""),
        401
    );
    salon.rejection(cases.len() + 3);
    // The digits may be written in either case.
    let headers = [("X-Bookora-Signature", upper)];
    assert_eq!(
        salon.receiver().post(&salon.endpoint.path, &headers, &body),
        200
    );
    salon.good += 1;
    salon.next_good_call();
    salon.close();
}

#[test]
fn an_endpoint_that_needs_a_secret_and_has_none_says_so() {
    let mut salon = Salon::open();
    let bare = salon.bellhop.endpoint("webkasa", None);
    assert_eq!(salon.receiver().post(&bare.path, NO_HEADERS, "{}"), 401);
    let rejection = salon.rejection(1);
    assert_eq!(text(&rejection, "reason"), "secret_missing");
    assert_eq!(rejection["endpoint_id"], bare.id.as_str());
    assert!(text(&rejection, "hint").contains("WebKasa"));
    salon.next_good_call();
    salon.close();
}
