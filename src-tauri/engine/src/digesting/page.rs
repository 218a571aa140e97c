//! The page that a digest leads to, which has what the digest counts.

use bellhop_core::digest::Contents;
use bellhop_core::notice::Here;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::gaps::{self, Report};
use crate::store;
use crate::store::bookings::Booking;
use crate::store::digests::{self, NotShown};
use crate::store::overlaps::{self, Overlap};

/// Gaps that are listed.
const GAPS: usize = 50;

/// Overlaps that are listed.
const OVERLAPS: i64 = 50;

/// What came in since a moment, what is today, and what may have been missed since.
#[derive(Clone, Debug)]
pub struct Page {
    /// The moment.
    pub since: Timestamp,
    /// Everything in numbers.
    pub contents: Contents,
    /// The bookings of today that take place, each with the overlaps that it has.
    pub today: Vec<(Booking, Vec<Overlap>)>,
    /// The gaps since then in which an endpoint could not be reached.
    pub gaps: Vec<Report>,
    /// Notices that were not shown.
    pub not_shown: Vec<NotShown>,
    /// Overlaps to look at.
    pub overlaps: Vec<(Overlap, [Booking; 2])>,
}

/// The page as it is now.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn page(connection: &Connection, here: &Here) -> store::Result<Page> {
    let since = digests::since_of_page(connection, here)?;
    let mut gaps = gaps::affecting(connection, GAPS, here)?;
    gaps.retain(|report| report.gap.ended_at.is_none_or(|end| end > since));
    Ok(Page {
        since,
        contents: digests::contents(connection, since, here)?,
        today: overlaps::of_each(connection, digests::today(connection, here)?)?,
        gaps,
        not_shown: digests::not_shown(connection, since, here.now)?,
        overlaps: overlaps::open_pairs(connection, here.now, OVERLAPS)?,
    })
}
