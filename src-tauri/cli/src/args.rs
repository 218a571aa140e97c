//! What can be typed.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;

use bellhop_core::event::{BookingStatus, EventKind};
use bellhop_core::provider::Provider;
use bellhop_engine::tunnel::{InvalidProxyAddress, ProxyAddress};
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Args as Arguments, Parser, Subcommand};
use jiff::Timestamp;

/// Bellhop takes the calls of your booking systems and keeps one timeline of all bookings.
#[derive(Debug, Parser)]
#[command(version, name = "bellhop")]
pub(crate) struct Args {
    /// The data directory. By default, the platform's own for Bellhop.
    #[arg(long, global = true, env = "BELLHOP_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Print JSON for programs.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take calls, without a window.
    Serve(Serve),
    /// Take calls of simulated booking systems in a throw-away profile.
    Demo {
        /// Where to take calls on this machine.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
    },
    /// Tell about the receiver that runs on this data directory.
    Status,
    /// Endpoints: one public address for each booking system.
    #[command(subcommand)]
    Endpoint(Endpoint),
    /// What happened, newest first.
    Timeline(Timeline),
    /// Bookings as they stand.
    #[command(subcommand)]
    Booking(Booking),
    /// Calls as they came.
    #[command(subcommand)]
    Delivery(Delivery),
    /// Calls that were turned away.
    #[command(subcommand)]
    Rejection(Rejection),
    /// Times in which the receiver could not be reached.
    #[command(subcommand)]
    Gap(Gap),
    /// The people who book: who they are, and erasing what is known of one.
    #[command(subcommand)]
    Attendee(Attendee),
    /// For how long the content of calls is kept.
    #[command(subcommand)]
    Retention(Retention),
    /// Post signed sample calls to the running receiver.
    Send {
        endpoint: i64,
        /// The provider's own word, such as booking.created.
        event_type: String,
        /// How many bookings to tell of.
        #[arg(long, default_value_t = 1)]
        count: u64,
    },
    /// The token with which the tunnel opens.
    #[command(subcommand)]
    Token(Token),
    /// The tunnel of the receiver that runs on this data directory.
    #[command(subcommand)]
    Tunnel(Tunnel),
    /// Write everything but the secrets to one new file, also while calls arrive.
    Backup {
        /// The file. It must not exist yet.
        file: PathBuf,
    },
    /// Put a backup in the place of the data. What was there is kept aside.
    Restore {
        /// A file that "bellhop backup" wrote.
        file: PathBuf,
    },
    /// Look whether everything is in order.
    Doctor {
        /// Send a signed test call the whole way, from the public address to the notification.
        #[arg(long)]
        chain: bool,
        /// The endpoint to call. Without it, the first one.
        #[arg(long, requires = "chain")]
        endpoint: Option<i64>,
        /// Who vouches for the public address beside this computer's own authorities: a PEM file. Without it, that of
        /// the settings.
        #[arg(long, env = "BELLHOP_NGROK_ROOT_CAS")]
        ngrok_root_cas: Option<PathBuf>,
        /// The proxy on the way out, as http://host:port or socks5://host:port. Without it, that of the settings.
        #[arg(long, env = "BELLHOP_NGROK_PROXY", hide_env_values = true, value_parser = Proxy)]
        ngrok_proxy: Option<ProxyAddress>,
    },
}

