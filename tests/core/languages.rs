//! Every kind of notice is told in each language and by each clock, word for word, and names nobody where others may see it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use bellhop_core::booking::fold;
use bellhop_core::digest::{self, Contents, Reason};
use bellhop_core::event::{Attendee, BookingStatus, Event, EventKind};
use bellhop_core::gap::Span;
use bellhop_core::language::{Clock, Language};
use bellhop_core::notice::{self, Here, NoticeKind, Words, headline};
use bellhop_core::overlap::{self, Side};
use bellhop_core::provider::Provider;
use bellhop_core::reminder::{self, About};
use bellhop_core::rule;
use bellhop_core::slot::Slot;
use bellhop_core::trouble::{self, Unreachable};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A Monday morning.
fn here(language: Language, clock: Clock) -> Here {
    Here {
        language,
        clock,
        ..Here::new(at("2026-06-15T08:00:00Z"), TimeZone::UTC)
    }
}

fn german() -> Here {
    here(Language::De, Clock::H24)
}

fn slot(start: &str, minutes: i64) -> Slot {
    let start = at(start);
    let end = Some(start + SignedDuration::from_mins(minutes));
    Slot::Timed { start, end }
}

fn afternoon() -> Slot {
    slot("2026-06-18T14:00:00Z", 60)
}

fn event(kind: EventKind, clock: i64, slot: Slot) -> Event {
    Event {
        provider_booking_id: Some("a".to_owned()),
        occurred_at: Some(at("2026-06-15T07:00:00Z") + clock.seconds()),
        slot: Some(slot),
        title: Some("Haircut".to_owned()),
        attendee: Attendee {
            name: Some("Jane Doe".to_owned()),
            ..Attendee::default()
        },
        reason: Some("Jane is ill".to_owned()),
        ..Event::bare(kind, Some("any".to_owned()))
    }
}

/// What is told of the last of these events.
fn act(events: &[Event], here: &Here) -> Words {
    let story = fold(events).unwrap();
    let (event, step) = (events.last().unwrap(), story.steps.last());
    notice::word(Provider::Kordless, event, step, Some(&story.booking), here).unwrap()
}

fn created(here: &Here) -> Words {
    act(&[event(EventKind::Created, 0, afternoon())], here)
}

fn of_kind(kind: EventKind, here: &Here) -> Words {
    let first = event(EventKind::Created, 0, afternoon());
    let slot = match kind {
        EventKind::Rescheduled => slot("2026-06-19T15:30:00Z", 60),
        _ => afternoon(),
    };
    act(&[first, event(kind, 10, slot)], here)
}

fn reminder(begins: &str, planned: &str, here: &Here) -> Words {
    let about = About {
        attendee: Some("Jane Doe"),
        title: Some("Haircut"),
        provider: Provider::Kordless,
        slot: &slot(begins, 45),
    };
    reminder::word(&about, at(planned), here)
}

fn overlap(minutes: i64, here: &Here) -> Words {
    let (first, second) = (afternoon(), slot("2026-06-18T14:30:00Z", 30));
    let side = |who, slot, provider| Side {
        who,
        slot,
        provider,
    };
    let sides = [
        side(Some("Jane Doe"), &first, Provider::Kordless),
        side(None, &second, Provider::Bookora),
    ];
    overlap::word(sides, SignedDuration::from_mins(minutes), here)
}

fn endpoint() -> trouble::Endpoint {
    trouble::Endpoint {
        id: 7,
        label: "Front desk".to_owned(),
        provider: Provider::Kordless,
        last_call: Some(at("2026-06-10T14:00:00Z")),
        silence: None,
        secret: Some(3),
        refused: 0,
        stale: false,
    }
}

/// The only trouble of these.
fn trouble(endpoints: &[trouble::Endpoint], reach: Option<&Unreachable>, here: &Here) -> Words {
    let told = trouble::troubles(endpoints, reach, Some("https://new.host"), here);
    let [one] = &told[..] else {
        panic!("{told:?}");
    };
    Words {
        full: one.full.clone(),
        discreet: one.discreet.clone(),
    }
}

