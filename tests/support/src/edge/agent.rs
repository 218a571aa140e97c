//! The agents' side: TLS, multiplexed streams, and the calls Auth, Bind and Unbind.

use std::io;
use std::sync::Arc;

use muxado::{Accept as _, MuxadoOpen, Session as _, SessionBuilder, Stream};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::account::{Endpoint, Seen, SessionState, State, Step};
use super::{Shared, link};

// The first four bytes of a stream say what it is for.
const AUTH: u32 = 0;
const BIND: u32 = 1;
const UNBIND: u32 = 2;
const HEARTBEAT: u32 = 0xFFFF_FFFF;

/// Serves one agent connection until it ends.
pub(super) async fn serve(shared: Arc<Shared>, socket: TcpStream) -> io::Result<()> {
    let cut = shared.cuts.child_token();
    let wire = link::lay(socket, shared.lock().faults.dark.clone(), cut.clone())?;
    if shared.lock().faults.silent {
        cut.cancelled().await;
        drop(wire);
        return Ok(());
    }
    let tls = tokio_rustls::TlsAcceptor::from(shared.authority.server())
        .accept(wire)
        .await?;
    let (open, mut accept) = SessionBuilder::new(tls)
        .server()
        .stream_limit(4096)
        .accept_queue_size(4096)
        .start()
        .split();
    let mut session = Agent {
        shared,
        open,
        cut,
        id: None,
    };
    // The end of the connection and a call on it that breaks off are the same to the edge.
    while let Some(stream) = accept.accept().await {
        session.take(stream).await;
    }
    if let Some(id) = session.id {
        session.shared.change(|state| state.ended(id));
    }
    Ok(())
}

struct Agent {
    shared: Arc<Shared>,
    open: MuxadoOpen,
    cut: CancellationToken,
    id: Option<u64>,
}

impl Agent {
    async fn take(&mut self, mut stream: Stream) {
        let Ok(kind) = stream.read_u32().await else {
            return;
        };
        let answer = match kind {
            HEARTBEAT => {
                tokio::spawn(echo(stream));
                return;
            }
            AUTH | BIND | UNBIND => {
                let Ok(call) = read_call(&mut stream).await else {
                    return;
                };
                let muted = self.shared.lock().faults.mute;
                match kind {
                    AUTH if muted == Some(Step::Auth) => return hold(stream, &self.cut),
                    BIND if muted == Some(Step::Bind) => return hold(stream, &self.cut),
                    AUTH => self.auth(&call),
                    BIND => self.bind(&call),
                    _ => self.unbind(&call),
                }
            }
            other => json!({ "Error": format!("unknown stream type {other:?}") }),
        };
        let _ = stream.write_all(answer.to_string().as_bytes()).await;
        let _ = stream.shutdown().await;
    }

    fn auth(&mut self, call: &Value) -> Value {
        let token = text(call, "/Extra/AuthToken");
        let (client_id, cookie) = (text(call, "/ClientId"), text(call, "/Extra/Cookie"));
        let mut extra = call.pointer("/Extra").cloned().unwrap_or_default();
        if let Some(extra) = extra.as_object_mut() {
            extra.remove("AuthToken");
        }
        self.shared.change(|state| {
            let resumed = !client_id.is_empty() && cookie == format!("cookie-{client_id}");
            state.seen.push(Seen::Auth { resumed, extra });
            if let Some((code, message)) = state.refusal(Step::Auth) {
                return refuse(&code, &message.replace("TOKEN", &token));
            }
            if !state.tokens.contains(&token) {
                let said = "The authtoken you specified is properly formed, but it is invalid.\r\nYour authtoken: ";
                return refuse("ERR_NGROK_107", &format!("{said}{token}"));
            }
            // Whoever brings the identity back takes the place of the session that had it.
            if resumed {
                let earlier: Vec<u64> = state
                    .sessions
                    .iter()
                    .filter(|(_, session)| session.client_id == client_id)
                    .map(|(id, _)| *id)
                    .collect();
                for id in earlier {
                    state.forget(id);
                }
            }
            if state.faults.session_limit.is_some_and(|limit| state.sessions.len() >= limit) {
                return refuse("ERR_NGROK_108", "Your account is limited to 1 simultaneous ngrok agent sessions.");
            }
            let id = state.fresh();
            let client_id = if resumed { client_id.clone() } else { format!("client-{id}") };
            self.id = Some(id);
            state.sessions.insert(
                id,
                SessionState {
                    client_id: client_id.clone(),
                    open: self.open.clone(),
                    cut: self.cut.clone(),
                    dead: false,
                },
            );
            json!({
                "Version": "3",
                "ClientId": client_id,
                "Extra": {
                    "Version": "prod", "Region": "eu", "Cookie": format!("cookie-{client_id}"),
                    "AccountName": "Test Salon", "SessionDuration": 0, "PlanName": "Free", "Banner": "",
                },
            })
        })
    }

