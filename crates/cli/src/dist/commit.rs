//! The state of the sources: which commit they are of, and when it was made.

use std::path::Path;

use crate::{Error, Result, process::Cmd};

/// In place of a commit where git names none.
const UNKNOWN: &str = "unknown";

/// The state of the sources.
pub(super) struct Commit {
    /// The commit, with the suffix `-dirty` where files differ from it; `unknown` where there is none.
    pub(super) id: String,
    /// The time of the commit in seconds since 1970, or `SOURCE_DATE_EPOCH`.
    pub(super) epoch: u64,
}

impl Commit {
    /// Asks git about the repository that a folder is in. Sources without a commit are built as well: dated 1970, and without
    /// a revision.
    pub(super) fn of(folder: &Path) -> Result<Self> {
        let git = |args: &[&str]| Cmd::new("git").args(args).current_dir(folder).read();
        let given = std::env::var("SOURCE_DATE_EPOCH").ok();
        let given = given.map(|text| {
            let reason = format!("`{text}` is not a number of seconds since 1970");
            let number = text.parse();
            number.map_err(|_| Error::invalid("SOURCE_DATE_EPOCH", reason))
        });
        let given = given.transpose()?;
        let Ok(id) = git(&["rev-parse", "--verify", "HEAD"]) else {
            // An archive of the sources, for example.
            let date = match given {
                Some(_) => "",
                None => " and is dated 1970: commit the sources, or set SOURCE_DATE_EPOCH",
            };
            eprintln!(
                "git names no commit of {}, so the image has no revision{date}",
                folder.display()
            );
            let id = UNKNOWN.to_owned();
            return Ok(Self {
                id,
                epoch: given.unwrap_or(0),
            });
        };
        let mut id = id.trim().to_owned();
        if !git(&["status", "--porcelain"])?.trim().is_empty() {
            eprintln!("there are changes that are not committed, so the revision is {id}-dirty");
            id.push_str("-dirty");
        }
        let committed = git(&["log", "-1", "--format=%ct"])?;
        let committed = committed.trim().parse().unwrap_or(0);
        Ok(Self {
            id,
            epoch: given.unwrap_or(committed),
        })
    }

    /// Returns the commit, if there is one.
    pub(super) fn known(&self) -> Option<&str> {
        Some(self.id.as_str()).filter(|id| *id != UNKNOWN)
    }

    /// Whether the sources are those of a commit, neither changed nor unknown.
    pub(super) fn is_clean(&self) -> bool {
        self.id.len() >= 40 && self.id.bytes().all(|it| it.is_ascii_hexdigit())
    }
}
