//! How each notice is told: rules, quiet hours, pause and do-not-disturb.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use bellhop_core::hours::{Days, Hours, QuietHours, When};
use bellhop_core::language::Language;
use bellhop_core::notice::{Held, Loudness, NoticeKind};
use bellhop_core::provider::Provider;
use bellhop_core::rule::{Effect, Facts, Moment, Rule, Sound, Wishes, decide, summary};
use jiff::civil::{Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn berlin() -> TimeZone {
    zone("Europe/Berlin")
}

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn hours(from: &str, to: &str) -> Hours {
    Hours {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
    }
}

/// The same quiet hours every day.
fn nightly(from: &str, to: &str) -> QuietHours {
    QuietHours {
        days: [Some(hours(from, to)); 7],
        ..QuietHours::default()
    }
}

fn moment(now: Timestamp) -> Moment {
    Moment {
        now,
        time_zone: berlin(),
        paused: false,
        do_not_disturb: false,
    }
}

fn created(title: Option<&str>) -> Facts<'_> {
    Facts {
        kind: NoticeKind::Created,
        provider: Some(Provider::Kordless),
        endpoint_id: Some(7),
        title,
        loudness: Loudness::Normal,
    }
}

const MONDAY_NOON: &str = "2026-06-01T12:00:00+02:00";

#[test]
fn quiet_hours_pass_midnight_and_belong_to_the_day_on_which_they_begin() {
    let mut quiet = QuietHours::default();
    // Friday night alone.
    quiet.days[4] = Some(hours("22:00", "07:00"));
    let quiet_at = |moment: &str| quiet.are_at(at(moment), &berlin());
    assert!(!quiet_at("2026-06-05T21:59:59+02:00"));
    assert!(quiet_at("2026-06-05T22:00:00+02:00"));
    assert!(quiet_at("2026-06-06T06:59:59+02:00"));
    assert!(!quiet_at("2026-06-06T07:00:00+02:00"));
    assert!(!quiet_at("2026-06-06T23:00:00+02:00"), "Saturday night");
    assert!(!quiet_at("2026-06-05T05:00:00+02:00"), "Thursday night");
    assert_eq!(
        quiet.end(at("2026-06-05T23:00:00+02:00"), &berlin()),
        at("2026-06-06T07:00:00+02:00")
    );
    let noon = at(MONDAY_NOON);
    assert_eq!(quiet.end(noon, &berlin()), noon, "it is not quiet now");
}

#[test]
fn quiet_nights_and_quiet_days_in_a_row_end_once() {
    let mut quiet = nightly("22:00", "07:00");
    // The weekend is quiet all day.
    quiet.days[5] = Some(Hours::WHOLE_DAY);
    quiet.days[6] = Some(Hours::WHOLE_DAY);
    let friday_night = at("2026-06-05T23:00:00+02:00");
    assert_eq!(
        quiet.end(friday_night, &berlin()),
        at("2026-06-08T00:00:00+02:00"),
        "Sunday has no night of its own here, as it has one entry a day"
    );
    let always = nightly("00:00", "00:00");
    let looked_at_again = always.end(friday_night, &berlin());
    assert!(looked_at_again > friday_night + SignedDuration::from_hours(7 * 24));
    assert!(looked_at_again < friday_night + SignedDuration::from_hours(17 * 24));
}

#[test]
fn a_night_is_as_long_as_the_clocks_make_it() {
    let quiet = nightly("22:00", "07:00");
    for (begin, end, length) in [
        // Clocks leap from 2:00 to 3:00.
        ("2026-03-28T22:00:00+01:00", "2026-03-29T07:00:00+02:00", 8),
        // Clocks go back from 3:00 to 2:00.
        ("2026-10-24T22:00:00+02:00", "2026-10-25T07:00:00+01:00", 10),
        ("2026-06-01T22:00:00+02:00", "2026-06-02T07:00:00+02:00", 9),
    ] {
        let (begin, end) = (at(begin), at(end));
        assert_eq!(end.duration_since(begin).as_hours(), length);
        assert_eq!(quiet.end(begin, &berlin()), end);
        assert!(!quiet.are_at(begin - SignedDuration::from_nanos(1), &berlin()));
        assert!(!quiet.are_at(end, &berlin()));
    }
}

