//! The signals that stop the server, and the order in which it stops.
//!
//! ```text
//! SIGTERM   not ready, responses say `Connection: close`   for http.drain_delay seconds
//!           new connections are ignored, then refused      for a quarter of a second
//!           event streams end, handlers learn of it        at once: `purlin_router::extract::Shutdown`
//!           requests in progress end                       for at most http.shutdown_timeout seconds
//!           shutdown hooks run, resources are closed       the last one first
//!           exit 0
//! ```
//!
//! SIGINT skips the first two. A second signal stops the server at once. SIGHUP stops nothing: it reloads certificates, if
//! there are any. A signal during startup ends the startup.

use std::{io, task::Poll, time::Duration};

use actix_web::{
    dev::ServerHandle,
    rt::{
        signal::unix::{Signal, SignalKind, signal},
        time::sleep,
    },
};
use futures_util::future::{Either, select};

use crate::listen::ListenerHandles;

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Every accepted request had its time to end.
    Drained,
    /// A second signal cut off requests, hooks or the closing of resources.
    Forced,
}

/// A signal that stops the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// SIGTERM: drain first.
    Drain,
    /// SIGINT: stop at once.
    Now,
}

/// What happens during a shutdown, besides the end of the server.
pub(crate) struct ShutdownSteps<D, S> {
    /// Runs when the drain begins.
    pub(crate) draining: D,
    /// Runs when no connections are accepted any more.
    pub(crate) stopping: S,
    /// The time between the two.
    pub(crate) delay: Duration,
}

/// The handlers of SIGTERM, SIGINT and SIGHUP.
pub(crate) struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Installs the handlers; from here on the signals have no effect by themselves.
    pub(crate) fn install() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next signal that stops the server.
    pub(crate) async fn next(&mut self) -> Stop {
        std::future::poll_fn(|cx| {
            while let Poll::Ready(Some(())) = self.hangup.poll_recv(cx) {
                log::info!("SIGHUP: TLS certificates are reloaded; other settings need a restart");
            }
            if self.terminate.poll_recv(cx).is_ready() {
                return Poll::Ready(Stop::Drain);
            }
            self.interrupt.poll_recv(cx).map(|_| Stop::Now)
        })
        .await
    }

    /// Waits for a signal and stops the server.
    pub(crate) async fn shutdown_on_signal(
        &mut self,
        server: ServerHandle,
        listeners: ListenerHandles,
        steps: ShutdownSteps<impl FnOnce(), impl FnOnce()>,
    ) -> End {
        let ShutdownSteps {
            draining,
            stopping,
            delay,
        } = steps;
        let stop = self.next().await;
        draining();
        if stop == Stop::Now {
            log::info!("SIGINT: stopping at once");
            stopping();
            server.stop(false).await;
            return End::Drained;
        }
        log::info!(
            "SIGTERM: processing requests for {} s more, then waiting for those in progress",
            delay.as_secs()
        );
        let drain = async {
            sleep(delay).await;
            listeners.close().await;
            // Clients that reconnect now reach another server.
            stopping();
            server.stop(true).await;
        };
        match select(Box::pin(drain), Box::pin(self.next())).await {
            Either::Left(_) => End::Drained,
            Either::Right(_) => {
                log::warn!("a second signal: stopping with requests in progress");
                server.stop(false).await;
                End::Forced
            }
        }
    }
}
