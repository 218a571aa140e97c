//! Writes the ledger, as far as one receiver sees it.
//!
//! All that is known about a gap is in the store; what is here is what this receiver has not written yet. Whatever the
//! store refuses is tried again with the next beat.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bellhop_core::gap::{Cause, SHORTEST, Trouble};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::clock::ASLEEP;
use super::place::{self, Held};
use crate::Engine;
use crate::changes::Change;
use crate::instance;
use crate::store::{Result, gaps};
use crate::tunnel::TunnelStatus;

/// How often a sign of life is left: a commit with a sync. A power cut is dated as exactly as this.
const SIGN_EVERY: Duration = Duration::from_secs(60);

/// A sign of life that is older was left by a receiver that is gone, also where the computer is busy.
const SIGN_LASTS: SignedDuration = SignedDuration::from_secs(150);

/// What one receiver knows of gaps.
pub(crate) struct Ledger {
    engine: Arc<Engine>,
    /// The person wants the world to reach this receiver.
    chosen: bool,
    /// Since then, it has been reached.
    reached: bool,
    /// Says to other receivers that this one can be reached.
    held: Option<Held>,
    lost: Option<Lost>,
    signed: Option<Instant>,
    /// When it last looked for the sign of a receiver that is gone.
    looked: Option<Instant>,
}

/// This receiver cannot be reached.
struct Lost {
    since: Timestamp,
    noticed: Instant,
    /// What the ledger says about it.
    noted: Option<Trouble>,
}

impl Ledger {
    pub(crate) fn new(engine: Arc<Engine>) -> Ledger {
        Ledger {
            engine,
            chosen: false,
            reached: false,
            held: None,
            lost: None,
            signed: None,
            looked: None,
        }
    }

    /// To be called about once a second, with how the tunnel is. `asleep_since` is when the last beat was, where the time
    /// since then is one that no program that runs lets pass.
    pub(crate) async fn beat(&mut self, status: &TunnelStatus, asleep_since: Option<Timestamp>) {
        self.look_for_one_that_is_gone().await;
        if *status == TunnelStatus::Off {
            self.not_chosen().await;
            return;
        }
        self.chosen = true;
        if let Some(since) = asleep_since {
            self.slept(since).await;
        }
        self.note_refusals(status).await;
        match status {
            TunnelStatus::Online { since, .. } => self.reachable(*since).await,
            _ => self.unreachable(status).await,
        }
    }

    /// The receiver is being quit.
    pub(crate) async fn stop(mut self) {
        if !self.chosen {
            return;
        }
        self.held = None;
        let Some(alone) = self.alone() else { return };
        let now = Timestamp::now();
        let since = self.lost.as_ref().map_or(now, |lost| lost.since);
        let refusal = self.engine.refusals.present();
        let reached = self.reached;
        let quit = Trouble::of(Cause::NotRunning);
        self.write(move |connection| {
            if !reached {
                return gaps::turn(connection, quit, now);
            }
            if let Some(refusal) = refusal {
                gaps::lose(connection, refusal.trouble, refusal.since)?;
            }
            gaps::forget_sign(connection)?;
            // Where it has been noted already that we are lost, since is the past, and it turns from now on.
            gaps::lose(
                connection,
                quit,
                if gaps::goes_on(connection)? {
                    now
                } else {
                    since
                },
            )
        })
        .await;
        drop(alone);
    }

    /// A sign of life without anybody who lives: that receiver has crashed, or its computer.
    async fn look_for_one_that_is_gone(&mut self) {
        let due = self.looked.is_none_or(|at| at.elapsed() >= SIGN_EVERY);
        if self.reached || !due {
            return;
        }
        let Some(alone) = self.alone() else { return };
        // Beside another one that lives and cannot be reached either, it is that one's as long as it is young.
        let first = self.looked.is_none() && self.is_the_only_one();
        let now = Timestamp::now();
        let looked = self
            .write(move |connection| {
                let Some(sign) = gaps::last_sign(connection)? else {
                    return Ok(());
                };
                if !first && now.duration_since(sign) < SIGN_LASTS {
                    tracing::debug!("the sign of life is taken for that of a receiver that lives");
                    return Ok(());
                }
                gaps::forget_sign(connection)?;
                gaps::lose(
                    connection,
                    Trouble::of(Cause::EndedUnexpectedly),
                    sign.min(now),
                )?;
                if sign > now {
                    gaps::doubt(connection)?;
                }
                Ok(())
            })
            .await;
        drop(alone);
        if looked {
            self.looked = Some(Instant::now());
        }
    }

    async fn not_chosen(&mut self) {
        if !self.chosen {
            return;
        }
        self.held = None;
        if let Some(alone) = self.alone() {
            let now = Timestamp::now();
            let written = self
                .write(move |connection| {
                    gaps::forget_sign(connection)?;
                    gaps::end(connection, now, false).map(drop)
                })
                .await;
            drop(alone);
            if !written {
                return;
            }
        }
        (self.chosen, self.reached) = (false, false);
        (self.lost, self.signed) = (None, None);
    }

    /// The whole computer slept, and so did other receivers on it; but one that left a sign in the middle of it did not. What
    /// it left in the first moments may be from before, and a call may have come as we woke.
    async fn slept(&mut self, since: Timestamp) {
        if !self.reached {
            return;
        }
        let asleep = Trouble::of(Cause::Asleep);
        let noted = asleep.clone();
        let first_moments = since.saturating_add(ASLEEP).unwrap_or(since);
        let written = self
            .write(move |connection| {
                if gaps::sign_of_receiver(connection)?.is_some_and(|sign| sign > first_moments) {
                    return Ok(());
                }
                gaps::lose(connection, asleep, since)
            })
            .await;
        if written {
            // The tunnel may not know yet that it has slept.
            self.lost = Some(Lost {
                since,
                noticed: Instant::now(),
                noted: Some(noted),
            });
        }
    }

