//! What keeps calls from arriving, as far as the person should hear of it without looking.
//!
//! Each trouble has a name that lasts as long as it does, so that it is told of once however often somebody looks.

use jiff::{SignedDuration, Timestamp};

use crate::language::Language;
use crate::notice::{Here, Wording};
use crate::provider::Provider;
use crate::slot::Slot;
use crate::times::written;

/// So many calls in a row that do not fit the secret are no forger's: whoever knows the address is the provider, whose
/// secret is another by now. One alone may be a test of somebody who pastes it next.
pub const REFUSED_IN_A_ROW: usize = 3;

/// What mends itself within this time is shown in the tray, and told to nobody: at login and after sleep the network
/// takes a while.
pub const UNREACHABLE_FOR: SignedDuration = SignedDuration::from_mins(5);

/// What does not mend itself is told of sooner, but not while the person is still at the settings.
pub const FAILED_FOR: SignedDuration = SignedDuration::from_mins(1);

/// Names of endpoints in one sentence.
const NAMED: usize = 3;

/// What is known of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its row.
    pub id: i64,
    /// The person's name for it.
    pub label: String,
    /// Its provider.
    pub provider: Provider,
    /// Its last genuine call.
    pub last_call: Option<Timestamp>,
    /// Its usual longest pause, and from when on its silence is unusual, where its past tells.
    pub silence: Option<(SignedDuration, Timestamp)>,
    /// Its newest secret, which may be none.
    pub secret: Option<i64>,
    /// How many calls in a row did not fit its secret, since it was last called or given one.
    pub refused: usize,
    /// Whether its provider calls another address than ours.
    pub stale: bool,
}

/// That the world cannot reach us, though it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// Since when.
    pub since: Timestamp,
    /// How long we have been trying, without the time in which the computer slept.
    pub lasted: SignedDuration,
    /// Whether it is being mended, or waits for the person.
    pub mends: bool,
    /// Why, or what to do.
    pub why: String,
    /// The row of the gap that goes on.
    pub gap: Option<i64>,
}

impl Unreachable {
    /// How long it has to last until it is told of.
    fn patience(&self) -> SignedDuration {
        match self.mends {
            true => UNREACHABLE_FOR,
            false => FAILED_FOR,
        }
    }
}

/// Where to do something about a trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At an endpoint.
    Endpoints,
    /// At the way by which the world reaches us.
    Reach,
}

/// Something that the person should hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Its name, by which it is told of once.
    pub once: String,
    /// The one endpoint it is about.
    pub endpoint_id: Option<i64>,
    /// What and since when.
    pub full: Wording,
    /// The same where others may see it.
    pub discreet: Wording,
}

/// The beginning of every trouble's name.
pub const ONCE: &str = "trouble:";
const SILENT: &str = "trouble:silent:";
const SECRET: &str = "trouble:secret:";
const REACH: &str = "trouble:reach:";
const ADDRESS: &str = "trouble:address:";

/// Whether a trouble of this name may come again after it was over. Every other is named by what happens once.
pub fn recurs(once: &str) -> bool {
    once.starts_with(ADDRESS)
}

/// Where to do something about the trouble of this name.
pub fn place(once: &str) -> Place {
    match once.starts_with(REACH) {
        true => Place::Reach,
        false => Place::Endpoints,
    }
}

/// Every trouble that there is now. `address` is ours.
pub fn troubles(
    endpoints: &[Endpoint],
    unreachable: Option<&Unreachable>,
    address: Option<&str>,
    here: &Here,
) -> Vec<Trouble> {
    let mut found: Vec<Trouble> = unreachable
        .and_then(|one| cut_off(one, here))
        .into_iter()
        .collect();
    let language = here.language;
    found.extend(moved(endpoints, address, language));
    let refused = endpoints.iter().filter_map(|one| refused(one, language));
    found.extend(refused);
    found.extend(endpoints.iter().filter_map(|one| silent(one, here)));
    found
}

/// After how long time alone makes another trouble of what is known, if nothing happens.
pub fn next(
    endpoints: &[Endpoint],
    unreachable: Option<&Unreachable>,
    now: Timestamp,
) -> Option<SignedDuration> {
    let silent = endpoints.iter().filter_map(|one| Some(one.silence?.1));
    let silent = silent.map(|from| from.duration_since(now));
    let cut_off = unreachable.map(|one| one.patience() - one.lasted);
    silent
        .chain(cut_off)
        .filter(|left| left.is_positive())
        .min()
}

fn cut_off(one: &Unreachable, here: &Here) -> Option<Trouble> {
    if one.lasted < one.patience() {
        return None;
    }
    // A gap outlives this process, so that a restart does not tell of it again.
    let name = match one.gap {
        Some(id) => id.to_string(),
        None => format!("at{}", one.since.as_microsecond()),
    };
    let language = here.language;
    let since = moment(one.since, here);
    let since = match language {
        Language::En => format!("Since {since}."),
        Language::De => format!("Seit {since}."),
    };
    let title = language.of("Bellhop cannot be reached", "Bellhop ist nicht erreichbar");
    let title = title.to_owned();
    let why = match language {
        Language::En => sentence(&one.why),
        // Causes are English, and it is the window that says them in German.
        Language::De => "Der Grund steht in den Einstellungen.".to_owned(),
    };
    Some(Trouble {
        once: format!("{REACH}{name}"),
        endpoint_id: None,
        full: Wording {
            title: title.clone(),
            body: format!("{since}\n{why}"),
        },
        discreet: Wording { title, body: since },
    })
}

