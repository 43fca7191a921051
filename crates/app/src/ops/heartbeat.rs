//! Detects worker threads whose event loop is blocked: each worker stores the time once per second, as one task among its
//! others. A handler that blocks its thread keeps that task from running, and nothing else does.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use actix_web::rt::{self, time::sleep};

const PERIOD: Duration = Duration::from_secs(1);

/// The heartbeats of all worker threads.
pub(crate) struct WorkerHeartbeats {
    started: Instant,
    /// How long a worker may miss its heartbeats; without limit if nothing is set.
    timeout: Option<Duration>,
    /// The last heartbeat of each worker, in milliseconds since the start. A thread that has ended drops its own.
    last: Mutex<Vec<Weak<AtomicU64>>>,
}

/// How many workers there are, and how many of them are blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WorkerStatus {
    pub(super) total: u64,
    pub(super) blocked: u64,
}

impl WorkerHeartbeats {
    /// With 0 seconds no worker ever counts as blocked.
    pub(crate) fn new(seconds: u32) -> Arc<Self> {
        Arc::new(Self {
            started: Instant::now(),
            timeout: (seconds > 0).then(|| Duration::from_secs(u64::from(seconds))),
            last: Mutex::default(),
        })
    }

    /// Starts the heartbeat of the current thread, which has to run an actix system.
    pub(crate) fn start_on_this_thread(self: &Arc<Self>) {
        if self.timeout.is_none() {
            return;
        }
        let last = Arc::new(AtomicU64::new(self.now()));
        self.last().push(Arc::downgrade(&last));
        let heartbeats = Arc::clone(self);
        rt::spawn(async move {
            loop {
                last.store(heartbeats.now(), Relaxed);
                sleep(PERIOD).await;
            }
        });
    }

    pub(super) fn status(&self) -> WorkerStatus {
        let timeout = self.timeout.map_or(u128::MAX, |it| it.as_millis());
        let now = self.now();
        let mut status = WorkerStatus {
            total: 0,
            blocked: 0,
        };
        self.last().retain(|last| {
            let Some(last) = last.upgrade() else {
                return false;
            };
            let silence = now.saturating_sub(last.load(Relaxed));
            status.total += 1;
            status.blocked += u64::from(u128::from(silence) > timeout);
            true
        });
        status
    }

    fn last(&self) -> MutexGuard<'_, Vec<Weak<AtomicU64>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use actix_web::rt::System;

    use super::*;

    fn status(total: u64, blocked: u64) -> WorkerStatus {
        WorkerStatus { total, blocked }
    }

    #[test]
    fn a_blocked_thread_is_counted_and_an_ended_one_is_not() {
        let mut heartbeats = WorkerHeartbeats::new(1);
        // A second is the least that can be set, and too long for a test.
        Arc::get_mut(&mut heartbeats).unwrap().timeout = Some(Duration::from_millis(1));
        assert_eq!(heartbeats.status(), status(0, 0));
        let (unblock, unblocked) = mpsc::channel::<()>();
        let (start, started) = mpsc::channel();
        let same = Arc::clone(&heartbeats);
        let blocked = thread::spawn(move || {
            System::new().block_on(async {
                same.start_on_this_thread();
                start.send(()).unwrap();
                // In place of a handler that blocks.
                unblocked.recv().unwrap();
            });
        });
        started.recv().unwrap();
        while heartbeats.status() != status(1, 1) {
            thread::yield_now();
        }
        unblock.send(()).unwrap();
        blocked.join().unwrap();
        assert_eq!(heartbeats.status(), status(0, 0));
    }

    #[test]
    fn no_thread_is_blocked_without_a_timeout() {
        let heartbeats = WorkerHeartbeats::new(0);
        System::new().block_on(async { heartbeats.start_on_this_thread() });
        assert_eq!(heartbeats.status(), status(0, 0));
    }
}
