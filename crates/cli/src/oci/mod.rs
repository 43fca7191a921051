//! Container images as files, without a daemon: layers, configurations and manifests of the OCI image specification 1.1, in
//! an archive that Docker (20.10 and later), podman and skopeo read.
//!
//! The same input gives the same bytes on every machine: nothing here reads the clock, the user or the file system. The
//! JSON is written from `serde_json::Value`, whose objects are sorted; the types of `oci-spec` contain hash maps.

mod archive;
mod image;
mod layer;
mod read;

use std::{
    fmt,
    io::{self, Read},
};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub use self::{
    archive::{Archive, Artifact},
    image::{Image, Platform},
    layer::{Entry, Layer},
    read::{Contents, Tagged},
};

/// The SHA-256 digest of some bytes; displayed as `sha256:…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(String);

impl Digest {
    /// Computes the digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(hex(&Sha256::digest(bytes)))
    }

    /// Parses `sha256:…`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("sha256:")?;
        let is_hex = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| Self(hex.to_owned()))
    }

    /// Computes the digest of everything that `reader` returns.
    ///
    /// # Errors
    /// Fails where the reader does.
    pub fn of_reader(mut reader: impl Read) -> io::Result<Self> {
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut buffer)? {
                0 => return Ok(Self(hex(&digest.finalize()))),
                count => digest.update(buffer.get(..count).unwrap_or_default()),
            }
        }
    }

    /// Returns the digest in hexadecimal digits, without the algorithm.
    pub fn hex(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut text = String::new();
    for byte in bytes {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Content with its media type.
#[derive(Clone, Debug)]
pub struct Blob {
    /// The media type.
    pub media_type: &'static str,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Blob {
    fn json(media_type: &'static str, value: &Value) -> Self {
        Self {
            media_type,
            // Sorted by name: serde_json keeps objects in a BTreeMap without its feature `preserve_order`.
            bytes: value.to_string().into_bytes(),
        }
    }

    /// Computes the digest of the content.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }

    /// Returns the descriptor that refers to the blob.
    pub fn descriptor(&self) -> Descriptor {
        Descriptor {
            media_type: self.media_type,
            digest: self.digest(),
            size: self.bytes.len(),
        }
    }
}

/// Refers to a blob: a layer, a configuration, the manifest of an image, or an index of manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The media type.
    pub media_type: &'static str,
    /// The digest of the content.
    pub digest: Digest,
    /// The length of the content in bytes.
    pub size: usize,
}

impl Descriptor {
    fn to_json(&self) -> Value {
        json!({
            "mediaType": self.media_type,
            "digest": self.digest.to_string(),
            "size": self.size,
        })
    }

    /// Returns the tag of the list of artifacts that refer to this image, for registries without the referrers API (OCI
    /// distribution specification 1.1, referrers tag schema).
    pub fn referrers_tag(&self) -> String {
        format!("sha256-{}", self.digest.hex())
    }
}

/// Formats seconds since 1970 as RFC 3339.
pub fn rfc3339(epoch: u64) -> String {
    let time = i64::try_from(epoch).ok();
    let time = time.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.unwrap_or(jiff::Timestamp::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_formatted_as_rfc_3339() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
    }

    #[test]
    fn digest_is_sha_256() {
        let expected = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), expected);
    }
}
