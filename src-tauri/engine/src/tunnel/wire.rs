//! Listening in on our own link.
//!
//! The crate does not tell when a rebind after a reconnect has succeeded, at which address, or why
//! the service went away; and it ignores StopTunnel after its first reconnect. All of that passes
//! through the bytes that the [link](super::link) carries, in frames that are easy to follow: eight
//! bytes of header (length and type, stream id), then the body. Only the calls' answers and the
//! service's own messages are looked at; what callers send is skipped over by its length.

use std::collections::HashMap;

use serde_json::Value;

/// What the service said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// An endpoint is online, at this URL.
    Bound { url: String },
    /// A call was refused, with the service's text, which may hold the authtoken.
    Refused { answer: String },
    /// The service ends the session, with its reason.
    GoAway { reason: String },
    /// The service takes the endpoint away.
    Stopped {
        message: String,
        code: Option<String>,
    },
}

/// An answer is a few hundred bytes; nothing above this is kept.
const LARGEST: usize = 64 * 1024;
/// Calls that can wait for their answer at once. The crate makes one at a time, beside its heartbeats.
const MOST: usize = 16;

const RESET: u8 = 0;
const DATA: u8 = 1;
const GO_AWAY: u8 = 3;
const FIN: u8 = 1;
const SYN: u8 = 2;
/// The first four bytes of a StopTunnel stream.
const STOP_TUNNEL: [u8; 4] = [0, 0, 0, 9];

/// Follows the frames that arrive on one link.
#[derive(Default)]
pub(super) struct Ear {
    header: Vec<u8>,
    frame: Frame,
    /// Bodies by stream, as far as they are of interest.
    kept: HashMap<u32, Vec<u8>>,
}

#[derive(Default, Clone, Copy)]
struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    /// Bytes of the body that are still to come.
    left: usize,
}

impl Ear {
    /// Takes the next bytes, wherever they begin and end.
    pub(super) fn take(&mut self, mut bytes: &[u8]) -> Vec<Heard> {
        let mut heard = Vec::new();
        while !bytes.is_empty() {
            if self.frame.left == 0 {
                let (part, rest) = bytes.split_at(bytes.len().min(8 - self.header.len()));
                self.header.extend_from_slice(part);
                bytes = rest;
                if let Some(frame) = parse_header(&self.header) {
                    self.header.clear();
                    self.frame = frame;
                    self.begin();
                    if frame.left == 0 {
                        self.finish(&mut heard);
                    }
                }
            } else {
                let (part, rest) = bytes.split_at(bytes.len().min(self.frame.left));
                bytes = rest;
                self.frame.left -= part.len();
                self.keep(part);
                if self.frame.left == 0 {
                    self.finish(&mut heard);
                }
            }
        }
        heard
    }

    /// Decides at a frame's header whether its stream is worth keeping: our own calls have odd
    /// numbers; of the service's, a new one might be a StopTunnel.
    fn begin(&mut self) {
        let Frame {
            kind,
            flags,
            stream,
            ..
        } = self.frame;
        if kind == RESET {
            self.kept.remove(&stream);
        }
        let ours = stream % 2 == 1;
        let wanted = kind == GO_AWAY || (kind == DATA && (ours || flags & SYN != 0));
        if wanted && self.kept.len() < MOST {
            self.kept.entry(stream).or_default();
        }
    }

    fn keep(&mut self, part: &[u8]) {
        if !matches!(self.frame.kind, DATA | GO_AWAY) {
            return;
        }
        if let Some(kept) = self.kept.get_mut(&self.frame.stream) {
            let room = LARGEST.saturating_sub(kept.len());
            kept.extend_from_slice(part.get(..part.len().min(room)).unwrap_or_default());
        }
    }

    fn finish(&mut self, heard: &mut Vec<Heard>) {
        let Frame {
            kind,
            flags,
            stream,
            ..
        } = self.frame;
        let Some(kept) = self.kept.get(&stream) else {
            return;
        };
        let over = flags & FIN != 0;
        if kind == GO_AWAY {
            // Last stream, code, and then the reason as text.
            let reason = String::from_utf8_lossy(kept.get(8..).unwrap_or_default())
                .trim()
                .to_owned();
            heard.push(Heard::GoAway { reason });
        } else if stream % 2 == 1 {
            if !over {
                return;
            }
            heard.extend(answer(kept));
        } else {
            let opening = kept.get(..4).unwrap_or(kept);
            if STOP_TUNNEL.starts_with(opening) {
                match serde_json::from_slice::<Value>(kept.get(4..).unwrap_or_default()) {
                    Ok(message) => heard.push(stopped(&message)),
                    // It goes on in the next frame.
                    Err(_) if !over && kept.len() < LARGEST => return,
                    Err(_) => {}
                }
            }
        }
        self.kept.remove(&stream);
    }
}

