//! What is deployed: the service with its replicas, hosts, secrets and settings.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// The port of health and metrics in the container; only the networks of servers and monitoring reach it.
pub(super) const OPS_PORT: u16 = 9000;

/// A service as it is deployed: on one machine with Compose, or in Kubernetes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Deployment {
    /// The name of the Compose project and of the Kubernetes objects: a DNS label.
    pub name: String,
    /// The name of the image, without a tag.
    pub image: String,
    /// The tag of the image in Kubernetes, the version of the service.
    pub tag: String,
    /// The command that checks the health of a server, in its container.
    pub healthcheck: Vec<String>,
    /// What the environment variables of the service begin with, such as `BILLING_`.
    pub variables: String,
    /// The port of the API in the container.
    pub port: u16,
    /// The host names the service is reached by.
    pub hosts: Vec<String>,
    /// The servers on one machine, and the fewest in Kubernetes.
    pub replicas: u16,
    /// The most servers in Kubernetes.
    pub max_replicas: u16,
    /// The memory of a server in MiB.
    pub memory_mib: u32,
    /// The share of a processor that a server usually takes, in thousandths.
    pub cpu_millis: u32,
    /// The folder in the container that is kept when the server is replaced. With it there is one server.
    pub volume: Option<String>,
    /// TCP ports of other machines that the servers connect to, such as that of a database.
    pub connects: Vec<u16>,
    /// The format of the edge's own errors.
    pub errors: ErrorFormat,
    /// The secrets.
    pub secrets: Vec<Secret>,
    /// Settings of the servers by their key, such as `log.level`.
    pub settings: BTreeMap<String, String>,
}

/// A secret that the servers read from a file in `/run/secrets`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Secret {
    /// The name of the file.
    pub name: String,
    /// The setting that names the file, such as `database.url_file`.
    pub setting: String,
    /// Whether `up` generates the secret when it is missing.
    pub generate: bool,
}

/// The format of the errors that the edge itself responds with, such as 502 while no server runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ErrorFormat {
    /// `application/problem+json` (RFC 9457).
    #[default]
    Problem,
    /// `{"message": …}`, as Flask-Rebar has it.
    Message,
}

impl Deployment {
    /// Returns a setting of the servers as a number, or what it is unless set.
    pub(super) fn seconds(&self, key: &str, otherwise: u64) -> u64 {
        let set = self.settings.get(key).and_then(|it| it.parse().ok());
        set.unwrap_or(otherwise)
    }
}
