//! A JSON body as a JavaScript engine writes it back after reading it.
//!
//! Bookora documents its signature as HMAC-SHA256 over `JSON.stringify(body)`, where `body` is the
//! parsed payload, and not over the bytes that travelled
//! (<https://bookora-v3.pages.dev/docs/api/webhooks/>). The page's own example carries
//! `"price": 150.00`, which JavaScript writes back as `150`, so the two differ in ordinary use. To
//! check such a signature, Bellhop has to arrive at the very bytes a JavaScript engine would: this
//! module is `Buffer.from(JSON.stringify(JSON.parse(text)))`, and nothing else.
//!
//! # Rules, and where they come from
//!
//! - Decoding. `request.text()` decodes as the WHATWG Encoding Standard's "UTF-8 decode": one leading
//!   byte order mark is dropped, and every maximal part of a malformed sequence becomes U+FFFD.
//!   Express (body-parser over iconv-lite) does the same. [`String::from_utf8_lossy`] follows the same
//!   practice for malformed bytes but keeps the mark, so it is dropped here. A second mark is an
//!   ordinary character, and JSON.parse refuses it. (What body-parser does beside parsing, taking an
//!   empty body for `{}` and refusing a lone string or number, is not imitated: neither is a booking.)
//! - Reading. ECMA-262 `JSON.parse`, which is ECMA-404 to the letter: four white space characters, no
//!   leading zeros, no trailing commas, no control characters in strings. A `\u` escape is a UTF-16
//!   code unit, so a string may hold half a surrogate pair. Numbers are IEEE 754 doubles, and one too
//!   large for a double is Infinity.
//! - Order. ECMA-262 `OrdinaryOwnPropertyKeys`: array indices (the canonical decimals from 0 to
//!   2³² − 2) come first, ascending; all other keys follow as they were first met. A key met again
//!   changes the value and keeps the place (`CreateDataProperty`). `__proto__` is a key like any
//!   other here.
//! - Writing. ECMA-262 `SerializeJSONProperty`, `QuoteJSONString` and `Number::toString`: no white
//!   space, the shortest digits that read back as the same double, `null` for a number that is not
//!   finite, `0` for minus zero, and an escape only for `"`, `\`, the control characters below U+0020
//!   and half a surrogate pair.
//!
//! # Why not serde_json
//!
//! Its strings cannot hold half a surrogate pair, it refuses `1e400`, and it reads whole numbers as
//! integers that JavaScript would round. Each of these would change the signed bytes.
//!
//! # Bounds
//!
//! The answer is also `None` for what lies beyond [`DEEPEST_NESTING`] and [`LONGEST_NUMBER`], which
//! no booking comes near. The answer is exact or there is none.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;

/// How many arrays and objects may enclose one another. The reader calls itself once for each, so
/// without a bound a body of brackets could exhaust the stack.
const DEEPEST_NESTING: usize = 128;

/// How many characters a number may be written with. Rust's `f64` parser stops counting an exponent
/// at 65,536 and above; with at most half as many digits in front of it, no exponent that large can
/// lead to anything but zero or Infinity, so a number within this length is always read exactly.
const LONGEST_NUMBER: usize = 32_768;

/// What `Buffer.from(JSON.stringify(JSON.parse(text)))` gives in a JavaScript engine, with `text` the
/// body decoded as UTF-8. `None` where `JSON.parse` throws, and beyond the bounds of this module.
pub(crate) fn stringify(body: &[u8]) -> Option<Vec<u8>> {
    let decoded = String::from_utf8_lossy(body);
    let mut reader = Reader {
        rest: decoded.strip_prefix('\u{feff}').unwrap_or(&decoded),
    };
    let mut out = String::with_capacity(reader.rest.len());
    reader.value(&mut out, 0)?;
    reader.skip_whitespace();
    reader.rest.is_empty().then(|| out.into_bytes())
}

/// Where a property stands among its siblings. The order of the variants is the rule: indices come
/// before all other keys.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// An array index, placed by its value.
    Index(u32),
    /// Any other key, placed by how many keys had been met before it.
    Met(usize),
}

impl Place {
    /// The place of a key met after `met` others. `quoted` is the key as it will be written; an index
    /// consists of digits, which are never escaped there.
    fn of(quoted: &str, met: usize) -> Self {
        let index = quoted
            .strip_prefix('"')
            .and_then(|key| key.strip_suffix('"'))
            .and_then(|key| {
                // Only the canonical spelling counts, so `01` and `+1` are names.
                let index: u32 = key.parse().ok()?;
                (index < u32::MAX && index.to_string() == key).then_some(index)
            });
        index.map_or(Self::Met(met), Self::Index)
    }
}

