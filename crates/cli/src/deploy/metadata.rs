//! The table `[package.metadata.purlin.deploy]` of a Cargo.toml.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::deployment::ErrorFormat;
use crate::service::{self, Table};

/// The name of the table.
pub(super) const TABLE: &str = "package.metadata.purlin.deploy";

/// What a service says about its deployment. Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Metadata {
    /// The name of the Compose project and of the Kubernetes objects.
    #[schemars(example = &"orders", extend("x-default" = "the name of the package"))]
    pub(super) name: Option<String>,
    /// Host names of the service; the edge rejects requests for others with 421.
    #[schemars(example = ["api.example.org"], extend("x-default" = "NAME.example"))]
    pub(super) hosts: Vec<String>,
    /// The servers on one machine, and the fewest pods.
    #[schemars(example = 2, extend("x-default" = "3; 1 with a volume"))]
    pub(super) replicas: Option<u16>,
    /// The most pods.
    #[schemars(example = 12, extend("x-default" = "four times `replicas`"))]
    pub(super) max_replicas: Option<u16>,
    /// MiB of memory of a server. `http.max_connections` and `limits.max_in_flight` follow, so that [what clients can make it
    /// hold](operating.md#limits-that-add-up) fits.
    #[schemars(example = 512, extend("x-default" = "256"))]
    pub(super) memory_mib: Option<u32>,
    /// Thousandths of a processor that a pod requests.
    #[schemars(example = 500, extend("x-default" = "250"))]
    pub(super) cpu_millis: Option<u32>,
    /// [A folder that is kept](#data-in-files) when the server is replaced; with it there is one server.
    #[schemars(example = &"/data", extend("x-default" = "none"))]
    pub(super) volume: Option<String>,
    /// TCP ports of other machines that the servers connect to, such as that of a database. Without any, they have no route to
    /// the outside.
    #[schemars(example = [5432], extend("x-default" = "none"))]
    pub(super) connects: Vec<u16>,
    /// The format of the edge's own errors, such as 502: `problem` (RFC 9457), or `message` for `{"message": …}`.
    #[schemars(example = &"message", extend("x-default" = "`problem`"))]
    pub(super) errors: ErrorFormat,
    /// Secrets by the name of their file: the `setting` that names the file, and whether `up` may `generate` the secret.
    #[schemars(example = example_secrets(), extend("x-default" = "none"))]
    pub(super) secrets: BTreeMap<String, Secret>,
    /// Settings of the service, in place of those that are rendered.
    #[schemars(example = json!({"log": {"level": "warn"}}), extend("x-default" = "none"))]
    pub(super) settings: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Secret {
    /// The setting that names the file of the secret.
    pub(super) setting: String,
    /// Whether a random text does, such as for a key of a client.
    #[serde(default)]
    pub(super) generate: bool,
}

impl Table for Metadata {}

fn example_secrets() -> Value {
    json!({"key": {"setting": "auth.keys.shop.file", "generate": true}})
}

/// Returns a table in Markdown of all keys, as docs/deploy.md has it.
pub fn metadata_table() -> String {
    service::markdown::<Metadata>()
}
