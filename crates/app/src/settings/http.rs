//! The section `http`: where the server listens, its connections, and how it stops.

use std::{num::NonZeroUsize, thread};

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use super::{
    bind::{self, Bind},
    bounded::Bounded,
};

/// Listening, connections and shutdown.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct HttpSettings {
    /// Where to listen: an IP address and port, unix:/run/purlin.sock for a Unix
    /// socket, or systemd for the sockets systemd has opened (LISTEN_FDS). Port 0
    /// takes a free port and prints it; use 0.0.0.0 or `[::]` to listen on all
    /// addresses.
    #[schemars(with = "String")]
    pub bind: Bind,
    /// Permissions of the Unix socket's file, in octal digits. By default its
    /// owner and group may connect.
    #[serde(with = "bind::mode")]
    #[schemars(with = "String")]
    pub socket_mode: u32,
    /// Worker threads. By default one for each processor core.
    pub workers: Option<Bounded<1, 1024>>,
    /// Seconds during which requests are still accepted after SIGTERM, while the
    /// server is not ready and responses say `Connection: close`, so that load
    /// balancers stop sending requests.
    pub drain_delay: Bounded<0, 86_400>,
    /// Seconds that requests in progress may take to end after SIGTERM and the
    /// drain delay. Each shutdown hook and each resource that is closed may take
    /// as long.
    pub shutdown_timeout: Bounded<0, 86_400>,
    /// Seconds in which a client has to send the head of a request; 0 for no
    /// limit. limits.request_timeout covers the body.
    pub head_timeout: Bounded<0, 3_600>,
    /// Seconds in which a client that receives a response has to receive some
    /// of it; 0 for no limit.
    pub send_timeout: Bounded<0, 3_600>,
    /// Seconds in which a closing connection has to send what is left; 0 for no
    /// limit.
    pub disconnect_timeout: Bounded<0, 3_600>,
    /// Seconds an idle connection is kept open; 0 closes it after the first
    /// response. Use more than the proxy in front does, so that the proxy closes
    /// idle connections and never sends a request on one that is being closed.
    pub keep_alive: Bounded<0, 3_600>,
    /// Open connections of the whole process, shared by its worker threads;
    /// further ones wait in the kernel. `config limits` prints the memory that
    /// they may take.
    pub max_connections: Bounded<1, 1_000_000>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            bind: Bind::default(),
            socket_mode: 0o660,
            workers: None,
            drain_delay: Bounded::of::<3>(),
            shutdown_timeout: Bounded::of::<30>(),
            head_timeout: Bounded::of::<5>(),
            send_timeout: Bounded::of::<30>(),
            disconnect_timeout: Bounded::of::<5>(),
            keep_alive: Bounded::of::<75>(),
            max_connections: Bounded::of::<2048>(),
        }
    }
}

impl HttpSettings {
    /// Returns the number of worker threads.
    pub(crate) fn worker_count(&self) -> usize {
        match self.workers {
            Some(count) => count.to_usize(),
            None => thread::available_parallelism().map_or(2, NonZeroUsize::get),
        }
    }

    /// Returns the share of the connections that each worker thread has.
    pub(crate) fn connections_per_worker(&self) -> usize {
        self.max_connections
            .to_usize()
            .div_ceil(self.worker_count())
    }

    /// Returns the most connections of all worker threads, each of which may have one.
    pub(crate) fn connections(&self) -> usize {
        self.connections_per_worker() * self.worker_count()
    }
}
