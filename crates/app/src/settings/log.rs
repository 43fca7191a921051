//! The section `log`: what is written to standard error.

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use super::{bounded::Bounded, log_filter::LogFilter};

/// The log on standard error.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct LogSettings {
    /// off, error, warn, info, debug or trace; or a filter by target in the
    /// syntax of `env_logger` such as `warn,purlin::access=info`. Each request
    /// is logged with target `purlin::access` at level info. The environment
    /// variable `RUST_LOG` overrides it.
    pub level: LogFilter,
    /// text, a line for people; or json, an object a line for machines.
    pub format: LogFormat,
    /// Records that may wait for standard error, of 512 bytes on average; on
    /// overflow they are dropped and counted. Logging never blocks requests.
    pub queue: Bounded<1, 1_000_000>,
}

/// The format of a record in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object per line.
    Json,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: LogFilter::default(),
            format: LogFormat::Text,
            queue: Bounded::of::<8192>(),
        }
    }
}
