//! How each notice is told: what the person's rules say of it, quiet hours, and the desktop's do-not-disturb.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::hours::{QuietHours, When};
use crate::language::Language;
use crate::notice::{Held, Loudness, NoticeKind, Wording};
use crate::provider::Provider;

/// A sound that goes with a notification. Each desktop has its own recording of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sound {
    /// No sound at all.
    None,
    /// That of a message.
    Message,
    /// A bell.
    Bell,
    /// The chime of something that is finished.
    Chime,
    /// An alarm clock.
    Alarm,
    /// A warning.
    Warning,
}

impl Sound {
    /// Every sound.
    pub const ALL: [Sound; 6] = [
        Sound::None,
        Sound::Message,
        Sound::Bell,
        Sound::Chime,
        Sound::Alarm,
        Sound::Warning,
    ];

    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Sound::None => "none",
            Sound::Message => "message",
            Sound::Bell => "bell",
            Sound::Chime => "chime",
            Sound::Alarm => "alarm",
            Sound::Warning => "warning",
        }
    }

    /// The sound of a word made by [`Sound::as_str`].
    pub fn from_word(word: &str) -> Option<Sound> {
        Sound::ALL.into_iter().find(|sound| sound.as_str() == word)
    }

    /// Its name in the sound naming specification of freedesktop.org. `None` for no sound.
    pub fn freedesktop_name(self) -> Option<&'static str> {
        match self {
            Sound::None => None,
            Sound::Message => Some("message-new-instant"),
            Sound::Bell => Some("bell"),
            Sound::Chime => Some("complete"),
            Sound::Alarm => Some("alarm-clock-elapsed"),
            Sound::Warning => Some("dialog-warning"),
        }
    }

    /// The sound of a kind for which the person has chosen none.
    pub fn usual(kind: NoticeKind) -> Sound {
        match kind {
            NoticeKind::Reminder => Sound::Alarm,
            NoticeKind::Overlap | NoticeKind::Trouble => Sound::Warning,
            NoticeKind::Digest => Sound::None,
            _ => Sound::Message,
        }
    }
}

/// What becomes of the notices that a rule speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// They are listed and not shown.
    Listed,
    /// They are shown, and are not urgent.
    Normal,
    /// They are shown, and stay until they are answered.
    Urgent,
}

impl Effect {
    /// Every effect.
    pub const ALL: [Effect; 3] = [Effect::Listed, Effect::Normal, Effect::Urgent];

    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Listed => "listed",
            Effect::Normal => "normal",
            Effect::Urgent => "urgent",
        }
    }

    /// The effect of a word made by [`Effect::as_str`].
    pub fn from_word(word: &str) -> Option<Effect> {
        Effect::ALL
            .into_iter()
            .find(|effect| effect.as_str() == word)
    }
}

/// What the person said of some notices. A part that is empty fits every notice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Of what they tell.
    pub kinds: Vec<NoticeKind>,
    /// Whose booking system it was.
    pub provider: Option<Provider>,
    /// Which endpoint was called.
    pub endpoint_id: Option<i64>,
    /// What the title of the booking has in it, in capitals or not.
    pub title: Option<String>,
    /// When they are told.
    pub when: When,
    /// What becomes of them. `None`: what would become of them without any rule.
    pub effect: Option<Effect>,
    /// Their sound. `None`: that of their kind.
    pub sound: Option<Sound>,
}

impl Rule {
    /// Whether it speaks of a notice that is told at `now`.
    pub fn fits(&self, facts: &Facts<'_>, now: Timestamp, time_zone: &TimeZone) -> bool {
        let title_fits = |part: &String| {
            facts
                .title
                .is_some_and(|title| title.to_lowercase().contains(&part.trim().to_lowercase()))
        };
        (self.kinds.is_empty() || self.kinds.contains(&facts.kind))
            && (self.provider.is_none() || self.provider == facts.provider)
            && (self.endpoint_id.is_none() || self.endpoint_id == facts.endpoint_id)
            && self.title.as_ref().is_none_or(title_fits)
            && self.when.has(now, time_zone)
    }
}

/// What a rule asks about a notice.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Of what it tells.
    pub kind: NoticeKind,
    /// The booking system, where it is about one.
    pub provider: Option<Provider>,
    /// The endpoint, where it is about one.
    pub endpoint_id: Option<i64>,
    /// What is booked.
    pub title: Option<&'a str>,
    /// How loud it is where no rule says otherwise.
    pub loudness: Loudness,
}

/// All that the person has said of how notices are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The first that fits counts.
    pub rules: Vec<Rule>,
    /// When notices are held.
    pub quiet_hours: QuietHours,
    /// The sounds that are others than the usual ones.
    pub sounds: Vec<(NoticeKind, Sound)>,
}

