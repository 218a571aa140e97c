//! The desktop program: a tray icon, notifications, and a window that shows what the engine keeps.
//!
//! It is a shell. What happens to a call is in `bellhop-engine`, what it means in `bellhop-core`; here is how a person
//! meets it. The window is a page in a WebView that talks to [`commands`] in the types of [`dto`]; it exists only while
//! it is open. Closing it leaves the tray, the receiver and the notifications.

mod args;
mod wiring;

pub mod commands;
pub mod dto;
mod error;
mod state;

mod card;
mod closing;
mod login;
mod notifier;
mod restarting;
mod tray;
mod windows;

pub use wiring::run;
