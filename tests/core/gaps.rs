//! What a gap says: what became of the calls in it, how troubles merge, and the words for a person.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use bellhop_core::gap::{
    BETWEEN, Cause, Gap, Outlook, Plan, SHORTEST, Span, Trouble, outlook, word,
};
use bellhop_core::notice::Here;
use bellhop_core::provider::Provider;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

/// Minutes after 2026-06-01 00:00 UTC, a Monday.
fn at(minute: i64) -> Timestamp {
    let start: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minute)
}

fn span(begin: i64, end: impl Into<Option<i64>>) -> Span {
    Span {
        begin: at(begin),
        end: end.into().map(at),
    }
}

fn webkasa() -> Plan {
    Provider::WebKasa.facts().retries.plan
}

#[test]
fn webkasa_sends_again_what_failed_in_a_morning() {
    // 09:10 to 11:40: the call of 11:04 has its fourth try at 13:40, and no call needs its fifth.
    let gap = span(550, 700);
    let seen = outlook(webkasa(), gap, &[gap], at(701));
    assert_eq!(
        seen,
        Outlook::Retrying {
            until: Some(at(820)),
            lost: None
        }
    );
    assert_eq!(
        outlook(webkasa(), gap, &[gap], at(821)),
        Outlook::Settled,
        "each had its try while we could be reached"
    );
}

#[test]
fn while_a_gap_goes_on_webkasas_last_try_of_the_first_call_counts() {
    let gap = span(550, None);
    let last = 550 + 26 * 60 + 36;
    let seen = |now| outlook(webkasa(), gap, &[gap], at(now));
    let hope = Outlook::Retrying {
        until: Some(at(last)),
        lost: None,
    };
    assert_eq!(seen(551), hope);
    assert_eq!(seen(last - 1), hope);
    assert_eq!(
        seen(last + 60),
        Outlook::Retrying {
            until: None,
            lost: Some((at(550), at(610)))
        }
    );
}

#[test]
fn a_last_try_that_falls_into_the_next_night_is_lost() {
    // Off from 18:00 to 08:00, two nights. What was sent before 05:24 waits for its last try, 24 hours after its fourth.
    let nights = [span(1080, 1920), span(1080 + 1440, 1920 + 1440)];
    let seen = |now| outlook(webkasa(), nights[0], &nights, at(now));
    let Outlook::Retrying { until, lost: None } =
        outlook(webkasa(), nights[0], &nights[..1], at(1921))
    else {
        panic!("what failed in the night is not given up in the morning");
    };
    assert_eq!(
        until,
        Some(at(1920 + 1440)),
        "the fourth try just failed at 08:00"
    );
    assert_eq!(
        seen(1920 + 1440 + 1),
        Outlook::GivenUp {
            lost: Some((at(1080), at(1920 - 156)))
        }
    );
}

/// What became of one call, try by try.
fn fate(sent: i64, minutes: &[i64], gaps: &[(i64, i64)], now: i64) -> (bool, Option<i64>) {
    let failed = |at: i64| gaps.iter().any(|(from, to)| (*from..*to).contains(&at));
    let mut after = 0;
    let mut next = None;
    for minute in minutes {
        after += minute;
        let at = sent + after;
        if at < now && !failed(at) {
            return (true, None);
        }
        if at >= now {
            next = next.or(Some(at));
        }
    }
    (false, next)
}

fn gaps() -> impl Strategy<Value = Vec<(i64, i64)>> {
    // Apart and in order: what the store keeps.
    let piece = (1..400_i64, 1..2_000_i64);
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| {
        let mut clock = 0;
        let mut gaps = Vec::new();
        for (before, lasted) in pieces {
            gaps.push((clock + before, clock + before + lasted));
            clock += before + lasted;
        }
        gaps
    })
}