impl Wishes {
    /// The sound of a kind.
    pub fn sound(&self, kind: NoticeKind) -> Sound {
        let chosen = self.sounds.iter().find(|(of, _)| *of == kind);
        chosen.map_or_else(|| Sound::usual(kind), |(_, sound)| *sound)
    }
}

/// The moment at which a notice is told.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Now.
    pub now: Timestamp,
    /// The person's time zone.
    pub time_zone: TimeZone,
    /// Whether the person has paused notifications.
    pub paused: bool,
    /// Whether the desktop is asked not to disturb.
    pub do_not_disturb: bool,
}

/// How a notice is told. It is shown, or there is a reason why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// How loud.
    pub loudness: Loudness,
    /// With which sound.
    pub sound: Sound,
    /// Why it is listed only.
    pub held: Option<Held>,
    /// Whether the desktop's do-not-disturb keeps it from being seen at once.
    pub quieted: bool,
    /// The place of the rule that says so.
    pub rule: Option<usize>,
}

/// How a notice is told at a moment.
///
/// A pause holds everything. What a rule lists only is not told after quiet hours either.
pub fn decide(wishes: &Wishes, facts: &Facts<'_>, moment: &Moment) -> Manner {
    let (now, zone) = (moment.now, &moment.time_zone);
    let rule = wishes
        .rules
        .iter()
        .position(|rule| rule.fits(facts, now, zone));
    let says = rule.and_then(|place| wishes.rules.get(place));
    let effect = says.and_then(|rule| rule.effect);
    let loudness = match effect {
        Some(Effect::Urgent) => Loudness::Urgent,
        Some(Effect::Normal) => Loudness::Normal,
        Some(Effect::Listed) | None => facts.loudness,
    };
    let sound = says.and_then(|rule| rule.sound).unwrap_or_else(|| {
        match (wishes.sound(facts.kind), loudness) {
            // What is urgent is heard to be.
            (Sound::Message, Loudness::Urgent) => Sound::Warning,
            (sound, _) => sound,
        }
    });

    let quiet_hours = &wishes.quiet_hours;
    let breaks_through = loudness == Loudness::Urgent && quiet_hours.urgent_breaks_through;
    let held = if moment.paused {
        Some(Held::Paused)
    } else if effect == Some(Effect::Listed) {
        Some(Held::Rule)
    } else if !breaks_through && quiet_hours.are_at(now, zone) {
        Some(Held::QuietHours)
    } else {
        None
    };
    let quieted = held.is_none() && moment.do_not_disturb && !breaks_through;
    Manner {
        // A desktop shows what is urgent even where it is asked not to disturb.
        loudness: match quieted {
            true => loudness.min(Loudness::Normal),
            false => loudness,
        },
        sound: match held.is_some() || quieted || loudness == Loudness::Silent {
            true => Sound::None,
            false => sound,
        },
        held,
        quieted,
        rule,
    }
}

/// What is told after quiet hours: how many notices of each kind were held. `None` where none was.
pub fn summary(held: &[(NoticeKind, usize)], language: Language) -> Option<Wording> {
    let parts: Vec<String> = held
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| counted(*kind, *count, language))
        .collect();
    (!parts.is_empty()).then(|| Wording {
        title: language
            .of("While it was quiet", "Während der Ruhezeit")
            .to_owned(),
        body: parts.join(", "),
    })
}

fn counted(kind: NoticeKind, count: usize, language: Language) -> String {
    let english = match kind {
        NoticeKind::Created => ("new booking", "new bookings"),
        NoticeKind::Rescheduled => ("moved", "moved"),
        NoticeKind::Cancelled => ("cancelled", "cancelled"),
        NoticeKind::NoShow => ("no-show", "no-shows"),
        NoticeKind::Reminder => ("reminder", "reminders"),
        NoticeKind::Overlap => ("overlap", "overlaps"),
        NoticeKind::Trouble => ("problem with an endpoint", "problems with endpoints"),
        NoticeKind::Digest => ("summary", "summaries"),
    };
    let german = match kind {
        NoticeKind::Created => ("neue Buchung", "neue Buchungen"),
        NoticeKind::Rescheduled => ("verlegt", "verlegt"),
        NoticeKind::Cancelled => ("abgesagt", "abgesagt"),
        NoticeKind::NoShow => ("nicht erschienen", "nicht erschienen"),
        NoticeKind::Reminder => ("Erinnerung", "Erinnerungen"),
        NoticeKind::Overlap => ("Überschneidung", "Überschneidungen"),
        NoticeKind::Trouble => ("Störung eines Endpunkts", "Störungen von Endpunkten"),
        NoticeKind::Digest => ("Übersicht", "Übersichten"),
    };
    let (one, more) = language.of(english, german);
    format!("{count} {}", if count == 1 { one } else { more })
}
