//! What the person answers to a notice.

/// An answer to a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Looked at in the window.
    Opened,
    /// Nothing is left to do.
    Done,
    /// To be told of again in a while.
    Snoozed,
    /// A reminder, for as long as the person chose.
    Later(Snooze),
    /// Taken from the screen.
    Dismissed,
}

impl Answer {
    /// The word under which it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Opened => "opened",
            Answer::Done => "done",
            Answer::Snoozed => "snoozed",
            Answer::Later(snooze) => snooze.as_str(),
            Answer::Dismissed => "dismissed",
        }
    }

    /// The answer of a word made by [`Answer::as_str`].
    pub fn from_word(word: &str) -> Option<Answer> {
        [
            Answer::Opened,
            Answer::Done,
            Answer::Snoozed,
            Answer::Dismissed,
        ]
        .into_iter()
        .find(|answer| answer.as_str() == word)
        .or_else(|| Snooze::from_word(word).map(Answer::Later))
    }

    /// For how long it puts a reminder off, if it does.
    pub fn snooze(self) -> Option<Snooze> {
        match self {
            Answer::Later(snooze) => Some(snooze),
            // Where no length was offered.
            Answer::Snoozed => Some(Snooze::TenMinutes),
            Answer::Opened | Answer::Done | Answer::Dismissed => None,
        }
    }
}

/// For how long the person wants to hear no more of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snooze {
    /// A minute; like the next two no longer than until it begins.
    Minute,
    /// Five minutes.
    FiveMinutes,
    /// Ten minutes.
    TenMinutes,
    /// Until it begins.
    UntilStart,
}

impl Snooze {
    /// All of them, the shortest first.
    pub const ALL: [Snooze; 4] = [
        Snooze::Minute,
        Snooze::FiveMinutes,
        Snooze::TenMinutes,
        Snooze::UntilStart,
    ];

    /// How many minutes it is. `None`: until the booking begins.
    pub fn minutes(self) -> Option<i64> {
        match self {
            Snooze::Minute => Some(1),
            Snooze::FiveMinutes => Some(5),
            Snooze::TenMinutes => Some(10),
            Snooze::UntilStart => None,
        }
    }

    /// The word under which it is kept, and that a button has.
    pub fn as_str(self) -> &'static str {
        match self {
            Snooze::Minute => "snoozed_1",
            Snooze::FiveMinutes => "snoozed_5",
            Snooze::TenMinutes => "snoozed_10",
            Snooze::UntilStart => "snoozed_start",
        }
    }

    /// The snooze of a word made by [`Snooze::as_str`].
    pub fn from_word(word: &str) -> Option<Snooze> {
        Snooze::ALL
            .into_iter()
            .find(|snooze| snooze.as_str() == word)
    }
}
