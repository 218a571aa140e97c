//! Daemons that say on standard output when they are ready.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result, bail};

use crate::wait::Deadline;

/// The first line that comes out of `pipe`, which stays open: a daemon may write to it later.
pub(crate) fn first_line(pipe: impl Read + Send + 'static, deadline: Deadline) -> Result<String> {
    let (tell, told) = mpsc::channel();
    // A read from a pipe knows no deadline, so a thread of its own reads. It ends with the daemon.
    thread::spawn(move || {
        let mut lines = BufReader::new(pipe).lines();
        if let Some(Ok(line)) = lines.next() {
            // The other end is gone only after the deadline: nobody is left to tell.
            let _ = tell.send(line);
        }
        lines.for_each(drop);
    });
    let line = told
        .recv_timeout(deadline.left())
        .context("it said nothing before the deadline or it ended")?;
    if line.trim().is_empty() {
        bail!("it said an empty line");
    }
    Ok(line.trim().to_owned())
}
