//! What the person said of how notices are told.

use bellhop_core::notice::NoticeKind;
use bellhop_core::rule::{self, Sound};
use bellhop_engine::store::rules as table;
use bellhop_engine::{desktop as surroundings, rules as engine};
use jiff::tz::TimeZone;
use tauri::{AppHandle, State};

use super::desktop::show_example;
use crate::dto::{self, KeptRule, KindSound, Preview, QuietHours, Wishes};
use crate::error::Result;
use crate::state::Desktop;

/// All that the person said of how notices are told.
#[tauri::command]
pub(crate) async fn wishes(desktop: State<'_, Desktop>) -> Result<Wishes> {
    let kept = desktop
        .engine
        .store
        .read(|connection| Ok((table::all(connection)?, table::wishes(connection)?)));
    let (rules, wishes) = kept.await?;
    let sound = |kind: NoticeKind| KindSound {
        kind: kind.into(),
        sound: wishes.sound(kind).into(),
    };
    let shows = surroundings::look().await;
    Ok(Wishes {
        rules: rules.into_iter().map(Into::into).collect(),
        sounds: NoticeKind::ALL.map(sound).to_vec(),
        plays_sounds: shows.says_of_sounds(),
        do_not_disturb: desktop.engine.disturbing.is_off().await,
        quiet_hours: wishes.quiet_hours.into(),
    })
}

/// Keeps these rules in this order, and no others.
#[tauri::command]
pub(crate) async fn keep_rules(
    desktop: State<'_, Desktop>,
    rules: Vec<KeptRule>,
) -> Result<Wishes> {
    let rules = read(rules)?;
    desktop
        .engine
        .store
        .write(move |connection| table::keep(connection, &rules))
        .await?;
    wishes(desktop).await
}

fn read(rules: Vec<KeptRule>) -> anyhow::Result<Vec<table::KeptRule>> {
    rules.into_iter().map(TryInto::try_into).collect()
}

/// Keeps when notices are held.
#[tauri::command]
pub(crate) async fn keep_quiet_hours(
    desktop: State<'_, Desktop>,
    quiet_hours: QuietHours,
) -> Result<Wishes> {
    let quiet_hours = quiet_hours.try_into()?;
    desktop.engine.keep_quiet_hours(quiet_hours).await?;
    wishes(desktop).await
}

/// Keeps the sounds of kinds.
#[tauri::command]
pub(crate) async fn keep_sounds(
    desktop: State<'_, Desktop>,
    sounds: Vec<KindSound>,
) -> Result<Wishes> {
    let sounds: Vec<(NoticeKind, Sound)> = sounds.into_iter().map(Into::into).collect();
    desktop
        .engine
        .store
        .write(move |connection| table::keep_sounds(connection, &sounds))
        .await?;
    wishes(desktop).await
}

/// What these rules and quiet hours would have changed about the newest notices.
#[tauri::command]
pub(crate) async fn preview_rules(
    desktop: State<'_, Desktop>,
    rules: Vec<KeptRule>,
    quiet_hours: QuietHours,
) -> Result<Preview> {
    let rules = read(rules)?
        .into_iter()
        .filter_map(|kept| kept.rule)
        .collect();
    let quiet_hours = quiet_hours.try_into()?;
    let preview = desktop.engine.store.read(move |connection| {
        let wishes = rule::Wishes {
            rules,
            quiet_hours,
            sounds: table::sounds(connection)?,
        };
        engine::preview(connection, &wishes, &TimeZone::system())
    });
    Ok(preview.await?.into())
}

/// Shows a notification with a sound, so that the person hears it.
#[tauri::command]
pub(crate) async fn try_sound(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    sound: dto::Sound,
) -> Result<()> {
    show_example(app, &desktop, Some(sound.into())).await
}