proptest! {
    #[test]
    fn it_is_what_becomes_of_each_call(
        gaps in gaps(),
        minutes in proptest::collection::vec(1..1_500_i64, 1..6),
        which in any::<prop::sample::Index>(),
        later in 0..4_000_i64,
    ) {
        let (begin, end) = *which.get(&gaps);
        let now = end + later;
        let known: Vec<(i64, i64)> = gaps.into_iter().filter(|(from, _)| *from < now).collect();
        let spans: Vec<Span> = known.iter().map(|(from, to)| span(*from, *to)).collect();
        let minutes: &'static [i64] = Box::leak(minutes.into_boxed_slice());
        // One call a minute.
        let fates: Vec<(i64, (bool, Option<i64>))> = (begin..end)
            .map(|sent| (sent, fate(sent, minutes, &known, now)))
            .collect();
        let waiting = fates.iter().filter_map(|(_, (_, next))| *next).max();
        let lost: Vec<i64> = fates
            .iter()
            .filter(|(_, (arrived, next))| !arrived && next.is_none())
            .map(|(sent, _)| *sent)
            .collect();
        let lost = lost.first().zip(lost.last()).map(|(from, to)| (at(*from), at(to + 1)));
        let seen = outlook(Plan::After(minutes), span(begin, end), &spans, at(now));
        prop_assert_eq!(seen, match (waiting, lost) {
            // A call just before the end of its minute comes just before the next one.
            (Some(until), lost) => Outlook::Retrying { until: Some(at(until + 1)), lost },
            (None, Some(lost)) => Outlook::GivenUp { lost: Some(lost) },
            (None, None) => Outlook::Settled,
        });
    }

    #[test]
    fn a_wait_ends_after_the_gap_and_never_earlier_for_a_longer_one(
        begin in 0..3_000_i64,
        lasted in 0..6_000_i64,
        longer in 0..600_i64,
    ) {
        let until = |lasted: i64| {
            let gap = span(begin, begin + lasted);
            outlook(webkasa(), gap, &[gap], at(begin + lasted)).until()
        };
        if let Some(shorter) = until(lasted) {
            prop_assert!(shorter >= at(begin + lasted));
            prop_assert!(until(lasted + longer).unwrap() >= shorter);
        } else {
            prop_assert_eq!(lasted, 0);
        }
    }

    #[test]
    fn troubles_make_one_gap_with_the_longest_as_its_cause(
        steps in proptest::collection::vec((0..4_usize, -50..5_000_i64), 1..30),
    ) {
        let causes = [Cause::NotRunning, Cause::Asleep, Cause::Tunnel, Cause::Storage];
        let mut clock = 0;
        let mut gap = Gap::begin(Trouble::of(Cause::NotRunning), at(0));
        for (cause, minutes) in steps {
            // A clock may be set back.
            clock += minutes;
            gap.turn(Trouble::of(causes[cause]), at(clock));
            prop_assert_eq!(gap.trouble().cause, causes[cause], "while it goes on, what is wrong now");
        }
        gap.end(at(clock));
        let ended = gap.ended_at.unwrap();
        prop_assert!(ended >= gap.present_since && gap.present_since >= gap.began_at);
        prop_assert_eq!(gap.uncertain, at(clock) < gap.present_since);
        let stretch = match &gap.longest {
            Some((longest, lasted)) if longest == gap.trouble() => *lasted,
            _ => ended.duration_since(gap.present_since),
        };
        let longest = gap.longest.as_ref().map_or(stretch, |(_, lasted)| *lasted);
        prop_assert!(stretch >= longest || gap.trouble() == &gap.present);
    }

    #[test]
    fn every_provider_has_words_for_every_gap(
        provider in proptest::sample::select(Provider::ALL.to_vec()),
        begin in 0..3_000_i64,
        lasted in proptest::option::of(0..6_000_i64),
        later in 0..6_000_i64,
    ) {
        let gap = span(begin, lasted.map(|lasted| begin + lasted));
        let here = Here::new(at(begin + lasted.unwrap_or(0) + later), TimeZone::UTC);
        let seen = outlook(provider.facts().retries.plan, gap, &[gap], here.now);
        let words = word(provider, gap, seen, &here);
        for text in [&words.summary, &words.advice] {
            prop_assert!(text.ends_with('.') && !text.contains("  ") && !text.contains(" ."), "{}", text);
        }
    }
}

#[test]
fn the_same_trouble_again_is_one_gap_and_what_is_short_is_none() {
    let start = at(0);
    let after = |seconds: i64| start + SignedDuration::from_secs(seconds);
    let mut gap = Gap::begin(Trouble::of(Cause::Tunnel), start);
    gap.end(after(SHORTEST.as_secs() - 1));
    assert!(gap.is_trifle());
    assert!(gap.is_continued_at(after(SHORTEST.as_secs())));
    gap.turn(Trouble::of(Cause::Tunnel), after(20));
    gap.end(after(30));
    assert!(!gap.is_trifle());
    assert_eq!((gap.began_at, gap.ended_at), (start, Some(after(30))));
    assert!(!gap.is_continued_at(after(30 + BETWEEN.as_secs())));

    // Set back by an hour in between: nothing is negative, and it is kept and says so.
    let mut gap = Gap::begin(Trouble::of(Cause::EndedUnexpectedly), start);
    gap.end(after(-3_600));
    assert_eq!(gap.ended_at, Some(start));
    assert!(!gap.is_trifle() && gap.message().contains("clock was set back"));
}

#[test]
fn a_person_reads_what_the_provider_does_and_what_to_do() {
    let gap = span(550, 700);
    let read = |provider: Provider, gap: Span, now: i64| {
        let here = Here::new(at(now), TimeZone::UTC);
        let seen = outlook(provider.facts().retries.plan, gap, &[gap], at(now));
        let words = word(provider, gap, seen, &here);
        format!("{} {}", words.summary, words.advice)
    };
    assert_eq!(
        read(Provider::WebKasa, gap, 701),
        "WebKasa still sends again what failed in this time, until 13:40. Nothing needs to be done while Bellhop can be reached."
    );
    assert_eq!(
        read(Provider::WebKasa, span(550, None), 701),
        "WebKasa keeps trying. It gives up the first calls of this time at 11:46 on Tue 2 Jun. Nothing is lost if Bellhop can be reached again before then."
    );
    assert_eq!(
        read(Provider::Bookora, gap, 701),
        "Bookora sends a failed call again up to three times and does not publish when. For the calls of this time that is probably over. Open Bookora's calendar and compare the bookings that were made, moved or cancelled between 09:10 and 11:40."
    );
    assert_eq!(
        read(Provider::Kordless, span(550, 3_000), 9_000),
        "Kordless sends failed calls again and does not publish when, or for how long. Compare Kordless's calendar with the timeline, for bookings that were made, moved or cancelled between 09:10 on Mon 1 Jun and 02:00 on Wed 3 Jun."
    );
    assert!(
        read(Provider::ReserveKit, gap, 9_000).ends_with("between 09:10 and 11:40 on Mon 1 Jun.")
    );
    assert!(
        read(Provider::Orufy, span(550, None), 700)
            .contains("Once Bellhop can be reached again: Look for Orufy's alert e-mail")
    );
}
