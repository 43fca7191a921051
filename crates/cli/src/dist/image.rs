//! The image of a service: one layer with the executable and the names of its user. It has no shell, no libraries and no
//! certificates.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::options::Plan;
use crate::{
    Error, Result,
    build::Binary,
    oci::{Entry, Image, Layer, rfc3339},
};

/// An unprivileged user; a number, so that Kubernetes can check that it is not root.
const USER: &str = "65532:65532";

const SECOND: u64 = 1_000_000_000;

pub(super) fn image(plan: &Plan<'_>, binary: &Binary) -> Result<Image> {
    let program = plan.short_name();
    let passwd = "nonroot:x:65532:65532::/nonexistent:/sbin/nologin\n";
    let mut entries = BTreeMap::from([
        ("etc/passwd".to_owned(), Entry::file(0o644, passwd)),
        (
            "etc/group".to_owned(),
            Entry::file(0o644, "nonroot:x:65532:\n"),
        ),
        (program.to_owned(), Entry::file(0o755, binary.bytes.clone())),
    ]);
    if let Some(volume) = volume(plan) {
        // What is mounted there gets these permissions: only the user of the image runs in the container.
        entries.insert(volume, Entry::Folder { mode: 0o777 });
    }
    let layer = Layer::new(entries, plan.commit.epoch);
    Ok(Image {
        platform: binary.platform,
        layers: vec![layer.map_err(|error| Error::invalid("the layer", error))?],
        run: run(program, plan),
        labels: labels(plan),
        epoch: plan.commit.epoch,
    })
}

/// Returns the path of the folder that a deployment keeps, without a leading slash.
fn volume(plan: &Plan<'_>) -> Option<String> {
    let volume = plan.service.deploy["volume"]
        .as_str()
        .filter(|_| plan.is_built())?;
    Some(volume.trim_matches('/').to_owned()).filter(|path| !path.is_empty())
}

/// Returns the run configuration. An executable that was given has no known settings and no known health check.
fn run(program: &str, plan: &Plan<'_>) -> Value {
    let mut run = json!({
        "User": USER,
        "Entrypoint": [format!("/{program}")],
        "StopSignal": "SIGTERM",
    });
    let service = plan.service;
    let ports = match plan.is_built() {
        true => &service.ports,
        false => &plan.options.port,
    };
    for port in ports {
        run["ExposedPorts"][format!("{port}/tcp")] = json!({});
    }
    if !plan.is_built() {
        return run;
    }
    run["Env"] = json!(service.env);
    if let Some(healthcheck) = &service.healthcheck {
        let test = ["CMD".to_owned(), format!("/{program}")];
        // A property of Docker; other engines ignore it.
        run["Healthcheck"] = json!({
            "Test": test.iter().chain(healthcheck).collect::<Vec<_>>(),
            "Interval": 5 * SECOND,
            "Timeout": 3 * SECOND,
            "StartPeriod": 10 * SECOND,
            "Retries": 3,
        });
    }
    run
}

/// Returns the labels of the image (OCI image specification, annotations).
fn labels(plan: &Plan<'_>) -> Value {
    let service = plan.service;
    let mut labels = BTreeMap::from([
        ("created", Some(rfc3339(plan.commit.epoch))),
        ("title", Some(plan.name.clone())),
    ]);
    if plan.is_built() {
        labels.insert("version", Some(service.version.clone()));
        labels.insert("revision", plan.commit.known().map(str::to_owned));
        labels.insert("source", service.repository.clone());
        labels.insert("licenses", service.license.clone());
        labels.insert("description", service.description.clone());
    }
    let labels = labels.into_iter().filter_map(|(name, value)| {
        let name = format!("org.opencontainers.image.{name}");
        Some((name, Value::from(value?)))
    });
    labels.collect()
}
