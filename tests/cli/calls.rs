//! Calls as the providers make them. The signatures are computed here, not by the program under test.

use std::path::PathBuf;

use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cli::{Bellhop, Endpoint, Receiver, Serving};

pub const NO_HEADERS: &[(&str, &str)] = &[];

pub fn hmac(secret: &str, body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

pub fn signature(secret: &str, body: &[u8]) -> String {
    hex::encode(hmac(secret, body))
}

pub fn digest(body: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(body)))
}

/// A recorded call and what it means, as the index of the fixtures says.
pub struct Sample {
    pub file: String,
    pub provider: String,
    pub secret: Option<String>,
    pub expected: Value,
    pub event_type: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

fn text_before(value: &Value, suffix: &str) -> String {
    let text = value.as_str().unwrap();
    text.strip_suffix(suffix).unwrap_or(text).to_owned()
}

/// Every recorded call, in the order of the index.
pub fn samples() -> Vec<Sample> {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let text = |file: &Value| std::fs::read_to_string(fixtures.join(file.as_str().unwrap()));
    let index: Value = serde_json::from_str(&text(&json!("samples.json")).unwrap()).unwrap();
    let index = index["samples"].as_array().unwrap();
    assert!(index.len() >= 16, "samples are missing");
    let sample = |sample: &Value| Sample {
        file: sample["file"].as_str().unwrap().to_owned(),
        provider: sample["provider"].as_str().unwrap().to_owned(),
        secret: sample["signature"]["secret"].as_str().map(str::to_owned),
        expected: sample["expected"].clone(),
        // The index tells two samples of one type apart by a suffix.
        event_type: text_before(&sample["event"], "-moved"),
        headers: text(&sample["headers_file"])
            .unwrap()
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: text(&sample["file"]).unwrap().into_bytes(),
    };
    index.iter().map(sample).collect()
}

pub fn sample(file: &str) -> Sample {
    let mut samples = samples().into_iter();
    samples.find(|sample| sample.file == file).unwrap()
}

/// A call of Bookora about one booking, with an id and a clock of its own.
pub fn bookora(event: &str, id: &str, booking: &str, clock: u32, start: &str) -> Vec<u8> {
    json!({ "event": event, "id": id, "created_at": format!("2026-06-10T10:{clock:02}:00Z"), "data": {
        "booking_id": booking, "customer_name": "Jane Doe", "service": "Consultation Call",
        "start_time": format!("2026-06-{start}:00Z"), "end_time": format!("2026-06-{}:45:00Z", start.get(..5).unwrap()) }})
    .to_string()
    .into_bytes()
}

/// Posts a body that Bookora signed, and gives the status.
pub fn post_bookora(receiver: &Receiver, endpoint: &Endpoint, secret: &str, body: &[u8]) -> u16 {
    let signature = signature(secret, body);
    receiver.post(&endpoint.path, &[("X-Bookora-Signature", signature)], body)
}

/// A receiver with an endpoint of Bookora.
pub fn open_salon(secret: &str) -> (Bellhop, Endpoint, Serving) {
    let bellhop = crate::bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(secret));
    let serving = bellhop.serve();
    (bellhop, endpoint, serving)
}

/// A call of Bookora that makes a booking of a number.
pub fn numbered(number: usize) -> Vec<u8> {
    bookora(
        "booking.created",
        &format!("evt_{number}"),
        &format!("bkg_{number}"),
        0,
        "15T14:00",
    )
}

pub fn connect(bellhop: &Bellhop) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(bellhop.database(), flags).unwrap();
    connection
        .busy_timeout(std::time::Duration::from_secs(10))
        .unwrap();
    connection
}

pub fn count(bellhop: &Bellhop, query: &str) -> i64 {
    let connection = connect(bellhop);
    connection.query_row(query, [], |row| row.get(0)).unwrap()
}

pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    match value[field].as_str() {
        Some(text) => text,
        None => panic!("no text {field} in {value}"),
    }
}

/// Whether any file of the data directory but the secrets' own holds `needle`.
pub fn found_in_data(bellhop: &Bellhop, needle: &str) -> Vec<String> {
    std::fs::read_dir(bellhop.data_dir())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name() != "secrets.json")
        .filter(|entry| {
            let bytes = std::fs::read(entry.path()).unwrap();
            bytes
                .windows(needle.len())
                .any(|window| window == needle.as_bytes())
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
