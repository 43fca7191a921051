//! An image somebody else made, to put a layer on: an archive in the OCI layout, or one that skopeo fetches.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::oci::{Blob, Digest, LAYER, Layer, Platform};
use crate::{
    edge::emptied,
    run::{Failure, Outcome, Run, need},
};

/// Its layers, and how it is run.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) layers: Vec<Layer>,
    /// The member `config` of its configuration.
    pub(super) run: Value,
    /// Of its manifest.
    pub(super) digest: Digest,
}

impl Base {
    /// By the path of an archive, or else by a name as `docker pull` takes it.
    pub(super) fn open(base: &str, platform: Platform) -> Outcome<Self> {
        if Path::new(base).is_file() {
            return Self::read(Path::new(base), platform);
        }
        Self::read(&fetched(base, platform)?, platform)
    }

    /// The value of one of its variables.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let variables = self.run.get("Env")?.as_array()?.iter();
        let mut pairs = variables.filter_map(|one| one.as_str()?.split_once('='));
        pairs
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    fn read(file: &Path, platform: Platform) -> Outcome<Self> {
        let said = |words: String| Failure::said(format!("{}: {words}", file.display()));
        let opened = File::open(file).map_err(Failure::file(file))?;
        let files = unpacked(opened).map_err(Failure::file(file))?;
        of(&files, platform).map_err(said)
    }
}

fn fetched(name: &str, platform: Platform) -> Outcome<PathBuf> {
    need("skopeo", "skopeo")?;
    let file = emptied("dist-base")?.join("base.tar");
    // Into the OCI layout: layers of Docker's own kind become layers of the specification's.
    let from = format!("docker://{name}");
    let to = format!("oci-archive:{}", file.display());
    let skopeo = Run::new("skopeo").args(["--override-os", "linux"]);
    let skopeo = skopeo.args(["--override-arch", platform.architecture(), "copy"]);
    let skopeo = match is_here(name) {
        true => skopeo.args(["--src-tls-verify=false"]),
        false => skopeo,
    };
    skopeo.args([&from, &to]).run()?;
    Ok(file)
}

/// Whether the registry is on this machine, where it may speak HTTP, as to Docker.
fn is_here(name: &str) -> bool {
    let host = name.split(['/', ':']).next().unwrap_or_default();
    let address = host.parse::<std::net::Ipv4Addr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

type Unpacked = BTreeMap<String, Vec<u8>>;

fn unpacked(archive: File) -> std::io::Result<Unpacked> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.insert(path.trim_start_matches("./").to_owned(), bytes);
    }
    Ok(files)
}

/// Follows the index to the layers; every blob has to be what its digest says.
fn of(files: &Unpacked, platform: Platform) -> Result<Base, String> {
    let index = json(files.get("index.json").ok_or("it has no index.json")?)?;
    let mut manifest = blob(files, &chosen(&index, platform)?)?;
    let mut value = json(&manifest)?;
    if value.get("manifests").is_some() {
        manifest = blob(files, &chosen(&value, platform)?)?;
        value = json(&manifest)?;
    }
    let config = value
        .get("config")
        .ok_or("its manifest names no configuration")?;
    let config = json(&blob(files, config)?)?;
    let wanted = platform.architecture();
    if text(&config, "architecture") != wanted {
        return Err(format!("it is not for linux/{wanted}"));
    }
    let diff_ids = config.pointer("/rootfs/diff_ids").and_then(Value::as_array);
    let named = value.get("layers").and_then(Value::as_array);
    let (diff_ids, named) = diff_ids.zip(named).ok_or("it names no layers")?;
    let mut layers = Vec::new();
    for (layer, diff_id) in named.iter().zip(diff_ids) {
        let kind = text(layer, "mediaType");
        if kind != LAYER {
            return Err(format!(
                "a layer is of the kind {kind}, and only {LAYER} is read"
            ));
        }
        let diff_id = diff_id.as_str().and_then(Digest::parse);
        layers.push(Layer {
            blob: Blob {
                media_type: LAYER,
                bytes: blob(files, layer)?,
            },
            diff_id: diff_id.ok_or("a layer has no digest")?,
        });
    }
    let run = config
        .get("config")
        .cloned()
        .unwrap_or_else(|| serde_json::json!({}));
    Ok(Base {
        layers,
        run,
        digest: Digest::of(&manifest),
    })
}

