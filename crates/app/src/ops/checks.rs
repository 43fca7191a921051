//! What API crates say is needed to answer requests, asked for when somebody wants to know whether the server is ready.

use std::{
    cell::RefCell,
    fmt,
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::rt::{self, time::timeout};
use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};

/// How long an outcome is good for.
const PERIOD: Duration = Duration::from_secs(1);

type CheckFuture = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// One thing that is needed.
#[derive(Clone)]
pub(crate) struct Check {
    name: Arc<str>,
    limit: Duration,
    run: Arc<dyn Fn() -> CheckFuture + Send + Sync>,
}

impl Check {
    pub(crate) fn new<F, R, E>(name: &str, limit: Duration, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + 'static,
        E: fmt::Display,
    {
        Self {
            name: name.into(),
            limit,
            run: Arc::new(move || {
                let check = check();
                Box::pin(async move { check.await.map_err(|error| error.to_string()) })
            }),
        }
    }
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    Failed,
    Timeout,
    Panicked,
}

impl Outcome {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
            Self::Panicked => "panicked",
        }
    }
}

/// What one check said.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) name: Arc<str>,
    pub(super) outcome: Outcome,
    pub(super) us: u128,
}

type Findings = Rc<[Finding]>;

/// All checks, and what they said last. Belongs to the one thread of the operations port.
pub(super) struct Checks {
    all: Arc<[Check]>,
    latest: RefCell<Option<Round>>,
    /// The outcomes of the last round that ended, so that the log tells changes alone.
    told: Rc<RefCell<Vec<Outcome>>>,
}

struct Round {
    begun: Instant,
    findings: Shared<LocalBoxFuture<'static, Findings>>,
}

impl Checks {
    pub(super) fn new(all: Arc<[Check]>) -> Self {
        let told = vec![Outcome::Ok; all.len()];
        Self {
            all,
            latest: RefCell::default(),
            told: Rc::new(RefCell::new(told)),
        }
    }

    /// What the checks say, or have just said. Whoever asks while they run waits for the same round.
    pub(super) async fn findings(&self) -> Findings {
        let findings = {
            let mut latest = self.latest.borrow_mut();
            match latest.as_ref().filter(|round| self.is_fresh(round)) {
                Some(round) => round.findings.clone(),
                None => {
                    let begun = Instant::now();
                    let findings = self.begin();
                    let round = latest.insert(Round { begun, findings });
                    round.findings.clone()
                }
            }
        };
        findings.await
    }

    fn is_fresh(&self, round: &Round) -> bool {
        let good = match round.findings.peek() {
            Some(_) => PERIOD,
            // Nobody may have waited for its end.
            None => {
                let limits = self.all.iter().map(|check| check.limit);
                limits.max().unwrap_or_default().max(PERIOD)
            }
        };
        round.begun.elapsed() < good
    }

    /// Starts a round. Each check is a task of its own: it goes on when whoever asked goes away, and a panic is its own.
    fn begin(&self) -> Shared<LocalBoxFuture<'static, Findings>> {
        let running: Vec<_> = self
            .all
            .iter()
            .map(|check| (Arc::clone(&check.name), rt::spawn(run(check.clone()))))
            .collect();
        let told = Rc::clone(&self.told);
        let round = async move {
            let mut findings = Vec::with_capacity(running.len());
            for (nth, (name, running)) in running.into_iter().enumerate() {
                let (outcome, words, us) = match running.await {
                    Ok(done) => done,
                    Err(_) => (Outcome::Panicked, "it panicked".to_owned(), 0),
                };
                if let Some(told) = told.borrow_mut().get_mut(nth) {
                    tell(&name, *told, outcome, &words);
                    *told = outcome;
                }
                findings.push(Finding { name, outcome, us });
            }
            Findings::from(findings)
        };
        round.boxed_local().shared()
    }
}

async fn run(check: Check) -> (Outcome, String, u128) {
    let begun = Instant::now();
    let (outcome, words) = match timeout(check.limit, (check.run)()).await {
        Ok(Ok(())) => (Outcome::Ok, String::new()),
        Ok(Err(words)) => (Outcome::Failed, words),
        Err(_) => {
            let words = format!("it took longer than {} ms", check.limit.as_millis());
            (Outcome::Timeout, words)
        }
    };
    (outcome, words, begun.elapsed().as_micros())
}

fn tell(name: &str, before: Outcome, now: Outcome, words: &str) {
    match (before, now) {
        (Outcome::Ok, Outcome::Ok) => {}
        (_, Outcome::Ok) => log::info!(target: "purlin::ready", "`{name}` is there again"),
        (before, now) if before == now => {}
        _ => log::warn!(target: "purlin::ready", "not ready, since `{name}` is not: {words}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use actix_web::rt::{System, time::sleep};

    use super::*;

    fn outcomes(findings: &Findings) -> Vec<(&str, Outcome)> {
        let findings = findings.iter();
        findings
            .map(|finding| (&*finding.name, finding.outcome))
            .collect()
    }

    #[test]
    fn checks_run_side_by_side_and_each_has_its_outcome() {
        let limit = Duration::from_millis(100);
        let slow = || async {
            sleep(Duration::from_millis(50)).await;
            Ok::<(), String>(())
        };
        let checks = Checks::new(Arc::new([
            Check::new("slow", limit, slow),
            Check::new("slow too", limit, slow),
            Check::new("wrong", limit, || async { Err("no database") }),
            Check::new("endless", limit, std::future::pending::<Result<(), String>>),
            Check::new("broken", limit, || async {
                panic!("a check that panics");
                #[expect(unreachable_code, reason = "says what the check would answer")]
                Ok::<(), String>(())
            }),
        ]));
        let begun = Instant::now();
        let findings = System::new().block_on(checks.findings());
        assert!(begun.elapsed() < Duration::from_secs(10));
        assert_eq!(
            outcomes(&findings),
            [
                ("slow", Outcome::Ok),
                ("slow too", Outcome::Ok),
                ("wrong", Outcome::Failed),
                ("endless", Outcome::Timeout),
                ("broken", Outcome::Panicked),
            ]
        );
        assert!(findings[0].us >= 50_000);
    }

    #[test]
    fn who_asks_within_a_second_is_told_the_same() {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let check = || async {
            RUNS.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(20)).await;
            Ok::<(), String>(())
        };
        let checks = Checks::new(Arc::new([Check::new("counted", PERIOD, check)]));
        System::new().block_on(async {
            futures_util::future::join(checks.findings(), checks.findings()).await;
            checks.findings().await;
            assert_eq!(RUNS.load(Ordering::Relaxed), 1);
            sleep(PERIOD).await;
            checks.findings().await;
            assert_eq!(RUNS.load(Ordering::Relaxed), 2);
        });
    }
}