fn silent(hours: i64, here: &Here) -> Words {
    let usual = SignedDuration::from_hours(hours);
    let silence = Some((usual, at("2026-06-14T14:00:00Z")));
    let endpoint = trouble::Endpoint {
        silence,
        ..endpoint()
    };
    trouble(&[endpoint], None, here)
}

fn refused(here: &Here) -> Words {
    let endpoint = trouble::Endpoint {
        refused: 3,
        ..endpoint()
    };
    trouble(&[endpoint], None, here)
}

fn moved(count: i64, here: &Here) -> Words {
    let stale: Vec<trouble::Endpoint> = (1..=count)
        .map(|id| trouble::Endpoint {
            id,
            stale: true,
            ..endpoint()
        })
        .collect();
    trouble(&stale, None, here)
}

fn cut_off(here: &Here) -> Words {
    let one = Unreachable {
        since: at("2026-06-15T07:30:00Z"),
        lasted: SignedDuration::from_mins(30),
        mends: true,
        why: "the network is down".to_owned(),
        gap: None,
    };
    trouble(&[], Some(&one), here)
}

fn contents() -> Contents {
    let span = |begin: &str, end: Option<&str>| Span {
        begin: at(begin),
        end: end.map(at),
    };
    Contents {
        created: 3,
        rescheduled: 1,
        cancelled: 2,
        no_shows: 1,
        ahead: 5,
        begun: 0,
        first: Some(at("2026-06-15T09:00:00Z")),
        gaps: vec![
            span("2026-06-14T20:10:00Z", Some("2026-06-15T06:30:00Z")),
            span("2026-06-15T07:00:00Z", Some("2026-06-15T07:20:00Z")),
        ],
        not_shown: 2,
        overlaps: 1,
    }
}

fn morning(contents: &Contents, here: &Here) -> Words {
    let reason = Reason::Morning(date(2026, 6, 15));
    digest::word(reason, contents, at("2026-06-14T08:00:00Z"), here)
}

fn full(words: &Words) -> [&str; 2] {
    [&words.full.title, &words.full.body]
}

fn discreet(words: &Words) -> [&str; 2] {
    [&words.discreet.title, &words.discreet.body]
}

#[test]
fn an_act_is_told_in_german() {
    let said = created(&german());
    let when = "Do., 18. Juni, 14:00–15:00";
    assert_eq!(
        full(&said),
        [
            "Neue Buchung: Jane Doe",
            &format!("{when}\nHaircut · Kordless")
        ]
    );
    assert_eq!(
        discreet(&said),
        ["Neue Buchung", &format!("{when}\nKordless")]
    );
    let said = of_kind(EventKind::Rescheduled, &german());
    let times = format!("{when} → Fr., 19. Juni, 15:30–16:30");
    assert_eq!(
        full(&said),
        ["Verlegt: Jane Doe", &format!("{times}\nHaircut · Kordless")]
    );
    assert_eq!(discreet(&said), ["Verlegt", &format!("{times}\nKordless")]);
    let said = of_kind(EventKind::Cancelled, &german());
    assert_eq!(
        full(&said),
        [
            "Abgesagt: Jane Doe",
            &format!("{when}\nHaircut · Kordless\n„Jane is ill“")
        ]
    );
    let said = of_kind(EventKind::NoShow, &german());
    assert_eq!(said.full.title, "Nicht erschienen: Jane Doe");
    assert_eq!(said.discreet.title, "Nicht erschienen");
}

#[test]
fn what_came_late_and_what_is_not_known_is_told_in_german() {
    let created = || event(EventKind::Created, 0, afternoon());
    let cancelled = || event(EventKind::Cancelled, 10, afternoon());
    let late = act(&[cancelled(), created()], &german());
    assert!(
        late.full
            .body
            .ends_with("\nDas kam verspätet an: inzwischen ist sie abgesagt."),
        "{late:?}"
    );
    let over = Event {
        status: Some(BookingStatus::Completed),
        ..event(EventKind::Completed, 10, afternoon())
    };
    let late = act(&[over, created()], &german());
    assert!(
        late.full
            .body
            .ends_with("inzwischen hat sie stattgefunden.")
    );
    let moved = event(EventKind::Rescheduled, 10, slot("2026-06-19T15:30:00Z", 60));
    let late = act(&[moved.clone(), created()], &german());
    assert!(late.full.body.ends_with("inzwischen ist sie geändert."));

    let nobody = Event {
        attendee: Attendee::default(),
        ..moved
    };
    let said = act(&[nobody], &german());
    assert_eq!(said.full.title, "Verlegt: jemand");
    assert!(
        said.full
            .body
            .starts_with("Jetzt Fr., 19. Juni, 15:30–16:30\n")
    );
}

