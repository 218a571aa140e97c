//! The calls that are made: signed before the clock starts, each with an id that no other has.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use bellhop_core::provider::Provider;
use bellhop_core::sample::SampleBooking;
use bellhop_core::signature::{SecretValue, sign};
use jiff::{SignedDuration, Timestamp};

/// Endpoints that share the load, since each may be called 10,000 times in a row before it is slowed down.
pub(crate) const ENDPOINTS: usize = 32;

/// The signing secret of all of them.
pub(crate) const SECRET: &str = "a secret that signs nothing but made-up bookings";

/// The sizes that real bookings have, in bytes.
const SIZES: std::ops::RangeInclusive<usize> = 600..=900;

/// The days over which bookings are spread, beginning with the next: a million of them are 274 a day.
const DAYS: u64 = 3_650;

/// The provider of each endpoint in turn: they sign in two ways.
pub(crate) fn provider_of(endpoint: usize) -> Provider {
    if endpoint.is_multiple_of(2) {
        Provider::Bookora
    } else {
        Provider::WebKasa
    }
}

/// Whole HTTP requests, ready to be sent.
pub(crate) struct Calls {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Calls {
    /// `count` calls of bookings that were never told of, spread over the endpoints with these paths.
    pub(crate) fn sign(paths: &[String], numbers: &mut Numbers, count: usize) -> Result<Calls> {
        let secret = SecretValue::new(SECRET).context("an empty secret")?;
        let now = Timestamp::now();
        let mut calls = Calls {
            bytes: Vec::with_capacity(count * 1_200),
            ends: Vec::with_capacity(count),
        };
        for (index, path) in paths.iter().cycle().take(count).enumerate() {
            let provider = provider_of(index % paths.len());
            let body = body(provider, numbers.next(), now)?;
            calls.push(provider, path, &secret, now, &body)?;
        }
        Ok(calls)
    }

    fn push(
        &mut self,
        provider: Provider,
        path: &str,
        secret: &SecretValue,
        now: Timestamp,
        body: &[u8],
    ) -> Result<()> {
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nhost: bookings.example.com\r\nuser-agent: {provider}-webhooks/1.0\r\naccept: */*\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in sign(provider, Some(secret), None, now.as_second(), body).headers {
            write!(head, "{name}: {value}\r\n")?;
        }
        self.bytes.extend_from_slice(head.as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
        self.bytes.extend_from_slice(body);
        self.ends.push(self.bytes.len());
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The request of a call.
    pub(crate) fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or_default();
        self.bytes.get(start..end)
    }
}

/// The body of a call, in the provider's own JSON, of a size within [`SIZES`].
pub(crate) fn body(provider: Provider, number: u64, now: Timestamp) -> Result<Vec<u8>> {
    let sample = provider
        .sample("booking.created", &booking(number, now)?)
        .context("a provider without a sample")?;
    let wanted =
        SIZES.start() + usize::try_from(number).unwrap_or_default() % (SIZES.end() - SIZES.start());
    let mut body = sample.body;
    // A field that no provider's reader knows, as their own calls have many, in place of the closing brace.
    body.pop();
    body.extend_from_slice(b",\"notes\":\"");
    let missing = wanted.saturating_sub(body.len() + 2);
    body.extend("Please ring the bell twice. ".bytes().cycle().take(missing));
    body.extend_from_slice(b"\"}");
    Ok(body)
}

/// A booking on one of the next [`DAYS`], at any minute of ten hours.
fn booking(number: u64, now: Timestamp) -> Result<SampleBooking> {
    let mut booking = SampleBooking::new(number, now);
    let (days, minutes) = ((number >> 16) % DAYS, (number >> 32) % 600);
    booking.start += SignedDuration::from_hours(24 * i64::try_from(days)?);
    booking.start += SignedDuration::from_mins(i64::try_from(minutes)?);
    Ok(booking)
}

/// Numbers of bookings. They look random, as the ids that providers give do, and none comes twice.
pub(crate) struct Numbers(u64);

impl Numbers {
    /// Numbers that no other run has, for a database that outlives a run.
    pub(crate) fn fresh() -> Numbers {
        Numbers(u64::try_from(Timestamp::now().as_microsecond()).unwrap_or_default())
    }

    /// The number that is `ahead` of the next one.
    pub(crate) fn peek(&self, ahead: usize) -> u64 {
        let mut copy = Numbers(self.0);
        for _ in 0..ahead {
            copy.next();
        }
        copy.next()
    }

    /// The next number. SplitMix64: a bijection of its counter, so that no two are equal.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_the_sizes_of_real_bookings() {
        let mut numbers = Numbers(7);
        for provider in [Provider::Bookora, Provider::WebKasa] {
            for _ in 0..200 {
                let body = body(provider, numbers.next(), Timestamp::UNIX_EPOCH).unwrap();
                assert!(SIZES.contains(&body.len()), "{} bytes", body.len());
                serde_json::from_slice::<serde_json::Value>(&body).unwrap();
            }
        }
    }
}