#[test]
fn a_time_that_is_shown_twice_or_never_neither_splits_nor_loses_hours() {
    // 2:00 to 3:00 is shown twice that night: quiet until the second 2:30.
    let quiet = nightly("22:00", "02:30");
    let evening = at("2026-10-24T22:00:00+02:00");
    assert_eq!(
        quiet.end(evening, &berlin()),
        at("2026-10-25T02:30:00+01:00")
    );
    assert!(quiet.are_at(at("2026-10-25T02:45:00+02:00"), &berlin()));
    // It begins when 2:30 is shown first.
    let late = nightly("02:30", "06:00");
    assert!(!late.are_at(at("2026-10-25T02:29:00+02:00"), &berlin()));
    assert!(late.are_at(at("2026-10-25T02:30:00+02:00"), &berlin()));
    assert!(late.are_at(at("2026-10-25T02:10:00+01:00"), &berlin()));
    // 2:30 is never shown in March: it is the moment at which clocks leap to 3:00.
    let leap = at("2026-03-29T03:00:00+02:00");
    assert_eq!(quiet.end(at("2026-03-28T23:00:00+01:00"), &berlin()), leap);
    assert!(late.are_at(leap, &berlin()));
    assert!(!late.are_at(leap - SignedDuration::from_nanos(1), &berlin()));
    // Hours that lie in the leap as a whole are not there that day.
    let within = nightly("02:10", "02:50");
    assert!(!within.are_at(leap, &berlin()));
}

#[test]
fn a_rule_fits_by_every_part_that_it_names() {
    let now = at(MONDAY_NOON);
    let fits = |rule: Rule, facts: &Facts<'_>| rule.fits(facts, now, &berlin());
    let facts = created(Some("Kopfmassage, groß"));
    assert!(fits(Rule::default(), &facts));
    assert!(fits(Rule::default(), &created(None)));

    let kinds = |kinds: &[NoticeKind]| Rule {
        kinds: kinds.to_vec(),
        ..Rule::default()
    };
    assert!(fits(
        kinds(&[NoticeKind::Trouble, NoticeKind::Created]),
        &facts
    ));
    assert!(!fits(kinds(&[NoticeKind::Cancelled]), &facts));

    let title = |part: &str| Rule {
        title: Some(part.to_owned()),
        ..Rule::default()
    };
    assert!(fits(title("KOPF"), &facts));
    assert!(fits(title(" massage "), &facts));
    assert!(!fits(title("haircut"), &facts));
    assert!(!fits(title("kopf"), &created(None)));

    let of = |provider, endpoint_id| Rule {
        provider,
        endpoint_id,
        ..Rule::default()
    };
    assert!(fits(of(Some(Provider::Kordless), Some(7)), &facts));
    assert!(!fits(of(Some(Provider::Orufy), Some(7)), &facts));
    assert!(!fits(of(Some(Provider::Kordless), Some(8)), &facts));
    let nobody = Facts {
        provider: None,
        endpoint_id: None,
        ..facts
    };
    assert!(!fits(of(Some(Provider::Kordless), None), &nobody));
    assert!(!fits(of(None, Some(7)), &nobody));

    let when = |days, hours| Rule {
        when: When { days, hours },
        ..Rule::default()
    };
    assert!(fits(when(Days::WORKING, None), &facts));
    assert!(!fits(when(Days::WEEKEND, None), &facts));
    assert!(fits(
        when(Days::default(), Some(hours("09:00", "17:00"))),
        &facts
    ));
    assert!(!fits(
        when(Days::WORKING, Some(hours("17:00", "09:00"))),
        &facts
    ));
}

