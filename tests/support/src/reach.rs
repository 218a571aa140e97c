//! Choosing how the world reaches a receiver.

use bellhop_engine::reach::{Choice, Way};

use crate::edge::Edge;

/// Through the stand-in, without the probe, and without anything that the settings of a person cannot hold.
#[must_use]
pub fn choice(edge: &Edge, way: Way) -> Choice {
    Choice {
        way,
        ngrok_domain: None,
        ngrok_server: Some(edge.server()),
        ngrok_root_cas: Some(edge.root_cas().display().to_string()),
        ngrok_proxy: None,
        ngrok_pooling: false,
        own_address: None,
        probe: false,
    }
}
