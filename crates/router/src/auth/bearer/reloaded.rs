//! Keys that are reloaded by a thread of their own, before they are stale and when a token names an unknown one.
//!
//! A request never loads keys. It takes those that are there, asks the thread for others where that is due, and waits for
//! them, without a thread and within limits, only if it cannot be checked without.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use actix_web::rt::time::timeout;
use tokio::sync::{Semaphore, watch};

use super::{key::Key, origin::Origin};
use crate::auth::AuthFailure;

/// The longest time a request waits for keys.
const MAX_WAIT: Duration = Duration::from_secs(3);

/// The largest number of requests that wait for keys.
const MAX_WAITING: usize = 256;

/// The shortest refresh interval.
const MIN_REFRESH_INTERVAL: Duration = Duration::from_millis(100);

/// When keys are loaded, and for how long they are used.
#[derive(Clone, Copy)]
struct Times {
    refresh_interval: Duration,
    cooldown: Duration,
    max_age: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            refresh_interval: Duration::from_secs(5 * 60),
            cooldown: Duration::from_secs(10),
            max_age: Duration::from_secs(60 * 60),
        }
    }
}

/// A set of keys that is reloaded.
pub(super) struct ReloadedKeys {
    shared: Arc<Shared>,
    /// Wakes the thread that loads keys, which ends when this is dropped. The thread is
    /// started for the first request that needs it.
    loader: Mutex<Option<SyncSender<()>>>,
    waiting: Semaphore,
}

/// What requests and the thread share.
struct Shared {
    origin: Arc<Origin>,
    times: Times,
    state: watch::Sender<State>,
}

#[derive(Clone, Default)]
struct State {
    loaded: Option<Loaded>,
    /// The end of the last attempt to load keys.
    attempted: Option<Instant>,
    has_failed: bool,
    is_loading: bool,
}

#[derive(Clone)]
struct Loaded {
    keys: Arc<[Key]>,
    at: Instant,
}

impl ReloadedKeys {
    pub(super) fn new(origin: Origin, keys: Option<Arc<[Key]>>) -> Self {
        let now = Instant::now();
        let state = State {
            attempted: keys.as_ref().map(|_| now),
            loaded: keys.map(|keys| Loaded { keys, at: now }),
            ..State::default()
        };
        Self::with(Arc::new(origin), Times::default(), state)
    }

    fn with(origin: Arc<Origin>, times: Times, state: State) -> Self {
        Self {
            shared: Arc::new(Shared {
                origin,
                times,
                state: watch::Sender::new(state),
            }),
            loader: Mutex::new(None),
            waiting: Semaphore::new(MAX_WAITING),
        }
    }

    /// Returns a set of its own, with the same origin and other times.
    fn with_times(&self, times: Times) -> Self {
        let state = State {
            is_loading: false,
            ..self.shared.state.borrow().clone()
        };
        Self::with(Arc::clone(&self.shared.origin), times, state)
    }

    pub(super) fn with_refresh_interval(&self, interval: Duration) -> Self {
        let refresh_interval = interval.max(MIN_REFRESH_INTERVAL);
        self.with_times(Times {
            refresh_interval,
            ..self.shared.times
        })
    }

    pub(super) fn with_cooldown(&self, cooldown: Duration) -> Self {
        self.with_times(Times {
            cooldown,
            ..self.shared.times
        })
    }

    pub(super) fn with_max_age(&self, max_age: Duration) -> Self {
        self.with_times(Times {
            max_age,
            ..self.shared.times
        })
    }

    /// Returns the keys for a token that names the key `id`. A key that it does not
    /// have is unknown, at present.
    pub(super) async fn keys(&self, id: Option<&str>) -> Result<Arc<[Key]>, AuthFailure> {
        if let Some((keys, is_stale)) = self.shared.current()
            && keys.iter().any(|key| key.may_be(id))
        {
            if is_stale {
                self.start_loading();
            }
            return Ok(keys);
        }
        if self.start_loading() {
            // Boxed, so that the future of a request whose key is known stays small.
            Box::pin(self.wait()).await;
        }
        let current = self.shared.current().map(|(keys, _)| keys);
        current.ok_or(AuthFailure::Unavailable)
    }

    /// Waits until no keys are being loaded, within limits.
    async fn wait(&self) {
        let Ok(_permit) = self.waiting.try_acquire() else {
            return;
        };
        let mut state = self.shared.state.subscribe();
        let done = state.wait_for(|state| !state.is_loading);
        // After that time there are other keys, or there are not.
        let _ = timeout(MAX_WAIT, done).await;
    }