#[test]
fn the_first_rule_that_fits_counts() {
    let rule = |kinds: &[NoticeKind], effect, sound| Rule {
        kinds: kinds.to_vec(),
        effect,
        sound,
        ..Rule::default()
    };
    let mut wishes = Wishes {
        rules: vec![
            rule(&[NoticeKind::Cancelled], Some(Effect::Urgent), None),
            rule(&[NoticeKind::Created], None, Some(Sound::Bell)),
            rule(&[], Some(Effect::Listed), None),
        ],
        ..Wishes::default()
    };
    let now = moment(at(MONDAY_NOON));
    let told = decide(&wishes, &created(None), &now);
    assert_eq!(
        (told.rule, told.loudness, told.sound, told.held),
        (Some(1), Loudness::Normal, Sound::Bell, None)
    );
    wishes.rules.rotate_right(1);
    let told = decide(&wishes, &created(None), &now);
    assert_eq!((told.rule, told.held), (Some(0), Some(Held::Rule)));
    // A notice that is urgent by itself stays so under a rule that only names a sound.
    wishes.rules.rotate_left(1);
    let near = Facts {
        loudness: Loudness::Urgent,
        ..created(None)
    };
    assert_eq!(decide(&wishes, &near, &now).loudness, Loudness::Urgent);
}

#[test]
fn urgent_ones_break_through_only_where_the_person_says_so() {
    let night = at("2026-06-02T03:00:00+02:00");
    let urgent = Facts {
        loudness: Loudness::Urgent,
        ..created(None)
    };
    let mut wishes = Wishes {
        quiet_hours: nightly("22:00", "07:00"),
        ..Wishes::default()
    };
    assert_eq!(
        decide(&wishes, &urgent, &moment(night)).held,
        Some(Held::QuietHours)
    );
    // In the desktop's do-not-disturb it is handed over as one that the desktop keeps to itself.
    let disturbed = Moment {
        do_not_disturb: true,
        ..moment(at(MONDAY_NOON))
    };
    let told = decide(&wishes, &urgent, &disturbed);
    assert_eq!(
        (told.held, told.quieted, told.loudness, told.sound),
        (None, true, Loudness::Normal, Sound::None)
    );
    wishes.quiet_hours.urgent_breaks_through = true;
    for moment in [moment(night), disturbed] {
        let told = decide(&wishes, &urgent, &moment);
        assert_eq!(
            (told.held, told.quieted, told.loudness, told.sound),
            (None, false, Loudness::Urgent, Sound::Warning)
        );
        let paused = Moment {
            paused: true,
            ..moment
        };
        assert_eq!(decide(&wishes, &urgent, &paused).held, Some(Held::Paused));
    }
}

#[test]
fn what_was_held_is_summed_up_in_words() {
    assert_eq!(summary(&[], Language::En), None);
    assert_eq!(summary(&[(NoticeKind::Created, 0)], Language::En), None);
    let held = [(NoticeKind::Created, 3), (NoticeKind::Cancelled, 1)];
    let told = summary(&held, Language::En).unwrap();
    assert_eq!(told.title, "While it was quiet");
    assert_eq!(told.body, "3 new bookings, 1 cancelled");
    let told = summary(&held, Language::De).unwrap();
    assert_eq!(told.title, "Während der Ruhezeit");
    assert_eq!(told.body, "3 neue Buchungen, 1 abgesagt");
}

fn any_zone() -> impl Strategy<Value = TimeZone> {
    // The last two have half an hour of daylight saving, and clocks that change at midnight.
    prop::sample::select(vec![
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Asuncion",
        "Africa/Cairo",
    ])
    .prop_map(zone)
}

/// In the years 2020 to 2029, and often in an hour around a change of clocks in Berlin.
fn any_moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        1_577_836_800i64..1_893_456_000,
        (-7200i64..7200).prop_map(|near| near + at("2026-10-25T01:00:00Z").as_second()),
        (-7200i64..7200).prop_map(|near| near + at("2026-03-29T01:00:00Z").as_second()),
    ]
    .prop_map(|second| Timestamp::from_second(second).unwrap())
}

prop_compose! {
    fn any_time()(minute in 0i8..=59, hour in 0i8..=23) -> Time { time(hour, minute, 0, 0) }
}

prop_compose! {
    fn any_hours()(from in any_time(), to in any_time()) -> Hours { Hours { from, to } }
}

fn any_kind() -> impl Strategy<Value = NoticeKind> {
    prop::sample::select(NoticeKind::ALL.to_vec())
}

