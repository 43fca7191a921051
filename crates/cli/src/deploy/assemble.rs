//! From the metadata of a service to what is deployed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    checks::MetadataErrors,
    deployment::{Deployment, Secret},
    metadata::{Metadata, TABLE},
};
use crate::{Error, Result, Service, service::read};

impl Deployment {
    /// Describes the deployment of a service by its metadata, or returns every error of the metadata.
    ///
    /// # Errors
    /// Fails with one message that names each error and its remedy.
    pub fn of(service: &Service) -> Result<Self> {
        let metadata: Metadata = read(&service.manifest, TABLE, &service.deploy)?;
        let mut errors = MetadataErrors::default();
        let deployment = Self::assemble(service, metadata, &mut errors);
        deployment.check(&mut errors);
        match errors.0.is_empty() {
            true => Ok(deployment),
            false => Err(Error::Metadata {
                manifest: service.manifest.clone(),
                table: TABLE.to_owned(),
                errors: errors.0,
            }),
        }
    }

    fn assemble(service: &Service, metadata: Metadata, errors: &mut MetadataErrors) -> Self {
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
        let program = format!("/{}", service.short_name());
        let check = service.healthcheck.iter().flatten().cloned();
        if service.healthcheck.is_none() {
            errors.add(
                "healthcheck",
                "is empty in [package.metadata.purlin]: remove it there, since a server is replaced when the new one is healthy",
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
}

/// Writes nested tables as keys with dots, and values as environment variables have them.
fn flatten(
    path: &str,
    table: &Map<String, Value>,
    into: &mut BTreeMap<String, String>,
    errors: &mut MetadataErrors,
) {
    for (name, value) in table {
        let key = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        match value {
            Value::Object(table) => flatten(&key, table, into, errors),
            Value::Array(items) => {
                let texts: Vec<_> = items.iter().filter_map(text).collect();
                if texts.len() == items.len() && texts.iter().all(|it| !it.contains(',')) {
                    into.insert(key, texts.join(","));
                } else {
                    errors.add(
                        format!("settings.{key}"),
                        "a list of tables, or with commas in its items, cannot be an environment variable",
                    );
                }
            }
            value => {
                if let Some(text) = text(value) {
                    into.insert(key, text);
                }
            }
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Returns the name of a package as a DNS label.
fn label(package: &str) -> String {
    package.to_lowercase().replace('_', "-")
}
