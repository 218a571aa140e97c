//! What a Linux desktop shows of notifications.

use zbus::fdo;

use super::{PATIENCE, Shows, Trouble, daemon, disturbing};

pub(super) async fn look() -> Shows {
    let Ok(daemon) = daemon::connect(PATIENCE).await else {
        return with(Trouble::NoSession);
    };
    let capabilities = match daemon.get_capabilities().await {
        Ok(capabilities) => capabilities,
        Err(error) => return with(refusal(error)),
    };
    let can = |what: &str| capabilities.iter().any(|one| one == what);
    let by = daemon.get_server_information().await.ok();
    let mut troubles = Vec::new();
    let by = by.map(|(name, ..)| name);
    if disturbing::is_not_to_disturb(&daemon, by.as_deref()).await == Some(true) {
        troubles.push(Trouble::DoNotDisturb);
    }
    if !can("body") {
        troubles.push(Trouble::NoBodies);
    }
    if !can("actions") {
        troubles.push(Trouble::NoActions);
    }
    Shows {
        by: by.filter(|name| !name.trim().is_empty()),
        troubles,
        sounds: can("sound"),
    }
}

fn with(trouble: Trouble) -> Shows {
    Shows {
        troubles: vec![trouble],
        ..Shows::default()
    }
}

fn refusal(error: zbus::Error) -> Trouble {
    match error {
        zbus::Error::MethodError(name, ..) if is_absence(name.as_str()) => Trouble::NoDaemon,
        zbus::Error::FDO(error) if matches!(*error, fdo::Error::ServiceUnknown(_)) => {
            Trouble::NoDaemon
        }
        zbus::Error::InputOutput(_) => Trouble::Silent("it took too long".to_owned()),
        error => Trouble::Silent(error.to_string()),
    }
}

/// Nobody has the name, and nobody can be started for it.
fn is_absence(name: &str) -> bool {
    name == "org.freedesktop.DBus.Error.ServiceUnknown"
        || name == "org.freedesktop.DBus.Error.NameHasNoOwner"
        || name.starts_with("org.freedesktop.DBus.Error.Spawn.")
}
