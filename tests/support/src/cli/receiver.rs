//! Calls over HTTP, proper and not.

use std::fmt::Debug;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::SOON;

/// Where calls are taken. Clones share their connections.
#[derive(Clone)]
pub struct Receiver {
    /// The address, as host and port.
    pub address: String,
    agent: ureq::Agent,
}

/// An answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The value of a header of a lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Receiver {
    /// The one at a host and port, whether or not anybody is there.
    pub fn at(address: String) -> Receiver {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Receiver {
            address,
            agent: config.into(),
        }
    }

    /// Posts a call and gives the status of the answer, whose body has to be empty.
    pub fn post<N: AsRef<str> + Debug, V: AsRef<str>>(
        &self,
        path: &str,
        headers: &[(N, V)],
        body: impl AsRef<[u8]>,
    ) -> u16 {
        let answer = self.call("POST", path, headers, body.as_ref());
        assert_eq!(
            answer.body,
            "",
            "{path} {headers:?}",
            headers = names(headers)
        );
        answer.status
    }

    /// Makes a call. Only POST sends the body.
    pub fn call<N: AsRef<str>, V: AsRef<str>>(
        &self,
        method: &str,
        path: &str,
        headers: &[(N, V)],
        body: &[u8],
    ) -> Answer {
        self.try_call(method, path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Makes a call that may find nobody there.
    ///
    /// # Errors
    ///
    /// Says why there was no answer.
    pub fn try_call<N: AsRef<str>, V: AsRef<str>>(
        &self,
        method: &str,
        path: &str,
        headers: &[(N, V)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(name.as_ref(), value.as_ref());
        }
        let mut response = if method == "POST" {
            self.agent.run(request.body(body)?)?
        } else {
            self.agent.run(request.body(())?)?
        };
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), value.into_owned())
        });
        Ok(Answer {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response.body_mut().read_to_string()?,
        })
    }

    /// A bare connection, for calls that are no proper HTTP.
    pub fn connect(&self) -> Raw {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        stream.set_nodelay(true).unwrap();
        Raw { stream }
    }
}

fn names<N: AsRef<str>, V>(headers: &[(N, V)]) -> Vec<&str> {
    headers.iter().map(|(name, _)| name.as_ref()).collect()
}

/// A bare connection.
pub struct Raw {
    stream: TcpStream,
}

impl Raw {
    /// Sends bytes. A receiver that has answered already may refuse them.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Raw {
        let _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Says that nothing more will be sent.
    pub fn end(&mut self) -> &mut Raw {
        let _ = self.stream.shutdown(Shutdown::Write);
        self
    }

    /// Reads one answer. `None` where the connection ends without one.
    pub fn answer(&mut self) -> Option<Answer> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match self.stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                Ok(_) if head.is_empty() => return None,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                other => panic!("{other:?} after {:?}", String::from_utf8_lossy(&head)),
            }
        }
        let head = String::from_utf8(head).unwrap();
        let (line, rest) = head.split_once("\r\n").unwrap();
        let headers: Vec<(String, String)> = rest
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let mut answer = Answer {
            status: line.split(' ').nth(1).unwrap().parse().unwrap(),
            headers,
            body: String::new(),
        };
        let length = answer.header("content-length").unwrap_or("0");
        let mut body = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8(body).unwrap();
        Some(answer)
    }
}
