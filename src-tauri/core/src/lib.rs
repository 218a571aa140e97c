//! What a booking call means.
//!
//! This crate is the pure ring of Bellhop: it turns the bytes of one HTTP call into facts, and facts
//! into bookings and notices. It does no IO and reads no clock: whatever depends on the moment takes
//! `now` as an argument, so that every rule here can be tested with values alone.
//!
//! # Glossary
//!
//! One word per thing, in Rust, SQL, JSON, TypeScript and on the screen.
//!
//! - **provider**: a booking system that calls us.
//! - **endpoint**: one public address of ours, for one provider, with its signing secrets.
//! - **delivery**: one accepted HTTP call, stored as it came. **rejection**: a call turned away.
//! - **event type**: the provider's own word. **event**: our fact in the past tense.
//! - **problem**: something in a delivery that we could not use, kept for the person.
//! - **booking**: one appointment through its whole life. **attendee** / **host**: who booked / who is booked.
//! - **slot**: when a booking takes place.
//! - **note**: what the person wrote about a booking.
//! - **gap**: a time in which we could not be reached. **outlook**: what its provider does about an endpoint's calls in it.
//! - **rhythm**: how often an endpoint is called, and from when on its silence is unusual.
//! - **reminder**: a notice before a booking begins. **lead**: how long before. **card**: the small window that shows reminders
//!   on top of all others.
//! - **notice**: what we want to tell, of an act or of anything else; a *notification* is the bubble that the desktop makes
//!   of it. One that is **held** is listed and not shown.
//! - **answer**: what the person did about a notice. A **snooze** is one that puts a reminder off.
//! - **language** / **clock**: in which the person is told, and by which times are written: those of the system, unless
//!   another is chosen. **here**: the moment and the place for which something is worded, with both.
//! - **rule**: what the person said of some notices. **quiet hours**: when notices are held. **manner**: how one notice is told.
//!
//! # The way of one call
//!
//! [`signature::verify`] makes a [`VerifiedDelivery`](signature::VerifiedDelivery) of a call, and nothing else can.
//! [`interpretation::interpret`] reads it into [`Event`](event::Event)s and [`Problem`](event::Problem)s.
//! [`booking::fold`] makes the booking of the set of its events. [`notice::word`] says what to tell.

pub mod event;
pub mod language;
pub mod slot;
pub mod times;

pub mod call;
pub mod curl;
pub mod signature;

pub mod provider;
mod providers;

pub mod interpretation;

pub mod answer;
pub mod booking;
pub mod digest;
pub mod hours;
pub mod notice;
pub mod overlap;
pub mod overview;
pub mod reminder;
pub mod rule;

pub mod gap;
pub mod rhythm;
pub mod trouble;

pub mod sample;

mod javascript_json;
