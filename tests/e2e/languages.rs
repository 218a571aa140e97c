//! What the program says outside its window: in the language and by the clock that the person chose, or has on the system.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_core::signature::SecretValue;
use bellhop_engine::Engine;
use bellhop_engine::store::settings;
use bellhop_test_support::desktop::{
    Clock, Desktop, Notification, Program, ProgramOptions, TrayItem, eventually,
};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::{SECRET, TITLE, call, listening, stage, tray};

/// A Monday.
const NOW: &str = "2031-06-02T08:00:00Z";
const IN_GERMAN: &str = r#"{"language":"de","clock":"h24"}"#;

struct Stage {
    program: Program,
    desktop: Desktop,
    clock: Clock,
    receiver: SocketAddr,
    path: String,
    _data: TempDir,
}

impl Stage {
    /// What the person chose before, and the locale of the system.
    async fn set(look: Option<&'static str>, locale: &str) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let engine = Engine::open_with_file_secrets(data.path()).await?;
        let secret = SecretValue::new(SECRET);
        let endpoint = engine
            .add_endpoint(Provider::Kordless, Some("Empfang"), secret)
            .await?;
        let set = move |connection: &Connection| settings::set(connection, settings::LOOK, look);
        engine.store.write(set).await?;
        ensure!(Arc::into_inner(engine).is_some(), "the data are still open");
        let desktop = Desktop::start().await?;
        let clock = Clock::at(NOW.parse()?)?;
        let mut variables = clock.variables();
        variables.extend([("BELLHOP_SECRETS", "file"), ("LANG", locale)]);
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
            receiver,
            path: endpoint.path(),
            _data: data,
        })
    }

    async fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        if story.is_err() {
            let file = format!("target/screenshots/languages-{name}-failed.png");
            self.desktop.screenshot(Path::new(&file))?;
        }
        story.with_context(|| self.desktop.screen().logs())
    }

    fn booking(&self) -> Result<SampleBooking> {
        Ok(SampleBooking {
            start: "2031-06-05T14:00:00Z".parse()?,
            ..SampleBooking::new(0, self.clock.now())
        })
    }

    /// A call that tells this of a booking, and the notification that comes of it.
    async fn calls(&self, event_type: &str, booking: &SampleBooking) -> Result<Notification> {
        let before = self.desktop.notifications().all().len();
        call::post_booking(self.receiver, &self.path, event_type, booking).await?;
        self.next(before).await
    }

    async fn next(&self, before: usize) -> Result<Notification> {
        let all = self.desktop.notifications().at_least(before + 1).await?;
        ensure!(all.len() == before + 1, "more came: {:#?}", &all[before..]);
        all.into_iter().next_back().context("none")
    }

    async fn language_of_window(&self, expected: &str) -> Result<()> {
        let script = "return document.documentElement.lang";
        eventually("the language of the window", async || {
            let found = self.program.window().script(script, &[]).await?;
            Ok((found == json!(expected)).then_some(()))
        })
        .await
    }
}

fn says(told: &Notification, title: &str, body: &str, keys: [&str; 4]) -> Result<()> {
    let labels: Vec<&str> = told.actions.iter().map(|(_, label)| &**label).collect();
    ensure!(
        told.summary == title && told.body == body && labels == keys,
        "{told:#?}"
    );
    Ok(())
}

async fn menu_is(tray: &TrayItem, expected: &[&str]) -> Result<()> {
    let last = tray::begins(tray, expected.last().context("nothing")?).await;
    let labels = tray::labels(tray).await?;
    let labels: Vec<&str> = labels.iter().map(|label| &**label).collect();
    ensure!(
        last.is_ok() && labels.join("|").contains(&expected.join("|")),
        "the menu has {labels:#?}"
    );
    Ok(())
}

const GERMAN_KEYS: [&str; 4] = ["Öffnen", "Öffnen", "Erledigt", "Später erinnern"];
const KEYS: [&str; 4] = ["Open", "Open", "Done", "Snooze"];

#[tokio::test]
async fn on_a_virtual_desktop_notifications_and_tray_are_german_and_follow_the_settings()
-> Result<()> {
    let stage = Stage::set(Some(IN_GERMAN), "en_US.UTF-8").await?;
    stage.told("german", german(&stage).await).await
}