#[derive(Debug, Arguments)]
pub(crate) struct Serve {
    /// Where to take calls on this machine.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// How the world reaches it: off, ngrok, or your own https address.
    #[arg(long, default_value = "off", value_parser = tunnel)]
    pub tunnel: TunnelChoice,
    /// Who tells of new bookings: nobody, or the desktop.
    #[arg(long, default_value = "off")]
    pub notify: Notify,
    /// The domain that ngrok gives the tunnel. Without it, your account's own one.
    #[arg(long)]
    pub ngrok_domain: Option<String>,
    /// Another address of ngrok's service, as host:port.
    #[arg(long, env = "BELLHOP_NGROK_SERVER")]
    pub ngrok_server: Option<bellhop_engine::tunnel::ServerAddress>,
    /// Who vouches for ngrok's service: a PEM file, or "host" for this computer's own authorities.
    #[arg(long, env = "BELLHOP_NGROK_ROOT_CAS")]
    pub ngrok_root_cas: Option<PathBuf>,
    /// The proxy on the way to ngrok's service, as http://host:port or socks5://host:port.
    #[arg(long, env = "BELLHOP_NGROK_PROXY", hide_env_values = true, value_parser = Proxy)]
    pub(crate) ngrok_proxy: Option<ProxyAddress>,
    /// Share the address with another session of the account that shares it too: takes over from one that is left over.
    #[arg(long)]
    pub(crate) ngrok_pooling: bool,
    /// Whether to be online only once a call to the own public address has come back.
    #[arg(long, default_value = "on")]
    pub probe: Switch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Notify {
    Off,
    Desktop,
}

/// Takes the address of a proxy. A wrong one is not repeated, since there may be a password in it.
#[derive(Clone)]
struct Proxy;

impl TypedValueParser for Proxy {
    type Value = ProxyAddress;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<ProxyAddress, clap::Error> {
        let text = value.to_string_lossy();
        text.parse().map_err(|error: InvalidProxyAddress| {
            let message =
                format!("--ngrok-proxy or BELLHOP_NGROK_PROXY is not an address: {error}\n");
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}

/// How the world reaches the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TunnelChoice {
    Off,
    Ngrok,
    Own(String),
}

fn tunnel(text: &str) -> Result<TunnelChoice, String> {
    match text {
        "off" => Ok(TunnelChoice::Off),
        "ngrok" => Ok(TunnelChoice::Ngrok),
        _ => match text
            .strip_prefix("https://")
            .map(|host| host.trim_end_matches('/'))
        {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']) => {
                Ok(TunnelChoice::Own(format!("https://{host}")))
            }
            _ => Err("choose off, ngrok, or your own address, such as https://my.host".to_owned()),
        },
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Endpoint {
    /// Add an endpoint for a provider.
    Add {
        /// kordless, reservekit, bookora, webkasa or orufy.
        provider: Provider,
        /// Your own name for it.
        #[arg(long)]
        label: Option<String>,
        /// Read the signing secret from standard input.
        #[arg(long, conflicts_with = "generate_secret")]
        secret_stdin: bool,
        /// Make a signing secret and print it once.
        #[arg(long)]
        generate_secret: bool,
    },
    /// List the endpoints.
    List,
    /// Show one endpoint.
    Show { id: i64 },
    /// Remove an endpoint. What it has received stays.
    Remove { id: i64 },
    /// The signing secrets of an endpoint. All live ones verify.
    #[command(subcommand)]
    Secret(Secret),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Secret {
    /// Add a secret beside those there are.
    Add {
        endpoint: i64,
        /// Read the secret from standard input.
        #[arg(long, required = true)]
        secret_stdin: bool,
    },
    /// List the secrets, and when each last proved a call.
    List { endpoint: i64 },
    /// Retire a secret: it proves nothing any more.
    Retire { endpoint: i64, secret: i64 },
}

#[derive(Debug, Arguments)]
pub(crate) struct Timeline {
    /// At most this many.
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// Only older entries than the one with this event_id.
    #[arg(long)]
    pub before: Option<i64>,
    /// created, confirmed, rescheduled, cancelled, completed, no_show, updated or other.
    #[arg(long, value_parser = kind)]
    pub kind: Option<EventKind>,
    #[arg(long)]
    pub provider: Option<Provider>,
    #[arg(long)]
    pub endpoint: Option<i64>,
    /// Words, or beginnings of words.
    #[arg(long)]
    pub search: Option<String>,
    /// Only received at this time (RFC 3339) or later.
    #[arg(long)]
    pub since: Option<Timestamp>,
    /// Only received before this time (RFC 3339).
    #[arg(long)]
    pub until: Option<Timestamp>,
}

fn kind(word: &str) -> Result<EventKind, String> {
    EventKind::from_word(word).ok_or_else(|| choices(EventKind::ALL.map(EventKind::as_str)))
}

fn status(word: &str) -> Result<BookingStatus, String> {
    BookingStatus::from_word(word)
        .ok_or_else(|| choices(BookingStatus::ALL.map(BookingStatus::as_str)))
}

fn choices<const N: usize>(words: [&str; N]) -> String {
    format!("choose one of {}", words.join(", "))
}

#[derive(Debug, Subcommand)]
pub(crate) enum Booking {
    /// List bookings, newest first.
    List {
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Only older bookings than the one with this id.
        #[arg(long)]
        before: Option<i64>,
        /// pending, confirmed, cancelled, completed or no_show.
        #[arg(long, value_parser = status)]
        status: Option<BookingStatus>,
        #[arg(long)]
        provider: Option<Provider>,
        #[arg(long)]
        endpoint: Option<i64>,
    },
    /// Show one booking and its events.
    Show { id: i64 },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Delivery {
    /// List calls, newest first.
    List {
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Only older calls than the one with this id.
        #[arg(long)]
        before: Option<i64>,
        #[arg(long)]
        provider: Option<Provider>,
        #[arg(long)]
        endpoint: Option<i64>,
        /// Only calls with something that could not be used.
        #[arg(long)]
        problems: bool,
    },
    /// Show one call with its headers and its raw body.
    Show { id: i64 },
    /// Read a stored call again, or all of them. Nobody is notified.
    Replay {
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<i64>,
        #[arg(long)]
        all: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rejection {
    /// List the calls that were turned away, newest first, and what to do about each.
    List {
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        #[arg(long)]
        endpoint: Option<i64>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Gap {
    /// List them, newest first: why, what each provider does about it, and what to check by hand.
    List {
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        #[arg(long)]
        endpoint: Option<i64>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Attendee {
    /// List everybody whose name, e-mail address or phone number holds a text.
    Find { text: String },
    /// Show what would go if somebody's data were erased; with --yes, erase it.
    #[command(group = clap::ArgGroup::new("person").required(true).multiple(true))]
    Erase {
        /// The whole name.
        #[arg(long, group = "person")]
        name: Option<String>,
        /// The e-mail address.
        #[arg(long, group = "person")]
        email: Option<String>,
        /// The phone number, however it is written.
        #[arg(long, group = "person")]
        phone: Option<String>,
        /// Erase it. There is no way back.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Retention {
    /// Show the rule, and what it would remove now.
    Show,
    /// Show what a rule would remove; with --yes, make it.
    Set {
        /// Days to keep the headers and bodies of calls, or "off" for ever.
        #[arg(value_parser = days)]
        days: Days,
        /// Make the rule. What is older goes at once.
        #[arg(long)]
        yes: bool,
    },
}

/// A number of days, or for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Days(pub(crate) Option<u32>);

fn days(text: &str) -> Result<Days, String> {
    match (text, text.parse::<u32>()) {
        ("off", _) => Ok(Days(None)),
        (_, Ok(days)) if (1..=36_500).contains(&days) => Ok(Days(Some(days))),
        _ => Err("choose a number of days from 1 to 36500, or off".to_owned()),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Keep ngrok's authtoken, read from standard input.
    Set {
        #[arg(long, required = true)]
        stdin: bool,
    },
    /// Forget it.
    Forget,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Tunnel {
    /// How it is.
    Status,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn an_own_address_is_https_and_a_host_alone() {
        assert_eq!(
            tunnel("https://my.host/"),
            Ok(TunnelChoice::Own("https://my.host".to_owned()))
        );
        assert_eq!(tunnel("off"), Ok(TunnelChoice::Off));
        for wrong in [
            "http://my.host",
            "my.host",
            "https://",
            "https://my.host/path",
            "https://a@b",
        ] {
            assert!(tunnel(wrong).is_err(), "{wrong}");
        }
    }
}
