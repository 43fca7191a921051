//! Every implementation, held to one model of the states of a record and of the rate limits, with a clock that is advanced: of a
//! server, everything it has is made older.
//!
//! The clock of a server cannot be stopped, so times are multiples of ten minutes: a case takes less.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use purlin_store::{
    StoreFuture,
    idempotency::{
        BeginOutcome, BeginRequest, Fence, FinishOutcome, IdempotencyStore, MemoryStore,
    },
    rate_limit::{Client, MemoryRateLimits, Quota, RateLimitStore, Remaining},
};

use crate::support::{digest, known, response, run};

const UNIT: Duration = Duration::from_secs(600);

/// The quotas that clients have: requests, and the units of the window.
const QUOTAS: [(u32, u32); 3] = [(1, 1), (2, 4), (5, 5)];

#[derive(Clone, Debug)]
enum Step {
    Begin {
        id: u32,
        fingerprint: u32,
        lease: u32,
    },
    /// Finishes the latest attempt, or an earlier one.
    Finish {
        id: u32,
        earlier: usize,
        keep: u32,
    },
    Forget {
        id: u32,
        earlier: usize,
    },
    Take {
        first: u32,
        second: u32,
    },
    Advance {
        units: u32,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let earlier = prop_oneof![3 => Just(0_usize), 1 => 1..3_usize];
    let id = 0..2_u32;
    prop_oneof![
        4 => (id.clone(), 0..2_u32, 1..4_u32)
            .prop_map(|(id, fingerprint, lease)| Step::Begin { id, fingerprint, lease }),
        2 => (id.clone(), earlier.clone(), 1..4_u32)
            .prop_map(|(id, earlier, keep)| Step::Finish { id, earlier, keep }),
        1 => (id, earlier).prop_map(|(id, earlier)| Step::Forget { id, earlier }),
        3 => (0..3_u32, 0..3_u32).prop_map(|(first, second)| Step::Take { first, second }),
        2 => (1..4_u32).prop_map(|units| Step::Advance { units }),
    ]
}

/// What a store has to do.
#[derive(Default)]
struct Model {
    /// In units.
    now: u32,
    records: HashMap<u32, Record>,
    /// The tokens of all attempts, the latest last.
    attempts: HashMap<u32, Vec<Fence>>,
    /// The time until which the quota of a client is used, in units.
    used_until: HashMap<u32, u32>,
}

#[derive(Clone)]
struct Record {
    fingerprint: u32,
    end: u32,
    fence: Fence,
    size: Option<usize>,
}

impl Model {
    fn begin(&mut self, id: u32, fingerprint: u32, lease: u32, outcome: &BeginOutcome) {
        let known = self.records.get(&id).filter(|record| record.end > self.now);
        let expected = match known {
            Some(record) if record.fingerprint != fingerprint => BeginOutcome::Different,
            Some(Record { size: None, .. }) => BeginOutcome::InProgress,
            Some(Record {
                size: Some(size), ..
            }) => BeginOutcome::Completed(response(*size)),
            None => {
                let BeginOutcome::First(fence) = *outcome else {
                    panic!("expected the first, got {outcome:?}");
                };
                let attempts = self.attempts.entry(id).or_default();
                assert!(attempts.iter().all(|earlier| *earlier < fence));
                attempts.push(fence);
                let record = Record {
                    fingerprint,
                    end: self.now + lease,
                    fence,
                    size: None,
                };
                self.records.insert(id, record);
                return;
            }
        };
        assert_eq!(*outcome, expected);
    }

    /// Returns the token of an attempt, if there was one.
    fn attempt(&self, id: u32, earlier: usize) -> Option<Fence> {
        let attempts = self.attempts.get(&id)?;
        attempts.iter().rev().nth(earlier).copied()
    }

    fn in_progress(&mut self, id: u32, fence: Fence) -> Option<&mut Record> {
        let record = self.records.get_mut(&id)?;
        (record.fence == fence && record.size.is_none()).then_some(record)
    }

    fn finish(&mut self, id: u32, fence: Fence, size: usize, keep: u32, outcome: FinishOutcome) {
        let now = self.now;
        match self.in_progress(id, fence) {
            Some(record) if outcome == FinishOutcome::Stored => {
                record.size = Some(size);
                record.end = now + keep;
            }
            // A record whose lease has ended may be absent.
            Some(record) if record.end <= now => {
                assert_eq!(outcome, FinishOutcome::LeaseLost);
                self.records.remove(&id);
            }
            Some(_) => panic!("{outcome:?} within the lease"),
            None => assert_eq!(outcome, FinishOutcome::LeaseLost),
        }
    }

    fn forget(&mut self, id: u32, fence: Fence) {
        if self.in_progress(id, fence).is_some() {
            self.records.remove(&id);
        }
    }