#[test]
fn a_reminder_is_told_in_german() {
    let now = "2026-06-15T08:00:00Z";
    for (begins, title, alone) in [
        (
            "2026-06-15T08:15:00Z",
            "In 15 Minuten",
            "Buchung in 15 Minuten",
        ),
        ("2026-06-15T08:01:00Z", "In 1 Minute", "Buchung in 1 Minute"),
        (
            "2026-06-15T09:30:00Z",
            "In 1 Stunde 30 Minuten",
            "Buchung in 1 Stunde 30 Minuten",
        ),
        ("2026-06-16T08:00:00Z", "In 1 Tag", "Buchung in 1 Tag"),
        (
            "2026-06-17T10:00:00Z",
            "In 2 Tagen 2 Stunden",
            "Buchung in 2 Tagen 2 Stunden",
        ),
        ("2026-06-15T08:00:00Z", "Jetzt", "Buchung jetzt"),
        (
            "2026-06-15T07:55:00Z",
            "Vor 5 Minuten begonnen",
            "Buchung vor 5 Minuten begonnen",
        ),
    ] {
        let said = reminder(begins, now, &german());
        assert_eq!(said.full.title, format!("{title}: Jane Doe"));
        assert_eq!(said.discreet.title, alone);
    }
    let said = reminder("2026-06-15T08:15:00Z", "2026-06-15T07:40:00Z", &german());
    assert_eq!(
        said.full.body,
        "Mo., 15. Juni, 08:15–09:00\nHaircut · Kordless\nDiese Erinnerung kommt mit 20 Minuten Verspätung."
    );
    let day = Slot::Day {
        date: date(2026, 6, 15),
        time_slot: None,
    };
    let about = About {
        attendee: None,
        title: None,
        provider: Provider::ReserveKit,
        slot: &day,
    };
    let said = reminder::word(&about, at(now), &german());
    assert_eq!(full(&said), ["Heute: jemand", "Mo., 15. Juni\nReserveKit"]);
    assert_eq!(said.discreet.title, "Buchung heute");
}

#[test]
fn an_overlap_is_told_in_german() {
    let said = overlap(-30, &german());
    assert_eq!(
        full(&said),
        [
            "Überschneidung: Jane Doe und jemand",
            "Do., 18. Juni, 14:00–15:00 · Kordless\nDo., 18. Juni, 14:30–15:00 · Bookora"
        ]
    );
    for (minutes, title) in [
        (-30, "Überschneidung: zwei Buchungen"),
        (0, "Keine Zeit dazwischen: zwei Buchungen"),
        (1, "Nur 1 Minute dazwischen: zwei Buchungen"),
        (5, "Nur 5 Minuten dazwischen: zwei Buchungen"),
    ] {
        assert_eq!(overlap(minutes, &german()).discreet.title, title);
    }
}

