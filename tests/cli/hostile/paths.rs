//! The port serves the addresses of endpoints, and nothing else in any spelling.

use super::{SECRET, Salon, post};
use crate::attacks::Answers;
use crate::calls::{count, numbered, signature};

/// Bytes on a connection of their own; all answers, and whether any carried a body or changed the protocol.
fn ask(salon: &Salon, bytes: &[u8]) -> Option<u16> {
    let mut raw = salon.serving.receiver.connect();
    raw.send(bytes).end();
    let answer = raw.answer()?;
    assert_eq!(answer.body, "", "{}", String::from_utf8_lossy(bytes));
    assert_eq!(answer.header("upgrade"), None);
    Some(answer.status)
}

#[test]
fn no_other_spelling_of_an_address_is_served() {
    let salon = Salon::open();
    let own = salon.endpoint.path.clone();
    let token = own.strip_prefix("/hooks/").unwrap().to_owned();
    let targets = [
        format!("/{own}"),
        format!("//localhost{own}"),
        format!("/hooks//{token}"),
        format!("/hooks/../hooks/{token}"),
        format!("/hooks/./{token}"),
        format!("/./hooks/{token}"),
        format!("/x/..{own}"),
        format!("/hooks%2F{token}"),
        format!("/hooks%2f{token}"),
        format!("%2Fhooks/{token}"),
        format!("/%68ooks/{token}"),
        format!("/hooks/..%2f{token}"),
        format!("/hooks/%2e%2e/{token}"),
        format!("/hooks/{token}%2F"),
        format!("/hooks/{token}%00"),
        format!("/hooks/{token}%20"),
        format!("/hooks/{token}%0d%0a"),
        format!("/hooks/{token};x=y"),
        format!("/hooks/{token}/"),
        format!("/hooks/{token}/.."),
        format!("/hooks/{token}/x"),
        format!("/hooks/{token}&x"),
        format!("/HOOKS/{token}"),
        format!("\\hooks\\{token}"),
        format!("/hooks\\{token}"),
        format!("hooks/{token}"),
        format!("http://localhost//hooks/{token}"),
        format!("http://localhost/x{own}"),
        format!("localhost{own}"),
        "localhost:80".to_owned(),
        "localhost".to_owned(),
        "*".to_owned(),
        "/".to_owned(),
        "/hooks".to_owned(),
        "/hooks/".to_owned(),
        "/hooks/*".to_owned(),
        "/hooks/{token}".to_owned(),
        format!("/hooks/probe-{}", "0".repeat(32)),
        "/status".to_owned(),
        "/metrics".to_owned(),
        "/health".to_owned(),
        "/.git/config".to_owned(),
        "/index.html".to_owned(),
        "http://localhost/".to_owned(),
        "https://example.com/".to_owned(),
        "?".to_owned(),
        format!("?{own}"),
    ];
    for target in &targets {
        for method in [
            "POST", "GET", "HEAD", "OPTIONS", "CONNECT", "TRACE", "PUT", "PRI",
        ] {
            let body = numbered(0);
            let call = post(target, &signature(SECRET, &body), "", &body);
            let call = [method.as_bytes(), &call[4..]].concat();
            // Refused as no address of ours, or as no request at all.
            let status = ask(&salon, &call);
            assert!(
                matches!(status, Some(404 | 400) | None),
                "{method} {target}: {status:?}"
            );
        }
    }
    assert_eq!(count(&salon.bellhop, "SELECT count(*) FROM delivery"), 0);
    salon.close();
}

#[test]
fn a_proxy_may_name_the_host_and_nobody_may_change_the_protocol() {
    let salon = Salon::open();
    let own = salon.endpoint.path.clone();
    // The forms that HTTP asks every server to take.
    for target in [
        format!("http://localhost{own}"),
        format!("https://my.host:8443{own}"),
        format!("{own}?a=b"),
    ] {
        let number = salon
            .genuine
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let body = numbered(number);
        let call = post(&target, &signature(SECRET, &body), "", &body);
        assert_eq!(ask(&salon, &call), Some(200), "{target}");
    }
    let upgrades = [
        "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n",
    ];
    for headers in upgrades {
        let get = format!("GET {own} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        assert_eq!(ask(&salon, get.as_bytes()), Some(200), "{headers}");
        // A call that asks for it is taken as it is, and so is the next one on the connection.
        let number = salon
            .genuine
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut both = Answers::connect(salon.address());
        assert_eq!(
            both.status_of(&salon.signed(headers, &numbered(number))),
            200
        );
        assert_eq!(both.status_of(&salon.genuine()), 200);
    }
    // HTTP/2 without asking first, TLS, and other protocols.
    let others: [&[u8]; 6] = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"GET /\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"\x05\x01\x00",
    ];
    for bytes in others {
        let status = ask(&salon, bytes);
        assert!(matches!(status, Some(400) | None), "{bytes:?}: {status:?}");
    }
    salon.close();
}
