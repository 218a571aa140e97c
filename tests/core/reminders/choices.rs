//! What the person chose, and what they answer.

use bellhop_core::answer::{Answer, Snooze};
use bellhop_core::reminder::{Cause, Own, Rule, Rules, Told, plan};

use crate::{at, day, due, here, lead, rules, subject, timed, told};

#[test]
fn a_snooze_is_silent_until_its_end_and_no_longer_than_until_the_booking_begins() {
    let rules = rules(&[60, 15, 5]);
    let mut booking = subject(timed(600, 630));
    let answered = |answer, minute| Told {
        answer: Some((Answer::Later(answer), at(minute))),
        ..told(Cause::Lead(60), 540)
    };
    booking.told = vec![answered(Snooze::FiveMinutes, 541)];
    assert_eq!(due(&booking, &rules, 545), None);
    let snoozed = Cause::Snooze(at(546));
    assert_eq!(due(&booking, &rules, 546).unwrap().cause, snoozed);
    booking.told.push(told(snoozed, 546));
    assert_eq!(due(&booking, &rules, 550), None);
    assert_eq!(due(&booking, &rules, 585), lead(600, 15));

    booking.told = vec![answered(Snooze::UntilStart, 541)];
    assert_eq!(due(&booking, &rules, 599), None);
    let start = Cause::Snooze(at(600));
    assert_eq!(due(&booking, &rules, 600).unwrap().cause, start);
    booking.told = vec![answered(Snooze::TenMinutes, 595)];
    assert_eq!(due(&booking, &rules, 600).unwrap().cause, start);
}

#[test]
fn what_nobody_answers_is_told_again_until_the_booking_begins() {
    let rules = Rules {
        repeat_minutes: Some(4),
        ..rules(&[15])
    };
    let mut booking = subject(timed(600, 630));
    booking.told = vec![told(Cause::Lead(15), 585)];
    let mut again = Vec::new();
    for now in 585..640 {
        if let Some(mark) = due(&booking, &rules, now) {
            booking.told.push(told(mark.cause, now));
            again.push(now);
        }
    }
    assert_eq!(again, [589, 593, 597]);
    booking.told.truncate(2);
    booking.told[0].answer = Some((Answer::Opened, at(586)));
    assert_eq!(
        due(&booking, &rules, 593).map(|mark| mark.at),
        Some(at(593))
    );
    booking.told[0].answer = Some((Answer::Opened, at(590)));
    assert_eq!(
        due(&booking, &rules, 593),
        None,
        "the answer is to the last one too"
    );
}

#[test]
fn the_first_rule_that_fits_is_the_bookings_and_its_own_choice_comes_before() {
    let rule = |endpoint_id, title: Option<&str>, leads: &[u32], card| Rule {
        endpoint_id,
        title: title.map(str::to_owned),
        leads: leads.to_vec(),
        card,
    };
    let rules = Rules {
        rules: vec![
            rule(Some(2), Some("cut"), &[5], false),
            rule(None, Some("HAIRCUT"), &[30], true),
            rule(Some(1), None, &[], false),
        ],
        ..rules(&[15])
    };
    let mut booking = subject(timed(600, 630));
    assert_eq!(due(&booking, &rules, 570), lead(600, 30));
    assert!(rules.has_card(1, Some("Haircut")) && !rules.has_card(2, Some("Haircut")));
    booking.title = None;
    assert_eq!(due(&booking, &rules, 599), None);
    booking.endpoint_id = 3;
    assert_eq!(due(&booking, &rules, 585), lead(600, 15));
    booking.own = Some(Own {
        leads: vec![2],
        since: at(0),
    });
    assert_eq!(due(&booking, &rules, 590), None);
    assert_eq!(due(&booking, &rules, 598), lead(600, 2));

    // "None" is none for a day as well.
    let mut whole_day = subject(day("2026-10-25"));
    let on_the_day = here("2026-10-25T09:00:00Z".parse().unwrap(), "UTC");
    assert!(plan(&whole_day, &rules, &on_the_day).due.is_some());
    whole_day.title = None;
    assert_eq!(plan(&whole_day, &rules, &on_the_day).due, None);
}
