//! A test of the whole way of a call: from the public address to the notification.
//!
//! A signed sample call goes out to the public address of the running receiver, as a provider's would. It carries a nonce
//! that is written down in the store, so that the receiver, in whatever process it runs, knows it for a test: it is
//! verified, committed, read and announced like any other call, and never becomes a delivery or a booking.
//!
//! Times of the parts that another process does are read off this computer's one clock.

use std::time::Duration;

use bellhop_core::call::Call;
use bellhop_core::interpretation::interpret;
use bellhop_core::notice::{Here, Wording, word};
use bellhop_core::sample::{Act, SampleBooking};
use jiff::Timestamp;
use rusqlite::Connection;
use tokio::time::{Instant, sleep};

use crate::endpoints::EndpointError;
use crate::secrets::SecretsError;
use crate::store::endpoints::Endpoint;
use crate::store::self_tests::{self, SelfTest, Step, WaitingTest};
use crate::store::{self, StoreError};
use crate::tunnel::outside::{Outside, OutsideCall, OutsideError};
use crate::{Engine, here, random_hex};

/// Carries the nonce of a test, and in the answer when its call began to arrive, in microseconds.
pub const HEADER: &str = "x-bellhop-self-test";

/// How long each part on this computer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often to look how far the call has come.
const LOOK: Duration = Duration::from_millis(10);

/// A part of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HopName {
    /// The public name to an address.
    Lookup,
    /// A connection to whoever stands at that address.
    Edge,
    /// Its certificate.
    Tls,
    /// From there through the tunnel to us.
    Tunnel,
    /// The call is whole at the receiver.
    Receiver,
    /// The signature.
    Verification,
    /// On the disk.
    Commit,
    /// Read.
    Worker,
    /// Taken by the desktop.
    Notification,
}

impl HopName {
    /// The word used in JSON and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            HopName::Lookup => "lookup",
            HopName::Edge => "edge",
            HopName::Tls => "tls",
            HopName::Tunnel => "tunnel",
            HopName::Receiver => "receiver",
            HopName::Verification => "verification",
            HopName::Commit => "commit",
            HopName::Worker => "worker",
            HopName::Notification => "notification",
        }
    }
}

/// How a part of the way went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Well, in this time.
    Passed(Duration),
    /// Not, and what to do about it.
    Failed(String),
    /// It was not to be done, and why.
    Skipped(String),
}

/// A part of the way and how it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The part.
    pub name: HopName,
    /// How it went.
    pub outcome: Outcome,
}

/// How a test went. It ends with the first part that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The parts, in their order.
    pub hops: Vec<Hop>,
}

impl Report {
    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        self.failed_at().is_none()
    }

    /// The part that failed.
    pub fn failed_at(&self) -> Option<HopName> {
        let failed = |hop: &&Hop| matches!(hop.outcome, Outcome::Failed(_));
        self.hops.iter().find(failed).map(|hop| hop.name)
    }
}

/// Why a test could not be begun.
#[derive(Debug, thiserror::Error)]
pub enum SelfTestError {
    /// The endpoint is not there.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The endpoint's secret could not be read.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
}

/// What is tested.
pub struct Target<'a> {
    /// The public address, scheme and host.
    pub public_url: &'a str,
    /// Who calls it.
    pub outside: &'a Outside,
    /// Whether the running receiver shows notifications.
    pub notifies: bool,
}

/// Tests the way of a call to `endpoint` of the receiver that runs on this data directory.
///
/// # Errors
///
/// Fails where the test cannot be begun. Whatever goes wrong on the way is in the report.
pub async fn run(
    engine: &Engine,
    endpoint: i64,
    target: &Target<'_>,
) -> Result<Report, SelfTestError> {
    let endpoint = engine.endpoint(endpoint).await?;
    let nonce = random_hex::<16>().map_err(EndpointError::Random)?;
    let (id, begun) = (endpoint.id, nonce.clone());
    engine
        .store
        .write(move |connection| self_tests::begin(connection, &begun, id, Timestamp::now()))
        .await?;
    let report = walk(engine, &endpoint, &nonce, target).await;
    engine
        .store
        .write(move |connection| self_tests::end(connection, &nonce, Timestamp::now()))
        .await?;
    report
}

