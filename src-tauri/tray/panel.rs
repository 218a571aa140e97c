//! Whether the panel that holds the icon is dark or light.

#[cfg(target_os = "linux")]
use tokio::sync::OnceCell;
#[cfg(target_os = "linux")]
use zbus::Connection;
#[cfg(target_os = "linux")]
use zbus::zvariant::OwnedValue;

/// The panel's background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Panel {
    Dark,
    Light,
}

impl Panel {
    /// The panel of this desktop. Where nobody tells, it is taken for a dark one, as most are.
    #[cfg(target_os = "linux")]
    pub(super) async fn of_desktop() -> Panel {
        // Their panel is dark whatever the windows are.
        let desktops = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
        if desktops
            .split(':')
            .any(|name| ["GNOME", "Unity", "Pantheon"].contains(&name))
        {
            return Panel::Dark;
        }
        match prefers_dark().await {
            Ok(false) => Panel::Light,
            Ok(true) => Panel::Dark,
            Err(error) => {
                tracing::debug!(%error, "the desktop does not tell its colours");
                Panel::Dark
            }
        }
    }

    /// The system draws a template in the colour that fits, or the taskbar is dark.
    #[cfg(not(target_os = "linux"))]
    pub(super) async fn of_desktop() -> Panel {
        Panel::Dark
    }
}

/// What the person chose for the windows, which the panel follows: the desktop's portal tells it.
#[cfg(target_os = "linux")]
async fn prefers_dark() -> zbus::Result<bool> {
    /// From the portal's description: 0 is no preference, 1 dark, 2 light.
    const LIGHT: u32 = 2;
    static BUS: OnceCell<Connection> = OnceCell::const_new();
    let bus = BUS.get_or_try_init(Connection::session).await?;
    let answer = bus
        .call_method(
            Some("org.freedesktop.portal.Desktop"),
            "/org/freedesktop/portal/desktop",
            Some("org.freedesktop.portal.Settings"),
            "ReadOne",
            &("org.freedesktop.appearance", "color-scheme"),
        )
        .await?;
    let scheme = u32::try_from(answer.body().deserialize::<OwnedValue>()?)?;
    Ok(scheme != LIGHT)
}
