//! A desktop on a virtual screen, for `cargo xtask run --virtual-display` and for the end-to-end tests.
//!
//! [`Screen`] starts an X server without a monitor, a session bus of its own and a window manager, and
//! gives programs an environment in which they see nothing of the person's own desktop: no
//! configuration, no keychain, no running notification daemon. Everything it started ends with it,
//! also when the program that holds it is killed.
//!
//! It is blocking and small on purpose: the commands of the project must build in seconds.
#![cfg(unix)]

mod bus;
mod first_line;
mod process;
mod screen;
mod wait;

pub use process::Process;
pub use screen::{Screen, ScreenOptions};
pub use wait::{Deadline, eventually};
