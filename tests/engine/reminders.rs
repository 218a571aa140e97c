//! Reminders on real files: what is planned at which moment, whatever became of the booking, the program and the data.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bellhop_core::call::Call;
use bellhop_core::notice::{Held, Here, NoticeKind};
use bellhop_core::provider::Provider;
use bellhop_core::reminder::{Own, Rule, Rules};
use bellhop_core::sample::SampleBooking;
use bellhop_core::signature::{Checked, SecretValue, SigningSecret, sign, verify};
use bellhop_engine::announcing::{self, Bubble};
use bellhop_engine::store::attendees::Person;
use bellhop_engine::store::{bookings, deliveries, notices, reminders};
use bellhop_engine::worker::drain;
use bellhop_engine::{Engine, reminding, restoring};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const CREATED: &str = "booking.created";
const MOVED: &str = "booking.updated";
const CANCELLED: &str = "booking.cancelled";

/// A Monday.
fn at(time: &str) -> Timestamp {
    format!("2027-03-01T{time}Z").parse().unwrap()
}

fn here(now: Timestamp, zone: &str) -> Here {
    Here {
        now,
        time_zone: TimeZone::get(zone).unwrap(),
    }
}

struct World {
    engine: Option<Arc<Engine>>,
    endpoints: [i64; 2],
    data: TempDir,
    calls: u32,
}

impl World {
    async fn open() -> World {
        let data = tempfile::tempdir().unwrap();
        let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
        let mut endpoints = [0; 2];
        for (endpoint, provider) in endpoints
            .iter_mut()
            .zip([Provider::Kordless, Provider::ReserveKit])
        {
            *endpoint = engine.add_endpoint(provider, None, None).await.unwrap().id;
        }
        World {
            engine: Some(engine),
            endpoints,
            data,
            calls: 0,
        }
    }

    fn engine(&self) -> &Arc<Engine> {
        self.engine.as_ref().unwrap()
    }

    async fn restart(&mut self) {
        self.engine = None;
        let engine = Engine::open_with_file_secrets(self.data.path()).await;
        self.engine = Some(engine.unwrap());
    }

    async fn choose(&self, rules: Rules, now: Timestamp) {
        let set = move |connection: &Connection| reminders::set_rules(connection, &rules, now);
        self.engine().store.write(set).await.unwrap();
    }

    /// A call that comes at this moment.
    async fn tell(
        &mut self,
        provider: Provider,
        event: &str,
        booking: &SampleBooking,
        received: Timestamp,
    ) {
        self.calls += 1;
        let booking = SampleBooking {
            now: received,
            revision: self.calls,
            ..booking.clone()
        };
        let sample = provider.sample(event, &booking).unwrap();
        let value = SecretValue::new("s").unwrap();
        let has_signatures = provider == Provider::Kordless;
        let signed = has_signatures.then(|| sign(provider, Some(&value), None, 0, &sample.body));
        let own = sample
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let headers = own.chain(signed.into_iter().flat_map(|signed| signed.headers));
        let call = Call {
            query: None,
            headers: headers
                .map(|(name, value)| (name, value.into_bytes()))
                .collect(),
            body: sample.body,
        };
        let checked = Checked {
            endpoint_id: self.endpoints[usize::from(provider == Provider::ReserveKit)],
            provider,
            secrets: match has_signatures {
                true => vec![SigningSecret { id: -1, value }],
                false => Vec::new(),
            },
            pinned: None,
        };
        let delivery = verify(&checked, call).unwrap();
        let store = &self.engine().store;
        let accept = move |connection: &Connection| {
            deliveries::accept(connection, &delivery, received).map(drop)
        };
        store.write(accept).await.unwrap();
        drain(store, &self.engine().changes).await.unwrap();
    }

    async fn kordless(&mut self, event: &str, booking: &SampleBooking, received: Timestamp) {
        self.tell(Provider::Kordless, event, booking, received)
            .await;
    }

