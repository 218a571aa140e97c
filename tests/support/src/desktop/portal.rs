//! The desktop's portal, as far as it tells which colours the person prefers.

use anyhow::{Context, Result};
use tokio::sync::watch;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, connection, fdo, interface};

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SCHEME: (&str, &str) = ("org.freedesktop.appearance", "color-scheme");

/// Owns the name of the portal.
#[derive(Debug)]
pub struct Portal {
    connection: Connection,
    scheme: watch::Sender<u32>,
}

impl Portal {
    pub(super) async fn start(bus: connection::Builder<'_>) -> Result<Self> {
        // 1 is a preference for dark colours, 2 for light ones.
        let (scheme, read) = watch::channel(1);
        let connection = async {
            bus.serve_at(PATH, Settings { scheme: read })?
                .name(NAME)?
                .build()
                .await
        };
        Ok(Self {
            connection: connection.await.context("cannot be the portal")?,
            scheme,
        })
    }

    /// From now on the person prefers light colours, and whoever listens hears of it.
    pub async fn prefer_light(&self) -> Result<()> {
        self.scheme.send_replace(2);
        let settings = self.connection.object_server();
        let settings = settings.interface::<_, Settings>(PATH).await?;
        let emitter = settings.signal_emitter();
        Settings::setting_changed(emitter, SCHEME.0, SCHEME.1, Value::from(2_u32)).await?;
        Ok(())
    }
}

struct Settings {
    scheme: watch::Receiver<u32>,
}

#[interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    fn read_one(&self, namespace: &str, key: &str) -> fdo::Result<OwnedValue> {
        match (namespace, key) {
            SCHEME => {
                let scheme = Value::from(*self.scheme.borrow());
                scheme
                    .try_into()
                    .map_err(|error: zbus::zvariant::Error| fdo::Error::Failed(error.to_string()))
            }
            _ => Err(fdo::Error::Failed(format!("no setting {namespace} {key}"))),
        }
    }

    #[zbus(signal)]
    async fn setting_changed(
        emitter: &SignalEmitter<'_>,
        namespace: &str,
        key: &str,
        value: Value<'_>,
    ) -> zbus::Result<()>;
}
