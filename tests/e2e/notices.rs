//! Notifications of the real program: what the desktop is asked to show, and what becomes of what a person answers.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bellhop_core::digest::Schedule;
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_core::signature::SecretValue;
use bellhop_engine::Engine;
use bellhop_engine::store::bookings::{self, Booking};
use bellhop_engine::store::endpoints::Endpoint;
use bellhop_engine::store::notices::{self, ListQuery, Listed};
use bellhop_engine::store::{digests, events};
use bellhop_test_support::desktop::{
    Clock, Desktop, Notification, Notifications, Program, ProgramOptions, eventually,
};
use jiff::SignedDuration;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::{SECRET, TITLE, call, listening, tray};

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
        let options = ProgramOptions {
            program: Path::new(env!("CARGO_BIN_EXE_bellhop-desktop")),
            args: vec!["--data-dir".into(), data.path().into()],
            variables,
        };
        let program = desktop.open(&options).await?;
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

    async fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        if story.is_err() {
            let file = format!("target/screenshots/notices-{name}-failed.png");
            self.desktop.screenshot(Path::new(&file))?;
        }
        story.with_context(|| self.desktop.screen().logs())
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

/// Words, hints, buttons, and that a later one of the same booking takes the place of an earlier one.
#[tokio::test]
async fn on_a_virtual_desktop_each_act_is_told_word_for_word() -> Result<()> {
    let stage = Stage::set().await?;
    stage.told("words", words(&stage).await).await
}

async fn words(stage: &Stage) -> Result<()> {
    let jane = stage.booking(0, "2031-06-05T14:00:00Z")?;
    let created = stage.calls("booking.created", &jane).await?;
    is(created.app_name.as_str(), "Bellhop")?;
    is(created.icon.as_str(), "bellhop-desktop")?;
    is(created.summary.as_str(), "New booking: Amelia Hart")?;
    is(
        created.body.as_str(),
        "Thu 5 Jun, 14:00–14:45\nHaircut and finish · Kordless",
    )?;
    is(created.replaces_id, 0)?;
    is(created.timeout, -1)?;
    is(keys(&created), ALL_KEYS.to_vec())?;
    is(created.urgency(), Some(1))?;
    is(created.hint("sound-name"), Some("message-new-instant"))?;
    is(created.hint("category"), Some("x-bellhop.created"))?;
    is(created.hint("desktop-entry"), Some("bellhop-desktop"))?;
    ensure!(!created.suppresses_sound());

    let moved = jane.moved(stage.clock.now());
    let rescheduled = stage.calls("booking.updated", &moved).await?;
    is(rescheduled.summary.as_str(), "Moved: Amelia Hart")?;
    is(
        rescheduled.body.as_str(),
        "Thu 5 Jun, 14:00–14:45 → Fri 6 Jun, 15:30–16:15\nHaircut and finish · Kordless",
    )?;
    is(rescheduled.replaces_id, created.id)?;
    is(rescheduled.id, created.id)?;
    is(rescheduled.hint("category"), Some("x-bellhop.rescheduled"))?;
    is(&rescheduled.sender, &created.sender)?;

    let cancelled = stage
        .calls(
            "booking.cancelled",
            &SampleBooking {
                revision: 2,
                ..moved
            },
        )
        .await?;
    is(cancelled.summary.as_str(), "Cancelled: Amelia Hart")?;
    is(cancelled.replaces_id, created.id)?;
    is(cancelled.urgency(), Some(1))?;
    is(stage.daemon().standing(), vec![created.id])?;

    // Within a day of its begin it is urgent. What comes from outside is no markup.
    let near = stage.booking(1, "2031-06-02T19:00:00Z")?;
    stage.calls("booking.created", &near).await?;
    let cancelled = stage
        .calls(
            "booking.cancelled",
            &SampleBooking {
                revision: 1,
                ..near
            },
        )
        .await?;
    is(cancelled.urgency(), Some(2))?;
    is(cancelled.hint("sound-name"), Some("dialog-warning"))?;
    ensure!(
        cancelled.id != created.id,
        "another booking has another bubble"
    );
    a_no_show_and_a_trouble(stage).await
}

