//! `cargo xtask icons`: every picture file is drawn from the SVG files in `icons/`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::packages::on_path;

/// Up to this size the simpler drawing is used, which has nothing in it that would blur.
const SMALL: u32 = 32;
/// The tray's states, one drawing each.
const STATES: [&str; 6] = [
    "fine",
    "unread-many",
    "connecting",
    "unreachable",
    "paused",
    "attention",
];
/// What is unread is counted up to this in one drawing. More are many.
const COUNTED: u8 = 9;
/// The colour of the drawing for panels of each kind.
const PANELS: [(&str, &str); 2] = [("light", "#2e2e2e"), ("dark", "#f4f4f4")];
/// Common heights of a tray icon, and twice the first for dense screens.
const TRAY_SIZES: [u32; 3] = [22, 32, 44];

/// Draws them all.
pub(crate) fn draw() -> Result<()> {
    if !on_path("rsvg-convert") {
        bail!(
            "rsvg-convert is needed to draw the icons (Debian and Ubuntu: the package librsvg2-bin)"
        );
    }
    for (file, size) in [
        ("32x32.png", 32),
        ("128x128.png", 128),
        ("128x128@2x.png", 256),
        ("icon.png", 512),
    ] {
        write(file, &app(size)?)?;
    }
    write("icon.ico", &ico(&[16, 24, 32, 48, 64, 256])?)?;
    // The four letters are Apple's names for these sizes, the last three for dense screens.
    let apple = [
        (b"icp4", 16),
        (b"icp5", 32),
        (b"ic07", 128),
        (b"ic08", 256),
        (b"ic09", 512),
        (b"ic11", 32),
        (b"ic12", 64),
        (b"ic13", 256),
        (b"ic14", 512),
        (b"ic10", 1024),
    ];
    write("icon.icns", &icns(&apple)?)?;
    for state in STATES {
        tray(state, &read(&format!("icons/tray/{state}.svg"))?)?;
    }
    let unread = read("icons/tray/unread.svg")?;
    for count in 1..=COUNTED {
        let drawing = unread.replace("{count}", &count.to_string());
        tray(&format!("unread-{count}"), &drawing)?;
    }
    Ok(())
}

fn tray(state: &str, drawing: &str) -> Result<()> {
    for (panel, colour) in PANELS {
        for size in TRAY_SIZES {
            let picture = png(&drawing.replace("currentColor", colour), size)?;
            write(&format!("tray/tray-{state}-{panel}-{size}.png"), &picture)?;
        }
    }
    Ok(())
}

fn read(drawing: &str) -> Result<String> {
    fs::read_to_string(drawing).with_context(|| format!("cannot read {drawing}"))
}

fn app(size: u32) -> Result<Vec<u8>> {
    let drawing = if size <= SMALL {
        "icons/app-small.svg"
    } else {
        "icons/app.svg"
    };
    png(&read(drawing)?, size)
}

fn png(drawing: &str, size: u32) -> Result<Vec<u8>> {
    let file = Path::new("target/icon.svg");
    fs::write(file, drawing).context("cannot write target/icon.svg")?;
    let size = size.to_string();
    let output = Command::new("rsvg-convert")
        .args(["-w", &size, "-h", &size])
        .arg(file)
        .output();
    let output = output.context("cannot start rsvg-convert")?;
    if !output.status.success() {
        bail!(
            "rsvg-convert failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output.stdout)
}

/// A directory of pictures, then the pictures: PNG is allowed in this format for every size.
fn ico(sizes: &[u32]) -> Result<Vec<u8>> {
    let pictures = sizes
        .iter()
        .map(|&size| Ok((size, app(size)?)))
        .collect::<Result<Vec<_>>>()?;
    let mut file = vec![0, 0, 1, 0];
    file.extend(u16::try_from(pictures.len())?.to_le_bytes());
    let mut offset = 6 + 16 * u32::try_from(pictures.len())?;
    for (size, picture) in &pictures {
        // One byte for each side, in which 256 is written as 0.
        let side = u8::try_from(*size).unwrap_or(0);
        let length = u32::try_from(picture.len())?;
        file.extend([side, side, 0, 0, 1, 0, 32, 0]);
        file.extend(length.to_le_bytes());
        file.extend(offset.to_le_bytes());
        offset += length;
    }
    pictures
        .into_iter()
        .for_each(|(_, picture)| file.extend(picture));
    Ok(file)
}

/// Chunks of a name, a length that counts its own eight bytes, and a PNG.
fn icns(entries: &[(&[u8; 4], u32)]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    for (name, size) in entries {
        let picture = app(*size)?;
        body.extend(*name);
        body.extend(u32::try_from(picture.len() + 8)?.to_be_bytes());
        body.extend(picture);
    }
    let mut file = b"icns".to_vec();
    file.extend(u32::try_from(body.len() + 8)?.to_be_bytes());
    file.extend(body);
    Ok(file)
}

fn write(name: &str, bytes: &[u8]) -> Result<()> {
    let file = Path::new("icons").join(name);
    fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))
}
