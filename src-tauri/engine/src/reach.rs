//! How the world reaches the receiver: what the person chose, and what follows from it.

use std::path::PathBuf;

use rusqlite::Connection;

use crate::Engine;
use crate::secrets::SecretsError;
use crate::store::{self, StoreError, settings};
use crate::tunnel::{
    Authtoken, InvalidProxyAddress, OwnAddressConfig, ProxyAddress, ServerAddress, TunnelConfig,
};

/// Gives the proxy on the way out, also one with a name and a password.
pub const PROXY_VARIABLE: &str = "BELLHOP_NGROK_PROXY";

/// By what the world reaches us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// It does not.
    #[default]
    Off,
    /// By a tunnel of ngrok in this process.
    Ngrok,
    /// By the person's own proxy or tunnel.
    OwnAddress,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Way::Off => "off",
            Way::Ngrok => "ngrok",
            Way::OwnAddress => "own_address",
        }
    }
}

/// What the person chose. Texts are as they typed them; an empty one is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// By what the world reaches us.
    pub way: Way,
    /// The domain to ask ngrok for.
    pub ngrok_domain: Option<String>,
    /// Another address of ngrok's service.
    pub ngrok_server: Option<String>,
    /// Who vouches for ngrok's service, or for the own address.
    pub ngrok_root_cas: Option<String>,
    /// The proxy on the way to ngrok's service.
    pub ngrok_proxy: Option<String>,
    /// Whether to share the address with other sessions of the account that allow it too: a take-over.
    pub ngrok_pooling: bool,
    /// The own address.
    pub own_address: Option<String>,
    /// Whether to look if calls really arrive.
    pub probe: bool,
}

/// What to open.
#[derive(Debug)]
pub enum Reach {
    /// Nothing.
    Off,
    /// A tunnel.
    Ngrok(Box<TunnelConfig>),
    /// Nothing, and look after the person's own address.
    OwnAddress(Box<OwnAddressConfig>),
}

/// A host that this program connects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its name, with a port where that is not 443.
    pub name: String,
    /// What for.
    pub purpose: Purpose,
}

/// Why this program connects to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Calls come in through it.
    Tunnel,
    /// Everything that goes out passes it.
    Proxy,
    /// It is our own public address: to see whether calls arrive, and when the person tests the whole way.
    OwnAddress,
}

/// Where ngrok's client connects to when it is told nothing else.
const NGROK_SERVER: &str = "connect.ngrok-agent.com";

/// Why a choice leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// There is no authtoken.
    #[error(
        "ngrok needs your authtoken. Copy it from dashboard.ngrok.com/get-started/your-authtoken and paste it in the settings, keep it with \"bellhop token set --stdin\", or set NGROK_AUTHTOKEN."
    )]
    NoAuthtoken,
    /// There is an authtoken, and the keychain does not give it.
    #[error(
        "The keychain did not give ngrok's authtoken: {0}. Unlock it, or paste the authtoken in the settings."
    )]
    KeychainSilent(String),
    /// The address of ngrok's service is none.
    #[error("The server address is not one: {0}.")]
    Server(String),
    /// The proxy's address is none.
    #[error("The proxy is not one: {0}.")]
    Proxy(String),
    /// The proxy's address holds a password.
    #[error(
        "A proxy's password is not kept in the settings. Leave the proxy empty here, and start Bellhop with BELLHOP_NGROK_PROXY set to the whole address."
    )]
    ProxyPassword,
    /// The own address is none.
    #[error("Your own address has to be https and a host alone, such as https://my.host.")]
    OwnAddress,
    /// The token could not be read.
    #[error(transparent)]
    Secrets(SecretsError),
    /// The settings could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SecretsError> for ReachError {
    fn from(error: SecretsError) -> ReachError {
        match error {
            SecretsError::Keychain(cause) => ReachError::KeychainSilent(cause),
            other => ReachError::Secrets(other),
        }
    }
}

