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
}

impl Base {
    /// By the path of an archive, or else by a name as `docker pull` takes it.
    pub(super) fn open(base: &str) -> Outcome<Self> {
        if Path::new(base).is_file() {
            return Self::read(Path::new(base));
        }
        Self::read(&fetched(base)?)
    }

    /// The value of one of its variables.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let variables = self.run.get("Env")?.as_array()?.iter();
        let mut pairs = variables.filter_map(|one| one.as_str()?.split_once('='));
        pairs
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    fn read(file: &Path) -> Outcome<Self> {
        let said = |words: String| Failure::said(format!("{}: {words}", file.display()));
        let opened = File::open(file).map_err(Failure::file(file))?;
        let files = unpacked(opened).map_err(Failure::file(file))?;
        of(&files).map_err(said)
    }
}

fn fetched(name: &str) -> Outcome<PathBuf> {
    need("skopeo", "skopeo")?;
    let file = emptied("dist-base")?.join("base.tar");
    // Into the OCI layout: layers of Docker's own kind become layers of the specification's.
    let from = format!("docker://{name}");
    let to = format!("oci-archive:{}", file.display());
    Run::new("skopeo").args(["copy", &from, &to]).run()?;
    Ok(file)
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
fn of(files: &Unpacked) -> Result<Base, String> {
    let index = json(files.get("index.json").ok_or("it has no index.json")?)?;
    let mut manifest = blob(files, &chosen(&index)?)?;
    let mut value = json(&manifest)?;
    if value.get("manifests").is_some() {
        manifest = blob(files, &chosen(&value)?)?;
        value = json(&manifest)?;
    }
    let config = value
        .get("config")
        .ok_or("its manifest names no configuration")?;
    let config = json(&blob(files, config)?)?;
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
    Ok(Base { layers, run })
}

/// The manifest for this machine, or the only one.
fn chosen(index: &Value) -> Result<Value, String> {
    let manifests = index.get("manifests").and_then(Value::as_array);
    let manifests = manifests.ok_or("its index names no manifests")?;
    if let [one] = manifests.as_slice() {
        return Ok(one.clone());
    }
    let here = Platform::here().map(Platform::architecture);
    let fits = |manifest: &&Value| {
        let architecture = manifest.pointer("/platform/architecture");
        here.is_some() && architecture.and_then(Value::as_str) == here
    };
    manifests
        .iter()
        .find(fits)
        .cloned()
        .ok_or_else(|| "it has no image for this machine".to_owned())
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

    fn archive() -> Unpacked {
        let entries = BTreeMap::from([("etc/a".to_owned(), Entry::file(0o644, "a"))]);
        let image = Image {
            platform: Platform::Amd64,
            layers: vec![Layer::new(entries, 1).unwrap()],
            run: serde_json::json!({"Env": ["A=1", "NGINX_VERSION=1.29.0"]}),
            labels: serde_json::json!({}),
            epoch: 1,
        };
        let mut archive = Archive::new(1);
        archive.image("a", "1", &[image]);
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
        // Under `latest` besides: the first of the two is as good as the other.
        let mut files = archive();
        let mut index = json(&files["index.json"]).unwrap();
        index["manifests"].as_array_mut().unwrap().truncate(1);
        files.insert("index.json".to_owned(), index.to_string().into_bytes());
        let base = of(&files).unwrap();
        assert_eq!(base.layers.len(), 1);
        assert_eq!(base.variable("NGINX_VERSION"), Some("1.29.0"));
        assert_eq!(base.variable("NGINX"), None);
    }

    #[test]
    fn a_blob_that_was_changed_is_refused() {
        let mut files = archive();
        let blobs = files
            .iter_mut()
            .filter(|(path, _)| path.starts_with("blobs/"));
        blobs.for_each(|(_, bytes)| bytes.push(0));
        let words = of(&files).unwrap_err();
        assert!(words.contains("the digest of something else"), "{words}");
    }
}
