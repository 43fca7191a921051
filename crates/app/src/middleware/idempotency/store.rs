//! Where the answers to requests with an idempotency key are kept: what a store has to do, and one in memory.

use std::{
    collections::{HashMap, VecDeque, hash_map},
    future::{Future, ready},
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A SHA-256.
pub type Digest = [u8; 32];

/// What a store says in time.
pub type StoreFuture<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + 's>>;

/// A store could not be reached; for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Its status.
    pub status: u16,
    /// Its header fields, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// What a store knows of a request that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is the first with its key; it is noted as under way.
    First,
    /// The first with its key is under way.
    InProgress,
    /// The first with its key was another request.
    Different,
    /// The answer to the first with its key.
    Answered(KeptAnswer),
}

/// Keeps the answers to requests with an idempotency key; for several processes, in a database they share.
///
/// `id` stands for the caller, the path and the key, `request` for what was sent: both are SHA-256, the same in every
/// process.
pub trait IdempotencyStore: Send + Sync {
    /// Looks a request up and, if it is the first, notes it; in one step, so that of two at once one is the first.
    fn begin(&self, id: Digest, request: Digest) -> StoreFuture<'_, Begun>;

    /// Keeps the answer to a request that was noted.
    fn finish(&self, id: Digest, answer: KeptAnswer) -> StoreFuture<'_, ()>;

    /// Forgets a request that was noted: it came to nothing, and may be sent again.
    fn forget(&self, id: Digest) -> StoreFuture<'_, ()>;
}

/// A store in the memory of this process. Of more answers than it holds, the oldest are forgotten.
pub(crate) struct InMemory {
    keep: Duration,
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    requests: HashMap<Digest, Noted>,
    /// Those that are answered, the oldest first. Those under way are no more than may be under way.
    answered: VecDeque<(Instant, Digest)>,
}

struct Noted {
    request: Digest,
    answer: Option<KeptAnswer>,
}

impl InMemory {
    pub(crate) fn new(keep: Duration, most: usize) -> Self {
        Self {
            keep,
            most,
            kept: Mutex::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_at(&self, id: Digest, request: Digest, now: Instant) -> Begun {
        let mut kept = self.kept();
        kept.make_room(self.most, |at| now.duration_since(at) >= self.keep);
        match kept.requests.entry(id) {
            hash_map::Entry::Vacant(free) => {
                let answer = None;
                free.insert(Noted { request, answer });
                Begun::First
            }
            hash_map::Entry::Occupied(noted) if noted.get().request != request => Begun::Different,
            hash_map::Entry::Occupied(noted) => match &noted.get().answer {
                Some(answer) => Begun::Answered(answer.clone()),
                None => Begun::InProgress,
            },
        }
    }

    fn finish_at(&self, id: Digest, answer: KeptAnswer, now: Instant) {
        let mut kept = self.kept();
        if let Some(noted) = kept.requests.get_mut(&id) {
            noted.answer = Some(answer);
            kept.answered.push_back((now, id));
        }
        kept.make_room(self.most, |_| false);
    }
}

impl Kept {
    /// Drops the oldest while they are too many or too old.
    fn make_room(&mut self, most: usize, is_old: impl Fn(Instant) -> bool) {
        while let Some(&(at, id)) = self.answered.front() {
            if self.answered.len() <= most && !is_old(at) {
                break;
            }
            self.answered.pop_front();
            self.requests.remove(&id);
        }
    }
}

impl IdempotencyStore for InMemory {
    fn begin(&self, id: Digest, request: Digest) -> StoreFuture<'_, Begun> {
        Box::pin(ready(Ok(self.begin_at(id, request, Instant::now()))))
    }

    fn finish(&self, id: Digest, answer: KeptAnswer) -> StoreFuture<'_, ()> {
        self.finish_at(id, answer, Instant::now());
        Box::pin(ready(Ok(())))
    }

    fn forget(&self, id: Digest) -> StoreFuture<'_, ()> {
        self.kept().requests.remove(&id);
        Box::pin(ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Begun, Digest, InMemory, KeptAnswer};

    const MINUTE: Duration = Duration::from_secs(60);

    fn answer(status: u16) -> KeptAnswer {
        KeptAnswer {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    fn id(number: u8) -> Digest {
        [number; 32]
    }

    #[test]
    fn a_request_is_first_once_until_it_is_forgotten_or_old() {
        let store = InMemory::new(MINUTE, 10);
        let now = Instant::now();
        assert_eq!(store.begin_at(id(1), id(7), now), Begun::First);
        assert_eq!(store.begin_at(id(1), id(7), now), Begun::InProgress);
        assert_eq!(store.begin_at(id(1), id(8), now), Begun::Different);
        store.finish_at(id(1), answer(201), now);
        let known = Begun::Answered(answer(201));
        assert_eq!(store.begin_at(id(1), id(7), now), known);
        assert_eq!(store.begin_at(id(1), id(7), now + MINUTE / 2), known);
        assert_eq!(store.begin_at(id(1), id(7), now + MINUTE), Begun::First);
    }

    #[test]
    fn the_oldest_make_room() {
        let store = InMemory::new(MINUTE, 2);
        let now = Instant::now();
        for number in 1..=3 {
            assert_eq!(store.begin_at(id(number), id(0), now), Begun::First);
            store.finish_at(id(number), answer(200), now);
        }
        assert_eq!(store.kept().requests.len(), 2);
        assert_eq!(store.begin_at(id(1), id(0), now), Begun::First);
        assert_eq!(
            store.begin_at(id(3), id(0), now),
            Begun::Answered(answer(200))
        );
    }
}