async fn a_no_show_and_a_trouble(stage: &Stage) -> Result<()> {
    let bookora = stage
        .engine
        .add_endpoint(Provider::Bookora, Some("Studio"), SecretValue::new("b"))
        .await?;
    let past = stage.booking(2, "2031-06-02T07:00:00Z")?;
    let posts = async |secret: &str, event_type: &str, booking: &SampleBooking| {
        let (path, signed) = (bookora.path(), (Provider::Bookora, secret));
        call::post_signed(stage.receiver, &path, signed, event_type, booking).await
    };
    let before = stage.daemon().all().len();
    eventually("the program knows the new endpoint", async || {
        let status = posts("b", "no_show.detected", &past).await?;
        Ok((status == 200).then_some(()))
    })
    .await?;
    let no_show = stage.next(before).await?;
    is(no_show.summary.as_str(), "No-show: Priya Raman")?;
    is(
        no_show.body.as_str(),
        "Mon 2 Jun, 07:00–08:00\nPiano lesson · Bookora",
    )?;
    is(no_show.hint("category"), Some("x-bellhop.no_show"))?;
    is(keys(&no_show), ALL_KEYS.to_vec())?;

    for _ in 0..3 {
        let status = posts("another", "no_show.detected", &past).await?;
        is(status, 401)?;
    }
    let trouble = stage.next(before + 1).await?;
    is(trouble.summary.as_str(), "Calls of Bookora are turned away")?;
    is(
        trouble.body.as_str(),
        "Studio\nThey do not fit the secret. Copy it again from Bookora’s webhook settings.",
    )?;
    is(trouble.hint("category"), Some("x-bellhop.trouble"))?;
    let without_done = [("default", "Open"), ("open", "Open"), ("snooze", "Snooze")];
    is(keys(&trouble), without_done.to_vec())?;
    tray::leads_to_the_endpoints(&stage.desktop, &stage.program, &trouble.summary).await?;

    // Until a call of its own comes again, which mends it.
    let later = SampleBooking {
        revision: 1,
        now: stage.clock.now(),
        ..past.clone()
    };
    is(posts("b", "booking.cancelled", &later).await?, 200)?;
    stage.daemon().is_closed(trouble.id).await
}

/// Each button, a click, and what is read or answered elsewhere.
#[tokio::test]
async fn on_a_virtual_desktop_notifications_are_answered() -> Result<()> {
    let stage = Stage::set().await?;
    let story = async {
        done(&stage).await?;
        clicked(&stage).await?;
        snoozed(&stage).await?;
        read_elsewhere(&stage).await
    };
    stage.told("answers", story.await).await
}

