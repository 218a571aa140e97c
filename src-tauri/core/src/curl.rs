//! A call as a command line of curl, to send it again by hand.

use std::fmt::Write as _;

use crate::call::{COUNTRY_HEADER, Call};

/// Headers that curl makes itself, or that belong to the way on which the call came.
const LEFT_OUT: [&str; 6] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "accept-encoding",
    COUNTRY_HEADER,
];

/// The command, for a POSIX shell, that posts `call` to `url` with the same body and the same headers, and so with the
/// same signature. A secret that travelled in the open is not in a stored call, and so not in the command.
pub fn command(call: &Call, url: &str) -> String {
    let address = match &call.query {
        Some(query) => format!("{url}?{query}"),
        None => url.to_owned(),
    };
    let mut command = format!("curl -X POST {}", quoted(&address));
    let sent = call.headers.iter().filter(|(name, _)| {
        !LEFT_OUT.contains(&name.as_str()) && !name.starts_with("x-forwarded-")
    });
    for (name, value) in sent {
        let value = String::from_utf8_lossy(value);
        // With a colon and nothing behind it, curl would leave the header out.
        let header = if value.is_empty() {
            format!("{name};")
        } else {
            format!("{name}: {value}")
        };
        let _ = write!(command, " \\\n  -H {}", quoted(&header));
    }
    if call.header("content-type").is_none() {
        command.push_str(" \\\n  -H 'content-type:'");
    }
    match std::str::from_utf8(&call.body) {
        // Not --data-binary: that takes a body that begins with "@" for the name of a file.
        Ok(text) if !text.contains('\0') => {
            let _ = write!(command, " \\\n  --data-raw {}", quoted(text));
        }
        _ => {
            let bytes = call.body.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "\\{byte:03o}");
                text
            });
            command = format!("printf '{bytes}' |\n{command} \\\n  --data-binary @-");
        }
    }
    command
}

/// One word of the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(headers: &[(&str, &str)], body: &[u8]) -> Call {
        Call {
            query: None,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect(),
            body: body.to_vec(),
        }
    }

    #[test]
    fn only_what_the_caller_said_is_repeated() {
        let headers = [
            ("host", "a.example"),
            ("content-type", "application/json"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-bookora-signature", "abc"),
            ("x-empty", ""),
        ];
        let text = command(
            &call(&headers, b"{\"name\":\"O'Hara\"}"),
            "http://h/hooks/t",
        );
        assert_eq!(
            text,
            "curl -X POST 'http://h/hooks/t' \\\n  -H 'content-type: application/json' \\\n  \
             -H 'x-bookora-signature: abc' \\\n  -H 'x-empty;' \\\n  --data-raw '{\"name\":\"O'\\''Hara\"}'"
        );
    }

    #[test]
    fn a_body_that_is_no_text_is_written_byte_by_byte() {
        let text = command(&call(&[], b"a\xff\0"), "http://h/");
        assert_eq!(
            text,
            "printf '\\141\\377\\000' |\ncurl -X POST 'http://h/' \\\n  -H 'content-type:' \\\n  --data-binary @-"
        );
    }
}
