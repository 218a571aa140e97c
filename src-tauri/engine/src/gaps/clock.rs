//! How much time has passed, sleep included.

use std::time::Duration;

use jiff::Timestamp;

/// A pause between two looks that lasted so much longer was one of the whole computer.
pub(crate) const ASLEEP: Duration = Duration::from_secs(10);

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

/// Looks all the time whether the computer sleeps: between two looks nothing else is done.
pub(crate) struct Sleeps {
    stretch: Stretch,
    began: Option<Timestamp>,
}

impl Sleeps {
    pub(crate) fn watch() -> Sleeps {
        Sleeps {
            stretch: Stretch::begin(),
            began: None,
        }
    }

    /// Does `work`, and looks at every beat meanwhile.
    pub(crate) async fn during<T>(&mut self, beat: Duration, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            let (done, passed) = tokio::select! {
                done = &mut work => (Some(done), self.stretch.passed()),
                () = tokio::time::sleep(beat) => (None, self.stretch.passed()),
            };
            let before = std::mem::replace(&mut self.stretch, Stretch::begin());
            if passed > beat + ASLEEP {
                self.began.get_or_insert(before.began);
            }
            if let Some(done) = done {
                return done;
            }
        }
    }

    /// When the sleep began that nobody has been told of yet.
    pub(crate) fn take(&mut self) -> Option<Timestamp> {
        self.began.take()
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
