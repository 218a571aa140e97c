//! What waits for the writer, and whose turn it is.
//!
//! Calls that wait for their answer come first. The worker's jobs are patient: their time is when nobody asked for
//! anything for a moment. While calls keep coming the worker still has a small share of the writer's time, so that it
//! falls behind under a flood and never stands still.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{Result, StoreError};

/// Does its work in the open transaction, or learns why there is none.
pub(super) type Job = Box<dyn FnOnce(Result<&Connection>) -> Reply + Send>;

/// Tells a job's sender how the commit went.
pub(super) type Reply = Box<dyn FnOnce(Result<()>) + Send>;

/// Jobs that may wait. Beyond that a call is answered 503, and its provider keeps it.
const LENGTH: usize = 4_096;

/// Jobs that are committed together at most, so that the first of them does not wait for ever.
pub(super) const BATCH: usize = 512;

/// How long nobody may have asked for anything until the patient have the writer to themselves.
const CALM: Duration = Duration::from_millis(20);

/// So many calls committed together mean that many callers wait.
const CROWD: usize = 4;

/// After a patient job, so many times its own time belongs to the calls: beside a caller or two, and beside a crowd.
const REST: u32 = 3;
const REST_IN_CROWD: u32 = 31;

/// How often to look whether another process has written, when there is nothing to do. Once a second is what an idle
/// program may wake up.
const LOOK_FOR_OTHERS: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    something: Condvar,
}

#[derive(Default)]
struct Waiting {
    urgent: VecDeque<Job>,
    patient: VecDeque<Job>,
    turns: Turns,
    /// The writer sleeps, so it has to be woken: a system call that is saved while it is busy.
    asleep: bool,
    closed: bool,
}

/// What the writer does next.
pub(super) enum Taken {
    Urgent(VecDeque<Job>),
    Patient(Job),
    Nothing,
}

impl Queue {
    pub(super) fn push(&self, job: Job) -> Result<()> {
        self.add(job, |waiting| &mut waiting.urgent)
    }

    pub(super) fn push_patient(&self, job: Job) -> Result<()> {
        self.add(job, |waiting| &mut waiting.patient)
    }

