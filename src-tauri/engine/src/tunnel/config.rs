//! What a tunnel is started with.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// The settings of one tunnel.
#[derive(Clone, Debug)]
pub struct TunnelConfig {
    /// The account's authtoken.
    pub authtoken: Authtoken,
    /// The host name to be online at. `None`: the account's own one, as the service chooses it; the
    /// tunnel keeps to it from then on.
    pub domain: Option<String>,
    /// The host name that an earlier run was given. It is asked for where no [`domain`](Self::domain) is, and
    /// forgotten where the service refuses it.
    pub remembered: Option<String>,
    /// Another address of the service, for networks that need one.
    pub server: Option<ServerAddress>,
    /// Who vouches for the service, as in ngrok's own agent: a PEM file, `host` for the computer's
    /// own authorities, `trusted` or `None` for the one that ngrok signs with.
    pub root_cas: Option<PathBuf>,
    /// The proxy on the way to the service, for networks that allow nothing else.
    pub proxy: Option<ProxyAddress>,
    /// Whether `Online` waits for a call to the own public address to come back.
    pub probe: bool,
    /// Share the address with other endpoints of the account that allow it too. The service then
    /// spreads calls over all of them, so this is for a take-over only.
    pub pooling: bool,
    /// Rules for the service, as JSON. `None`: [`policy`](super::policy::hooks_only).
    pub policy: Option<String>,
    /// Where the probe connects instead of looking the public host up. For tests.
    pub probe_via: Option<SocketAddr>,
    /// How patient the tunnel is.
    pub pace: Pace,
}

impl TunnelConfig {
    /// The bare host name of [`domain`](Self::domain), also where a whole address was pasted.
    pub(super) fn host(&self) -> Option<String> {
        let domain = self.domain.as_deref()?.trim();
        let bare = domain
            .strip_prefix("https://")
            .or_else(|| domain.strip_prefix("http://"));
        let host = bare.unwrap_or(domain).split('/').next().unwrap_or_default();
        (!host.is_empty()).then(|| host.to_ascii_lowercase())
    }

    /// A tunnel with this authtoken and everything else as most people need it.
    pub fn new(authtoken: Authtoken) -> Self {
        Self {
            authtoken,
            domain: None,
            remembered: None,
            server: None,
            root_cas: None,
            proxy: None,
            probe: true,
            pooling: false,
            policy: None,
            probe_via: None,
            pace: Pace::default(),
        }
    }
}

/// The secret that ties this program to an account of the tunnel service.
#[derive(Clone, PartialEq, Eq)]
pub struct Authtoken(String);

impl Authtoken {
    /// Takes what was pasted: a token, in quotes or not, or a whole line that ends with one, such as
    /// `ngrok config add-authtoken 2abc…`.
    pub fn new(pasted: &str) -> Self {
        let last = pasted.split_whitespace().next_back().unwrap_or_default();
        Self(last.trim_matches(['"', '\'']).to_owned())
    }

    /// Whether nothing was pasted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself, for the Auth call and for nothing else.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// The text without the secret. ERR_NGROK_105 and 107 echo it.
    pub fn redact(&self, text: &str) -> String {
        if self.0.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.0, "[authtoken]")
        }
    }
}

impl fmt::Debug for Authtoken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Authtoken([redacted])")
    }
}

/// A `host:port`. Without a port it is 443.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress(String);

impl ServerAddress {
    /// As the service's client takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not a [`ServerAddress`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidServerAddress;

impl fmt::Display for InvalidServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .write_str("write the server as host:port, for example connect.ngrok-agent.com:443")
    }
}

impl std::error::Error for InvalidServerAddress {}

