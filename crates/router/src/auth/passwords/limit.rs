//! The bound on the passwords that are hashed at the same time, and on the requests that wait.

use std::{
    mem,
    num::NonZero,
    ops::DerefMut,
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
    time::Duration,
};

use actix_web::rt::time::timeout;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::hash::Memory;

/// How many requests wait for each verification, if nothing else is set.
const WAITING_PER_VERIFICATION: usize = 8;

/// How long a request waits.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// The error for a request that cannot wait any more, or not at all.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::auth) struct Busy;

/// The right to verify a password, and the memory for it.
#[derive(Debug)]
pub(in crate::auth) struct Permit {
    memory: Memory,
    unused: Arc<Mutex<Vec<Memory>>>,
    _running: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Permit {
    pub(in crate::auth) fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // Before the permits are released, so that there is never more memory than verifications may run.
        lock(&self.unused).push(mem::take(&mut self.memory));
    }
}

fn lock(unused: &Mutex<Vec<Memory>>) -> impl DerefMut<Target = Vec<Memory>> {
    unused.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
pub(in crate::auth) struct VerificationLimit {
    concurrent: usize,
    /// Absent unless it was set.
    waiting: Option<usize>,
    running: Arc<Semaphore>,
    /// The places of all that run or wait.
    places: Arc<Semaphore>,
    /// The memory of verifications that have ended.
    unused: Arc<Mutex<Vec<Memory>>>,
}

impl Default for VerificationLimit {
    fn default() -> Self {
        Self::new(available_parallelism().map_or(1, NonZero::get), None)
    }
}

impl VerificationLimit {
    pub(in crate::auth) fn new(concurrent: usize, waiting: Option<usize>) -> Self {
        let concurrent = concurrent.clamp(1, Semaphore::MAX_PERMITS);
        let places = waiting.unwrap_or(concurrent.saturating_mul(WAITING_PER_VERIFICATION));
        let places = places
            .saturating_add(concurrent)
            .min(Semaphore::MAX_PERMITS);
        Self {
            concurrent,
            waiting,
            running: Arc::new(Semaphore::new(concurrent)),
            places: Arc::new(Semaphore::new(places)),
            unused: Arc::default(),
        }
    }

    pub(in crate::auth) fn concurrent(&self) -> usize {
        self.concurrent
    }

    pub(in crate::auth) fn waiting(&self) -> Option<usize> {
        self.waiting
    }

    /// Waits for a permit. Its place is free again when this is no longer awaited.
    ///
    /// # Errors
    ///
    /// Returns [`Busy`] when too many others wait, or when it took too long.
    pub(in crate::auth) async fn acquire(&self) -> Result<Permit, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Busy)?;
        let running = timeout(MAX_WAIT, Arc::clone(&self.running).acquire_owned());
        match running.await {
            Ok(Ok(running)) => Ok(Permit {
                memory: lock(&self.unused).pop().unwrap_or_default(),
                unused: Arc::clone(&self.unused),
                _running: running,
                _place: place,
            }),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(Busy),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::Future,
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[actix_web::test]
    async fn one_password_per_core_is_verified_at_a_time() {
        let limit = VerificationLimit::default();
        assert_eq!(limit.concurrent(), available_parallelism().unwrap().get());
        assert_eq!(limit.running.available_permits(), limit.concurrent());
        assert_eq!(limit.places.available_permits(), 9 * limit.concurrent());
    }

    #[actix_web::test]
    async fn requests_beyond_the_queue_are_rejected_at_once() {
        let limit = VerificationLimit::new(1, Some(1));
        let first = limit.acquire().await.unwrap();
        let mut second = pin!(limit.acquire());
        assert!(poll(second.as_mut()).is_pending());
        assert_eq!(limit.acquire().await.unwrap_err(), Busy);
        drop(first);
        drop(second.await.unwrap());
        assert_eq!(lock(&limit.unused).len(), 1);
        assert_eq!(limit.places.available_permits(), 2);
    }

    #[actix_web::test]
    async fn a_request_that_is_dropped_frees_its_place_in_the_queue() {
        let limit = VerificationLimit::new(1, Some(1));
        let _first = limit.acquire().await.unwrap();
        {
            let mut gone = pin!(limit.acquire());
            assert!(poll(gone.as_mut()).is_pending());
            assert_eq!(limit.acquire().await.unwrap_err(), Busy);
        }
        let mut next = pin!(limit.acquire());
        assert!(poll(next.as_mut()).is_pending());
    }

    #[test]
    fn numbers_out_of_range_are_clamped() {
        let none = VerificationLimit::new(0, Some(0));
        assert_eq!((none.concurrent(), none.places.available_permits()), (1, 1));
        VerificationLimit::new(usize::MAX, None);
        VerificationLimit::new(usize::MAX, Some(usize::MAX));
    }
}