fn moved(endpoints: &[Endpoint], address: Option<&str>, language: Language) -> Option<Trouble> {
    let stale: Vec<&Endpoint> = endpoints.iter().filter(|one| one.stale).collect();
    let address = address.filter(|_| !stale.is_empty())?;
    let mut names: Vec<String> = stale
        .iter()
        .take(NAMED)
        .map(|one| format!("{} ({})", one.label, one.provider))
        .collect();
    if stale.len() > NAMED {
        let more = stale.len() - NAMED;
        names.push(format!("{more} {}", language.of("more", "weitere")));
    }
    let one = match stale[..] {
        [one] => Some(one.id),
        _ => None,
    };
    let title = language.of(
        "Bellhop’s address has changed",
        "Die Adresse von Bellhop hat sich geändert",
    );
    let title = title.to_owned();
    let what = language.of(
        "Calls to the old one are lost. Give the new one to each booking system.",
        "Aufrufe an die alte gehen verloren. Tragen Sie die neue in jedem Buchungssystem ein.",
    );
    Some(Trouble {
        once: format!("{ADDRESS}{address}"),
        endpoint_id: one,
        full: Wording {
            title: title.clone(),
            body: format!("{}\n{what}", names.join(", ")),
        },
        discreet: Wording {
            title,
            body: what.to_owned(),
        },
    })
}

fn refused(endpoint: &Endpoint, language: Language) -> Option<Trouble> {
    if endpoint.refused < REFUSED_IN_A_ROW {
        return None;
    }
    let Endpoint {
        id,
        label,
        provider,
        ..
    } = endpoint;
    let last = endpoint.last_call.map_or(0, Timestamp::as_microsecond);
    let secret = endpoint.secret.unwrap_or_default();
    let (title, what) = match language {
        Language::En => (
            format!("Calls of {provider} are turned away"),
            format!(
                "They do not fit the secret. Copy it again from {provider}’s webhook settings."
            ),
        ),
        Language::De => (
            format!("Aufrufe von {provider} werden abgewiesen"),
            format!(
                "Sie passen nicht zum Geheimschlüssel. Kopieren Sie ihn erneut aus den Webhook-Einstellungen von {provider}."
            ),
        ),
    };
    Some(Trouble {
        once: format!("{SECRET}{id}:{last}:{secret}"),
        endpoint_id: Some(*id),
        full: Wording {
            title: title.clone(),
            body: format!("{label}\n{what}"),
        },
        discreet: Wording { title, body: what },
    })
}

fn silent(endpoint: &Endpoint, here: &Here) -> Option<Trouble> {
    let (usual, from) = endpoint.silence?;
    let last = endpoint.last_call.filter(|_| from <= here.now)?;
    let Endpoint {
        id,
        label,
        provider,
        ..
    } = endpoint;
    let (last_call, every) = (moment(last, here), every(usual, here.language));
    let (title, what) = match here.language {
        Language::En => (
            format!("No call of {provider} since {last_call}"),
            format!("It usually calls {every}. Look whether its webhook is still on."),
        ),
        Language::De => (
            format!("Kein Aufruf von {provider} seit {last_call}"),
            format!(
                "Sonst kommt {every} einer. Sehen Sie nach, ob der Webhook noch eingeschaltet ist."
            ),
        ),
    };
    Some(Trouble {
        once: format!("{SILENT}{id}:{}", last.as_microsecond()),
        endpoint_id: Some(*id),
        full: Wording {
            title: title.clone(),
            body: format!("{label}\n{what}"),
        },
        discreet: Wording { title, body: what },
    })
}

fn every(pause: SignedDuration, language: Language) -> String {
    // Rounded up: "at least every 3 hours" has to be true of 2 hours and 10 minutes.
    let hours = pause.as_secs().max(1).unsigned_abs().div_ceil(60 * 60);
    let days = hours.div_ceil(24);
    match (hours, language) {
        (1, Language::En) => "at least every hour".to_owned(),
        (1, Language::De) => "mindestens jede Stunde".to_owned(),
        (..48, Language::En) => format!("at least every {hours} hours"),
        (..48, Language::De) => format!("mindestens alle {hours} Stunden"),
        (_, Language::En) => format!("at least every {days} days"),
        (_, Language::De) => format!("mindestens alle {days} Tage"),
    }
}

fn moment(at: Timestamp, here: &Here) -> String {
    let slot = Slot::Timed {
        start: at,
        end: None,
    };
    written(&slot, here)
}

