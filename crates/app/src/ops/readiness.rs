//! Readiness checks: what API crates declare as needed to serve requests, run when `/readyz` is requested.

use std::{
    cell::RefCell,
    fmt,
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use actix_web::rt::{self, time::timeout};
use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};

/// How long results are reused.
const PERIOD: Duration = Duration::from_secs(1);

type CheckFuture = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// A readiness check.
#[derive(Clone)]
pub(crate) struct ReadinessCheck {
    name: Arc<str>,
    timeout: Duration,
    run: Arc<dyn Fn() -> CheckFuture + Send + Sync>,
}

impl ReadinessCheck {
    pub(crate) fn new<F, R, E>(name: &str, timeout: Duration, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + 'static,
        E: fmt::Display,
    {
        Self {
            name: name.into(),
            timeout,
            run: Arc::new(move || {
                let check = check();
                Box::pin(async move { check.await.map_err(|error| error.to_string()) })
            }),
        }
    }
}

/// The readiness as it was last determined, for the metrics. Those that determine it run on one thread, and it is read by any.
#[derive(Debug, Default)]
pub(super) struct LatestReadiness(Mutex<Readiness>);

/// Whether the server is ready, and which of its checks succeed.
#[derive(Clone, Debug, Default)]
pub(super) struct Readiness {
    pub(super) is_ready: bool,
    pub(super) checks: Vec<(Arc<str>, bool)>,
}

impl LatestReadiness {
    /// Notes the readiness. Without results the checks did not run, and their last results stay.
    pub(super) fn set(&self, is_ready: bool, results: Option<&CheckResults>) {
        let mut latest = self.locked();
        latest.is_ready = is_ready;
        if let Some(results) = results {
            let results = results.iter();
            let results = results.map(|it| (Arc::clone(&it.name), it.status == CheckStatus::Ok));
            latest.checks = results.collect();
        }
    }

    pub(super) fn get(&self) -> Readiness {
        self.locked().clone()
    }

    fn locked(&self) -> MutexGuard<'_, Readiness> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckStatus {
    Ok,
    Failed,
    Timeout,
    Panicked,
}

impl CheckStatus {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
            Self::Panicked => "panicked",
        }
    }
}

/// The result of a check.
#[derive(Clone, Debug)]
pub(super) struct CheckResult {
    pub(super) name: Arc<str>,
    pub(super) status: CheckStatus,
    /// How long it took, in microseconds.
    pub(super) us: u128,
}

type CheckResults = Rc<[CheckResult]>;

/// All checks and their latest results. Belongs to the one thread of the operations port.
pub(super) struct ReadinessChecks {
    checks: Arc<[ReadinessCheck]>,
    latest: RefCell<Option<Round>>,
    /// The outcomes of the last round that ended, so that only changes are logged.
    logged: Rc<RefCell<Vec<CheckStatus>>>,
}

struct Round {
    started: Instant,
    results: Shared<LocalBoxFuture<'static, CheckResults>>,
}

impl ReadinessChecks {
    pub(super) fn new(checks: Arc<[ReadinessCheck]>) -> Self {
        let logged = vec![CheckStatus::Ok; checks.len()];
        Self {
            checks,
            latest: RefCell::default(),
            logged: Rc::new(RefCell::new(logged)),
        }
    }

    /// Returns the results of the checks, which are run unless they are running or have just run.
    pub(super) async fn results(&self) -> CheckResults {
        let results = {
            let mut latest = self.latest.borrow_mut();
            match latest.as_ref().filter(|round| self.is_fresh(round)) {
                Some(round) => round.results.clone(),
                None => {
                    let started = Instant::now();
                    let results = self.start();
                    let round = latest.insert(Round { started, results });
                    round.results.clone()
                }
            }
        };
        results.await
    }

    fn is_fresh(&self, round: &Round) -> bool {
        let lifetime = if round.results.peek().is_some() {
            PERIOD
        } else {
            // The request that started it may be gone, and nothing polls it then.
            let timeouts = self.checks.iter().map(|check| check.timeout);
            timeouts.max().unwrap_or_default().max(PERIOD)
        };
        round.started.elapsed() < lifetime
    }

