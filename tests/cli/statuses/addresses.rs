//! Which addresses there are, and what may be asked of them.

use serde_json::Value;

use crate::calls::{NO_HEADERS, numbered, signature, text};
use crate::cli::{SOON, eventually};

use super::{SECRET, Salon, assert_empty, head};

#[test]
fn only_the_address_of_an_endpoint_exists() {
    let mut salon = Salon::open();
    let removed = salon.bellhop.endpoint("reservekit", None);
    salon.bellhop.json(&["endpoint", "remove", &removed.id]);
    let own = salon.endpoint.path.clone();
    let (below, behind, upper) = (format!("{own}/x"), format!("{own}/"), own.to_uppercase());
    let unknown = format!("/hooks/{}", "0".repeat(40));
    let long = format!("/hooks/{}", "a".repeat(4_000));
    let paths = [
        "/",
        "/hooks",
        "/hooks/",
        "/hooks/x",
        "/hooks/x/y",
        "/hooks//",
        "/hooks/%00",
        "/hooks/%FF",
        "/hooks/%2e%2e",
        "/favicon.ico",
        "/status",
        "/hooks/x?y=z",
        "//",
        "/hooks/'%20OR%201=1--",
        &unknown,
        &below,
        &behind,
        &upper,
        &long,
        &removed.path,
    ];
    for path in paths {
        for method in ["POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
            let mut raw = salon.receiver().connect();
            raw.send(head(
                method,
                path,
                "Content-Length: 0\r\nConnection: close\r\n",
            ));
            assert_empty(&raw.answer().unwrap(), 404, &format!("{method} {path}"));
        }
        let signed = numbered(salon.good);
        let headers = [("X-Bookora-Signature", signature(SECRET, &signed))];
        let status = salon.receiver().post(path, &headers, &signed);
        assert_eq!(status, 404, "POST {path}");
    }
    salon.next_good_call();

    // The person is told of the two that a provider may still be calling.
    let rejections = eventually(SOON, "the traces", || {
        let all = salon
            .bellhop
            .list(&["rejection", "list", "--limit", "1000"]);
        let of = |reason: &str| -> Vec<Value> {
            all.iter()
                .filter(|rejection| rejection["reason"] == reason)
                .cloned()
                .collect()
        };
        let (removed, unknown) = (of("endpoint_removed"), of("unknown_endpoint"));
        (removed.len() == 2 && unknown.len() >= 2).then_some((removed, unknown))
    });
    let (of_removed, of_unknown) = rejections;
    assert_eq!(of_removed[0]["endpoint_id"], removed.id.as_str());
    assert!(text(&of_removed[0], "hint").contains("removed"));
    assert_eq!(of_unknown[0]["endpoint_id"], Value::Null);
    assert!(!text(&of_unknown[0], "hint").is_empty());
    salon.close();
}

#[test]
fn providers_may_look_whether_anybody_is_there() {
    let mut salon = Salon::open();
    for method in ["GET", "HEAD"] {
        let answer = salon
            .receiver()
            .call(method, &salon.endpoint.path, NO_HEADERS, b"");
        assert_empty(&answer, 200, method);
    }
    for method in [
        "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "BREW",
    ] {
        let mut raw = salon.receiver().connect();
        raw.send(head(method, &salon.endpoint.path, "Content-Length: 0\r\n"));
        let answer = raw.answer().unwrap();
        assert_empty(&answer, 405, method);
        let mut allowed: Vec<&str> = answer.header("allow").unwrap().split(", ").collect();
        allowed.sort_unstable();
        assert_eq!(allowed, ["GET", "HEAD", "POST"], "{method}");
    }
    assert_eq!(text(&salon.rejection(7), "reason"), "method_not_allowed");
    salon.next_good_call();
    assert_eq!(salon.bellhop.list(&["delivery", "list"]).len(), 1);
    salon.close();
}
