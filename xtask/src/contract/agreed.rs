//! The documents that were blessed: `docs/contract/API/VERSION.json`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::run::{Failure, Outcome, root};

const FOLDER: &str = "docs/contract";

/// The document of the highest version of an API; none where there is none at all.
pub(super) fn latest(api: &str) -> Outcome<Option<Value>> {
    let folder = root().join(FOLDER).join(api);
    let files = match fs::read_dir(&folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::file(&folder)(error)),
    };
    let mut versions = Vec::new();
    for file in files {
        let path = file.map_err(Failure::file(&folder))?.path();
        if path.extension().is_some_and(|it| it == "json") {
            versions.push(path);
        }
    }
    let latest = versions.into_iter().max_by_key(|path| order(path));
    latest.map(|path| super::document(&path)).transpose()
}

/// Writes a document under its version.
pub(super) fn write(api: &str, document: &Value) -> Outcome<PathBuf> {
    let version = document.pointer("/info/version").and_then(Value::as_str);
    let version = version.unwrap_or_default();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || ".-+_".contains(letter);
    if version.is_empty() || version.starts_with('.') || !version.chars().all(is_name) {
        return Err(Failure::said(format!(
            "the version of {api}, `{version}`, cannot be the name of a file"
        )));
    }
    let folder = root().join(FOLDER).join(api);
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let path = folder.join(format!("{version}.json"));
    fs::write(&path, format!("{document:#}\n")).map_err(Failure::file(&path))?;
    Ok(path)
}

/// Numbers by their size, `0.10.0` after `0.9.0`; a release after what came before it, `1.0.0` after `1.0.0-rc.1`.
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
    fn versions_are_in_the_order_of_their_numbers() {
        let order = |name: &str| order(Path::new(name));
        assert!(order("0.9.0.json") < order("0.10.0.json"));
        assert!(order("1.0.0-rc.1.json") < order("1.0.0.json"));
        assert!(order("1.0.0.json") < order("1.0.1-rc.1.json"));
    }

    #[test]
    fn a_version_that_leads_elsewhere_names_no_file() {
        for version in ["", "../1", "a/b", ".hidden"] {
            let document = serde_json::json!({"info": {"version": version}});
            assert!(write("none", &document).is_err(), "{version}");
        }
    }
}
