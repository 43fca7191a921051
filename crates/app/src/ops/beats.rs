//! Whether the threads that serve requests still turn: each notes the time once a second, as one task among its others. A
//! handler that blocks its thread keeps it from that, and nothing else does.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use actix_web::rt::{self, time::sleep};

const PERIOD: Duration = Duration::from_secs(1);

/// The threads that serve requests.
pub(crate) struct Beats {
    began: Instant,
    /// How long a thread may be silent; without end where there is nothing.
    patience: Option<Duration>,
    /// When each was heard last, in milliseconds since the begin; a thread that has ended is gone.
    heard: Mutex<Vec<Weak<AtomicU64>>>,
}

/// How the threads are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Threads {
    pub(super) all: u64,
    /// Those that have not been heard for too long.
    pub(super) stuck: u64,
}

impl Beats {
    /// For 0 seconds nobody is taken for stuck.
    pub(crate) fn new(seconds: u32) -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            patience: (seconds > 0).then(|| Duration::from_secs(u64::from(seconds))),
            heard: Mutex::default(),
        })
    }

    /// From here on this thread is heard. Called on the thread itself, where its tasks can be started.
    pub(crate) fn of_this_thread(self: &Arc<Self>) {
        if self.patience.is_none() {
            return;
        }
        let beat = Arc::new(AtomicU64::new(self.now()));
        self.all().push(Arc::downgrade(&beat));
        let beats = Arc::clone(self);
        rt::spawn(async move {
            loop {
                beat.store(beats.now(), Relaxed);
                sleep(PERIOD).await;
            }
        });
    }

    pub(super) fn threads(&self) -> Threads {
        let patience = self.patience.map_or(u128::MAX, |it| it.as_millis());
        let now = self.now();
        let mut threads = Threads { all: 0, stuck: 0 };
        self.all().retain(|beat| {
            let Some(heard) = beat.upgrade() else {
                return false;
            };
            let silence = now.saturating_sub(heard.load(Relaxed));
            threads.all += 1;
            threads.stuck += u64::from(u128::from(silence) > patience);
            true
        });
        threads
    }

    fn all(&self) -> MutexGuard<'_, Vec<Weak<AtomicU64>>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use actix_web::rt::System;

    use super::*;

    #[test]
    fn a_thread_that_blocks_is_stuck_and_one_that_ended_is_no_thread() {
        let mut beats = Beats::new(1);
        // A second is the least that can be set, and too long for a test.
        Arc::get_mut(&mut beats).unwrap().patience = Some(Duration::from_millis(1));
        assert_eq!(beats.threads(), Threads { all: 0, stuck: 0 });
        let (go_on, told) = mpsc::channel::<()>();
        let (begun, begins) = mpsc::channel();
        let same = Arc::clone(&beats);
        let blocked = thread::spawn(move || {
            System::new().block_on(async {
                same.of_this_thread();
                begun.send(()).unwrap();
                // In the stead of a handler that blocks.
                told.recv().unwrap();
            });
        });
        begins.recv().unwrap();
        thread::sleep(Duration::from_millis(10));
        assert_eq!(beats.threads(), Threads { all: 1, stuck: 1 });
        go_on.send(()).unwrap();
        blocked.join().unwrap();
        assert_eq!(beats.threads(), Threads { all: 0, stuck: 0 });
    }

    #[test]
    fn nobody_is_stuck_where_nobody_is_asked_for() {
        let beats = Beats::new(0);
        System::new().block_on(async { beats.of_this_thread() });
        assert_eq!(beats.threads(), Threads { all: 0, stuck: 0 });
    }
}