#[test]
fn a_trouble_is_told_in_german() {
    for (hours, every) in [
        (1, "mindestens jede Stunde"),
        (24, "mindestens alle 24 Stunden"),
        (72, "mindestens alle 3 Tage"),
    ] {
        let said = silent(hours, &german());
        let what = format!(
            "Sonst kommt {every} einer. Sehen Sie nach, ob der Webhook noch eingeschaltet ist."
        );
        let title = "Kein Aufruf von Kordless seit Mi., 10. Juni, 14:00";
        assert_eq!(full(&said), [title, &format!("Front desk\n{what}")]);
        assert_eq!(discreet(&said), [title, &what]);
    }
    assert_eq!(
        full(&refused(&german())),
        [
            "Aufrufe von Kordless werden abgewiesen",
            "Front desk\nSie passen nicht zum Geheimschlüssel. Kopieren Sie ihn erneut aus den Webhook-Einstellungen von Kordless."
        ]
    );
    assert_eq!(
        full(&moved(5, &german())),
        [
            "Die Adresse von Bellhop hat sich geändert",
            "Front desk (Kordless), Front desk (Kordless), Front desk (Kordless), 2 weitere\nAufrufe an die alte gehen verloren. Tragen Sie die neue in jedem Buchungssystem ein."
        ]
    );
    let said = cut_off(&german());
    assert_eq!(
        full(&said),
        [
            "Bellhop ist nicht erreichbar",
            "Seit Mo., 15. Juni, 07:30.\nDer Grund steht in den Einstellungen."
        ]
    );
    assert_eq!(said.discreet.body, "Seit Mo., 15. Juni, 07:30.");
}

#[test]
fn a_digest_is_told_in_german() {
    let lines = |words: Words| format!("{}\n{}", words.full.title, words.full.body);
    assert_eq!(
        lines(morning(&contents(), &german())),
        "Heute: 5 Buchungen, die erste um 09:00\n\
         Seit gestern: 3 neu, 1 verlegt, 2 abgesagt, 1 nicht erschienen\n\
         2 Lücken, die längste So., 14. Juni, 20:10–06:30\n\
         2 Benachrichtigungen wurden nicht gezeigt\n\
         1 offene Überschneidung"
    );
    let one = Contents {
        created: 1,
        ahead: 1,
        begun: 2,
        first: Some(at("2026-06-15T09:00:00Z")),
        gaps: vec![Span {
            begin: at("2026-06-15T07:00:00Z"),
            end: None,
        }],
        not_shown: 1,
        overlaps: 2,
        ..Contents::default()
    };
    let word = |reason, contents: &Contents, since: &str| {
        lines(digest::word(reason, contents, at(since), &german()))
    };
    assert_eq!(
        word(Reason::Gap(1), &one, "2026-06-12T08:00:00Z"),
        "1 Lücke: seit 07:00\n\
         Seit Freitag: 1 neu\n\
         Heute: noch 1 Buchung, um 09:00\n\
         1 Benachrichtigung wurde nicht gezeigt\n\
         2 offene Überschneidungen"
    );
    let today = |ahead, begun| Contents {
        ahead,
        begun,
        first: Some(at("2026-06-15T09:00:00Z")),
        ..Contents::default()
    };
    for (contents, said) in [
        (today(0, 0), "Heute keine Buchungen"),
        (today(0, 1), "Heute keine Buchungen mehr"),
        (today(1, 0), "Heute: 1 Buchung, um 09:00"),
        (today(2, 1), "Heute: noch 2 Buchungen, die nächste um 09:00"),
    ] {
        assert_eq!(morning(&contents, &german()).full.title, said);
    }
    let nothing = Contents {
        gaps: one.gaps,
        ..Contents::default()
    };
    assert!(
        word(Reason::Gap(1), &nothing, "2026-06-12T08:00:00Z").ends_with("Es kam nichts herein")
    );
    let old = Contents {
        created: 1,
        ..Contents::default()
    };
    let said = word(Reason::Gap(1), &old, "2026-06-01T08:00:00Z");
    assert!(said.starts_with("Seit Mo., 1. Juni: 1 neu"), "{said}");
}