/// With a capital letter and a full stop, as some causes have neither.
fn sentence(cause: &str) -> String {
    let cause = cause.trim();
    let mut letters = cause.chars();
    let begun = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    };
    match begun.ends_with(['.', '!', '?']) || begun.is_empty() {
        true => begun,
        false => format!("{begun}."),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn here(now: &str) -> Here {
        Here::new(now.parse().unwrap(), TimeZone::UTC)
    }

    fn endpoint() -> Endpoint {
        Endpoint {
            id: 7,
            label: "Front desk".to_owned(),
            provider: Provider::Kordless,
            last_call: Some("2026-11-10T14:00:00Z".parse().unwrap()),
            silence: Some((
                SignedDuration::from_hours(24),
                "2026-11-13T14:00:00Z".parse().unwrap(),
            )),
            secret: Some(3),
            refused: 0,
            stale: false,
        }
    }

    fn told(endpoint: Endpoint, reach: Option<&Unreachable>, now: &str) -> Vec<Trouble> {
        troubles(&[endpoint], reach, Some("https://new.host"), &here(now))
    }

    #[test]
    fn a_silence_is_told_of_once_it_is_unusual_and_by_its_last_call() {
        let before = told(endpoint(), None, "2026-11-13T13:59:59Z");
        assert_eq!(before, []);
        let first = told(endpoint(), None, "2026-11-13T14:00:00Z");
        let later = told(endpoint(), None, "2026-11-16T14:00:00Z");
        assert_eq!(first[0].once, later[0].once);
        assert_eq!(
            first[0].full.title,
            "No call of Kordless since Tue 10 Nov, 14:00"
        );
        assert_eq!(
            first[0].full.body,
            "Front desk\nIt usually calls at least every 24 hours. Look whether its webhook is still on."
        );
        assert!(!first[0].discreet.body.contains("Front desk"));
        let called = Endpoint {
            last_call: Some("2026-11-13T15:00:00Z".parse().unwrap()),
            silence: None,
            ..endpoint()
        };
        assert_eq!(told(called, None, "2026-11-16T14:00:00Z"), []);
    }

    #[test]
    fn calls_that_do_not_fit_the_secret_are_told_of_from_the_third_in_a_row_until_it_is_given_anew()
    {
        let refused = |refused, secret| Endpoint {
            refused,
            secret,
            ..endpoint()
        };
        let now = "2026-11-11T00:00:00Z";
        assert_eq!(told(refused(2, Some(3)), None, now), []);
        let third = told(refused(3, Some(3)), None, now);
        let tenth = told(refused(10, Some(3)), None, now);
        assert_eq!(third, tenth);
        assert_eq!(third[0].full.title, "Calls of Kordless are turned away");
        let again = told(refused(3, Some(4)), None, now);
        assert_ne!(third[0].once, again[0].once);
    }

    fn cut_off(minutes: i64, mends: bool, gap: Option<i64>) -> Unreachable {
        Unreachable {
            since: "2026-11-11T09:00:00Z".parse().unwrap(),
            lasted: SignedDuration::from_mins(minutes),
            mends,
            why: "the network is down".to_owned(),
            gap,
        }
    }

    #[test]
    fn that_nobody_reaches_us_is_told_of_when_it_lasts() {
        let now = "2026-11-11T10:00:00Z";
        let told = |one: &Unreachable| told(endpoint(), Some(one), now);
        // An hour, of which the computer slept most.
        assert_eq!(told(&cut_off(4, true, None)), []);
        let lasts = told(&cut_off(5, true, None));
        assert_eq!(
            lasts[0].full.body,
            "Since Wed 11 Nov, 09:00.\nThe network is down."
        );
        assert_eq!(lasts[0].discreet.body, "Since Wed 11 Nov, 09:00.");
        assert_eq!(place(&lasts[0].once), Place::Reach);
        assert_eq!(told(&cut_off(1, false, None)).len(), 1);
        // One gap is one trouble, whatever its causes.
        let of_gap = |mends| told(&cut_off(9, mends, Some(4)))[0].once.clone();
        assert_eq!(of_gap(true), of_gap(false));
    }

    #[test]
    fn a_changed_address_is_told_of_once_for_all_endpoints() {
        let all: Vec<Endpoint> = (1..=5)
            .map(|id| Endpoint {
                id,
                stale: true,
                silence: None,
                ..endpoint()
            })
            .collect();
        let here = here("2026-11-11T00:00:00Z");
        let told = troubles(&all, None, Some("https://new.host"), &here);
        assert_eq!(told.len(), 1);
        assert!(told[0].full.body.contains("2 more"), "{told:?}");
        assert_eq!(place(&told[0].once), Place::Endpoints);
        assert_eq!(troubles(&all, None, None, &here), []);
    }

    #[test]
    fn the_next_look_is_when_time_alone_makes_a_trouble() {
        let now = "2026-11-11T09:00:00Z".parse().unwrap();
        let next = |one: Option<&Unreachable>| next(&[endpoint()], one, now);
        let minutes = SignedDuration::from_mins;
        assert_eq!(next(Some(&cut_off(2, true, None))), Some(minutes(3)));
        assert_eq!(next(Some(&cut_off(9, true, None))), Some(minutes(53 * 60)));
        assert_eq!(next(None), Some(minutes(53 * 60)));
    }
}
