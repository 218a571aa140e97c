//! Starting with the person's session.

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_autostart::ManagerExt as _;

use crate::args::Args;

/// The entry among the programs that the system starts.
const NAME: &str = "bellhop-desktop";

/// What follows the program in its command.
const FIRST: &str = "--hidden";

/// Lets the system start this program when the person logs in: in the tray, and with the data that it has now.
pub(crate) fn plugin(args: &Args) -> TauriPlugin<Wry> {
    tauri_plugin_autostart::Builder::new()
        .app_name(NAME)
        .args(at_login(args))
        .build()
}

/// From the next login on, the system starts the program from where it is now.
pub(crate) fn enable(app: &AppHandle) -> anyhow::Result<()> {
    app.autolaunch().enable()?;
    #[cfg(target_os = "linux")]
    entry::name_program(app, |_| true)?;
    Ok(())
}

/// A program that was moved, or replaced by one of another name, would not be found at the next login, while the settings go
/// on saying that it starts.
#[cfg(target_os = "linux")]
pub(crate) fn follow_program(app: &AppHandle) {
    if let Err(error) = entry::name_program(app, |named| !named.exists()) {
        tracing::warn!(%error, "whether Bellhop starts at login is unknown");
    }
}

/// The entry of Linux: a file with a command, in which the library writes the program without quotes.
#[cfg(target_os = "linux")]
mod entry {
    use std::path::Path;
    use std::{fs, io};

    use tauri::{AppHandle, Manager as _};

    use super::{FIRST, NAME, as_one};

    /// Names this program in the entry, if there is one and what it names is to be replaced. Which data it starts with stays.
    pub(super) fn name_program(
        app: &AppHandle,
        is_to_go: impl Fn(&Path) -> bool,
    ) -> anyhow::Result<()> {
        let entry = app.path().home_dir()?;
        let entry = entry.join(format!(".config/autostart/{NAME}.desktop"));
        let text = match fs::read_to_string(&entry) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            read => read?,
        };
        let mut commands = text.lines().filter_map(|line| line.strip_prefix("Exec="));
        let Some((named, _)) = commands.find_map(|command| command.split_once(FIRST)) else {
            return Ok(());
        };
        let named = named.trim_end();
        if is_to_go(Path::new(&unquoted(named))) {
            let program = match app.env().appimage {
                Some(image) => image.into(),
                None => tauri::process::current_binary(&app.env())?,
            };
            let program = as_one(&program.display().to_string());
            let named = format!("Exec={named} {FIRST}");
            let text = text.replacen(&named, &format!("Exec={program} {FIRST}"), 1);
            fs::write(entry, text)?;
        }
        Ok(())
    }

    /// Takes back what [`as_one`] did.
    pub(super) fn unquoted(word: &str) -> String {
        let quoted = word
            .strip_prefix('"')
            .and_then(|word| word.strip_suffix('"'));
        let Some(quoted) = quoted else {
            return word.to_owned();
        };
        quoted
            .replace("%%", "%")
            .replace(r"\\$", "$")
            .replace(r"\\`", "`")
            .replace(r#"\\""#, "\"")
            .replace(r"\\\\", r"\")
    }
}

fn at_login(args: &Args) -> Vec<String> {
    let mut at_login = vec![FIRST.to_owned()];
    if let Some(data_dir) = &args.data_dir {
        let data_dir = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.clone());
        at_login.push("--data-dir".to_owned());
        at_login.push(as_one(&data_dir.display().to_string()));
    }
    at_login
}

/// A path as one argument, also with spaces in it: the entries of Linux and Windows are lines of a command.
fn as_one(path: &str) -> String {
    if cfg!(target_os = "macos") {
        return path.to_owned();
    }
    let escaped = match cfg!(windows) {
        true => path.to_owned(),
        false => path
            .replace('\\', r"\\\\")
            .replace('"', r#"\\""#)
            .replace('`', r"\\`")
            .replace('$', r"\\$")
            .replace('%', "%%"),
    };
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn it_starts_in_the_tray_and_with_the_same_data() {
        let started = |args: &[&str]| at_login(&Args::parse_from([&["x"], args].concat()));
        assert_eq!(started(&[]), ["--hidden"]);
        #[cfg(target_os = "linux")]
        assert_eq!(
            started(&["--data-dir", "/my data"]),
            ["--hidden", "--data-dir", "\"/my data\""]
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_in_any_folder_is_named_as_it_is() {
        for path in [
            "/opt/bellhop",
            "/my apps/Bellhop (1).AppImage",
            r#"/a\b "100%" $`/x"#,
        ] {
            assert_eq!(entry::unquoted(&as_one(path)), path);
        }
        assert_eq!(entry::unquoted("/opt/bell hop"), "/opt/bell hop");
    }
}
