//! The server's image: the program, and the names of who runs it. Nothing else: no shell, no libraries, no certificates,
//! since the server calls nobody.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Plan, Product,
    binary::{Binary, Source},
    last,
    oci::{Entry, Image, Layer},
    sbom, version,
};
use crate::run::{Failure, Outcome};

pub(super) const NAME: &str = "purlin-server";

/// Nobody in particular; a number, so that Kubernetes can see that it is not root.
const USER: &str = "65532:65532";

const SECOND: u64 = 1_000_000_000;

pub(super) fn product(plan: &Plan<'_>, binaries: &[Binary]) -> Outcome<Product> {
    let images = binaries.iter().map(|binary| image(plan, binary));
    let bills = match plan.source {
        Source::Ours(..) => binaries
            .iter()
            .map(|binary| sbom::of(plan, binary))
            .collect(),
        _ => Ok(Vec::new()),
    };
    Ok(Product {
        name: plan.name.clone(),
        images: images.collect::<Outcome<_>>()?,
        bills: bills?,
    })
}

fn image(plan: &Plan<'_>, binary: &Binary) -> Outcome<Image> {
    let program = last(&plan.name);
    let entries = BTreeMap::from([
        (
            "etc/passwd".to_owned(),
            Entry::file(0o644, "nonroot:x:65532:65532::/nonexistent:/sbin/nologin\n"),
        ),
        (
            "etc/group".to_owned(),
            Entry::file(0o644, "nonroot:x:65532:\n"),
        ),
        (program.to_owned(), Entry::file(0o755, binary.bytes.clone())),
    ]);
    let layer = Layer::new(entries, plan.commit.epoch);
    let layer = layer.map_err(|error| Failure::said(format!("the layer: {error}")))?;
    Ok(Image {
        platform: binary.platform,
        layers: vec![layer],
        run: run(program, plan),
        labels: labels(plan),
        epoch: plan.commit.epoch,
    })
}

/// How a container is run. What is not ours may know neither our settings nor our health check.
fn run(program: &str, plan: &Plan<'_>) -> Value {
    let mut run = json!({
        "User": USER,
        "Entrypoint": [format!("/{program}")],
        "StopSignal": "SIGTERM",
    });
    for port in &plan.options.port {
        run["ExposedPorts"][format!("{port}/tcp")] = json!({});
    }
    if matches!(plan.source, Source::Ours(..)) {
        run["Env"] = json!([
            "PURLIN_HTTP__BIND=0.0.0.0:8000",
            "PURLIN_OPS__BIND=0.0.0.0:9000",
            "PURLIN_LOG__FORMAT=json",
        ]);
        run["ExposedPorts"] = json!({"8000/tcp": {}, "9000/tcp": {}});
        // Docker's own field; others pass over it.
        run["Healthcheck"] = json!({
            "Test": ["CMD", format!("/{program}"), "healthcheck"],
            "Interval": 5 * SECOND,
            "Timeout": 3 * SECOND,
            "StartPeriod": 10 * SECOND,
            "Retries": 3,
        });
    }
    run
}

/// What the image tells of itself (OCI image specification, annotations).
fn labels(plan: &Plan<'_>) -> Value {
    let mut labels = BTreeMap::from([
        ("created", super::oci::rfc3339(plan.commit.epoch)),
        ("title", plan.name.clone()),
    ]);
    if matches!(plan.source, Source::Ours(..)) {
        labels.extend([
            ("version", version().to_owned()),
            ("revision", plan.commit.id.clone()),
            ("licenses", env!("CARGO_PKG_LICENSE").to_owned()),
            (
                "description",
                "A REST service whose contract cannot lie".to_owned(),
            ),
        ]);
    }
    let named = labels.into_iter();
    named
        .map(|(name, value)| {
            (
                format!("org.opencontainers.image.{name}"),
                Value::from(value),
            )
        })
        .collect()
}
