//! Whether calls can arrive: the receiver, its port, the tunnel, the secrets, and the whole way.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use bellhop_engine::Engine;
use bellhop_engine::instance::Instance;
use bellhop_engine::reach::Choice;
use bellhop_engine::secrets::Keeper;
use bellhop_engine::self_test::{self, Target};
use bellhop_engine::store::endpoints;
use bellhop_engine::tunnel::outside::Outside;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Chain, Check};

/// How long each part outside this computer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Paths at which nothing of ours may be found.
const CLOSED: [&str; 5] = ["/", "/hooks", "/hooks/", "/hooks/doctor", "/status"];

pub(super) async fn checks(engine: Option<&Engine>, running: Option<&Instance>) -> Vec<Check> {
    let receiver = match running {
        Some(instance) => {
            Check::passed("receiver", format!("takes calls at {}", instance.listening))
        }
        None => Check::failed(
            "receiver",
            "nothing takes calls: start \"bellhop serve\" or the desktop program",
        ),
    };
    vec![
        receiver,
        port(engine, running).await,
        tunnel(running),
        secrets(engine).await,
    ]
}

/// Asks the port itself: a receiver that hangs still has it.
async fn port(engine: Option<&Engine>, running: Option<&Instance>) -> Check {
    let Some(address) = running.map(|instance| instance.listening) else {
        return Check::skipped("port", "nothing listens");
    };
    let endpoint = match engine {
        Some(engine) => engine.store.read(endpoints::all).await.unwrap_or_default(),
        None => Vec::new(),
    };
    let endpoint = endpoint.first().map(|endpoint| (endpoint.path(), 200));
    let closed = CLOSED.map(|path| (path.to_owned(), 404));
    for (path, expected) in closed.into_iter().chain(endpoint) {
        let said = match status(address, &path).await {
            Ok(status) if status == expected => continue,
            Ok(status) => match expected {
                404 => format!(
                    "it answers {status} at {path}, where nothing may be: another program may listen there. Restart Bellhop with another --listen"
                ),
                // The path is an address that nobody else may know.
                _ => format!("it answers {status} at the address of an endpoint. Restart Bellhop"),
            },
            Err(cause) => {
                format!("{address} does not answer ({cause}): the receiver hangs. Restart Bellhop")
            }
        };
        return Check::failed("port", said);
    }
    Check::passed(
        "port",
        format!("{address} answers at /hooks/ and nowhere else"),
    )
}

async fn status(address: SocketAddr, path: &str) -> Result<u16, String> {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(4_096).read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = tokio::time::timeout(PATIENCE, ask)
        .await
        .map_err(|_| "it took too long".to_owned())?
        .map_err(|error| error.to_string())?;
    let line = String::from_utf8_lossy(&answer);
    let status = line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3));
    status
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| "the answer is no HTTP".to_owned())
}

fn tunnel(running: Option<&Instance>) -> Check {
    let Some(instance) = running else {
        return Check::skipped("tunnel", "nothing runs");
    };
    match (instance.tunnel.as_str(), &instance.public_url) {
        ("online", Some(url)) => Check::passed("tunnel", url.clone()),
        ("off", _) => Check::skipped("tunnel", "it is off"),
        (state, _) => Check::failed(
            "tunnel",
            instance
                .message
                .clone()
                .unwrap_or_else(|| format!("it is {state}")),
        ),
    }
}

async fn secrets(engine: Option<&Engine>) -> Check {
    let Some(engine) = engine else {
        return Check::skipped("secrets", "the data cannot be opened");
    };
    match engine.endpoints_without_secret().await {
        Ok(without) if without.is_empty() => {}
        Ok(without) => {
            let each = without.iter().map(|endpoint| {
                format!(
                    "endpoint {id} ({label}) lacks a secret: unlock the keychain, or give it again with \"bellhop endpoint secret add {id} --secret-stdin\"",
                    id = endpoint.id,
                    label = endpoint.label
                )
            });
            return Check::failed("secrets", each.collect::<Vec<_>>().join("; "));
        }
        Err(error) => return Check::failed("secrets", error.to_string()),
    }
    let where_to = match engine.secrets.keeper().await {
        Keeper::Keychain => "new ones go to the keychain",
        Keeper::File => "no keychain answers: new ones go to a file that only you can read",
    };
    Check::passed("secrets", where_to)
}

/// Sends a test call the whole way.
pub(super) async fn walk(
    engine: &Engine,
    running: Option<&Instance>,
    chain: Chain,
) -> anyhow::Result<Vec<Check>> {
    let running = running.context("nothing takes calls on this data directory: start \"bellhop serve\" or the desktop program")?;
    let url = running
        .public_url
        .as_deref()
        .context("there is no public address: start the tunnel first")?;
    let endpoint = match chain.endpoint {
        Some(endpoint) => endpoint,
        None => {
            let all = engine.store.read(endpoints::all).await?;
            all.first()
                .context("there is no endpoint to call: add one first")?
                .id
        }
    };
    // The receiver may be the desktop program, which takes these from the settings.
    let settings = engine.store.read(Choice::read).await?;
    let proxy = match chain.proxy {
        Some(proxy) => Some(proxy),
        None => settings.proxy()?,
    };
    let roots = chain
        .root_cas
        .or(settings.ngrok_root_cas.map(PathBuf::from));
    let outside = Outside::new(roots.as_deref(), None, proxy, PATIENCE).await;
    let outside = outside.context("the file of root certificates cannot be used")?;
    let target = Target {
        public_url: url,
        outside: &outside,
        notifies: running.notifies,
    };
    let report = self_test::run(engine, endpoint, &target).await?;
    Ok(report.hops.iter().map(Check::of).collect())
}
