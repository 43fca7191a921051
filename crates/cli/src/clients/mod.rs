//! Clients for the API of a service, written by the generators that each language's users know; `docs/clients.md` compares
//! them.
//!
//! The generators are installed below `target`, in the versions that are pinned here.

mod package;
mod python;
mod rust;
mod typescript;

use std::path::{Path, PathBuf};

use fs_err as fs;

pub use self::{
    python::{Packaging, REQUIREMENTS, python},
    rust::rust,
    typescript::typescript,
};
use crate::{
    Error, Result, Service,
    program::{Program, Registry},
};

/// A language in which clients are generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Language {
    /// TypeScript, by openapi-typescript and openapi-fetch
    #[value(name = "ts", alias = "typescript")]
    TypeScript,
    /// Rust, by progenitor
    Rust,
    /// Python, by openapi-python-client
    Python,
}

/// Which client to generate.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
pub struct Options {
    /// The language
    pub language: Language,
    /// The folder of the package that is written [default: clients/LANGUAGE]
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// The API, when the service has several: its title, or its title and version
    #[arg(long, value_name = "TITLE")]
    pub registry: Option<String>,
}

impl Options {
    /// Returns the options for a language, with the defaults of the command line.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            language,
            output: None,
            registry: None,
        }
    }
}

/// Builds the service and writes a package with a client for its API. Files that a run does not generate, such as the
/// package's metadata, are written where they are missing, and kept otherwise.
///
/// # Errors
/// Fails if the service does not compile, if a tool of the language is missing, and if the generator fails.
pub fn generate(service: &Service, options: &Options) -> Result {
    let program = Program::build(service)?;
    let registries = program.registries()?;
    let registry = select(&registries, options.registry.as_deref())?;
    let (folder, args): (_, &[&str]) = match options.language {
        Language::TypeScript => ("typescript", &["--dialect", "3.1"]),
        Language::Rust => ("rust", &["--dialect", "3.0", "--profile", "clients"]),
        Language::Python => ("python", &["--dialect", "3.0"]),
    };
    let usual = || service.workspace.join("clients").join(folder);
    let output = options.output.clone().unwrap_or_else(usual);
    let tools = service.target.join("purlin/.clients").join(folder);
    fs::create_dir_all(&tools)?;
    let name = format!("{}.json", registry.file_name());
    let document = tools.join(name);
    fs::write(&document, program.document(registry, args)?)?;
    fs::create_dir_all(&output)?;
    match options.language {
        Language::TypeScript => package::typescript(&tools, registry, &document, &output)?,
        Language::Rust => rust(registry, &document, &output)?,
        Language::Python => package::python(&tools, &document, &output)?,
    }
    eprintln!("\nwrote {}", output.display());
    Ok(())
}

/// Returns the only registry, or the selected one.
fn select<'r>(registries: &'r [Registry], wanted: Option<&str>) -> Result<&'r Registry> {
    let name = |it: &Registry| format!("{} {}", it.title, it.version);
    let is_wanted =
        |it: &&Registry| wanted.is_none_or(|wanted| wanted == it.title || wanted == name(it));
    let found: Vec<_> = registries.iter().filter(is_wanted).collect();
    let names = || {
        let names = registries.iter().map(|it| format!("`{}`", name(it)));
        names.collect::<Vec<_>>().join(", ")
    };
    match found.as_slice() {
        [registry] => Ok(registry),
        [] if registries.is_empty() => Err(Error::unsupported(
            "the service has no registry, so there is nothing to call",
        )),
        [] => Err(Error::unsupported(format!(
            "the service has no registry `{}`; it has {}",
            wanted.unwrap_or_default(),
            names()
        ))),
        _ => Err(Error::unsupported(format!(
            "the service has several registries: choose one of {} with --registry",
            names()
        ))),
    }
}

/// Writes a file unless there is one.
fn write_once(folder: &Path, name: &str, text: &str) -> Result {
    let path = folder.join(name);
    if path.exists() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(fs::write(&path, text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_is_selected_by_title_or_title_and_version() {
        let registry = |title: &str, version: &str| Registry {
            title: title.to_owned(),
            version: version.to_owned(),
        };
        let all = [
            registry("Shop", "1.0.0"),
            registry("Shop", "2.0.0"),
            registry("Rates", "1.0.0"),
        ];
        let error = |wanted| select(&all, wanted).unwrap_err().to_string();
        assert_eq!(select(&all, Some("Rates")).unwrap(), &all[2]);
        assert_eq!(select(&all, Some("Shop 2.0.0")).unwrap(), &all[1]);
        assert_eq!(select(&all[..1], None).unwrap(), &all[0]);
        assert!(error(None).contains("with --registry"));
        assert!(error(Some("Shop")).contains("`Shop 1.0.0`, `Shop 2.0.0`"));
        assert!(error(Some("Orders")).contains("no registry `Orders`"));
        assert!(
            select(&[], None)
                .unwrap_err()
                .to_string()
                .contains("no registry")
        );
    }
}
