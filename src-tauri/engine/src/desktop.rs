//! Whether the desktop shows notifications, and what keeps it from showing them.

#[cfg(target_os = "linux")]
pub mod daemon;
pub mod disturbing;
#[cfg(target_os = "linux")]
mod showing;

use std::time::Duration;

/// A desktop that takes longer hangs.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// What a person misses of notifications, or may miss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no session of a desktop.
    NoSession,
    /// Nobody in the session shows notifications.
    NoDaemon,
    /// Whoever shows them did not answer, or in these words.
    Silent(String),
    /// The person does not want to be disturbed.
    DoNotDisturb,
    /// Only titles are shown.
    NoBodies,
    /// Nothing happens at a click.
    NoActions,
}

impl Trouble {
    /// Its word, for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Trouble::NoSession => "no_session",
            Trouble::NoDaemon => "no_daemon",
            Trouble::Silent(_) => "silent",
            Trouble::DoNotDisturb => "do_not_disturb",
            Trouble::NoBodies => "no_bodies",
            Trouble::NoActions => "no_actions",
        }
    }

    /// What it means, and what to do.
    pub fn sentence(&self) -> String {
        match self {
            Trouble::NoSession => "No desktop session answers, so nothing is shown. Start Bellhop from the desktop, or install dbus-user-session and log in again.".to_owned(),
            Trouble::NoDaemon => "This desktop has nothing that shows notifications. Install a notification daemon, such as dunst or mako, and let it start at login.".to_owned(),
            Trouble::Silent(cause) => format!("What shows notifications on this desktop does not answer: {cause}. Log out and in again."),
            Trouble::DoNotDisturb => "The desktop is set to \"do not disturb\", so nothing appears on the screen. Switch it off in the desktop's own settings.".to_owned(),
            Trouble::NoBodies => "This desktop shows the titles of notifications alone. What and when is in Bellhop's window.".to_owned(),
            Trouble::NoActions => "On this desktop nothing happens at a click on a notification. Open Bellhop by its tray icon.".to_owned(),
        }
    }

    /// Whether nothing is seen at all.
    pub fn hides_all(&self) -> bool {
        !matches!(self, Trouble::NoBodies | Trouble::NoActions)
    }
}

/// What was found out about the desktop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shows {
    /// Who shows notifications, where they tell their name.
    pub by: Option<String>,
    /// What keeps the person from them, the worst first.
    pub troubles: Vec<Trouble>,
    /// Whether it says that it plays the sounds of notifications.
    pub sounds: bool,
}

impl Shows {
    /// Whether the sounds of notifications are played. `None` where nobody is there who could say.
    pub fn says_of_sounds(&self) -> Option<bool> {
        let nobody = |trouble: &Trouble| {
            matches!(
                trouble,
                Trouble::NoSession | Trouble::NoDaemon | Trouble::Silent(_)
            )
        };
        (!self.troubles.iter().any(nobody)).then_some(self.sounds)
    }
}

/// Looks at the desktop.
#[cfg(target_os = "linux")]
pub async fn look() -> Shows {
    match tokio::time::timeout(PATIENCE * 2, showing::look()).await {
        Ok(shows) => shows,
        Err(_) => Shows {
            troubles: vec![Trouble::Silent("it took too long".to_owned())],
            ..Shows::default()
        },
    }
}

/// The systems of Windows and macOS show notifications themselves, and tell no program without an identity of its own
/// what the person chose for it.
#[cfg(not(target_os = "linux"))]
pub async fn look() -> Shows {
    Shows {
        sounds: true,
        ..Shows::default()
    }
}