async fn walk(
    engine: &Engine,
    endpoint: &Endpoint,
    nonce: &str,
    target: &Target<'_>,
) -> Result<Report, SelfTestError> {
    let mut report = Report { hops: Vec::new() };
    let sent = call(engine, endpoint, nonce, target).await?;
    let Some(sent) = report.outside(sent) else {
        return Ok(report);
    };
    let deadline = Instant::now() + PATIENCE * 3;
    loop {
        let watched = nonce.to_owned();
        let test = engine
            .store
            .read(move |connection| self_tests::get(connection, &watched))
            .await?;
        let test = test.unwrap_or_default();
        let done = test.failure.is_some()
            || test.shown_at.is_some()
            || (!target.notifies && test.worked_at.is_some());
        // A call that was answered without having reached us never will.
        let lost = test.received_at.is_none();
        if done || lost || Instant::now() > deadline {
            report.inside(&sent, &test, target.notifies);
            return Ok(report);
        }
        sleep(LOOK).await;
    }
}

async fn call(
    engine: &Engine,
    endpoint: &Endpoint,
    nonce: &str,
    target: &Target<'_>,
) -> Result<Result<OutsideCall, OutsideError>, SelfTestError> {
    let now = Timestamp::now();
    let provider = endpoint.provider;
    let number = u64::try_from(now.as_microsecond()).unwrap_or_default();
    let sample = provider.sample(
        provider.event_type_of(Act::Book),
        &SampleBooking::new(number, now),
    );
    let sample = sample.ok_or(StoreError::Unreadable("the samples"))?;
    let signed = engine.sign(endpoint, now, &sample.body).await?;
    let own = sample
        .headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    let headers: Vec<(String, String)> = own
        .chain(signed.headers)
        .chain([(HEADER.to_owned(), nonce.to_owned())])
        .collect();
    let mut url = format!("{}{}", target.public_url, endpoint.path());
    if let Some((name, value)) = signed.query {
        url += &format!("?{name}={value}");
    }
    Ok(target.outside.post(&url, &headers, sample.body).await)
}

impl Report {
    fn passed_hop(&mut self, name: HopName, took: Duration) {
        self.hops.push(Hop {
            name,
            outcome: Outcome::Passed(took),
        });
    }

    fn failed_hop(&mut self, name: HopName, advice: String) {
        self.hops.push(Hop {
            name,
            outcome: Outcome::Failed(advice),
        });
    }

    /// Notes the parts up to the public address; gives the call that was sent there.
    fn outside(&mut self, call: Result<OutsideCall, OutsideError>) -> Option<OutsideCall> {
        let sent = match call {
            Ok(sent) => sent,
            Err(OutsideError::Lookup(cause)) => {
                self.failed_hop(
                    HopName::Lookup,
                    format!("{cause} Check that this computer is online and the domain is right."),
                );
                return None;
            }
            Err(OutsideError::Edge(cause)) => {
                self.failed_hop(
                    HopName::Edge,
                    format!("{cause} A firewall or a proxy may be in the way."),
                );
                return None;
            }
            Err(OutsideError::Tls(cause)) => {
                self.failed_hop(HopName::Tls, cause);
                return None;
            }
        };
        self.passed_hop(HopName::Lookup, sent.dial.lookup);
        self.passed_hop(HopName::Edge, sent.dial.connect);
        self.passed_hop(HopName::Tls, sent.dial.tls);
        Some(sent)
    }

