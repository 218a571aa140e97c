//! How things stand, as the tray tells it.

use std::time::Duration;

use bellhop_core::digest;
use bellhop_core::notice::{Here, Privacy, headline, somebody};
use bellhop_core::times::{self, written};
use bellhop_engine::here_at;
use bellhop_engine::store::bookings::{self, Booking};
use bellhop_engine::store::endpoints::{self, Endpoint};
use bellhop_engine::store::notices::{self, Notice};
use bellhop_engine::store::settings::Pause;
use bellhop_engine::store::timeline::{self, TimelineEntry, TimelineQuery};
use bellhop_engine::store::{When, deliveries, events, overlaps, settings};
use bellhop_engine::tunnel::TunnelStatus;
use jiff::Timestamp;

use crate::state::Desktop;

/// How many of the newest entries the menu lists.
const LATEST: i64 = 5;

/// Without anything else the menu says the same for so long: a moment of today is told with its day after midnight. When the
/// clock or the zone is another, a change tells of it.
const AT_MOST: Duration = Duration::from_secs(15 * 60);

/// What the icon tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Fine,
    /// So many entries that the person has not seen.
    Unread(i64),
    Connecting,
    Unreachable,
    Paused,
    Attention,
}

/// What the tray shows.
pub(super) struct Standing {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) pause: Option<Pause>,
    pub(super) has_address: bool,
    pub(super) latest: Vec<TimelineEntry>,
    /// Whoever stands behind the person reads the menu as they read a notification.
    privacy: Privacy,
    next: Option<Booking>,
    last_call: Option<Timestamp>,
    unread: i64,
    overlaps: i64,
    /// Troubles that the person has not looked at.
    troubles: Vec<Notice>,
    tunnel: TunnelStatus,
    pub(super) here: Here,
}

impl Standing {
    pub(super) async fn read(desktop: &Desktop) -> anyhow::Result<Standing> {
        let now = Timestamp::now();
        let read = desktop.engine.store.read(move |connection| {
            Ok(Standing {
                endpoints: endpoints::all(connection)?,
                pause: settings::pause(connection, now)?,
                has_address: false,
                latest: timeline::list(
                    connection,
                    &TimelineQuery {
                        limit: LATEST,
                        ..TimelineQuery::default()
                    },
                )?,
                privacy: settings::privacy(connection)?,
                next: bookings::next(connection, now)?,
                last_call: deliveries::last_received(connection)?,
                unread: events::unread(connection)?,
                overlaps: overlaps::count_open(connection, now)?,
                troubles: notices::unanswered_troubles(connection, now)?,
                tunnel: TunnelStatus::Off,
                here: here_at(connection, now)?,
            })
        });
        let stored = read.await?;
        Ok(Standing {
            has_address: desktop.serving.public_url().is_some(),
            tunnel: desktop.serving.tunnel().borrow().clone(),
            ..stored
        })
    }

    pub(super) fn face(&self) -> Face {
        match &self.tunnel {
            TunnelStatus::Failed { .. } => Face::Attention,
            TunnelStatus::Reconnecting { .. } => Face::Unreachable,
            TunnelStatus::Connecting => Face::Connecting,
            _ if !self.troubles.is_empty() => Face::Attention,
            _ if self.pause.is_some() => Face::Paused,
            _ => match self.unread {
                0 => Face::Fine,
                unread => Face::Unread(unread),
            },
        }
    }

    /// One line: whether calls can come, when the last one came, and what is new.
    pub(super) fn words(&self) -> String {
        let language = self.here.language;
        let tunnel = match &self.tunnel {
            TunnelStatus::Off => language.of("No public address", "Keine öffentliche Adresse"),
            TunnelStatus::Connecting => language.of("Connecting…", "Verbindet…"),
            TunnelStatus::Online { .. } => language.of("Reachable", "Erreichbar"),
            TunnelStatus::Reconnecting { .. } => language.of(
                "Not reachable, reconnecting…",
                "Nicht erreichbar, verbindet neu…",
            ),
            TunnelStatus::Failed { .. } => language.of(
                "Not reachable: see Settings",
                "Nicht erreichbar: siehe Einstellungen",
            ),
        };
        let last_call = match self.last_call {
            Some(at) => {
                let last = language.of("last call", "letzter Aufruf");
                format!("{last} {}", times::moment(at, &self.here))
            }
            None => language.of("no call yet", "noch kein Aufruf").to_owned(),
        };
        match self.unread {
            0 => format!("{tunnel} · {last_call}"),
            unread => {
                let new = language.of("new", "neu");
                format!("{tunnel} · {last_call} · {unread} {new}")
            }
        }
    }

    /// What the icon says to somebody who points at it.
    pub(super) fn tooltip(&self) -> String {
        let troubles = self.troubles().map(|(_, words)| words);
        let parts: Vec<String> = troubles.chain([self.words()]).collect();
        parts.join(" · ")
    }

    /// Troubles that the person has not looked at, and their words.
    pub(super) fn troubles(&self) -> impl Iterator<Item = (i64, String)> {
        let words = |notice: &Notice| notice.words.at(self.privacy).title;
        self.troubles.iter().map(move |one| (one.id, words(one)))
    }

    /// The next booking and its words.
    pub(super) fn next(&self) -> Option<(i64, String)> {
        let booking = self.next.as_ref()?;
        let when = self.when(&booking.when)?;
        let language = self.here.language;
        let next = language.of("Next", "Als Nächstes");
        let words = match self.privacy {
            Privacy::Full => {
                let who = booking.attendee.display().unwrap_or(somebody(language));
                format!("{next}: {who} · {when}")
            }
            Privacy::WithoutNames | Privacy::Nothing => format!("{next}: {when}"),
        };
        Some((booking.id, words))
    }

    /// How many bookings are in each other's way, where there are any.
    pub(super) fn overlaps(&self) -> Option<String> {
        digest::overlaps(u64::try_from(self.overlaps).ok()?, self.here.language)
    }

    /// What an entry says in one line.
    pub(super) fn line(&self, entry: &TimelineEntry) -> String {
        let headline = headline(entry.kind, self.here.language);
        let what = match (self.privacy, entry.attendee.display()) {
            (Privacy::Nothing, _) => return headline.to_owned(),
            (Privacy::Full, Some(who)) => format!("{headline}: {who}"),
            _ => format!("{headline} · {}", entry.provider),
        };
        match self.when(&entry.when) {
            Some(when) => format!("{what} · {when}"),
            None => what,
        }
    }

    /// How long all of this is true unless something happens.
    pub(super) fn lasts(&self) -> Duration {
        let next = self.next.as_ref().and_then(|booking| booking.when.start);
        let resumes = self.pause.and_then(Pause::end);
        let soonest = [resumes, next].into_iter().flatten().min();
        let until = soonest.map_or(AT_MOST, |at| {
            Duration::try_from(at.duration_since(self.here.now)).unwrap_or_default()
        });
        // A moment later, when it has surely come.
        (until + Duration::from_millis(100)).min(AT_MOST)
    }

    fn when(&self, when: &When) -> Option<String> {
        when.slot().map(|slot| written(&slot, &self.here))
    }
}
