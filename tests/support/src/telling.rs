//! What providers tell an engine of bookings: calls that are signed, verified and stored like any other, without a network.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that fails panics"
)]

use bellhop_core::call::Call;
use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking, SampleCall};
use bellhop_core::signature::{Checked, SecretValue, SigningSecret, Trust, sign, trust, verify};
use bellhop_engine::Engine;
use bellhop_engine::store::{deliveries, notices};
use bellhop_engine::worker;
use jiff::Timestamp;

/// The secret of every [`Webhook`].
const SECRET: &str = "s3cret";

/// A call, signed as its provider signs.
#[derive(Clone, Debug)]
pub struct SignedCall {
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl SignedCall {
    /// The call by which a provider tells this of a booking.
    pub fn of_booking(
        provider: Provider,
        secret: Option<&str>,
        event_type: &str,
        booking: &SampleBooking,
    ) -> SignedCall {
        let sample = provider.sample(event_type, booking);
        SignedCall::of(
            provider,
            secret,
            sample.expect("there is such a sample"),
            booking.now,
        )
    }

    /// A call with this content, made at a moment.
    pub fn of(
        provider: Provider,
        secret: Option<&str>,
        content: SampleCall,
        at: Timestamp,
    ) -> SignedCall {
        let secret = secret.and_then(SecretValue::new);
        let signed = sign(
            provider,
            secret.as_ref(),
            None,
            at.as_second(),
            &content.body,
        );
        let own = content.headers.into_iter();
        let own = own.map(|(name, value)| (name.to_owned(), value));
        SignedCall {
            headers: own.chain(signed.headers).collect(),
            body: content.body,
        }
    }
}

/// A provider that calls one endpoint of an engine. It signs, if it signs at all.
#[derive(Clone, Copy, Debug)]
pub struct Webhook {
    /// Who calls.
    pub provider: Provider,
    /// Which endpoint is called.
    pub endpoint_id: i64,
}

impl Webhook {
    /// A provider that is given a new endpoint.
    pub async fn of_new_endpoint(engine: &Engine, provider: Provider) -> Webhook {
        let added = engine.add_endpoint(provider, None, None).await;
        Webhook {
            provider,
            endpoint_id: added.unwrap().id,
        }
    }

    /// Tells what a person did with a booking. The engine has worked on it then.
    pub async fn tells(
        &self,
        engine: &Engine,
        act: Act,
        booking: &SampleBooking,
        received: Timestamp,
    ) {
        let call = call_of(self.provider, self.provider.event_type_of(act), booking);
        self.calls(engine, call, received).await;
        works(engine).await;
    }

    /// Makes a call, which is stored and waits for the worker.
    pub async fn calls(&self, engine: &Engine, call: SignedCall, received: Timestamp) {
        let value = secret_of(self.provider).and_then(SecretValue::new);
        let checked = Checked {
            endpoint_id: self.endpoint_id,
            provider: self.provider,
            secrets: value
                .map(|value| SigningSecret { id: -1, value })
                .into_iter()
                .collect(),
            pinned: None,
        };
        let headers = call.headers.into_iter();
        let call = Call {
            query: None,
            headers: headers
                .map(|(name, value)| (name, value.into_bytes()))
                .collect(),
            body: call.body,
        };
        let delivery = verify(&checked, call).unwrap();
        let stored = engine
            .store
            .write(move |connection| deliveries::accept(connection, &delivery, received));
        stored.await.unwrap();
    }
}

/// The call by which a [`Webhook`] of a provider tells this of a booking.
pub fn call_of(provider: Provider, event_type: &str, booking: &SampleBooking) -> SignedCall {
    SignedCall::of_booking(provider, secret_of(provider), event_type, booking)
}

/// The call by which a [`Webhook`] of a provider tells what no sample tells, made at a moment.
pub fn call_with(provider: Provider, content: SampleCall, at: Timestamp) -> SignedCall {
    SignedCall::of(provider, secret_of(provider), content, at)
}

fn secret_of(provider: Provider) -> Option<&'static str> {
    (trust(provider, false) == Trust::Signed).then_some(SECRET)
}

/// Lets the engine work on every call that waits.
pub async fn works(engine: &Engine) {
    worker::drain(&engine.store, &engine.changes).await.unwrap();
}

/// Marks every notice that waits, for whatever moment, as shown at this one.
pub async fn shows_everything(engine: &Engine, at: Timestamp) {
    let shown = engine.store.write(move |connection| {
        let waiting = notices::waiting(connection, Timestamp::MAX)?;
        let ids: Vec<i64> = waiting.iter().map(|notice| notice.id).collect();
        notices::mark_shown(connection, &ids, at)
    });
    shown.await.unwrap();
}

/// An order of `count` calls in which each comes once or twice, told by a number.
pub fn any_order(count: usize, mut number: u64) -> Vec<usize> {
    let mut next = |bound: usize| {
        // Knuth's generator of 64 bits: any number makes an order, the same each time.
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(number >> 33).unwrap() % bound
    };
    let mut order: Vec<usize> = (0..count).collect();
    for _ in 0..count {
        order.extend((next(3) == 0).then(|| next(count)));
    }
    for place in (1..order.len()).rev() {
        order.swap(place, next(place + 1));
    }
    order
}
