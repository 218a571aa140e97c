//! The tray icon: what a panel is given to show, and what a person does with it.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use bellhop_test_support::desktop::{Clock, Desktop, Program, TrayItem, eventually};
use tauri::image::Image;

use crate::stage::{add_endpoint, listening};
use crate::{CREATED, TITLE, call, stage};

#[tokio::test]
async fn on_a_virtual_desktop_the_tray_tells_how_things_stand() -> Result<()> {
    let data = tempfile::tempdir()?;
    let desktop = Desktop::start().await?;
    let clock = Clock::at(stage::NOW.parse()?)?;
    let program = stage::open(&desktop, data.path(), &clock.variables()).await?;
    let story = story(&desktop, &program, data.path()).await;
    stage::told(&desktop, "tray", story)
}

/// Some desktops have no panel for tray icons, and at login it may come later than we do.
#[tokio::test]
async fn on_a_virtual_desktop_without_a_panel_it_opens_all_the_same() -> Result<()> {
    let data = tempfile::tempdir()?;
    let desktop = Desktop::start_without_panel().await?;
    let program = stage::open(&desktop, data.path(), &[]).await?;
    program.window().see_text("main", "Welcome").await?;
    listening(data.path()).await?;
    desktop.tray().appear().await?;
    shows(&desktop.tray().item().await?, "fine-dark").await
}

/// Data that it cannot use are no reason to vanish without a word.
#[tokio::test]
async fn on_a_virtual_desktop_it_says_why_it_cannot_start() -> Result<()> {
    let data = tempfile::tempdir()?;
    fs::write(data.path().join("bellhop.db"), "this is no database")?;
    let desktop = Desktop::start().await?;
    let program = Path::new(env!("CARGO_BIN_EXE_bellhop-desktop"));
    let mut command = desktop.screen().daemon(program)?;
    let status = command.arg("--data-dir").arg(data.path()).status()?;
    ensure!(status.code() == Some(1), "it ended with {status}");
    let told = desktop.notifications().at_least(1).await?;
    ensure!(
        told[0].summary == "Bellhop cannot start" && told[0].body.contains("is not a database"),
        "it said: {told:#?}"
    );
    Ok(())
}

/// The program as the system starts it, with nobody at its pages.
fn start(desktop: &Desktop, data: &Path) -> Result<Command> {
    let program = Path::new(env!("CARGO_BIN_EXE_bellhop-desktop"));
    let mut command = desktop.screen().daemon(program)?;
    command.arg("--data-dir").arg(data).process_group(0);
    Ok(command)
}

/// As at login, and as somebody does who does not see that it runs.
#[tokio::test]
async fn on_a_virtual_desktop_it_starts_hidden_and_a_second_start_shows_its_window() -> Result<()> {
    let data = tempfile::tempdir()?;
    let desktop = Desktop::start().await?;
    let start = || start(&desktop, data.path());
    let mut hidden = start()?.arg("--hidden").spawn()?;
    listening(data.path()).await?;
    shows(&desktop.tray().item().await?, "fine-dark").await?;
    let windows = desktop.windows();
    ensure!(windows.visible(TITLE)?.is_empty(), "it shows a window");
    ensure!(!has_web_view(hidden.id())?, "a browser is in memory");

    let second = start()?.status()?;
    ensure!(second.success(), "the second start ended with {second}");
    stage::is_open(&desktop, TITLE).await?;
    eventually("the window has a browser", async || {
        Ok(has_web_view(hidden.id())?.then_some(()))
    })
    .await?;
    desktop.tray().item().await?.choose("Quit").await?;
    let ended = hidden.wait()?;
    ensure!(ended.success(), "it ended with {ended}");
    Ok(())
}

