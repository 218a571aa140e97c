//! What each notification says.

use anyhow::{Result, ensure};
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_core::signature::SecretValue;
use bellhop_test_support::desktop::eventually;

use super::{ALL_KEYS, Stage, is, keys};
use crate::{call, tray};

/// Words, hints, buttons, and that a later one of the same booking takes the place of an earlier one.
#[tokio::test]
async fn on_a_virtual_desktop_each_act_is_told_word_for_word() -> Result<()> {
    let stage = Stage::set().await?;
    stage.told("words", words(&stage).await)
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
