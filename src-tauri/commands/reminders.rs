//! When bookings are reminded of, and what is answered to it on the card.

use anyhow::Context as _;
use bellhop_core::answer::Answer;
use bellhop_core::reminder::checked_leads;
use bellhop_engine::store::{reminders as table, settings};
use bellhop_engine::{here, reminding};
use tauri::{AppHandle, State};

use super::bookings::GONE;
use super::row;
use crate::dto::{BookingReminders, Card, NoticeAnswer, ReminderRules, Reminders};
use crate::error::Result;
use crate::state::Desktop;
use crate::windows;

/// How many reminders to come are shown with the choice.
const NEXT: usize = 3;

/// What the person chose, and what comes of it next.
#[tauri::command]
pub(crate) async fn reminders(desktop: State<'_, Desktop>) -> Result<Reminders> {
    let read = desktop.engine.store.read(|connection| {
        let rules = table::rules(connection)?;
        let next = reminding::upcoming(connection, &rules, &here(connection)?, NEXT)?;
        Ok((rules, next))
    });
    let (rules, next) = read.await?;
    Ok(Reminders {
        rules: rules.into(),
        next: next.into_iter().map(Into::into).collect(),
    })
}

/// Chooses anew.
#[tauri::command]
pub(crate) async fn choose_reminders(
    desktop: State<'_, Desktop>,
    rules: ReminderRules,
) -> Result<Reminders> {
    let rules = rules.read(row)?.checked()?;
    desktop.engine.choose_reminders(rules).await?;
    reminders(desktop).await
}

/// The reminders of one booking.
#[tauri::command]
pub(crate) async fn booking_reminders(
    desktop: State<'_, Desktop>,
    id: String,
) -> Result<BookingReminders> {
    Ok(of_booking(&desktop, row(&id)?).await?)
}

/// Chooses for one booking alone. `null`: it goes by the rules.
#[tauri::command]
pub(crate) async fn remind_of_booking(
    desktop: State<'_, Desktop>,
    id: String,
    leads: Option<Vec<u32>>,
) -> Result<BookingReminders> {
    let id = row(&id)?;
    let leads = leads.map(checked_leads).transpose()?;
    if !desktop.engine.choose_reminders_of(id, leads).await? {
        return Err(anyhow::anyhow!(GONE).into());
    }
    Ok(of_booking(&desktop, id).await?)
}

async fn of_booking(desktop: &Desktop, id: i64) -> anyhow::Result<BookingReminders> {
    let read = move |connection: &_| reminding::of_booking(connection, id, &here(connection)?);
    Ok(desktop.engine.store.read(read).await?.into())
}

/// What is on the card, which alone may ask for it.
#[tauri::command]
pub(crate) async fn cards(desktop: State<'_, Desktop>) -> Result<Vec<Card>> {
    let read = desktop.engine.store.read(|connection| {
        let (cards, _) = reminding::cards(connection, &here(connection)?)?;
        Ok((cards, settings::privacy(connection)?))
    });
    let (cards, privacy) = read.await?;
    desktop.put_on_card(cards.iter().map(|card| card.booking_id).collect());
    let cards = cards.into_iter().map(|card| Card::of(card, privacy));
    Ok(cards.collect())
}

/// Answers a card.
#[tauri::command]
pub(crate) async fn answer_card(
    desktop: State<'_, Desktop>,
    booking_id: String,
    answer: NoticeAnswer,
) -> Result<()> {
    Ok(desktop
        .engine
        .answer_reminders(row(&booking_id)?, answer.into())
        .await?)
}

/// Opens the booking of a card in the window.
#[tauri::command]
pub(crate) async fn open_card(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    booking_id: String,
) -> Result<()> {
    let id = row(&booking_id)?;
    desktop.engine.answer_reminders(id, Answer::Opened).await?;
    let window_app = app.clone();
    app.run_on_main_thread(move || {
        windows::show(&window_app, Some(&format!("#/booking/{id}")));
    })
    .context("the window cannot be shown")?;
    Ok(())
}
