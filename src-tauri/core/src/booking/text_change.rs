//! Which texts of a booking an event changed.

use super::Known;

/// A text of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Field {
    Title,
    Host,
    Name,
    Email,
    Phone,
}

/// A text that an event changed, or was the first to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextChange {
    /// Which text.
    pub field: Field,
    /// What it was before, if it was known.
    pub from: Option<String>,
    /// What it is since.
    pub to: String,
}

pub(super) fn between(before: &Known, after: &Known) -> Vec<TextChange> {
    let texts = |known: &Known| {
        [
            (Field::Title, known.title.clone()),
            (Field::Host, known.host.clone()),
            (Field::Name, known.attendee.name.clone()),
            (Field::Email, known.attendee.email.clone()),
            (Field::Phone, known.attendee.phone.clone()),
        ]
    };
    texts(before)
        .into_iter()
        .zip(texts(after))
        .filter(|((_, from), (_, to))| from != to)
        .filter_map(|((field, from), (_, to))| {
            Some(TextChange {
                field,
                from,
                to: to?,
            })
        })
        .collect()
}
