//! When bookings are reminded of, and what is answered to it on the card.

use anyhow::Context as _;
use bellhop_core::reminder::{Own, Snooze, checked_leads, is_ahead, plan};
use bellhop_engine::changes::Change;
use bellhop_engine::reminding;
use bellhop_engine::store::{reminders as table, settings};
use jiff::Timestamp;
use tauri::{AppHandle, State};

use super::bookings::GONE;
use super::row;
use crate::dto::{BookingReminders, Card, ReminderRules, Reminders, ToldReminder};
use crate::error::Answer;
use crate::state::Desktop;
use crate::windows;

/// How many reminders to come are shown with the choice.
const NEXT: usize = 3;

/// What the person chose, and what comes of it next.
#[tauri::command]
pub(crate) async fn reminders(desktop: State<'_, Desktop>) -> Answer<Reminders> {
    let here = bellhop_engine::here();
    let read = desktop.engine.store.read(move |connection| {
        let rules = table::rules(connection)?;
        let next = reminding::upcoming(connection, &rules, &here, NEXT)?;
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
) -> Answer<Reminders> {
    let rules = rules.read(row)?.checked()?;
    desktop.engine.choose_reminders(rules).await?;
    reminders(desktop).await
}

/// The reminders of one booking.
#[tauri::command]
pub(crate) async fn booking_reminders(
    desktop: State<'_, Desktop>,
    id: String,
) -> Answer<BookingReminders> {
    Ok(of_booking(&desktop, row(&id)?).await?)
}

/// Chooses for one booking alone. `null`: it goes by the rules.
#[tauri::command]
pub(crate) async fn remind_of_booking(
    desktop: State<'_, Desktop>,
    id: String,
    leads: Option<Vec<u32>>,
) -> Answer<BookingReminders> {
    let id = row(&id)?;
    let since = Timestamp::now();
    let leads = leads.map(checked_leads).transpose()?;
    let own = leads.map(|leads| Own { leads, since });
    let chosen = desktop
        .engine
        .store
        .write(move |connection| table::set_own(connection, id, own.as_ref()));
    if !chosen.await? {
        return Err(anyhow::anyhow!(GONE).into());
    }
    desktop.engine.changes.tell(Change::Notices);
    Ok(of_booking(&desktop, id).await?)
}

async fn of_booking(desktop: &Desktop, id: i64) -> anyhow::Result<BookingReminders> {
    let read = desktop
        .engine
        .store
        .read(move |connection| Ok((table::rules(connection)?, table::one(connection, id)?)));
    let (rules, candidate) = read.await?;
    let Some(candidate) = candidate else {
        // A booking whose time nobody could read has none.
        return Ok(BookingReminders {
            ahead: false,
            own: None,
            waiting: Vec::new(),
            told: Vec::new(),
        });
    };
    let here = bellhop_engine::here();
    let plan = plan(&candidate.subject, &rules, &here);
    let told = candidate.reminders.iter().map(|reminder| ToldReminder {
        at: reminder.due_at.unwrap_or(reminder.planned_at).to_string(),
        shown_at: reminder.shown_at.map(|at| at.to_string()),
        held: reminder.held,
    });
    Ok(BookingReminders {
        ahead: is_ahead(&candidate.subject, &here),
        waiting: plan
            .waiting
            .iter()
            .map(|mark| mark.at.to_string())
            .collect(),
        told: told.collect(),
        own: candidate.subject.own.map(|own| own.leads),
    })
}

/// What is on the card.
#[tauri::command]
pub(crate) async fn cards(desktop: State<'_, Desktop>) -> Answer<Vec<Card>> {
    let here = bellhop_engine::here();
    let read = desktop.engine.store.read(move |connection| {
        let (cards, _) = reminding::cards(connection, &here)?;
        Ok((cards, settings::privacy(connection)?))
    });
    let (cards, privacy) = read.await?;
    let cards = cards.into_iter().map(|card| Card::of(card, privacy));
    Ok(cards.collect())
}

/// Answers a card: `dismissed`, or the word of a snooze.
#[tauri::command]
pub(crate) async fn answer_card(
    desktop: State<'_, Desktop>,
    booking_id: String,
    answer: String,
) -> Answer<()> {
    if answer != "dismissed" && Snooze::from_word(&answer).is_none() {
        return Err(anyhow::anyhow!("\"{answer}\" answers no reminder").into());
    }
    Ok(desktop
        .engine
        .answer_reminders(row(&booking_id)?, answer)
        .await?)
}

/// Opens the booking of a card in the window.
#[tauri::command]
pub(crate) async fn open_card(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    booking_id: String,
) -> Answer<()> {
    let id = row(&booking_id)?;
    desktop
        .engine
        .answer_reminders(id, "opened".to_owned())
        .await?;
    let window_app = app.clone();
    app.run_on_main_thread(move || {
        windows::show(&window_app, Some(&format!("#/booking/{id}")));
    })
    .context("the window cannot be shown")?;
    Ok(())
}
