//! Reads an archive back: the images it names, and whether every blob has the digest that its name says.

use std::{
    collections::BTreeMap,
    io::{self, Read as _},
    path::Path,
};

use fs_err::File;
use serde_json::Value;

use super::Digest;
use crate::{Error, Result};

/// Manifests and indexes are smaller; larger blobs are digested and not kept.
const JSON_LIMIT: u64 = 1 << 20;

/// A tagged image or list of artifacts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tagged {
    /// The tag.
    pub tag: String,
    /// The digest of the manifest or index.
    pub digest: Digest,
}

/// What an archive of images contains.
#[derive(Debug, Default)]
pub struct Contents {
    index: Value,
    json: BTreeMap<String, Value>,
    damaged: Vec<String>,
}

impl Contents {
    /// Reads an archive.
    ///
    /// # Errors
    /// Fails for a file that cannot be read, or is no tar archive.
    pub fn read(archive: &Path) -> Result<Self> {
        let file = File::open(archive)?;
        Self::of_tar(file).map_err(|error| Error::invalid(archive.display(), error))
    }

    fn of_tar(archive: impl io::Read) -> io::Result<Self> {
        let mut contents = Self::default();
        for entry in tar::Archive::new(archive).entries()? {
            let mut entry = entry?;
            let path = entry.path()?.display().to_string();
            if path == "index.json" {
                let mut text = String::new();
                entry.take(JSON_LIMIT).read_to_string(&mut text)?;
                contents.index = serde_json::from_str(&text)?;
            } else if let Some(hex) = path.strip_prefix("blobs/sha256/")
                && !hex.is_empty()
            {
                let digest = if entry.size() <= JSON_LIMIT {
                    let mut bytes = Vec::new();
                    entry.read_to_end(&mut bytes)?;
                    if let Ok(json) = serde_json::from_slice(&bytes) {
                        contents.json.insert(hex.to_owned(), json);
                    }
                    Digest::of(&bytes)
                } else {
                    Digest::of_reader(&mut entry)?
                };
                if digest.hex() != hex {
                    contents.damaged.push(path);
                }
            }
        }
        Ok(contents)
    }

    /// Returns what the index of the archive names.
    pub fn tagged(&self) -> Vec<Tagged> {
        let tagged = listed(&self.index).filter_map(|manifest| {
            let tag = manifest["annotations"]["org.opencontainers.image.ref.name"].as_str()?;
            Some(Tagged {
                tag: tag.to_owned(),
                digest: digest(manifest)?,
            })
        });
        tagged.collect()
    }

    /// Returns the paths of the blobs whose content has another digest than their names say.
    pub fn damaged(&self) -> &[String] {
        &self.damaged
    }

    /// Returns the digests of all images: of the named manifests and indexes, and of the manifests the indexes list.
    pub fn images(&self) -> Vec<Digest> {
        let mut images: Vec<_> = listed(&self.index).filter_map(digest).collect();
        let named = images.clone();
        for image in named.iter().filter_map(|it| self.json.get(it.hex())) {
            images.extend(listed(image).filter_map(digest));
        }
        images
    }

    /// Returns an annotation of the manifest of each image that has one.
    pub fn annotations(&self, name: &str) -> Vec<&str> {
        let images = self.images();
        let manifests = images.iter().filter_map(|it| self.json.get(it.hex()));
        let values = manifests.filter_map(|manifest| manifest["annotations"][name].as_str());
        values.collect()
    }
}

fn listed(index: &Value) -> impl Iterator<Item = &Value> {
    index["manifests"].as_array().into_iter().flatten()
}

fn digest(descriptor: &Value) -> Option<Digest> {
    Digest::parse(descriptor["digest"].as_str()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{Archive, Entry, Image, Layer, Platform},
        *,
    };

    fn image(platform: Platform) -> Image {
        let entries = BTreeMap::from([("a".to_owned(), Entry::file(0o644, "a"))]);
        Image {
            platform,
            layers: vec![Layer::new(entries, 1).unwrap()],
            run: json!({}),
            labels: json!({"org.opencontainers.image.revision": "c0ffee"}),
            epoch: 1,
        }
    }

    #[test]
    fn archive_is_read_as_it_was_written() {
        let images = [image(Platform::Amd64), image(Platform::Arm64)];
        let mut archive = Archive::new(1);
        let index = archive.image("a", "1.0", &images).digest;
        let bytes = archive.write().unwrap();
        let contents = Contents::of_tar(&bytes[..]).unwrap();
        let tagged = Tagged {
            tag: "1.0".to_owned(),
            digest: index.clone(),
        };
        assert_eq!(contents.tagged(), [tagged]);
        let [amd64, arm64] = images.map(|image| image.descriptor().digest);
        assert_eq!(contents.images(), [index, amd64, arm64]);
        let revisions = contents.annotations("org.opencontainers.image.revision");
        assert_eq!(revisions, ["c0ffee", "c0ffee"]);
        assert!(contents.damaged().is_empty());
    }

    #[test]
    fn changed_layer_is_found() {
        let image = image(Platform::Amd64);
        let layer = &image.layers[0].blob;
        let mut archive = Archive::new(1);
        archive.image("a", "1.0", std::slice::from_ref(&image));
        let mut bytes = archive.write().unwrap();
        let at = bytes.windows(layer.bytes.len());
        let at = at.clone().position(|it| it == layer.bytes).unwrap();
        bytes[at + 20] ^= 1;
        let contents = Contents::of_tar(&bytes[..]).unwrap();
        let expected = format!("blobs/sha256/{}", layer.digest().hex());
        assert_eq!(contents.damaged(), [expected]);
    }
}
