//! Where a new service takes the crates of Purlin from.

use std::path::{Component, Path, PathBuf};

use fs_err as fs;

use crate::{Error, Result};

/// The repository of Purlin.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The folder of this crate where this program was built.
const BUILT_IN: &str = env!("CARGO_MANIFEST_DIR");

/// The command-line options for the crates of Purlin.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(multiple = true)]
#[command(next_help_heading = "Crates of Purlin")]
pub struct SourceOptions {
    /// Take them from a checkout of Purlin [default: the one this program was installed from]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["git", "crates_io"])]
    path: Option<PathBuf>,
    /// Take them from a git repository [default: that of Purlin]
    #[arg(long, value_name = "URL", conflicts_with = "crates_io")]
    git: Option<String>,
    /// The commit of the git repository
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["path", "crates_io"])]
    rev: Option<String>,
    /// Take a version that is published on crates.io
    #[arg(long, value_name = "VERSION")]
    crates_io: Option<String>,
}

/// Where the crates of Purlin come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A checkout.
    Path(PathBuf),
    /// A git repository, at a commit or at the head of its default branch.
    Git { url: String, rev: Option<String> },
    /// A version of crates.io.
    Version(String),
}

impl SourceOptions {
    /// Returns the source, with a sentence for the user where it was not chosen or others do not have it.
    pub(super) fn choose(&self) -> Result<(Source, Vec<String>)> {
        if let Some(version) = &self.crates_io {
            return Ok((Source::Version(version.clone()), Vec::new()));
        }
        if let Some(path) = &self.path {
            let source = Source::Path(checkout(path)?);
            let note = source.note();
            return Ok((source, vec![note]));
        }
        if self.git.is_none() && self.rev.is_none() {
            let source = Source::of_program(Path::new(BUILT_IN));
            let note = source.note();
            return Ok((source, vec![note]));
        }
        let url = self.git.as_deref().unwrap_or(REPOSITORY).to_owned();
        let rev = self.rev.clone();
        Ok((Source::Git { url, rev }, Vec::new()))
    }
}

impl Source {
    /// Returns the source of a program that was built in `folder`: a checkout, a folder of cargo with a commit of the
    /// repository, or one that no longer exists.
    fn of_program(folder: &Path) -> Self {
        let parts: Vec<_> = folder.components().collect();
        let is = |at: usize, name: &str| parts.get(at) == Some(&Component::Normal(name.as_ref()));
        // ~/.cargo/git/checkouts/purlin-5b1c…/3f2a1b0/crates/cli
        let cached = (0..parts.len()).find(|at| is(*at, "git") && is(at + 1, "checkouts"));
        let rev = cached.and_then(|at| parts.get(at + 3)?.as_os_str().to_str());
        match folder.parent().and_then(Path::parent).map(checkout) {
            Some(Ok(root)) if cached.is_none() => Self::Path(root),
            _ => Self::Git {
                url: REPOSITORY.to_owned(),
                rev: rev.map(str::to_owned),
            },
        }
    }

    /// Returns the sentence about a source that was not chosen or that others do not have.
    fn note(&self) -> String {
        match self {
            Self::Path(path) => format!(
                "The crates of Purlin are those in {}, which neither CI nor others have. Take them from git before you \
                 push:\n  {}",
                path.display(),
                Self::git_command()
            ),
            Self::Git { url, .. } => format!("The crates of Purlin come from {url}."),
            Self::Version(version) => format!("The crates of Purlin have the version {version}."),
        }
    }

    /// Returns the command that takes the crates from the repository of Purlin, in the folder of the service.
    pub(super) fn git_command() -> String {
        format!("cargo add --git {REPOSITORY} purlin-app purlin-router")
    }

    /// Returns the checkout, if the crates are in one.
    pub(super) fn checkout(&self) -> Option<&Path> {
        match self {
            Self::Path(root) => Some(root),
            _ => None,
        }
    }

    /// Returns the keys of a dependency on a crate of Purlin, as they are between the braces of an inline table.
    pub(super) fn dependency(&self, krate: &str) -> String {
        match self {
            Self::Path(root) => {
                let path = root.join("crates").join(krate);
                format!("path = {}", quoted(&path.display().to_string()))
            }
            Self::Git { url, rev } => {
                let rev = rev.iter().map(|rev| format!(", rev = {}", quoted(rev)));
                format!("git = {}{}", quoted(url), rev.collect::<String>())
            }
            Self::Version(version) => format!("version = {}", quoted(version)),
        }
    }

    /// Returns the arguments with which `cargo install` installs this program, on another machine.
    pub(super) fn install(&self) -> String {
        match self {
            Self::Path(_) => format!("--git {REPOSITORY} cargo-purlin"),
            Self::Git { url, rev } => {
                let rev = rev.iter().map(|rev| format!(" --rev {rev}"));
                format!("--git {url}{} cargo-purlin", rev.collect::<String>())
            }
            Self::Version(version) => format!("cargo-purlin@{version}"),
        }
    }
}

/// Returns the absolute path of a checkout of Purlin.
fn checkout(folder: &Path) -> Result<PathBuf> {
    let missing = |reason: String| {
        let folder = folder.display();
        Error::unsupported(format!("{folder} is no checkout of Purlin: {reason}"))
    };
    let root = fs::canonicalize(folder).map_err(|error| missing(error.to_string()))?;
    match root.join("crates/app/Cargo.toml").is_file() {
        true => Ok(root),
        false => Err(missing("it has no crates/app/Cargo.toml".to_owned())),
    }
}

/// Returns a string of TOML, whose basic strings have the escapes of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_built_in_a_checkout_takes_the_crates_from_there() {
        let root = fs::canonicalize(Path::new(BUILT_IN).join("../..")).unwrap();
        assert_eq!(Source::of_program(Path::new(BUILT_IN)), Source::Path(root));
    }

    #[test]
    fn program_installed_from_git_takes_the_same_commit() {
        let folder = Path::new("/cargo/git/checkouts/purlin-5b1c/3f2a1b0/crates/cli");
        let rev = Some("3f2a1b0".to_owned());
        let url = REPOSITORY.to_owned();
        assert_eq!(Source::of_program(folder), Source::Git { url, rev });
    }

    #[test]
    fn dependency_is_toml_whatever_the_path() {
        for source in [
            Source::Path("/a \"b\"/ü\n\\c".into()),
            Source::Git {
                url: "https://a.example/b".to_owned(),
                rev: Some("1a".to_owned()),
            },
            Source::Version("0.1.0".to_owned()),
        ] {
            let text = format!("purlin-app = {{ {} }}", source.dependency("app"));
            let table: toml::Table = text.parse().unwrap();
            assert!(table["purlin-app"].is_table(), "{text}");
        }
    }
}
