//! The saved documents: `FOLDER/API/VERSION.json`.

use std::{
    io,
    path::{Path, PathBuf},
};

use fs_err as fs;
use serde_json::Value;

use crate::{Error, Result};

/// A folder of saved documents.
#[derive(Clone, Debug)]
pub struct Baseline {
    folder: PathBuf,
}

impl Baseline {
    /// Uses the documents in `folder`, which need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Returns the path of the file with accepted findings.
    pub fn ignore_file(&self) -> PathBuf {
        self.folder.join("ignore.toml")
    }

    /// Returns the document of the highest version of an API, if there is one; of `line` only its versions.
    pub(super) fn latest(&self, api: &str, line: Option<&Line>) -> Result<Option<Value>> {
        let files = match fs::read_dir(self.folder.join(api)) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut versions = Vec::new();
        for file in files {
            let path = file?.path();
            let is_json = path.extension().is_some_and(|it| it == "json");
            if is_json && line.is_none_or(|line| *line == Line::of(&stem(&path))) {
                versions.push(path);
            }
        }
        let latest = versions.into_iter().max_by_key(|path| order(path));
        latest.map(|path| super::document(&path)).transpose()
    }

    /// Writes a document under its version and returns the path.
    pub(super) fn save(&self, api: &str, document: &Value) -> Result<PathBuf> {
        let version = super::version(document);
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".-+_".contains(c);
        if version.is_empty() || version.starts_with('.') || !version.chars().all(allowed) {
            let reason = format!("the version `{version}` cannot be the name of a file");
            return Err(Error::invalid(api, reason));
        }
        let folder = self.folder.join(api);
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{version}.json"));
        fs::write(&path, format!("{document:#}\n"))?;
        Ok(path)
    }
}

/// The versions that follow one another without breaking clients: those with the same major version, before 1.0 with the same
/// minor version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line(Vec<u64>);

impl Line {
    /// Returns the line that a version is in.
    pub(super) fn of(version: &str) -> Self {
        let mut numbers = numbers(version);
        numbers.truncate(if numbers.first() == Some(&0) { 2 } else { 1 });
        Self(numbers)
    }
}

/// Returns the version after `version` that announces changes that break clients; none if it has not three numbers.
pub(super) fn announcing(version: &str) -> Option<String> {
    match numbers(version).as_slice() {
        [0, minor, _] => Some(format!("0.{}.0", minor.checked_add(1)?)),
        [major, _, _] => Some(format!("{}.0.0", major.checked_add(1)?)),
        _ => None,
    }
}

/// Sorts by numbers, `0.10.0` after `0.9.0`, and a release after its release candidates.
fn order(path: &Path) -> (Vec<u64>, bool, String) {
    let name = stem(path);
    (numbers(&name), !name.contains('-'), name)
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn numbers(version: &str) -> Vec<u64> {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    core.split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_sorted_numerically() {
        let order = |name: &str| order(Path::new(name));
        assert!(order("0.9.0.json") < order("0.10.0.json"));
        assert!(order("1.0.0-rc.1.json") < order("1.0.0.json"));
        assert!(order("1.0.0.json") < order("1.0.1-rc.1.json"));
    }

    #[test]
    fn versions_of_one_line_break_no_clients() {
        assert_eq!(Line::of("1.2.0"), Line::of("1.10.3-rc.1"));
        assert_ne!(Line::of("1.2.0"), Line::of("2.0.0"));
        assert_ne!(Line::of("0.1.0"), Line::of("0.2.0"));
    }

    #[test]
    fn version_that_announces_a_break_is_the_next_of_its_line() {
        let next = ["0.1.4", "1.2.3-rc.1", "1.2"].map(announcing);
        let expected = [Some("0.2.0".to_owned()), Some("2.0.0".to_owned()), None];
        assert_eq!(next, expected);
    }

    #[test]
    fn version_with_a_path_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let baseline = Baseline::new(folder.path());
        for version in ["", "../1", "a/b", ".hidden"] {
            let document = serde_json::json!({"info": {"version": version}});
            assert!(baseline.save("none", &document).is_err(), "{version}");
        }
    }
}
