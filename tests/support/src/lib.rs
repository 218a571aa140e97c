//! What the tests share.
//!
//! [`edge`] stands in for the tunnel's service, [`desktop`] for a person's desktop, [`networks`] for a
//! computer that changes its network.

#[cfg(target_os = "linux")]
pub mod desktop;
pub mod edge;
#[cfg(target_os = "linux")]
pub mod networks;
