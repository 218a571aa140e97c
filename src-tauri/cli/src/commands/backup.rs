//! `bellhop backup`

use std::path::Path;

use anyhow::bail;
use bellhop_engine::Engine;
use bellhop_engine::store::DATABASE;
use serde_json::json;

use crate::output::{Output, local_or_never};

pub(super) async fn run(data_dir: &Path, file: &Path, output: Output) -> anyhow::Result<()> {
    // Opening would make an empty one, and a backup of that is of no use to anybody.
    if !data_dir.join(DATABASE).exists() {
        bail!("there are no data of Bellhop in {}", data_dir.display());
    }
    let engine = Engine::open(data_dir).await?;
    let backup = tokio::select! {
        // It is listened to before the first byte is written, lest the program ends without the chance to remove that.
        biased;
        _ = tokio::signal::ctrl_c() => bail!("the backup was broken off; nothing remains of it"),
        backup = engine.store.back_up(file) => backup?,
    };
    let content = backup.content;
    let json = json!({
        "file": backup.file.display().to_string(),
        "bytes": backup.bytes,
        "endpoints": content.endpoints,
        "deliveries": content.deliveries,
        "bookings": content.bookings,
        "newest_delivery_at": content.newest_delivery_at,
    });
    output.print(&json, |_| {
        format!(
            "Wrote {} and checked it: {} endpoints, {} calls, {} bookings; the newest call came {}.\n\
             Secrets are not in it: they stay on this computer. It holds names of clients, so keep it where you alone can read it.",
            backup.file.display(),
            content.endpoints,
            content.deliveries,
            content.bookings,
            local_or_never(content.newest_delivery_at),
        )
    })
}
