//! The real program on a virtual screen: a panel, notification bubbles, and a picture of them.

mod picture;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use virtual_screen::{Deadline, Screen, ScreenOptions, eventually};

/// The program starts in debug mode with software rendering, perhaps beside other work.
const PATIENCE: Duration = Duration::from_secs(90);
/// How many notifications the picture of a demo waits for: by then bookings were made, moved and cancelled.
const NOTIFICATIONS: u32 = 12;
/// What lies behind the window.
const BACKGROUND: &str = "#2f4a55";
/// Wide enough for the window and, beside it, the notifications.
const SIZE: (u32, u32) = (1600, 900);
/// Where the window goes, its frame not counted: left, below the panel.
const PLACE: (&str, &str) = ("56", "92");
/// The looks of the desktop around the program. It is nobody's own, so they are made up here.
const LOOKS: [(&str, &str); 5] = [
    (
        "config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml",
        include_str!("show/panel.xml"),
    ),
    ("config/dunst/dunstrc", include_str!("show/dunstrc")),
    ("config/gtk-3.0/settings.ini", include_str!("show/gtk.ini")),
    ("config/openbox/rc.xml", include_str!("show/rc.xml")),
    (
        "data/themes/Bellhop/openbox-3/themerc",
        include_str!("show/themerc"),
    ),
];

/// Runs `program`, waits until it shows what it should, takes the picture, ends everything.
pub(crate) fn show(program: &Path, args: &[String], demo: bool, picture: &Path) -> Result<()> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted))
            .context("cannot listen for signals")?;
    }
    let services = vec!["org.xfce.Xfconf".to_owned()];
    let mut screen = Screen::start(&ScreenOptions {
        size: SIZE,
        services,
    })?;
    println!("The virtual screen is {}.", screen.display());
    let shown = furnish(&mut screen, &interrupted).and_then(|()| {
        screen.run(program, args)?;
        wait_until_shown(&screen, &interrupted, demo)?;
        screen.screenshot(picture)
    });
    if let Err(error) = shown {
        // Whoever interrupts knows why it failed; everybody else is helped by what the programs said.
        let said = if interrupted.load(Ordering::Relaxed) {
            String::new()
        } else {
            screen.logs()
        };
        bail!("{error:#}\n{said}");
    }
    println!("The picture is {}.", picture.display());
    Ok(())
}

/// A background, a panel with a tray, and a daemon for notifications, all ready before the program starts.
fn furnish(screen: &mut Screen, interrupted: &AtomicBool) -> Result<()> {
    for (file, text) in LOOKS {
        write(&screen.folder().join(file), text)?;
    }
    screen
        .asks("openbox", ["--reconfigure"])?
        .context("openbox does not take its looks")?;
    screen
        .asks("xsetroot", ["-solid", BACKGROUND])?
        .context("xsetroot failed")?;
    screen.run("dunst", [] as [&str; 0])?;
    screen.run("xfce4-panel", ["--disable-wm-check"])?;
    for name in [
        "org.freedesktop.Notifications",
        "org.kde.StatusNotifierWatcher",
    ] {
        wait(screen, interrupted, name, || {
            Ok(is_owned(screen, name)?.then_some(()))
        })?;
    }
    Ok(())
}

fn wait_until_shown(screen: &Screen, interrupted: &AtomicBool, demo: bool) -> Result<()> {
    let window = wait(screen, interrupted, "the window is open", || {
        let found = screen.asks("xdotool", ["search", "--onlyvisible", "--name", "^Bellhop"])?;
        Ok(found.and_then(|ids| ids.lines().next().map(str::to_owned)))
    })?;
    screen
        .asks("xdotool", ["windowmove", &window, PLACE.0, PLACE.1])?
        .context("cannot move the window")?;
    if demo {
        wait(screen, interrupted, "notifications came", || {
            // Three lines: how many wait, are displayed, and have gone.
            let counts = screen.asks("dunstctl", ["count"])?.unwrap_or_default();
            let counts = counts
                .split_whitespace()
                .filter_map(|word| word.parse::<u32>().ok());
            Ok((counts.sum::<u32>() >= NOTIFICATIONS).then_some(()))
        })?;
    }
    wait(screen, interrupted, "the window shows something", || {
        Ok(picture::is_painted(screen, &window)?.then_some(()))
    })
}

/// Waits as long as nothing on the screen fails. On an interruption this fails too, and leaving the
/// functions above ends what was started.
fn wait<T>(
    screen: &Screen,
    interrupted: &AtomicBool,
    what: &str,
    mut probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    eventually(what, Deadline::after(PATIENCE), || {
        if interrupted.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        screen.must_run()?;
        probe()
    })
}

fn is_owned(screen: &Screen, name: &str) -> Result<bool> {
    let question = [
        "--session",
        "--print-reply=literal",
        "--dest=org.freedesktop.DBus",
        "/org/freedesktop/DBus",
    ];
    let question = question
        .into_iter()
        .chain(["org.freedesktop.DBus.NameHasOwner"]);
    let answer = screen.asks(
        "dbus-send",
        question
            .map(str::to_owned)
            .chain([format!("string:{name}")]),
    )?;
    Ok(answer.is_some_and(|answer| answer.contains("true")))
}

fn write(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().context("a file without a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// From here on a Ctrl-C in the terminal is the child's alone, which ends in good order and we with it.
pub(crate) fn leave_signals_to_child() -> Result<()> {
    signal_hook::flag::register(SIGINT, Arc::new(AtomicBool::new(false)))
        .context("cannot listen for signals")?;
    Ok(())
}
