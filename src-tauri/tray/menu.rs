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
    /// Open what is today and what needs a look.
    Today,
    /// Open a booking.
    Booking(i64),
    /// Open where to do something about the trouble of this notice.
    Trouble(i64),
    /// Open a call that names no booking.
    Delivery(i64),
    Settings,
    Endpoints,
    /// Copy an endpoint's address.
    Copy(i64),
    /// Pause notifications for so many minutes.
    Pause(i64),
    PauseUntilTomorrow,
    PauseUntilResumed,
    Resume,
    Quit,
}

impl Chosen {
    fn id(self) -> String {
        match self {
            Chosen::Open => "open".to_owned(),
            Chosen::Today => "today".to_owned(),
            Chosen::Booking(id) => format!("booking {id}"),
            Chosen::Trouble(id) => format!("trouble {id}"),
            Chosen::Delivery(id) => format!("delivery {id}"),
            Chosen::Settings => "settings".to_owned(),
            Chosen::Endpoints => "endpoints".to_owned(),
            Chosen::Copy(endpoint) => format!("copy {endpoint}"),
            Chosen::Pause(minutes) => format!("pause {minutes}"),
            Chosen::PauseUntilTomorrow => "pause-until-tomorrow".to_owned(),
            Chosen::PauseUntilResumed => "pause-until-resumed".to_owned(),
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
            ("today", None) => Chosen::Today,
            ("booking", Some(id)) => Chosen::Booking(id),
            ("trouble", Some(id)) => Chosen::Trouble(id),
            ("delivery", Some(id)) => Chosen::Delivery(id),
            ("settings", None) => Chosen::Settings,
            ("endpoints", None) => Chosen::Endpoints,
            ("copy", Some(endpoint)) => Chosen::Copy(endpoint),
            ("pause", Some(minutes)) => Chosen::Pause(minutes),
            ("pause-until-tomorrow", None) => Chosen::PauseUntilTomorrow,
            ("pause-until-resumed", None) => Chosen::PauseUntilResumed,
            ("resume", None) => Chosen::Resume,
            ("quit", None) => Chosen::Quit,
            _ => return None,
        })
    }
}

/// One entry, before it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// To be chosen; `false` while that is not possible.
    Choose(Chosen, String, bool),
    /// To be read.
    Read(String),
    /// To be opened.
    Below(&'static str, Vec<Entry>),
    Separator,
}

impl Entry {
    fn choose(chosen: Chosen, words: &str) -> Entry {
        Entry::Choose(chosen, text(words), true)
    }
}

/// What the menu has to say now.
pub(super) fn entries(standing: &Standing) -> Vec<Entry> {
    let language = standing.here.language;
    let mut entries = vec![Entry::Read(text(&standing.words()))];
    entries.extend(
        standing
            .troubles()
            .map(|(id, words)| Entry::choose(Chosen::Trouble(id), &words)),
    );
    entries.extend(
        standing
            .next()
            .map(|(id, words)| Entry::choose(Chosen::Booking(id), &words)),
    );
    entries.extend(
        standing
            .overlaps()
            .map(|words| Entry::choose(Chosen::Today, &words)),
    );
    entries.push(Entry::Separator);
    entries.extend(standing.latest.iter().map(|entry| {
        let opens = match entry.booking_id {
            Some(id) => Chosen::Booking(id),
            None => Chosen::Delivery(entry.delivery_id),
        };
        Entry::choose(opens, &standing.line(entry))
    }));
    if !standing.latest.is_empty() {
        entries.push(Entry::Separator);
    }
    entries.extend([
        Entry::choose(Chosen::Open, language.of("Open Bellhop", "Bellhop öffnen")),
        copy(standing),
        pause(standing),
        Entry::choose(Chosen::Settings, language.of("Settings", "Einstellungen")),
        Entry::Separator,
        Entry::choose(Chosen::Quit, language.of("Quit", "Beenden")),
    ]);
    entries
}

fn copy(standing: &Standing) -> Entry {
    let language = standing.here.language;
    if standing.endpoints.is_empty() {
        return Entry::choose(
            Chosen::Endpoints,
            language.of("Add an endpoint", "Endpunkt hinzufügen"),
        );
    }
    let copies = standing.endpoints.iter().map(|endpoint| {
        Entry::Choose(
            Chosen::Copy(endpoint.id),
            text(&endpoint.label),
            standing.has_address,
        )
    });
    Entry::Below(
        language.of("Copy address", "Adresse kopieren"),
        copies.collect(),
    )
}

fn pause(standing: &Standing) -> Entry {
    let language = standing.here.language;
    if standing.pause.is_some() {
        let resume = language.of("Resume notifications", "Benachrichtigungen fortsetzen");
        return Entry::choose(Chosen::Resume, resume);
    }
    let pauses = [
        (Chosen::Pause(30), "For 30 minutes", "Für 30 Minuten"),
        (Chosen::Pause(60), "For 1 hour", "Für 1 Stunde"),
        (
            Chosen::PauseUntilTomorrow,
            "Until tomorrow morning",
            "Bis morgen früh",
        ),
        (
            Chosen::PauseUntilResumed,
            "Until I resume",
            "Bis ich fortsetze",
        ),
    ];
    let pauses =
        pauses.map(|(chosen, english, german)| Entry::choose(chosen, language.of(english, german)));
    Entry::Below(
        language.of("Pause notifications", "Benachrichtigungen pausieren"),
        pauses.into(),
    )
}

/// The menu that says this.
pub(super) fn draw(app: &AppHandle, entries: &[Entry]) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for entry in entries {
        menu.append(item(app, entry)?.as_ref())?;
    }
    Ok(menu)
}

fn item(app: &AppHandle, entry: &Entry) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    Ok(match entry {
        Entry::Choose(chosen, words, enabled) => Box::new(MenuItem::with_id(
            app,
            chosen.id(),
            words,
            *enabled,
            None::<&str>,
        )?),
        Entry::Read(words) => Box::new(MenuItem::new(app, words, false, None::<&str>)?),
        Entry::Below(words, entries) => {
            let below = Submenu::new(app, words, true)?;
            for entry in entries {
                below.append(item(app, entry)?.as_ref())?;
            }
            Box::new(below)
        }
        Entry::Separator => Box::new(PredefinedMenuItem::separator(app)?),
    })
}

/// Text from outside as an entry: on one line, not too long, and with no key of its own.
fn text(words: &str) -> String {
    // The bus ends the connection of whoever sends a zero, and the icon would be gone.
    let words = words.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let words = words.join(" ");
    let short = if words.chars().count() > LONGEST {
        let begin: String = words.chars().take(LONGEST - 1).collect();
        format!("{}…", begin.trim_end())
    } else {
        words
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
            Chosen::Trouble(10),
            Chosen::Settings,
            Chosen::Endpoints,
            Chosen::Copy(9),
            Chosen::Pause(30),
            Chosen::PauseUntilTomorrow,
            Chosen::PauseUntilResumed,
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
        assert_eq!(text("Jane\0Doe\u{1b}"), "Jane Doe");
        let long = text(&"Müller ".repeat(40));
        assert!(long.chars().count() <= LONGEST);
        assert!(long.ends_with("Müller…"));
    }
}