/// Somebody clicks twice on its entry in the menu of programs, and the first start is not yet done with the data.
#[tokio::test]
async fn on_a_virtual_desktop_a_second_start_is_heard_before_the_data_are_open() -> Result<()> {
    let data = tempfile::tempdir()?;
    // As whoever restores the data does, or brings them up to date.
    let busy = fs::File::open(data.path())?;
    busy.lock()?;
    let desktop = Desktop::start().await?;
    let start = || start(&desktop, data.path());
    let mut first = start()?.arg("--hidden").spawn()?;
    eventually("the first start is known on the bus", async || {
        let names = desktop.tray().names().await?;
        let known = names.iter().any(|name| name.ends_with(".SingleInstance"));
        Ok(known.then_some(()))
    })
    .await?;
    let mut second = start()?.spawn()?;
    let ended = eventually("the second start ends", async || Ok(second.try_wait()?)).await;
    busy.unlock()?;
    let ended = ended.inspect_err(|_| drop((first.kill(), second.kill())))?;
    ensure!(ended.success(), "the second start ended with {ended}");
    stage::is_open(&desktop, TITLE).await?;
    desktop.tray().item().await?.choose("Quit").await?;
    let ended = first.wait()?;
    ensure!(ended.success(), "it ended with {ended}");
    Ok(())
}

async fn story(desktop: &Desktop, program: &Program, data: &Path) -> Result<()> {
    let tray = desktop.tray().item().await?;
    it_begins_with_nothing(program, &tray).await?;
    let receiver = listening(data).await?;
    let path = add_endpoint(program).await?;
    bookings_are_listed(desktop, program, &tray, receiver, &path).await?;
    it_pauses(desktop, program, &tray, receiver, &path).await?;
    it_follows_the_panel(desktop, &tray).await?;
    it_brings_the_window_back(desktop, program, &tray).await
}

async fn it_begins_with_nothing(program: &Program, tray: &TrayItem) -> Result<()> {
    shows(tray, "fine-dark").await?;
    let said = tray.entry("No public address · no call yet").await?;
    ensure!(!said.enabled, "what is only to be read can be chosen");
    tray.choose("Add an endpoint").await?;
    // Where it leads to comes before the person goes on.
    program.window().see_text("h1", "Endpoints").await?;
    Ok(())
}

async fn bookings_are_listed(
    desktop: &Desktop,
    program: &Program,
    tray: &TrayItem,
    receiver: SocketAddr,
    path: &str,
) -> Result<()> {
    // The next one comes last. Those that come at once would be told of together.
    for (told, number) in (1..).zip((0..6).rev()) {
        call::post_sample(receiver, path, number).await?;
        desktop.notifications().at_least(told).await?;
    }
    shows(tray, "unread-6-dark").await?;
    let next = begins(tray, "Next: Amelia Hart · ").await?;
    ensure!(next.contains(", 09:00–09:45"), "it says: {next}");
    begins(tray, "New booking: Amelia Hart · ").await?;
    let listed = labels(tray).await?;
    let listed = listed
        .iter()
        .filter(|label| label.starts_with("New booking: "));
    ensure!(listed.count() == 5, "not five entries are listed");

    tray.choose(&next).await?;
    let window = program.window();
    window.see_text("h2", "Amelia Hart").await?;
    window.click_text("nav a", "Timeline").await?;
    window.click_text("button", "Mark shown as read").await?;
    shows(tray, "fine-dark").await
}

async fn it_pauses(
    desktop: &Desktop,
    program: &Program,
    tray: &TrayItem,
    receiver: SocketAddr,
    path: &str,
) -> Result<()> {
    let before = desktop.notifications().all().len();
    tray.choose("For 30 minutes").await?;
    shows(tray, "paused-dark").await?;
    program
        .window()
        .see("[aria-label='Notifications are paused']")
        .await?;
    call::post_sample(receiver, path, 6).await?;
    begins(tray, "New booking: Omar Haddad · ").await?;
    tray.choose("Resume notifications").await?;
    // What came meanwhile is unread, and was told to nobody.
    shows(tray, "unread-1-dark").await?;
    call::post_sample(receiver, path, 7).await?;
    let all = desktop.notifications().at_least(before + 1).await?;
    ensure!(
        all.len() == before + 1 && all[before].summary == "New booking: Chloé Lambert",
        "after the pause there came: {:#?}",
        &all[before..]
    );
    Ok(())
}

async fn it_follows_the_panel(desktop: &Desktop, tray: &TrayItem) -> Result<()> {
    desktop.portal().prefer_light().await?;
    shows(tray, "unread-2-light").await
}