async fn done(stage: &Stage) -> Result<()> {
    let booking = stage.booking(0, "2031-06-05T14:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    stage.daemon().press(told.id, "done").await?;
    let notice = stage
        .notice("New booking: Amelia Hart", |one| one.answer.is_some())
        .await?;
    is(
        notice.answer.map(|(answer, _)| answer.as_str()),
        Some("done"),
    )?;
    ensure!(notice.shown_at.is_some());
    ensure!(stage.stored(&notice).await?.done_at.is_some());
    let window = stage.program.window();
    window.see("[data-testid=entry-done]").await?;
    ensure!(window.count("[data-testid=timeline-entry].unread").await? == 0);
    Ok(())
}

async fn clicked(stage: &Stage) -> Result<()> {
    let window = stage.program.window();
    for (number, key, name) in [(1, "default", "Noah Lindqvist"), (2, "open", "Priya Raman")] {
        let start = format!("2031-06-2{number}T16:00:00Z");
        let booking = stage.booking(number, &start)?;
        let told = stage.calls("booking.created", &booking).await?;
        stage.daemon().press(told.id, key).await?;
        window.see_text("h2", name).await?;
        let title = format!("New booking: {name}");
        let notice = stage.notice(&title, |one| one.answer.is_some()).await?;
        is(
            notice.answer.map(|(answer, _)| answer.as_str()),
            Some("opened"),
        )?;
    }

    // With its window closed, too.
    let windows = stage.desktop.windows();
    let before = stage.daemon().all().len();
    windows.close(&windows.visible(TITLE)?.pop().context("no window")?)?;
    let goes_on = stage.next(before).await?;
    is(keys(&goes_on), vec![("default", "Open")])?;
    eventually("the window is closed", async || {
        Ok(windows.visible(TITLE)?.is_empty().then_some(()))
    })
    .await?;
    let booking = stage.booking(3, "2031-06-05T18:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    stage.daemon().press(told.id, "default").await?;
    window.follow().await?;
    window.see_text("h2", "Mateo García").await?;
    Ok(())
}

async fn snoozed(stage: &Stage) -> Result<()> {
    let booking = stage.booking(4, "2031-06-05T20:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    let title = told.summary.clone();
    let before = stage.daemon().all().len();
    stage.daemon().press(told.id, "snooze").await?;
    stage.notice(&title, |one| one.answer.is_some()).await?;
    stage.clock.forward(SignedDuration::from_mins(9))?;
    stage.nothing_came_since(before, 20).await?;
    stage.clock.forward(SignedDuration::from_mins(1))?;
    let again = stage.next(before + 1).await?;
    is((&again.summary, &again.body), (&told.summary, &told.body))?;
    is(keys(&again), ALL_KEYS.to_vec())?;
    let both = stage.listed().await?;
    let both = both
        .iter()
        .filter(|one| one.notice.words.full.title == title);
    is(both.count(), 2)?;

    // What was cancelled meanwhile is not told of again; the cancellation is.
    stage.daemon().press(again.id, "snooze").await?;
    stage.notice(&title, |one| one.answer.is_some()).await?;
    let cancelled = SampleBooking {
        revision: 1,
        ..booking
    };
    stage.calls("booking.cancelled", &cancelled).await?;
    let before = stage.daemon().all().len();
    stage.clock.forward(SignedDuration::from_mins(11))?;
    let held = stage.notice(&title, |one| one.held.is_some()).await?;
    is(held.held.map(|held| held.as_str()), Some("over"))?;
    stage.nothing_came_since(before, 21).await
}

async fn read_elsewhere(stage: &Stage) -> Result<()> {
    let window = stage.program.window();
    window.click_text("nav a", "Timeline").await?;
    let booking = stage.booking(5, "2031-06-06T10:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    window
        .see_text("[data-testid=timeline-entry]", "Yuki Tanaka")
        .await?;
    window.click_text("button", "Mark shown as read").await?;
    stage.daemon().is_closed(told.id).await?;

    // Done in the window, where it was not read before.
    let booking = stage.booking(6, "2031-06-06T12:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    let notice = stage
        .notice(&told.summary, |one| one.shown_at.is_some())
        .await?;
    let id = notice.notice.booking_id.context("no booking")?;
    let now = stage.clock.now();
    stage
        .engine
        .store
        .write(move |connection| bookings::set_done(connection, id, Some(now)))
        .await?;
    stage.daemon().is_closed(told.id).await?;
    // Closed by us, it was not dismissed by the person.
    let notice = stage.notice(&told.summary, |_| true).await?;
    ensure!(notice.answer.is_none(), "{notice:?}");

    let booking = stage.booking(7, "2031-06-06T14:00:00Z")?;
    let told = stage.calls("booking.created", &booking).await?;
    stage.daemon().close(told.id, 2).await?;
    let notice = stage
        .notice(&told.summary, |one| one.answer.is_some())
        .await?;
    is(
        notice.answer.map(|(answer, _)| answer.as_str()),
        Some("dismissed"),
    )
}

/// Daemons that can less, that come late and that start anew; bursts, privacy and a pause without an end.
#[tokio::test]
async fn on_a_virtual_desktop_notifications_fit_the_desktop_and_the_person() -> Result<()> {
    let stage = Stage::set().await?;
    let story = async {
        another_daemon(&stage).await?;
        a_burst(&stage).await?;
        less_is_told(&stage).await?;
        until_resumed(&stage).await
    };
    stage.told("desktops", story.await).await
}

async fn another_daemon(stage: &Stage) -> Result<()> {
    let first = stage.booking(0, "2031-06-05T14:00:00Z")?;
    let told = stage.calls("booking.created", &first).await?;
    stage.daemon().leave().await?;
    stage.daemon().can_do(&["body"]);
    stage.daemon().come_back().await?;

    // Its first id is one that the former gave, to another bubble; what it cannot do is not asked of it.
    let second = stage.booking(1, "2031-06-05T16:00:00Z")?;
    let other = stage.calls("booking.created", &second).await?;
    is((other.id, other.replaces_id), (told.id, 0))?;
    is(keys(&other), Vec::new())?;
    let window = stage.program.window();
    window.script("location.hash = '#/notices'", &[]).await?;
    window
        .see_text("[role=status]", "nothing happens at a click")
        .await?;
    let moved = stage
        .calls("booking.updated", &first.moved(stage.clock.now()))
        .await?;
    is(moved.replaces_id, 0)?;

    stage.daemon().leave().await?;
    stage.daemon().can_do(&["actions", "body", "body-markup"]);
    let before = stage.daemon().all().len();
    let third = stage.booking(2, "2031-06-05T18:00:00Z")?;
    stage.posts("booking.created", &third).await?;
    stage
        .notice("New booking: Priya Raman", |one| one.shown_at.is_none())
        .await?;
    // It comes later, as at login, and is given what waited.
    stage.daemon().come_back().await?;
    let late = stage.next(before).await?;
    is(late.summary.as_str(), "New booking: Priya Raman")?;
    is(keys(&late), ALL_KEYS.to_vec())?;
    stage.daemon().press(late.id, "done").await?;
    let notice = stage
        .notice("New booking: Priya Raman", |one| one.answer.is_some())
        .await?;
    ensure!(notice.shown_at.is_some());
    Ok(())
}

async fn a_burst(stage: &Stage) -> Result<()> {
    let before = stage.daemon().all().len();
    stage.daemon().leave().await?;
    for number in 3..9 {
        let start = format!("2031-07-0{number}T09:00:00Z");
        let booking = stage.booking(number, &start)?;
        stage.posts("booking.created", &booking).await?;
    }
    stage.notice("New booking: Samuel Okafor", |_| true).await?;
    stage.daemon().come_back().await?;
    let summary = stage.next(before).await?;
    is(summary.summary.as_str(), "6 changes to your bookings")?;
    ensure!(summary.body.ends_with("\nand 2 more"), "{}", summary.body);
    is(keys(&summary), vec![("default", "Open"), ("open", "Open")])?;
    stage.daemon().press(summary.id, "open").await?;
    stage
        .program
        .window()
        .see_text("[data-testid=timeline-entry]", "Samuel Okafor")
        .await?;
    // Who sees that there are six has not read any of them.
    stage
        .notice("New booking: Samuel Okafor", |one| one.answer.is_some())
        .await?;
    let unread = stage.engine.store.read(events::unread).await?;
    ensure!(unread >= 6, "{unread} are unread");
    Ok(())
}

async fn less_is_told(stage: &Stage) -> Result<()> {
    let window = stage.program.window();
    let booking = stage.booking(9, "2031-06-10T09:00:00Z")?;
    let full = stage.calls("booking.created", &booking).await?;
    is(full.summary.as_str(), "New booking: Ingrid Solheim")?;
    window
        .script("location.hash = '#/settings/notifications'", &[])
        .await?;
    // What is on the screen already is written anew, without a sound.
    for (level, body) in [
        ("No names", "Tue 10 Jun, 09:00–09:50\nKordless"),
        ("Only that something happened", ""),
    ] {
        let before = stage.daemon().all().len();
        window.click_text("[role=radio]", level).await?;
        let less = stage.next(before).await?;
        is(less.replaces_id, full.id)?;
        is(less.summary.as_str(), "New booking")?;
        is(less.body.as_str(), body)?;
        ensure!(less.suppresses_sound());
    }
    let before = stage.daemon().all().len();
    window.click_text("[role=radio]", "Everything").await?;
    is(stage.next(before).await?.body, full.body)
}

async fn until_resumed(stage: &Stage) -> Result<()> {
    let window = stage.program.window();
    let before = stage.daemon().all().len();
    let tray = stage.desktop.tray().item().await?;
    tray.choose("Until I resume").await?;
    window
        .see("[aria-label='Notifications are paused']")
        .await?;
    for number in 26..29 {
        let start = format!("2031-08-{number}T09:00:00Z");
        let booking = stage.booking(number, &start)?;
        stage.posts("booking.created", &booking).await?;
        let title = format!("New booking: {}", booking.name);
        stage
            .notice(&title, |one| {
                one.held.is_some_and(|held| held.as_str() == "paused")
            })
            .await?;
        // Longer than any pause that has an end.
        stage.clock.forward(SignedDuration::from_hours(48))?;
    }
    window
        .script("location.hash = '#/notices?show=unshown'", &[])
        .await?;
    window
        .see_text("[data-testid=notice]", "notifications were paused")
        .await?;
    tray.choose("Resume notifications").await?;
    stage.nothing_came_since(before, 22).await
}
