//! What the person does with a booking: being done with it, writing about it, reading its calls again. Through the real
//! inbox, worker and database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::sync::Arc;

use bellhop_core::booking::{Field, TextChange};
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleCall;
use bellhop_engine::Engine;
use bellhop_engine::store::deliveries::{DeliveryQuery, DeliveryState};
use bellhop_engine::store::timeline::{TimelineEntry, TimelineQuery};
use bellhop_engine::store::{StoreError, bookings, deliveries, notes, timeline};
use bellhop_test_support::telling::{Webhook, call_with, works};
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

struct World {
    engine: Arc<Engine>,
    kordless: Webhook,
    _data: TempDir,
}

/// A call of Kordless at an hour of a day.
#[derive(Clone, Copy)]
struct Told {
    event: &'static str,
    booking: &'static str,
    hour: u32,
    service: &'static str,
    email: Option<&'static str>,
    phone: &'static str,
}

const HAIRCUT: Told = Told {
    event: "booking.created",
    booking: "b1",
    hour: 10,
    service: "Haircut",
    email: Some("jane@example.com"),
    phone: "+1 202 555 0142",
};

impl World {
    async fn open() -> World {
        let data = tempfile::tempdir().unwrap();
        let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
        let kordless = Webhook::of_new_endpoint(&engine, Provider::Kordless).await;
        World {
            engine,
            kordless,
            _data: data,
        }
    }

