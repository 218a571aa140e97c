//! The desktop program.

// On Windows, a program with a window has no console.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    bellhop_desktop::run()
}
