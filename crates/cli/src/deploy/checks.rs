//! What is wrong with the metadata of a deployment, beyond the types of its keys.

use super::deployment::{Deployment, OPS_PORT, Secret};

/// The least memory of a server, in MiB: below, the limits that fit it would be too low to be useful.
const LEAST_MEMORY: u32 = 128;

/// Settings that the deployment decides, and what to change in place of each.
const DECIDED: &[(&str, &str)] = &[
    ("http.bind", "set `port` in [package.metadata.purlin]"),
    ("ops.bind", "the operations port is always 9000"),
    (
        "proxies.trusted",
        "it is the network of the edge (INNER_NETWORK), or the ConfigMap of the overlay",
    ),
    ("replicas.count", "set `replicas` and `max_replicas`"),
];

/// Keys, each with its error and the remedy.
#[derive(Default)]
pub(super) struct MetadataErrors(pub(super) Vec<(String, String)>);

impl MetadataErrors {
    pub(super) fn add(&mut self, key: impl Into<String>, error: impl Into<String>) {
        self.0.push((key.into(), error.into()));
    }
}

impl Deployment {
    /// Adds every error.
    pub(super) fn check(&self, errors: &mut MetadataErrors) {
        if !is_label(&self.name) {
            let name = &self.name;
            errors.add(
                "name",
                format!("`{name}`: use at most 40 lower-case letters, digits and hyphens, beginning with a letter"),
            );
        }
        if self.port < 1024 || self.port == OPS_PORT {
            errors.add(
                "port",
                format!(
                    "is {} in [package.metadata.purlin]: use one from 1024 on, since the server has no privileges, and not \
                     {OPS_PORT}, the operations port",
                    self.port
                ),
            );
        }
        for host in self.hosts.iter().filter(|host| !is_host(host)) {
            errors.add(
                "hosts",
                format!("`{host}` is no host name such as api.example.org"),
            );
        }
        if self.replicas == 0 {
            errors.add("replicas", "use at least 1");
        }
        if self.max_replicas < self.replicas {
            errors.add(
                "max_replicas",
                format!(
                    "{} is below `replicas`, {}",
                    self.max_replicas, self.replicas
                ),
            );
        }
        if self.memory_mib < LEAST_MEMORY {
            errors.add("memory_mib", format!("use at least {LEAST_MEMORY}"));
        }
        if let Some(volume) = &self.volume {
            self.check_volume(volume, errors);
        }
        for secret in &self.secrets {
            secret.check(errors);
        }
        for (key, value) in &self.settings {
            if let Some(error) = setting_error(key, value) {
                errors.add(format!("settings.{key}"), error);
            }
        }
    }

    fn check_volume(&self, volume: &str, errors: &mut MetadataErrors) {
        let is_part = |part: &str| {
            !part.is_empty() && part != ".." && part.chars().all(|c| is_plain(c) || c == '.')
        };
        let path = volume.strip_prefix('/');
        if !path.is_some_and(|path| path.split('/').all(is_part)) {
            errors.add(
                "volume",
                format!("`{volume}`: use the absolute path of a folder, such as /data"),
            );
        }
        if self.max_replicas > 1 {
            errors.add(
                "volume",
                format!(
                    "up to {} servers cannot share its files: remove `replicas` and `max_replicas`, or keep the data in a \
                     database server, such as PostgreSQL with its URL as a secret, and remove `volume`",
                    self.max_replicas
                ),
            );
        }
    }
}

impl Secret {
    fn check(&self, errors: &mut MetadataErrors) {
        let Self { name, setting, .. } = self;
        let key = format!("secrets.{name}");
        if name.is_empty() || !name.chars().all(is_plain) {
            errors.add(
                &*key,
                "cannot be the name of a file and of a key in Kubernetes: use letters, digits, `-` and `_`",
            );
        }
        if !is_key(setting) || !(setting.ends_with("_file") || setting.ends_with(".file")) {
            errors.add(
                key,
                format!(
                    "`{setting}`: use the setting that names its file, such as database.url_file for the setting \
                     database.url, or auth.keys.NAME.file in a table of free names"
                ),
            );
        }
    }
}

/// Returns the error of a setting that is rendered as an environment variable.
fn setting_error(key: &str, value: &str) -> Option<String> {
    if let Some((_, remedy)) = DECIDED.iter().find(|(decided, _)| decided == &key) {
        return Some(format!("the deployment decides it: {remedy}"));
    }
    if !is_key(key) {
        return Some(
            "cannot be an environment variable: use lower-case letters, digits and underscores"
                .to_owned(),
        );
    }
    // Versions of Compose and kustomize differ in how they read these from a file of variables.
    let is_special = |c: char| matches!(c, '\'' | '"' | '$' | '#' | '\\') || c.is_control();
    if value.contains(is_special) || value.trim() != value {
        return Some(
            "has a quote, `$`, `#`, a backslash, a line end, or a space at its edge, which files of variables do not have: \
             read it from a file, as a secret"
                .to_owned(),
        );
    }
    None
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
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}
