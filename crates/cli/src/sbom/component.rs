//! A component of a bill of materials.

use std::collections::BTreeSet;

/// A component of an executable: a crate, or anything else it contains.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Component {
    /// The type of its package URL, such as `cargo` or `npm`.
    pub kind: &'static str,
    /// The name of the package.
    pub name: String,
    /// The version of the package.
    pub version: String,
    /// The licence as an SPDX expression, where the package names one.
    pub license: Option<String>,
    /// The SHA-256 digest of the package's archive; none for crates of the workspace.
    pub checksum: Option<String>,
    /// Indices of the components it depends on.
    pub(crate) dependencies: BTreeSet<usize>,
}

impl Component {
    /// Creates a component without a checksum.
    pub fn new(kind: &'static str, name: &str, version: &str, license: Option<String>) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            version: version.to_owned(),
            license,
            checksum: None,
            dependencies: BTreeSet::new(),
        }
    }

    /// Returns the package URL; `+` has to be encoded there.
    pub(super) fn purl(&self) -> String {
        let version = self.version.replace('+', "%2B");
        format!("pkg:{}/{}@{version}", self.kind, self.name)
    }
}
