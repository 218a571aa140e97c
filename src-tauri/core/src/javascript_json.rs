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

use std::collections::HashMap;
use std::collections::hash_map::Entry;
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
        let mut properties: HashMap<String, (Place, String)> = HashMap::new();
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
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;
    use serde_json::Value;

    /// The answer as text, since `JSON.stringify` only ever gives valid UTF-8.
    fn rewritten(body: impl AsRef<[u8]>) -> Option<String> {
        stringify(body.as_ref()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[track_caller]
    fn gives(body: impl AsRef<[u8]>, expected: &str) {
        assert_eq!(rewritten(body).as_deref(), Some(expected));
    }

    #[track_caller]
    fn refused(body: impl AsRef<[u8]>) {
        assert_eq!(rewritten(body), None);
    }

    #[test]
    fn the_documented_payload_loses_its_white_space_and_its_trailing_zeros() {
        gives(
            "{\n  \"event\": \"booking.created\",\n  \"data\": {\n    \"price\": 150.00\n  }\n}\n",
            r#"{"event":"booking.created","data":{"price":150}}"#,
        );
    }

    #[test]
    fn values_of_every_kind_stand_alone_and_nested() {
        for same in ["null", "true", "false", "0", r#""""#, "[]", "{}"] {
            gives(same, same);
            gives(format!("[{same},{same}]"), &format!("[{same},{same}]"));
            let object = format!(r#"{{"a":{same},"b":{same}}}"#);
            gives(&object, &object);
        }
    }

    #[test]
    fn only_the_four_json_white_space_characters_are_skipped() {
        gives(
            " \t\r\n[ \t\r\n1 \t\r\n, \t\r\n{ \t\r\n\"a\" \t\r\n: \t\r\n2 \t\r\n} \t\r\n] \t\r\n",
            r#"[1,{"a":2}]"#,
        );
        gives("[ ]", "[]");
        gives("{ }", "{}");
        for other in ['\u{b}', '\u{c}', '\u{85}', '\u{a0}', '\u{2028}', '\u{3000}'] {
            refused(format!("{other}1"));
            refused(format!("1{other}"));
        }
    }

    #[test]
    fn one_byte_order_mark_is_dropped_at_the_start_and_nowhere_else() {
        gives(b"\xef\xbb\xbf[1]", "[1]");
        gives("[\"\u{feff}\"]", "[\"\u{feff}\"]");
        refused(b"\xef\xbb\xbf\xef\xbb\xbf[1]");
        refused(b" \xef\xbb\xbf[1]");
        refused(b"[1]\xef\xbb\xbf");
        refused(b"\xef\xbb\xbf");
    }

    #[test]
    fn malformed_utf8_becomes_replacement_characters() {
        gives(b"\"\xff\"", "\"\u{fffd}\"");
        // A cut-off sequence is one character, an encoded surrogate or an overlong form one a byte.
        gives(b"\"\xe2\x82\"", "\"\u{fffd}\"");
        gives(b"\"\xf0\x9f\x98a\"", "\"\u{fffd}a\"");
        gives(b"\"\xed\xa0\x80\"", "\"\u{fffd}\u{fffd}\u{fffd}\"");
        gives(b"\"\xc0\x80\"", "\"\u{fffd}\u{fffd}\"");
        refused(b"[1\xff]");
    }

    #[test]
    fn malformed_documents_are_refused() {
        for body in [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "[", "]", "{", "}", "[1", "[1,",
            "[1,]", "[,1]", "[1 2]", "[1]]", "[1}", "{,}", "{a:1}", "{'a':1}", "{1:1}", "1 2",
            "/**/1", "1//", "'a'", "\"", "\"a", "\"\\", "\"\\\"",
        ] {
            refused(body);
        }
        for body in [
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1"#,
            r#"{"a":1]"#,
            r#"{"a":1,}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a" 1}"#,
            r#"{"a":1}}"#,
        ] {
            refused(body);
        }
    }

    #[test]
    fn numbers_are_read_strictly() {
        for body in [
            "01", "-01", "00", "-", "+1", ".5", "-.5", "1.", "1.e1", "1e", "1e+", "1e-", "1E+-1",
            "0x10", "1_000", "1n", "--1", "1.2.3", "1e1.5", "٣", "1٣",
        ] {
            refused(body);
        }
    }

    #[test]
    fn numbers_are_written_as_javascript_writes_doubles() {
        for (read, expected) in [
            ("150.00", "150"),
            ("-0", "0"),
            ("-0.0e5", "0"),
            ("1E2", "100"),
            ("1e+2", "100"),
            ("0.1", "0.1"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("9007199254740993", "9007199254740992"),
            ("12345678901234567890", "12345678901234567000"),
            ("100000000000000000000", "100000000000000000000"),
            ("1000000000000000000000", "1e+21"),
            ("123456789012345678901234", "1.2345678901234569e+23"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1e-7"),
            ("-0.00000012", "-1.2e-7"),
            ("5e-324", "5e-324"),
            ("2e-324", "0"),
            ("-1e-400", "0"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("1e400", "null"),
            ("-1e400", "null"),
            ("0e999999999999", "0"),
            ("1e999999999999", "null"),
            ("1e-999999999999", "0"),
        ] {
            gives(read, expected);
        }
    }

    #[test]
    fn a_number_is_exact_up_to_the_longest_and_refused_beyond() {
        let zeros = LONGEST_NUMBER - "1.5e-32760".len() + 1;
        let longest = format!("15{}e-{}", "0".repeat(zeros), zeros + 1);
        assert_eq!(longest.len(), LONGEST_NUMBER);
        gives(&longest, "1.5");
        refused(longest.replacen('1', "11", 1));
    }

    #[test]
    fn array_indices_come_first_and_ascending() {
        gives(
            r#"{"b":1,"10":2,"9":3,"a":4,"0":5,"4294967294":6,"4294967295":7,"4294967296":8}"#,
            r#"{"0":5,"9":3,"10":2,"4294967294":6,"b":1,"a":4,"4294967295":7,"4294967296":8}"#,
        );
        // Only canonical decimals are indices, however they were spelled in the document.
        gives(
            r#"{"01":1,"+1":2,"-1":3,"-0":4,"1.0":5,"1e0":6," 1":7,"":8,"\u0031":9}"#,
            r#"{"1":9,"01":1,"+1":2,"-1":3,"-0":4,"1.0":5,"1e0":6," 1":7,"":8}"#,
        );
    }

    #[test]
    fn a_repeated_key_keeps_its_first_place_and_its_last_value() {
        gives(r#"{"a":1,"b":2,"a":3}"#, r#"{"a":3,"b":2}"#);
        gives(r#"{"a":1,"b":2,"\u0061":{}}"#, r#"{"a":{},"b":2}"#);
        gives(r#"{"1":1,"0":2,"1":3}"#, r#"{"0":2,"1":3}"#);
        gives(
            r#"{"\ud800":1,"b":2,"\uD800":3,"\ud800\udc00":4,"𐀀":5}"#,
            r#"{"\ud800":3,"b":2,"𐀀":5}"#,
        );
    }

    #[test]
    fn keys_that_mean_something_to_javascript_are_ordinary() {
        let object = r#"{"__proto__":{"a":1},"toJSON":2,"constructor":3,"length":4}"#;
        gives(object, object);
        gives(
            r#"{"__proto__":1,"b":2,"__proto__":3}"#,
            r#"{"__proto__":3,"b":2}"#,
        );
    }

    #[test]
    fn strings_are_escaped_only_where_they_must_be() {
        gives(
            r#""\b\t\n\f\r\"\\\/\u0008\u0009\u000A\u000c\u000D\u0022\u005C\u002f""#,
            r#""\b\t\n\f\r\"\\/\b\t\n\f\r\"\\/""#,
        );
        gives(
            r#""\u0000\u0001\u000b\u001F\u007f\u0080""#,
            "\"\\u0000\\u0001\\u000b\\u001f\u{7f}\u{80}\"",
        );
        gives(
            r#""\u2028\u2029\u00e9\uFEFF\uffff\u0026\u003c""#,
            "\"\u{2028}\u{2029}é\u{feff}\u{ffff}&<\"",
        );
        gives("\"\u{2028}\u{7f}é😀/\"", "\"\u{2028}\u{7f}é😀/\"");
    }

    #[test]
    fn surrogates_pair_where_they_meet_and_stay_escaped_where_they_do_not() {
        gives(r#""\ud83d\uDE00""#, "\"😀\"");
        gives(r#""\uD83D""#, r#""\ud83d""#);
        gives(r#""\uDE00\uD83D""#, r#""\ude00\ud83d""#);
        gives(r#""\uD83D\uD83D\uDE00\uDE00""#, "\"\\ud83d😀\\ude00\"");
        gives(r#""\uD83D \uDE00""#, r#""\ud83d \ude00""#);
        gives(r#""\uD83D\n\uDE00""#, r#""\ud83d\n\ude00""#);
        gives("\"\\uD83D😀\"", "\"\\ud83d😀\"");
        refused(r#""\uD83D\u""#);
        refused(r#""\uD83D\uDE0""#);
        refused(r#""\uD83D\""#);
    }

    #[test]
    fn strings_are_read_strictly() {
        for body in [
            r"\a", r"\'", r"\0", r"\x41", r"\u", r"\u12", r"\u+123", r"\u 123", r"\U0041",
            r"\u{41}", r"\u00é", r"\u123é", "\\\n", "\n", "\0", "\u{1f}",
        ] {
            refused(format!("\"{body}\""));
        }
    }

    #[test]
    fn nesting_is_read_down_to_the_bound() {
        let deepest = format!(
            "{}{}",
            "[".repeat(DEEPEST_NESTING),
            "]".repeat(DEEPEST_NESTING)
        );
        gives(&deepest, &deepest);
        refused(format!("[{deepest}]"));
        refused("[".repeat(1_000_000));
        refused("{\"a\":".repeat(1_000_000));
        // Only what encloses counts, not what stands side by side.
        let wide = format!("[{}1]", "[1],".repeat(1000));
        gives(&wide, &wide);
    }

    #[test]
    fn many_keys_take_no_longer_for_being_repeated() {
        let keys = 50_000;
        let once: Vec<_> = (0..keys).map(|key| format!(r#""k{key}":1"#)).collect();
        let body = format!("{{{0},{0},{0}}}", once.join(","));
        gives(body, &format!("{{{}}}", once.join(",")));
    }

    /// What a real engine answered: `tests/fixtures/javascript_json/record.mjs` recorded it.
    #[test]
    fn recorded_answers_of_a_javascript_engine_are_met() {
        let vectors = include_str!("../../../tests/fixtures/javascript_json/vectors.jsonl");
        let mut answered = 0;
        let mut thrown = 0;
        for (line, vector) in vectors.lines().enumerate() {
            let vector: Value = serde_json::from_str(vector).unwrap();
            let bytes = |name: &str| {
                let text = vector[name].as_str();
                text.map(|text| STANDARD.decode(text).unwrap())
            };
            let input = bytes("input_base64").unwrap();
            let output = bytes("output_base64");
            if output.is_some() {
                answered += 1;
            } else {
                thrown += 1;
            }
            assert_eq!(
                stringify(&input),
                output,
                "line {}: {}",
                line + 1,
                String::from_utf8_lossy(&input)
            );
        }
        assert!(answered >= 200, "{answered}");
        assert!(thrown >= 100, "{thrown}");
    }

    /// Any value whose numbers both Rust and JavaScript hold as whole numbers.
    fn json() -> impl Strategy<Value = Value> {
        let exact = -(1_i64 << 53)..=1_i64 << 53;
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            // JavaScript writes whole numbers from 10²¹ on with an exponent; these are all below.
            exact.prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        let key = prop_oneof![any::<String>(), "[0-9]{1,11}", "[a-c]"];
        leaf.prop_recursive(5, 64, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Bytes of any kind, and text that is more likely to be read: scraps of JSON, and strings full
    /// of escapes.
    fn bodies() -> impl Strategy<Value = Vec<u8>> {
        let scraps = r#"[\[\]{}:,"\\u01e.\-dD8a \n]{0,24}"#;
        let escapes = r#""([a-c"/]|\\["\\/bfnrt]|\\u[0dD][08cC][0-9a-f]{2}){0,12}""#;
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..64),
            scraps.prop_map(String::into_bytes),
            escapes.prop_map(String::into_bytes),
        ]
    }

    /// Any double but zero, whose sign JavaScript drops, and those that JSON cannot write.
    fn doubles() -> impl Strategy<Value = f64> {
        use prop::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL};
        POSITIVE | NEGATIVE | NORMAL | SUBNORMAL
    }

    proptest! {
        #[test]
        fn a_value_stays_the_same_value_however_it_was_laid_out(value in json()) {
            let compact = stringify(&serde_json::to_vec(&value).unwrap()).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Value>(&compact).unwrap(), value.clone());
            let pretty = stringify(&serde_json::to_vec_pretty(&value).unwrap()).unwrap();
            prop_assert_eq!(&pretty, &compact);
            let again = stringify(&compact).unwrap();
            prop_assert_eq!(&again, &compact);
        }

        #[test]
        fn a_double_stays_the_same_double(number in doubles()) {
            for text in [format!("{number}"), format!("{number:e}")] {
                let written = rewritten(text).unwrap();
                prop_assert_eq!(written.parse(), Ok(number));
            }
        }

        #[test]
        fn anything_at_all_is_answered_once_and_for_all(body in bodies()) {
            if let Some(first) = stringify(&body) {
                prop_assert_eq!(stringify(&first), Some(first));
            }
        }
    }
}