fn parse_header(header: &[u8]) -> Option<Frame> {
    let (first, stream) = header.split_first_chunk::<4>()?;
    let first = u32::from_be_bytes(*first);
    Some(Frame {
        kind: (first >> 4 & 0xF) as u8,
        flags: (first & 0xF) as u8,
        stream: u32::from_be_bytes(stream.try_into().ok()?),
        left: (first >> 8) as usize,
    })
}

fn answer(bytes: &[u8]) -> Option<Heard> {
    let answer: Value = serde_json::from_slice(bytes).ok()?;
    let text = |key| {
        answer
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    if let Some(error) = text("Error") {
        return Some(Heard::Refused {
            answer: error.to_owned(),
        });
    }
    text("URL").map(|url| Heard::Bound {
        url: url.to_owned(),
    })
}

fn stopped(message: &Value) -> Heard {
    let text = |key| {
        message
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    Heard::Stopped {
        message: text("Message").unwrap_or_default(),
        code: text("ErrorCode"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u32, body: &[u8]) -> Vec<u8> {
        let first = (body.len() as u32) << 8 | u32::from(kind) << 4 | u32::from(flags);
        [&first.to_be_bytes()[..], &stream.to_be_bytes()[..], body].concat()
    }

    fn conversation() -> Vec<u8> {
        [
            frame(DATA, 0, 3, &[0x7B, 1, 2, 3]),
            frame(DATA, 0, 5, br#"{"Version":"3","ClientId":"c""#),
            frame(DATA, FIN, 5, b"}"),
            frame(2, 0, 5, &[0, 0, 1, 0]),
            frame(
                DATA,
                0,
                7,
                br#"{"Id":"t","URL":"https://a.example","Extra":{}}"#,
            ),
            frame(DATA, FIN, 7, b""),
            frame(DATA, SYN, 2, &[0, 0, 0, 3, 9, 9]),
            frame(DATA, 0, 2, &[b'x'; 70_000]),
            frame(DATA, 0, 9, br#"{"Error":"no\r\n\r\nERR_NGROK_334\r\n"}"#),
            frame(DATA, FIN, 9, b""),
            frame(DATA, SYN, 4, &[0, 0, 0, 9, b'{']),
            frame(
                DATA,
                0,
                4,
                br#""Id":"t","Message":"bye","ErrorCode":"ERR_NGROK_1"}"#,
            ),
            frame(GO_AWAY, 0, 0, b"\0\0\0\x01\0\0\0\0restarting"),
        ]
        .concat()
    }

    fn expected() -> Vec<Heard> {
        vec![
            Heard::Bound {
                url: "https://a.example".into(),
            },
            Heard::Refused {
                answer: "no\r\n\r\nERR_NGROK_334\r\n".into(),
            },
            Heard::Stopped {
                message: "bye".into(),
                code: Some("ERR_NGROK_1".into()),
            },
            Heard::GoAway {
                reason: "restarting".into(),
            },
        ]
    }

    #[test]
    fn hears_the_same_however_the_bytes_are_cut() {
        let bytes = conversation();
        for size in [1, 2, 3, 7, 8, 9, 100, 4096, bytes.len()] {
            let mut ear = Ear::default();
            let heard: Vec<Heard> = bytes.chunks(size).flat_map(|part| ear.take(part)).collect();
            assert_eq!(heard, expected(), "in pieces of {size}");
        }
    }

    #[test]
    fn keeps_little_of_what_is_none_of_its_business() {
        let mut ear = Ear::default();
        for stream in 0..1000_u32 {
            ear.take(&frame(DATA, SYN, stream, &[1, 2]));
            ear.take(&frame(DATA, 0, stream, &[b'y'; 10_000]));
        }
        assert!(ear.kept.len() <= MOST);
        assert!(ear.kept.values().all(|kept| kept.len() <= LARGEST));
    }
}
