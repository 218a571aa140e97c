//! The tunnel against a stand-in of ngrok's edge that the unmodified crate connects to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

#[path = "tunnel/bench.rs"]
mod bench;
#[path = "tunnel/calls.rs"]
mod calls;
#[path = "tunnel/dashboard.rs"]
mod dashboard;
#[path = "tunnel/leaving.rs"]
mod leaving;
#[path = "tunnel/logs.rs"]
mod logs;
#[path = "tunnel/measure.rs"]
mod measure;
#[path = "tunnel/own_address.rs"]
mod own_address;
#[path = "tunnel/probe.rs"]
mod probe;
#[path = "tunnel/proxies.rs"]
mod proxies;
#[path = "tunnel/recovery.rs"]
mod recovery;
#[path = "tunnel/refusals.rs"]
mod refusals;
