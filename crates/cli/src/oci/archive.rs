//! An archive of images: an OCI layout that also has a `manifest.json`, for engines that read Docker's format only.

use std::{collections::BTreeMap, io};

use serde_json::{Value, json};

use super::{
    Blob, Descriptor, Image,
    image::MANIFEST,
    layer::{Entry, tar},
};

pub(super) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// An archive of images and artifacts.
#[derive(Debug)]
pub struct Archive {
    blobs: BTreeMap<String, Vec<u8>>,
    manifests: Vec<Value>,
    docker: Vec<Value>,
    epoch: u64,
}

/// An artifact that refers to an image, such as a bill of materials.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The media type.
    pub media_type: &'static str,
    /// The name of the file.
    pub title: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Archive {
    /// Creates an empty archive whose files have the modification time `epoch`, in seconds since 1970.
    pub fn new(epoch: u64) -> Self {
        Self {
            blobs: BTreeMap::new(),
            manifests: Vec::new(),
            docker: Vec::new(),
            epoch,
        }
    }

    fn add(&mut self, blob: &Blob) -> Value {
        let path = format!("blobs/sha256/{}", blob.digest().hex());
        self.blobs.insert(path, blob.bytes.clone());
        blob.descriptor().to_json()
    }

    /// Adds an image for one or more platforms under `name:tag` and returns the descriptor of its manifest or index.
    pub fn image(&mut self, name: &str, tag: &str, images: &[Image]) -> Descriptor {
        let mut manifests = Vec::new();
        for image in images {
            for layer in &image.layers {
                self.add(&layer.blob);
            }
            self.add(&image.config());
            let mut descriptor = self.add(&image.manifest());
            descriptor["platform"] = image.platform.to_json();
            manifests.push(descriptor);
        }
        let (descriptor, mut named) = match images {
            [one] => (one.descriptor(), manifests.pop().unwrap_or_default()),
            _ => {
                let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests});
                let index = Blob::json(INDEX, &index);
                (index.descriptor(), self.add(&index))
            }
        };
        named["annotations"] = json!({
            "org.opencontainers.image.ref.name": tag,
            "io.containerd.image.name": format!("{}:{tag}", full(name)),
        });
        self.manifests.push(named);
        self.docker.extend(docker(name, tag, images));
        descriptor
    }

    /// Adds artifacts that refer to an image, under [`Descriptor::referrers_tag`].
    pub fn referrers<'a>(
        &mut self,
        subject: &Descriptor,
        artifacts: impl IntoIterator<Item = &'a Artifact>,
    ) {
        let empty = self.add(&Blob {
            media_type: EMPTY,
            bytes: b"{}".to_vec(),
        });
        let mut listed = Vec::new();
        for artifact in artifacts {
            let mut layer = self.add(&Blob {
                media_type: artifact.media_type,
                bytes: artifact.bytes.clone(),
            });
            layer["annotations"] = json!({"org.opencontainers.image.title": artifact.title});
            let manifest = Blob::json(
                MANIFEST,
                &json!({
                    "schemaVersion": 2,
                    "mediaType": MANIFEST,
                    "artifactType": artifact.media_type,
                    "config": empty,
                    "layers": [layer],
                    "subject": subject.to_json(),
                }),
            );
            let mut descriptor = self.add(&manifest);
            descriptor["artifactType"] = artifact.media_type.into();
            listed.push(descriptor);
        }
        let index = Blob::json(
            INDEX,
            &json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": listed}),
        );
        let mut named = self.add(&index);
        named["annotations"] =
            json!({"org.opencontainers.image.ref.name": subject.referrers_tag()});
        self.manifests.push(named);
    }

    /// Returns the bytes of the archive.
    ///
    /// # Errors
    /// Fails where the tar writer does.
    pub fn write(self) -> io::Result<Vec<u8>> {
        let mut entries = BTreeMap::from([
            ("blobs".to_owned(), Entry::Folder { mode: 0o755 }),
            ("blobs/sha256".to_owned(), Entry::Folder { mode: 0o755 }),
        ]);
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": self.manifests});
        let layout = json!({"imageLayoutVersion": "1.0.0"});
        let mut files = vec![
            ("index.json".to_owned(), index.to_string().into_bytes()),
            ("oci-layout".to_owned(), layout.to_string().into_bytes()),
        ];
        if !self.docker.is_empty() {
            let docker = Value::from(self.docker).to_string();
            files.push(("manifest.json".to_owned(), docker.into_bytes()));
        }
        for (path, bytes) in files.into_iter().chain(self.blobs) {
            entries.insert(path, Entry::file(0o644, bytes));
        }
        tar(&entries, self.epoch)
    }
}

/// Returns the full name that containerd uses: a bare name is short for one of Docker's library, a name with a folder for
/// one of Docker Hub; a registry is recognised by its dot or port.
fn full(name: &str) -> String {
    match name.split_once('/') {
        None => format!("docker.io/library/{name}"),
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => name.to_owned(),
        Some(_) => format!("docker.io/{name}"),
    }
}

