//! Gaps in words: in English, which the window says in the person's language.

use jiff::{SignedDuration, Timestamp};

use super::{Cause, Gap, Outlook, Retries, Span};
use crate::language::Language;
use crate::notice::Here;
use crate::provider::Provider;
use crate::times::{day, local, time, today};

/// What a gap means for one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What the provider does.
    pub summary: String,
    /// What the person can do.
    pub advice: String,
}

impl Gap {
    /// Why we could not be reached, in a sentence or two.
    pub fn message(&self) -> String {
        let trouble = self.trouble();
        let detail = trouble.detail.as_deref().map(sentence);
        let mut message = match (trouble.cause, detail) {
            (Cause::NotRunning, _) => "Bellhop was not running.".to_owned(),
            (Cause::EndedUnexpectedly, _) => {
                "Bellhop ended unexpectedly, by a crash or a power cut. It began within the minute after the time shown.".to_owned()
            }
            (Cause::Asleep, _) => "The computer was asleep.".to_owned(),
            (Cause::Tunnel, None) => "The public address did not lead to Bellhop.".to_owned(),
            (Cause::Tunnel, Some(detail)) => {
                format!("The public address did not lead to Bellhop. {detail}")
            }
            (Cause::Storage, None) => "Calls could not be stored.".to_owned(),
            (Cause::Storage, Some(detail)) => format!("Calls could not be stored. {detail}"),
        };
        if self.uncertain {
            message.push_str(" The clock was set back meanwhile, so the times may be wrong.");
        }
        message
    }
}

/// What a provider does about the calls of a gap, and what the person can do. `gap` is the time in which it affected the
/// endpoint.
pub fn word(provider: Provider, gap: Span, outlook: Outlook, here: &Here) -> Words {
    let here = &Here {
        language: Language::En,
        ..here.clone()
    };
    let facts = provider.facts();
    let Retries { says, look, .. } = facts.retries;
    let name = facts.name;
    let goes_on = gap.end.is_none();
    let look = |(from, to): (Timestamp, Option<Timestamp>)| {
        let look = format!("{look} {}.", between(from, to, here));
        if goes_on {
            format!("Once Bellhop can be reached again: {look}")
        } else {
            look
        }
    };
    let lost_part = |lost: (Timestamp, Timestamp)| {
        format!(
            "{name} has given up what it sent {}.",
            between(lost.0, Some(lost.1), here)
        )
    };
    let (summary, advice) = match outlook {
        Outlook::Retrying { until, lost: None } => {
            let until = until.map_or_else(String::new, |until| moment(ceil(until), here));
            if goes_on {
                (
                    format!(
                        "{name} keeps trying. It gives up the first calls of this time at {until}."
                    ),
                    "Nothing is lost if Bellhop can be reached again before then.".to_owned(),
                )
            } else {
                (
                    format!("{name} still sends again what failed in this time, until {until}."),
                    "Nothing needs to be done while Bellhop can be reached.".to_owned(),
                )
            }
        }
        Outlook::Retrying {
            until,
            lost: Some(lost),
        } => {
            let rest = match until {
                Some(until) => format!(
                    "It still sends again what came later, until {}.",
                    moment(ceil(until), here)
                ),
                None => "It still tries what came later.".to_owned(),
            };
            (
                format!("{} {rest}", lost_part(lost)),
                look((lost.0, Some(lost.1))),
            )
        }
        Outlook::GivenUp { lost: Some(lost) } => (lost_part(lost), look((lost.0, Some(lost.1)))),
        Outlook::GivenUp { lost: None } => {
            let over = if goes_on {
                "For the first calls of this time that may be over."
            } else {
                "For the calls of this time that is probably over."
            };
            (format!("{says} {over}"), look((gap.begin, gap.end)))
        }
        Outlook::Unknown => (says.to_owned(), look((gap.begin, gap.end))),
        Outlook::Settled => (
            format!("{name} has sent again since what failed in this time."),
            "Nothing needs to be done.".to_owned(),
        ),
    };
    Words { summary, advice }
}

/// `between 09:10 and 11:40`, with the days where they are not today.
fn between(from: Timestamp, to: Option<Timestamp>, here: &Here) -> String {
    let Some(to) = to.map(ceil) else {
        return format!("from {} on", moment(from, here));
    };
    let (start, end) = (local(from, here), local(to, here));
    if start.date() == end.date() && start.date() != today(here) {
        let day = day(start.date(), here);
        return format!(
            "between {} and {} on {day}",
            time(start.time(), here.clock),
            time(end.time(), here.clock)
        );
    }
    format!("between {} and {}", moment(from, here), moment(to, here))
}

/// A moment to the minute: the time of day alone where it is today.
fn moment(at: Timestamp, here: &Here) -> String {
    let at = local(at, here);
    let time = time(at.time(), here.clock);
    if at.date() == today(here) {
        time
    } else {
        format!("{time} on {}", day(at.date(), here))
    }
}

/// What somebody else wrote, with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{}{end}", first.unwrap_or_default(), letters.as_str())
}

/// What is over at a time of day is not over a moment before it.
fn ceil(at: Timestamp) -> Timestamp {
    let late = at.checked_add(SignedDuration::from_secs(59));
    late.unwrap_or(at)
}
