//! Bodies that are too large or do not arrive, and what is no HTTP.

use std::time::{Duration, Instant};

use crate::calls::{numbered, post_bookora, signature, text};

use super::{SECRET, Salon, assert_empty, head};

const MIB: usize = 1024 * 1024;

/// A genuine body of exactly so many bytes.
fn sized(number: usize, length: usize) -> Vec<u8> {
    let mut body = numbered(number);
    body.resize(length, b' ');
    body
}

#[test]
fn more_than_a_mebibyte_is_413() {
    let mut salon = Salon::open();
    let path = salon.endpoint.path.clone();

    // Exactly one is taken.
    let body = sized(salon.good, MIB);
    assert_eq!(
        post_bookora(&salon.receiver(), &salon.endpoint, SECRET, &body),
        200
    );
    salon.good += 1;

    // A length that is too great is refused by what it declares: before the body, and also if that never comes.
    for expect in ["", "Expect: 100-continue\r\n"] {
        let mut raw = salon.receiver().connect();
        let asked = Instant::now();
        raw.send(head(
            "POST",
            &path,
            &format!("Content-Length: {}\r\n{expect}", MIB + 1),
        ));
        assert_empty(&raw.answer().unwrap(), 413, "declared");
        assert!(
            asked.elapsed() < Duration::from_secs(8),
            "only the deadline for bodies ended it"
        );
        salon.next_good_call();
    }
    // A caller that sends it all the same still gets to read the answer.
    for length in [MIB + 1, MIB + 1, 2 * MIB, 4 * MIB, 8 * MIB] {
        let body = sized(salon.good, length);
        let headers = [("X-Bookora-Signature", signature(SECRET, &body))];
        let answer = salon.receiver().call("POST", &path, &headers, &body);
        assert_empty(&answer, 413, "sent whole");
        salon.next_good_call();
    }

    // Without a declared length, once too much has come.
    let mut raw = salon.receiver().connect();
    raw.send(head("POST", &path, "Transfer-Encoding: chunked\r\n"));
    for _ in 0..=16 {
        raw.send(format!("{:x}\r\n", MIB / 16))
            .send(vec![b' '; MIB / 16])
            .send("\r\n");
    }
    raw.send("0\r\n\r\n");
    assert_empty(&raw.answer().unwrap(), 413, "chunked");
    salon.next_good_call();

    let rejection = salon.rejection(8);
    assert_eq!(text(&rejection, "reason"), "too_large");
    assert_eq!(rejection["endpoint_id"], salon.endpoint.id.as_str());
    salon.close();
}

#[test]
fn a_body_that_does_not_arrive_is_408() {
    let mut salon = Salon::open();
    let path = salon.endpoint.path.clone();
    let body = numbered(salon.good);
    let headers = format!(
        "X-Bookora-Signature: {}\r\nContent-Length: {}\r\n",
        signature(SECRET, &body),
        body.len()
    );
    // It stalls half-way. Others are served meanwhile.
    let mut stalled = salon.receiver().connect();
    stalled
        .send(head("POST", &path, &headers))
        .send(&body[..20]);
    // It breaks off half-way.
    let mut broken = salon.receiver().connect();
    broken
        .send(head("POST", &path, &headers))
        .send(&body[..20])
        .end();
    assert_empty(&broken.answer().unwrap(), 408, "broken off");
    assert_eq!(text(&salon.rejection(1), "reason"), "cut_off");
    salon.next_good_call();

    assert_empty(&stalled.answer().unwrap(), 408, "stalled");
    let rejection = salon.rejection(2);
    assert_eq!(text(&rejection, "reason"), "body_timeout");
    assert_eq!(rejection["endpoint_id"], salon.endpoint.id.as_str());
    salon.next_good_call();
    salon.close();
}

#[test]
fn what_is_no_http_harms_nobody() {
    let mut salon = Salon::open();
    let path = salon.endpoint.path.clone();
    let many: String = (0..200)
        .map(|number| format!("X-{number}: y\r\n"))
        .collect();
    let broken = [
        "\r\n\r\n\r\n".to_owned(),
        "GARBAGE\r\n\r\n".to_owned(),
        "\u{0}\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
        "POST\r\n\r\n".to_owned(),
        head("POST", &path, "Content-Length: -1\r\n"),
        head("POST", &path, "Content-Length: many\r\n"),
        head("POST", &path, "Content-Length: 5\r\nContent-Length: 6\r\n"),
        head("POST", &path, "Content-Length: 99999999999999999999999\r\n"),
        head("POST", &path, "Transfer-Encoding: chunked\r\n") + "zz\r\nbody\r\n",
        head("POST", &path, "Transfer-Encoding: gzip\r\n"),
        head("POST", &path, "no colon\r\n"),
        head("POST", &path, &many),
        head(
            "POST",
            &path,
            &format!("X-Long: {}\r\n", "y".repeat(600_000)),
        ),
        head("POST", &"x".repeat(100_000), ""),
        head("GET", "*", ""),
        head("CONNECT", "localhost:80", ""),
        head(
            "POST",
            &format!("http://localhost{path}"),
            "Content-Length: 0\r\n",
        ),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ];
    for bytes in &broken {
        let about = bytes.chars().take(80).collect::<String>();
        let mut raw = salon.receiver().connect();
        raw.send(bytes).end();
        if let Some(answer) = raw.answer() {
            assert!((400..500).contains(&answer.status), "{about}: {answer:?}");
            assert_eq!(answer.body, "", "{about}");
        }
        salon.next_good_call();
    }
    // A caller that goes away at once.
    for _ in 0..20 {
        salon
            .receiver()
            .connect()
            .send(head("POST", &path, "Content-Length: 400\r\n"));
    }
    salon.next_good_call();
    salon.close();
}

#[test]
fn one_connection_carries_good_and_bad_calls() {
    let mut salon = Salon::open();
    let mut raw = salon.receiver().connect();
    let path = salon.endpoint.path.clone();
    for round in 0..3 {
        let body = numbered(salon.good);
        let right = signature(SECRET, &body);
        for (sign, status) in [(right.as_str(), 200), ("00", 401)] {
            let headers = format!(
                "X-Bookora-Signature: {sign}\r\nContent-Length: {}\r\n",
                body.len()
            );
            raw.send(head("POST", &path, &headers)).send(&body);
            assert_empty(&raw.answer().unwrap(), status, &format!("round {round}"));
        }
        raw.send(head("GET", "/", ""));
        assert_empty(&raw.answer().unwrap(), 404, "elsewhere");
        salon.good += 1;
    }
    salon.close();
}

#[test]
fn the_content_type_never_matters() {
    let mut salon = Salon::open();
    let types = [
        "application/json",
        "application/json; charset=utf-16",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "image/png",
        "not a type",
        "",
    ];
    for content_type in types {
        let body = numbered(salon.good);
        let headers = [
            ("X-Bookora-Signature", signature(SECRET, &body)),
            ("Content-Type", content_type.to_owned()),
        ];
        assert_eq!(
            salon.receiver().post(&salon.endpoint.path, &headers, &body),
            200,
            "{content_type}"
        );
        salon.good += 1;
    }
    // Also where there is none.
    let body = numbered(salon.good);
    let mut raw = salon.receiver().connect();
    let headers = format!(
        "X-Bookora-Signature: {}\r\nContent-Length: {}\r\n",
        signature(SECRET, &body),
        body.len()
    );
    raw.send(head("POST", &salon.endpoint.path, &headers))
        .send(&body);
    assert_empty(&raw.answer().unwrap(), 200, "no content type");
    salon.good += 1;
    salon.close();
}
