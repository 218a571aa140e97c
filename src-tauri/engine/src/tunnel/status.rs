//! What the tunnel says about itself.

use jiff::Timestamp;
use serde::Serialize;

/// The state of the tunnel, as shown to the person and printed as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    tag = "state",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum TunnelStatus {
    /// Not started, or closed.
    Off,
    /// The first attempt since the start is under way.
    Connecting,
    /// Calls to `url` reach the receiver. With the probe on, this has been seen to be so.
    Online {
        /// The public address, without a slash at the end.
        url: String,
        /// Since when without a gap.
        since: Timestamp,
    },
    /// Calls do not reach us at the moment. It is being mended without anybody's help.
    Reconnecting {
        /// The beginning of the gap.
        since: Timestamp,
        /// The service's code, where it gave one: `ERR_NGROK_334` is a reason to offer a take-over.
        code: Option<String>,
        /// Why, in plain words. Never contains the authtoken.
        cause: String,
        /// When the next attempt starts. `None` while one is under way.
        next_try: Option<Timestamp>,
    },
    /// It stays like this until the person does something, and then [`try_now`](super::Tunnel::try_now)
    /// or a new configuration.
    Failed {
        /// The service's code, such as `ERR_NGROK_107`.
        code: Option<String>,
        /// What the person can do, in plain words. Never contains the authtoken.
        message: String,
    },
}

impl TunnelStatus {
    /// The state as a word, as in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            TunnelStatus::Off => "off",
            TunnelStatus::Connecting => "connecting",
            TunnelStatus::Online { .. } => "online",
            TunnelStatus::Reconnecting { .. } => "reconnecting",
            TunnelStatus::Failed { .. } => "failed",
        }
    }

    /// The service's code and what is wrong, in words, while something is.
    pub fn trouble(&self) -> (Option<&str>, Option<&str>) {
        match self {
            TunnelStatus::Reconnecting { code, cause, .. } => (code.as_deref(), Some(cause)),
            TunnelStatus::Failed { code, message } => (code.as_deref(), Some(message)),
            TunnelStatus::Off | TunnelStatus::Connecting | TunnelStatus::Online { .. } => {
                (None, None)
            }
        }
    }

    /// The public address, while calls to it reach us.
    pub fn url(&self) -> Option<&str> {
        match self {
            TunnelStatus::Online { url, .. } => Some(url),
            _ => None,
        }
    }
}