impl FromStr for ServerAddress {
    type Err = InvalidServerAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        // This parser knows where a host ends, with the brackets of IPv6 too.
        let parsed: axum::http::uri::Authority = text.parse().map_err(|_| InvalidServerAddress)?;
        let after_host = text
            .strip_prefix(parsed.host())
            .ok_or(InvalidServerAddress)?;
        let port_is_sound = match after_host.strip_prefix(':') {
            Some(port) => port.parse::<u16>().is_ok_and(|port| port > 0),
            None => after_host.is_empty(),
        };
        if parsed.host().is_empty() || !port_is_sound {
            return Err(InvalidServerAddress);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The address of a proxy: `http://host:port` or `socks5://host:port`, with `user:password@` in front of the host where
/// it wants that. Its `Debug` leaves those out.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyAddress(pub(super) axum::http::Uri);

impl ProxyAddress {
    /// The address without a name and a password.
    pub fn host_and_port(&self) -> String {
        let host = self.0.host().unwrap_or_default();
        match self.0.port_u16() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

impl fmt::Debug for ProxyAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ProxyAddress({:?})", self.0.host())
    }
}

/// Why a text is not a [`ProxyAddress`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidProxyAddress;

impl fmt::Display for InvalidProxyAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("write the proxy as http://host:port or socks5://host:port")
    }
}

impl std::error::Error for InvalidProxyAddress {}

impl FromStr for ProxyAddress {
    type Err = InvalidProxyAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: axum::http::Uri = text.trim().parse().map_err(|_| InvalidProxyAddress)?;
        let known = matches!(uri.scheme_str(), Some("http" | "socks5"));
        let whole = uri.host().is_some_and(|host| !host.is_empty()) && uri.port_u16().is_some();
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        (known && whole && bare)
            .then_some(Self(uri))
            .ok_or(InvalidProxyAddress)
    }
}

/// How long each thing may take. The defaults bring a tunnel back no later than 15 s after the
/// service can be reached again; tests use shorter ones.
#[derive(Clone, Debug)]
pub struct Pace {
    /// One attempt to connect: name, TCP and TLS together.
    pub dial: Duration,
    /// One answer of the service to Auth or Bind, and one answer to the probe.
    pub answer: Duration,
    /// The first and the longest pause between attempts to connect.
    pub pauses: (Duration, Duration),
    /// The first and the longest pause after a refusal that passes by itself.
    pub refused: (Duration, Duration),
    /// How often a heartbeat is sent.
    pub heartbeat: Duration,
    /// How long a link may be without an arriving or a leaving byte. Longer than a heartbeat and its answer.
    pub quiet: Duration,
    /// How long the crate may take to come back after its link has ended, before its session is
    /// given up. Longer than its own second pause, which is 2.5 s.
    pub revive: Duration,
    /// Between two probes while nothing else proves that calls arrive.
    pub probe_every: Duration,
    /// Between two tries of a probe that failed, and the number of tries.
    pub probe_again: (Duration, u32),
    /// How often to look whether the computer has slept or has another network.
    pub watch: Duration,
    /// How long leaving the service properly may take, step by step.
    pub leave: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self {
            dial: s(5),
            answer: s(8),
            pauses: (Duration::from_millis(500), s(6)),
            refused: (s(5), s(30)),
            heartbeat: s(6),
            quiet: s(13),
            revive: s(4),
            probe_every: s(600),
            probe_again: (s(1), 3),
            watch: s(3),
            leave: s(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An attempt that began just before the service came back is waited for, then the longest pause, and then it works.
    #[test]
    fn no_attempt_and_pause_together_last_15_seconds() {
        let pace = Pace::default();
        for attempt in [pace.dial, pace.answer] {
            assert!(attempt + pace.pauses.1 < Duration::from_secs(15));
        }
    }

    #[test]
    fn server_addresses() {
        for sound in [
            "connect.ngrok-agent.com:443",
            " localhost:4443 ",
            "tunnel.example",
            "[::1]:443",
        ] {
            assert!(sound.parse::<ServerAddress>().is_ok(), "{sound}");
        }
        for unsound in [
            "",
            ":443",
            "https://a.example",
            "a.example/x",
            "a b",
            "a:",
            "a:0",
            "a:99999",
            "u@a:1",
            "a:1:2",
        ] {
            assert!(unsound.parse::<ServerAddress>().is_err(), "{unsound}");
        }
    }

    #[test]
    fn a_domain_pasted_as_an_address() {
        let mut config = TunnelConfig::new(Authtoken::new("t"));
        for (pasted, host) in [
            ("salon.ngrok.app", Some("salon.ngrok.app")),
            (" https://Salon.ngrok.app/ ", Some("salon.ngrok.app")),
            ("", None),
        ] {
            config.domain = Some(pasted.to_owned());
            assert_eq!(config.host().as_deref(), host);
        }
    }
}
