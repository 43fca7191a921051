//! A component of a bill of materials.

use std::{collections::BTreeSet, fmt::Write as _};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::oci::hex;

/// The digest of a package's archive or of a file, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Checksum {
    /// SHA-256, of crates and of libraries.
    Sha256(String),
    /// SHA-512, of npm packages.
    Sha512(String),
}

impl Checksum {
    /// Reads the integrity of a package in an npm lock file, such as `sha512-…` (Subresource Integrity).
    pub fn of_integrity(integrity: &str) -> Option<Self> {
        let digest = BASE64_STANDARD
            .decode(integrity.strip_prefix("sha512-")?)
            .ok()?;
        (digest.len() == 64).then(|| Self::Sha512(hex(&digest)))
    }

    /// Returns the number of bits, and the digits.
    pub(crate) fn parts(&self) -> (u16, &str) {
        match self {
            Self::Sha256(hex) => (256, hex),
            Self::Sha512(hex) => (512, hex),
        }
    }
}

/// A component of an executable: a crate, or anything else it contains.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Component {
    /// The type of its package URL, such as `cargo` or `npm`.
    pub kind: &'static str,
    /// The namespace of its package URL, such as the distribution of a Debian package.
    pub namespace: Option<String>,
    /// The name of the package.
    pub name: String,
    /// The version of the package; empty where it is not known.
    pub version: String,
    /// The licence as an SPDX expression, where the package names one.
    pub license: Option<String>,
    /// The digest of the package's archive or of the file; none for crates of the workspace.
    pub checksum: Option<Checksum>,
    /// Where the sources are, as a version control URL such as `git+https://…@COMMIT`.
    pub sources: Option<String>,
    /// Indices of the components it depends on.
    pub(crate) dependencies: BTreeSet<usize>,
}

impl Component {
    /// Creates a component without a checksum.
    pub fn new(kind: &'static str, name: &str, version: &str, license: Option<String>) -> Self {
        Self {
            kind,
            namespace: None,
            name: name.to_owned(),
            version: version.to_owned(),
            license,
            checksum: None,
            sources: None,
            dependencies: BTreeSet::new(),
        }
    }

    /// Sets the digest.
    #[must_use]
    pub fn checksum(self, checksum: Option<Checksum>) -> Self {
        Self { checksum, ..self }
    }

    /// Returns the package URL.
    pub(crate) fn purl(&self) -> String {
        let mut purl = format!("pkg:{}/", self.kind);
        if let Some(namespace) = &self.namespace {
            purl.push_str(&encoded(namespace));
            purl.push('/');
        }
        purl.push_str(&encoded(&self.name));
        if !self.version.is_empty() {
            purl.push('@');
            purl.push_str(&encoded(&self.version));
        }
        if let Some(sources) = &self.sources {
            purl.push_str("?vcs_url=");
            purl.push_str(&encoded(sources));
        }
        purl
    }
}

/// Encodes a part of a package URL; `:` and the `/` in the names of npm packages stay.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => encoded.push(byte.into()),
            b'.' | b'-' | b'_' | b'~' | b':' | b'/' => encoded.push(byte.into()),
            // Writing to a String does not fail.
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrity_of_npm_is_a_digest() {
        let integrity = format!("sha512-{}==", "A".repeat(86));
        let zeros = Checksum::Sha512("00".repeat(64));
        assert_eq!(Checksum::of_integrity(&integrity), Some(zeros));
        for other in ["sha1-AAAA", "sha512-AAAA", "sha512-!", ""] {
            assert_eq!(Checksum::of_integrity(other), None, "{other}");
        }
    }

    #[test]
    fn package_url_is_encoded() {
        let purl = |kind, name, version| Component::new(kind, name, version, None).purl();
        assert_eq!(purl("cargo", "a", "1.0.0+x"), "pkg:cargo/a@1.0.0%2Bx");
        assert_eq!(purl("npm", "@a/b", ""), "pkg:npm/%40a/b");
        let mut std = Component::new("generic", "rust-std", "1.95.0", None);
        std.sources = Some("git+https://example.com/a@c0ffee".to_owned());
        let expected = "pkg:generic/rust-std@1.95.0?vcs_url=git%2Bhttps://example.com/a%40c0ffee";
        assert_eq!(std.purl(), expected);
        let mut libc = Component::new("deb", "libc6-dev", "2.36-9", None);
        libc.namespace = Some("debian".to_owned());
        assert_eq!(libc.purl(), "pkg:deb/debian/libc6-dev@2.36-9");
    }
}
