//! The demo: a profile with one endpoint of each provider, and a simulator that calls them.
//!
//! It posts correctly signed calls over real HTTP to the running receiver: bookings that are made, moved, cancelled,
//! told twice, and told too late. Nothing of it is special to the receiver.

use std::net::SocketAddr;
use std::time::Duration;

use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking};
use bellhop_core::signature::Scheme;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::endpoints::{EndpointError, generate_secret};
use crate::sending::SendError;
use crate::store::endpoints::Endpoint;

/// Between two calls while the timeline fills.
const OPENING_PACE: Duration = Duration::from_millis(900);

/// Between two calls after that.
const LATER_PACE: Duration = Duration::from_secs(12);

/// What happens to the booking of a number.
#[derive(Clone, Copy)]
enum Scene {
    /// It is made.
    Book(u64),
    /// It is moved.
    Move(u64),
    /// It is called off.
    Cancel(u64),
    /// Its last call comes once more.
    Repeat(u64),
    /// It is made and called off, and the calls come in the wrong order.
    Late(u64),
}

/// The opening shows everything within seconds; each provider has the bookings of every fifth number.
const OPENING: [Scene; 14] = [
    Scene::Book(0),
    Scene::Book(1),
    Scene::Book(4),
    Scene::Move(0),
    Scene::Book(2),
    Scene::Book(3),
    Scene::Cancel(1),
    Scene::Repeat(3),
    Scene::Book(7),
    Scene::Move(4),
    Scene::Late(5),
    Scene::Book(8),
    Scene::Move(3),
    Scene::Book(6),
];

/// Gives an empty profile one endpoint of each provider, with a secret where the provider knows one.
///
/// # Errors
///
/// Fails where an endpoint cannot be added.
pub async fn furnish(engine: &Engine) -> Result<Vec<Endpoint>, EndpointError> {
    let mut endpoints = Vec::new();
    for (provider, label) in Provider::ALL.into_iter().zip([
        "Salon",
        "Massage room",
        "Consulting",
        "Music lessons",
        "Intro calls",
    ]) {
        let secret = match provider.facts().scheme {
            Scheme::AddressOnly => None,
            Scheme::Hmac { .. } | Scheme::UnpublishedToken => Some(generate_secret()?),
        };
        endpoints.push(engine.add_endpoint(provider, Some(label), secret).await?);
    }
    Ok(endpoints)
}

/// Calls the endpoints of `receiver` until `stop`: the opening, then something every few seconds.
///
/// # Errors
///
/// Fails where the receiver no longer answers.
pub async fn simulate(
    engine: &Engine,
    receiver: SocketAddr,
    endpoints: &[Endpoint],
    stop: CancellationToken,
) -> Result<(), SendError> {
    let mut cast = Cast {
        engine,
        receiver,
        endpoints,
        bookings: Vec::new(),
    };
    let later = (9..).flat_map(|number| {
        [
            Scene::Book(number),
            Scene::Move(number - 1),
            Scene::Cancel(number - 2),
        ]
    });
    let paced = OPENING
        .into_iter()
        .map(|scene| (scene, OPENING_PACE))
        .chain(later.map(|scene| (scene, LATER_PACE)));
    for (scene, pace) in paced {
        cast.play(scene).await?;
        tokio::select! {
            () = tokio::time::sleep(pace) => {}
            () = stop.cancelled() => return Ok(()),
        }
    }
    Ok(())
}

struct Cast<'a> {
    engine: &'a Engine,
    receiver: SocketAddr,
    endpoints: &'a [Endpoint],
    /// Bookings and the event type of their last call.
    bookings: Vec<(SampleBooking, &'static str)>,
}

impl Cast<'_> {
    async fn play(&mut self, scene: Scene) -> Result<(), SendError> {
        let now = Timestamp::now();
        match scene {
            Scene::Book(number) => self.call(SampleBooking::new(number, now), Act::Book).await,
            Scene::Move(number) => match self.known(number) {
                Some((booking, _)) => self.call(booking.moved(now), Act::Move).await,
                None => Ok(()),
            },
            Scene::Cancel(number) => match self.known(number) {
                Some((booking, _)) => self.call(booking.told_again(now), Act::Cancel).await,
                None => Ok(()),
            },
            Scene::Repeat(number) => match self.known(number) {
                Some((booking, event_type)) => self.post(&booking, event_type).await,
                None => Ok(()),
            },
            Scene::Late(number) => {
                let made = SampleBooking::new(number, now - Duration::from_secs(60));
                self.call(made.told_again(now), Act::Cancel).await?;
                self.call(made, Act::Book).await
            }
        }
    }

    fn known(&self, number: u64) -> Option<(SampleBooking, &'static str)> {
        self.bookings
            .iter()
            .find(|(booking, _)| booking.number == number)
            .cloned()
    }

    async fn call(&mut self, booking: SampleBooking, act: Act) -> Result<(), SendError> {
        let Some(endpoint) = self.endpoint(booking.number) else {
            return Ok(());
        };
        let event_type = endpoint.provider.event_type_of(act);
        self.post(&booking, event_type).await?;
        self.bookings
            .retain(|(known, _)| known.number != booking.number);
        self.bookings.push((booking, event_type));
        Ok(())
    }

    async fn post(&self, booking: &SampleBooking, event_type: &str) -> Result<(), SendError> {
        let Some(endpoint) = self.endpoint(booking.number) else {
            return Ok(());
        };
        let status = self
            .engine
            .send_sample(self.receiver, endpoint, event_type, booking)
            .await?;
        if status != 200 {
            tracing::warn!(status, provider = %endpoint.provider, event_type, "a call of the demo was not taken");
        }
        Ok(())
    }

    fn endpoint(&self, number: u64) -> Option<&Endpoint> {
        let count = u64::try_from(self.endpoints.len()).ok()?;
        self.endpoints
            .get(usize::try_from(number.checked_rem(count)?).ok()?)
    }
}