#[test]
fn times_are_told_by_a_clock_of_12_hours_where_it_is_wanted() {
    let twelve = |language| here(language, Clock::H12);
    let (english, german) = (twelve(Language::En), twelve(Language::De));
    let first_line = |words: &Words| words.full.body.lines().next().unwrap().to_owned();
    assert_eq!(first_line(&created(&english)), "Thu 18 Jun, 2:00–3:00 PM");
    assert_eq!(
        first_line(&of_kind(EventKind::Rescheduled, &german)),
        "Do., 18. Juni, 2:00–3:00 PM → Fr., 19. Juni, 3:30–4:30 PM"
    );
    assert_eq!(
        silent(24, &english).full.title,
        "No call of Kordless since Wed 10 Jun, 2:00 PM"
    );
    assert_eq!(
        cut_off(&english).full.body,
        "Since Mon 15 Jun, 7:30 AM.\nThe network is down."
    );
    let said = morning(&contents(), &english);
    assert_eq!(said.full.title, "Today: 5 bookings, the first at 9:00 AM");
    assert!(
        said.full
            .body
            .contains("2 gaps, the longest Sun 14 Jun, 8:10 PM – 6:30 AM"),
        "{said:?}"
    );
    assert_eq!(
        morning(&contents(), &german).full.title,
        "Heute: 5 Buchungen, die erste um 9:00 AM"
    );
}

/// Whatever is told of a kind.
fn told(kind: NoticeKind, here: &Here) -> Vec<Words> {
    match kind {
        NoticeKind::Created => vec![created(here)],
        NoticeKind::Rescheduled => vec![of_kind(EventKind::Rescheduled, here)],
        NoticeKind::Cancelled => vec![of_kind(EventKind::Cancelled, here)],
        NoticeKind::NoShow => vec![of_kind(EventKind::NoShow, here)],
        NoticeKind::Reminder => ["15T07:30", "15T08:00", "15T09:30", "17T08:00"]
            .map(|begins| {
                let begins = format!("2026-06-{begins}:00Z");
                reminder(&begins, "2026-06-15T07:20:00Z", here)
            })
            .into(),
        NoticeKind::Overlap => [-1, 0, 1, 5].map(|minutes| overlap(minutes, here)).into(),
        NoticeKind::Trouble => vec![
            silent(1, here),
            silent(24, here),
            silent(72, here),
            refused(here),
            moved(1, here),
            cut_off(here),
        ],
        NoticeKind::Digest => {
            let gap = Reason::Gap(1);
            let since = at("2026-06-12T08:00:00Z");
            vec![
                morning(&contents(), here),
                morning(&Contents::default(), here),
                digest::word(gap, &contents(), since, here),
            ]
        }
    }
}

#[test]
fn no_line_of_a_notice_is_the_same_in_both_languages_and_none_names_somebody_to_others() {
    // What is the same in both: what somebody else wrote, and the booking system.
    let outside = [
        "Haircut · Kordless",
        "Kordless",
        "Front desk",
        "Front desk (Kordless)",
    ];
    for kind in NoticeKind::ALL {
        let in_language = |language| told(kind, &here(language, Clock::H24));
        let (english, german) = (in_language(Language::En), in_language(Language::De));
        assert!(!german.is_empty() && english.len() == german.len());
        for (english, german) in english.iter().zip(&german) {
            for (english, german) in [
                (&english.full, &german.full),
                (&english.discreet, &german.discreet),
            ] {
                assert_ne!(english.title, german.title, "{kind:?}");
                let english: Vec<&str> = english.body.lines().collect();
                let german: Vec<&str> = german.body.lines().collect();
                assert_eq!(english.len(), german.len(), "{kind:?}: {german:?}");
                for (english, german) in english.iter().zip(&german) {
                    assert!(english != german || outside.contains(english), "{english}");
                }
            }
            for words in [english, german] {
                let said = discreet(words).join("\n");
                for name in ["Jane", "Haircut", "Front desk"] {
                    assert!(!said.contains(name), "{kind:?} names {name}: {said}");
                }
            }
        }
    }
}

#[test]
fn headlines_and_counts_of_each_kind_differ_in_both_languages() {
    for kind in EventKind::ALL {
        let [english, german] = Language::ALL.map(|language| headline(kind, language));
        assert_ne!(english, german);
    }
    for kind in NoticeKind::ALL {
        for count in [1, 2] {
            let said = Language::ALL.map(|language| rule::summary(&[(kind, count)], language));
            let [english, german] = said.map(Option::unwrap);
            assert_ne!(english.title, german.title);
            assert_ne!(english.body, german.body, "{kind:?}");
            assert!(german.body.starts_with(&format!("{count} ")));
        }
    }
}
