//! Reading never fails, and whatever was read folds to the same booking in every order.

use bellhop_core::booking::fold;
use bellhop_core::call::Call;
use bellhop_core::event::Event;
use bellhop_core::interpretation::interpret;
use bellhop_core::notice::{Here, word};
use bellhop_core::provider::Provider;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// More than the longest text that an event may hold, in characters.
const LONG: usize = 1_000;

/// Calls that are read together, and events that are folded.
const CALLS: usize = 12;

/// The bodies of calls of `provider`, with an empty line between two.
pub fn check(provider: Provider, data: &[u8]) {
    let mut events: Vec<Event> = Vec::new();
    let mut rest = data;
    for _ in 0..CALLS {
        let end = rest.windows(2).position(|pair| pair == b"\n\n");
        let body = &rest[..end.unwrap_or(rest.len())];
        events.extend(read(provider, body));
        match end {
            Some(end) => rest = &rest[end + 2..],
            None => break,
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    events.retain(|event| seen.insert(event.fingerprint()));
    events.truncate(CALLS);
    check_fold(provider, &events);
}

fn read(provider: Provider, body: &[u8]) -> Vec<Event> {
    let call = Call {
        query: None,
        headers: Vec::new(),
        body: body.to_vec(),
    };
    let reading = interpret(provider, &call);
    assert_eq!(reading, interpret(provider, &call));
    assert!(!reading.events.is_empty());
    for problem in &reading.problems {
        assert!(!problem.code.is_empty() && !problem.message.is_empty());
        assert!(problem.message.len() < LONG, "{problem:?}");
    }
    reading.events.iter().for_each(check_event);
    reading.events
}

fn check_event(event: &Event) {
    if let Some(slot) = &event.slot {
        let (start, end) = (slot.start(), slot.end());
        assert!(end.is_none() || end >= start, "{slot:?}");
    }
    let attendee = &event.attendee;
    let texts = [
        &event.event_type,
        &event.provider_booking_id,
        &event.previous_provider_booking_id,
        &event.title,
        &event.host,
        &event.reason,
        &attendee.name,
        &attendee.email,
        &attendee.phone,
        &attendee.time_zone,
    ];
    for text in texts.into_iter().flatten() {
        assert!(!text.is_empty() && text.trim() == text, "{text:?}");
        assert!(text.chars().count() <= LONG);
    }
    // The store keeps a fact as JSON.
    let text = serde_json::to_vec(event).expect("an event can be written");
    assert_eq!(
        serde_json::from_slice::<Event>(&text).ok().as_ref(),
        Some(event)
    );
}

fn check_fold(provider: Provider, events: &[Event]) {
    let Some(story) = fold(events) else {
        return assert!(events.is_empty());
    };
    assert_eq!(story.steps.len(), events.len());
    let backwards: Vec<Event> = events.iter().rev().cloned().collect();
    let other = fold(&backwards).expect("as many events");
    assert_eq!(story.booking, other.booking);
    assert!(story.steps.iter().eq(other.steps.iter().rev()));
    for left_out in 0..events.len() {
        let mut some = events.to_vec();
        some.remove(left_out);
        assert_eq!(fold(&some).is_some(), !some.is_empty());
    }
    for time_zone in [TimeZone::UTC, summer_time()] {
        let here = Here::new(Timestamp::UNIX_EPOCH, time_zone);
        for (event, step) in events.iter().zip(&story.steps) {
            let worded = word(provider, event, Some(step), Some(&story.booking), &here);
            if let Some(worded) = worded {
                assert!(!worded.full.title.is_empty() && !worded.full.body.is_empty());
            }
            word(provider, event, None, None, &here);
        }
    }
}

fn summer_time() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a time zone")
}