/// The manifest for a platform, or the only one.
fn chosen(index: &Value, platform: Platform) -> Result<Value, String> {
    let manifests = index.get("manifests").and_then(Value::as_array);
    let manifests = manifests.ok_or("its index names no manifests")?;
    if let [one] = manifests.as_slice() {
        return Ok(one.clone());
    }
    let wanted = platform.architecture();
    let fits = |manifest: &&Value| {
        let architecture = manifest.pointer("/platform/architecture");
        architecture.and_then(Value::as_str) == Some(wanted)
    };
    let found = manifests.iter().find(fits).cloned();
    found.ok_or_else(|| format!("it has no image for linux/{wanted}"))
}

fn blob(files: &Unpacked, descriptor: &Value) -> Result<Vec<u8>, String> {
    let digest = text(descriptor, "digest");
    let path = digest.replacen(':', "/", 1);
    let bytes = files.get(&format!("blobs/{path}"));
    let bytes = bytes.ok_or_else(|| format!("{digest} is not in it"))?;
    match Digest::of(bytes).to_string() == digest {
        true => Ok(bytes.clone()),
        false => Err(format!("{digest} is the digest of something else")),
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn json(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::oci::{Archive, Entry, Image};
    use super::*;

    fn archive(platforms: &[Platform]) -> Unpacked {
        let images = platforms.iter().map(|platform| {
            let name = platform.architecture().to_owned();
            let entries = BTreeMap::from([(name, Entry::file(0o644, "a"))]);
            Image {
                platform: *platform,
                layers: vec![Layer::new(entries, 1).unwrap()],
                run: serde_json::json!({"Env": ["A=1", "NGINX_VERSION=1.29.0"]}),
                labels: serde_json::json!({}),
                epoch: 1,
            }
        });
        let mut archive = Archive::new(1);
        archive.image("a", "1", &images.collect::<Vec<_>>());
        let bytes = archive.write().unwrap();
        let mut files = BTreeMap::new();
        for entry in tar::Archive::new(&bytes[..]).entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.insert(entry.path().unwrap().display().to_string(), bytes);
        }
        files
    }

    #[test]
    fn what_was_written_is_read() {
        let base = of(&archive(&[Platform::Amd64]), Platform::Amd64).unwrap();
        assert_eq!(base.layers.len(), 1);
        assert_eq!(base.variable("NGINX_VERSION"), Some("1.29.0"));
        assert_eq!(base.variable("NGINX"), None);
        // The index names the manifest.
        let index = json(&archive(&[Platform::Amd64])["index.json"]).unwrap();
        assert_eq!(
            text(&index["manifests"][0], "digest"),
            base.digest.to_string()
        );
    }

    #[test]
    fn a_registry_on_this_machine_may_speak_http() {
        assert!(is_here("127.0.0.1:5000/nginx:1") && is_here("localhost/nginx"));
        assert!(!is_here("nginx:stable") && !is_here("10.0.0.1:5000/nginx"));
        assert!(!is_here("localhost.example/nginx"));
    }

    #[test]
    fn of_several_platforms_the_one_is_read_that_is_asked_for() {
        let files = archive(&[Platform::Amd64, Platform::Arm64]);
        let digest = |platform| {
            let base = of(&files, platform).unwrap();
            base.layers[0].blob.digest()
        };
        assert_ne!(digest(Platform::Amd64), digest(Platform::Arm64));
        let words = of(&archive(&[Platform::Amd64]), Platform::Arm64).unwrap_err();
        assert_eq!(words, "it is not for linux/arm64");
    }

    #[test]
    fn a_blob_that_was_changed_is_refused() {
        let mut files = archive(&[Platform::Amd64]);
        let blobs = files
            .iter_mut()
            .filter(|(path, _)| path.starts_with("blobs/"));
        blobs.for_each(|(_, bytes)| bytes.push(0));
        let words = of(&files, Platform::Amd64).unwrap_err();
        assert!(words.contains("the digest of something else"), "{words}");
    }
}