impl Choice {
    /// What is in the settings.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub fn read(connection: &Connection) -> store::Result<Choice> {
        let text = |name: &str| settings::get(connection, name);
        let way = text(settings::REACH)?;
        let way = [Way::Ngrok, Way::OwnAddress]
            .into_iter()
            .find(|known| Some(known.as_str()) == way.as_deref());
        Ok(Choice {
            way: way.unwrap_or_default(),
            ngrok_domain: text(settings::NGROK_DOMAIN)?,
            ngrok_server: text(settings::NGROK_SERVER)?,
            ngrok_root_cas: text(settings::NGROK_ROOT_CAS)?,
            ngrok_proxy: text(settings::NGROK_PROXY)?,
            ngrok_pooling: text(settings::NGROK_POOLING)?.as_deref() == Some("on"),
            own_address: text(settings::OWN_ADDRESS)?,
            probe: text(settings::PROBE)?.as_deref() != Some("off"),
        })
    }

    /// Every host that the program connects to with this choice. `public_url` is the address that it has now.
    ///
    /// # Errors
    ///
    /// Fails where the proxy is none.
    pub fn hosts(&self, public_url: Option<&str>) -> Result<Vec<Host>, ReachError> {
        let own = self.own_address.as_deref().and_then(own_address);
        let (tunnel, public) = match self.way {
            Way::Off => return Ok(Vec::new()),
            Way::Ngrok => {
                let server = given(self.ngrok_server.as_deref());
                let domain = given(self.ngrok_domain.as_deref());
                let server = server.unwrap_or_else(|| NGROK_SERVER.to_owned());
                (Some(server), public_url.map(str::to_owned).or(domain))
            }
            Way::OwnAddress => (None, own),
        };
        let proxy = self.proxy()?.map(|proxy| proxy.host_and_port());
        let bare = |address: String| {
            let host = address.strip_prefix("https://").unwrap_or(&address);
            host.strip_suffix(":443").unwrap_or(host).to_owned()
        };
        let hosts = [
            (tunnel, Purpose::Tunnel),
            (public, Purpose::OwnAddress),
            (proxy, Purpose::Proxy),
        ];
        let named = hosts.into_iter().filter_map(|(host, purpose)| {
            host.map(|host| Host {
                name: bare(host),
                purpose,
            })
        });
        Ok(named.collect())
    }

    /// The proxy on the way out: what was typed, else what the environment says.
    ///
    /// # Errors
    ///
    /// Fails where it is none.
    pub fn proxy(&self) -> Result<Option<ProxyAddress>, ReachError> {
        let environment = std::env::var(PROXY_VARIABLE).ok();
        let proxy = given(self.ngrok_proxy.as_deref()).or(given(environment.as_deref()));
        proxy
            .map(|proxy| proxy.parse())
            .transpose()
            .map_err(|error: InvalidProxyAddress| ReachError::Proxy(error.to_string()))
    }

    /// Whether it may be kept.
    ///
    /// # Errors
    ///
    /// Fails where it holds a password, which the database must never hold.
    pub fn check(&self) -> Result<(), ReachError> {
        match &self.ngrok_proxy {
            Some(proxy) if proxy.contains('@') => Err(ReachError::ProxyPassword),
            _ => Ok(()),
        }
    }

    /// Puts it into the settings.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub fn write(&self, connection: &Connection) -> store::Result<()> {
        let texts = [
            (settings::REACH, Some(self.way.as_str())),
            (settings::NGROK_DOMAIN, self.ngrok_domain.as_deref()),
            (settings::NGROK_SERVER, self.ngrok_server.as_deref()),
            (settings::NGROK_ROOT_CAS, self.ngrok_root_cas.as_deref()),
            (settings::NGROK_PROXY, self.ngrok_proxy.as_deref()),
            (settings::NGROK_POOLING, self.ngrok_pooling.then_some("on")),
            (settings::OWN_ADDRESS, self.own_address.as_deref()),
            (settings::PROBE, (!self.probe).then_some("off")),
        ];
        for (name, text) in texts {
            settings::set(connection, name, given(text).as_deref())?;
        }
        Ok(())
    }
}

fn given(text: Option<&str>) -> Option<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// An address of the person's own, in the form in which paths are put after it. `None` where it is no https address of a
/// host alone.
pub fn own_address(typed: &str) -> Option<String> {
    let host = typed.trim().strip_prefix("https://")?.trim_end_matches('/');
    let sound = !host.is_empty()
        && !host.contains(['/', '?', '#', '@', '\\'])
        && !host.contains(char::is_whitespace);
    sound.then(|| format!("https://{}", host.to_ascii_lowercase()))
}

impl Engine {
    /// The host name that ngrok gave the tunnel last, so that it is asked for again.
    ///
    /// # Errors
    ///
    /// Fails where the store does.
    pub async fn remembered_host(&self) -> store::Result<Option<String>> {
        self.store
            .read(|connection| settings::get(connection, settings::NGROK_HOST))
            .await
    }

