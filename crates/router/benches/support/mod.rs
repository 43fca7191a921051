//! Code that the benches share: a case is named on the command line and repeated in process, without sockets.
//!
//! `CASE ITERATIONS` repeats the case that often inside [`measured`] and ends; under
//! `valgrind --tool=callgrind --toggle-collect='*::measured'` the difference of two such runs, divided by the
//! difference of their iterations, is the instructions of one request, with neither set-up nor the making of the
//! requests in it. `--wall CASE` prints nanoseconds an iteration instead. Each bench defines its cases.

use std::{
    error::Error,
    future::{Future, poll_fn},
    hint::black_box,
    pin::pin,
    time::{Duration, Instant},
};

use actix_web::{
    body::MessageBody,
    dev::{Service, ServiceResponse},
    http::StatusCode,
    rt::{System, SystemRunner},
};

/// The result of a bench: an error if it cannot run.
pub(crate) type Fallible<T = ()> = Result<T, Box<dyn Error>>;

/// A case's name and what it does.
pub(crate) type Case = (&'static str, fn(&Bench) -> Fallible);

/// Iterations before anything is counted: pools filled, statics initialised.
const WARM_UP: usize = 64;

/// Rounds of a wall-clock measurement, and how long each lasts at least.
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(20);

/// How a case is repeated.
#[derive(Clone, Copy)]
enum Mode {
    /// A given number of times, for an instruction counter.
    Count(usize),
    /// Long enough for a clock.
    Wall,
}

/// Repeats the work of a case as the command line asks.
pub(crate) struct Bench {
    mode: Mode,
    runtime: SystemRunner,
}

/// Runs the case the command line names, or lists the cases when it names none.
pub(crate) fn main(cases: &[Case]) -> Fallible {
    // `cargo bench` adds --bench.
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (case, mode) = match args[..] {
        ["--wall", case] => (case, Mode::Wall),
        [case, iterations] => (case, Mode::Count(iterations.parse()?)),
        _ => {
            println!("CASE ITERATIONS | --wall CASE, where CASE is one of");
            cases.iter().for_each(|(name, _)| println!("  {name}"));
            return Ok(());
        }
    };
    let (_, run) = cases
        .iter()
        .find(|(name, _)| *name == case)
        .ok_or("no such case: start without arguments to see them all")?;
    run(&Bench {
        mode,
        runtime: System::new(),
    })
}

impl Bench {
    /// Serves `request()` repeatedly; every response must have the status `expected`.
    pub(crate) fn serve<S, B, R>(
        &self,
        service: impl Future<Output = S>,
        request: impl Fn() -> R,
        expected: StatusCode,
    ) -> Fallible
    where
        S: Service<R, Response = ServiceResponse<B>, Error = actix_web::Error>,
        B: MessageBody,
    {
        let service = self.runtime.block_on(service);
        self.rounds(|iterations| {
            let requests: Vec<R> = (0..iterations).map(|_| request()).collect();
            let (right, took) = measured(|| {
                self.runtime
                    .block_on(serve_all(&service, requests, expected))
            });
            if right == iterations {
                return Ok(took);
            }
            Err(format!(
                "{} of {iterations} responses did not have the status {expected}",
                iterations - right
            )
            .into())
        })
    }

    /// Calls `work` repeatedly.
    #[allow(
        dead_code,
        reason = "only the dispatch bench has work that is no request"
    )]
    pub(crate) fn repeat<T>(&self, work: impl Fn() -> T) -> Fallible {
        self.rounds(|iterations| {
            let ((), took) = measured(|| {
                for _ in 0..iterations {
                    black_box(work());
                }
            });
            Ok(took)
        })
    }

    /// Awaits `start()` repeatedly.
    #[allow(
        dead_code,
        reason = "only the dispatch bench starts services as its work"
    )]
    pub(crate) fn start<S, F: Future<Output = S>>(&self, start: impl Fn() -> F) -> Fallible {
        self.repeat(|| self.runtime.block_on(start()))
    }

    fn rounds(&self, round: impl Fn(usize) -> Fallible<Duration>) -> Fallible {
        let Mode::Count(iterations) = self.mode else {
            return wall(round);
        };
        round(WARM_UP.min(iterations))?;
        round(iterations)?;
        Ok(())
    }
}

/// Prints the fastest and the median round in nanoseconds an iteration.
fn wall(round: impl Fn(usize) -> Fallible<Duration>) -> Fallible {
    let mut iterations = 1;
    while round(iterations)? < ROUND && iterations < 1 << 16 {
        iterations *= 2;
    }
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        rounds.push(round(iterations)?.as_nanos() / iterations as u128);
    }
    rounds.sort_unstable();
    println!("{} {}", rounds[0], rounds[ROUNDS / 2]);
    Ok(())
}

/// The one function whose instructions are counted; its name is what `--toggle-collect` looks for.
#[inline(never)]
fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let made = work();
    (made, begin.elapsed())
}

/// Serves every request, reads every response body to its end as a connection would, and counts the expected statuses.
async fn serve_all<S, B, R>(service: &S, requests: Vec<R>, expected: StatusCode) -> usize
where
    S: Service<R, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let mut right = 0;
    for request in requests {
        let Ok(response) = service.call(request).await else {
            continue;
        };
        right += usize::from(response.status() == expected);
        let mut body = pin!(response.into_body());
        while let Some(chunk) = poll_fn(|context| body.as_mut().poll_next(context)).await {
            black_box(chunk.is_ok());
        }
    }
    right
}
