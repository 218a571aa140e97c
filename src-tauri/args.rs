//! What the desktop program can be started with.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

/// Bellhop takes the calls of your booking systems and keeps one timeline of all bookings.
#[derive(Clone, Debug, Parser)]
#[command(version, name = "bellhop-desktop")]
pub(crate) struct Args {
    /// The data directory. By default, the platform's own for Bellhop.
    #[arg(long, env = "BELLHOP_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Start in the tray, without a window.
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Where to take calls on this machine.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Put this backup in the place of the data first. For the program itself, once the standard input has ended.
    #[arg(long, value_name = "FILE", hide = true, conflicts_with = "demo")]
    pub(crate) restore: Option<PathBuf>,
    /// Use a throw-away profile and simulated booking systems.
    #[arg(long, conflicts_with = "data_dir")]
    pub(crate) demo: bool,
}
