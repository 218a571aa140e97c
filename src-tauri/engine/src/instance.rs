//! What a running receiver tells other processes on the same data directory: a small file that it holds a lock on.
//!
//! A file without a lock on it is left over from a receiver that was killed, and counts for nothing.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::tunnel::TunnelStatus;

/// The file in the data directory.
pub const FILE: &str = "receiver.json";

/// How often to look at a file that is being written.
const LOOKS: u32 = 200;

/// How long to wait between two such looks.
const PAUSE: Duration = Duration::from_millis(5);

/// The running receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Its process.
    pub pid: u32,
    /// Where it takes calls.
    pub listening: SocketAddr,
    /// The address by which the world reaches it, without a path.
    pub public_url: Option<String>,
    /// How its tunnel is, as a word.
    pub tunnel: String,
    /// The service's code, where the tunnel is in trouble and there is one.
    pub code: Option<String>,
    /// What the trouble is, and what to do.
    pub message: Option<String>,
    /// Its window.
    pub window: Window,
    /// Whether it shows notifications.
    pub notifies: bool,
}

impl Instance {
    /// This process, which takes calls at `listening`.
    pub fn new(listening: SocketAddr, window: Window, notifies: bool) -> Instance {
        Instance {
            pid: std::process::id(),
            listening,
            public_url: None,
            tunnel: TunnelStatus::Off.word().to_owned(),
            code: None,
            message: None,
            window,
            notifies,
        }
    }
}

/// The window of a running receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// It has none.
    None,
    /// It is on the screen.
    Open,
    /// It waits in the tray.
    Hidden,
}

/// Holds the file for as long as the receiver runs.
pub struct Announcement {
    held: Mutex<(File, Instance)>,
}

impl Announcement {
    /// Announces a receiver. `None` where another one runs on this data directory already: that one stays announced.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be written.
    pub fn make(data_dir: &Path, instance: Instance) -> std::io::Result<Option<Announcement>> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(data_dir.join(FILE))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
            Err(std::fs::TryLockError::Error(error)) => return Err(error),
        }
        let announcement = Announcement {
            held: Mutex::new((file, instance)),
        };
        announcement.change(|_| {})?;
        Ok(Some(announcement))
    }

    /// Tells how the tunnel is, and the address to give to providers.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be written.
    pub fn tunnel(&self, status: &TunnelStatus, public_url: Option<String>) -> std::io::Result<()> {
        self.change(|instance| {
            instance.tunnel = status.word().to_owned();
            instance.public_url = public_url;
            let (code, message) = status.trouble();
            instance.code = code.map(str::to_owned);
            instance.message = message.map(str::to_owned);
        })
    }

    /// Tells that notifications are shown.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be written.
    pub fn notifies(&self) -> std::io::Result<()> {
        self.change(|instance| instance.notifies = true)
    }

    /// Tells how the window is.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be written.
    pub fn window(&self, window: Window) -> std::io::Result<()> {
        self.change(|instance| instance.window = window)
    }

    fn change(&self, change: impl FnOnce(&mut Instance)) -> std::io::Result<()> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, instance) = &mut *held;
        change(instance);
        let text = serde_json::to_vec(instance)?;
        file.rewind()?;
        file.write_all(&text)?;
        file.set_len(u64::try_from(text.len()).unwrap_or_default())?;
        file.flush()
    }
}

/// The receiver that runs on a data directory, if one does.
pub fn running(data_dir: &Path) -> Option<Instance> {
    let mut file = File::open(data_dir.join(FILE)).ok()?;
    match file.try_lock_shared() {
        Err(std::fs::TryLockError::WouldBlock) => {}
        _ => return None,
    }
    // It may be telling of a change at this very moment, and is no less there for that.
    for _ in 0..LOOKS {
        let mut text = String::new();
        file.rewind().ok()?;
        file.read_to_string(&mut text).ok()?;
        if let Ok(instance) = serde_json::from_str(&text) {
            return Some(instance);
        }
        std::thread::sleep(PAUSE);
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn a_receiver_that_tells_of_a_change_is_there_all_the_time() {
        let home = tempfile::tempdir().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let instance = Instance::new(address, Window::None, false);
        let announcement = Announcement::make(home.path(), instance).unwrap().unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for length in (0..20_000).map(|number| number % 2 * 500) {
                    let failed = TunnelStatus::Failed {
                        code: None,
                        message: "a".repeat(length),
                    };
                    announcement.tunnel(&failed, None).unwrap();
                }
                done.store(true, Ordering::Relaxed);
            });
            while !done.load(Ordering::Relaxed) {
                assert!(running(home.path()).is_some());
            }
        });
    }
}
