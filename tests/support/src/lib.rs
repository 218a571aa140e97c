//! What the tests share.
//!
//! [`edge`] stands in for the tunnel's service, [`desktop`] for a person's desktop.

#[cfg(target_os = "linux")]
pub mod desktop;
pub mod edge;