    fn add(&self, job: Job, place: impl FnOnce(&mut Waiting) -> &mut VecDeque<Job>) -> Result<()> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        let jobs = place(&mut waiting);
        if jobs.len() >= LENGTH {
            return Err(StoreError::Busy);
        }
        jobs.push_back(job);
        let asleep = std::mem::take(&mut waiting.asleep);
        drop(waiting);
        if asleep {
            self.something.notify_one();
        }
        Ok(())
    }

    /// Whether anybody waits for an answer.
    pub(super) fn has_urgent(&self) -> bool {
        !self.lock().urgent.is_empty()
    }

    pub(super) fn is_calm(&self) -> bool {
        self.lock().urgent.len() < LENGTH / 2
    }

    /// Takes nothing more. What waits already is still done.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.something.notify_one();
    }

    /// Waits for something to do. `None` once the queue is closed and empty.
    pub(super) fn take(&self) -> Option<Taken> {
        let mut waiting = self.lock();
        loop {
            let now = Instant::now();
            let patience = waiting.turns.patience(now);
            let patient_turn = !waiting.patient.is_empty() && patience.is_zero();
            if patient_turn || waiting.urgent.is_empty() && waiting.closed {
                if let Some(job) = waiting.patient.pop_front() {
                    return Some(Taken::Patient(job));
                }
                return None;
            }
            if !waiting.urgent.is_empty() {
                let batch = waiting.urgent.len().min(BATCH);
                return Some(Taken::Urgent(waiting.urgent.drain(..batch).collect()));
            }
            let sleep = if waiting.patient.is_empty() {
                LOOK_FOR_OTHERS
            } else {
                patience
            };
            waiting.asleep = true;
            let (woken, timeout) = self
                .something
                .wait_timeout(waiting, sleep)
                .unwrap_or_else(PoisonError::into_inner);
            waiting = woken;
            waiting.asleep = false;
            if timeout.timed_out() && waiting.patient.is_empty() && waiting.urgent.is_empty() {
                return Some(Taken::Nothing);
            }
        }
    }

    /// The first calls that wait at this moment, at most so many.
    pub(super) fn take_urgent(&self, at_most: usize) -> VecDeque<Job> {
        let mut waiting = self.lock();
        let count = waiting.urgent.len().min(at_most);
        waiting.urgent.drain(..count).collect()
    }

    /// Notes that calls have been committed, so many together.
    pub(super) fn did_urgent(&self, together: usize) {
        let turns = &mut self.lock().turns;
        turns.crowded = together >= CROWD;
        turns.last_urgent = Some(Instant::now());
    }

    /// Notes that a patient job has been committed, and how long that took.
    pub(super) fn did_patient(&self, took: Duration) {
        self.lock().turns.last_patient = Some((Instant::now(), took));
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who has had the writer, and when.
#[derive(Default)]
struct Turns {
    crowded: bool,
    last_urgent: Option<Instant>,
    last_patient: Option<(Instant, Duration)>,
}

impl Turns {
    /// How long a patient job has to wait still.
    fn patience(&self, now: Instant) -> Duration {
        let calm = self.last_urgent.map_or(Duration::ZERO, |last| {
            (last + CALM).saturating_duration_since(now)
        });
        let share = self.last_patient.map_or(Duration::ZERO, |(end, took)| {
            let rest = if self.crowded { REST_IN_CROWD } else { REST };
            (end + took * rest).saturating_duration_since(now)
        });
        calm.min(share)
    }
}

/// Closes the queue when the writer ends, however it does: nobody waits for it in vain.
pub(super) struct Closes(pub(super) Arc<Queue>);

impl Drop for Closes {
    fn drop(&mut self) {
        self.0.close();
        let mut waiting = self.0.lock();
        let left = (
            std::mem::take(&mut waiting.urgent),
            std::mem::take(&mut waiting.patient),
        );
        drop(waiting);
        drop(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_worker_has_its_turn_at_once_when_nobody_calls() {
        let now = Instant::now();
        let mut turns = Turns::default();
        assert_eq!(turns.patience(now), Duration::ZERO);
        // The first call after a quiet time is read at once too.
        turns.last_urgent = Some(now);
        assert_eq!(turns.patience(now), Duration::ZERO);
        turns.last_patient = Some((now, MS));
        assert!(turns.patience(now) > Duration::ZERO);
        assert_eq!(turns.patience(now + CALM), Duration::ZERO);
    }

    #[test]
    fn beside_calls_that_do_not_cease_the_worker_has_its_share() {
        let now = Instant::now();
        for (crowded, rest) in [(false, REST), (true, REST_IN_CROWD)] {
            let turns = |at| Turns {
                crowded,
                last_urgent: Some(at),
                last_patient: Some((now, MS)),
            };
            let due = now + MS * rest;
            assert!(turns(due - MS).patience(due - MS) > Duration::ZERO);
            assert_eq!(turns(due).patience(due), Duration::ZERO);
        }
    }

    #[test]
    fn what_waits_when_the_queue_is_closed_is_still_done() {
        let queue = Queue::default();
        let job = || -> Job { Box::new(|_| Box::new(|_| {})) };
        queue.push_patient(job()).unwrap();
        queue.push(job()).unwrap();
        queue.close();
        assert!(matches!(queue.push(job()), Err(StoreError::Closed)));
        let mut taken = 0;
        while queue.take().is_some() {
            taken += 1;
        }
        assert_eq!(taken, 2);
    }

    #[test]
    fn a_full_queue_says_so() {
        let queue = Queue::default();
        let job = || -> Job { Box::new(|_| Box::new(|_| {})) };
        for _ in 0..LENGTH {
            queue.push(job()).unwrap();
        }
        assert!(matches!(queue.push(job()), Err(StoreError::Busy)));
        assert!(!queue.is_calm());
        queue.push_patient(job()).unwrap();
    }
}
