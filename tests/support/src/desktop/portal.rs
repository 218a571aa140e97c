//! The desktop's portal, as far as it tells which colours the person prefers.

use anyhow::{Context, Result};
use tokio::sync::watch;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, connection, fdo, interface};

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";

/// Owns the name of the portal.
#[derive(Debug)]
pub struct Portal {
    _connection: Connection,
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
            _connection: connection.await.context("cannot be the portal")?,
            scheme,
        })
    }

    /// From now on the person prefers light colours.
    pub fn prefer_light(&self) {
        self.scheme.send_replace(2);
    }
}

struct Settings {
    scheme: watch::Receiver<u32>,
}

#[interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    fn read_one(&self, namespace: &str, key: &str) -> fdo::Result<OwnedValue> {
        match (namespace, key) {
            ("org.freedesktop.appearance", "color-scheme") => {
                let scheme = Value::from(*self.scheme.borrow());
                scheme
                    .try_into()
                    .map_err(|error: zbus::zvariant::Error| fdo::Error::Failed(error.to_string()))
            }
            _ => Err(fdo::Error::Failed(format!("no setting {namespace} {key}"))),
        }
    }
}
