//! The data: where they are, their backups, and the people in them.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use bellhop_engine::restoring;
use bellhop_engine::store::attendees::{self, Person};
use jiff::Zoned;
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder};
use tauri_plugin_opener::OpenerExt as _;

use crate::dto::{Backup, CallsDue, Footprint, KnownPerson, PersonData, PersonQuery};
use crate::error::Result;
use crate::state::Desktop;

/// People whom a search finds. Nobody reads more; another word of the name finds fewer.
const FOUND: usize = 50;

/// Where the data are, and how much.
#[tauri::command]
pub(crate) async fn footprint(desktop: State<'_, Desktop>) -> Result<Footprint> {
    let found = desktop.engine.footprint().await?;
    let directory = desktop.engine.data_dir.display().to_string();
    Ok(Footprint::of(directory, found, desktop.restored.clone()))
}

/// Opens the data directory in the system's own program for folders.
#[tauri::command]
pub(crate) fn open_data_folder(app: AppHandle, desktop: State<'_, Desktop>) -> Result<()> {
    let directory = desktop.engine.data_dir.display().to_string();
    Ok(app.opener().open_path(directory, None::<&str>)?)
}

/// Asks where a backup shall go, and writes it. `None` where the person thought better of it.
#[tauri::command]
pub(crate) async fn back_up(
    window: WebviewWindow,
    desktop: State<'_, Desktop>,
) -> Result<Option<Backup>> {
    let name = Zoned::now().strftime("bellhop-%Y-%m-%d.db").to_string();
    let dialog = dialog(&window).set_file_name(name);
    let Some(file) = asked(dialog, |dialog| dialog.blocking_save_file()).await? else {
        return Ok(None);
    };
    let backup = desktop.engine.store.back_up(&file).await?;
    Ok(Some(Backup::of(&backup.file, backup.bytes, backup.content)))
}

/// Asks for a backup, and says what is in it. `None` where the person thought better of it.
#[tauri::command]
pub(crate) async fn choose_backup(
    window: WebviewWindow,
    desktop: State<'_, Desktop>,
) -> Result<Option<Backup>> {
    let Some(file) = asked(dialog(&window), |dialog| dialog.blocking_pick_file()).await? else {
        return Ok(None);
    };
    let content = restoring::look_into(&desktop.engine.data_dir, &file).await?;
    let bytes = tokio::fs::metadata(&file).await?.len();
    desktop.restarting.choose(file.clone());
    Ok(Some(Backup::of(&file, bytes, content)))
}

/// Ends the program, which starts again with the backup that was chosen last.
#[tauri::command]
pub(crate) fn restore(app: AppHandle, desktop: State<'_, Desktop>) -> Result<()> {
    Ok(agree_to_restore(&app, &desktop)?)
}

fn agree_to_restore(app: &AppHandle, desktop: &Desktop) -> anyhow::Result<()> {
    if desktop.demo {
        bail!("The demo throws its data away. Restore in Bellhop itself.");
    }
    if !desktop.restarting.agree() {
        bail!("Choose a backup first.");
    }
    app.exit(0);
    Ok(())
}

/// What a rule for the content of calls would remove at once.
#[tauri::command]
pub(crate) async fn calls_due(desktop: State<'_, Desktop>, days: Option<u32>) -> Result<CallsDue> {
    Ok(desktop.engine.due_after(days).await?.into())
}

/// Makes the rule for how many days the content of calls is kept. Gives how many calls it applied to at once.
#[tauri::command]
pub(crate) async fn keep_calls_for(desktop: State<'_, Desktop>, days: Option<u32>) -> Result<u32> {
    let removed = desktop.engine.keep_calls_for(days).await?;
    Ok(u32::try_from(removed).unwrap_or_default())
}

/// Everybody whose name, e-mail address or phone number has a text in it.
#[tauri::command]
pub(crate) async fn find_people(
    desktop: State<'_, Desktop>,
    text: String,
) -> Result<Vec<KnownPerson>> {
    let found = desktop
        .engine
        .store
        .read(move |connection| attendees::find(connection, &text));
    let people = found.await?.into_iter().take(FOUND);
    Ok(people.map(Into::into).collect())
}

/// What is known of a person.
#[tauri::command]
pub(crate) async fn person_data(
    desktop: State<'_, Desktop>,
    person: PersonQuery,
) -> Result<PersonData> {
    let found = desktop.engine.find_person(asked_for(&person)?).await?;
    Ok(PersonData::from(&found))
}

/// Erases what is known of a person.
#[tauri::command]
pub(crate) async fn erase_person(
    desktop: State<'_, Desktop>,
    person: PersonQuery,
) -> Result<PersonData> {
    let found = desktop.engine.find_person(asked_for(&person)?).await?;
    let told = PersonData::from(&found);
    let extent = desktop.engine.erase_person(found).await?;
    Ok(PersonData {
        copies: told.copies,
        ..PersonData::counted(&extent)
    })
}

fn asked_for(person: &PersonQuery) -> anyhow::Result<Person> {
    Person::new(
        person.name.as_deref(),
        person.email.as_deref(),
        person.phone.as_deref(),
    )
    .context("Give a name, an e-mail address or a phone number.")
}

fn dialog(window: &WebviewWindow) -> FileDialogBuilder<tauri::Wry> {
    window
        .dialog()
        .file()
        .set_parent(window)
        .add_filter("Bellhop", &["db"])
}

async fn asked(
    dialog: FileDialogBuilder<tauri::Wry>,
    ask: impl FnOnce(FileDialogBuilder<tauri::Wry>) -> Option<tauri_plugin_dialog::FilePath>
    + Send
    + 'static,
) -> anyhow::Result<Option<PathBuf>> {
    let chosen = tauri::async_runtime::spawn_blocking(move || ask(dialog)).await?;
    Ok(chosen.map(|file| file.into_path()).transpose()?)
}
