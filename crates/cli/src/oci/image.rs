//! An image for one platform: its layers and its run configuration.

use serde_json::{Value, json};

use super::{Blob, Descriptor, Layer, rfc3339};

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The platform of an image; the operating system is always Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
#[non_exhaustive]
pub enum Platform {
    /// 64-bit x86.
    #[value(name = "linux/amd64")]
    Amd64,
    /// 64-bit Arm.
    #[value(name = "linux/arm64")]
    Arm64,
}

impl Platform {
    /// Returns the platform of this machine, if it is one of these.
    pub fn here() -> Option<Self> {
        match std::env::consts::ARCH {
            "x86_64" => Some(Self::Amd64),
            "aarch64" => Some(Self::Arm64),
            _ => None,
        }
    }

    /// Returns the architecture in the terms of the OCI specification.
    pub fn architecture(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    pub(super) fn to_json(self) -> Value {
        json!({"architecture": self.architecture(), "os": "linux"})
    }
}

/// An image for one platform.
#[derive(Clone, Debug)]
pub struct Image {
    /// The platform.
    pub platform: Platform,
    /// The layers, lowest first.
    pub layers: Vec<Layer>,
    /// The property `config` of the image configuration: user, entry point, variables and so on.
    pub run: Value,
    /// The labels of the configuration and annotations of the manifest.
    pub labels: Value,
    /// The time of creation, in seconds since 1970.
    pub epoch: u64,
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
            .map(|_| json!({"created": created, "created_by": "cargo-purlin"}))
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
        let layers: Vec<_> = self
            .layers
            .iter()
            .map(|it| it.blob.descriptor().to_json())
            .collect();
        Blob::json(
            MANIFEST,
            &json!({
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": self.config().descriptor().to_json(),
                "layers": layers,
                "annotations": self.labels,
            }),
        )
    }

    /// Returns the descriptor of the manifest.
    pub fn descriptor(&self) -> Descriptor {
        self.manifest().descriptor()
    }

    /// Returns the compressed size of all layers in bytes.
    pub fn compressed(&self) -> usize {
        self.layers.iter().map(|layer| layer.blob.bytes.len()).sum()
    }
}
