//! What is deployed: the service with its replicas, hosts, secrets and settings.

use std::collections::BTreeMap;

use super::{edge::ErrorFormat, metadata::Metadata};
use crate::{Error, Result, Service};

/// The port of health and metrics in the container; only the networks of servers and monitoring reach it.
pub(super) const OPS_PORT: u16 = 9000;

/// The least memory of a server, in MiB: below, the limits that fit it would be too low to be useful.
const LEAST_MEMORY: u32 = 128;

/// Settings that the deployment decides, and what to change in place of each.
const DECIDED: &[(&str, &str)] = &[
    ("http.bind", "set `port` in [package.metadata.purlin]"),
    ("ops.bind", "the operations port is always 9000"),
    (
        "proxies.trusted",
        "it is the network of the edge, INNER_NETWORK, or the ConfigMap of the overlay",
    ),
    ("replicas.count", "set `replicas` and `max_replicas`"),
];

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

impl Deployment {
    /// Describes the deployment of a service by its metadata, or returns every mistake of the metadata.
    ///
    /// # Errors
    /// Fails with one message that names each mistake and its remedy.
    pub fn of(service: &Service) -> Result<Self> {
        let subject = || format!("[package.metadata.purlin.deploy] of {}", service.package);
        let metadata: Metadata = match &service.deploy {
            serde_json::Value::Null => Ok(Metadata::default()),
            table => serde_json::from_value(table.clone()),
        }
        .map_err(|error| Error::invalid(subject(), error))?;
        let mut errors = Vec::new();
        let deployment = Self::assemble(service, metadata, &mut errors);
        errors.extend(deployment.errors());
        match errors.as_slice() {
            [] => Ok(deployment),
            [error] => Err(Error::invalid(subject(), error)),
            errors => Err(Error::invalid(
                subject(),
                format!("{} mistakes\n  {}", errors.len(), errors.join("\n  ")),
            )),
        }
    }

    fn assemble(service: &Service, metadata: Metadata, errors: &mut Vec<String>) -> Self {
        let name = metadata.name.unwrap_or_else(|| label(&service.package));
        let replicas = metadata
            .replicas
            .unwrap_or(if metadata.volume.is_some() { 1 } else { 3 });
        let mut hosts = metadata.hosts;
        if hosts.is_empty() {
            hosts.push(format!("{name}.example"));
        }
        let secrets = metadata.secrets.into_iter().map(|(name, secret)| Secret {
            name,
            setting: secret.setting,
            generate: secret.generate,
        });
        let most = match metadata.volume {
            Some(_) => 1,
            None => replicas.saturating_mul(4),
        };
        let program = format!("/{}", service.image.rsplit('/').next().unwrap_or_default());
        let check = service.healthcheck.iter().flatten().cloned();
        if service.healthcheck.is_none() {
            errors.push(
                "`healthcheck` in [package.metadata.purlin] is empty: remove it, since a server is replaced when the new one is \
                 healthy"
                    .to_owned(),
            );
        }
        let mut settings = BTreeMap::new();
        flatten("", &metadata.settings, &mut settings, errors);
        Self {
            image: service.image.clone(),
            tag: service.version.clone(),
            healthcheck: [program].into_iter().chain(check).collect(),
            variables: service.variables.clone(),
            port: service.ports.first().copied().unwrap_or(8000),
            hosts,
            replicas,
            max_replicas: metadata.max_replicas.unwrap_or(most),
            memory_mib: metadata.memory_mib.unwrap_or(256),
            cpu_millis: metadata.cpu_millis.unwrap_or(250),
            volume: metadata.volume,
            connects: metadata.connects,
            errors: metadata.errors,
            secrets: secrets.collect(),
            settings,
            name,
        }
    }

    /// Returns the mistakes, each with its remedy.
    fn errors(&self) -> Vec<String> {
        let mut errors = Vec::new();
        if !is_label(&self.name) {
            errors.push(format!(
                "`name` is {:?}: use at most 40 lower-case letters, digits and hyphens, beginning with a letter",
                self.name
            ));
        }
        if self.port < 1024 || self.port == OPS_PORT {
            errors.push(format!(
                "the port is {}: use one from 1024 on, since the server has no privileges, and not {OPS_PORT}, the \
                 operations port",
                self.port
            ));
        }
        for host in self.hosts.iter().filter(|host| !is_host(host)) {
            errors.push(format!(
                "`hosts` has {host:?}, which is no host name such as api.example.org"
            ));
        }
        if self.replicas == 0 || self.max_replicas < self.replicas {
            errors.push(format!(
                "`replicas` is {} and `max_replicas` {}: use at least 1, and no fewer at most than at least",
                self.replicas, self.max_replicas
            ));
        }
        if self.memory_mib < LEAST_MEMORY {
            errors.push(format!(
                "`memory_mib` is {}: use at least {LEAST_MEMORY}",
                self.memory_mib
            ));
        }
        if let Some(volume) = &self.volume {
            errors.extend(self.volume_errors(volume));
        }
        for secret in &self.secrets {
            errors.extend(secret.error());
        }
        for (key, value) in &self.settings {
            errors.extend(setting_error(key, value));
        }
        errors
    }

