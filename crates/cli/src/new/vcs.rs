//! The repository of a new service.

use std::path::Path;

use clap::ValueEnum;

use crate::{Result, process::Cmd};

/// A version control system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Vcs {
    /// A repository with a first commit
    Git,
    /// No repository
    None,
}

impl Vcs {
    /// Returns git, unless `folder` is within a repository or git is not installed.
    pub(super) fn of(folder: &Path) -> Self {
        let git = Cmd::new("git").arg("--version").succeeds();
        let inside = Cmd::new("git")
            .args(["rev-parse", "--is-inside-work-tree"])
            .current_dir(folder);
        match git && !inside.succeeds() {
            true => Self::Git,
            false => Self::None,
        }
    }
}

/// Makes the folder a repository with a first commit; returns a sentence where git knows no author to commit for.
pub(super) fn init(folder: &Path, name: &str) -> Result<Option<String>> {
    let git = || Cmd::new("git").current_dir(folder);
    git().args(["init", "--quiet"]).output()?;
    git().args(["add", "--all"]).output()?;
    let message = format!("Create {name}");
    let commit = git().args(["commit", "--quiet", "--message", &message]);
    Ok(match commit.succeeds() {
        true => None,
        false => Some(
            "Nothing is committed: `git commit` failed, which often means that git does not know your name and e-mail \
             address."
                .to_owned(),
        ),
    })
}
