//! Pushes the contents of an archive to a registry, with skopeo.

use std::path::Path;

use crate::{
    Error, Result,
    oci::{Contents, Tagged},
    process::{Cmd, require},
};

/// A repository of a registry.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The name, such as `127.0.0.1:5000/my-service`.
    pub name: String,
    /// Whether the registry uses HTTP.
    pub plain: bool,
}

impl Repository {
    /// Pushes everything in an archive and returns it.
    pub fn push(&self, archive: &Path) -> Result<Vec<Tagged>> {
        require("skopeo", "--version", "skopeo")?;
        let all = tagged(archive)?;
        for Tagged { tag, .. } in &all {
            let plain = self.plain.then_some("--dest-tls-verify=false");
            Cmd::new("skopeo")
                .args(["copy", "--all"])
                .args(plain)
                .arg(format!("oci-archive:{}:{tag}", archive.display()))
                .arg(format!("docker://{}:{tag}", self.name))
                .run()?;
        }
        Ok(all)
    }
}

/// Returns what the index of an archive names.
fn tagged(archive: &Path) -> Result<Vec<Tagged>> {
    let tagged = Contents::read(archive)?.tagged();
    match tagged.is_empty() {
        true => Err(Error::invalid(archive.display(), "contains no image")),
        false => Ok(tagged),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fs_err as fs;

    use super::*;
    use crate::oci::{Archive, Entry, Image, Layer, Platform};

    #[test]
    fn tags_and_digests_are_read_from_the_archive() {
        let entries = BTreeMap::from([("a".to_owned(), Entry::file(0o644, "a"))]);
        let image = Image {
            platform: Platform::Amd64,
            layers: vec![Layer::new(entries, 1).unwrap()],
            run: serde_json::json!({}),
            labels: serde_json::json!({}),
            epoch: 1,
        };
        let mut archive = Archive::new(1);
        let digest = archive.image("a", "1.0", &[image]).digest;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.tar");
        fs::write(&file, archive.write().unwrap()).unwrap();
        let found = tagged(&file).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].tag.as_str(), &found[0].digest), ("1.0", &digest));
    }

    #[test]
    fn archive_without_images_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.tar");
        fs::write(&file, Archive::new(1).write().unwrap()).unwrap();
        let error = tagged(&file).unwrap_err().to_string();
        assert!(error.contains("contains no image"), "{error}");
    }
}
