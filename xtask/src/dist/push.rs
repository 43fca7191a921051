//! To a registry, with skopeo: what is in an archive, under the tags it has there.

use std::{fs::File, io::Read as _, path::Path};

use serde_json::Value;

use super::{oci::Digest, show};
use crate::run::{Failure, Outcome, Run, need};

/// Something of an archive: an image, or the bills that belong to one.
pub(crate) struct Tagged {
    pub(crate) tag: String,
    pub(crate) digest: Digest,
}

/// A repository of a registry, such as `127.0.0.1:5000/purlin-server`.
pub(crate) struct Repository {
    pub(crate) name: String,
    /// Whether it speaks HTTP.
    pub(crate) plain: bool,
}

impl Repository {
    /// Pushes all that is in the archive.
    pub(crate) fn push(&self, archive: &Path) -> Outcome<Vec<Tagged>> {
        need("skopeo", "skopeo")?;
        let all = tagged(archive)?;
        for Tagged { tag, .. } in &all {
            let from = format!("oci-archive:{}:{tag}", archive.display());
            let skopeo = Run::new("skopeo").args(["copy", "--all"]);
            let skopeo = match self.plain {
                true => skopeo.args(["--dest-tls-verify=false"]),
                false => skopeo,
            };
            let to = format!("docker://{}:{tag}", self.name);
            skopeo.args([from, to]).run()?;
        }
        Ok(all)
    }
}

/// What the index of an archive names.
fn tagged(archive: &Path) -> Outcome<Vec<Tagged>> {
    let file = File::open(archive).map_err(Failure::file(archive))?;
    let index = index(file).map_err(Failure::file(archive))?;
    let known = index.get("manifests").and_then(Value::as_array);
    let known = known.into_iter().flatten().filter_map(|manifest| {
        let annotations = manifest.get("annotations")?;
        let tag = annotations.get("org.opencontainers.image.ref.name")?;
        Some(Tagged {
            tag: tag.as_str()?.to_owned(),
            digest: Digest::parse(manifest.get("digest")?.as_str()?)?,
        })
    });
    let known: Vec<_> = known.collect();
    match known.is_empty() {
        true => Err(Failure::said(format!("{} names no image", show(archive)))),
        false => Ok(known),
    }
}

fn index(archive: File) -> std::io::Result<Value> {
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        if entry.path()?.as_os_str() == "index.json" {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            return Ok(serde_json::from_str(&text)?);
        }
    }
    Ok(Value::Null)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use super::super::oci::{Archive, Entry, Image, Layer, Platform};
    use super::*;
    use crate::edge::emptied;

    #[test]
    fn what_an_archive_names_is_found_with_its_digest() {
        let entries = BTreeMap::from([("a".to_owned(), Entry::file(0o644, "a"))]);
        let image = Image {
            platform: Platform::Amd64,
            layers: vec![Layer::new(entries, 1).unwrap()],
            run: serde_json::json!({}),
            labels: serde_json::json!({}),
            epoch: 1,
        };
        let mut archive = Archive::new(1);
        let digest = archive.image("a", "1.0", &[image]);
        let file = emptied("tests/push").unwrap().join("a.tar");
        fs::write(&file, archive.write().unwrap()).unwrap();
        let found = tagged(&file).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].tag.as_str(), &found[0].digest), ("1.0", &digest));
    }

    #[test]
    fn an_archive_of_something_else_is_refused() {
        let file = emptied("tests/push-other").unwrap().join("a.tar");
        let other = Archive::new(1).write().unwrap();
        fs::write(&file, other).unwrap();
        let words = tagged(&file).err().unwrap().to_string();
        assert!(words.contains("names no image"), "{words}");
    }
}
