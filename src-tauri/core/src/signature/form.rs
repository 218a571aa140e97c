//! The forms in which a call may prove that it is genuine.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The way in which a genuine call proved itself. Stored with its endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// HMAC of the raw body.
    RawBody,
    /// HMAC of the timestamp and the raw body.
    TimestampAndBody,
    /// HMAC of the body as JavaScript writes it.
    JavascriptJson,
    /// The secret itself.
    Token(Place),
    /// HMAC of the raw body in a place that the provider does not publish.
    BodyHmac(Place),
}

/// Where in a call a secret token or its HMAC was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A header of this name.
    Header(String),
    /// A query value of this name.
    Query(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Header(name) => write!(f, "the header {name}"),
            Place::Query(name) => write!(f, "the query value {name}"),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Form::RawBody => f.write_str("signature over the raw body"),
            Form::TimestampAndBody => f.write_str("signature over timestamp and body"),
            Form::JavascriptJson => f.write_str("signature over the body as JavaScript writes it"),
            Form::Token(place) => write!(f, "secret token in {place}"),
            Form::BodyHmac(place) => write!(f, "signature over the raw body in {place}"),
        }
    }
}
