//! Notifications of the real program: what the desktop is asked to show, and what becomes of what a person answers.

mod answers;
mod desktops;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bellhop_core::digest::Schedule;
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_core::signature::SecretValue;
use bellhop_engine::Engine;
use bellhop_engine::store::bookings::{self, Booking};
use bellhop_engine::store::digests;
use bellhop_engine::store::endpoints::Endpoint;
use bellhop_engine::store::notices::{self, ListQuery, Listed};
use bellhop_test_support::desktop::{
    Clock, Desktop, Notification, Notifications, Program, eventually,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::stage::listening;
use crate::{SECRET, call, stage};

/// A Monday.
const NOW: &str = "2031-06-02T08:00:00Z";

struct Stage {
    program: Program,
    desktop: Desktop,
    clock: Clock,
    /// The same data, as another process sees them.
    engine: Arc<Engine>,
    endpoint: Endpoint,
    receiver: SocketAddr,
    _data: TempDir,
}

impl Stage {
    async fn set() -> Result<Self> {
        let data = tempfile::tempdir()?;
        let engine = Engine::open_with_file_secrets(data.path()).await?;
        let secret = SecretValue::new(SECRET);
        let endpoint = engine
            .add_endpoint(Provider::Kordless, Some("Front desk"), secret)
            .await?;
        // Days pass here, and each would have a digest.
        let none = Schedule {
            morning: false,
            after_gap: false,
            ..Schedule::default()
        };
        let set = move |connection: &Connection| digests::set_schedule(connection, &none);
        engine.store.write(set).await?;
        let desktop = Desktop::start().await?;
        let clock = Clock::at(NOW.parse()?)?;
        let mut variables = clock.variables();
        variables.push(("BELLHOP_SECRETS", "file"));
        let program = stage::open(&desktop, data.path(), &variables).await?;
        let receiver = listening(data.path()).await?;
        Ok(Self {
            program,
            desktop,
            clock,
            engine,
            endpoint,
            receiver,
            _data: data,
        })
    }

    fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        stage::told(&self.desktop, &format!("notices-{name}"), story)
    }

    fn daemon(&self) -> &Notifications {
        self.desktop.notifications()
    }

    /// A booking of that number which begins at `start`.
    fn booking(&self, number: u64, start: &str) -> Result<SampleBooking> {
        Ok(SampleBooking {
            start: start.parse()?,
            ..SampleBooking::new(number, self.clock.now())
        })
    }

    /// A call that tells this of it, and the notification that comes of it.
    async fn calls(&self, event_type: &str, booking: &SampleBooking) -> Result<Notification> {
        let before = self.daemon().all().len();
        self.posts(event_type, booking).await?;
        self.next(before).await
    }

    async fn posts(&self, event_type: &str, booking: &SampleBooking) -> Result<()> {
        let booking = SampleBooking {
            now: self.clock.now(),
            ..booking.clone()
        };
        call::post_booking(self.receiver, &self.endpoint.path(), event_type, &booking).await
    }

    /// The one notification after the first `before`.
    async fn next(&self, before: usize) -> Result<Notification> {
        let all = self.daemon().at_least(before + 1).await?;
        ensure!(all.len() == before + 1, "more came: {:#?}", &all[before..]);
        all.into_iter().next_back().context("none")
    }

    /// That nothing came is known by what comes after it.
    async fn nothing_came_since(&self, before: usize, number: u64) -> Result<()> {
        let start = format!("2031-07-{number}T10:00:00Z");
        let last = self.booking(number, &start)?;
        self.posts("booking.created", &last).await?;
        let next = self.next(before).await?;
        is(&next.summary, &format!("New booking: {}", last.name))
    }

    async fn listed(&self) -> Result<Vec<Listed>> {
        let now = self.clock.now();
        let query = ListQuery {
            limit: 100,
            ..ListQuery::default()
        };
        let list = self
            .engine
            .store
            .read(move |connection| notices::list(connection, &query, now));
        Ok(list.await?)
    }

    /// The newest notice of that title, once `holds` is true of it.
    async fn notice(&self, title: &str, holds: impl Fn(&Listed) -> bool) -> Result<Listed> {
        let what = format!("the notice \"{title}\" is as expected");
        let found = eventually(&what, async || {
            let mut listed = self.listed().await?.into_iter();
            let found = listed.find(|one| one.notice.words.full.title == title);
            Ok(found.filter(|one| holds(one)))
        });
        match found.await {
            Ok(found) => Ok(found),
            Err(error) => Err(error.context(format!("{:#?}", self.listed().await?))),
        }
    }

    async fn stored(&self, notice: &Listed) -> Result<Booking> {
        let id = notice.notice.booking_id.context("it has no booking")?;
        let booking = self
            .engine
            .store
            .read(move |connection| bookings::get(connection, id))
            .await?;
        booking.context("no such booking")
    }
}

fn is<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<()> {
    ensure!(found == expected, "{found:?} is not {expected:?}");
    Ok(())
}

fn keys(notification: &Notification) -> Vec<(&str, &str)> {
    let actions = notification.actions.iter();
    actions
        .map(|(key, label)| (key.as_str(), label.as_str()))
        .collect()
}

const ALL_KEYS: [(&str, &str); 4] = [
    ("default", "Open"),
    ("open", "Open"),
    ("done", "Done"),
    ("snooze", "Snooze"),
];
