//! What a person does with the data, at real files: how much notifications tell, how long calls are kept, what a backup
//! holds, what is known of somebody.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::path::Path;
use std::sync::Arc;

use bellhop_core::notice::{Here, Privacy};
use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::Engine;
use bellhop_engine::announcing::{self, Bubble};
use bellhop_engine::restoring::{self, RestoreError};
use bellhop_engine::store::attendees::Person;
use bellhop_engine::store::settings;
use bellhop_test_support::bubbles::Bubbles;
use bellhop_test_support::telling::{Webhook, call_of, works};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

const PROVIDER: Provider = Provider::Kordless;
const HEADLINES: [&str; 3] = ["New booking", "Moved", "Cancelled"];

async fn open() -> (Arc<Engine>, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
    (engine, data)
}

/// Takes a call for each act of one booking, at the moment `received`.
async fn book(engine: &Engine, number: u64, received: Timestamp) -> SampleBooking {
    let kordless = Webhook::of_new_endpoint(engine, PROVIDER).await;
    let second = SignedDuration::from_secs(1);
    let booked = SampleBooking::new(number, Timestamp::now());
    let moved = booked.moved(booked.now + second);
    let cancelled = moved.told_again(moved.now + second);
    for (act, booking) in [
        (Act::Book, &booked),
        (Act::Move, &moved),
        (Act::Cancel, &cancelled),
    ] {
        let call = call_of(PROVIDER, PROVIDER.event_type_of(act), booking);
        kordless.calls(engine, call, received).await;
    }
    cancelled
}

/// What the desktop is asked to show of one booking's life.
async fn shown(privacy: Privacy) -> (Vec<Bubble>, SampleBooking) {
    let (engine, _data) = open().await;
    let word = privacy.as_str();
    engine
        .store
        .write(move |connection| {
            settings::set(connection, settings::NOTIFICATION_PRIVACY, Some(word))
        })
        .await
        .unwrap();
    let booking = book(&engine, 7, Timestamp::now()).await;
    works(&engine).await;
    let desktop = Bubbles::of(&engine);
    let bubbles = desktop.at_least(3).await;
    desktop.end().await;
    (bubbles, booking)
}

#[tokio::test]
async fn notifications_tell_as_much_as_was_chosen() {
    let (full, booking) = shown(Privacy::Full).await;
    let (no_names, _) = shown(Privacy::WithoutNames).await;
    let (nothing, _) = shown(Privacy::Nothing).await;
    let text = |bubble: &Bubble| format!("{}\n{}", bubble.title, bubble.body);
    for (number, headline) in HEADLINES.into_iter().enumerate() {
        assert!(
            text(&full[number]).contains(booking.name),
            "{:?}",
            full[number]
        );
        assert!(text(&full[number]).contains(booking.service));

        assert_eq!(no_names[number].title, headline);
        let said = text(&no_names[number]);
        for telling in [booking.name, booking.service, booking.host, &booking.email] {
            assert!(!said.contains(telling), "{said}");
        }
        // The time and the booking system are what it is for.
        let first_line = full[number].body.lines().next().unwrap();
        assert_eq!(no_names[number].body, format!("{first_line}\n{PROVIDER}"));

        assert_eq!(nothing[number].title, headline);
        assert_eq!(nothing[number].body, "");
        // A click opens the booking all the same.
        assert!(nothing[number].booking_id.is_some());
    }
    assert!(no_names[1].body.contains('→'));
}

#[tokio::test]
async fn a_level_that_is_not_known_tells_nothing_and_the_test_tells_as_much_as_chosen() {
    let (engine, _data) = open().await;
    let write = |word: Option<&'static str>| {
        engine.store.write(move |connection| {
            settings::set(connection, settings::NOTIFICATION_PRIVACY, word)
        })
    };
    let level = || engine.store.read(settings::privacy);
    assert_eq!(level().await.unwrap(), Privacy::Full);
    write(Some("initials")).await.unwrap();
    assert_eq!(level().await.unwrap(), Privacy::Nothing);

    let here = Here::new(Timestamp::now(), TimeZone::UTC);
    let example = |privacy| announcing::example(privacy, &here);
    assert_eq!(
        example(Privacy::Full).title,
        "Test · New booking: Alex Example"
    );
    assert!(example(Privacy::Full).body.contains("Haircut"));
    let discreet = example(Privacy::WithoutNames);
    assert_eq!(discreet.title, "Test · New booking");
    assert!(discreet.body.contains("Kordless") && !discreet.body.contains("Haircut"));
    assert_eq!(example(Privacy::Nothing).body, "");
}