    /// Has the thread load keys, unless it does so already or did a moment ago. Returns
    /// whether it does.
    fn start_loading(&self) -> bool {
        let Shared { times, state, .. } = &*self.shared;
        let (may_start, is_loading) = {
            let state = state.borrow();
            (state.may_start(times), state.is_loading)
        };
        if !may_start {
            return is_loading;
        }
        // One of several requests starts it.
        let has_started = state.send_if_modified(|state| {
            let may_start = state.may_start(times);
            state.is_loading |= may_start;
            may_start
        });
        if has_started {
            self.wake_loader();
        }
        true
    }

    /// Wakes the thread, or starts it.
    fn wake_loader(&self) {
        // It is replaced as a whole, so it is valid after any panic.
        let mut loader = self.loader.lock().unwrap_or_else(PoisonError::into_inner);
        let wake = loader.as_ref().map(|loader| loader.try_send(()));
        if let Some(Ok(()) | Err(TrySendError::Full(()))) = wake {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let (sender, wakes) = sync_channel(1);
        let thread = thread::Builder::new().name("purlin-jwks".to_owned());
        match thread.spawn(move || shared.run(&wakes)) {
            // It is there to be woken: the channel is empty.
            Ok(_) => drop(sender.try_send(())),
            Err(error) => {
                log::error!(target: "purlin::auth", "keys cannot be loaded, since no thread can be started: {error}");
                drop(Attempt::new(&self.shared));
                return;
            }
        }
        *loader = Some(sender);
    }
}

impl State {
    /// Returns whether a request may have keys loaded.
    fn may_start(&self, times: &Times) -> bool {
        let is_soon = |at: Instant| at.elapsed() < times.cooldown;
        !self.is_loading && !self.attempted.is_some_and(is_soon)
    }

    /// Returns the time after which the keys are loaded without a request.
    fn until_refresh(&self, times: &Times) -> Duration {
        // Early enough for another attempt before the keys are stale.
        let step = times.refresh_interval / 5;
        let pause = if self.has_failed { step } else { step * 4 };
        let elapsed = self.attempted.map(|at| at.elapsed());
        pause.saturating_sub(elapsed.unwrap_or_default())
    }
}

impl Shared {
    /// Returns the keys that may be used, and whether they are stale.
    fn current(&self) -> Option<(Arc<[Key]>, bool)> {
        let Times {
            refresh_interval,
            max_age,
            ..
        } = self.times;
        let state = self.state.borrow();
        let loaded = state.loaded.as_ref()?;
        let age = loaded.at.elapsed();
        let is_stale = age >= refresh_interval;
        (!is_stale || age < max_age).then(|| (Arc::clone(&loaded.keys), is_stale))
    }

    /// Loads keys when it is woken and when they are due; the body of the thread.
    fn run(&self, wakes: &Receiver<()>) {
        loop {
            let until_refresh = self.state.borrow().until_refresh(&self.times);
            match wakes.recv_timeout(until_refresh) {
                Err(RecvTimeoutError::Disconnected) => return,
                Ok(()) | Err(RecvTimeoutError::Timeout) => self.load(),
            }
        }
    }

    fn load(&self) {
        let is_due = {
            let state = self.state.borrow();
            state.is_loading || state.until_refresh(&self.times).is_zero()
        };
        if !is_due {
            // It was woken for what it had just begun.
            return;
        }
        self.state.send_modify(|state| state.is_loading = true);
        let mut attempt = Attempt::new(self);
        match self.origin.load() {
            Ok(keys) => {
                let at = Instant::now();
                attempt.loaded = Some(Loaded { keys, at });
            }
            Err(error) => log::error!(
                target: "purlin::auth",
                "keys cannot be loaded; the last ones are used up to an age of {} s: {error}",
                self.times.max_age.as_secs(),
            ),
        }
    }
}

/// An attempt to load keys. It ends when this is dropped, after a panic too.
struct Attempt<'s> {
    shared: &'s Shared,
    loaded: Option<Loaded>,
}

impl<'s> Attempt<'s> {
    fn new(shared: &'s Shared) -> Self {
        Self {
            shared,
            loaded: None,
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.shared.state.send_modify(|state| {
            state.is_loading = false;
            state.attempted = Some(Instant::now());
            state.has_failed = self.loaded.is_none();
            if let Some(loaded) = self.loaded.take() {
                state.loaded = Some(loaded);
            }
        });
    }
}