    /// Starts a round. Each check is a task of its own: it continues when the client disconnects, and a panic affects no
    /// other check.
    fn start(&self) -> Shared<LocalBoxFuture<'static, CheckResults>> {
        let running: Vec<_> = self
            .checks
            .iter()
            .map(|check| (Arc::clone(&check.name), rt::spawn(run(check.clone()))))
            .collect();
        let logged = Rc::clone(&self.logged);
        let round = async move {
            let mut results = Vec::with_capacity(running.len());
            for (nth, (name, running)) in running.into_iter().enumerate() {
                let (status, message, us) = match running.await {
                    Ok(result) => result,
                    Err(_) => (CheckStatus::Panicked, "it panicked".to_owned(), 0),
                };
                if let Some(logged) = logged.borrow_mut().get_mut(nth) {
                    log_change(&name, *logged, status, &message);
                    *logged = status;
                }
                results.push(CheckResult { name, status, us });
            }
            CheckResults::from(results)
        };
        round.boxed_local().shared()
    }
}

async fn run(check: ReadinessCheck) -> (CheckStatus, String, u128) {
    let started = Instant::now();
    let (status, message) = match timeout(check.timeout, (check.run)()).await {
        Ok(Ok(())) => (CheckStatus::Ok, String::new()),
        Ok(Err(message)) => (CheckStatus::Failed, message),
        Err(_) => {
            let message = format!("it took longer than {} ms", check.timeout.as_millis());
            (CheckStatus::Timeout, message)
        }
    };
    (status, message, started.elapsed().as_micros())
}

fn log_change(name: &str, before: CheckStatus, now: CheckStatus, message: &str) {
    match (before, now) {
        (CheckStatus::Ok, CheckStatus::Ok) => {}
        (_, CheckStatus::Ok) => {
            log::info!(target: "purlin::ready", "the readiness check `{name}` succeeds again")
        }
        (before, now) if before == now => {}
        _ => {
            log::warn!(target: "purlin::ready", "not ready: the readiness check `{name}` failed: {message}")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use actix_web::rt::{System, time::sleep};

    use super::*;

    fn statuses(results: &CheckResults) -> Vec<(&str, CheckStatus)> {
        let results = results.iter();
        results
            .map(|result| (&*result.name, result.status))
            .collect()
    }

    #[test]
    fn checks_run_concurrently_and_each_has_its_own_result() {
        let limit = Duration::from_millis(100);
        let slow = || async {
            sleep(Duration::from_millis(50)).await;
            Ok::<(), String>(())
        };
        let checks = ReadinessChecks::new(Arc::new([
            ReadinessCheck::new("slow", limit, slow),
            ReadinessCheck::new("slow too", limit, slow),
            ReadinessCheck::new("wrong", limit, || async { Err("no database") }),
            ReadinessCheck::new("endless", limit, std::future::pending::<Result<(), String>>),
            ReadinessCheck::new("broken", limit, || async {
                panic!("a check that panics");
                #[expect(unreachable_code, reason = "names the result type of the check")]
                Ok::<(), String>(())
            }),
        ]));
        let started = Instant::now();
        let results = System::new().block_on(checks.results());
        assert!(started.elapsed() < Duration::from_secs(10));
        assert_eq!(
            statuses(&results),
            [
                ("slow", CheckStatus::Ok),
                ("slow too", CheckStatus::Ok),
                ("wrong", CheckStatus::Failed),
                ("endless", CheckStatus::Timeout),
                ("broken", CheckStatus::Panicked),
            ]
        );
        assert!(results[0].us >= 50_000);
    }

    #[test]
    fn results_are_reused_for_a_second() {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let check = || async {
            RUNS.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(20)).await;
            Ok::<(), String>(())
        };
        let checks =
            ReadinessChecks::new(Arc::new([ReadinessCheck::new("counted", PERIOD, check)]));
        System::new().block_on(async {
            futures_util::future::join(checks.results(), checks.results()).await;
            checks.results().await;
            assert_eq!(RUNS.load(Ordering::Relaxed), 1);
            sleep(PERIOD).await;
            checks.results().await;
            assert_eq!(RUNS.load(Ordering::Relaxed), 2);
        });
    }
}
