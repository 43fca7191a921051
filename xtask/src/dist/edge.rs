//! The edge's image: nginx with its configuration, on Debian's packages or on an image that has nginx already.
//!
//! What of the packages is taken is `edge::debian`'s business, what nginx does is that of the template in `deploy/edge`.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, path::Path};

use serde_json::{Value, json};

use super::{
    Plan, Product,
    base::Base,
    oci::{Entry, Image, Layer, rfc3339},
    sbom, version,
};
use crate::{
    edge::{
        Place, Variant, configuration,
        debian::{self, Deb, Wanted},
        emptied,
    },
    run::{Failure, Outcome, Run},
};

const NAME: &str = "purlin-edge";

/// Where the official images have it as well.
const NGINX: &str = "/usr/sbin/nginx";

/// Folders that are mounted over, or written to.
const FOLDERS: &[(&str, u32)] = &[
    ("etc/edge/tls", 0o755),
    ("etc/edge/hosts", 0o755),
    ("var/www/acme", 0o755),
    ("tmp", 0o1777),
];

/// Looks whether there is what unpacks Debian's packages.
pub(super) fn look() -> Outcome {
    let is_there = |program: &str| Run::new(program).args(["--version"]).succeeds();
    if is_there("apt-get") && is_there("dpkg-deb") {
        return Ok(());
    }
    Err(Failure::said(
        "the edge's image is made of Debian's packages, and this is no Debian; name an image that has nginx by --base, or \
         leave the edge out by --image server",
    ))
}

/// The image for every platform, and what of Debian is in it.
pub(super) fn product(plan: &Plan<'_>) -> Outcome<Product> {
    let (mut images, mut bills) = (Vec::new(), Vec::new());
    for platform in &plan.platforms {
        let mut base_digest = None;
        let (layers, run, nginx) = match &plan.options.base {
            Some(base) => {
                let base = Base::open(base, *platform)?;
                base_digest = Some(base.digest.to_string());
                based(base, plan.commit.epoch)?
            }
            None => {
                let wanted = Wanted {
                    architecture: platform.architecture(),
                    release: plan.options.debian.as_deref(),
                };
                let (parts, debs) = debian(wanted, plan.commit.epoch)?;
                bills.push(sbom::of_packages(plan, NAME, *platform, &debs));
                parts
            }
        };
        images.push(Image {
            platform: *platform,
            layers,
            run,
            labels: labels(plan, &nginx, base_digest),
            epoch: plan.commit.epoch,
        });
    }
    Ok(Product {
        name: NAME.to_owned(),
        images,
        bills,
    })
}

/// Layers, how a container is run, the version of nginx.
type Parts = (Vec<Layer>, Value, String);

/// Everything in one layer.
fn debian(wanted: Wanted<'_>, epoch: u64) -> Outcome<(Parts, Vec<Deb>)> {
    let folder = emptied("edge/image")?;
    let (tree, fetched) = (folder.join("tree"), folder.join("packages"));
    for made in [&tree, &fetched] {
        fs::create_dir_all(made).map_err(Failure::file(made))?;
    }
    let debs = debian::fill(&tree, &fetched, wanted)?;
    let nginx = debs.first().map(|nginx| nginx.version.clone());
    let nginx = nginx.unwrap_or_default();
    let mut entries = ours(Variant::of(&nginx))?;
    entries.insert(
        "etc/passwd".to_owned(),
        Entry::file(0o644, "nginx:x:101:101::/nonexistent:/sbin/nologin\n"),
    );
    entries.insert("etc/group".to_owned(), Entry::file(0o644, "nginx:x:101:\n"));
    for file in debian::files(&tree)? {
        entries.insert(below(&file, &tree), entry(&file)?);
    }
    // As the official images tell it.
    let told = json!({"Env": ["PATH=/usr/sbin", format!("NGINX_VERSION={nginx}")]});
    Ok(((vec![layer(entries, epoch)?], run(told), nginx), debs))
}

/// A layer with what is ours, on those of another image.
fn based(base: Base, epoch: u64) -> Outcome<Parts> {
    let nginx = base
        .variable("NGINX_VERSION")
        .unwrap_or_default()
        .to_owned();
    if nginx.is_empty() {
        return Err(Failure::said(
            "the base does not say which nginx it has, as the official images do by NGINX_VERSION",
        ));
    }
    let mut layers = base.layers;
    layers.push(layer(ours(Variant::of(&nginx))?, epoch)?);
    Ok((layers, run(base.run), nginx))
}

/// The configuration and the folders it names.
fn ours(variant: Variant) -> Outcome<BTreeMap<String, Entry>> {
    let conf = configuration(variant, &Place::default())?;
    let mut entries =
        BTreeMap::from([("etc/nginx/nginx.conf".to_owned(), Entry::file(0o644, conf))]);
    for (folder, mode) in FOLDERS {
        entries.insert((*folder).to_owned(), Entry::Folder { mode: *mode });
    }
    Ok(entries)
}

fn below(file: &Path, tree: &Path) -> String {
    file.strip_prefix(tree)
        .unwrap_or(file)
        .display()
        .to_string()
}

fn entry(file: &Path) -> Outcome<Entry> {
    let bytes = fs::read(file).map_err(Failure::file(file))?;
    let mode = fs::metadata(file)
        .map_err(Failure::file(file))?
        .permissions()
        .mode();
    Ok(Entry::file(
        if mode & 0o111 == 0 { 0o644 } else { 0o755 },
        bytes,
    ))
}

fn layer(entries: BTreeMap<String, Entry>, epoch: u64) -> Outcome<Layer> {
    Layer::new(entries, epoch).map_err(|error| Failure::said(format!("the layer: {error}")))
}

/// How a container is run: what the base says, but for this.
fn run(mut base: Value) -> Value {
    let ours = json!({
        "User": "101:101",
        // Nothing is written to a file, and the process is the one that takes signals.
        "Entrypoint": [NGINX, "-e", "stderr", "-g", "daemon off;"],
        "Cmd": null,
        "WorkingDir": "/",
        "StopSignal": "SIGQUIT",
        "ExposedPorts": {"8080/tcp": {}, "8443/tcp": {}},
    });
    if let (Some(base), Value::Object(ours)) = (base.as_object_mut(), ours) {
        base.extend(ours);
        base.retain(|_, value| !value.is_null());
    }
    base
}

fn labels(plan: &Plan<'_>, nginx: &str, base: Option<String>) -> Value {
    let mut labels = json!({
        "org.opencontainers.image.created": rfc3339(plan.commit.epoch),
        "org.opencontainers.image.title": NAME,
        "org.opencontainers.image.version": version(),
        "org.opencontainers.image.revision": plan.commit.id,
        "org.opencontainers.image.description": format!("nginx {nginx} before purlin-server"),
    });
    if let Some(digest) = base {
        labels["org.opencontainers.image.base.digest"] = digest.into();
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_keeps_its_variables_and_loses_its_command() {
        let base = json!({"Env": ["NGINX_VERSION=1.29.0"], "Cmd": ["nginx"], "User": "0"});
        let run = run(base);
        assert_eq!(run["Env"], json!(["NGINX_VERSION=1.29.0"]));
        assert_eq!(run["User"], "101:101");
        assert!(run.get("Cmd").is_none(), "{run}");
    }
}
