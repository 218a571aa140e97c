//! Faults on demand.

use std::io;
use std::sync::PoisonError;
use std::time::Duration;

use muxado::OpenClose as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;

use super::account::Step;
use super::{Edge, public};

impl Edge {
    /// Ends every agent connection without a word; the next one is served as usual.
    pub fn cut(&self) {
        for session in self.shared.lock().sessions.values() {
            session.cut.cancel();
        }
    }

    /// The wires of all agents go dark for good; new connections are served as usual. So it is when
    /// a computer gets another address.
    pub fn freeze(&self) {
        let dark = std::mem::take(&mut self.shared.lock().faults.dark);
        dark.cancel();
    }

    /// The wires of all agents go dark, and those of new connections too, until
    /// [`thaw`](Self::thaw).
    pub fn freeze_everything(&self) {
        self.shared.lock().faults.dark.cancel();
    }

    /// New connections are served again. The old ones stay in the dark.
    pub fn thaw(&self) {
        self.shared.lock().faults.dark = CancellationToken::new();
    }

    /// Tells every agent that the session ends now (GOAWAY), as a restart of the service does.
    pub async fn go_away(&self) {
        for mut open in self.opens() {
            let _ = open
                .close(muxado::Error::None, "the server is being restarted".into())
                .await;
        }
    }

    /// Takes every endpoint away from its agent with a StopTunnel message.
    pub async fn stop_tunnels(&self, code: Option<&str>, message: &str) -> io::Result<()> {
        let targets: Vec<_> = self.shared.change(|state| {
            let endpoints = std::mem::take(&mut state.endpoints);
            endpoints
                .into_iter()
                .filter_map(|endpoint| {
                    Some((
                        endpoint.id,
                        state.sessions.get(&endpoint.session)?.open.clone(),
                    ))
                })
                .collect()
        });
        for (id, open) in targets {
            let body = json!({ "Id": id, "Message": message, "ErrorCode": code });
            self.command_one(open, 9, &body).await?;
        }
        Ok(())
    }

    /// Sends the dashboard's command: 4 restart, 5 stop, 6 update.
    pub async fn command(&self, kind: u32) -> io::Result<()> {
        for open in self.opens() {
            let body = json!({ "Version": "9.9.9", "PermitMajorVersion": false });
            self.command_one(open, kind, &body).await?;
        }
        Ok(())
    }

    /// Answers the next `times` calls of this step with a refusal. `TOKEN` in the message stands for
    /// the authtoken, which ngrok echoes in ERR_NGROK_105 and 107.
    pub fn refuse(&self, step: Step, code: &str, message: &str, times: usize) {
        self.shared.change(|state| {
            for _ in 0..times {
                state
                    .faults
                    .refusals
                    .push_back((step, code.to_owned(), message.to_owned()));
            }
        });
    }

    /// Takes back the refusals that were not used.
    pub fn relent(&self) {
        self.shared.change(|state| state.faults.refusals.clear());
    }

    /// Calls of this step are never answered, until `None`.
    pub fn mute(&self, step: Option<Step>) {
        self.shared.change(|state| state.faults.mute = step);
    }

    /// New connections are accepted and never spoken to.
    pub fn silent(&self, silent: bool) {
        self.shared.change(|state| state.faults.silent = silent);
    }

    /// A session that ends without Unbind stays online at the edge until it is resumed or
    /// [`bury`](Self::bury) is called.
    pub fn keep_dead_sessions(&self, keep: bool) {
        self.shared.change(|state| state.faults.keep_dead = keep);
    }

    /// The edge notices that dead sessions are dead.
    pub fn bury(&self) {
        self.shared.change(|state| {
            let dead: Vec<u64> = state
                .sessions
                .iter()
                .filter(|(_, session)| session.dead)
                .map(|(id, _)| *id)
                .collect();
            for id in dead {
                state.forget(id);
            }
        });
    }

    /// At most so many sessions at once: one more meets ERR_NGROK_108.
    pub fn limit_sessions(&self, limit: Option<usize>) {
        self.shared
            .change(|state| state.faults.session_limit = limit);
    }

