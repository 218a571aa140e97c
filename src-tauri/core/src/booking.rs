//! A booking, folded from the set of its events.
//!
//! A booking is never patched. It is computed anew from all its events in the provider's order, so any order of arrival
//! and any number of repeats gives the same booking.
//!
//! # The provider's order
//!
//! 1. Where a reschedule makes a new id that points back, everything about the older id comes before everything about
//!    the newer one; the event that introduces the new id comes first there.
//! 2. Then by the provider's own time of the event; events without one first.
//! 3. At the same time: created, then changes, then completions, then cancellations.
//! 4. Last by content, so that the order is total and never depends on arrival.

mod text_change;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::event::{Attendee, BookingStatus, Event, EventKind};
use crate::slot::Slot;
pub use text_change::{Field, TextChange};

/// One appointment through its whole life, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// The ids the provider has used for it, oldest first.
    pub provider_booking_ids: Vec<String>,
    /// How it stands.
    pub status: BookingStatus,
    /// What is booked.
    pub title: Option<String>,
    /// When it takes place.
    pub slot: Option<Slot>,
    /// Who booked.
    pub attendee: Attendee,
    /// Who is booked.
    pub host: Option<String>,
    /// Why it was cancelled, while it is.
    pub reason: Option<String>,
}

/// What one event did to its booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What happened, seen beside the events before it.
    pub kind: EventKind,
    /// When the booking takes place after it.
    pub slot: Option<Slot>,
    /// When the booking was to take place before, where this event gives another time.
    pub previous: Option<Slot>,
    /// Whether a later event, in the provider's order, has been folded after it.
    pub overtaken: bool,
    /// How the booking stood after it.
    pub status: BookingStatus,
    /// Its place in the provider's order.
    pub place: usize,
    /// Which texts it changed. The first step changes none: with it everything began.
    pub changes: Vec<TextChange>,
}

/// A booking and how it came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The booking as it stands.
    pub booking: Booking,
    /// One step for each event given, in the order in which they were given.
    pub steps: Vec<Step>,
}

/// Folds all events of one booking. `None` if there are none.
pub fn fold(events: &[Event]) -> Option<Story> {
    let generations = generations(events);
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by_cached_key(|index| {
        events
            .get(*index)
            .map(|event| sort_key(event, &generations))
    });

    let mut state = State::default();
    let mut steps: BTreeMap<usize, Step> = BTreeMap::new();
    for (place, index) in order.iter().enumerate() {
        let event = events.get(*index)?;
        let mut step = state.apply(event);
        step.overtaken = place + 1 < order.len();
        step.place = place;
        steps.insert(*index, step);
    }
    let status = state.status?;
    let mut ids: Vec<String> = generations.keys().map(|id| (*id).to_owned()).collect();
    ids.sort_by_key(|id| generations.get(id.as_str()).copied());
    Some(Story {
        booking: Booking {
            provider_booking_ids: ids,
            status,
            title: state.known.title,
            slot: state.known.slot,
            attendee: state.known.attendee,
            host: state.known.host,
            reason: state.reason,
        },
        steps: steps.into_values().collect(),
    })
}

/// How many reschedules each provider id is away from the first id that is known.
fn generations(events: &[Event]) -> BTreeMap<&str, usize> {
    let mut previous: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for event in events {
        let Some(id) = event.provider_booking_id.as_deref() else {
            continue;
        };
        let before = event
            .previous_provider_booking_id
            .as_deref()
            .filter(|before| *before != id);
        let known = previous.entry(id).or_default();
        // Two events that disagree about the id before: the greater one, so that arrival does not decide.
        *known = (*known).max(before);
        if let Some(before) = before {
            previous.entry(before).or_default();
        }
    }
    previous
        .keys()
        .map(|id| (*id, generation(id, &previous)))
        .collect()
}

fn generation(id: &str, previous: &BTreeMap<&str, Option<&str>>) -> usize {
    let chain = std::iter::successors(Some(id), |id| previous.get(id).copied().flatten());
    // Ids that point at each other in a ring would never end.
    chain.take(previous.len()).count()
}

type SortKey = (usize, bool, Option<Timestamp>, u8, [u8; 32]);

fn sort_key(event: &Event, generations: &BTreeMap<&str, usize>) -> SortKey {
    let generation = event
        .provider_booking_id
        .as_deref()
        .and_then(|id| generations.get(id))
        .copied();
    let rank = match event.kind {
        EventKind::Created => 0,
        EventKind::Confirmed | EventKind::Rescheduled | EventKind::Updated | EventKind::Other => 1,
        EventKind::Completed | EventKind::NoShow => 2,
        EventKind::Cancelled => 3,
    };
    let introduces = event.previous_provider_booking_id.is_some();
    (
        generation.unwrap_or_default(),
        !introduces,
        event.occurred_at,
        rank,
        event.fingerprint(),
    )
}

#[derive(Default)]
struct State {
    created: bool,
    /// Whether it is cancelled, and an event has said that it was called off.
    cancellation_told: bool,
    status: Option<BookingStatus>,
    known: Known,
    reason: Option<String>,
}

