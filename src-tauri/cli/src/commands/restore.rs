//! `bellhop restore`

use std::path::Path;

use bellhop_engine::restoring;
use serde_json::json;

use crate::output::{Output, local_or_never};

pub(super) async fn run(data_dir: &Path, file: &Path, output: Output) -> anyhow::Result<()> {
    let restored = restoring::restore(data_dir, file).await?;
    let content = restored.content;
    let without_secret: Vec<_> = restored
        .without_secret
        .iter()
        .map(|endpoint| {
            json!({
                "id": endpoint.id.to_string(),
                "provider": endpoint.provider.as_str(),
                "label": endpoint.label,
            })
        })
        .collect();
    let json = json!({
        "file": file.display().to_string(),
        "endpoints": content.endpoints,
        "deliveries": content.deliveries,
        "bookings": content.bookings,
        "newest_delivery_at": content.newest_delivery_at,
        "kept_aside": restored.kept_aside.as_ref().map(|aside| aside.display().to_string()),
        "without_secret": without_secret,
    });
    output.print(&json, |_| {
        let mut lines = vec![format!(
            "Restored {}: {} endpoints, {} calls, {} bookings.",
            file.display(),
            content.endpoints,
            content.deliveries,
            content.bookings,
        )];
        lines.push(format!(
            "The newest call in it came {}. What came later is not there, and its booking system does not send it again.",
            local_or_never(content.newest_delivery_at),
        ));
        if let Some(aside) = &restored.kept_aside {
            lines.push(format!(
                "The data that were there before are in {}. Delete that file when you no longer need it.",
                aside.display()
            ));
        }
        for endpoint in &restored.without_secret {
            lines.push(format!(
                "Endpoint {id} ({provider}, {label}) has no secret on this computer, and its calls wait for one. Copy it from \
                 the provider's webhook settings: bellhop endpoint secret add {id} --secret-stdin",
                id = endpoint.id,
                provider = endpoint.provider,
                label = endpoint.label,
            ));
        }
        lines.join("\n")
    })
}
