//! What the commands, the tray and the notifier share. It is complete before it is managed.

use std::sync::Arc;

use bellhop_engine::Engine;
use bellhop_engine::serving::Serving;
use bellhop_engine::store::settings;
use bellhop_engine::tunnel::{Authtoken, TunnelConfig};
use tokio_util::sync::CancellationToken;

/// The running program.
pub(crate) struct Desktop {
    pub(crate) engine: Arc<Engine>,
    pub(crate) serving: Arc<Serving>,
    /// Whether this is the demo, with its throw-away profile.
    pub(crate) demo: bool,
    /// Cancelled when the program ends.
    pub(crate) stop: CancellationToken,
}

impl Desktop {
    /// Opens or closes the tunnel, as the settings say.
    pub(crate) async fn apply_tunnel_settings(&self) -> anyhow::Result<()> {
        let (wanted, domain) = self
            .engine
            .store
            .read(|connection| {
                let wanted = settings::get(connection, settings::TUNNEL)?.as_deref() == Some("on");
                Ok((wanted, settings::get(connection, settings::NGROK_DOMAIN)?))
            })
            .await?;
        let token = if wanted {
            self.engine.ngrok_authtoken().await?
        } else {
            None
        };
        let config = token.map(|token| TunnelConfig {
            domain,
            ..TunnelConfig::new(Authtoken::new(token.reveal()))
        });
        self.serving.set_tunnel(config).await;
        Ok(())
    }
}