/// Returns the entry in Docker's format, which has one platform: the first, since that of this machine would make the
/// archive depend on it.
fn docker(name: &str, tag: &str, images: &[Image]) -> Option<Value> {
    let image = images.first()?;
    let path = |blob: &Blob| format!("blobs/sha256/{}", blob.digest().hex());
    let layers: Vec<_> = image.layers.iter().map(|it| path(&it.blob)).collect();
    let mut tags = vec![format!("{name}:{tag}"), format!("{name}:latest")];
    tags.dedup();
    Some(json!({
        "Config": path(&image.config()),
        "RepoTags": tags,
        "Layers": layers,
    }))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::{
        super::{Digest, Layer, Platform},
        *,
    };

    fn image(platform: Platform) -> Image {
        let entries = BTreeMap::from([("program".to_owned(), Entry::file(0o755, "x"))]);
        Image {
            platform,
            layers: vec![Layer::new(entries, 7).unwrap()],
            run: json!({"User": "65532:65532"}),
            labels: json!({"org.opencontainers.image.title": "a"}),
            epoch: 7,
        }
    }

    fn files(archive: Archive) -> BTreeMap<String, Vec<u8>> {
        let bytes = archive.write().unwrap();
        let mut tar = tar::Archive::new(&bytes[..]);
        let files = tar.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.path().unwrap().display().to_string(), bytes)
        });
        files.collect()
    }

    fn json(bytes: &[u8]) -> Value {
        serde_json::from_slice(bytes).unwrap()
    }

    /// Follows every descriptor and checks digest and size of its target.
    fn follow(value: &Value, files: &BTreeMap<String, Vec<u8>>, seen: &mut usize) {
        if let (Some(digest), Some(size)) = (value["digest"].as_str(), value["size"].as_u64()) {
            let path = format!("blobs/sha256/{}", digest.trim_start_matches("sha256:"));
            if let Some(bytes) = files.get(&path) {
                *seen += 1;
                assert_eq!(bytes.len() as u64, size);
                assert_eq!(Digest::of(bytes).to_string(), digest);
                if value["mediaType"]
                    .as_str()
                    .is_some_and(|it| it.ends_with("+json"))
                {
                    follow(&json(bytes), files, seen);
                }
            } else {
                panic!("{digest} is not in the archive");
            }
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| follow(item, files, seen)),
            Value::Object(members) => members.values().for_each(|it| follow(it, files, seen)),
            _ => {}
        }
    }

    #[test]
    fn descriptors_match_their_targets() {
        let mut archive = Archive::new(7);
        let images = [image(Platform::Amd64), image(Platform::Arm64)];
        let digest = archive.image("a", "1", &images).digest;
        let files = files(archive);
        let index = json(&files["index.json"]);
        assert_eq!(index["manifests"][0]["digest"], digest.to_string());
        let mut seen = 0;
        follow(&index, &files, &mut seen);
        // The index, two manifests, two configurations, and one layer that both have.
        assert_eq!(seen, 7);
        let docker = json(&files["manifest.json"]);
        assert_eq!(docker[0]["RepoTags"], json!(["a:1", "a:latest"]));
        // Docker's format has the first platform, on any machine.
        let config = json(&files[docker[0]["Config"].as_str().unwrap()]);
        assert_eq!(config["architecture"], "amd64");
        assert!(files.contains_key(docker[0]["Config"].as_str().unwrap()));
        assert_eq!(json(&files["oci-layout"])["imageLayoutVersion"], "1.0.0");
    }

    #[test]
    fn containerd_gets_full_names() {
        assert_eq!(full("a"), "docker.io/library/a");
        assert_eq!(full("team/a"), "docker.io/team/a");
        assert_eq!(full("registry.example/team/a"), "registry.example/team/a");
        assert_eq!(full("localhost:5000/a"), "localhost:5000/a");
    }

    #[test]
    fn artifacts_refer_to_their_image() {
        let image = image(Platform::Amd64);
        let mut archive = Archive::new(7);
        let bill = Artifact {
            media_type: "application/spdx+json",
            title: "a.spdx.json".to_owned(),
            bytes: b"[]".to_vec(),
        };
        let subject = image.descriptor();
        archive.referrers(&subject, [&bill]);
        let tag = subject.referrers_tag();
        let files = files(archive);
        let index = json(&files["index.json"]);
        let named = &index["manifests"][0];
        assert_eq!(
            named["annotations"]["org.opencontainers.image.ref.name"],
            tag
        );
        let found = files
            .values()
            .filter_map(|bytes| serde_json::from_slice::<Value>(bytes).ok());
        let artifacts: Vec<_> = found
            .filter(|it| it["artifactType"].is_string() && it["subject"].is_object())
            .collect();
        assert_eq!(artifacts.len(), 1);
        assert_eq!(artifacts[0]["subject"], subject.to_json());
        // There is nothing for Docker to load.
        assert!(!files.contains_key("manifest.json"));
    }
}
