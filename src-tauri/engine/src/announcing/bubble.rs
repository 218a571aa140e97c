//! Bubbles: what the desktop is asked to show of notices.

use bellhop_core::answer::Snooze;
use bellhop_core::event::EventKind;
use bellhop_core::language::Language;
use bellhop_core::notice::{
    Here, Loudness, NoticeKind, Privacy, Wording, Words, discreet, headline,
};
use bellhop_core::provider::Provider;
use bellhop_core::reminder::Cause;
use bellhop_core::rule::Sound;
use bellhop_core::slot::Slot;
use bellhop_core::times::written;
use bellhop_core::trouble::{self, Place};
use jiff::SignedDuration;

use crate::store::notices::Notice;

/// More notices than this at once become one bubble.
const BURST: usize = 4;

/// What the desktop is asked to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bubble {
    /// Who, and what happened.
    pub title: String,
    /// What and when; lines are separated by a line feed.
    pub body: String,
    /// The notices that it shows. None: it is a test, or tells of the program itself.
    pub notice_ids: Vec<i64>,
    /// What it tells of. `None` for a summary of several.
    pub kind: Option<NoticeKind>,
    /// The booking to open. `None` for a summary of several.
    pub booking_id: Option<i64>,
    /// How much attention it asks for.
    pub loudness: Loudness,
    /// What a click on it shows.
    pub opens: Opens,
    /// For how long it can be put off, where the person has a choice.
    pub snoozes: Vec<Snooze>,
    /// Its sound. `None`: whatever the desktop makes of it.
    pub sound: Option<Sound>,
    /// Whether the desktop is asked not to disturb, and keeps it to itself. No window of ours may appear for it either.
    pub quieted: bool,
    /// The language of its buttons.
    pub language: Language,
}

/// A place in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// What came in.
    Timeline,
    /// A booking.
    Booking(i64),
    /// What is today and what needs a look.
    Today,
    /// The endpoints.
    Endpoints,
    /// The way by which the world reaches us.
    Reach,
}

impl Opens {
    /// Where a notice leads.
    pub fn of(notice: &Notice) -> Opens {
        match (notice.booking_id, &notice.once) {
            (Some(booking), _) => Opens::Booking(booking),
            (None, Some(name)) if notice.kind == NoticeKind::Trouble => {
                match trouble::place(name) {
                    Place::Endpoints => Opens::Endpoints,
                    Place::Reach => Opens::Reach,
                }
            }
            (None, _) if notice.kind == NoticeKind::Digest => Opens::Today,
            (None, _) => Opens::Timeline,
        }
    }
}

impl Bubble {
    /// Whether it says what an earlier one said, as it is now: both are of acts on the same booking, or of the same kind.
    /// That a new booking overlaps another does not hide that it is new, nor that it overlaps a third.
    pub fn takes_the_place_of(&self, earlier: &Bubble) -> bool {
        let (Some(kind), Some(of)) = (self.kind, earlier.kind) else {
            return false;
        };
        let is_same_booking = self.booking_id.is_some() && self.booking_id == earlier.booking_id;
        let is_same_matter = kind == of && kind != NoticeKind::Overlap;
        is_same_booking && (is_same_matter || (is_act(kind) && is_act(of)))
    }

    /// A bubble that shows no notice.
    pub fn of_program(wording: Wording, language: Language) -> Bubble {
        Bubble {
            title: wording.title,
            body: wording.body,
            notice_ids: Vec::new(),
            kind: None,
            booking_id: None,
            loudness: Loudness::Normal,
            opens: Opens::Timeline,
            snoozes: Vec::new(),
            sound: None,
            quieted: false,
            language,
        }
    }
}