async fn it_brings_the_window_back(
    desktop: &Desktop,
    program: &Program,
    tray: &TrayItem,
) -> Result<()> {
    let before = desktop.notifications().all().len();
    stage::close(desktop, TITLE).await?;
    let told = desktop.notifications().at_least(before + 1).await?;
    ensure!(
        told[before].summary == "Bellhop goes on in the tray",
        "closing the window said: {:#?}",
        &told[before..]
    );
    eventually("nothing of a browser is in memory", async || {
        Ok((!has_web_view(program.id())?).then_some(()))
    })
    .await?;

    tray.activate().await?;
    stage::is_open(desktop, TITLE).await?;
    program.window().follow().await?;
    program.window().see_text(CREATED, "Amelia Hart").await?;
    stage::close(desktop, TITLE).await?;

    // Who clicks on the icon and then on a booking does not wait for the window to be ready.
    let next = begins(tray, "Next: Amelia Hart · ").await?;
    tray.activate().await?;
    tray.choose(&next).await?;
    stage::is_open(desktop, TITLE).await?;
    program.window().follow().await?;
    program.window().see_text("h2", "Amelia Hart").await?;
    // It is said once.
    stage::close(desktop, TITLE).await?;
    tray.choose("Quit").await?;
    ensure!(program.ended().await? == 0, "it did not end well");
    let after = desktop.notifications().all().len();
    ensure!(after == before + 1, "closing the window was told of twice");
    Ok(())
}

/// The icon asks for attention until the person has looked where something is to be done.
pub(crate) async fn leads_to_the_endpoints(
    desktop: &Desktop,
    program: &Program,
    trouble: &str,
) -> Result<()> {
    let tray = desktop.tray().item().await?;
    shows(&tray, "attention-dark").await?;
    // Icon, tooltip and menu are drawn one after another.
    eventually("the tooltip names the trouble", async || {
        let (title, text) = tray.tooltip().await?;
        ensure!(
            title.contains(trouble) || text.contains(trouble),
            "it says: {title} {text}"
        );
        Ok(Some(()))
    })
    .await?;
    tray.choose(trouble).await?;
    program.window().see_text("h1", "Endpoints").await?;
    eventually("the trouble is no longer in the menu", async || {
        let labels = labels(&tray).await?;
        Ok((!labels.iter().any(|label| label == trouble)).then_some(()))
    })
    .await?;
    shows(&tray, "unread-6-dark").await
}

/// Waits until the icon is the drawing of that name.
pub(crate) async fn shows(tray: &TrayItem, name: &str) -> Result<()> {
    let file = format!("icons/tray/tray-{name}-44.png");
    let drawing = Image::from_path(&file)?;
    let expected: Vec<u8> = drawing
        .rgba()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[3], pixel[0], pixel[1], pixel[2]])
        .collect();
    eventually(&format!("the tray shows {name}"), async || {
        let pictures = tray.pictures().await?;
        let (_, _, pixels) = pictures.first().context("no picture")?;
        Ok((*pixels == expected).then_some(()))
    })
    .await
}

pub(crate) async fn labels(tray: &TrayItem) -> Result<Vec<String>> {
    Ok(tray
        .menu()
        .await?
        .into_iter()
        .map(|entry| entry.label)
        .collect())
}

/// Waits for an entry that begins so, and gives all that it says.
pub(crate) async fn begins(tray: &TrayItem, words: &str) -> Result<String> {
    let what = format!("\"{words}…\" in the tray menu");
    eventually(&what, async || {
        let labels = labels(tray).await?;
        Ok(labels.into_iter().find(|label| label.starts_with(words)))
    })
    .await
}

/// Whether the program has a process of WebKit's.
pub(crate) fn has_web_view(program: u32) -> Result<bool> {
    for process in fs::read_dir("/proc")? {
        let Ok(stat) = fs::read_to_string(process?.path().join("stat")) else {
            continue;
        };
        let Some((name, rest)) = stat.rsplit_once(')') else {
            continue;
        };
        let group = rest
            .split_whitespace()
            .nth(2)
            .and_then(|group| group.parse().ok());
        if group == Some(program) && name.contains("WebKitWeb") {
            return Ok(true);
        }
    }
    Ok(false)
}