    fn take(&mut self, clients: [u32; 2], all: &[Remaining]) {
        let mut all = all.iter();
        for client in clients {
            let (requests, window) = QUOTAS[client as usize];
            let interval = window / requests;
            let until = self.used_until.get(&client).copied().unwrap_or(0);
            let until = until.max(self.now);
            let remaining = all.next().unwrap();
            let near = |time: Duration, units: u32| {
                let time_left = UNIT * units;
                assert!(
                    time <= time_left && time + UNIT / 2 > time_left,
                    "{remaining:?} {units}"
                );
            };
            if until + interval - self.now > window {
                near(
                    remaining.retry_after.unwrap(),
                    until + interval - self.now - window,
                );
                near(remaining.restored_in, until - self.now);
                break;
            }
            assert!(remaining.is_taken(), "{remaining:?}");
            let used = until + interval - self.now;
            near(remaining.restored_in, used);
            assert_eq!(remaining.requests, u64::from((window - used) / interval));
            self.used_until.insert(client, until + interval);
        }
        assert_eq!(all.next(), None);
    }
}

/// An implementation.
struct Subject {
    requests: Box<dyn IdempotencyStore>,
    rates: Box<dyn RateLimitStore>,
    advance: Box<dyn FnMut(u32)>,
}

async fn check(mut subject: Subject, steps: Vec<Step>) {
    let mut model = Model::default();
    for (nth, step) in steps.into_iter().enumerate() {
        match step {
            Step::Begin {
                id,
                fingerprint,
                lease,
            } => {
                let request =
                    BeginRequest::new(digest(id), digest(fingerprint), known(id), UNIT * lease);
                let outcome = subject.requests.begin(request).await.unwrap();
                model.begin(id, fingerprint, lease, &outcome);
            }
            Step::Finish { id, earlier, keep } => {
                let Some(fence) = model.attempt(id, earlier) else {
                    continue;
                };
                let finished =
                    subject
                        .requests
                        .finish(digest(id), fence, response(nth), UNIT * keep);
                model.finish(id, fence, nth, keep, finished.await.unwrap());
            }
            Step::Forget { id, earlier } => {
                if let Some(fence) = model.attempt(id, earlier) {
                    subject.requests.forget(digest(id), fence).await.unwrap();
                    model.forget(id, fence);
                }
            }
            Step::Take { first, second } => {
                let client = |number: u32| {
                    let (requests, window) = QUOTAS[number as usize];
                    Client::new(digest(number), Quota::new(requests, UNIT * window))
                };
                let clients = vec![client(first), client(second)];
                model.take([first, second], &subject.rates.take(clients).await.unwrap());
            }
            Step::Advance { units } => {
                (subject.advance)(units);
                model.now += units;
            }
        }
    }
}

fn check_all(cases: u32, subject: impl Fn() -> Subject) {
    let mut config = Config::with_cases(cases);
    config.failure_persistence = None;
    let mut runner = TestRunner::new(config);
    let steps = prop::collection::vec(step(), 1..40);
    let result = runner.run(&steps, |steps| {
        run(check(subject(), steps));
        Ok::<(), TestCaseError>(())
    });
    result.unwrap();
}

/// Rate limits in memory, at times that the test chooses.
struct MemoryRates {
    limits: MemoryRateLimits,
    now: Arc<AtomicU32>,
}

impl RateLimitStore for MemoryRates {
    fn take(&self, clients: Vec<Client>) -> StoreFuture<'_, Vec<Remaining>> {
        let now = UNIT * self.now.load(Ordering::Relaxed);
        let mut all = Vec::new();
        for client in clients {
            all.push(self.limits.take_at(client.key, client.quota, now));
            if all.last().is_some_and(|remaining| !remaining.is_taken()) {
                break;
            }
        }
        Box::pin(std::future::ready(Ok(all)))
    }
}

#[test]
fn memory_does_what_the_model_does() {
    check_all(500, || {
        let now = Arc::new(AtomicU32::new(0));
        let (start, clock, clock_of_rates) = (Instant::now(), Arc::clone(&now), Arc::clone(&now));
        let requests = MemoryStore::new(usize::MAX, usize::MAX)
            .clock(move || start + UNIT * clock.load(Ordering::Relaxed));
        Subject {
            requests: Box::new(requests),
            rates: Box::new(MemoryRates {
                limits: MemoryRateLimits::new(100),
                now: clock_of_rates,
            }),
            advance: Box::new(move |units| {
                now.fetch_add(units, Ordering::Relaxed);
            }),
        }
    });
}

#[cfg(all(feature = "postgres", feature = "redis"))]
mod servers {
    use crate::support::{engines, postgres::Postgres, redis::Redis, run};

    use super::{Subject, UNIT, check_all};

    /// Checks an engine; `advance` makes everything in a store older by milliseconds.
    fn check_engine(
        target: fn() -> Option<engines::Target>,
        advance: impl Fn(&str, u128) + Clone + 'static,
    ) {
        if target().is_none() {
            return;
        }
        check_all(40, || {
            let target = target().unwrap();
            let store = run(target.open());
            let advance = advance.clone();
            Subject {
                requests: Box::new(store.clone()),
                rates: Box::new(store),
                advance: Box::new(move |units| {
                    advance(&target.options.prefix, (UNIT * units).as_millis());
                }),
            }
        });
    }

    #[test]
    fn redis_does_what_the_model_does() {
        check_engine(engines::redis, |prefix, time| {
            let server = Redis::shared().unwrap();
            let script = include_str!("support/age.lua");
            let (keys, time) = (format!("*{prefix}:*"), time.to_string());
            server.query(&["EVAL", script, "0", &keys, &time]);
        });
    }

    #[test]
    fn postgresql_does_what_the_model_does() {
        check_engine(engines::postgres, |prefix, time| {
            let server = Postgres::shared().unwrap().unwrap();
            let sql = format!(
                "UPDATE \"{prefix}\".requests SET ends = ends - {time} * interval '1 ms'; \
                 UPDATE \"{prefix}\".rates SET used_until = used_until - {time}000000"
            );
            server.query("postgres", &sql).unwrap();
        });
    }
}