    /// The program looks at this moment and the desktop shows what there is to show. Gives that.
    async fn look(&self, now: Timestamp) -> Vec<String> {
        self.look_in(now, "UTC").await
    }

    async fn look_in(&self, now: Timestamp, zone: &str) -> Vec<String> {
        reminding::look(self.engine(), &here(now, zone))
            .await
            .unwrap();
        let show = move |connection: &Connection| {
            let waiting = notices::waiting(connection, now)?;
            let reminders = waiting
                .into_iter()
                .filter(|notice| notice.kind.as_str() == "reminder");
            let (ids, told): (Vec<i64>, Vec<String>) = reminders
                .map(|notice| {
                    (
                        notice.id,
                        format!(
                            "{} | {}",
                            notice.words.full.title,
                            notice.words.full.body.replace('\n', " | ")
                        ),
                    )
                })
                .unzip();
            notices::mark_shown(connection, &ids, now)?;
            Ok(told)
        };
        self.engine().store.write(show).await.unwrap()
    }

    async fn next(&self, now: Timestamp) -> Timestamp {
        reminding::look(self.engine(), &here(now, "UTC"))
            .await
            .unwrap()
    }

    async fn answer(&self, word: &'static str, now: Timestamp) {
        let answer = move |connection: &Connection| reminders::answer(connection, 1, word, now);
        self.engine().store.write(answer).await.unwrap();
    }

    fn count(&self, what: &str) -> i64 {
        let count = |connection: &Connection| {
            Ok(connection.query_row(
                &format!("SELECT count(*) FROM notice WHERE kind = 'reminder' AND {what}"),
                [],
                |row| row.get(0),
            )?)
        };
        self.engine().store.read_here(count).unwrap()
    }
}

fn booking(number: u64, start: &str) -> SampleBooking {
    SampleBooking {
        start: at(start),
        ..SampleBooking::new(number, at("00:00:00"))
    }
}

fn leads(leads: &[u32]) -> Rules {
    Rules {
        leads: leads.to_vec(),
        ..Rules::default()
    }
}

const NONE: [&str; 0] = [];

#[tokio::test]
async fn a_reminder_comes_at_its_moment_once_and_in_its_words() {
    let mut world = World::open().await;
    world
        .kordless(CREATED, &booking(0, "10:00:00"), at("08:00:00"))
        .await;
    assert_eq!(world.next(at("09:00:00")).await, at("09:45:00"));
    assert_eq!(world.look(at("09:44:59")).await, NONE);
    let told =
        "In 15 minutes: Amelia Hart | Mon 1 Mar, 10:00–10:45 | Haircut and finish · Kordless";
    assert_eq!(world.look(at("09:45:00")).await, [told]);
    assert_eq!(world.look(at("09:45:10")).await, NONE);
    world.restart().await;
    assert_eq!(world.look(at("09:46:00")).await, NONE);
    assert_eq!(
        world.count("once LIKE 'reminder:1:1803895200:900' AND booking_id = 1 AND endpoint_id = 1"),
        1
    );
}

#[tokio::test]
async fn a_move_moves_it_and_a_cancellation_stops_it_at_once() {
    let mut world = World::open().await;
    let first = booking(0, "10:00:00");
    world.kordless(CREATED, &first, at("08:00:00")).await;
    let moved = booking(0, "11:00:00");
    world.kordless(MOVED, &moved, at("09:44:00")).await;
    assert_eq!(world.look(at("09:45:00")).await, NONE);
    assert_eq!(world.next(at("09:50:00")).await, at("10:45:00"));
    assert_eq!(world.look(at("10:45:00")).await.len(), 1);
    // Moved again after it was told: the new beginning has its own.
    world
        .kordless(MOVED, &booking(0, "12:00:00"), at("10:46:00"))
        .await;
    assert_eq!(world.look(at("10:50:00")).await, NONE);
    assert_eq!(world.look(at("11:45:00")).await.len(), 1);

    let other = booking(1, "13:00:00");
    world.kordless(CREATED, &other, at("11:46:00")).await;
    world.kordless(CANCELLED, &other, at("12:44:00")).await;
    assert_eq!(world.look(at("12:45:00")).await, NONE);
    let done = booking(2, "14:00:00");
    world.kordless(CREATED, &done, at("12:46:00")).await;
    let set = |connection: &Connection| bookings::set_done(connection, 3, Some(at("13:00:00")));
    assert!(world.engine().store.write(set).await.unwrap());
    assert_eq!(world.look(at("13:45:00")).await, NONE);
}

