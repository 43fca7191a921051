//! The phase the server is in: set while it starts and stops, read by middleware and the operations port.

use std::sync::atomic::{AtomicU8, Ordering};

/// The current [`State`], shared by all threads.
#[derive(Debug, Default)]
pub(crate) struct Phase(AtomicU8);

/// The states of a server, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Resources are opened and startup hooks run; no requests are accepted yet.
    Starting,
    /// Requests are processed.
    Ready,
    /// Requests are still processed, but a signal has begun the shutdown.
    Draining,
}

const STARTING: u8 = 0;
const READY: u8 = 1;
const DRAINING: u8 = 2;

impl Phase {
    pub(crate) fn state(&self) -> State {
        match self.0.load(Ordering::Relaxed) {
            STARTING => State::Starting,
            READY => State::Ready,
            _ => State::Draining,
        }
    }

    /// Returns whether the shutdown has begun.
    pub(crate) fn is_draining(&self) -> bool {
        self.state() == State::Draining
    }

    /// Notes that requests are processed from now on; a server that is draining stays so.
    pub(crate) fn ready(&self) {
        let relaxed = Ordering::Relaxed;
        let _ = self.0.compare_exchange(STARTING, READY, relaxed, relaxed);
    }

    /// Notes that the shutdown has begun.
    pub(crate) fn drain(&self) {
        self.0.store(DRAINING, Ordering::Relaxed);
    }
}