    fn volume_errors(&self, volume: &str) -> Vec<String> {
        let mut errors = Vec::new();
        let is_path = |part: &str| !part.is_empty() && part.chars().all(is_plain);
        if !volume
            .strip_prefix('/')
            .is_some_and(|path| path.split('/').all(is_path))
        {
            errors.push(format!(
                "`volume` is {volume:?}: use the absolute path of a folder, such as /data"
            ));
        }
        if self.max_replicas > 1 {
            errors.push(format!(
                "there is a `volume` and up to {} servers, which cannot share its files: remove `replicas` and \
                 `max_replicas`, or keep the data in a database server, such as PostgreSQL with its URL as a secret, and \
                 remove `volume`",
                self.max_replicas
            ));
        }
        errors
    }

    /// Returns a setting of the servers as a number, or what it is unless set.
    pub(super) fn seconds(&self, key: &str, otherwise: u64) -> u64 {
        let set = self.settings.get(key).and_then(|it| it.parse().ok());
        set.unwrap_or(otherwise)
    }
}

impl Secret {
    fn error(&self) -> Option<String> {
        let Self { name, setting, .. } = self;
        if name.is_empty() || !name.chars().all(|c| is_plain(c) && c != '.') {
            return Some(format!(
                "the secret {name:?} cannot be the name of a file and of a Kubernetes key: use letters, digits, `-` and `_`"
            ));
        }
        if !is_key(setting) || !(setting.ends_with("_file") || setting.ends_with(".file")) {
            return Some(format!(
                "`setting` of the secret {name} is {setting:?}: use the setting that names its file, such as \
                 database.url_file for `url`, or greetings.api_keys.NAME.file in a table of free names"
            ));
        }
        None
    }
}

/// Returns the mistake of a setting that is rendered as an environment variable.
fn setting_error(key: &str, value: &str) -> Option<String> {
    if let Some((_, remedy)) = DECIDED.iter().find(|(decided, _)| decided == &key) {
        return Some(format!("the deployment decides `settings.{key}`: {remedy}"));
    }
    if !is_key(key) {
        return Some(format!(
            "`settings.{key}` cannot be an environment variable: use lower-case letters, digits and underscores"
        ));
    }
    // Versions of Compose and kustomize differ in how they read these from a file of variables.
    let is_special = |c: char| matches!(c, '\'' | '"' | '$' | '#' | '\\') || c.is_control();
    if value.contains(is_special) || value.trim() != value {
        return Some(format!(
            "`settings.{key}` has a quote, `$`, `#`, a backslash, a line end, or a space at its edge, which files of \
             variables do not have: read it from a file, as a secret"
        ));
    }
    None
}

/// Writes nested tables as keys with dots, and values as environment variables have them.
fn flatten(
    path: &str,
    table: &toml::Table,
    into: &mut BTreeMap<String, String>,
    errors: &mut Vec<String>,
) {
    for (name, value) in table {
        let key = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        match value {
            toml::Value::Table(table) => flatten(&key, table, into, errors),
            toml::Value::Array(items) => {
                let texts: Option<Vec<_>> = items.iter().map(text).collect();
                match texts {
                    Some(texts) if texts.iter().all(|it| !it.contains(',')) => {
                        into.insert(key, texts.join(","));
                    }
                    _ => errors.push(format!(
                        "`settings.{key}` is a list that an environment variable cannot have: its items are separated by \
                         commas"
                    )),
                }
            }
            value => match text(value) {
                Some(text) => drop(into.insert(key, text)),
                None => errors.push(format!("`settings.{key}` is a date: write it as a text")),
            },
        }
    }
}

fn text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Returns the name of a package as a DNS label.
fn label(package: &str) -> String {
    package.to_lowercase().replace('_', "-")
}

/// Names of objects have suffixes, and 63 characters at most.
fn is_label(name: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.chars().all(is_legal)
}

fn is_host(host: &str) -> bool {
    let is_part = |part: &str| {
        let is_legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !part.is_empty() && part.len() <= 63 && part.chars().all(is_legal) && !part.starts_with('-')
    };
    host.len() <= 253 && host.split('.').all(is_part)
}

fn is_key(key: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_part = |part: &str| !part.is_empty() && part.chars().all(is_legal);
    key.contains('.') && key.split('.').all(is_part)
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}
