//! The system packages that building, showing and testing need, and their installation.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;

/// What a group of packages is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Compiling anything: SQLite and the TLS provider are C.
    Compile,
    /// Compiling and running the window.
    Window,
    /// A virtual screen with a window manager, and looking at it.
    Screen,
    /// A panel and notification bubbles, for a screenshot.
    Panel,
    /// Driving the real window in the end-to-end test.
    Driver,
    /// A browser for the tests of the pages.
    Browser,
    /// Networks of the kernel's, for the tests of a network that changes.
    Network,
    /// A clock that tests set, and small disks that they mount.
    Faults,
}

impl Purpose {
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Compile => &["build-essential", "pkg-config"],
            Self::Window => &[
                "libwebkit2gtk-4.1-dev",
                "libayatana-appindicator3-dev",
                "librsvg2-dev",
                "libxdo-dev",
            ],
            Self::Screen => &[
                "xvfb",
                "dbus",
                "openbox",
                "xdotool",
                "scrot",
                "util-linux",
                "fonts-dejavu-core",
            ],
            Self::Panel => &[
                "dunst",
                "xfce4-panel",
                "xfconf",
                "x11-xserver-utils",
                "adwaita-icon-theme",
                "fonts-inter",
            ],
            Self::Driver => &["webkit2gtk-driver", "xclip"],
            Self::Browser => &["chromium"],
            Self::Network => &["iproute2"],
            Self::Faults => &["faketime", "util-linux", "mount"],
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::Compile => "a C compiler",
            Self::Window => "WebKitGTK 4.1 with its headers, the tray and libxdo",
            Self::Screen => "Xvfb, dbus-daemon, openbox, xdotool, scrot, setpriv and a font",
            Self::Panel => "dunst, xfce4-panel, xsetroot and an icon theme",
            Self::Driver => "WebKitWebDriver and xclip",
            Self::Browser => "Chromium",
            Self::Network => "ip",
            Self::Faults => "libfaketime, mount and setpriv",
        }
    }

    /// Ubuntu has Chromium under another name, and any of them will do for the tests.
    fn is_there_anyway(self) -> bool {
        self == Self::Browser && browser().is_some()
    }
}

/// Makes sure that what `purposes` need is installed. Only Linux needs any: the others bring a web view.
pub(crate) fn ensure(purposes: &[Purpose]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !on_path("dpkg-query") || !on_path("apt-get") {
        let needs: Vec<_> = purposes.iter().map(|purpose| purpose.says()).collect();
        println!(
            "This is not Debian or Ubuntu. If something is missing below, install: {}.",
            needs.join("; ")
        );
        return Ok(());
    }
    let wanted: Vec<_> = purposes
        .iter()
        .filter(|purpose| !purpose.is_there_anyway())
        .collect();
    let wanted: Vec<&str> = wanted
        .iter()
        .flat_map(|purpose| purpose.packages())
        .copied()
        .collect();
    let missing = missing(&wanted);
    if missing.is_empty() {
        return Ok(());
    }
    let Some(prefix) = privilege() else {
        bail!("{}", instructions(&missing))
    };
    println!("Installing the system packages {}.", missing.join(", "));
    let apt = |args: &[&str]| command::run(&mut apt_get(&prefix, args));
    apt(&["update"])
        .and_then(|()| apt(&[&["install", "-y", "--no-install-recommends"], &missing[..]].concat()))
        .map_err(|error| error.context(instructions(&missing)))
}

fn apt_get(prefix: &[&str], args: &[&str]) -> Command {
    // `env` passes the setting through sudo, which drops the caller's environment. Another apt may be
    // running, on a fresh machine often the automatic update.
    let front = [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=300",
    ];
    let mut words = prefix.iter().chain(&front).chain(args);
    let mut command = Command::new(words.next().unwrap_or(&"env"));
    command.args(words);
    command
}

fn missing<'a>(wanted: &[&'a str]) -> Vec<&'a str> {
    let format = "-f=${Package} ${db:Status-Status}\n";
    // It fails if it does not know one of them, and lists the others all the same.
    let output = Command::new("dpkg-query")
        .arg("-W")
        .arg(format)
        .args(wanted)
        .output();
    let listed = output
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let installed: Vec<_> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

/// What to put before apt-get, or nothing if this account may not install.
fn privilege() -> Option<Vec<&'static str>> {
    if command::ask("id", ["-u"]).as_deref() == Some("0") {
        return Some(Vec::new());
    }
    command::ask("sudo", ["-n", "true"]).map(|_| vec!["sudo", "-n"])
}

fn instructions(missing: &[&str]) -> String {
    format!(
        "these system packages are missing and could not be installed from here. Please run:\n\n  \
         sudo apt-get update && sudo apt-get install -y --no-install-recommends {}\n\nand then the same command again",
        missing.join(" ")
    )
}

/// A browser that the tests of the pages can use.
pub(crate) fn browser() -> Option<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ];
    names.iter().find_map(|name| find(name))
}

/// Whether a program can be started by its name.
pub(crate) fn on_path(name: &str) -> bool {
    find(name).is_some()
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