    /// Notes the parts from the public address to the notification.
    fn inside(&mut self, sent: &OutsideCall, test: &SelfTest, notifies: bool) {
        let (Some(arrived), Some(received)) = (test.arrived_at, test.received_at) else {
            match turned_away(sent) {
                Some((arrived, advice)) => {
                    self.passed_hop(HopName::Tunnel, between(sent.sent_at, arrived));
                    self.failed_hop(HopName::Receiver, advice);
                }
                None => self.failed_hop(HopName::Tunnel, not_arrived(sent)),
            }
            return;
        };
        self.passed_hop(HopName::Tunnel, between(sent.sent_at, arrived));
        self.passed_hop(HopName::Receiver, between(arrived, received));
        let steps = [
            (
                HopName::Verification,
                test.verified_at,
                "The signature could not be checked.",
            ),
            (
                HopName::Commit,
                test.committed_at,
                "The call was not on the disk in time. Is the disk full, or another program using the data?",
            ),
            (
                HopName::Worker,
                test.worked_at,
                "The call was kept and not read in time. Restart Bellhop; nothing is lost.",
            ),
        ];
        let mut before = received;
        for (name, reached, advice) in steps {
            let Some(reached) = reached else {
                self.failed_hop(
                    name,
                    test.failure.clone().unwrap_or_else(|| advice.to_owned()),
                );
                return;
            };
            self.passed_hop(name, between(before, reached));
            before = reached;
        }
        match test.shown_at {
            Some(shown) => self.passed_hop(HopName::Notification, between(before, shown)),
            None if !notifies => {
                let why = "This receiver shows no notifications.".to_owned();
                self.hops.push(Hop { name: HopName::Notification, outcome: Outcome::Skipped(why) });
            }
            None => self.failed_hop(
                HopName::Notification,
                "The desktop did not take the notification. Check that a notification service runs and that Bellhop is allowed there."
                    .to_owned(),
            ),
        }
    }
}

fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or_default()
}

/// When the call came to the receiver and what to do, where that answered before the arrival could be noted.
fn turned_away(sent: &OutsideCall) -> Option<(Timestamp, String)> {
    let arrived = sent.receiver.as_deref()?.parse().ok()?;
    let advice = match sent.answer {
        Ok(404) => {
            "This endpoint was removed while the test was under way, so its address leads nowhere."
                .to_owned()
        }
        Ok(status) => format!(
            "The call came to Bellhop, which could not take it at that moment and answered {status}. Booking systems send such a call again. Test again; if it stays so, see whether the disk is full."
        ),
        Err(_) => return None,
    };
    Some((Timestamp::from_microsecond(arrived).ok()?, advice))
}

/// What to do where the public address answered in our place.
fn not_arrived(sent: &OutsideCall) -> String {
    match (&sent.answer, sent.code.as_deref()) {
        (_, Some("ERR_NGROK_3200")) => "ngrok says that the tunnel is offline. It comes back by itself; “Try now” in the settings hurries it.".to_owned(),
        (_, Some(code)) => format!("ngrok answered by itself ({code}) and passed nothing on. Its page about this code says why."),
        (Ok(404), None) => "The public address answered 404 without asking us. It leads to another program, or its rules let nothing through to /hooks/.".to_owned(),
        (Ok(status), None) => format!("The public address answered {status} without asking us. It leads to another program."),
        (Err(cause), None) => format!("{cause} The tunnel stands and passes nothing on; restart it in the settings."),
    }
}

/// Reads the calls of tests, as the worker reads deliveries. Says whether there were any.
pub(crate) async fn work(store: &store::Store) -> store::Result<bool> {
    let read = |connection: &Connection| {
        Ok((
            self_tests::waiting_for_worker(connection, Timestamp::now())?,
            here(connection)?,
        ))
    };
    let (waiting, here) = store.read(read).await?;
    let any = !waiting.is_empty();
    for test in waiting {
        let read = wording(&test, &here).is_some();
        store
            .write(move |connection| match read {
                true => self_tests::reach(connection, &test.nonce, Step::Worked, Timestamp::now()),
                false => {
                    let failure = "The sample call could not be read. This is a fault of Bellhop.";
                    self_tests::fail(connection, &test.nonce, None, failure)
                }
            })
            .await?;
    }
    Ok(any)
}

/// What the notification of a test says.
pub(crate) fn wording(test: &WaitingTest, here: &Here) -> Option<Wording> {
    let call = Call {
        query: None,
        headers: Vec::new(),
        body: test.body.clone(),
    };
    let reading = interpret(test.provider, &call);
    let words = reading
        .events
        .first()
        .and_then(|event| word(test.provider, event, None, None, here))?;
    Some(Wording {
        title: format!("Test · {}", words.full.title),
        body: words.full.body,
    })
}
