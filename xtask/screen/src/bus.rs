//! A session bus that starts only the services it is told to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::first_line::first_line;
use crate::process::Process;
use crate::wait::Deadline;

/// Where distributions describe the services that a bus can start.
const SERVICES: &str = "/usr/share/dbus-1/services";

/// Writes the configuration and starts the daemon; gives it and its address.
///
/// A bus with the system's own configuration would start whatever the machine happens to have: a
/// keychain that asks for a password, a portal, an accessibility bus. None of them could be counted on.
pub(crate) fn start(
    folder: &Path,
    services: &[String],
    mut command: Command,
) -> Result<(Process, String)> {
    let offered = folder.join("services");
    fs::create_dir(&offered).with_context(|| format!("cannot make {}", offered.display()))?;
    for service in services {
        let file = format!("{service}.service");
        let from = PathBuf::from(SERVICES).join(&file);
        fs::copy(&from, offered.join(&file))
            .with_context(|| format!("cannot read {}", from.display()))?;
    }
    let config = folder.join("bus.conf");
    fs::write(&config, configuration(&folder.join("bus"), &offered))
        .with_context(|| format!("cannot write {}", config.display()))?;
    command
        .arg("--nofork")
        .arg("--print-address=1")
        .arg(format!("--config-file={}", config.display()));
    let mut daemon = Process::start("dbus-daemon", command.stdout(Stdio::piped()))?;
    let said = daemon
        .stdout()
        .context("dbus-daemon has no standard output")?;
    let address = first_line(said, Deadline::after(crate::screen::START))
        .context("dbus-daemon did not start")?;
    Ok((daemon, address))
}

fn configuration(socket: &Path, services: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        socket.display(),
        services.display()
    )
}