    async fn tell(&self, told: Told, id: &'static str) {
        let body = json!({ "event": told.event, "timestamp": format!("2026-06-10T{:02}:00:00Z", told.hour),
            "data": { "booking": { "id": told.booking, "serviceId": told.service, "startsAt": "2026-07-01T10:00:00Z",
            "endsAt": "2026-07-01T10:45:00Z", "status": "confirmed",
            "contact": { "name": "Jane Doe", "email": told.email, "phone": told.phone } } } });
        let content = SampleCall {
            headers: vec![("x-kordless-webhook-id", id.to_owned())],
            body: body.to_string().into_bytes(),
        };
        let call = call_with(Provider::Kordless, content, Timestamp::UNIX_EPOCH);
        self.kordless
            .calls(&self.engine, call, Timestamp::UNIX_EPOCH)
            .await;
        works(&self.engine).await;
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.engine.store.write(work).await.unwrap()
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> T {
        self.engine.store.read_here(work).unwrap()
    }

    fn found(&self, words: &str) -> Vec<TimelineEntry> {
        let query = TimelineQuery {
            limit: 99,
            search: Some(words.to_owned()),
            ..TimelineQuery::default()
        };
        self.read(|connection| timeline::list(connection, &query))
    }

    fn done(&self) -> bool {
        let booking = self.read(|connection| bookings::get(connection, 1));
        let entries = self.read(|connection| timeline::of_booking(connection, 1));
        let done = booking.unwrap().done_at.is_some();
        assert!(entries.iter().all(|entry| entry.done == done));
        done
    }
}

#[tokio::test]
async fn a_call_whose_booking_cannot_be_read_keeps_no_other_waiting() {
    let world = World::open().await;
    world.tell(HAIRCUT, "1").await;
    world
        .write(|connection| {
            connection.execute("UPDATE event SET kind = 'unheard of'", [])?;
            Ok(())
        })
        .await;
    let again = Told {
        event: "booking.updated",
        hour: 11,
        ..HAIRCUT
    };
    world.tell(again, "2").await;
    let other = Told {
        booking: "b2",
        ..HAIRCUT
    };
    world.tell(other, "3").await;
    let query = DeliveryQuery {
        limit: 9,
        ..DeliveryQuery::default()
    };
    let mut calls = world.read(|connection| deliveries::list(connection, query));
    calls.sort_by_key(|call| call.id);
    let states: Vec<DeliveryState> = calls.iter().map(|call| call.state).collect();
    let expected = [
        DeliveryState::Processed,
        DeliveryState::Failed,
        DeliveryState::Processed,
    ];
    assert_eq!(states, expected);
}

#[tokio::test]
async fn a_booking_that_is_done_is_open_again_when_something_new_is_heard_of_it() {
    let world = World::open().await;
    world.tell(HAIRCUT, "1").await;
    let be_done =
        || world.write(|connection| bookings::set_done(connection, 1, Some(Timestamp::UNIX_EPOCH)));
    assert!(be_done().await);
    assert!(world.done());

    // Neither a repeat, nor the same fact under another id, nor reading a call again tells anything new.
    world.tell(HAIRCUT, "1").await;
    world.tell(HAIRCUT, "another").await;
    let replayed = world.write(|connection| deliveries::replay_booking(connection, 1));
    assert_eq!(replayed.await, (1, 0));
    works(&world.engine).await;
    assert!(world.done());
    let repeats = world.read(|connection| timeline::of_booking(connection, 1));
    assert_eq!(repeats[0].repeats, 1);

    let cancelled = Told {
        event: "booking.cancelled",
        hour: 11,
        ..HAIRCUT
    };
    world.tell(cancelled, "2").await;
    assert!(!world.done());
    assert!(be_done().await);
    world
        .write(|connection| bookings::set_done(connection, 1, None))
        .await;
    assert!(!world.done());
    let nothing = world.write(|connection| bookings::set_done(connection, 99, None));
    assert!(!nothing.await);
}

#[tokio::test]
async fn a_note_is_kept_found_changed_and_removed() {
    let world = World::open().await;
    world.tell(HAIRCUT, "1").await;
    let now = Timestamp::UNIX_EPOCH;
    let add =
        |text: &'static str| world.write(move |connection| notes::add(connection, 1, text, now));
    let note = add("  Allergic to almond oil \n").await.unwrap();
    assert_eq!(add(" \n ").await, None);
    assert!(
        add(Box::leak("é".repeat(notes::LONGEST + 9).into_boxed_str()))
            .await
            .is_some()
    );
    let kept = world.read(|connection| notes::of_booking(connection, 1));
    assert_eq!(kept[0].text, "Allergic to almond oil");
    assert_eq!(kept[1].text.chars().count(), notes::LONGEST);
    assert_eq!(world.found("almond").len(), 1);

    // What comes later is found by it too.
    let moved = Told {
        event: "booking.updated",
        hour: 11,
        ..HAIRCUT
    };
    world.tell(moved, "2").await;
    assert_eq!(world.found("almond").len(), 2);
    assert_eq!(world.found("almond jane").len(), 2);

    let edited = world.write(move |connection| notes::edit(connection, note, "Likes tea", now));
    assert_eq!(edited.await, Some(1));
    assert_eq!(
        (world.found("almond").len(), world.found("tea").len()),
        (0, 2)
    );
    let kept = world.read(|connection| notes::of_booking(connection, 1));
    assert_eq!(kept[0].edited_at, Some(now));

    let removed = || world.write(move |connection| notes::remove(connection, note));
    assert_eq!(removed().await, Some(1));
    assert_eq!(removed().await, None);
    assert!(world.found("tea").is_empty());
    let orphan = world.write(move |connection| notes::add(connection, 99, "nobody", now));
    assert_eq!(orphan.await, None);
}

#[tokio::test]
async fn other_bookings_are_those_of_the_same_address_or_else_the_same_number() {
    let world = World::open().await;
    let other = |booking, email, phone| Told {
        booking,
        email,
        phone,
        ..HAIRCUT
    };
    let calls = [
        HAIRCUT,
        other("b2", Some("JANE@example.com "), "other"),
        other("b3", Some("joe@example.com"), "+1 202 555 0142"),
        other("b4", None, "+1 (202) 555-0142"),
        other("b5", None, "12025550142"),
    ];
    for (call, id) in calls.into_iter().zip(["1", "2", "3", "4", "5"]) {
        world.tell(call, id).await;
    }
    let others = |id| {
        let found = world.read(|connection| bookings::others(connection, id, 9));
        found.iter().map(|other| other.id).collect::<Vec<_>>()
    };
    assert_eq!(others(1), [2]);
    assert_eq!(others(2), [1]);
    assert!(others(3).is_empty());
    assert_eq!(others(4), [5, 3, 1]);
}

#[tokio::test]
async fn the_story_is_told_in_the_providers_order_with_what_each_step_changed() {
    let world = World::open().await;
    let told = |event, hour, service, phone| Told {
        event,
        hour,
        service,
        phone,
        ..HAIRCUT
    };
    world
        .tell(told("booking.cancelled", 14, "Colour", "+1 303"), "3")
        .await;
    world.tell(HAIRCUT, "1").await;
    world
        .tell(told("booking.updated", 12, "Colour", HAIRCUT.phone), "2")
        .await;
    let story = world.read(|connection| timeline::story(connection, 1));
    let change = |field, from: &str, to: &str| TextChange {
        field,
        from: Some(from.to_owned()),
        to: to.to_owned(),
    };
    let changes: Vec<_> = story.iter().map(|step| step.changes.clone()).collect();
    assert_eq!(
        changes,
        [
            vec![],
            vec![change(Field::Title, "Haircut", "Colour")],
            vec![change(Field::Phone, HAIRCUT.phone, "+1 303")],
        ]
    );
    let ids: Vec<i64> = story.iter().map(|step| step.entry.event_id).collect();
    assert_eq!(ids, [2, 3, 1]);
}

#[tokio::test]
async fn a_call_whose_content_is_gone_is_not_read_again() {
    let world = World::open().await;
    world.tell(HAIRCUT, "1").await;
    let moved = Told {
        event: "booking.updated",
        hour: 11,
        ..HAIRCUT
    };
    world.tell(moved, "2").await;
    world
        .write(|connection| {
            connection.execute("UPDATE delivery SET erased_at = 1 WHERE id = 1", [])?;
            Ok(())
        })
        .await;
    let replayed = world.write(|connection| deliveries::replay_booking(connection, 1));
    assert_eq!(replayed.await, (1, 1));
    works(&world.engine).await;
    assert_eq!(
        world
            .read(|connection| timeline::of_booking(connection, 1))
            .len(),
        2
    );
}

/// As if an older version had read another id out of the call.
#[tokio::test]
async fn a_note_goes_where_its_booking_goes_when_a_call_is_read_otherwise() {
    let world = World::open().await;
    world.tell(HAIRCUT, "1").await;
    world
        .write(|connection| {
            notes::add(connection, 1, "Allergic to almond oil", Timestamp::UNIX_EPOCH)?;
            bookings::set_done(connection, 1, Some(Timestamp::UNIX_EPOCH))?;
            connection.execute_batch(
                "UPDATE booking_ref SET provider_booking_id = 'misread'; UPDATE event SET fingerprint = x'00';",
            )?;
            Ok(())
        })
        .await;
    let replayed = world.write(|connection| deliveries::replay_booking(connection, 1));
    assert_eq!(replayed.await, (1, 0));
    works(&world.engine).await;
    let entries = world.found("almond");
    let booking = entries.first().and_then(|entry| entry.booking_id).unwrap();
    assert_ne!(booking, 1, "it was not read otherwise");
    assert_eq!(entries[0].event_id, 1);
    assert!(entries[0].done);
    assert_eq!(world.read(|connection| bookings::get(connection, 1)), None);
    let notes = world.read(|connection| notes::of_booking(connection, booking));
    assert_eq!(notes[0].text, "Allergic to almond oil");
}
