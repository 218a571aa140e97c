//! Signing secrets: added, rotated, retired; what they prove, and where they are never found.

mod keeping;
mod orufy;
mod rotating;

use serde_json::Value;

use crate::cli::{Bellhop, Endpoint};

fn secrets(bellhop: &Bellhop, endpoint: &Endpoint) -> Vec<Value> {
    bellhop.list(&["endpoint", "secret", "list", &endpoint.id])
}
