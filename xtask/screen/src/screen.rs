//! The screen: X server, session bus, window manager.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::bus;
use crate::first_line::first_line;
use crate::process::Process;
use crate::wait::{Deadline, eventually};

/// How long each part of the desktop may take to be ready. A cold, busy machine needs a few seconds.
pub(crate) const START: Duration = Duration::from_secs(30);

/// What to start.
#[derive(Debug, Clone)]
pub struct ScreenOptions {
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Names of the installed services that the session bus may start, for example `org.xfce.Xfconf`.
    pub services: Vec<String>,
}

impl Default for ScreenOptions {
    fn default() -> Self {
        Self {
            size: (1280, 800),
            services: Vec::new(),
        }
    }
}

/// A running desktop without a monitor. Dropping it ends everything that was started on it.
#[derive(Debug)]
pub struct Screen {
    // Ended from the last to the first: programs before the servers that they talk to.
    processes: Vec<Process>,
    display: String,
    bus: String,
    folder: TempDir,
}

impl Screen {
    /// Starts the desktop and waits until it is ready for programs.
    ///
    /// # Errors
    /// When a part is not installed or does not come up; what it said is in the error.
    pub fn start(options: &ScreenOptions) -> Result<Self> {
        let folder =
            TempDir::with_prefix("bellhop-screen-").context("cannot make a temporary folder")?;
        let mut screen = Self {
            processes: Vec::new(),
            display: String::new(),
            bus: String::new(),
            folder,
        };
        for place in [
            "home", "config", "cache", "data", "state", "runtime", "logs",
        ] {
            let place = screen.folder.path().join(place);
            fs::create_dir(&place).with_context(|| format!("cannot make {}", place.display()))?;
        }
        screen.start_parts(options).with_context(|| screen.logs())?;
        Ok(screen)
    }

    fn start_parts(&mut self, options: &ScreenOptions) -> Result<()> {
        let (width, height) = options.size;
        let mut server = self.daemon("Xvfb")?;
        // The server picks a free display number itself and tells it once it answers.
        server.args([
            "-displayfd",
            "1",
            "-nolisten",
            "tcp",
            "-noreset",
            "-dpi",
            "96",
            "-screen",
            "0",
        ]);
        server
            .arg(format!("{width}x{height}x24"))
            .stdout(Stdio::piped());
        let mut server = Process::start("Xvfb", &mut server)?;
        let said = server.stdout().context("Xvfb has no standard output")?;
        self.processes.push(server);
        let number = first_line(said, Deadline::after(START)).context("Xvfb did not start")?;
        self.display = format!(":{number}");

        let (daemon, address) = bus::start(
            self.folder.path(),
            &options.services,
            self.daemon("dbus-daemon")?,
        )?;
        self.processes.push(daemon);
        self.bus = address;

        self.run("openbox", ["--sm-disable"])?;
        eventually("openbox manages the screen", Deadline::after(START), || {
            self.must_run()?;
            Ok(self.asks("xdotool", ["get_num_desktops"])?.map(drop))
        })
    }

    /// The X display, `:N`.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The address of the session bus.
    #[must_use]
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// The folder that is the home of everything on this screen. It goes with the screen.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command that will run on this screen, not started yet.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let folder = self.folder.path();
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", folder.join("home"))
            .env("XDG_CONFIG_HOME", folder.join("config"))
            .env("XDG_CACHE_HOME", folder.join("cache"))
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("XDG_STATE_HOME", folder.join("state"))
            .env("XDG_RUNTIME_DIR", folder.join("runtime"))
            .env("XDG_SESSION_TYPE", "x11")
            .env("GDK_BACKEND", "x11")
            .env("LANG", "C.UTF-8")
            // There is no graphics card, no accessibility bus and no settings daemon to look for.
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("GSETTINGS_BACKEND", "memory")
            .stdin(Stdio::null());
        for name in [
            "WAYLAND_DISPLAY",
            "XAUTHORITY",
            "LANGUAGE",
            "LC_ALL",
            "LC_MESSAGES",
            "GTK_MODULES",
            "DESKTOP_STARTUP_ID",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// The same for a program that keeps running: what it says goes into a log, and it ends when this
    /// process is killed and so cannot end it.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub fn daemon(&self, program: impl AsRef<OsStr>) -> Result<Command> {
        let name = Path::new(program.as_ref())
            .file_name()
            .unwrap_or(OsStr::new("program"))
            .to_owned();
        let log = self.log(&name);
        let log = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .context("cannot write a log")?;
        // setpriv asks the kernel for a signal at the death of the parent, then becomes the program.
        let mut command = self.command("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(program);
        command
            .stdout(log.try_clone().context("cannot write a log")?)
            .stderr(log);
        Ok(command)
    }

    /// Starts a program that runs until the screen ends.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run<A: AsRef<OsStr>>(
        &mut self,
        program: impl AsRef<OsStr>,
        args: impl IntoIterator<Item = A>,
    ) -> Result<u32> {
        let name = program.as_ref().to_string_lossy().into_owned();
        let process = Process::start(&name, self.daemon(program)?.args(args))?;
        let id = process.id();
        self.processes.push(process);
        Ok(id)
    }

    /// What a short program prints, if it succeeds.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn asks<A: AsRef<OsStr>>(
        &self,
        program: &str,
        args: impl IntoIterator<Item = A>,
    ) -> Result<Option<String>> {
        let output = self
            .command(program)
            .args(args)
            .output()
            .with_context(|| format!("cannot start {program}"))?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(output.status.success().then_some(said))
    }

    /// Fails if any part of the desktop has ended.
    ///
    /// # Errors
    /// Naming the part.
    pub fn must_run(&self) -> Result<()> {
        self.processes.iter().try_for_each(Process::must_run)
    }

    /// Takes a picture of the whole screen.
    ///
    /// # Errors
    /// When the folder cannot be made or scrot fails.
    pub fn screenshot(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let output = self
            .command("scrot")
            .arg("--overwrite")
            .arg(file)
            .output()
            .context("cannot start scrot")?;
        if !output.status.success() {
            bail!(
                "scrot failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(())
    }

    /// What the programs on this screen said, for an error message.
    #[must_use]
    pub fn logs(&self) -> String {
        let Ok(entries) = fs::read_dir(self.folder.path().join("logs")) else {
            return String::new();
        };
        let mut text = String::from("what the programs on the screen said:");
        for path in entries.flatten().map(|entry| entry.path()) {
            let said = fs::read_to_string(&path).unwrap_or_default();
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            for line in said.lines() {
                text.push_str(&format!("\n  {name}: {line}"));
            }
        }
        text
    }

    fn log(&self, name: &OsStr) -> PathBuf {
        let mut file = name.to_owned();
        file.push(".log");
        self.folder.path().join("logs").join(file)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        while let Some(process) = self.processes.pop() {
            drop(process);
        }
    }
}
