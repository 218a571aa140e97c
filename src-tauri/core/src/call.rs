//! One HTTP call as it came, before anybody knows whether it is genuine.

use std::fmt;

/// Carries the caller's country, which the tunnel's service is asked to add.
pub const COUNTRY_HEADER: &str = "x-caller-country";

/// An incoming call. Its `Debug` shows sizes only: headers may carry a secret and the body a client's name.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The query of its address, without the question mark.
    pub query: Option<String>,
    /// Headers in the order they came, names in lower case, values as they came.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The raw body.
    pub body: Vec<u8>,
}

impl Call {
    /// The first header of a lower-case name, as text, with the white space around it taken off.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        std::str::from_utf8(value).ok().map(str::trim)
    }

    /// The public host that was called, where somebody who forwards calls says so. The last value is the one that the
    /// nearest of them wrote; those before it may be anybody's.
    pub fn forwarded_host(&self) -> Option<&str> {
        self.last_of("x-forwarded-host")
    }

    /// The caller's own address, where somebody who forwards calls says so.
    pub fn forwarded_for(&self) -> Option<&str> {
        self.last_of("x-forwarded-for")
    }

    /// The caller's country as a code of two letters, where somebody who forwards calls says so.
    pub fn forwarded_country(&self) -> Option<&str> {
        self.last_of(COUNTRY_HEADER)
    }

    fn last_of(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().rfind(|(known, _)| known == name)?;
        let last = std::str::from_utf8(value).ok()?.rsplit(',').next()?.trim();
        (!last.is_empty()).then_some(last)
    }

    /// The headers as text, one `name: value` a line: the form in which the store keeps them.
    pub fn header_block(&self) -> Vec<u8> {
        let mut block = Vec::new();
        for (name, value) in &self.headers {
            block.extend_from_slice(name.as_bytes());
            block.extend_from_slice(b": ");
            block.extend_from_slice(value);
            block.push(b'\n');
        }
        block
    }

    /// The headers of a block made by [`Call::header_block`].
    pub fn read_header_block(block: &[u8]) -> Vec<(String, Vec<u8>)> {
        block
            .split(|byte| *byte == b'\n')
            .filter_map(|line| {
                let colon = line.windows(2).position(|pair| pair == b": ")?;
                let (name, value) = (line.get(..colon)?, line.get(colon + 2..)?);
                Some((String::from_utf8_lossy(name).into_owned(), value.to_vec()))
            })
            .collect()
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Call({} headers, {} bytes)",
            self.headers.len(),
            self.body.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_survive_the_block_they_are_stored_in() {
        let call = Call {
            query: None,
            headers: vec![
                ("content-type".into(), b"application/json".to_vec()),
                ("x-odd".into(), b"a: b\xff".to_vec()),
                ("x-empty".into(), Vec::new()),
            ],
            body: Vec::new(),
        };
        assert_eq!(Call::read_header_block(&call.header_block()), call.headers);
    }

    #[test]
    fn of_what_forwarders_say_the_last_word_counts() {
        let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let call = Call {
            query: None,
            headers: vec![
                header("x-forwarded-for", "203.0.113.9"),
                header("x-forwarded-for", "198.51.100.7, 192.0.2.4"),
                header("x-forwarded-host", "forged.example, real.example"),
                header(COUNTRY_HEADER, " "),
            ],
            body: Vec::new(),
        };
        assert_eq!(call.forwarded_for(), Some("192.0.2.4"));
        assert_eq!(call.forwarded_host(), Some("real.example"));
        assert_eq!(call.forwarded_country(), None);
    }
}
