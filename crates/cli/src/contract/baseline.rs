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

    /// Returns the document of the highest version of an API, if there is one.
    pub(super) fn latest(&self, api: &str) -> Result<Option<Value>> {
        let files = match fs::read_dir(self.folder.join(api)) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut versions = Vec::new();
        for file in files {
            let path = file?.path();
            if path.extension().is_some_and(|it| it == "json") {
                versions.push(path);
            }
        }
        let latest = versions.into_iter().max_by_key(|path| order(path));
        latest.map(|path| super::document(&path)).transpose()
    }

    /// Writes a document under its version and returns the path.
    pub(super) fn save(&self, api: &str, document: &Value) -> Result<PathBuf> {
        let version = document.pointer("/info/version").and_then(Value::as_str);
        let version = version.unwrap_or_default();
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

/// Sorts by numbers, `0.10.0` after `0.9.0`, and a release after its release candidates.
fn order(path: &Path) -> (Vec<u64>, bool, String) {
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let core = name.split(['-', '+']).next().unwrap_or_default();
    let numbers = core
        .split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect();
    (numbers, !name.contains('-'), name)
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
    fn version_with_a_path_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let baseline = Baseline::new(folder.path());
        for version in ["", "../1", "a/b", ".hidden"] {
            let document = serde_json::json!({"info": {"version": version}});
            assert!(baseline.save("none", &document).is_err(), "{version}");
        }
    }
}