/// What a bubble says now. How loud it was stays as it was decided then.
pub(super) fn said_now(
    shown: Bubble,
    notices: &[Notice],
    privacy: Privacy,
    language: Language,
) -> Option<Bubble> {
    if notices.iter().all(|notice| notice.settled.is_some()) {
        return None;
    }
    // Some of a summary may be gone: their people were erased, or they were taken back.
    let now = match notices {
        [notice] => bubble(notice, privacy, language),
        _ => summary(&notices.iter().collect::<Vec<_>>(), privacy, language),
    };
    Some(Bubble {
        loudness: shown.loudness,
        sound: shown.sound,
        quieted: shown.quieted,
        ..now
    })
}

/// One bubble a notice, or one for all of a sort where they are many.
pub(super) fn bubbles(waiting: &[Notice], privacy: Privacy, language: Language) -> Vec<Bubble> {
    let (acts, others): (Vec<&Notice>, Vec<&Notice>) =
        waiting.iter().partition(|notice| is_act(notice.kind));
    let (overlaps, others): (Vec<&Notice>, Vec<&Notice>) = others
        .into_iter()
        .partition(|notice| notice.kind == NoticeKind::Overlap);
    let mut bubbles = bundled(&acts, privacy, language);
    bubbles.extend(bundled(&overlaps, privacy, language));
    bubbles.extend(others.iter().map(|other| bubble(other, privacy, language)));
    bubbles
}

fn bundled(notices: &[&Notice], privacy: Privacy, language: Language) -> Vec<Bubble> {
    match notices.len() > BURST {
        true => vec![summary(notices, privacy, language)],
        false => notices
            .iter()
            .map(|one| bubble(one, privacy, language))
            .collect(),
    }
}

/// Whether it tells of what somebody did to a booking.
fn is_act(kind: NoticeKind) -> bool {
    matches!(
        kind,
        NoticeKind::Created | NoticeKind::Rescheduled | NoticeKind::Cancelled | NoticeKind::NoShow
    )
}

fn summary(notices: &[&Notice], privacy: Privacy, language: Language) -> Bubble {
    let (what, opens) = match notices.iter().all(|one| one.kind == NoticeKind::Overlap) {
        true => {
            let what = language.of("overlaps to look at", "offene Überschneidungen");
            (what, Opens::Today)
        }
        false => {
            let what = language.of("changes to your bookings", "Änderungen an Ihren Buchungen");
            (what, Opens::Timeline)
        }
    };
    let mut lines: Vec<String> = notices
        .iter()
        .rev()
        .take(BURST)
        .map(|one| one.words.at(privacy).title)
        .collect();
    match (notices.len() - lines.len(), language) {
        (0, _) => {}
        (more, Language::En) => lines.push(format!("and {more} more")),
        (more, Language::De) => lines.push(format!("und {more} weitere")),
    }
    Bubble {
        title: format!("{} {what}", notices.len()),
        body: lines.join("\n"),
        notice_ids: notices.iter().map(|one| one.id).collect(),
        kind: None,
        booking_id: None,
        loudness: notices
            .iter()
            .map(|one| one.loudness)
            .max()
            .unwrap_or_default(),
        opens,
        snoozes: Vec::new(),
        sound: None,
        quieted: false,
        language,
    }
}

fn bubble(notice: &Notice, privacy: Privacy, language: Language) -> Bubble {
    let Wording { title, body } = notice.words.at(privacy);
    Bubble {
        title,
        body,
        notice_ids: vec![notice.id],
        kind: Some(notice.kind),
        booking_id: notice.booking_id,
        loudness: notice.loudness,
        opens: Opens::of(notice),
        snoozes: snoozes(notice),
        sound: None,
        quieted: false,
        language,
    }
}

/// A booking that has a time of day begins, and a reminder of it can wait for that.
fn snoozes(notice: &Notice) -> Vec<Snooze> {
    let cause = notice
        .once
        .as_deref()
        .filter(|_| notice.kind == NoticeKind::Reminder)
        .and_then(Cause::from_once);
    match cause {
        None => Vec::new(),
        Some((begins, _)) if begins.parse::<i64>().is_err() => vec![Snooze::FiveMinutes],
        Some(_) => vec![Snooze::FiveMinutes, Snooze::UntilStart],
    }
}

