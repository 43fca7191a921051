//! The section `replicas`: how many processes serve the same clients.

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use super::bounded::Bounded;

/// The other processes that serve the same clients.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ReplicaSettings {
    /// Processes that serve the same clients, with this one; the largest number
    /// if an autoscaler decides.
    pub count: Bounded<1, 10_000>,
    /// With several replicas, what is kept in the memory of each applies to one of
    /// them: rate limits are multiplied, and an idempotency key that reaches
    /// another replica is executed again. warn logs that at startup, error
    /// rejects the settings.
    pub in_memory_state: InMemoryState,
}

/// What happens if replicas keep state in memory that they should share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum InMemoryState {
    /// A line of the log at startup.
    #[default]
    Warn,
    /// An error of the settings.
    Error,
}

impl Default for ReplicaSettings {
    fn default() -> Self {
        Self {
            count: Bounded::of::<1>(),
            in_memory_state: InMemoryState::Warn,
        }
    }
}
