//! The documents as files: one for each service and dialect.

use std::{
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Result};
use fs_err as fs;

use serde_json::Value;

use crate::{
    ours::Programs,
    run::{root},
    server::Server,
};

/// The dialects and where their documents are served.
pub(super) const DIALECTS: [(&str, &str); 3] = [
    ("3.1", "/openapi.json"),
    ("3.0", "/openapi-3.0.json"),
    ("2.0", "/swagger"),
];

/// What was told, by the files it is in.
pub(super) struct Told {
    folder: PathBuf,
    documents: Vec<PathBuf>,
    in_both_formats: Vec<PathBuf>,
}

impl Told {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            documents: Vec::new(),
            in_both_formats: Vec::new(),
        }
    }

    /// Every document, as it is served.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Path> {
        self.documents.iter().map(|path| shown(path))
    }

    /// JSON and YAML of the same document by turns, as they are printed.
    pub(super) fn in_both_formats(&self) -> impl Iterator<Item = &Path> {
        self.in_both_formats.iter().map(|path| shown(path))
    }

    /// The documents a running service serves.
    pub(super) fn fetch(&mut self, name: &str, server: &Server) -> Result<()> {
        for (dialect, path) in DIALECTS {
            let document = server
                .fetch(path)
                .map_err(|failure| anyhow!("{name}: {failure}"))?;
            let file = self.file(name, dialect, "json");
            fs::write(&file, &document)?;
            self.documents.push(file);
        }
        Ok(())
    }

    /// The documents the greetings' program prints, which have to be those that are served.
    pub(super) fn print(&mut self, name: &str, programs: &Programs) -> Result<()> {
        for (dialect, path) in DIALECTS {
            let served = self.file(name, dialect, "json");
            let served = fs::read(&served)?;
            for format in ["json", "yaml"] {
                let args = ["openapi", "--dialect", dialect, "--format", format];
                let text = programs.greetings().args(args).read()?;
                if format == "json" && !same(&served, text.as_bytes()) {
                    return Err(anyhow!("{name}: `openapi --dialect {dialect}` prints another document than {path} serves"));
                }
                let file = self.file(name, dialect, &format!("printed.{format}"));
                fs::write(&file, text)?;
                self.in_both_formats.push(file);
            }
        }
        Ok(())
    }

    fn file(&self, name: &str, dialect: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{name}-{dialect}.{ending}"))
    }
}

/// Whether two texts are the same JSON.
fn same(one: &[u8], other: &[u8]) -> bool {
    let parse = |text| serde_json::from_slice::<Value>(text).ok();
    parse(one).is_some_and(|one| Some(one) == parse(other))
}

/// A path as one reads it: from the workspace's root, where the tools run.
fn shown(path: &Path) -> &Path {
    path.strip_prefix(root()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_compared_as_json() {
        assert!(same(b"{\"a\":1,\"b\":[]}", b"{ \"b\": [], \"a\": 1 }\n"));
        assert!(!same(b"{\"a\":1}", b"{\"a\":1.0}"));
        assert!(!same(b"no JSON", b"no JSON"));
    }
}
