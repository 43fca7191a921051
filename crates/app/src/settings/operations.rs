//! The section `ops`: where the server tells how it is.

use std::net::{Ipv4Addr, SocketAddr};

use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::checked::{self, socket_address};

/// The operations port: health, readiness and metrics, apart from the API.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct OpsSettings {
    /// IP address and port that health, readiness and metrics are served at, or
    /// off. Whoever reaches it needs no key: keep it from the outside. Port 0
    /// takes a free one and prints it.
    #[serde(deserialize_with = "address", serialize_with = "written")]
    #[schemars(with = "String")]
    pub bind: Option<SocketAddr>,
    /// Seconds without a sign of a thread that serves requests until it is taken
    /// for stuck, at most 86400: a handler blocks it. The server is not ready
    /// then, and not alive once all are stuck. 0 takes none for it.
    #[serde(deserialize_with = "checked::whole::<_, 0, 86_400>")]
    pub stuck_after: u32,
}

impl Default for OpsSettings {
    fn default() -> Self {
        Self {
            bind: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 9000))),
            stuck_after: 30,
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
