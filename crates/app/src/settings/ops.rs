//! The section `ops`: the operations port.

use std::net::{Ipv4Addr, SocketAddr};

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{bounded::Bounded, duration_buckets::DurationBuckets, values::socket_address};

/// The operations port: health, readiness and metrics, apart from the API.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct OpsSettings {
    /// IP address and port of health, readiness and metrics, or off. It needs no
    /// credentials: do not expose it to the outside. Port 0 takes a free port and
    /// prints it.
    #[serde(deserialize_with = "address", serialize_with = "written")]
    #[schemars(with = "String")]
    pub bind: Option<SocketAddr>,
    /// Seconds without a heartbeat after which a worker thread counts as blocked
    /// by a handler: the server is then not ready, and not alive once all threads
    /// are blocked. 0 turns the check off.
    pub stuck_after: Bounded<0, 86_400>,
    /// Upper bounds of the buckets of the histogram of durations, in seconds,
    /// ascending; at most 32. Each operation has a series for each bucket.
    pub duration_buckets: DurationBuckets,
}

impl Default for OpsSettings {
    fn default() -> Self {
        Self {
            bind: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 9000))),
            stuck_after: Bounded::of::<30>(),
            duration_buckets: DurationBuckets::default(),
        }
    }
}

const OFF: &str = "off";

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == OFF {
        return Ok(None);
    }
    let expected = "an IP address and port such as 127.0.0.1:9000 or [::]:9000, or off";
    socket_address(&text, expected).map(Some)
}

#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn written<S: Serializer>(bind: &Option<SocketAddr>, serializer: S) -> Result<S::Ok, S::Error> {
    match bind {
        Some(address) => serializer.collect_str(address),
        None => serializer.serialize_str(OFF),
    }
}
