//! A body as a JavaScript engine writes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::javascript_json::stringify;

const RECORDED: &str = include_str!("../../fixtures/javascript_json/vectors.jsonl");

/// What a JavaScript engine gave, byte for byte.
pub fn check_recorded() {
    for line in RECORDED.lines() {
        let vector: Value = serde_json::from_str(line).expect("a vector is JSON");
        let bytes = |name: &str| {
            let text = vector[name].as_str();
            text.map(|text| STANDARD.decode(text).expect("base64"))
        };
        let input = bytes("input_base64").expect("an input");
        assert_eq!(stringify(&input), bytes("output_base64"), "{line}");
    }
}

/// Writing again changes nothing; what another reader of JSON can read says the same afterwards.
pub fn check(data: &[u8]) {
    let written = stringify(data);
    if let Some(written) = &written {
        assert_eq!(
            stringify(written).as_ref(),
            Some(written),
            "not written once and for all"
        );
        std::str::from_utf8(written).expect("UTF-8");
    }
    if let Ok(said) = serde_json::from_slice::<Value>(data) {
        let written = written.expect("JSON that another reader takes is taken");
        let again = serde_json::from_slice(&written).expect("what was written is JSON");
        assert!(same(&said, &again), "{said} became {again}");
    }
}

/// Equal, with numbers as JavaScript has them.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        (one, other) => one == other,
    }
}
