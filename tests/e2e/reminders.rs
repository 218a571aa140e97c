//! Reminders in the real program, under a clock that the test sets.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use bellhop_core::sample::SampleBooking;
use bellhop_test_support::desktop::{Clock, Desktop, Program, ProgramOptions, eventually};
use jiff::SignedDuration;
use tempfile::TempDir;

use crate::{add_endpoint, call, listening};

struct Stage {
    program: Program,
    desktop: Desktop,
    clock: Clock,
    data: TempDir,
}

impl Stage {
    /// The program at this moment, with its window open.
    async fn set(moment: &str) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let desktop = Desktop::start().await?;
        let clock = Clock::at(moment.parse()?)?;
        let options = ProgramOptions {
            program: Path::new(env!("CARGO_BIN_EXE_bellhop-desktop")),
            args: vec!["--data-dir".into(), data.path().into()],
            variables: clock.variables(),
        };
        let program = desktop.open(&options).await?;
        Ok(Self {
            program,
            desktop,
            clock,
            data,
        })
    }

    async fn told(&self, name: &str, story: Result<()>) -> Result<()> {
        if story.is_err() {
            let file = format!("target/screenshots/reminders-{name}-failed.png");
            self.desktop.screenshot(Path::new(&file))?;
        }
        story.with_context(|| self.desktop.screen().logs())
    }
}

/// What the other tests here stand on.
#[tokio::test]
async fn on_a_virtual_desktop_the_program_goes_by_a_clock_that_is_set() -> Result<()> {
    let stage = Stage::set("2031-12-31T12:00:00Z").await?;
    stage.told("clock", clock(&stage).await).await
}

async fn clock(stage: &Stage) -> Result<()> {
    let path = add_endpoint(&stage.program).await?;
    let receiver = listening(stage.data.path()).await?;
    // Notifications name the year of a booking where it is another than now.
    for (number, year) in [(0, " 2032"), (1, "")] {
        let booking = SampleBooking {
            start: "2032-01-03T09:00:00Z".parse()?,
            ..SampleBooking::new(number, stage.clock.now())
        };
        call::post_booking(receiver, &path, "booking.created", &booking).await?;
        let told = stage
            .desktop
            .notifications()
            .at_least(1 + usize::try_from(number)?)
            .await?;
        let expected = format!("Sat 3 Jan{year}, 09:00–");
        let body = told.last().context("none")?.body.clone();
        ensure!(body.starts_with(&expected), "it says {body}");

        let shown = stage.clock.now();
        eventually("the page goes by the same clock", async || {
            let page = stage
                .program
                .window()
                .script("return Date.now()", &[])
                .await?;
            let page = page.as_f64().context("no time")? / 1000.0;
            let off = page - stage.clock.now().as_second() as f64;
            Ok((off.abs() < 10.0).then_some(()))
        })
        .await
        .with_context(|| format!("the clock shows {shown}"))?;
        stage.clock.forward(SignedDuration::from_hours(24))?;
    }
    Ok(())
}
