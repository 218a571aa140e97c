//! The log of a program: on standard error, without names, secrets or bodies.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::tunnel::LOUD_TARGETS;

/// Set to a level or to filters, it says what is logged.
pub const LOG_VARIABLE: &str = "BELLHOP_LOG";

/// Starts the log of this process: warnings, or what [`LOG_VARIABLE`] asks for.
pub fn start() {
    let mut filter =
        EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("warn"));
    for target in LOUD_TARGETS {
        if let Ok(quiet) = format!("{target}=warn").parse() {
            filter = filter.add_directive(quiet);
        }
    }
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