#[tokio::test]
async fn what_a_rule_would_remove_is_what_it_removes() {
    let (engine, _data) = open().await;
    let now = Timestamp::now();
    book(&engine, 1, now - SignedDuration::from_hours(24 * 100)).await;
    book(&engine, 2, now - SignedDuration::from_hours(24 * 40)).await;
    book(&engine, 3, now).await;
    works(&engine).await;
    let due = async |days| engine.due_after(days).await.unwrap().deliveries;
    assert_eq!(due(None).await, 0);
    assert_eq!(due(Some(365)).await, 0);
    assert_eq!(due(Some(90)).await, 3);
    assert_eq!(due(Some(30)).await, 6);
    assert!(engine.due_after(Some(30)).await.unwrap().bytes > 0);

    assert_eq!(engine.keep_calls_for(Some(90)).await.unwrap(), 3);
    assert_eq!(due(Some(90)).await, 0);
    assert_eq!(due(Some(30)).await, 3);
    assert_eq!(engine.keep_calls_for(None).await.unwrap(), 0);
    // The rows stay, so that repeats are recognised.
    assert_eq!(engine.footprint().await.unwrap().content.deliveries, 9);
}

#[tokio::test]
async fn a_backup_is_looked_into_before_anything_is_restored() {
    let (engine, data) = open().await;
    book(&engine, 1, Timestamp::now()).await;
    works(&engine).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("backup of may.db");
    engine.store.back_up(&file).await.unwrap();
    let bytes = std::fs::read(&file).unwrap();
    book(&engine, 2, Timestamp::now()).await;

    // While the program has its data open.
    let content = restoring::look_into(data.path(), &file).await.unwrap();
    assert_eq!((content.bookings, content.deliveries), (1, 3));
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
    assert_eq!(engine.footprint().await.unwrap().content.deliveries, 6);

    let look = async |file: &Path| restoring::look_into(data.path(), file).await.unwrap_err();
    let text = elsewhere.path().join("notes.db");
    std::fs::write(
        &text,
        "Not a database, but long enough to look at. ".repeat(200),
    )
    .unwrap();
    assert!(matches!(look(&text).await, RestoreError::NoBackup(_)));
    let damaged = elsewhere.path().join("damaged.db");
    std::fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(
        look(&damaged).await,
        RestoreError::Damaged { .. } | RestoreError::NoBackup(_)
    ));
    let own = data.path().join("bellhop.db");
    assert!(matches!(look(&own).await, RestoreError::Itself(_)));

    drop(engine);
    let restored = restoring::restore(data.path(), &file).await.unwrap();
    assert_eq!(restored.content, content);
    let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
    let footprint = engine.footprint().await.unwrap();
    assert_eq!(footprint.content, content);
    let copies: Vec<_> = footprint.copies.iter().map(|copy| &copy.file).collect();
    assert_eq!(copies, [&restored.kept_aside.unwrap()]);
    assert!(footprint.copies[0].bytes > 0 && footprint.database > 0);
}

#[tokio::test]
async fn what_is_known_of_a_person_is_shown_before_it_goes() {
    let (engine, _data) = open().await;
    let booking = book(&engine, 1, Timestamp::now()).await;
    let other = book(&engine, 2, Timestamp::now()).await;
    let person = || Person::new(None, Some(&booking.email), None).unwrap();
    let found = engine.find_person(person()).await.unwrap();
    assert_eq!(found.newest.len(), 1);
    assert_eq!(
        found.newest[0].attendee.email.as_deref(),
        Some(&*booking.email)
    );
    let known_as: Vec<&str> = found.known_as().collect();
    assert!(known_as.contains(&booking.name) && known_as.contains(&&*booking.email));
    assert!(!known_as.contains(&&*other.email));
    assert_eq!(found.extent.deliveries, 3);

    let gone = engine.erase_person(found).await.unwrap();
    assert_eq!((gone.bookings, gone.events), (1, 3));
    let after = engine.find_person(person()).await.unwrap();
    assert_eq!(after.extent, Default::default());
    assert!(after.newest.is_empty());
    assert_eq!(engine.footprint().await.unwrap().content.bookings, 1);
}
