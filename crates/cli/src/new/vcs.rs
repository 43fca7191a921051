//! The repository of a new service.

use std::path::Path;

use clap::ValueEnum;

use crate::{
    Result,
    process::{Cmd, require},
};

/// A version control system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Vcs {
    /// A repository with a first commit
    Git,
    /// No repository
    None,
}

impl Vcs {
    /// Returns what was chosen, or git unless `folder` is within a repository or git is not installed; with a sentence for
    /// the user in the last case.
    ///
    /// # Errors
    /// Fails if git was chosen and is not installed.
    pub(super) fn choose(chosen: Option<Self>, folder: &Path) -> Result<(Self, Option<String>)> {
        let git = require("git", "--version", "git");
        match (chosen, git) {
            (Some(Self::None), _) => Ok((Self::None, None)),
            (Some(Self::Git), git) => git.map(|()| (Self::Git, None)),
            (None, Ok(())) => {
                let inside = Cmd::new("git")
                    .args(["rev-parse", "--is-inside-work-tree"])
                    .current_dir(folder);
                let vcs = match inside.succeeds() {
                    true => Self::None,
                    false => Self::Git,
                };
                Ok((vcs, None))
            }
            (None, Err(_)) => {
                let note = "There is no repository, because git is not installed.";
                Ok((Self::None, Some(note.to_owned())))
            }
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
