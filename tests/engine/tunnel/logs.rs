//! Everything that is logged while the tests run.

use std::io;
use std::sync::{Mutex, Once, PoisonError};

use bellhop_engine::tunnel::LOUD_TARGETS;
use tracing_subscriber::EnvFilter;

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps all logs of this process from now on, at the finest level that the program allows.
pub(crate) fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut filter = String::from("trace");
        for target in LOUD_TARGETS {
            filter.push_str(&format!(",{target}=warn"));
        }
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(filter))
            .with_writer(|| Writer)
            .with_ansi(false)
            .init();
    });
}

/// Everything so far.
pub(crate) fn so_far() -> String {
    String::from_utf8_lossy(&WRITTEN.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
