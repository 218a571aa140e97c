//! Tells the person of what keeps calls from arriving: [`bellhop_core::trouble`] has the rules.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bellhop_core::notice::{Loudness, NoticeKind, Words};
use bellhop_core::trouble::{self, Trouble, Unreachable};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::changes::Change;
use crate::serving::Serving;
use crate::store::endpoints::Endpoint;
use crate::store::notices::{Named, NewNotice, Of};
use crate::store::{self, StoreError, endpoints, gaps, notices, rejections};
use crate::tunnel::TunnelStatus;
use crate::{Engine, here_at};

/// Reasons of calls that are a provider's own and do not fit the secret that we have. A call without any proof is
/// somebody else's.
const OF_SECRET: [&str; 4] = [
    "secret_missing",
    "signature_mismatch",
    "token_not_found",
    "token_not_in_pinned_form",
];

/// The longest time between two looks: silence is one of hours, on a clock that can be set.
const BEAT: Duration = Duration::from_secs(15 * 60);

/// The shortest, so that a flood of calls that are turned away costs no more than this.
const REST: Duration = Duration::from_secs(5);

/// Looks after every change and when time alone makes a trouble, until `stop`.
pub async fn watch(engine: Arc<Engine>, serving: Arc<Serving>, stop: CancellationToken) {
    let mut changes = engine.changes.listen();
    let mut tunnel = serving.tunnel();
    let mut broken = None;
    loop {
        let status = tunnel.borrow_and_update().clone();
        let unreachable = unreachable(&status, &mut broken);
        let address = status.url().map(str::to_owned);
        let now = Timestamp::now();
        let wait = match engine.look_for_troubles(unreachable, address, now).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(%error, "whether anything is in trouble is not known");
                BEAT
            }
        };
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            () = stop.cancelled() => return,
        }
        tokio::select! {
            change = changes.next() => if change.is_none() { return },
            changed = tunnel.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// `broken` is when this began, on the clock on the wall and on one that stands still while the computer sleeps: after
/// a night the network takes a while, and that is nobody's trouble.
fn unreachable(
    status: &TunnelStatus,
    broken: &mut Option<(Timestamp, Instant)>,
) -> Option<Unreachable> {
    let (since, mends, why) = match status {
        TunnelStatus::Off | TunnelStatus::Connecting | TunnelStatus::Online { .. } => {
            *broken = None;
            return None;
        }
        TunnelStatus::Reconnecting { since, cause, .. } => (Some(*since), true, cause),
        TunnelStatus::Failed { message, .. } => (None, false, message),
    };
    let (began, seen) = *broken.get_or_insert_with(|| (Timestamp::now(), Instant::now()));
    Some(Unreachable {
        since: since.unwrap_or(began),
        lasted: SignedDuration::try_from(seen.elapsed()).unwrap_or_default(),
        mends,
        why: why.clone(),
        gap: None,
    })
}

impl Engine {
    /// Tells of troubles that are new, and calls off those that are over. Gives how long nothing else becomes one.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub async fn look_for_troubles(
        self: &Arc<Engine>,
        unreachable: Option<Unreachable>,
        address: Option<String>,
        now: Timestamp,
    ) -> Result<Duration, StoreError> {
        let engine = Arc::clone(self);
        let look = move |connection: &Connection| {
            let endpoints = engine.facts(connection, address.as_deref(), now)?;
            let gap = gaps::open(connection)?;
            let unreachable = unreachable.map(|one| Unreachable { gap, ..one });
            let (one, address) = (unreachable.as_ref(), address.as_deref());
            let here = here_at(connection, now)?;
            let troubles = trouble::troubles(&endpoints, one, address, &here);
            let difference = Difference::between(connection, troubles)?;
            Ok((difference, trouble::next(&endpoints, one, now)))
        };
        let (difference, next) = self.store.read(look).await?;
        if !difference.is_none() {
            self.store
                .write(move |connection| difference.apply(connection, now))
                .await?;
            self.changes.tell(Change::Notices);
        }
        let next = next.and_then(|left| Duration::try_from(left).ok());
        Ok(next.map_or(BEAT, |left| left.min(BEAT)))
    }

    fn facts(
        &self,
        connection: &Connection,
        address: Option<&str>,
        now: Timestamp,
    ) -> store::Result<Vec<trouble::Endpoint>> {
        let all = endpoints::all(connection)?;
        let facts = |endpoint: Endpoint| {
            let silence = self.rhythms.silence(connection, &endpoint, now)?;
            let newest = endpoint.secrets.iter().max_by_key(|secret| secret.id);
            let since = newest
                .map(|secret| secret.created_at)
                .max(endpoint.last_delivery_at)
                .unwrap_or(endpoint.created_at);
            Ok(trouble::Endpoint {
                silence: silence.and_then(|one| Some((one.usual_pause, one.unusual_from?))),
                secret: newest.map(|secret| secret.id),
                refused: rejections::count(connection, endpoint.id, since, &OF_SECRET)?,
                stale: address.is_some_and(|url| endpoint.stale_address(url).is_some()),
                id: endpoint.id,
                label: endpoint.label,
                provider: endpoint.provider,
                last_call: endpoint.last_delivery_at,
            })
        };
        all.into_iter().map(facts).collect()
    }
}

/// What is to be told, and what is to be told no longer.
struct Difference {
    new: Vec<Trouble>,
    over: Vec<String>,
}

impl Difference {
    fn between(connection: &Connection, troubles: Vec<Trouble>) -> store::Result<Difference> {
        let told = notices::named(connection, trouble::ONCE)?;
        let mut names = Vec::new();
        let mut new = Vec::new();
        for trouble in troubles {
            // One that came again after it was over is another one.
            let is_former = |one: &&Named| {
                one.over && trouble::recurs(&trouble.once) && one.name.starts_with(&trouble.once)
            };
            let once = match told.iter().filter(is_former).count() {
                0 => trouble.once.clone(),
                times => format!("{}:{times}", trouble.once),
            };
            if !told.iter().any(|one| one.name == once) {
                new.push(Trouble {
                    once: once.clone(),
                    ..trouble
                });
            }
            names.push(once);
        }
        let over = told
            .into_iter()
            .filter(|one| one.open && !names.contains(&one.name))
            .map(|one| one.name)
            .collect();
        Ok(Difference { new, over })
    }

    fn is_none(&self) -> bool {
        self.new.is_empty() && self.over.is_empty()
    }

    fn apply(&self, connection: &Connection, now: Timestamp) -> store::Result<()> {
        for name in &self.over {
            notices::call_off(connection, name)?;
        }
        for trouble in &self.new {
            let words = Words {
                full: trouble.full.clone(),
                discreet: trouble.discreet.clone(),
            };
            let new = NewNotice {
                of: Of::Once {
                    name: &trouble.once,
                    booking_id: None,
                    other_booking_id: None,
                    endpoint_id: trouble.endpoint_id,
                },
                kind: NoticeKind::Trouble,
                words: &words,
                loudness: Loudness::Normal,
                planned_at: now,
                due_at: None,
            };
            notices::plan(connection, &new)?;
        }
        Ok(())
    }
}
