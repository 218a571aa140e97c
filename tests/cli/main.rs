//! The real program `bellhop` from outside: over its command line, over HTTP, and on real SQLite files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails panics, and one that measures prints"
)]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "the shared module offers more than every test program needs"
)]

#[path = "../support/src/cli.rs"]
mod cli;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[path = "../support/disk/mod.rs"]
mod disk;

#[cfg(target_os = "linux")]
#[path = "../support/src/attacks.rs"]
mod attacks;

mod calls;
mod gaps;
mod load;

mod backup;
mod chain;
mod doctor;
mod erasing;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod failing_disk;
mod faults;
#[cfg(target_os = "linux")]
mod hostile;
mod kill;
mod languages;
mod migrating;
#[cfg(target_os = "linux")]
mod networks;
#[cfg(target_os = "linux")]
mod notifications;
mod order;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod power_cut;
mod reading;
mod resuming;
mod running;
mod samples;
mod secrets;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod start;
mod statuses;
mod store;
mod tunnel;
mod usage;

/// An empty data directory for the program under test.
fn bellhop() -> cli::Bellhop {
    cli::Bellhop::in_temp_dir(env!("CARGO_BIN_EXE_bellhop"))
}
