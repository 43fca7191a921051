//! The edge's image: nginx with its configuration, on Debian's packages or on an image that has nginx already.
//!
//! What of the packages is taken is `edge::debian`'s business, what nginx does is that of the template in `deploy/edge`.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, path::Path};

use serde_json::{Value, json};

use super::{
    Commit, Files, Options,
    base::Base,
    oci::{Archive, Entry, Image, Layer, Platform, rfc3339},
    put, show, version, write,
};
use crate::{
    edge::{Place, Variant, configuration, debian, emptied},
    run::{Failure, Outcome, root},
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

/// Writes `target/dist/purlin-edge-image.tar`.
pub(super) fn dist(options: &Options) -> Outcome {
    let commit = Commit::of_sources()?;
    let tag = options.tag.clone().unwrap_or_else(|| version().to_owned());
    let platform = match (options.platform.as_slice(), Platform::here()) {
        ([one], Some(here)) if *one == here => here,
        _ => {
            return Err(Failure::said(
                "the edge's image is made for this machine's platform alone: its packages are this machine's",
            ));
        }
    };
    let (layers, run, nginx) = match &options.base {
        Some(base) => based(base, commit.epoch)?,
        None => debian(commit.epoch)?,
    };
    let image = Image {
        platform,
        layers,
        run,
        labels: labels(&commit, &nginx),
        epoch: commit.epoch,
    };
    let mut archive = Archive::new(commit.epoch);
    let images = [image];
    let digest = archive.image(NAME, &tag, &images);
    let mut files = Files::new();
    let file = format!("{NAME}-image.tar");
    put(&mut files, file.clone(), archive.write())?;
    let folder = root().join("target/dist");
    write(&folder, &files)?;
    for image in &images {
        let bytes = crate::bench::grouped(image.compressed() as u64);
        eprintln!("\nnginx {nginx}: {bytes} bytes of layers, compressed");
    }
    eprintln!("\n{NAME}:{tag} is {digest}");
    eprintln!("  docker load --input {}", show(&folder.join(&file)));
    match &options.push {
        Some(registry) => super::copy(options, registry, NAME, &file, &tag),
        None => Ok(()),
    }
}

type Parts = (Vec<Layer>, Value, String);

/// Everything in one layer.
fn debian(epoch: u64) -> Outcome<Parts> {
    let folder = emptied("edge/image")?;
    let (tree, fetched) = (folder.join("tree"), folder.join("packages"));
    for made in [&tree, &fetched] {
        fs::create_dir_all(made).map_err(Failure::file(made))?;
    }
    let nginx = debian::fill(&tree, &fetched)?;
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
    Ok((vec![layer(entries, epoch)?], run(told), nginx))
}

/// A layer with what is ours, on those of another image.
fn based(base: &str, epoch: u64) -> Outcome<Parts> {
    let base = Base::open(base)?;
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

fn labels(commit: &Commit, nginx: &str) -> Value {
    json!({
        "org.opencontainers.image.created": rfc3339(commit.epoch),
        "org.opencontainers.image.title": NAME,
        "org.opencontainers.image.version": version(),
        "org.opencontainers.image.revision": commit.id,
        "org.opencontainers.image.description": format!("nginx {nginx} before purlin-server"),
    })
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