    /// The authtoken is not valid any more. Sessions that are online stay.
    pub fn revoke(&self, token: &str) {
        self.shared.change(|state| state.tokens.remove(token));
    }

    /// The authtoken is valid.
    pub fn accept(&self, token: &str) {
        self.shared
            .change(|state| state.tokens.insert(token.to_owned()));
    }

    /// The account loses a domain.
    pub fn lose_domain(&self, domain: &str) {
        self.shared.change(|state| state.domains.remove(domain));
    }

    /// The account owns this domain too.
    pub fn reserve_domain(&self, domain: &str) {
        self.shared
            .change(|state| state.domains.insert(domain.to_owned()));
    }

    /// The domain that a bind without one gets.
    pub fn assign(&self, domain: &str) {
        self.shared
            .change(|state| state.assigned = domain.to_owned());
    }

    /// Somebody else holds this host.
    pub fn take_domain(&self, domain: &str) {
        self.shared.change(|state| {
            let endpoint = super::account::Endpoint {
                id: "tn_other".into(),
                host: domain.to_owned(),
                session: 0,
                pooled: false,
            };
            state.endpoints.push(endpoint);
        });
    }

    /// Whoever held this host lets go.
    pub fn free_domain(&self, domain: &str) {
        self.shared
            .change(|state| state.endpoints.retain(|held| held.host != domain));
    }

    /// Callers are told that the endpoint is offline, while the sessions look fine.
    pub fn hide_from_public(&self, hidden: bool) {
        self.shared
            .change(|state| state.faults.public_offline = hidden);
    }

    /// New calls are taken in, and passed on once this is false again, when nobody waits for their answers any more.
    pub fn hold_calls(&self, held: bool) {
        self.shared.change(|state| state.faults.public_held = held);
    }

    /// Stops listening and cuts every agent.
    pub fn down(&self) {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .cancel();
        self.cut();
    }

    /// Listens again at the same port.
    ///
    /// # Errors
    /// If the port could not be held.
    pub async fn up(&self) -> io::Result<()> {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            let held = self
                .held
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            match held {
                Some(held) => {
                    self.listen_to_agents(held.listen(1024)?);
                    return Ok(());
                }
                // The old listener's task may still have the port for a moment.
                None if tokio::time::Instant::now() > deadline => {
                    return Err(io::ErrorKind::AddrInUse.into());
                }
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }

    /// Opens so many connections at once whose header comes in a frame of its own. With more than
    /// about 130 the agent's session locks up for good. Returns when the frames have been handed over.
    pub async fn jam(&self, streams: usize) -> io::Result<()> {
        let route = {
            let state = self.shared.lock();
            state
                .endpoints
                .first()
                .and_then(|endpoint| state.route(&endpoint.host))
        };
        let Some((id, mut open)) = route else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let bytes = public::proxy_header(&id, self.public);
        let (kind, rest) = bytes.split_at(4);
        let mut opened = Vec::new();
        for _ in 0..streams {
            let mut stream = open.open().await.map_err(io::Error::other)?;
            stream.write_all(kind).await?;
            opened.push(stream);
        }
        for stream in &mut opened {
            stream.write_all(rest).await?;
        }
        let cut = self.shared.cuts.clone();
        tokio::spawn(async move {
            cut.cancelled().await;
            drop(opened);
        });
        Ok(())
    }

    fn opens(&self) -> Vec<muxado::MuxadoOpen> {
        self.shared
            .lock()
            .sessions
            .values()
            .map(|session| session.open.clone())
            .collect()
    }

    async fn command_one(
        &self,
        mut open: muxado::MuxadoOpen,
        kind: u32,
        body: &serde_json::Value,
    ) -> io::Result<()> {
        let mut stream = open.open().await.map_err(io::Error::other)?;
        let mut bytes = kind.to_be_bytes().to_vec();
        bytes.extend_from_slice(body.to_string().as_bytes());
        stream.write_all(&bytes).await?;
        let shared = self.shared.clone();
        tokio::spawn(async move {
            let mut answer = String::new();
            let _ = stream.read_to_string(&mut answer).await;
            shared.change(|state| state.answers.push(answer));
        });
        Ok(())
    }
}
