//! An image for one platform: its layers, and how a container of it is run.

use serde_json::{Value, json};

use super::{Blob, Layer, rfc3339};

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// What an image runs on. The system is always Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Platform {
    #[value(name = "linux/amd64")]
    Amd64,
    #[value(name = "linux/arm64")]
    Arm64,
}

impl Platform {
    /// That of this machine, if images are made for it.
    pub(crate) fn here() -> Option<Self> {
        match std::env::consts::ARCH {
            "x86_64" => Some(Self::Amd64),
            "aarch64" => Some(Self::Arm64),
            _ => None,
        }
    }

    /// As the specification calls the processor.
    pub(crate) fn architecture(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    pub(super) fn to_json(self) -> Value {
        json!({"architecture": self.architecture(), "os": "linux"})
    }
}

/// An image, to be put into an archive.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) platform: Platform,
    pub(crate) layers: Vec<Layer>,
    /// The member `config` of the configuration: user, entry point, variables and so on.
    pub(crate) run: Value,
    /// Labels of the configuration, and annotations of the manifest.
    pub(crate) labels: Value,
    pub(crate) epoch: u64,
}

impl Image {
    pub(super) fn config(&self) -> Blob {
        let created = rfc3339(self.epoch);
        let mut run = self.run.clone();
        run["Labels"] = self.labels.clone();
        let diff_ids: Vec<_> = self
            .layers
            .iter()
            .map(|it| it.diff_id.to_string())
            .collect();
        let history: Vec<_> = self
            .layers
            .iter()
            .map(|_| json!({"created": created, "created_by": "cargo xtask dist"}))
            .collect();
        Blob::json(
            CONFIG,
            &json!({
                "created": created,
                "architecture": self.platform.architecture(),
                "os": "linux",
                "config": run,
                "rootfs": {"type": "layers", "diff_ids": diff_ids},
                "history": history,
            }),
        )
    }

    pub(super) fn manifest(&self) -> Blob {
        let layers: Vec<_> = self.layers.iter().map(|it| it.blob.descriptor()).collect();
        Blob::json(
            MANIFEST,
            &json!({
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": self.config().descriptor(),
                "layers": layers,
                "annotations": self.labels,
            }),
        )
    }

    /// The tag under which a registry keeps what belongs to the image, where it has no list of such things itself (OCI
    /// distribution specification 1.1, referrers tag schema).
    pub(crate) fn referrers_tag(&self) -> String {
        format!("sha256-{}", self.manifest().digest().hex())
    }

    /// Bytes of all layers as they are sent.
    pub(crate) fn compressed(&self) -> usize {
        self.layers.iter().map(|layer| layer.blob.bytes.len()).sum()
    }
}