impl State {
    fn apply(&mut self, event: &Event) -> Step {
        let previous = match (&self.known.slot, &event.slot) {
            (Some(known), Some(told)) if known.moved_to(told) => Some(known.clone()),
            _ => None,
        };
        let before = self.status.is_some().then(|| self.known.clone());
        let kind = self.settle(event, previous.is_some());
        let status = self.status_after(event, kind);
        self.created |= event.kind == EventKind::Created;
        self.status = Some(status);
        self.cancellation_told = status == BookingStatus::Cancelled
            && (self.cancellation_told || kind == EventKind::Cancelled);

        // A first booking that comes after its own cancellation, by a clock that is wrong, only fills in what is not known.
        let fills_in_only = kind == EventKind::Created && status == BookingStatus::Cancelled;
        self.learn(event, fills_in_only);
        self.reason = match kind {
            _ if EventKind::Cancelled == kind || EventKind::Cancelled == event.kind => {
                event.reason.clone().or_else(|| self.reason.take())
            }
            _ if status == BookingStatus::Cancelled => self.reason.take(),
            _ => None,
        };
        Step {
            kind,
            slot: self.known.slot.clone(),
            previous,
            overtaken: false,
            status,
            place: 0,
            changes: before.map_or_else(Vec::new, |before| {
                text_change::between(&before, &self.known)
            }),
        }
    }

    /// What happened, seen beside what is known.
    fn settle(&self, event: &Event, moved: bool) -> EventKind {
        use EventKind::*;
        let cancels = event.status == Some(BookingStatus::Cancelled)
            && self.status != Some(BookingStatus::Cancelled);
        match event.kind {
            // Providers without a word for a move (WebKasa) tell of it by repeating another event with another time.
            Created if self.created && moved => Rescheduled,
            Created if event.previous_provider_booking_id.is_some() => Rescheduled,
            Created if self.created => Updated,
            Confirmed if moved => Rescheduled,
            Rescheduled | Updated if cancels => Cancelled,
            // A cancellation that is told of again, in other words, is no second one.
            Cancelled if self.cancellation_told => Updated,
            Rescheduled if self.same_time_as(event) => Updated,
            Updated if moved => Rescheduled,
            Updated if self.becomes_confirmed(event) => Confirmed,
            stated => stated,
        }
    }

    /// Whether the event gives the time that is known already: then nothing was moved, whatever the provider calls it.
    fn same_time_as(&self, event: &Event) -> bool {
        matches!((&self.known.slot, &event.slot), (Some(known), Some(told)) if !known.moved_to(told))
    }

    fn becomes_confirmed(&self, event: &Event) -> bool {
        event.status == Some(BookingStatus::Confirmed)
            && self.status != Some(BookingStatus::Confirmed)
    }

    fn status_after(&self, event: &Event, kind: EventKind) -> BookingStatus {
        use BookingStatus::*;
        let stands = self.status.unwrap_or(Confirmed);
        match kind {
            EventKind::Created => self.status.or(event.status).unwrap_or(Confirmed),
            EventKind::Confirmed => Confirmed,
            _ if event.kind == EventKind::Cancelled => Cancelled,
            EventKind::Cancelled => Cancelled,
            EventKind::Completed => Completed,
            EventKind::NoShow => NoShow,
            // A repeated `created` is no reason to revive a booking that was cancelled.
            _ if event.kind == EventKind::Created
                && event.previous_provider_booking_id.is_none() =>
            {
                stands
            }
            EventKind::Rescheduled => event.status.unwrap_or(Confirmed),
            EventKind::Updated => event.status.unwrap_or(stands),
            EventKind::Other => stands,
        }
    }

    fn learn(&mut self, event: &Event, fills_in_only: bool) {
        let (known, told) = (std::mem::take(&mut self.known), Known::of(event));
        self.known = if fills_in_only {
            known.or(told)
        } else {
            told.after(known)
        };
    }
}

/// What is known of a booking besides its status.
#[derive(Clone, Default)]
struct Known {
    title: Option<String>,
    slot: Option<Slot>,
    attendee: Attendee,
    host: Option<String>,
}

impl Known {
    fn of(event: &Event) -> Known {
        Known {
            title: event.title.clone(),
            slot: event.slot.clone(),
            attendee: event.attendee.clone(),
            host: event.host.clone(),
        }
    }

    /// `self`, completed with what only `other` knows.
    fn or(self, other: Known) -> Known {
        Known {
            title: self.title.or(other.title),
            slot: self.slot.or(other.slot),
            attendee: self.attendee.or(other.attendee),
            host: self.host.or(other.host),
        }
    }

    /// What is told now, over what was known before.
    fn after(self, before: Known) -> Known {
        let slot = match (&before.slot, &self.slot) {
            (Some(known), Some(told)) => Some(known.completed_by(told)),
            _ => None,
        };
        let told = self.or(before);
        Known {
            slot: slot.or(told.slot),
            ..told
        }
    }
}
