//! Shapes of requests that two readers may read in two ways. Each is refused or read as exactly one call.

use super::{SECRET, Salon, post};
use crate::attacks::Answers;
use crate::calls::{bookora, count, signature};

/// A genuine call inside another one. Nobody may ever take it for a call of its own.
fn smuggled(salon: &Salon) -> Vec<u8> {
    salon.signed(
        "",
        &bookora("booking.created", "evt_smuggled", "bkg", 0, "15T14:00"),
    )
}

/// Sends bytes on a connection of their own and gives all answers.
fn answers(salon: &Salon, bytes: &[u8]) -> Vec<u16> {
    let mut answers = Answers::connect(salon.address());
    answers.send(bytes);
    answers.end();
    answers.collect()
}

/// However the outer call is read, it is one call, and the inner one none.
fn assert_one_at_most(salon: &Salon, shape: &str, bytes: &[u8]) {
    let calls = || {
        count(
            &salon.bellhop,
            "SELECT count(*) + coalesce(sum(repeats), 0) FROM delivery",
        )
    };
    let before = calls();
    let answers = answers(salon, bytes);
    assert!(answers.len() <= 1, "{shape:?}: {answers:?}");
    let taken = answers.iter().filter(|status| **status == 200).count();
    assert_eq!(calls() - before, taken as i64, "{shape:?}: {answers:?}");
    let inner = "SELECT count(*) FROM delivery WHERE idempotency_key LIKE '%smuggled%'";
    assert_eq!(count(&salon.bellhop, inner), 0, "{shape:?}");
}

#[test]
fn a_length_that_can_be_read_in_two_ways_is_one_call_at_most() {
    let salon = Salon::open();
    let body = [b"0\r\n\r\n".to_vec(), smuggled(&salon)].concat();
    let all = body.len();
    let length = format!("Content-Length: {all}\r\n");
    let shapes = [
        format!("{length}Transfer-Encoding: chunked\r\n"),
        format!("Transfer-Encoding: chunked\r\n{length}"),
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n".to_owned(),
        format!("Content-Length: 5\r\n{length}"),
        format!("{length}Content-Length: 5\r\n"),
        format!("{length}{length}"),
        format!("Content-Length: 5, {all}\r\n"),
        format!("Content-Length: {all}, {all}\r\n"),
        "Content-Length: 5, 5\r\n".to_owned(),
        "Content-Length: +5\r\n".to_owned(),
        "Content-Length: 0x5\r\n".to_owned(),
        "Content-Length: 5 \u{1}\r\n".to_owned(),
        "Content-Length: 5a\r\n".to_owned(),
        "Content-Length:\r\n".to_owned(),
        "Content-Length : 5\r\n".to_owned(),
        format!("Content-Length: 5\r\n {all}\r\n"),
        "Content-Length: 18446744073709551621\r\n".to_owned(),
        format!("{length}Transfer-Encoding: xchunked\r\n"),
        format!("{length}Transfer-Encoding: chunkedx\r\n"),
        format!("{length}Transfer-Encoding: \"chunked\"\r\n"),
        format!("{length}Transfer-Encoding: chunked, identity\r\n"),
        format!("{length}Transfer-Encoding: identity, chunked\r\n"),
        format!("{length}Transfer-Encoding: gzip\r\n"),
        format!("{length}Transfer-Encoding:\r\n"),
        format!("{length}Transfer-Encoding:\tchunked\r\n"),
        format!("{length}Transfer-Encoding: \u{b}chunked\r\n"),
        format!("{length}Transfer-Encoding: CHUNKED\r\n"),
        format!("{length}Transfer-Encoding : chunked\r\n"),
        format!("{length} Transfer-Encoding: chunked\r\n"),
        format!("{length}Transfer-Encoding:\r\n chunked\r\n"),
        format!("{length}X: y\r\n Transfer-Encoding: chunked\r\n"),
        format!("{length}X: y\nTransfer-Encoding: chunked\r\n"),
        format!("{length}X: y\rTransfer-Encoding: chunked\r\n"),
        format!("{length}X: \0\r\nTransfer-Encoding: chunked\r\n"),
        format!("{length}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"),
        format!("{length}Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n"),
        format!("{length}Transfer_Encoding: chunked\r\n"),
        format!("{length}Transfer-Encoding\u{a0}: chunked\r\n"),
        format!("{length}Connection: Content-Length\r\n"),
        format!("{length}Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"),
    ];
    let path = &salon.endpoint.path;
    // Signed as one reader would read it, and as the other would.
    for signed in [&b""[..], &body] {
        for version in ["1.1", "1.0"] {
            for shape in &shapes {
                let head = format!(
                    "POST {path} HTTP/{version}\r\nHost: localhost\r\nX-Bookora-Signature: {}\r\n{shape}\r\n",
                    signature(SECRET, signed)
                );
                let shape = format!("{version} {shape}");
                let bytes = [head.as_bytes(), &body].concat();
                assert_one_at_most(&salon, &shape, &bytes);
            }
        }
    }
    finish(salon);
}

