//! How the program is, and what the person chose.

use bellhop_engine::reach::{Choice, Way};
use bellhop_engine::secrets::Keeper;
use bellhop_engine::self_test;
use bellhop_engine::tunnel::TunnelStatus;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::look::{Look, Privacy};
use super::text;

/// How the world reaches us.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(
    tag = "state",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Tunnel {
    Off,
    Connecting,
    Online {
        url: String,
        since: String,
    },
    Reconnecting {
        since: String,
        code: Option<String>,
        cause: String,
        next_try: Option<String>,
    },
    Failed {
        code: Option<String>,
        message: String,
    },
}

impl From<TunnelStatus> for Tunnel {
    fn from(status: TunnelStatus) -> Tunnel {
        match status {
            TunnelStatus::Off => Tunnel::Off,
            TunnelStatus::Connecting => Tunnel::Connecting,
            TunnelStatus::Online { url, since } => Tunnel::Online {
                url,
                since: since.to_string(),
            },
            TunnelStatus::Reconnecting {
                since,
                code,
                cause,
                next_try,
            } => Tunnel::Reconnecting {
                since: since.to_string(),
                code,
                cause,
                next_try: text(next_try),
            },
            TunnelStatus::Failed { code, message } => Tunnel::Failed { code, message },
        }
    }
}

/// How the program is.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Status {
    pub version: &'static str,
    pub demo: bool,
    pub listening: Option<String>,
    pub tunnel: Tunnel,
    pub notifications_paused: bool,
    /// Null while they are paused until the person resumes them.
    pub notifications_paused_until: Option<String>,
    pub unread: u32,
}

/// How long to pause notifications: minutes, or without an end.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(untagged)]
#[ts(export, export_to = "types.ts")]
pub enum Pause {
    /// So many minutes.
    Minutes(u32),
    /// Without an end.
    Open(OpenEnd),
}

/// A pause without an end.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
pub enum OpenEnd {
    /// The person ends it.
    UntilResumed,
}

/// Who keeps secrets.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
pub enum SecretKeeper {
    /// The desktop's keychain.
    Keychain,
    /// A file that the person alone can read.
    File,
}

impl From<Keeper> for SecretKeeper {
    fn from(keeper: Keeper) -> SecretKeeper {
        match keeper {
            Keeper::Keychain => SecretKeeper::Keychain,
            Keeper::File => SecretKeeper::File,
        }
    }
}

/// By what the world reaches us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum Reach {
    Off,
    Ngrok,
    OwnAddress,
}

impl From<Way> for Reach {
    fn from(way: Way) -> Reach {
        match way {
            Way::Off => Reach::Off,
            Way::Ngrok => Reach::Ngrok,
            Way::OwnAddress => Reach::OwnAddress,
        }
    }
}

impl From<Reach> for Way {
    fn from(reach: Reach) -> Way {
        match reach {
            Reach::Off => Way::Off,
            Reach::Ngrok => Way::Ngrok,
            Reach::OwnAddress => Way::OwnAddress,
        }
    }
}

/// What the person chose.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Settings {
    pub reach: Reach,
    pub ngrok_domain: Option<String>,
    pub has_ngrok_token: bool,
    pub token_from_environment: bool,
    pub ngrok_server: Option<String>,
    pub ngrok_root_cas: Option<String>,
    pub ngrok_proxy: Option<String>,
    pub ngrok_pooling: bool,
    pub own_address: Option<String>,
    pub probe: bool,
    pub secrets_kept_in: SecretKeeper,
    pub data_dir: String,
    pub look: Look,
    pub notification_privacy: Privacy,
    pub start_at_login: bool,
    /// For how many days the content of calls is kept; null is for ever.
    pub keep_calls_days: Option<u32>,
}

/// What the person chooses.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct SettingsChange {
    pub reach: Reach,
    pub ngrok_domain: Option<String>,
    pub ngrok_server: Option<String>,
    pub ngrok_root_cas: Option<String>,
    pub ngrok_proxy: Option<String>,
    pub ngrok_pooling: bool,
    pub own_address: Option<String>,
    pub probe: bool,
}

impl From<SettingsChange> for Choice {
    fn from(change: SettingsChange) -> Choice {
        Choice {
            way: change.reach.into(),
            ngrok_domain: change.ngrok_domain,
            ngrok_server: change.ngrok_server,
            ngrok_root_cas: change.ngrok_root_cas,
            ngrok_proxy: change.ngrok_proxy,
            ngrok_pooling: change.ngrok_pooling,
            own_address: change.own_address,
            probe: change.probe,
        }
    }
}

/// How a part of the way of a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub enum HopOutcome {
    Passed,
    Failed,
    Skipped,
}

/// A part of the way of a call. `message` says why it was skipped, or what to do where it failed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct Hop {
    pub name: &'static str,
    pub outcome: HopOutcome,
    pub milliseconds: Option<f64>,
    pub message: Option<String>,
}

impl From<self_test::Hop> for Hop {
    fn from(hop: self_test::Hop) -> Hop {
        let (outcome, milliseconds, message) = match hop.outcome {
            self_test::Outcome::Passed(took) => {
                (HopOutcome::Passed, Some(took.as_secs_f64() * 1e3), None)
            }
            self_test::Outcome::Failed(advice) => (HopOutcome::Failed, None, Some(advice)),
            self_test::Outcome::Skipped(why) => (HopOutcome::Skipped, None, Some(why)),
        };
        Hop {
            name: hop.name.as_str(),
            outcome,
            milliseconds,
            message,
        }
    }
}

/// A test of the whole way of a call. It ends with the first part that failed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the glossary")]
pub struct SelfTest {
    pub passed: bool,
    pub hops: Vec<Hop>,
}

impl From<self_test::Report> for SelfTest {
    fn from(report: self_test::Report) -> SelfTest {
        SelfTest {
            passed: report.passed(),
            hops: report.hops.into_iter().map(Into::into).collect(),
        }
    }
}
