//! What is told of bookings that are in each other's way.

use bellhop_core::notice::{Here, Loudness, NoticeKind, Words};
use bellhop_core::overlap::{Side, word};
use rusqlite::Connection;

use crate::store::Result;
use crate::store::bookings::Booking;
use crate::store::notices::{self, NewNotice, Of};
use crate::store::overlaps::{self, Overlap};

/// Of so many is told when a booking comes that is in the way of more, the nearest. All of them are marked.
const TOLD: usize = 3;

/// Plans the notices of what a booking is in the way of now.
pub(super) fn tell(
    connection: &Connection,
    booking_id: i64,
    begun: &[Overlap],
    here: &Here,
) -> Result<()> {
    let ahead = begun.iter().filter(|one| one.over_at() > here.now);
    for overlap in ahead.take(TOLD) {
        let Some(sides) = overlaps::sides(connection, overlap)? else {
            continue;
        };
        let Some(words) = words(overlap, &sides, here) else {
            continue;
        };
        let endpoint_id = sides
            .iter()
            .find(|side| side.id == booking_id)
            .map(|side| side.endpoint_id);
        let notice = NewNotice {
            of: Of::Once {
                name: &overlap.once(),
                booking_id: Some(booking_id),
                other_booking_id: Some(overlap.other(booking_id)),
                endpoint_id,
            },
            kind: NoticeKind::Overlap,
            words: &words,
            loudness: Loudness::Normal,
            planned_at: here.now,
            due_at: None,
        };
        notices::plan(connection, &notice)?;
    }
    Ok(())
}

fn words(overlap: &Overlap, [first, second]: &[Booking; 2], here: &Here) -> Option<Words> {
    let (first_slot, second_slot) = (first.when.slot()?, second.when.slot()?);
    let first = Side {
        who: first.attendee.display(),
        slot: &first_slot,
        provider: first.provider,
    };
    let second = Side {
        who: second.attendee.display(),
        slot: &second_slot,
        provider: second.provider,
    };
    Some(word([first, second], overlap.between, here))
}
