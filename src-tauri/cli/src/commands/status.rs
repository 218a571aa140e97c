//! `bellhop status`

use std::path::Path;

use bellhop_engine::instance;

use crate::json::Status;
use crate::output::Output;

pub(super) fn show(data_dir: &Path, output: Output) -> anyhow::Result<()> {
    let running = instance::running(data_dir);
    output.print(&Status::of(running.as_ref()), |_| match &running {
        None => "Nothing is running on this data directory.".to_owned(),
        Some(instance) => format!(
            "Taking calls at {} (process {}). Tunnel: {}. Public address: {}.",
            instance.listening,
            instance.pid,
            instance.tunnel,
            instance.public_url.as_deref().unwrap_or("none"),
        ),
    })
}
