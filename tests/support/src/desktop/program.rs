//! The real program on the desktop.

use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;

use anyhow::{Context, Result};
use virtual_screen::{Process, Screen};

use super::webdriver::Window;
use crate::wait::eventually;

/// What to start.
#[derive(Debug)]
pub struct ProgramOptions<'a> {
    /// The binary.
    pub program: &'a Path,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// What its environment says beside what the desktop says.
    pub variables: Vec<(&'a str, &'a str)>,
}

/// The running program and the WebDriver session in its window. Dropping it ends the program.
#[derive(Debug)]
pub struct Program {
    window: Window,
    // The driver ends before the program that it drives.
    _driver: Process,
    process: Process,
}

impl Program {
    /// Starts the program as its user would, but for two variables that open its web view to WebDriver.
    ///
    /// The driver could start the program too. Then the program would be the driver's child, and nobody
    /// would learn the status with which it ended.
    pub(super) async fn start(screen: &Screen, options: &ProgramOptions<'_>) -> Result<Self> {
        let inspector = free_address()?;
        let mut command = screen.daemon(options.program)?;
        command.args(&options.args);
        command
            .env("WEBKIT_INSPECTOR_SERVER", inspector.to_string())
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        // The times in the tests' texts are those of this zone, wherever the tests run.
        command.env("TZ", "UTC");
        // A token in the environment would take the place of the one that a test pastes.
        command.env_remove("NGROK_AUTHTOKEN");
        command.envs(options.variables.iter().copied());
        let process = Process::start("the program", &mut command)?;
        eventually("the program's web view is there", async || {
            process.must_run()?;
            Ok(TcpStream::connect(inspector).ok())
        })
        .await?;

        let address = free_address()?;
        let mut command = screen.daemon("WebKitWebDriver")?;
        command
            .arg(format!("--port={}", address.port()))
            .arg(format!("--target={inspector}"));
        let driver = Process::start("WebKitWebDriver", &mut command)?;
        eventually("WebDriver answers", async || {
            driver.must_run()?;
            Ok(TcpStream::connect(address).ok())
        })
        .await?;
        let window = Window::attach(address).await?;
        Ok(Self {
            window,
            _driver: driver,
            process,
        })
    }

    /// The window's pages.
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether the program still runs.
    ///
    /// # Errors
    /// When the system refuses to tell.
    pub fn runs(&self) -> Result<bool> {
        Ok(self.process.ended()?.is_none())
    }

    /// Waits until the program has ended by itself, and gives its status.
    ///
    /// # Errors
    /// When it goes on running.
    pub async fn ended(&self) -> Result<i32> {
        eventually("the program ended", async || self.process.ended()).await
    }
}

/// An address that nobody listens at. Somebody could take it before it is used; nothing else is offered.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    listener.local_addr().context("no free port")
}
