//! The window's pages: npm packages and the build into `ui/dist`.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::command::{ask, npm, run};

/// The oldest Node.js that the UI's tools accept (`engines` in package.json).
const NODE: (u32, u32) = (20, 19);

/// Installs the npm packages if the lock file is newer than what is installed.
pub(crate) fn ensure_packages() -> Result<()> {
    check_node()?;
    let installed = modified("node_modules/.package-lock.json");
    if installed.is_some() && installed >= modified("package-lock.json") {
        return Ok(());
    }
    run(npm().args(["ci", "--no-audit", "--no-fund"]))
}

/// Builds the pages if a source is newer than the last build.
pub(crate) fn ensure_built() -> Result<()> {
    ensure_packages()?;
    let built = modified("ui/dist/index.html");
    let mut newest = modified("package-lock.json").max(modified("package.json"));
    newest_below(Path::new("ui"), &mut newest)?;
    if built.is_some() && built >= newest {
        return Ok(());
    }
    run(npm().args(["run", "--silent", "build"]))
}

fn newest_below(folder: &Path, newest: &mut Option<SystemTime>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let kind = entry.file_type().context("cannot read a file's type")?;
        let is_output = ["dist", "node_modules", "browser-tests"]
            .iter()
            .any(|name| entry.file_name() == *name);
        if kind.is_dir() && !is_output {
            newest_below(&entry.path(), newest)?;
        } else if kind.is_file() {
            *newest = (*newest).max(modified(entry.path()));
        }
    }
    Ok(())
}

fn check_node() -> Result<()> {
    let (major, minor) = NODE;
    let Some(version) = ask("node", ["--version"]) else {
        bail!(
            "Node.js is not installed: Bellhop's pages need Node.js {major}.{minor} or newer, with npm"
        );
    };
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < NODE {
        bail!(
            "Node.js {version} is too old: Bellhop's pages need Node.js {major}.{minor} or newer"
        );
    }
    Ok(())
}

fn modified(path: impl AsRef<Path>) -> Option<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}
