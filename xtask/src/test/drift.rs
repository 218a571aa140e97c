//! Whether the committed TypeScript types are those of the Rust types.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

const FOLDER: &str = "ui/src/bindings";

/// Writes the types with `regenerate` and compares them with those that were there.
///
/// Files are compared, not commits: a change of the types may be checked before it is committed.
pub(super) fn check(regenerate: impl FnOnce() -> Result<()>) -> Result<()> {
    let before = read(Path::new(FOLDER))?;
    regenerate()?;
    let after = read(Path::new(FOLDER))?;
    if before == after {
        return Ok(());
    }
    let names = before.keys().chain(after.keys());
    let changed: std::collections::BTreeSet<_> = names
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| name.display().to_string())
        .collect();
    bail!(
        "the TypeScript types are not those of the Rust types. They have been written anew; look at the \
         difference and commit it (`cargo xtask bindings` does the same): {}",
        changed.into_iter().collect::<Vec<_>>().join(", ")
    );
}

fn read(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry.context("cannot read an entry")?.path();
        if path.is_dir() {
            files.extend(read(&path)?);
        } else {
            let bytes =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}
