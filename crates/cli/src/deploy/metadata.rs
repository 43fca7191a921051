//! The table `[package.metadata.purlin.deploy]` of a Cargo.toml.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::edge::ErrorFormat;

/// What a service says about its deployment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Metadata {
    /// The name of the project and of the objects.
    pub(super) name: Option<String>,
    /// The host names the service is reached by.
    pub(super) hosts: Vec<String>,
    pub(super) replicas: Option<u16>,
    pub(super) max_replicas: Option<u16>,
    pub(super) memory_mib: Option<u32>,
    pub(super) cpu_millis: Option<u32>,
    /// The folder that is kept when the server is replaced.
    pub(super) volume: Option<String>,
    /// TCP ports of other machines that the servers connect to.
    pub(super) connects: Vec<u16>,
    /// The format of the edge's own errors.
    pub(super) errors: ErrorFormat,
    /// The secrets by the name of their file.
    pub(super) secrets: BTreeMap<String, Secret>,
    /// Settings of the servers.
    pub(super) settings: toml::Table,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Secret {
    /// The setting that names the file of the secret.
    pub(super) setting: String,
    /// Whether a random text does, such as for a key of a client.
    #[serde(default)]
    pub(super) generate: bool,
}