async fn german(stage: &Stage) -> Result<()> {
    let tray = stage.desktop.tray().item().await?;
    tray.entry("Keine öffentliche Adresse · noch kein Aufruf")
        .await?;
    let booking = stage.booking()?;
    let created = stage.calls("booking.created", &booking).await?;
    says(
        &created,
        "Neue Buchung: Amelia Hart",
        "Do., 5. Juni, 14:00–14:45\nHaircut and finish · Kordless",
        GERMAN_KEYS,
    )?;
    tray.entry("Keine öffentliche Adresse · letzter Aufruf 08:00 · 1 neu")
        .await?;
    tray.entry("Als Nächstes: Amelia Hart · Do., 5. Juni, 14:00–14:45")
        .await?;
    tray.entry("Neue Buchung: Amelia Hart · Do., 5. Juni, 14:00–14:45")
        .await?;
    menu_is(&tray, &["Bellhop öffnen", "Adresse kopieren"]).await?;
    menu_is(&tray, &["Benachrichtigungen pausieren", "Einstellungen"]).await?;
    tray.entry("Bis morgen früh").await?;
    tray.entry("Beenden").await?;

    let window = stage.program.window();
    window.click_text("nav a", "Einstellungen").await?;
    window
        .click_text("nav[aria-label='Teile der Einstellungen'] a", "Allgemein")
        .await?;
    window.click_text("button", "12 Stunden").await?;
    tray.entry("Als Nächstes: Amelia Hart · Do., 5. Juni, 2:00–2:45 PM")
        .await?;
    let moved = booking.moved(stage.clock.now());
    let rescheduled = stage.calls("booking.updated", &moved).await?;
    says(
        &rescheduled,
        "Verlegt: Amelia Hart",
        "Do., 5. Juni, 2:00–2:45 PM → Fr., 6. Juni, 3:30–4:15 PM\nHaircut and finish · Kordless",
        GERMAN_KEYS,
    )?;

    // What was said stays, and what can be answered to it is said anew.
    let before = stage.desktop.notifications().all().len();
    window.click_text("button", "English").await?;
    tray.entry("Next: Amelia Hart · Fri 6 Jun, 3:30–4:15 PM")
        .await?;
    tray.entry("Open Bellhop").await?;
    let again = stage.next(before).await?;
    says(&again, &rescheduled.summary, &rescheduled.body, KEYS)?;
    ensure!(
        again.replaces_id == rescheduled.id && again.suppresses_sound(),
        "{again:#?}"
    );
    Ok(())
}

#[tokio::test]
async fn on_a_virtual_desktop_who_chose_nothing_is_told_as_the_system_speaks() -> Result<()> {
    let stage = Stage::set(None, "de_AT.UTF-8").await?;
    let story = async {
        stage.language_of_window("de").await?;
        stage.desktop.tray().item().await?.entry("Beenden").await?;
        let told = stage.calls("booking.created", &stage.booking()?).await?;
        says(
            &told,
            "Neue Buchung: Amelia Hart",
            "Do., 5. Juni, 14:00–14:45\nHaircut and finish · Kordless",
            GERMAN_KEYS,
        )?;
        stage::close(&stage.desktop, TITLE).await?;
        let told = stage.next(1).await?;
        ensure!(
            told.summary == "Bellhop läuft im Infobereich weiter"
                && told
                    .body
                    .ends_with("Sein Symbol öffnet das Fenster wieder und beendet Bellhop."),
            "{told:#?}"
        );
        Ok(())
    };
    stage.told("system", story.await).await
}

#[tokio::test]
async fn on_a_virtual_desktop_the_clock_is_the_one_of_the_window() -> Result<()> {
    let stage = Stage::set(None, "en_US.UTF-8").await?;
    let story = async {
        stage.language_of_window("en").await?;
        let told = stage.calls("booking.created", &stage.booking()?).await?;
        says(
            &told,
            "New booking: Amelia Hart",
            "Thu 5 Jun, 2:00–2:45 PM\nHaircut and finish · Kordless",
            KEYS,
        )?;
        let window = stage.program.window();
        window.see_text("main", "2:00").await?;
        window.see_text("main", "2:45 PM").await?;
        Ok(())
    };
    stage.told("clock", story.await).await
}
