//! The documents as files: one for each service and dialect.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use super::Service;
use crate::{programs::Programs, run::root};

/// The dialects and the paths of their documents.
pub(super) const DIALECTS: [(&str, &str); 3] = [
    ("3.1", "/openapi.json"),
    ("3.0", "/openapi-3.0.json"),
    ("2.0", "/swagger"),
];

/// The files that were written.
pub(super) struct Documents {
    folder: PathBuf,
    served: Vec<PathBuf>,
    printed: Vec<PathBuf>,
}

impl Documents {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            served: Vec::new(),
            printed: Vec::new(),
        }
    }

    /// Returns every served document.
    pub(super) fn served(&self) -> impl Iterator<Item = &Path> {
        self.served.iter().map(|path| relative(path))
    }

    /// Returns pairs of the JSON and the YAML of a printed document, one after the other.
    pub(super) fn printed(&self) -> impl Iterator<Item = &Path> {
        self.printed.iter().map(|path| relative(path))
    }

    /// Writes the documents that a running service serves.
    pub(super) fn fetch(&mut self, service: &Service) -> Result<()> {
        let Service { name, prefix, .. } = service;
        for (dialect, path) in DIALECTS {
            let file = self.file(name, dialect, "json");
            let document = service.server.fetch(&format!("{prefix}{path}"));
            let document = document.with_context(|| (*name).to_owned())?;
            fs::write(&file, document)?;
            self.served.push(file);
        }
        Ok(())
    }

    /// Writes the documents that the program of the greetings prints, which must equal those it serves.
    pub(super) fn print(&mut self, name: &str, programs: &Programs) -> Result<()> {
        for (dialect, path) in DIALECTS {
            let served = fs::read(self.file(name, dialect, "json"))?;
            for format in ["json", "yaml"] {
                let args = ["openapi", "--dialect", dialect, "--format", format];
                let text = programs.greetings().args(args).read()?;
                ensure!(
                    format != "json" || is_same_json(&served, text.as_bytes()),
                    "{name}: `openapi --dialect {dialect}` prints another document than {path} serves"
                );
                let file = self.file(name, dialect, &format!("printed.{format}"));
                fs::write(&file, text)?;
                self.printed.push(file);
            }
        }
        Ok(())
    }

    fn file(&self, name: &str, dialect: &str, extension: &str) -> PathBuf {
        self.folder.join(format!("{name}-{dialect}.{extension}"))
    }
}

fn is_same_json(one: &[u8], other: &[u8]) -> bool {
    let parse = |text| serde_json::from_slice::<Value>(text).ok();
    parse(one).is_some_and(|one| Some(one) == parse(other))
}

/// Returns a path relative to the workspace's root, where the tools run.
fn relative(path: &Path) -> &Path {
    path.strip_prefix(root()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_compared_as_json() {
        assert!(is_same_json(
            b"{\"a\":1,\"b\":[]}",
            b"{ \"b\": [], \"a\": 1 }\n"
        ));
        assert!(!is_same_json(b"{\"a\":1}", b"{\"a\":1.0}"));
        assert!(!is_same_json(b"no JSON", b"no JSON"));
    }
}