prop_compose! {
    fn any_rule()(
        kinds in prop::collection::vec(any_kind(), 0..3),
        provider in prop::option::of(prop::sample::select(vec![Provider::Kordless, Provider::Orufy])),
        endpoint_id in prop::option::of(1i64..4),
        title in prop::option::of(prop::sample::select(vec!["cut", "CUT", "colour", ""])),
        days in any::<[bool; 7]>(),
        hours in prop::option::of(any_hours()),
        effect in prop::option::of(prop::sample::select(Effect::ALL.to_vec())),
        sound in prop::option::of(prop::sample::select(Sound::ALL.to_vec())),
    ) -> Rule {
        let title = title.map(str::to_owned);
        Rule { kinds, provider, endpoint_id, title, when: When { days: Days(days), hours }, effect, sound }
    }
}

prop_compose! {
    fn any_quiet_hours()(
        days in prop::array::uniform7(prop::option::of(any_hours())),
        urgent_breaks_through in any::<bool>(),
        sums_up in any::<bool>(),
    ) -> QuietHours {
        QuietHours { days, urgent_breaks_through, sums_up }
    }
}

prop_compose! {
    fn any_wishes()(
        rules in prop::collection::vec(any_rule(), 0..6),
        quiet_hours in any_quiet_hours(),
        sounds in prop::collection::vec((any_kind(), prop::sample::select(Sound::ALL.to_vec())), 0..3),
    ) -> Wishes {
        Wishes { rules, quiet_hours, sounds }
    }
}

prop_compose! {
    fn any_facts()(
        kind in any_kind(),
        provider in prop::option::of(prop::sample::select(vec![Provider::Kordless, Provider::Orufy])),
        endpoint_id in prop::option::of(1i64..4),
        title in prop::option::of(prop::sample::select(vec!["Haircut", "Colour", ""])),
        loudness in prop::sample::select(vec![Loudness::Silent, Loudness::Normal, Loudness::Urgent]),
    ) -> Facts<'static> {
        Facts { kind, provider, endpoint_id, title, loudness }
    }
}

prop_compose! {
    fn any_circumstances()(
        now in any_moment(),
        time_zone in any_zone(),
        paused in any::<bool>(),
        do_not_disturb in any::<bool>(),
    ) -> Moment {
        Moment { now, time_zone, paused, do_not_disturb }
    }
}

/// What a clock on the wall shows, without a word about how often it shows it.
fn reads_within(hours: Hours, shown: Time) -> bool {
    match hours.to > hours.from {
        true => hours.from <= shown && shown < hours.to,
        false => shown >= hours.from || shown < hours.to,
    }
}

