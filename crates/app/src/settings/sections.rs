//! The app's own sections: `http` and `log`, with their defaults and ranges.

use std::num::NonZeroUsize;

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::{
    bind::{self, Bind},
    checked,
};

const DEFAULT_QUEUE: NonZeroUsize = match NonZeroUsize::new(8192) {
    Some(lines) => lines,
    None => NonZeroUsize::MIN,
};

/// How the server listens and stops.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct HttpSettings {
    /// Where to listen. An IP address and port: port 0 takes a free one and
    /// prints it, 0.0.0.0 or `[::]` listens on every address of the machine.
    /// Or unix:/run/purlin.sock, a Unix socket; or systemd, which has opened
    /// the sockets (LISTEN_FDS).
    #[schemars(with = "String")]
    pub bind: Bind,
    /// Who may connect to a Unix socket, as the permissions of its file: its
    /// owner and group, unless set.
    #[serde(with = "bind::mode")]
    #[schemars(with = "String")]
    pub socket_mode: u32,
    /// Threads that serve requests, 1 to 1024; one for each processor core
    /// unless set.
    #[serde(deserialize_with = "workers")]
    #[schemars(range(min = 1, max = 1024))]
    pub workers: Option<NonZeroUsize>,
    /// Seconds the server goes on answering after it has been told to stop
    /// (SIGTERM), while whoever sends requests learns of it: it is not ready any
    /// more, and answers say `Connection: close`.
    pub drain_delay: u32,
    /// Seconds that requests under way may take to end once the server has been
    /// told to stop (SIGTERM) and the drain delay is over.
    pub shutdown_timeout: u32,
    /// Seconds a client may take to send the head of a request; 0 means without
    /// end. A body is limited by limits.request_timeout.
    #[serde(deserialize_with = "checked::whole::<_, 0, 3_600>")]
    #[schemars(range(max = 3_600))]
    pub head_timeout: u32,
    /// Seconds a connection that ends may take to send what is left; 0 means
    /// without end.
    #[serde(deserialize_with = "checked::whole::<_, 0, 3_600>")]
    #[schemars(range(max = 3_600))]
    pub disconnect_timeout: u32,
    /// Seconds a connection may wait for its next request; 0 closes it after
    /// the first. Longer than that of a proxy in front, so that it is the proxy
    /// who closes, and never one who has just sent a request.
    #[serde(deserialize_with = "checked::whole::<_, 0, 3_600>")]
    #[schemars(range(max = 3_600))]
    pub keep_alive: u32,
    /// Connections each thread has open at most; others wait in the kernel.
    #[serde(deserialize_with = "checked::whole::<_, 1, 1_000_000>")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_connections: u32,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            bind: Bind::default(),
            socket_mode: 0o660,
            workers: None,
            drain_delay: 3,
            shutdown_timeout: 30,
            head_timeout: 5,
            disconnect_timeout: 5,
            keep_alive: 75,
            max_connections: 25_000,
        }
    }
}

/// What is written to standard error.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct LogSettings {
    /// off, error, warn, info, debug or trace; or a filter by target in the
    /// syntax of `env_logger` such as `warn,purlin::access=info`. Each request
    /// is one line of target `purlin::access` at level info. The environment
    /// variable `RUST_LOG` overrides it.
    #[serde(deserialize_with = "filter")]
    #[schemars(with = "String")]
    pub level: String,
    /// text, a line for people; or json, an object a line for machines.
    pub format: LogFormat,
    /// Lines that may wait for standard error, 1 to 1000000. One more is dropped
    /// and counted: no request waits for the log.
    #[serde(deserialize_with = "queue")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub queue: NonZeroUsize,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: an object a line.
    Json,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Text,
            queue: DEFAULT_QUEUE,
        }
    }
}

fn workers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NonZeroUsize>, D::Error> {
    let workers = u32::deserialize(deserializer)?;
    // Each worker is a thread with a socket queue of its own; a thousand of
    // them is a slip of the key.
    match usize::try_from(workers).ok().and_then(NonZeroUsize::new) {
        Some(workers) if workers.get() <= 1024 => Ok(Some(workers)),
        _ => Err(D::Error::custom(format!(
            "expected 1 to 1024 threads, found `{workers}`"
        ))),
    }
}

fn queue<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NonZeroUsize, D::Error> {
    let lines = u32::deserialize(deserializer)?;
    match usize::try_from(lines).ok().and_then(NonZeroUsize::new) {
        Some(lines) if lines.get() <= 1_000_000 => Ok(lines),
        _ => Err(D::Error::custom(format!(
            "expected 1 to 1000000 lines, found `{lines}`"
        ))),
    }
}

fn filter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match super::log_filter::check_filter(&text) {
        Ok(()) => Ok(text),
        Err(message) => Err(D::Error::custom(message)),
    }
}
