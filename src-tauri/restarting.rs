//! A backup is put back while nobody has the data open, this program neither: it ends, and starts again into the restore.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use bellhop_engine::restoring;

use crate::args::Args;
use crate::dto::Restored;

/// The backup that the person chose.
#[derive(Default)]
pub(crate) struct Restarting {
    chosen: Mutex<Option<PathBuf>>,
    into: Mutex<Option<PathBuf>>,
}

impl Restarting {
    /// Remembers the file that the person chose in the system's dialog: the window names none itself.
    pub(crate) fn choose(&self, file: PathBuf) {
        *self.chosen.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
    }

    /// Whether there is a file to restore; then it is restored when the program ends.
    pub(crate) fn agree(&self) -> bool {
        let chosen = self
            .chosen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut into = self.into.lock().unwrap_or_else(PoisonError::into_inner);
        *into = chosen;
        into.is_some()
    }

    /// The file to restore, once the program has ended.
    pub(crate) fn agreed(&self) -> Option<PathBuf> {
        self.into
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Starts the program again, to restore `file` first. The new one waits until this one has ended.
pub(crate) fn start_again(args: &Args, program: &Path, file: &Path) -> io::Result<()> {
    let child = Command::new(program)
        .args(again(args, file))
        .stdin(Stdio::piped())
        .spawn()?;
    // Its input ends when this process does, and with it every lock on the data.
    std::mem::forget(child);
    Ok(())
}

fn again(args: &Args, file: &Path) -> Vec<OsString> {
    let mut again: Vec<OsString> = Vec::new();
    if let Some(data_dir) = &args.data_dir {
        again.extend(["--data-dir".into(), data_dir.into()]);
    }
    again.extend(["--listen".into(), args.listen.to_string().into()]);
    again.extend(["--restore".into(), file.into()]);
    again
}

/// Waits until the program that started this one has ended, and restores `file`.
pub(crate) async fn restore(data_dir: &Path, file: &Path) -> Restored {
    // An input that cannot be read has ended too.
    let waited = tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink()));
    let _ = waited.await;
    let name = file.display().to_string();
    match restoring::restore(data_dir, file).await {
        Ok(restored) => Restored {
            file: name,
            failure: None,
            kept_aside: restored.kept_aside.map(|file| file.display().to_string()),
            without_secret: restored
                .without_secret
                .into_iter()
                .map(|endpoint| endpoint.label)
                .collect(),
        },
        Err(error) => Restored {
            file: name,
            failure: Some(error.to_string()),
            kept_aside: None,
            without_secret: Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn it_starts_again_as_it_was_started_but_for_the_window() {
        let args = Args::parse_from(["x", "--hidden", "--data-dir", "/my data"]);
        let parsed = Args::parse_from(
            std::iter::once("x".into()).chain(again(&args, Path::new("/backup of may.db"))),
        );
        assert_eq!(parsed.data_dir, args.data_dir);
        assert_eq!(parsed.listen, args.listen);
        assert_eq!(parsed.restore, Some("/backup of may.db".into()));
        // Whoever asked for it wants to see how it went.
        assert!(!parsed.hidden);
    }

    #[test]
    fn only_a_file_that_was_chosen_is_restored_and_only_once() {
        let restarting = Restarting::default();
        assert!(!restarting.agree());
        restarting.choose("/backup.db".into());
        assert!(restarting.agree());
        assert_eq!(restarting.agreed(), Some("/backup.db".into()));
        assert_eq!(restarting.agreed(), None);
        assert!(!restarting.agree());
    }
}
