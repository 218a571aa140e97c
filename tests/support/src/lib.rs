//! What the tests share.
//!
//! [`telling`] is what providers tell an engine, [`bubbles`] what an engine shows. [`edge`] stands in for the tunnel's
//! service, through which [`reach`] leads, [`desktop`] for a person's desktop, [`networks`] for a computer that changes its network. Everything waits for
//! a condition with [`wait`].

pub mod bubbles;
#[cfg(target_os = "linux")]
pub mod desktop;
pub mod edge;
#[cfg(target_os = "linux")]
pub mod networks;
pub mod reach;
pub mod telling;
pub mod wait;
