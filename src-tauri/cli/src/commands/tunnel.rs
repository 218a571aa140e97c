//! `bellhop tunnel`

use std::path::Path;

use bellhop_engine::instance;
use serde_json::json;

use crate::output::Output;

pub(super) fn show(data_dir: &Path, output: Output) -> anyhow::Result<()> {
    let running = instance::running(data_dir);
    let state = running
        .as_ref()
        .map_or("off", |instance| instance.tunnel.as_str());
    let url = running
        .as_ref()
        .and_then(|instance| instance.public_url.as_deref());
    let code = running
        .as_ref()
        .and_then(|instance| instance.code.as_deref());
    let message = running
        .as_ref()
        .and_then(|instance| instance.message.as_deref());
    let tunnel = json!({ "state": state, "url": url, "code": code, "message": message });
    output.print(&json!({ "tunnel": tunnel }), |_| {
        match (&running, url.or(message)) {
            (None, _) => "Nothing is running on this data directory.".to_owned(),
            (Some(_), Some(about)) => format!("The tunnel is {state}: {about}"),
            (Some(_), None) => format!("The tunnel is {state}."),
        }
    })
}
