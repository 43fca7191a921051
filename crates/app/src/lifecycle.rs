//! From start to end: what runs before the first request and after the last, and how the server is told to stop.
//!
//! ```text
//! SIGTERM   not ready, answers say `Connection: close`     for drain_delay seconds
//!           new connections are refused                    for a quarter of a second
//!           requests under way end                         for at most shutdown_timeout seconds
//!           what was registered with `on_stop`             the latest first
//!           exit 0
//! ```
//!
//! SIGINT does without the first two. A second signal ends the server at once. SIGHUP ends nothing: certificates are read
//! anew at it, where there are any.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use actix_web::{
    dev::ServerHandle,
    rt::{
        signal::unix::{Signal, SignalKind, signal},
        time::{sleep, timeout},
    },
};

use crate::listen::Doors;

/// What an API crate does at start or at the end.
pub(crate) struct Hook {
    pub(crate) name: String,
    pub(crate) run: Box<dyn FnOnce() -> HookFuture>,
}

type HookFuture = Pin<Box<dyn Future<Output = Result<(), String>>>>;

impl Hook {
    pub(crate) fn new<F, R, E>(name: &str, run: F) -> Self
    where
        F: FnOnce() -> R + 'static,
        R: Future<Output = Result<(), E>> + 'static,
        E: std::fmt::Display,
    {
        Self {
            name: name.to_owned(),
            run: Box::new(move || {
                let future = run();
                Box::pin(async move { future.await.map_err(|error| error.to_string()) })
            }),
        }
    }
}

/// Runs what has to be done before the first request, in order, up to the first that fails.
pub(crate) async fn start(hooks: Vec<Hook>) -> Result<(), String> {
    for hook in hooks {
        let Hook { name, run } = hook;
        run()
            .await
            .map_err(|error| format!("`{name}` could not be started: {error}"))?;
    }
    Ok(())
}

/// Runs what has to be done after the last request, the latest first; what fails or takes too long is logged.
pub(crate) async fn stop(hooks: Vec<Hook>, each: Duration) {
    for hook in hooks.into_iter().rev() {
        let Hook { name, run } = hook;
        match timeout(each, run()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log::error!("`{name}` could not be stopped: {error}"),
            Err(_) => log::error!("`{name}` was not stopped within {} s", each.as_secs()),
        }
    }
}

/// Where the server is in its life: written by the life cycle, read by whoever answers for the server.
#[derive(Debug, Default)]
pub(crate) struct Phase(AtomicU8);

/// The parts of that life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// What has to be done before the first request is being done.
    Starting,
    /// Requests are answered.
    Ready,
    /// Requests are answered, but the server was told to stop.
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

    /// Whether the server was told to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.state() == State::Draining
    }

    /// Requests are answered from now on.
    pub(crate) fn ready(&self) {
        // Who was told to stop does not become ready again: then nothing changes here.
        let (relaxed, phase) = (Ordering::Relaxed, &self.0);
        let _ = phase.compare_exchange(STARTING, READY, relaxed, relaxed);
    }

    fn drain(&self) {
        self.0.store(DRAINING, Ordering::Relaxed);
    }
}

/// How the end came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Every request that was let in had its time to end.
    Drained,
    /// A second signal did not wait for them.
    Forced,
}

/// The signals that end the server, and the one that by itself would.
pub(crate) struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From here on the signals do nothing by themselves.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The next signal that ends the server; whether it asks to let requests end.
    async fn next(&mut self) -> bool {
        use std::task::Poll;
        std::future::poll_fn(|cx| {
            while let Poll::Ready(Some(())) = self.hangup.poll_recv(cx) {
                log::info!(
                    "SIGHUP: what is read anew are certificates; settings are at the next start"
                );
            }
            if self.terminate.poll_recv(cx).is_ready() {
                return Poll::Ready(true);
            }
            self.interrupt.poll_recv(cx).map(|_| false)
        })
        .await
    }

    /// Waits for a signal and stops the server.
    pub(crate) async fn obey(
        mut self,
        server: ServerHandle,
        doors: Doors,
        phase: &Phase,
        delay: Duration,
    ) -> End {
        let is_patient = self.next().await;
        phase.drain();
        if !is_patient {
            log::info!("SIGINT: stopping at once");
            server.stop(false).await;
            return End::Drained;
        }
        log::info!(
            "SIGTERM: answering for {} s more, then letting requests end",
            delay.as_secs()
        );
        let forced = {
            let drained = async {
                sleep(delay).await;
                doors.close().await;
                server.stop(true).await;
            };
            first(drained, self.next()).await
        };
        if forced {
            log::warn!("a second signal: stopping with requests under way");
            server.stop(false).await;
            return End::Forced;
        }
        End::Drained
    }
}

/// Whether the second future was done before the first.
async fn first(one: impl Future<Output = ()>, other: impl Future<Output = bool>) -> bool {
    let mut one = std::pin::pin!(one);
    let mut other = std::pin::pin!(other);
    std::future::poll_fn(|cx| {
        use std::task::Poll;
        if one.as_mut().poll(cx).is_ready() {
            return Poll::Ready(false);
        }
        other.as_mut().poll(cx).map(|_| true)
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use actix_web::rt::System;

    use super::*;

    fn noting(name: &'static str, notes: &Rc<RefCell<Vec<&'static str>>>, fails: bool) -> Hook {
        let notes = Rc::clone(notes);
        Hook::new(name, move || async move {
            notes.borrow_mut().push(name);
            match fails {
                true => Err("no database"),
                false => Ok(()),
            }
        })
    }

    #[test]
    fn hooks_run_in_order_at_start_and_stop_at_the_first_that_fails() {
        let notes = Rc::default();
        let hooks = vec![
            noting("pool", &notes, false),
            noting("mail", &notes, true),
            noting("never", &notes, false),
        ];
        let outcome = System::new().block_on(start(hooks));
        assert_eq!(
            outcome,
            Err("`mail` could not be started: no database".to_owned())
        );
        assert_eq!(*notes.borrow(), ["pool", "mail"]);
    }

    #[test]
    fn hooks_run_backwards_at_the_end_and_none_holds_up_the_others() {
        let notes = Rc::default();
        let endless = Hook::new("endless", std::future::pending::<Result<(), String>>);
        let hooks = vec![
            noting("pool", &notes, false),
            endless,
            noting("mail", &notes, true),
        ];
        System::new().block_on(stop(hooks, Duration::from_millis(20)));
        assert_eq!(*notes.borrow(), ["mail", "pool"]);
    }
}
