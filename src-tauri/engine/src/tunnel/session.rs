//! Opening a session with its endpoint, with a limit on every step, and leaving it so that the
//! service knows.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use ngrok::Session;
use ngrok::config::TunnelBuilder as _;
use ngrok::session::{ConnectError, Restart, Stop, Update};
use ngrok::tunnel::{EndpointInfo as _, HttpTunnel};
use tokio::time::timeout;

use super::config::TunnelConfig;
use super::connector::OwnConnector;
use super::dial;
use super::line::{Command, Line, Report};
use super::policy;
use super::refusal::{self, Refusal};
use super::tls;

/// What the service's dashboard shows as the target. The crate's default is the computer's name,
/// the path of the program and its process id, which are nobody's business.
const FORWARDS_TO: &str = "Bellhop";

/// A session with one endpoint online.
pub(super) struct Opened {
    pub(super) session: Session,
    pub(super) tunnel: HttpTunnel,
    pub(super) url: String,
}

/// Why a session did not open.
#[derive(Debug)]
pub(super) enum OpenError {
    /// The service said no.
    Refused(Refusal),
    /// It could not be asked, or did not answer; in plain words.
    Failed(String),
    /// The configuration cannot be used; in plain words.
    Unusable(String),
}

/// Connects, authenticates and binds. `domain` is the host name to ask for.
pub(super) async fn open(
    config: &TunnelConfig,
    line: &Arc<Line>,
    domain: Option<&str>,
) -> Result<Opened, OpenError> {
    let mut builder = Session::builder();
    builder
        .authtoken(config.authtoken.reveal())
        .client_info("bellhop", env!("CARGO_PKG_VERSION"), None::<String>)
        .connector(OwnConnector(line.clone()));
    let unusable = |error: &dyn std::fmt::Display| OpenError::Unusable(error.to_string());
    builder
        .heartbeat_interval(config.pace.heartbeat)
        .map_err(|error| unusable(&error))?;
    let tolerance = config.pace.quiet.saturating_sub(config.pace.heartbeat);
    builder
        .heartbeat_tolerance(tolerance)
        .map_err(|error| unusable(&error))?;
    if let Some(server) = &config.server {
        builder
            .server_addr(server.as_str())
            .map_err(|error| unusable(&error))?;
    }
    if let Some(roots) = &config.root_cas {
        let roots = roots.to_string_lossy().into_owned();
        builder.root_cas(roots.clone()).map_err(|error| {
            OpenError::Unusable(format!(
                "The file of root certificates {roots} cannot be read: {error}."
            ))
        })?;
    }
    handle_commands(&mut builder, line);

    tls::provider();
    // The connector has a limit of its own; what is left is the answer to Auth.
    let connecting = builder.connect();
    tokio::pin!(connecting);
    let connected = tokio::select! {
        connected = &mut connecting => Ok(connected),
        () = line.dialled.notified() => timeout(config.pace.answer, connecting).await,
    };
    let session = match connected {
        Err(_) => return Err(OpenError::Failed("ngrok does not answer.".into())),
        Ok(Err(error)) => return Err(explain(&error, config)),
        Ok(Ok(session)) => session,
    };
    let mut endpoint = session.http_endpoint();
    endpoint
        .forwards_to(FORWARDS_TO)
        .metadata("bellhop")
        .pooling_enabled(config.pooling);
    endpoint.traffic_policy(config.policy.clone().unwrap_or_else(policy::hooks_only));
    if let Some(domain) = domain {
        endpoint.domain(domain);
    }
    match timeout(config.pace.answer, endpoint.listen()).await {
        Err(_) => Err(OpenError::Failed("ngrok does not answer.".into())),
        Ok(Err(error)) => Err(match refusal::from_rpc(&error, &config.authtoken) {
            Some(refusal) => OpenError::Refused(refusal),
            None => OpenError::Failed("The connection to ngrok was lost.".into()),
        }),
        Ok(Ok(tunnel)) => {
            let url = tunnel.url().trim_end_matches('/').to_owned();
            Ok(Opened {
                session,
                tunnel,
                url,
            })
        }
    }
}

/// Takes the endpoint offline, so that no more calls come. Without the answer of the service
/// within `limit` it is left to the end of the link.
pub(super) async fn unbind(session: &Session, id: &str, limit: Duration) {
    match timeout(limit, session.close_tunnel(id)).await {
        Ok(Ok(())) => {}
        other => tracing::debug!(?other, "the endpoint could not be unbound"),
    }
}

/// Shuts the link and waits until the socket is closed. Afterwards the crate's session can be
/// dropped: its tasks end with the [`Canceled`](ConnectError::Canceled) that the connector returns.
pub(super) async fn hang_up(line: &Line, limit: Duration) {
    line.end.cancel();
    line.links.close();
    let _ = timeout(limit, line.links.wait()).await;
}

fn explain(error: &ConnectError, config: &TunnelConfig) -> OpenError {
    if let Some(refusal) = refusal::from_connect(error, &config.authtoken) {
        return OpenError::Refused(refusal);
    }
    OpenError::Failed(match error {
        ConnectError::Tcp(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            "ngrok did not answer in time.".into()
        }
        ConnectError::Tcp(error) => {
            format!("ngrok could not be reached ({error}). Is this computer online?")
        }
        ConnectError::Tls(error) => dial::tls_cause("ngrok", error),
        _ => "The connection to ngrok was lost.".into(),
    })
}

/// The dashboard's buttons. The crate only calls these; what they ask for is up to us.
fn handle_commands(builder: &mut ngrok::session::SessionBuilder, line: &Arc<Line>) {
    let (stop, restart) = (line.clone(), line.clone());
    builder
        .handle_stop_command(move |_: Stop| {
            stop.report(Report::Command(Command::Stop));
            std::future::ready(Ok(())).boxed()
        })
        .handle_restart_command(move |_: Restart| {
            restart.report(Report::Command(Command::Restart));
            std::future::ready(Ok(())).boxed()
        })
        .handle_update_command(|_: Update| {
            std::future::ready(Err(
                "Bellhop is updated on the computer that it runs on.".to_owned()
            ))
            .boxed()
        });
}
