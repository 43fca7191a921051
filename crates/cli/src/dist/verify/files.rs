//! The files of the folder: each is named in the statement, exists, and has the digest that is named there.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use fs_err::{self as fs, File};

use super::{Finding, Problem};
use crate::{
    Result,
    attest::Statement,
    dist::{
        checksums::{self, CHECKSUMS},
        provenance::{ENVELOPE, STATEMENT},
    },
    oci::Digest,
};

/// What the statement cannot name: itself, and what contains its digest.
const UNNAMED: [&str; 3] = [CHECKSUMS, ENVELOPE, STATEMENT];

/// The entries of a folder, and the digests of the regular files among them.
pub(super) struct Folder {
    path: PathBuf,
    entries: BTreeMap<String, Option<Digest>>,
}

impl Folder {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let mut entries = BTreeMap::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A link is no file: it may lead to another one tomorrow.
            let digest = match entry.file_type()?.is_file() {
                true => Some(Digest::of_reader(File::open(entry.path())?)?),
                false => None,
            };
            entries.insert(name, digest);
        }
        Ok(Self {
            path: path.to_owned(),
            entries,
        })
    }

    /// Returns the digest of a regular file.
    pub(super) fn digest(&self, name: &str) -> Option<&Digest> {
        self.entries.get(name)?.as_ref()
    }

    /// Returns the path of a regular file of the folder.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        self.digest(name).map(|_| self.path.join(name))
    }

    /// Returns the content of a regular file.
    pub(super) fn content(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.file(name).map(fs::read).transpose()?)
    }
}

/// Compares the files of a folder with the subjects of the statement and with the checksums.
pub(super) fn check(folder: &Folder, statement: &Statement) -> Result<Vec<Finding>> {
    let files = statement.subjects.iter().filter(|it| !it.is_image());
    let named: BTreeMap<_, _> = files.map(|it| (it.name.as_str(), &it.digest)).collect();
    let mut findings = Vec::new();
    for (name, expected) in &named {
        let problem = match folder.entries.get(*name) {
            None => Problem::Missing,
            Some(None) => Problem::NotAFile,
            Some(Some(found)) if found == *expected => continue,
            Some(Some(found)) => Problem::Digest {
                found: found.hex().to_owned(),
                expected: expected.hex().to_owned(),
            },
        };
        findings.push(Finding::new(*name, problem));
    }
    let names = folder.entries.keys().map(String::as_str);
    let others = names.filter(|name| !named.contains_key(name) && !UNNAMED.contains(name));
    findings.extend(others.map(|name| Finding::new(name, Problem::NotNamed)));
    findings.extend(compare_checksums(folder)?);
    Ok(findings)
}

/// Compares the files with their checksums, which other tools check.
fn compare_checksums(folder: &Folder) -> Result<Vec<Finding>> {
    let Some(text) = folder.content(CHECKSUMS)? else {
        return Ok(vec![Finding::new(CHECKSUMS, Problem::Missing)]);
    };
    let text = String::from_utf8_lossy(&text);
    let sums: BTreeMap<_, _> = checksums::parse(&text).collect();
    let mut findings = Vec::new();
    for (name, digest) in &folder.entries {
        let problem = match (digest, sums.get(name.as_str())) {
            _ if name == CHECKSUMS => continue,
            (Some(found), Some(expected)) if found == expected => continue,
            (Some(_), Some(_)) => Problem::Checksum(name.clone()),
            (Some(_), None) => Problem::NoChecksum(name.clone()),
            (None, _) => continue,
        };
        findings.push(Finding::new(CHECKSUMS, problem));
    }
    let missing = sums
        .keys()
        .filter(|name| !folder.entries.contains_key(**name));
    findings.extend(missing.map(|name| Finding::new(*name, Problem::Missing)));
    Ok(findings)
}