/// What is still to be read. Every method that reads a construct also writes it to `out` as
/// `JSON.stringify` would, and answers `None` where `JSON.parse` would throw.
///
/// No tree is built, because the only thing that can change order is an object's properties. Their
/// texts are kept apart until the object ends, so a character is copied at most once for every object
/// around it, and the time is linear in the body but for the sorting of each object's keys.
#[derive(Clone)]
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn value(&mut self, out: &mut String, depth: usize) -> Option<()> {
        self.skip_whitespace();
        match self.rest.chars().next()? {
            '{' => self.object(out, depth + 1),
            '[' => self.array(out, depth + 1),
            '"' => self.string(out),
            't' => self.literal("true", out),
            'f' => self.literal("false", out),
            'n' => self.literal("null", out),
            _ => self.number(out),
        }
    }

    fn object(&mut self, out: &mut String, depth: usize) -> Option<()> {
        if depth > DEEPEST_NESTING {
            return None;
        }
        self.expect('{')?;
        // Properties are found by their quoted key. Quoting never makes two different keys alike, and
        // unlike the key itself a quoted key with half a surrogate pair is still a Rust string.
        let mut properties: BTreeMap<String, (Place, String)> = BTreeMap::new();
        self.skip_whitespace();
        if !self.accept('}') {
            loop {
                self.skip_whitespace();
                let mut key = String::new();
                self.string(&mut key)?;
                self.skip_whitespace();
                self.expect(':')?;
                let mut value = String::new();
                self.value(&mut value, depth)?;
                let met = properties.len();
                match properties.entry(key) {
                    Entry::Occupied(mut earlier) => earlier.get_mut().1 = value,
                    Entry::Vacant(free) => {
                        let place = Place::of(free.key(), met);
                        free.insert((place, value));
                    }
                }
                if !self.another('}')? {
                    break;
                }
            }
        }
        let mut properties: Vec<_> = properties.into_iter().collect();
        properties.sort_unstable_by(|(_, (left, _)), (_, (right, _))| left.cmp(right));
        out.push('{');
        for (number, (key, (_, value))) in properties.iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            out.push_str(key);
            out.push(':');
            out.push_str(value);
        }
        out.push('}');
        Some(())
    }

    fn array(&mut self, out: &mut String, depth: usize) -> Option<()> {
        if depth > DEEPEST_NESTING {
            return None;
        }
        self.expect('[')?;
        out.push('[');
        self.skip_whitespace();
        if !self.accept(']') {
            loop {
                self.value(out, depth)?;
                if !self.another(']')? {
                    break;
                }
                out.push(',');
            }
        }
        out.push(']');
        Some(())
    }

    /// After one element: whether a comma announces another, or `end` closes the construct.
    fn another(&mut self, end: char) -> Option<bool> {
        self.skip_whitespace();
        if self.accept(',') {
            return Some(true);
        }
        self.expect(end)?;
        Some(false)
    }

    fn string(&mut self, out: &mut String) -> Option<()> {
        self.expect('"')?;
        out.push('"');
        loop {
            // What needs no escape here needs none in the answer either, so it is taken as it stands.
            let plain = self
                .rest
                .find(|c| matches!(c, '"' | '\\' | '\0'..='\u{1f}'))?;
            out.push_str(self.take(plain)?);
            if self.accept('"') {
                out.push('"');
                return Some(());
            }
            // A control character ends the reading here, for it may only be written as an escape.
            self.expect('\\')?;
            self.escape(out)?;
        }
    }

    /// An escape, after its backslash.
    fn escape(&mut self, out: &mut String) -> Option<()> {
        let kind = self.rest.chars().next()?;
        self.expect(kind)?;
        let character = match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.code_unit()?;
                match self.character(unit) {
                    Some(character) => character,
                    None => {
                        // Half a surrogate pair cannot be encoded, so JSON.stringify keeps the escape.
                        return write!(out, "\\u{unit:04x}").ok();
                    }
                }
            }
            _ => return None,
        };
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => write!(out, "\\u{:04x}", u32::from(character)).ok()?,
            _ => out.push(character),
        }
        Some(())
    }

    /// The character that begins with this UTF-16 code unit, reading the second half of a surrogate
    /// pair if it follows as an escape. (It cannot follow unescaped, since UTF-8 has no halves.)
    /// `None`, and nothing read, for a half on its own.
    fn character(&mut self, unit: u16) -> Option<char> {
        let character = char::from_u32(u32::from(unit));
        if character.is_some() {
            return character;
        }
        let mut ahead = self.clone();
        ahead.expect('\\')?;
        ahead.expect('u')?;
        let pair = [unit, ahead.code_unit()?];
        let character = char::decode_utf16(pair).next()?.ok()?;
        *self = ahead;
        Some(character)
    }

    /// Exactly four hexadecimal digits. They are checked one by one because Rust would take a sign.
    fn code_unit(&mut self) -> Option<u16> {
        let digits = self.take(4)?;
        let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hexadecimal {
            return None;
        }
        u16::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self, out: &mut String) -> Option<()> {
        let start = self.rest;
        self.accept('-');
        // A zero stands alone: whatever digit follows it is left over, and refused by the caller.
        if !self.accept('0') {
            self.digits()?;
        }
        if self.accept('.') {
            self.digits()?;
        }
        if self.accept('e') || self.accept('E') {
            if !self.accept('+') {
                self.accept('-');
            }
            self.digits()?;
        }
        let written = start.get(..start.len() - self.rest.len())?;
        if written.len() > LONGEST_NUMBER {
            return None;
        }
        // Rust rounds to the nearest double, as ECMA-262 requires, and overflows to infinity.
        let number: f64 = written.parse().ok()?;
        if number.is_finite() {
            out.push_str(ryu_js::Buffer::new().format_finite(number));
        } else {
            out.push_str("null");
        }
        Some(())
    }

    /// At least one decimal digit.
    fn digits(&mut self) -> Option<()> {
        let after = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let any = after.len() < self.rest.len();
        self.rest = after;
        any.then_some(())
    }

    fn literal(&mut self, word: &str, out: &mut String) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        out.push_str(word);
        Some(())
    }

    fn skip_whitespace(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn expect(&mut self, character: char) -> Option<()> {
        self.accept(character).then_some(())
    }

    /// Whether the character comes next; if so, it is read.
    fn accept(&mut self, character: char) -> bool {
        match self.rest.strip_prefix(character) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

impl<'a> Reader<'a> {
    /// The next `length` bytes, if there are as many and they end between two characters.
    fn take(&mut self, length: usize) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(test)]
#[path = "javascript_json/tests.rs"]
mod tests;
