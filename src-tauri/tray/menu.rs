//! The menu of the tray icon.

use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Wry};

use super::standing::Standing;

/// Letters of an entry, so that one long name does not make the menu as wide as the screen.
const LONGEST: usize = 64;

/// What a person chose. Each entry's id is its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    Open,
    /// Open a booking.
    Booking(i64),
    /// Open a call that names no booking.
    Delivery(i64),
    Settings,
    Endpoints,
    /// Copy an endpoint's address.
    Copy(i64),
    /// Pause notifications for so many minutes.
    Pause(i64),
    PauseUntilTomorrow,
    Resume,
    Quit,
}

impl Chosen {
    fn id(self) -> String {
        match self {
            Chosen::Open => "open".to_owned(),
            Chosen::Booking(id) => format!("booking {id}"),
            Chosen::Delivery(id) => format!("delivery {id}"),
            Chosen::Settings => "settings".to_owned(),
            Chosen::Endpoints => "endpoints".to_owned(),
            Chosen::Copy(endpoint) => format!("copy {endpoint}"),
            Chosen::Pause(minutes) => format!("pause {minutes}"),
            Chosen::PauseUntilTomorrow => "pause-until-tomorrow".to_owned(),
            Chosen::Resume => "resume".to_owned(),
            Chosen::Quit => "quit".to_owned(),
        }
    }

    /// `None` for what is only there to be read.
    pub(super) fn of_id(id: &str) -> Option<Chosen> {
        let (word, number) = match id.split_once(' ') {
            Some((word, number)) => (word, number.parse().ok()),
            None => (id, None),
        };
        Some(match (word, number) {
            ("open", None) => Chosen::Open,
            ("booking", Some(id)) => Chosen::Booking(id),
            ("delivery", Some(id)) => Chosen::Delivery(id),
            ("settings", None) => Chosen::Settings,
            ("endpoints", None) => Chosen::Endpoints,
            ("copy", Some(endpoint)) => Chosen::Copy(endpoint),
            ("pause", Some(minutes)) => Chosen::Pause(minutes),
            ("pause-until-tomorrow", None) => Chosen::PauseUntilTomorrow,
            ("resume", None) => Chosen::Resume,
            ("quit", None) => Chosen::Quit,
            _ => return None,
        })
    }
}

pub(super) fn menu(app: &AppHandle, standing: &Standing) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    let separator = || PredefinedMenuItem::separator(app);
    menu.append(&said(app, &standing.words())?)?;
    if let Some((id, words)) = standing.next() {
        menu.append(&item(app, Chosen::Booking(id), &words)?)?;
    }
    menu.append(&separator()?)?;
    for entry in &standing.latest {
        let opens = match entry.booking_id {
            Some(id) => Chosen::Booking(id),
            None => Chosen::Delivery(entry.delivery_id),
        };
        menu.append(&item(app, opens, &standing.line(entry))?)?;
    }
    if !standing.latest.is_empty() {
        menu.append(&separator()?)?;
    }
    menu.append(&item(app, Chosen::Open, "Open Bellhop")?)?;
    menu.append(copy(app, standing)?.as_ref())?;
    menu.append(pause(app, standing)?.as_ref())?;
    menu.append(&item(app, Chosen::Settings, "Settings")?)?;
    menu.append(&separator()?)?;
    menu.append(&item(app, Chosen::Quit, "Quit")?)?;
    Ok(menu)
}

fn copy(app: &AppHandle, standing: &Standing) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    if standing.endpoints.is_empty() {
        return Ok(Box::new(item(app, Chosen::Endpoints, "Add an endpoint")?));
    }
    let copies = Submenu::new(app, "Copy address", true)?;
    for endpoint in &standing.endpoints {
        let words = text(&endpoint.label);
        let id = Chosen::Copy(endpoint.id).id();
        copies.append(&MenuItem::with_id(
            app,
            id,
            words,
            standing.has_address,
            None::<&str>,
        )?)?;
    }
    Ok(Box::new(copies))
}

fn pause(app: &AppHandle, standing: &Standing) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    if standing.paused_until.is_some() {
        return Ok(Box::new(item(app, Chosen::Resume, "Resume notifications")?));
    }
    let pauses = Submenu::new(app, "Pause notifications", true)?;
    for (chosen, words) in [
        (Chosen::Pause(30), "For 30 minutes"),
        (Chosen::Pause(60), "For 1 hour"),
        (Chosen::PauseUntilTomorrow, "Until tomorrow morning"),
    ] {
        pauses.append(&item(app, chosen, words)?)?;
    }
    Ok(Box::new(pauses))
}

/// An entry that can be chosen.
fn item(app: &AppHandle, chosen: Chosen, words: &str) -> tauri::Result<MenuItem<Wry>> {
    MenuItem::with_id(app, chosen.id(), text(words), true, None::<&str>)
}

/// An entry that is there to be read.
fn said(app: &AppHandle, words: &str) -> tauri::Result<MenuItem<Wry>> {
    MenuItem::new(app, text(words), false, None::<&str>)
}

/// Text from outside as an entry: on one line, not too long, and with no key of its own.
fn text(words: &str) -> String {
    let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let short = match words.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default().trim_end()),
        None => words,
    };
    short.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_known_by_its_id() {
        for chosen in [
            Chosen::Open,
            Chosen::Booking(7),
            Chosen::Delivery(8),
            Chosen::Settings,
            Chosen::Endpoints,
            Chosen::Copy(9),
            Chosen::Pause(30),
            Chosen::PauseUntilTomorrow,
            Chosen::Resume,
            Chosen::Quit,
        ] {
            assert_eq!(Chosen::of_id(&chosen.id()), Some(chosen));
        }
        assert_eq!(Chosen::of_id("booking"), None);
        assert_eq!(Chosen::of_id("1001"), None);
    }

    #[test]
    fn a_name_from_outside_is_one_short_line() {
        assert_eq!(text("Next: Jane\nDoe & Sons"), "Next: Jane Doe && Sons");
        let long = text(&"Müller ".repeat(40));
        assert_eq!(long.chars().count(), LONGEST);
        assert!(long.ends_with('…'));
    }
}