    /// While calls were refused, nothing could be written. That it can be now is the end of it.
    async fn note_refusals(&mut self, status: &TunnelStatus) {
        let Some(refusal) = self.engine.refusals.present() else {
            return;
        };
        if !self.reached || self.lost.is_some() {
            // No provider could have called.
            self.engine.refusals.written(&refusal);
            return;
        }
        let online = status.url().is_some();
        let of_calls = refusal.calls > 0;
        let (trouble, since, until) = (refusal.trouble.clone(), refusal.since, refusal.until);
        let written = self
            .write(move |connection| {
                gaps::lose(connection, trouble, since)?;
                if online {
                    gaps::end(connection, until.unwrap_or_else(Timestamp::now), of_calls)?;
                }
                Ok(())
            })
            .await;
        if written {
            self.engine.refusals.written(&refusal);
            if !online {
                self.lost = Some(Lost {
                    since: refusal.since,
                    noticed: Instant::now(),
                    noted: Some(refusal.trouble),
                });
            }
        }
    }

    async fn reachable(&mut self, online_since: Timestamp) {
        if self.held.is_none() {
            self.held = place::share(&self.engine.data_dir).unwrap_or_else(|error| {
                tracing::debug!(%error, "the ledger of gaps cannot be locked");
                None
            });
            if self.held.is_none() {
                // Somebody notes a gap at this moment, which ends with the next beat.
                return;
            }
        }
        let due = self.signed.is_none_or(|at| at.elapsed() >= SIGN_EVERY);
        if self.reached && self.lost.is_none() && !due {
            return;
        }
        let now = Timestamp::now();
        let found = match &self.lost {
            Some(lost) if online_since <= lost.since => now,
            None if self.reached => now,
            _ => online_since,
        };
        let written = self
            .write(move |connection| {
                gaps::sign(connection, now)?;
                gaps::end(connection, found, false).map(drop)
            })
            .await;
        if written {
            self.lost = None;
            self.reached = true;
            self.signed = Some(Instant::now());
        }
    }

    async fn unreachable(&mut self, status: &TunnelStatus) {
        self.held = None;
        let now = Timestamp::now();
        let trouble = trouble(status);
        let lost = self.lost.get_or_insert_with(|| Lost {
            since: match status {
                TunnelStatus::Reconnecting { since, .. } => *since.min(&now),
                _ => now,
            },
            noticed: Instant::now(),
            noted: None,
        });
        let at = match &lost.noted {
            Some(noted) if noted.is_like(&trouble) => return self.sign().await,
            Some(_) => now,
            None => lost.since,
        };
        let lasted = SignedDuration::try_from(lost.noticed.elapsed());
        if lost.noted.is_none() && lasted.is_ok_and(|lasted| lasted < SHORTEST) {
            return;
        }
        let Some(alone) = self.alone() else {
            // Another receiver can be reached. Should it be lost too, the gap begins then.
            self.lost = None;
            return;
        };
        let (reached, noted) = (self.reached, trouble.clone());
        let written = self
            .write(move |connection| {
                if reached {
                    gaps::lose(connection, trouble, at)
                } else {
                    // What has never been reached cannot be lost; but a gap from before goes on.
                    gaps::turn(connection, trouble, at)
                }
            })
            .await;
        drop(alone);
        if written && let Some(lost) = &mut self.lost {
            lost.noted = Some(noted);
        }
        self.sign().await;
    }

    /// Leaves a sign of life while we cannot be reached, so that an end in a gap is told from a trouble that goes on.
    async fn sign(&mut self) {
        let due = self.signed.is_none_or(|at| at.elapsed() >= SIGN_EVERY);
        if self.reached && due {
            let now = Timestamp::now();
            if self
                .write(move |connection| gaps::sign(connection, now))
                .await
            {
                self.signed = Some(Instant::now());
            }
        }
    }

    fn is_the_only_one(&self) -> bool {
        let announced = instance::running(&self.engine.data_dir);
        announced.is_none_or(|announced| announced.pid == std::process::id())
    }

    fn alone(&self) -> Option<Held> {
        place::alone(&self.engine.data_dir).unwrap_or_else(|error| {
            tracing::debug!(%error, "the ledger of gaps cannot be locked");
            None
        })
    }

    /// Whether it is on the disk.
    async fn write(&self, work: impl FnOnce(&Connection) -> Result<()> + Send + 'static) -> bool {
        let written = self.engine.store.write(move |connection| {
            let before = gaps::list(connection, 1)?;
            work(connection)?;
            Ok(before != gaps::list(connection, 1)?)
        });
        match written.await {
            Ok(changed) => {
                if changed {
                    self.engine.changes.tell(Change::Gaps);
                }
                true
            }
            Err(error) => {
                if self.engine.refusals.present().is_none() {
                    tracing::warn!(%error, "the ledger of gaps cannot be written; it is tried again");
                }
                self.engine.refusals.refused(&error, false);
                false
            }
        }
    }
}

fn trouble(status: &TunnelStatus) -> Trouble {
    let (code, detail) = status.trouble();
    Trouble {
        cause: Cause::Tunnel,
        code: code.map(str::to_owned),
        detail: detail.map(str::to_owned),
    }
}
