//! Reminders on real files: what is planned at which moment, whatever became of the booking, the program and the data.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

#[path = "reminders/choices.rs"]
mod choices;
#[path = "reminders/missed.rs"]
mod missed;
#[path = "reminders/moments.rs"]
mod moments;
#[path = "reminders/over.rs"]
mod over;

use std::sync::Arc;

use bellhop_core::answer::Answer;
use bellhop_core::notice::Here;
use bellhop_core::provider::Provider;
use bellhop_core::reminder::Rules;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_engine::store::{notices, reminders};
use bellhop_engine::{Engine, reminding};
use bellhop_test_support::telling::Webhook;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tempfile::TempDir;

const NONE: [&str; 0] = [];

/// A Monday.
fn at(time: &str) -> Timestamp {
    format!("2027-03-01T{time}Z").parse().unwrap()
}

fn here(now: Timestamp, zone: &str) -> Here {
    Here::new(now, TimeZone::get(zone).unwrap())
}

struct World {
    engine: Option<Arc<Engine>>,
    kordless: Webhook,
    reservekit: Webhook,
    data: TempDir,
    calls: u32,
}

impl World {
    async fn open() -> World {
        let data = tempfile::tempdir().unwrap();
        let engine = Engine::open_with_file_secrets(data.path()).await.unwrap();
        let kordless = Webhook::of_new_endpoint(&engine, Provider::Kordless).await;
        let reservekit = Webhook::of_new_endpoint(&engine, Provider::ReserveKit).await;
        World {
            engine: Some(engine),
            kordless,
            reservekit,
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
        provider: Webhook,
        act: Act,
        booking: &SampleBooking,
        received: Timestamp,
    ) {
        self.calls += 1;
        let booking = SampleBooking {
            now: received,
            revision: self.calls,
            ..booking.clone()
        };
        provider.tells(self.engine(), act, &booking, received).await;
    }

    async fn kordless(&mut self, act: Act, booking: &SampleBooking, received: Timestamp) {
        self.tell(self.kordless, act, booking, received).await;
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

    async fn answer(&self, answer: Answer, now: Timestamp) {
        let give = move |connection: &Connection| reminders::answer(connection, 1, answer, now);
        self.engine().store.write(give).await.unwrap();
    }

    /// By how much the reminder with this title was shown after its moment, once that is noted.
    fn noted_late(&self, title: &str) -> Option<SignedDuration> {
        let late = |connection: &Connection| {
            Ok(connection.query_row(
                "SELECT shown_at - due_at FROM notice WHERE title = ?1",
                [title],
                |row| row.get::<_, Option<i64>>(0),
            )?)
        };
        let late = self.engine().store.read_here(late).unwrap();
        late.map(SignedDuration::from_micros)
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