    pub(crate) async fn remember_host(&self, url: &str) {
        let host = url.strip_prefix("https://").unwrap_or(url).to_owned();
        let kept = self.store.write(move |connection| {
            if settings::get(connection, settings::NGROK_HOST)?.as_deref() == Some(&host) {
                return Ok(());
            }
            settings::set(connection, settings::NGROK_HOST, Some(&host))
        });
        if let Err(error) = kept.await {
            tracing::warn!(%error, "the public host will not be remembered");
        }
    }

    /// What follows from a choice.
    ///
    /// # Errors
    ///
    /// Says what to change where the choice leads nowhere.
    pub async fn reach(&self, choice: &Choice) -> Result<Reach, ReachError> {
        let root_cas = given(choice.ngrok_root_cas.as_deref()).map(PathBuf::from);
        match choice.way {
            Way::Off => Ok(Reach::Off),
            Way::OwnAddress => {
                let url = choice
                    .own_address
                    .as_deref()
                    .and_then(own_address)
                    .ok_or(ReachError::OwnAddress)?;
                let config = OwnAddressConfig {
                    root_cas,
                    proxy: choice.proxy()?,
                    probe: choice.probe,
                    ..OwnAddressConfig::new(url)
                };
                Ok(Reach::OwnAddress(Box::new(config)))
            }
            Way::Ngrok => {
                let token = self
                    .ngrok_authtoken()
                    .await?
                    .ok_or(ReachError::NoAuthtoken)?;
                let server = given(choice.ngrok_server.as_deref())
                    .map(|server| server.parse::<ServerAddress>());
                let config = TunnelConfig {
                    domain: given(choice.ngrok_domain.as_deref()),
                    remembered: self.remembered_host().await?,
                    server: server
                        .transpose()
                        .map_err(|error| ReachError::Server(error.to_string()))?,
                    proxy: choice.proxy()?,
                    root_cas,
                    probe: choice.probe,
                    pooling: choice.ngrok_pooling,
                    ..TunnelConfig::new(Authtoken::new(token.reveal()))
                };
                Ok(Reach::Ngrok(Box::new(config)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(proxy: &str) -> Choice {
        Choice {
            way: Way::Ngrok,
            ngrok_domain: None,
            ngrok_server: None,
            ngrok_root_cas: None,
            ngrok_proxy: Some(proxy.to_owned()),
            ngrok_pooling: false,
            own_address: None,
            probe: true,
        }
    }

    #[test]
    fn a_proxy_with_a_password_is_not_kept() {
        assert!(choice("http://proxy.example:3128").check().is_ok());
        let refused = choice("http://anna:secret@proxy.example:3128")
            .check()
            .unwrap_err();
        assert!(refused.to_string().contains(PROXY_VARIABLE));
        assert!(!refused.to_string().contains("secret@"));
    }

    #[test]
    fn every_host_that_is_talked_to_is_listed_and_no_other() {
        let listed = |choice: &Choice, url| -> Vec<(String, Purpose)> {
            let hosts = choice.hosts(url).unwrap();
            hosts
                .into_iter()
                .map(|host| (host.name, host.purpose))
                .collect()
        };
        let of = |name: &str, purpose| (name.to_owned(), purpose);
        let ngrok = choice("http://proxy.example:3128");
        assert_eq!(
            listed(&ngrok, Some("https://salon.ngrok.app")),
            [
                of("connect.ngrok-agent.com", Purpose::Tunnel),
                of("salon.ngrok.app", Purpose::OwnAddress),
                of("proxy.example:3128", Purpose::Proxy),
            ]
        );
        let other = Choice {
            ngrok_server: Some("tunnel.example:8443".to_owned()),
            ngrok_proxy: None,
            ..ngrok
        };
        assert_eq!(
            listed(&other, None),
            [of("tunnel.example:8443", Purpose::Tunnel)]
        );
        let own = Choice {
            way: Way::OwnAddress,
            own_address: Some("https://my.host/".to_owned()),
            ..other
        };
        assert_eq!(listed(&own, None), [of("my.host", Purpose::OwnAddress)]);
        let off = Choice {
            way: Way::Off,
            ..own
        };
        assert_eq!(listed(&off, None), []);
    }

    #[test]
    fn an_own_address_is_https_and_a_host() {
        assert_eq!(
            own_address(" https://My.host/ ").as_deref(),
            Some("https://my.host")
        );
        for wrong in [
            "http://my.host",
            "my.host",
            "https://",
            "https://my.host/path",
            "https://a@b",
        ] {
            assert_eq!(own_address(wrong), None, "{wrong}");
        }
    }
}
