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
        "[1,]", "[,1]", "[1 2]", "[1]]", "[1}", "{,}", "{a:1}", "{'a':1}", "{1:1}", "1 2", "/**/1",
        "1//", "'a'", "\"", "\"a", "\"\\", "\"\\\"",
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
        r"\a", r"\'", r"\0", r"\x41", r"\u", r"\u12", r"\u+123", r"\u 123", r"\U0041", r"\u{41}",
        r"\u00é", r"\u123é", "\\\n", "\n", "\0", "\u{1f}",
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
    let vectors = include_str!("../../../../tests/fixtures/javascript_json/vectors.jsonl");
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