/// A notification as the person would see it of a booking that is made up.
pub fn example(privacy: Privacy, here: &Here) -> Bubble {
    let start = here.now + SignedDuration::from_hours(24);
    let slot = Slot::Timed {
        start,
        end: Some(start + SignedDuration::from_mins(45)),
    };
    let provider = Provider::Kordless;
    let language = here.language;
    let (name, what) = language.of(
        ("Alex Example", "Haircut"),
        ("Alex Beispiel", "Haarschnitt"),
    );
    let words = Words {
        full: Wording {
            title: format!("{}: {name}", headline(EventKind::Created, language)),
            body: format!("{}\n{what} · {provider}", written(&slot, here)),
        },
        discreet: discreet(EventKind::Created, provider, Some(&slot), None, here),
    };
    let Wording { title, body } = words.at(privacy);
    let wording = Wording {
        title: format!("Test · {title}"),
        body,
    };
    Bubble::of_program(wording, language)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;

    #[test]
    fn a_summary_counts_those_that_are_left_of_it() {
        let notice = |id| {
            let wording = Wording {
                title: format!("New booking: {id}"),
                body: String::new(),
            };
            Notice {
                id,
                kind: NoticeKind::Created,
                booking_id: Some(id),
                other_booking_id: None,
                endpoint_id: None,
                provider: None,
                words: Words {
                    full: wording.clone(),
                    discreet: wording,
                },
                loudness: Loudness::Normal,
                once: None,
                settled: None,
            }
        };
        let all: Vec<Notice> = (1..=5).map(notice).collect();
        let shown = bubbles(&all, Privacy::Full, Language::En).remove(0);
        assert!(shown.body.ends_with("\nand 1 more"), "{shown:?}");
        let now = |left: &[Notice]| said_now(shown.clone(), left, Privacy::Full, Language::En);
        assert_eq!(now(&all), Some(shown.clone()));
        let four = now(&all[1..]).unwrap();
        assert_eq!(four.title, "4 changes to your bookings");
        assert!(four.body.ends_with("New booking: 2"), "{four:?}");
        let one = now(&all[4..]).unwrap();
        assert_eq!(
            (&*one.title, &one.notice_ids[..]),
            ("New booking: 5", &[5_i64][..])
        );
        assert_eq!(now(&[]), None);
    }

    #[test]
    fn a_bubble_takes_the_place_of_what_was_said_of_the_same_booking_in_the_same_matter() {
        let nothing = Wording {
            title: String::new(),
            body: String::new(),
        };
        let of = |kind, booking_id| Bubble {
            kind,
            booking_id,
            ..Bubble::of_program(nothing.clone(), Language::En)
        };
        let created = of(Some(NoticeKind::Created), Some(1));
        let takes = |kind, booking| of(kind, booking).takes_the_place_of(&created);
        assert!(takes(Some(NoticeKind::Cancelled), Some(1)));
        assert!(takes(Some(NoticeKind::Created), Some(1)));
        assert!(!takes(Some(NoticeKind::Cancelled), Some(2)));
        assert!(!takes(Some(NoticeKind::Overlap), Some(1)));
        assert!(!takes(Some(NoticeKind::Reminder), Some(1)));
        let reminder = of(Some(NoticeKind::Reminder), Some(1));
        assert!(of(Some(NoticeKind::Reminder), Some(1)).takes_the_place_of(&reminder));
        // It is in the way of another one as well.
        let overlap = of(Some(NoticeKind::Overlap), Some(1));
        assert!(!of(Some(NoticeKind::Overlap), Some(1)).takes_the_place_of(&overlap));
        // Neither a summary nor an act without a booking is the same as another.
        assert!(!of(None, None).takes_the_place_of(&of(None, None)));
        let without = of(Some(NoticeKind::Created), None);
        assert!(!without.takes_the_place_of(&without));
    }
}