/// The desktop takes no notification for a while, and the booking is called off meanwhile.
#[tokio::test]
async fn one_that_could_not_be_shown_is_not_shown_when_it_is_over() {
    let mut world = World::open().await;
    let first = booking(0, "10:00:00");
    world.kordless(CREATED, &first, at("08:00:00")).await;
    world
        .kordless(CREATED, &booking(1, "10:05:00"), at("08:00:00"))
        .await;
    world.next(at("09:50:00")).await;
    assert_eq!(
        world.count("shown_at IS NULL AND title = 'In 10 minutes: Amelia Hart'"),
        1
    );
    world.kordless(CANCELLED, &first, at("09:51:00")).await;
    // The other one waits on, and says how soon it is now.
    let told = world.look(at("09:55:00")).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("In 10 minutes: Noah"), "{told:?}");
    assert!(
        told[0].ends_with("This reminder is 5 minutes late."),
        "{told:?}"
    );
    assert_eq!(world.count("held = 'over' AND booking_id = 1"), 1);
}

#[tokio::test]
async fn after_sleep_those_missed_become_one_that_says_how_late_it_is() {
    let mut world = World::open().await;
    world.choose(leads(&[60, 15, 5]), at("00:00:00")).await;
    for (number, start) in [
        (0, "10:00:00"),
        (1, "10:30:00"),
        (2, "09:00:00"),
        (3, "10:10:00"),
    ] {
        world
            .kordless(CREATED, &booking(number, start), at("07:00:00"))
            .await;
    }
    let told = world.look(at("10:05:00")).await;
    // The one at nine is over by then. All others are told of once.
    let titles: Vec<&str> = told
        .iter()
        .filter_map(|told| told.split(" | ").next())
        .collect();
    assert_eq!(
        titles,
        [
            "Began 5 minutes ago: Amelia Hart",
            "In 5 minutes: Mateo García",
            "In 25 minutes: Noah Lindqvist"
        ]
    );
    assert!(told[0].ends_with("This reminder is 10 minutes late."));
    assert!(
        told[1].ends_with("Kordless"),
        "that one is at its own moment"
    );
    assert!(told[2].ends_with("This reminder is 35 minutes late."));
    assert_eq!(world.look(at("10:06:00")).await, NONE);
    assert_eq!(world.look(at("10:15:00")).await.len(), 1);
}

#[tokio::test]
async fn bookings_back_to_back_have_a_reminder_each() {
    let mut world = World::open().await;
    for number in 0..6 {
        let start = at("10:00:00") + SignedDuration::from_mins(5 * i64::try_from(number).unwrap());
        let short = SampleBooking {
            start,
            minutes: 5,
            ..booking(number, "10:00:00")
        };
        world.kordless(CREATED, &short, at("07:00:00")).await;
    }
    let mut now = at("09:40:00");
    let mut moments = Vec::new();
    while now < at("10:40:00") {
        for told in world.look(now).await {
            assert!(told.starts_with("In 15 minutes: "), "{told}");
            moments.push(now.strftime("%H:%M").to_string());
        }
        now += SignedDuration::from_mins(1);
    }
    assert_eq!(
        moments,
        ["09:45", "09:50", "09:55", "10:00", "10:05", "10:10"]
    );
}