#[test]
fn chunks_that_are_none_are_one_call_at_most() {
    let salon = Salon::open();
    let inner = smuggled(&salon);
    let chunk = |line: &str| [line.as_bytes(), &inner, b"\r\n0\r\n\r\n"].concat();
    let length = inner.len();
    let many: String = (0..300)
        .map(|number| format!("X-{number}: y\r\n"))
        .collect();
    let shapes: Vec<(&str, Vec<u8>)> = vec![
        ("no number", chunk("zz\r\n")),
        ("an empty line", chunk("\r\n")),
        ("below zero", chunk("-1\r\n")),
        ("with a prefix", chunk(&format!("0x{length:x}\r\n"))),
        ("with a sign", chunk(&format!("+{length:x}\r\n"))),
        ("more than 64 bits", chunk("fffffffffffffffff\r\n")),
        ("64 bits", chunk("ffffffffffffffff\r\n")),
        (
            "many zeros",
            chunk(&format!("{}{length:x}\r\n", "0".repeat(100))),
        ),
        ("a bare line feed", chunk(&format!("{length:x}\n"))),
        ("a bare carriage return", chunk(&format!("{length:x}\r"))),
        (
            "a line feed in an extension",
            chunk(&format!("{length:x};a\nb\r\n")),
        ),
        (
            "an extension of 20 KiB",
            chunk(&format!("{length:x};{}\r\n", "a".repeat(20_480))),
        ),
        ("longer than said", chunk("5\r\n")),
        ("shorter than said", chunk(&format!("{:x}\r\n", length + 3))),
        ("no end of a chunk", chunk(&format!("{:x}\r\n", length - 2))),
        ("nothing after it", format!("{:x}\r\n", length).into_bytes()),
        ("300 trailers", format!("0\r\n{many}\r\n").into_bytes()),
        (
            "a trailer of 20 KiB",
            format!("0\r\nX: {}\r\n\r\n", "a".repeat(20_480)).into_bytes(),
        ),
        (
            "the length among the trailers",
            [b"0\r\nContent-Length: 9999\r\n".as_slice(), &inner].concat(),
        ),
        (
            "100,000 chunks of a byte, and no end",
            "1\r\n \r\n".repeat(100_000).into_bytes(),
        ),
    ];
    let path = &salon.endpoint.path;
    for (shape, body) in shapes {
        for signed in [&b""[..], &inner] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Bookora-Signature: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
                signature(SECRET, signed)
            );
            assert_one_at_most(&salon, shape, &[head.as_bytes(), &body].concat());
        }
    }
    finish(salon);
}

#[test]
fn calls_behind_one_another_are_answered_in_their_order() {
    let salon = Salon::open();
    let calls: Vec<u8> = (0..200).flat_map(|_| salon.genuine()).collect();
    assert_eq!(answers(&salon, &calls), [200; 200]);
    let path = &salon.endpoint.path;
    let mixed = [
        salon.genuine(),
        salon.forged(&salon.endpoint),
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes(),
        salon.genuine(),
        b"GET /elsewhere HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(),
        format!("PUT {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes(),
        salon.genuine(),
        // What comes after the end of a connection is not read.
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").into_bytes(),
        smuggled(&salon),
    ];
    let statuses = [200, 401, 200, 200, 404, 405, 200, 200];
    assert_eq!(answers(&salon, &mixed.concat()), statuses);
    salon.close();
}

#[test]
fn headers_are_so_many_and_so_long_at_most() {
    let salon = Salon::open();
    let many = |count: usize| -> String {
        let header = |number| format!("X-{number}: y\r\n");
        (0..count).map(header).collect()
    };
    let long = |length: usize| format!("X-Long: {}\r\n", "y".repeat(length));
    let with = |headers: &str| {
        let body = crate::calls::numbered(0);
        let call = post(
            &salon.endpoint.path,
            &signature(SECRET, &body),
            headers,
            &body,
        );
        answers(&salon, &call)
    };
    // Three stand there already.
    assert_eq!(with(&many(97)), [200]);
    assert_eq!(with(&many(98)), [431]);
    assert_eq!(with(&many(2_000)), [431]);
    assert_eq!(with(&long(15_000)), [200]);
    assert_eq!(with(&long(16_384)), [431]);
    assert_eq!(with(&long(600_000)), [431]);
    let target = format!("/hooks/{}", "x".repeat(20_000));
    let call = post(&target, "", "", b"");
    assert_eq!(answers(&salon, &call), [431]);

    // Headers without an end.
    let mut endless = Answers::connect(salon.address());
    endless.send(format!("POST {target} HTTP/1.1\r\n").as_bytes());
    let block = many(10_000);
    let borne = (0..1_000)
        .take_while(|_| endless.send(block.as_bytes()))
        .count();
    println!(
        "headers without an end: {} KiB are borne",
        borne * block.len() / 1024
    );
    assert!(borne < 1_000);
    salon
        .genuine
        .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    salon.close();
}

/// The next genuine call is taken, whatever came before.
fn finish(salon: Salon) {
    assert_eq!(answers(&salon, &salon.genuine()), [200]);
    let inner = "SELECT count(*) FROM delivery WHERE idempotency_key LIKE '%smuggled%'";
    assert_eq!(count(&salon.bellhop, inner), 0);
    let stderr = salon.serving.stop();
    assert!(!stderr.contains("panicked"), "{stderr}");
}