    fn bind(&mut self, call: &Value) -> Value {
        self.shared.change(|state| {
            let named = text(call, "/Id");
            state.seen.push(Seen::Bind {
                again: !named.is_empty(),
                call: call.clone(),
            });
            if let Some((code, message)) = state.refusal(Step::Bind) {
                return refuse(&code, &message);
            }
            let Some(session) = self.id else {
                return refuse("ERR_NGROK_4018", "This ngrok session is not authenticated.");
            };
            let number = state.fresh();
            let wanted = text(call, "/Opts/Domain");
            // A rebind brings the answered options back, and with them the host name that it had.
            let kept = text(call, "/Opts/Hostname");
            let host = [wanted, kept].into_iter().find(|host| !host.is_empty());
            let host = host.unwrap_or_else(|| state.assigned.clone());
            if !state.domains.contains(&host) {
                return refuse(
                    "ERR_NGROK_320",
                    "This domain is reserved for another account.",
                );
            }
            let pooled = call
                .pointer("/Extra/PoolingEnabled")
                .and_then(Value::as_bool)
                == Some(true);
            let is_other = |other: &&Endpoint| other.host == host && other.session != session;
            if let Some(other) = state.endpoints.iter().find(is_other)
                && !(other.pooled && pooled)
            {
                return refuse(
                    "ERR_NGROK_334",
                    &format!("The endpoint https://{host} is already online."),
                );
            }
            let id = if named.is_empty() {
                format!("tn_{number}")
            } else {
                named
            };
            let mut options = call.pointer("/Opts").cloned().unwrap_or_default();
            if let Some(options) = options.as_object_mut() {
                options.insert("Hostname".into(), Value::from(host.clone()));
            }
            state
                .endpoints
                .retain(|own| own.host != host || own.session != session);
            state.endpoints.push(Endpoint {
                id: id.clone(),
                host: host.clone(),
                session,
                pooled,
            });
            json!({
                "Id": id, "URL": format!("https://{host}"), "Proto": "https",
                "Opts": options, "Extra": { "Token": format!("token-{id}") },
            })
        })
    }

    fn unbind(&mut self, call: &Value) -> Value {
        let id = text(call, "/Id");
        self.shared.change(|state: &mut State| {
            state.endpoints.retain(|endpoint| endpoint.id != id);
            state.seen.push(Seen::Unbind(id.clone()));
        });
        json!({})
    }
}

/// An answer in the shape that ngrok gives to a call it refuses.
fn refuse(code: &str, message: &str) -> Value {
    json!({ "Error": format!("{message}\r\n\r\n{code}\r\n") })
}

fn text(call: &Value, place: &str) -> String {
    call.pointer(place)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Calls come without a length and without an end: they are complete when they parse.
async fn read_call(stream: &mut Stream) -> io::Result<Value> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 16 * 1024];
    loop {
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(chunk.get(..count).unwrap_or_default());
        if let Ok(call) = serde_json::from_slice(&bytes) {
            return Ok(call);
        }
    }
}

async fn echo(mut stream: Stream) -> io::Result<()> {
    let mut beat = [0; 4];
    loop {
        stream.read_exact(&mut beat).await?;
        stream.write_all(&beat).await?;
    }
}

/// Keeps a call open without an answer until the connection is cut.
fn hold(stream: Stream, cut: &CancellationToken) {
    let cut = cut.clone();
    tokio::spawn(async move {
        cut.cancelled().await;
        drop(stream);
    });
}
