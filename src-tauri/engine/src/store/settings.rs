//! Table `setting`: what the person chose. Secrets are not settings.

use std::sync::LazyLock;

use bellhop_core::language::{Clock, Language};
use bellhop_core::notice::Privacy;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::Result;

/// Names this profile in the keychain, so that two data directories never share a secret.
pub const PROFILE: &str = "profile";
/// By what the world reaches us.
pub const REACH: &str = "reach";
/// The domain that the tunnel asks for.
pub const NGROK_DOMAIN: &str = "ngrok_domain";
/// The host name that ngrok gave the tunnel last.
pub const NGROK_HOST: &str = "ngrok_host";
/// Another address of ngrok's service.
pub const NGROK_SERVER: &str = "ngrok_server";
/// Who vouches for ngrok's service.
pub const NGROK_ROOT_CAS: &str = "ngrok_root_cas";
/// The proxy on the way to ngrok's service.
pub const NGROK_PROXY: &str = "ngrok_proxy";
/// `on` where the address is shared with other sessions of the account.
pub const NGROK_POOLING: &str = "ngrok_pooling";
/// The person's own public address.
pub const OWN_ADDRESS: &str = "own_address";
/// `off` where calls to the own public address are not wanted.
pub const PROBE: &str = "probe";
/// Until when notifications are paused.
pub(crate) const PAUSED_UNTIL: &str = "notifications_paused_until";

/// How much notifications tell.
pub const NOTIFICATION_PRIVACY: &str = "notification_privacy";
/// When notices are held. JSON.
pub const QUIET_HOURS: &str = "quiet_hours";
/// The sounds of kinds of notices. JSON.
pub const SOUNDS: &str = "sounds";
/// When the person wants a digest. JSON.
pub(crate) const DIGEST: &str = "digest";
/// There once the bookings of before this version have been compared with each other.
pub(crate) const OVERLAPS_KNOWN: &str = "overlaps_known";
/// How Bellhop looks and speaks. JSON, as the window writes it.
pub const LOOK: &str = "look";
/// Where the first run stands.
pub const FIRST_RUN: &str = "first_run";

/// The value of [`PAUSED_UNTIL`] for a pause that only the person ends.
const UNTIL_RESUMED: &str = "resumed";

/// No pause with an end that is offered is longer: "until tomorrow" has 32 hours at most, and one more when clocks go back. One that
/// seems longer was begun while the computer's clock was wrong, and would keep the person uninformed for as long.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(33);
/// There once the person has been told that the program goes on when its window is closed.
pub const SAID_TRAY: &str = "said_tray";
/// For how many days the content of calls is kept.
pub const KEEP_CALLS_DAYS: &str = "keep_calls_days";
/// The row of the last call whose content that rule has removed.
pub const CALLS_REMOVED_UP_TO: &str = "calls_removed_up_to";

/// A setting, if it has been made.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn get(connection: &Connection, name: &str) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Makes a setting, or takes it back.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn set(connection: &Connection, name: &str, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => connection
            .prepare_cached("INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2")?
            .execute(params![name, value])?,
        None => connection.prepare_cached("DELETE FROM setting WHERE name = ?1")?.execute([name])?,
    };
    Ok(())
}

/// How much notifications tell.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn privacy(connection: &Connection) -> Result<Privacy> {
    let Some(word) = get(connection, NOTIFICATION_PRIVACY)? else {
        return Ok(Privacy::default());
    };
    // A level that only a newer version knows was chosen so that less is told.
    Ok(Privacy::from_word(&word).unwrap_or(Privacy::Nothing))
}

/// The language and the clock that the person chose: those of the system, unless another is kept that we know.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn spoken(connection: &Connection) -> Result<(Language, Clock)> {
    let kept = get(connection, LOOK)?.and_then(|kept| serde_json::from_str(&kept).ok());
    let look: serde_json::Value = kept.unwrap_or_default();
    let word = |name: &str| look.get(name)?.as_str();
    let language = word("language").and_then(Language::from_word);
    let clock = word("clock").and_then(Clock::from_word);
    let of_system = spoken_by_system();
    Ok((
        language.unwrap_or(of_system.0),
        clock.unwrap_or(of_system.1),
    ))
}

/// The language and the clock of the system, which stay while the program runs.
pub fn spoken_by_system() -> (Language, Clock) {
    static SPOKEN: LazyLock<(Language, Clock)> = LazyLock::new(|| {
        let locales: Vec<String> = sys_locale::get_locales().collect();
        (Language::of_locales(&locales), Clock::of_locales(&locales))
    });
    *SPOKEN
}

/// A pause of notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// It ends by itself.
    Until(Timestamp),
    /// The person ends it.
    UntilResumed,
}

impl Pause {
    /// One that ends by itself so many minutes from now.
    pub fn of_minutes(minutes: u32, now: Timestamp) -> Pause {
        let length = SignedDuration::from_mins(minutes.into());
        Pause::Until(now.saturating_add(length).unwrap_or(Timestamp::MAX))
    }

    /// When it ends by itself.
    pub fn end(self) -> Option<Timestamp> {
        match self {
            Pause::Until(end) => Some(end),
            Pause::UntilResumed => None,
        }
    }
}

/// The pause of notifications, if there is one at `now`.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn pause(connection: &Connection, now: Timestamp) -> Result<Option<Pause>> {
    let Some(kept) = get(connection, PAUSED_UNTIL)? else {
        return Ok(None);
    };
    if kept == UNTIL_RESUMED {
        return Ok(Some(Pause::UntilResumed));
    }
    let until = kept
        .parse()
        .ok()
        .filter(|until: &Timestamp| *until > now && until.duration_since(now) <= LONGEST_PAUSE);
    Ok(until.map(Pause::Until))
}

/// Pauses notifications, or resumes them.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn set_pause(connection: &Connection, pause: Option<Pause>) -> Result<()> {
    let kept = pause.map(|pause| match pause {
        Pause::Until(end) => end.to_string(),
        Pause::UntilResumed => UNTIL_RESUMED.to_owned(),
    });
    set(connection, PAUSED_UNTIL, kept.as_deref())
}
