//! Whether the panel that holds the icon is dark or light.

#[cfg(target_os = "linux")]
use futures_util::StreamExt as _;
#[cfg(target_os = "linux")]
use tokio::sync::OnceCell;
#[cfg(target_os = "linux")]
use zbus::zvariant::OwnedValue;
#[cfg(target_os = "linux")]
use zbus::{Connection, MatchRule, MessageStream, message};

/// The portal's settings, and the one that tells which colours the person prefers.
#[cfg(target_os = "linux")]
const SETTINGS: &str = "org.freedesktop.portal.Settings";
#[cfg(target_os = "linux")]
const SCHEME: (&str, &str) = ("org.freedesktop.appearance", "color-scheme");

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
    let answer = bus()
        .await?
        .call_method(
            Some("org.freedesktop.portal.Desktop"),
            "/org/freedesktop/portal/desktop",
            Some(SETTINGS),
            "ReadOne",
            &SCHEME,
        )
        .await?;
    let scheme = u32::try_from(answer.body().deserialize::<OwnedValue>()?)?;
    Ok(scheme != LIGHT)
}

#[cfg(target_os = "linux")]
async fn bus() -> zbus::Result<&'static Connection> {
    static BUS: OnceCell<Connection> = OnceCell::const_new();
    BUS.get_or_try_init(Connection::session).await
}

/// Tells when the panel may be of another kind.
pub(super) struct Repainted {
    #[cfg(target_os = "linux")]
    told: Option<MessageStream>,
}

#[cfg(target_os = "linux")]
impl Repainted {
    pub(super) async fn listen() -> Repainted {
        let told = told().await;
        if let Err(error) = &told {
            tracing::debug!(%error, "the desktop does not tell when its colours change");
        }
        Repainted { told: told.ok() }
    }

    /// Waits until it is.
    pub(super) async fn next(&mut self) {
        if let Some(told) = &mut self.told {
            if told.next().await.is_some() {
                return;
            }
            self.told = None;
        }
        std::future::pending().await
    }
}

#[cfg(target_os = "linux")]
async fn told() -> zbus::Result<MessageStream> {
    let rule = MatchRule::builder()
        .msg_type(message::Type::Signal)
        .interface(SETTINGS)?
        .member("SettingChanged")?
        .arg(0, SCHEME.0)?
        .arg(1, SCHEME.1)?
        .build();
    MessageStream::for_match_rule(rule, bus().await?, None).await
}

#[cfg(not(target_os = "linux"))]
impl Repainted {
    pub(super) async fn listen() -> Repainted {
        Repainted {}
    }

    pub(super) async fn next(&mut self) {
        std::future::pending().await
    }
}