#[tokio::test]
async fn a_booking_of_a_day_is_told_of_at_the_hour_of_the_place() {
    let mut world = World::open().await;
    let day = booking(0, "10:00:00");
    world
        .tell(
            Provider::ReserveKit,
            "bookings.create",
            &day,
            at("00:00:00") - SignedDuration::from_hours(24),
        )
        .await;
    assert_eq!(world.look_in(at("06:59:00"), "Europe/Berlin").await, NONE);
    // In another zone after a restart its hour has not come yet.
    world.restart().await;
    assert_eq!(world.look_in(at("07:00:00"), "Europe/London").await, NONE);
    let told = world.look_in(at("08:00:00"), "Europe/London").await;
    assert_eq!(
        told,
        ["Today: Amelia Hart | Mon 1 Mar | service 12 · ReserveKit"]
    );
    assert_eq!(
        world.look_in(at("13:00:00"), "America/New_York").await,
        NONE
    );
}

#[tokio::test]
async fn a_snooze_and_repeats_survive_a_restart() {
    let mut world = World::open().await;
    let repeat = Rules {
        repeat_minutes: Some(3),
        ..leads(&[15])
    };
    world.choose(repeat, at("00:00:00")).await;
    world
        .kordless(CREATED, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    assert_eq!(world.look(at("09:45:00")).await.len(), 1);
    assert_eq!(world.next(at("09:45:01")).await, at("09:48:00"));
    world.restart().await;
    assert_eq!(world.look(at("09:48:00")).await.len(), 1);
    world.answer("snoozed_5", at("09:49:00")).await;
    world.restart().await;
    assert_eq!(world.look(at("09:51:00")).await, NONE);
    let told = world.look(at("09:54:00")).await;
    assert!(told[0].starts_with("In 6 minutes: Amelia Hart"), "{told:?}");
    world.answer("snoozed_start", at("09:55:00")).await;
    assert_eq!(world.look(at("09:57:00")).await, NONE);
    let told = world.look(at("10:00:00")).await;
    assert!(told[0].starts_with("Now: Amelia Hart"), "{told:?}");
    world.answer("opened", at("10:00:10")).await;
    assert_eq!(world.look(at("10:03:00")).await, NONE);
}

/// What came in a pause is listed. It is not made up for, and what comes after it comes.
#[tokio::test]
async fn a_reminder_that_was_held_back_is_not_shown_later_nor_told_again() {
    let mut world = World::open().await;
    let rules = Rules {
        repeat_minutes: Some(2),
        card: true,
        ..leads(&[15, 5])
    };
    world.choose(rules, at("00:00:00")).await;
    world
        .kordless(CREATED, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    world.next(at("09:45:00")).await;
    let hold = |connection: &Connection| {
        let waiting = notices::waiting(connection, at("09:45:00"))?;
        let reminder = waiting
            .iter()
            .find(|notice| notice.kind == NoticeKind::Reminder);
        notices::hold(connection, &[reminder.unwrap().id], Held::Paused)
    };
    world.engine().store.write(hold).await.unwrap();
    assert_eq!(world.look(at("09:49:00")).await, NONE);
    let cards =
        |connection: &Connection| reminding::cards(connection, &here(at("09:49:00"), "UTC"));
    assert!(world.engine().store.read_here(cards).unwrap().0.is_empty());
    assert_eq!(world.look(at("09:55:00")).await.len(), 1);
    // Shown while the desktop was asked not to disturb, it does not come on top of everything either.
    let later = here(at("09:56:00"), "UTC");
    let cards = || {
        let cards = |connection: &Connection| reminding::cards(connection, &later);
        world.engine().store.read_here(cards).unwrap().0.len()
    };
    assert_eq!(cards(), 1);
    let quiet = |connection: &Connection| {
        Ok(connection.execute_batch("UPDATE notice SET quieted = 1 WHERE shown_at IS NOT NULL")?)
    };
    world.engine().store.write(quiet).await.unwrap();
    assert_eq!(cards(), 0);
    assert_eq!(world.count("held = 'paused'"), 1);
}

/// A clock that was set forward by a day, and is put right.
#[tokio::test]
async fn a_clock_that_was_wrong_for_a_while_takes_no_reminder_away() {
    let mut world = World::open().await;
    world
        .kordless(CREATED, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    let day = SignedDuration::from_hours(24);
    assert_eq!(world.look(at("08:00:00") + day).await, NONE);
    // What comes while it is wrong was received tomorrow.
    world
        .kordless(CREATED, &booking(1, "10:05:00"), at("08:00:00") + day)
        .await;
    assert_eq!(world.look(at("09:45:00")).await.len(), 1);
    assert_eq!(world.look(at("09:50:00")).await.len(), 1);
}

#[tokio::test]
async fn rules_and_a_bookings_own_choice_say_when() {
    let mut world = World::open().await;
    let rule = Rule {
        title: Some("piano".to_owned()),
        leads: vec![30],
        card: true,
        ..Rule::default()
    };
    let quiet = Rule {
        endpoint_id: Some(world.endpoints[1]),
        ..Rule::default()
    };
    let rules = Rules {
        rules: vec![rule, quiet],
        ..leads(&[15])
    };
    world.choose(rules, at("00:00:00")).await;
    // The third sample is a piano lesson.
    for (number, start) in [(0, "10:00:00"), (1, "10:00:00"), (2, "10:00:00")] {
        world
            .kordless(CREATED, &booking(number, start), at("07:00:00"))
            .await;
    }
    world
        .tell(
            Provider::ReserveKit,
            "bookings.create",
            &booking(4, "10:00:00"),
            at("00:00:00") - SignedDuration::from_hours(24),
        )
        .await;
    let own = |booking_id, leads: &'static [u32]| {
        let own = Own {
            leads: leads.to_vec(),
            since: at("07:30:00"),
        };
        world
            .engine()
            .store
            .write(move |connection| reminders::set_own(connection, booking_id, Some(&own)))
    };
    assert!(
        own(1, &[]).await.unwrap()
            && own(2, &[120]).await.unwrap()
            && !own(99, &[1]).await.unwrap()
    );
    let told = world.look(at("08:00:00")).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("In 2 hours: Noah"), "{told:?}");
    assert_eq!(world.look(at("09:29:00")).await, NONE);
    let told = world.look(at("09:30:00")).await;
    assert!(told[0].starts_with("In 30 minutes: Priya"), "{told:?}");
    let cards = |now| {
        let cards = move |connection: &Connection| reminding::cards(connection, &here(now, "UTC"));
        let (cards, over) = world.engine().store.read_here(cards).unwrap();
        let ids: Vec<i64> = cards.iter().map(|card| card.booking_id).collect();
        (ids, over)
    };
    assert_eq!(cards(at("09:31:00")), (vec![3], Some(at("11:00:00"))));
    assert_eq!(cards(at("11:00:00")), (vec![], None));
    assert_eq!(world.look(at("09:45:00")).await, NONE);
    world
        .engine()
        .answer_reminders(3, "dismissed".to_owned())
        .await
        .unwrap();
    assert_eq!(cards(at("09:47:00")), (vec![], None));
}

#[tokio::test]
async fn an_erased_person_has_no_reminders() {
    let mut world = World::open().await;
    world
        .kordless(CREATED, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    world
        .kordless(CREATED, &booking(1, "10:00:00"), at("07:00:00"))
        .await;
    world.look(at("09:45:00")).await;
    assert_eq!(world.count("1"), 2);
    let person = Person::new(None, Some("amelia.hart@example.com"), None).unwrap();
    let found = world.engine().find_person(person).await.unwrap();
    world.engine().erase_person(found).await.unwrap();
    assert_eq!(world.count("title LIKE '%Amelia%'"), 0);
    assert_eq!(world.count("1"), 1);
    assert_eq!(world.look(at("09:46:00")).await, NONE);
}

#[tokio::test]
async fn a_backup_that_is_put_back_brings_no_old_reminder() {
    let mut world = World::open().await;
    let now = Timestamp::now();
    let begins = now + SignedDuration::from_mins(10);
    let soon = SampleBooking {
        start: begins,
        ..booking(0, "00:00:00")
    };
    world
        .kordless(CREATED, &soon, now - SignedDuration::from_hours(1))
        .await;
    let later = SampleBooking {
        start: now + SignedDuration::from_mins(60),
        ..booking(1, "00:00:00")
    };
    world
        .kordless(CREATED, &later, now - SignedDuration::from_hours(1))
        .await;
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("backup.db");
    world.engine().store.back_up(&file).await.unwrap();
    assert_eq!(
        world.look(now).await.len(),
        1,
        "told after the backup was made"
    );
    world.engine = None;
    restoring::restore(world.data.path(), &file).await.unwrap();
    world.restart().await;
    assert_eq!(world.count("1"), 0);
    assert_eq!(world.look(now + SignedDuration::from_secs(20)).await, NONE);
    // What comes later comes.
    assert_eq!(
        world.look(now + SignedDuration::from_mins(45)).await.len(),
        1
    );
}

/// The task itself and the announcer, by the computer's own clock.
#[tokio::test]
async fn the_program_shows_it_in_time_and_tells_when_it_did() {
    let mut world = World::open().await;
    let engine = Arc::clone(world.engine());
    let (stop, shown) = (
        CancellationToken::new(),
        Arc::new(Mutex::new(Vec::<(Timestamp, Bubble)>::new())),
    );
    let record = Arc::clone(&shown);
    let show = move |bubble: &Bubble| {
        record
            .lock()
            .unwrap()
            .push((Timestamp::now(), bubble.clone()));
        Ok(())
    };
    let tasks = [
        tokio::spawn(reminding::run(Arc::clone(&engine), stop.clone())),
        tokio::spawn(announcing::run(Arc::clone(&engine), stop.clone(), show)),
    ];
    let mark = Timestamp::now() + SignedDuration::from_secs(3);
    let begins = mark + SignedDuration::from_mins(15);
    let soon = SampleBooking {
        start: begins,
        ..booking(0, "00:00:00")
    };
    world.kordless(CREATED, &soon, Timestamp::now()).await;
    let patience = Instant::now();
    let of_reminder = || {
        let shown = shown.lock().unwrap();
        shown
            .iter()
            .find(|(_, bubble)| bubble.title == "In 15 minutes: Amelia Hart")
            .cloned()
    };
    while of_reminder().is_none() {
        assert!(
            patience.elapsed() < Duration::from_secs(20),
            "it does not come: {shown:?}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let late = of_reminder().unwrap().0.duration_since(mark);
    assert!(
        late >= SignedDuration::ZERO && late < SignedDuration::from_secs(1),
        "{late}"
    );
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(
        world.count("shown_at >= due_at AND shown_at < due_at + 1000000"),
        1
    );
}

/// A million bookings, of which the next days have a few.
#[tokio::test]
#[ignore = "takes a minute: for a figure"]
async fn a_look_reads_the_bookings_of_the_next_days_and_no_others() {
    let mut world = World::open().await;
    world
        .kordless(CREATED, &booking(0, "10:00:00"), at("07:00:00"))
        .await;
    let fill = |connection: &Connection| {
        connection.execute(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000)
             INSERT INTO booking (endpoint_id, status, title, start_at, end_at, attendee, created_at, updated_at)
             SELECT 1, 'confirmed', 'Haircut', ?1 + (n - 500000) * 300000000, ?1 + (n - 500000) * 300000000 + 300000000, '{}', 0, 0 FROM n",
            params![at("10:00:00").as_microsecond()],
        )?;
        Ok(())
    };
    world.engine().store.write(fill).await.unwrap();
    world.look(at("09:45:00")).await;
    let begun = Instant::now();
    for second in 1..=20 {
        world
            .next(at("09:45:00") + SignedDuration::from_secs(second))
            .await;
    }
    let each = begun.elapsed() / 20;
    println!("a look at a million bookings takes {each:?}");
    assert!(each < Duration::from_millis(50), "{each:?}");
}
