//! What is inside the bundle of Swagger UI: the npm packages that webpack put into it, for the bills of materials.
//!
//! The package `swagger-ui-dist` depends on none of them. It contains a list of their names with their sizes; the versions
//! are those that the code in the bundle names, which few packages do.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::{oci::Digest, sbom::Component};
use fs_err as fs;
use serde_json::{Value, json};

use crate::run::root;

/// The file with the packages, which is committed.
const FILE: &str = "xtask/swagger-ui/bundle.json";

/// The list of names and sizes in the npm package.
const SIZES: &str = "log.bundle-sizes.swagger-ui.txt";

/// Text of the bundle that is followed by the version of a package, in quotation marks.
const MARKERS: &[(&str, &str)] = &[
    ("autolinker", "Autolinker.version="),
    ("core-js-pure", ".versions=[])).push({"),
    ("dompurify", "DOMPurify.version="),
    ("highlight.js", ".versionString="),
    ("react", ".useTransition()},"),
    ("react-dom", "bundleType:0,"),
    ("short-unique-id", "this.dict=[],"),
];

/// How far from the marker the version is.
const DISTANCE: usize = 24;

/// The packages in the committed bundle.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bundle {
    /// The digest of the committed, compressed file.
    digest: Digest,
    /// The version of each package; none where the bundle does not name it.
    packages: BTreeMap<String, Option<String>>,
}

impl Bundle {
    /// Reads the packages from the npm package; `committed` is the compressed bundle.
    pub(super) fn of_package(package: &Path, committed: &Path) -> Result<Self> {
        let sizes = fs::read_to_string(package.join(SIZES))?;
        let code = fs::read_to_string(package.join("swagger-ui-bundle.js"))?;
        Ok(Self {
            digest: Digest::of(&fs::read(committed)?),
            packages: packages(&sizes, &code)?,
        })
    }

    /// Reads the committed file.
    pub(super) fn committed() -> Result<Self> {
        let text = fs::read_to_string(root().join(FILE))?;
        Self::parse(&text).with_context(|| format!("{FILE} is not what xtask writes"))
    }

    /// Writes the committed file.
    pub(super) fn write(&self) -> Result<()> {
        Ok(fs::write(root().join(FILE), self.to_text())?)
    }

    /// Returns the packages as components.
    pub(super) fn components(&self) -> impl Iterator<Item = Component> {
        self.packages.iter().map(|(name, version)| {
            Component::new("npm", name, version.as_deref().unwrap_or_default(), None)
        })
    }

    fn to_text(&self) -> String {
        let packages = &self.packages;
        let bundle = json!({"digest": self.digest.to_string(), "packages": packages});
        format!("{bundle:#}\n")
    }

    fn parse(text: &str) -> Option<Self> {
        let bundle: Value = serde_json::from_str(text).ok()?;
        let packages = bundle["packages"].as_object()?.iter();
        let packages = packages.map(|(name, it)| (name.clone(), it.as_str().map(str::to_owned)));
        Some(Self {
            digest: Digest::parse(bundle["digest"].as_str()?)?,
            packages: packages.collect(),
        })
    }
}

fn packages(sizes: &str, code: &str) -> Result<BTreeMap<String, Option<String>>> {
    let names = sizes.lines().filter_map(|line| line.split_once(": "));
    let names = names.filter(|(name, _)| *name != "<self>");
    let mut packages: BTreeMap<_, _> = names.map(|(name, _)| (name.to_owned(), None)).collect();
    for (name, marker) in MARKERS {
        let version = version(code, marker).with_context(|| {
            format!("the bundle has no version of {name} after `{marker}`: adapt the markers")
        })?;
        let known = packages.insert((*name).to_owned(), Some(version.to_owned()));
        ensure!(
            known.is_some(),
            "{SIZES} does not name {name}: adapt the markers"
        );
    }
    Ok(packages)
}

/// Returns the first version in quotation marks after a marker.
fn version<'a>(code: &'a str, marker: &str) -> Option<&'a str> {
    let (_, rest) = code.split_once(marker)?;
    let (before, rest) = rest.split_once('"')?;
    let (version, _) = rest.split_once('"')?;
    let is_version = version.split('.').count() == 3
        && version.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    (before.len() <= DISTANCE && is_version).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_those_of_the_committed_bundle() {
        let bundle = Bundle::committed().unwrap();
        let file = root()
            .join(super::super::ASSETS)
            .join("swagger-ui-bundle.js.br");
        assert_eq!(
            bundle.digest,
            Digest::of(&fs::read(file).unwrap()),
            "the bundle changed: run `cargo xtask swagger-ui`"
        );
        let version = |name: &str| bundle.packages[name].as_deref();
        assert!(version("dompurify").is_some() && version("react").is_some());
        assert!(bundle.packages.len() > MARKERS.len());
    }

    #[test]
    fn file_is_read_back() {
        let bundle = Bundle::committed().unwrap();
        assert_eq!(Bundle::parse(&bundle.to_text()), Some(bundle));
    }

    #[test]
    fn version_is_the_quoted_text_after_the_marker() {
        let code = r#"x.useTransition()},o.version="18.3.1"},1(s)"#;
        assert_eq!(version(code, ".useTransition()},"), Some("18.3.1"));
        assert_eq!(version(code, "absent"), None);
        assert_eq!(version(r#"m="18.3.1-next""#, "m="), None);
        let far = format!("m{}\"1.2.3\"", " ".repeat(DISTANCE + 1));
        assert_eq!(version(&far, "m"), None);
    }

    #[test]
    fn package_without_its_marker_is_an_error() {
        let error = packages("react: 1 KB\n<self>: 1 KB\n", "").unwrap_err();
        assert!(error.to_string().contains("autolinker"), "{error}");
    }
}
