//! How much time has passed, sleep included.

use std::time::Duration;

use jiff::Timestamp;

/// A stretch of time that has begun.
pub(crate) struct Stretch {
    /// When it began.
    pub(crate) began: Timestamp,
    running: Running,
}

impl Stretch {
    /// Begins now.
    pub(crate) fn begin() -> Stretch {
        Stretch {
            began: Timestamp::now(),
            running: Running::now(),
        }
    }

    /// How long ago it began.
    pub(crate) fn passed(&self) -> Duration {
        self.running.passed()
    }
}

/// Linux has a clock that goes on while the computer sleeps and that nobody can set.
#[cfg(target_os = "linux")]
struct Running(Duration);

#[cfg(target_os = "linux")]
impl Running {
    fn now() -> Running {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Running(Duration::try_from(time).unwrap_or_default())
    }

    fn passed(&self) -> Duration {
        Running::now().0.saturating_sub(self.0)
    }
}

/// Elsewhere the clock on the wall tells of sleep, and a clock that is set forward looks the same.
#[cfg(not(target_os = "linux"))]
struct Running(std::time::SystemTime, std::time::Instant);

#[cfg(not(target_os = "linux"))]
impl Running {
    fn now() -> Running {
        Running(std::time::SystemTime::now(), std::time::Instant::now())
    }

    fn passed(&self) -> Duration {
        let wall = self.0.elapsed().unwrap_or_default();
        wall.max(self.1.elapsed())
    }
}
