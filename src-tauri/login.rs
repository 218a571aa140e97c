//! Starting with the person's session.

use tauri::Wry;
use tauri::plugin::TauriPlugin;

use crate::args::Args;

/// Lets the system start this program when the person logs in: in the tray, and with the data that it has now.
pub(crate) fn plugin(args: &Args) -> TauriPlugin<Wry> {
    tauri_plugin_autostart::Builder::new()
        .app_name("bellhop-desktop")
        .args(at_login(args))
        .build()
}

fn at_login(args: &Args) -> Vec<String> {
    let mut at_login = vec!["--hidden".to_owned()];
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
}
