//! The app's own sections: `http` and `log`, with their defaults and ranges.

use std::{
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
};

use serde::{Deserialize, Deserializer, de::Error};

/// Section `http`: how the server listens and stops.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct HttpSettings {
    /// IP address and port to listen on, `127.0.0.1:8000` unless set. Port 0
    /// takes a free one, which is printed at start.
    #[serde(deserialize_with = "address")]
    pub bind: SocketAddr,
    /// Threads that serve requests, 1 to 1024; one for each processor core
    /// unless set.
    #[serde(deserialize_with = "workers")]
    pub workers: Option<NonZeroUsize>,
    /// Seconds that requests under way may take to end once the server has been
    /// told to stop (SIGTERM); 30 unless set.
    pub shutdown_timeout: u32,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 8000)),
            workers: None,
            shutdown_timeout: 30,
        }
    }
}

/// Section `log`: what is written to standard error.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LogSettings {
    /// Least level that is logged, or a filter by target in the syntax of
    /// `env_logger` (`warn,purlin::access=info`); `info` unless set. The
    /// environment variable `RUST_LOG` overrides it.
    #[serde(deserialize_with = "filter")]
    pub level: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
        }
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        D::Error::custom(format!(
            "expected an IP address and port such as 127.0.0.1:8000 or [::]:8000, found `{}`",
            text.escape_debug()
        ))
    })
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

fn filter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match crate::logging::check_filter(&text) {
        Ok(()) => Ok(text),
        Err(message) => Err(D::Error::custom(message)),
    }
}