proptest! {
    #[test]
    fn whatever_the_clock_on_the_wall_shows_within_quiet_hours_is_quiet(hours in any_hours(), now in any_moment(), zone in any_zone()) {
        let quiet = QuietHours { days: [Some(hours); 7], ..QuietHours::default() };
        let shown = now.to_zoned(zone.clone()).time();
        if reads_within(hours, shown) {
            prop_assert!(quiet.are_at(now, &zone));
        } else if quiet.are_at(now, &zone) {
            // Only where this time is between a first and a second showing of an end.
            let near = SignedDuration::from_hours(2);
            let changes = zone.following(now - near).next().is_some_and(|change| change.timestamp() <= now + near);
            prop_assert!(changes, "{shown} is quiet");
        }
    }

    #[test]
    fn quiet_hours_end_at_a_moment_that_is_not_quiet_and_not_before(quiet in any_quiet_hours(), now in any_moment(), zone in any_zone(), part in 0.0f64..1.0) {
        let end = quiet.end(now, &zone);
        prop_assert!(end >= now);
        prop_assert_eq!(end > now, quiet.are_at(now, &zone));
        let every_day = SignedDuration::from_hours(7 * 24);
        prop_assert!(!quiet.are_at(end, &zone) || end > now + every_day);
        if end > now {
            let between = now + end.duration_since(now).mul_f64(part);
            prop_assert!(between >= end || quiet.are_at(between, &zone));
        }
    }

    #[test]
    fn a_day_has_its_hours_once(hours in any_hours(), now in any_moment(), zone in any_zone()) {
        let day = now.to_zoned(zone.clone()).date();
        if let Some((begin, end)) = hours.on(day, &zone) {
            prop_assert!(begin < end);
            // An hour longer or shorter where clocks change.
            let least = match hours.to > hours.from { true => 0, false => 24 };
            let length = hours.from.duration_until(hours.to) + SignedDuration::from_hours(least);
            let off = end.duration_since(begin) - length;
            prop_assert!(off.abs() <= SignedDuration::from_hours(1), "{off}");
            let next = day.tomorrow().unwrap();
            if let Some((next_begin, next_end)) = hours.on(next, &zone) {
                prop_assert!(begin < next_begin && end < next_end);
            }
        }
    }

    #[test]
    fn the_days_of_a_rule_are_those_of_the_wall(now in any_moment(), zone in any_zone(), weekday in 0usize..7) {
        let mut days = [false; 7];
        days[weekday] = true;
        let today = now.to_zoned(zone.clone()).weekday() == Weekday::from_monday_zero_offset(weekday as i8).unwrap();
        prop_assert_eq!(When { days: Days(days), hours: None }.has(now, &zone), today);
    }

    #[test]
    fn every_notice_is_shown_or_held_for_a_reason_that_holds(wishes in any_wishes(), facts in any_facts(), moment in any_circumstances()) {
        let told = decide(&wishes, &facts, &moment);
        let effect = told.rule.and_then(|place| wishes.rules[place].effect);
        let quiet = wishes.quiet_hours.are_at(moment.now, &moment.time_zone);
        match told.held {
            Some(Held::Paused) => prop_assert!(moment.paused),
            Some(Held::Rule) => prop_assert_eq!(effect, Some(Effect::Listed)),
            Some(Held::QuietHours) => prop_assert!(quiet),
            Some(other) => prop_assert!(false, "{other:?} is none of its reasons"),
            None => {
                prop_assert!(!moment.paused && effect != Some(Effect::Listed));
                prop_assert!(!quiet || told.loudness == Loudness::Urgent);
            }
        }
        prop_assert!(!moment.paused || told.held == Some(Held::Paused));
        prop_assert!(told.held.is_none() || (told.sound == Sound::None && !told.quieted));
        prop_assert!(!told.quieted || (moment.do_not_disturb && told.loudness != Loudness::Urgent && told.sound == Sound::None));
        prop_assert!(!moment.do_not_disturb || told.held.is_some() || told.quieted
            || (told.loudness == Loudness::Urgent && wishes.quiet_hours.urgent_breaks_through));
    }

    #[test]
    fn rules_after_the_first_that_fits_and_rules_that_do_not_fit_change_nothing(wishes in any_wishes(), other in any_rule(), facts in any_facts(), moment in any_circumstances(), place in 0usize..6) {
        let told = decide(&wishes, &facts, &moment);
        let fits = |rule: &Rule| rule.fits(&facts, moment.now, &moment.time_zone);
        prop_assert_eq!(told.rule, wishes.rules.iter().position(fits));
        let mut more = wishes.clone();
        let place = place.min(more.rules.len());
        more.rules.insert(place, other.clone());
        let then = decide(&more, &facts, &moment);
        if !fits(&other) || told.rule.is_some_and(|first| first < place) {
            prop_assert_eq!((told.held, told.loudness, told.sound, told.quieted), (then.held, then.loudness, then.sound, then.quieted));
        } else {
            prop_assert_eq!(then.rule, Some(place));
        }
    }

    #[test]
    fn rules_without_their_first_match_are_in_any_order(wishes in any_wishes(), facts in any_facts(), moment in any_circumstances(), seed in any::<usize>()) {
        // What does not fit may stand anywhere.
        let fits = |rule: &Rule| rule.fits(&facts, moment.now, &moment.time_zone);
        let mut idle = wishes.clone();
        idle.rules.retain(|rule| !fits(rule));
        let plain = decide(&Wishes { rules: Vec::new(), ..wishes.clone() }, &facts, &moment);
        let turn = seed % idle.rules.len().max(1);
        idle.rules.rotate_left(turn);
        prop_assert_eq!(decide(&idle, &facts, &moment), plain);
    }
}
