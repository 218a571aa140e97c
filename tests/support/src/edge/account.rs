//! What the stand-in knows: the account it serves, who is online, and what it has seen.

use std::collections::{HashMap, HashSet, VecDeque};

use muxado::MuxadoOpen;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// The authtoken that a new stand-in accepts.
pub const TOKEN: &str = "2testTokenOfTheStandIn_4QmZt7wXyKpLrBvNcDfGh";

/// The domain that the account owns from the start, as on ngrok's free plan.
pub const DOMAIN: &str = "salon.ngrok-test.example";

/// Which call a refusal answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The agent introduces itself.
    Auth,
    /// The agent asks for its endpoint.
    Bind,
}

/// One thing that an agent did, in order of arrival.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// An Auth call, with its JSON. The authtoken in it is left out.
    Auth {
        /// Whether it came back with the identity of an earlier session.
        resumed: bool,
        /// The call's `Extra`.
        extra: Value,
    },
    /// A Bind call, with its JSON.
    Bind {
        /// Whether it named an endpoint id of an earlier bind.
        again: bool,
        /// The whole call.
        call: Value,
    },
    /// An Unbind call for this endpoint id.
    Unbind(String),
    /// The connection of a session ended.
    Left,
}

/// One agent session.
pub(super) struct SessionState {
    pub(super) client_id: String,
    /// Opens streams to the agent.
    pub(super) open: MuxadoOpen,
    /// Ends the connection under it.
    pub(super) cut: CancellationToken,
    /// The connection has ended, but the edge has not noticed (see `keep_dead_sessions`).
    pub(super) dead: bool,
}

/// One endpoint online. Several have the same host where all of them are pooled.
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) host: String,
    pub(super) session: u64,
    pub(super) pooled: bool,
}

/// How the stand-in treats what arrives.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) refusals: VecDeque<(Step, String, String)>,
    /// Calls of this step are never answered.
    pub(super) mute: Option<Step>,
    /// Fires when the wires laid so far go dark. One that has fired already: all new ones are dark.
    pub(super) dark: CancellationToken,
    /// Connections are accepted and never spoken to.
    pub(super) silent: bool,
    /// A session whose socket ended without Unbind stays online at the edge.
    pub(super) keep_dead: bool,
    /// The public side answers as if the endpoint were offline.
    pub(super) public_offline: bool,
    /// The public side takes calls and passes none on.
    pub(super) public_held: bool,
    pub(super) session_limit: Option<usize>,
}

/// Everything behind one lock: the stand-in is not meant to be fast under contention.
pub(super) struct State {
    pub(super) tokens: HashSet<String>,
    pub(super) domains: HashSet<String>,
    pub(super) assigned: String,
    pub(super) sessions: HashMap<u64, SessionState>,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) seen: Vec<Seen>,
    /// What agents answered to commands.
    pub(super) answers: Vec<String>,
    pub(super) faults: Faults,
    pub(super) next: u64,
    /// Requests that came in at the public side.
    pub(super) calls: usize,
    /// Held requests that an agent answered when they were passed on.
    pub(super) answered_late: usize,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            tokens: HashSet::from([TOKEN.to_owned()]),
            domains: HashSet::from([DOMAIN.to_owned()]),
            assigned: DOMAIN.to_owned(),
            answers: Vec::new(),
            sessions: HashMap::new(),
            endpoints: Vec::new(),
            seen: Vec::new(),
            faults: Faults::default(),
            next: 1,
            calls: 0,
            answered_late: 0,
        }
    }

    pub(super) fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// The refusal that waits for this step, if it is next in line.
    pub(super) fn refusal(&mut self, step: Step) -> Option<(String, String)> {
        let place = self
            .faults
            .refusals
            .iter()
            .position(|(of, ..)| *of == step)?;
        let (_, code, message) = self.faults.refusals.remove(place)?;
        Some((code, message))
    }

    /// The connection of a session is over. With `keep_dead` the edge has not noticed yet.
    pub(super) fn ended(&mut self, session: u64) {
        self.seen.push(Seen::Left);
        let holds = self
            .endpoints
            .iter()
            .any(|endpoint| endpoint.session == session);
        if self.faults.keep_dead && holds {
            if let Some(session) = self.sessions.get_mut(&session) {
                session.dead = true;
            }
        } else {
            self.forget(session);
        }
    }

    /// Takes a session and its endpoints off the edge.
    pub(super) fn forget(&mut self, session: u64) {
        if let Some(session) = self.sessions.remove(&session) {
            session.cut.cancel();
        }
        self.endpoints
            .retain(|endpoint| endpoint.session != session);
    }

    /// The session that answers for a public host. Those of a pool take turns, call by call.
    pub(super) fn route(&self, host: &str) -> Option<(String, MuxadoOpen)> {
        let pool: Vec<&Endpoint> = self
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.host == host)
            .collect();
        let turn = self.calls.checked_rem(pool.len())?;
        let endpoint = pool.get(turn)?;
        let session = self
            .sessions
            .get(&endpoint.session)
            .filter(|session| !session.dead)?;
        Some((endpoint.id.clone(), session.open.clone()))
    }
}
